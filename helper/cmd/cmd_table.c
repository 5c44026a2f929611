// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmd_table.c - `m365ctl table`: merges its sources and prints the table in normal form, which can be read again.
 *
 * Where it sits: room cmd. Sources are merged in room compile (load.h), the form is that of room table (table.h).
 */
#include "base/buf.h"
#include "base/err.h"
#include "cmd.h"
#include "compile/load.h"
#include "table/table.h"

#define TABLE_OUTPUT_MAX ((size_t)4 << 30)

static int
handle_option(void *arg, int code, const char *value, struct err *err)
{
    int result = 0;
    cmd_load_option(arg, code, value, &result, err);
    return result;
}

static int
run_table(const struct command *command, int argc, char **argv)
{
    struct cmd_load load;
    struct err err = {0};
    struct table *table;
    cmd_load_init(&load);
    if (cmd_parse_alone(command, argc, argv, handle_option, &load) != 0)
        return CMD_TROUBLE;
    if (!cmd_has_source(&load))
        return CMD_TROUBLE;
    if (load_table(&table, &load.options, &err) != 0)
        return cmd_trouble(&err);
    struct buf out;
    buf_init(&out, TABLE_OUTPUT_MAX);
    table_print(table, &out);
    bool good = cmd_print(&out);
    buf_clear(&out);
    table_free(table);
    return good ? CMD_YES : CMD_TROUBLE;
}

static const struct cmd_option options[] = {CMD_OPTION_TABLE, {0}};

const struct command cmd_table = {
    .name = "table",
    .summary = "prints the merged table in its normal form",
    .arguments = "",
    .options = options,
    .details = "The normal form is table text, sorted and aligned. Printing it again gives the same bytes,\n"
               "so two tables can be compared with diff. See m365-tables(5).\n",
    .run = run_table,
};

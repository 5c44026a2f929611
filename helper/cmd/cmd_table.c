// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmd_table.c - `m365ctl table`: merges its sources, or takes the table in use, and prints it in normal form, which can
 * be read again.
 *
 * Where it sits: room cmd. Sources are merged in room compile (load.h), the form is that of room table (table.h). What
 * is held in the table in use comes from room store (holding.h).
 */
#include "base/buf.h"
#include "base/err.h"
#include "cmd_state.h"
#include "compile/load.h"
#include "compile/sealed.h"
#include "store/candidate.h"
#include "store/holding.h"
#include "table/table.h"

#define TABLE_OUTPUT_MAX ((size_t)4 << 30)

struct table_wish {
    struct cmd_load load;
    struct cmd_state cmd;
};

static int
handle_option(void *arg, int code, const char *value, struct err *err)
{
    struct table_wish *wish = arg;
    int result = 0;
    if (!cmd_load_option(&wish->load, code, value, &result, err))
        result = cmd_state_option(&wish->cmd, code, value, err);
    return result;
}

static int
add_sources(struct buf *out, const struct cmd_load *load, struct err *err)
{
    struct table *table;
    if (load_table(&table, &load->options, err) != 0)
        return -1;
    table_print(table, out);
    table_free(table);
    return 0;
}

/* The table of a generation, if it is what was sealed. */
static int
add_sealed(struct buf *out, const struct state *state, uint32_t generation, struct err *err)
{
    struct candidate candidate;
    if (candidate_load(&candidate, state, generation, err) != 0)
        return -1;
    int result = generation_verify(state, generation, err);
    if (result == 0)
        buf_add(out, candidate.table_text.data, candidate.table_text.len);
    candidate_clear(&candidate);
    return result;
}

static int
add_held(struct buf *out, struct state *state, uint32_t generation, struct err *err)
{
    struct holding holding;
    if (holding_read(&holding, state, generation, err) != 0)
        return -1;
    holding_find_rejections(&holding, state);
    int result = holding_add_comments(out, &holding, err);
    holding_clear(&holding);
    return result;
}

static int
add_in_use(struct buf *out, struct cmd_state *cmd, struct err *err)
{
    uint32_t generation = 0;
    if (cmd_state_open(cmd, false, err) != 0)
        return -1;
    int result = state_get(cmd->state, STATE_CURRENT, &generation, err);
    if (result == 0 && generation == 0)
        result = err_set(err, ERR_USAGE, "nothing is published yet; name a table with '-t FILE'");
    if (result == 0)
        result = add_sealed(out, cmd->state, generation, err);
    if (result == 0)
        result = add_held(out, cmd->state, generation, err);
    cmd_state_close(cmd);
    return result;
}

static int
run_table(const struct command *command, int argc, char **argv)
{
    struct table_wish wish = {0};
    struct err err = {0};
    cmd_load_init(&wish.load);
    if (cmd_parse_alone(command, argc, argv, handle_option, &wish) != 0)
        return CMD_TROUBLE;
    bool named = wish.load.options.source_count > 0;
    if (named && wish.cmd.config != NULL) {
        cmd_say("-c prints the table in use, -t prints another one; leave out one of them");
        return CMD_TROUBLE;
    }
    struct buf out;
    buf_init(&out, TABLE_OUTPUT_MAX);
    int result = named ? add_sources(&out, &wish.load, &err) : add_in_use(&out, &wish.cmd, &err);
    bool good = result == 0 && cmd_print(&out);
    buf_clear(&out);
    return result != 0 ? cmd_trouble(&err) : good ? CMD_YES : CMD_TROUBLE;
}

static const struct cmd_option options[] = {CMD_OPTION_TABLE, CMD_OPTION_CONFIG, {0}};

const struct command cmd_table = {
    .name = "table",
    .summary = "prints the merged table, or the one in use, in its normal form",
    .arguments = "",
    .options = options,
    .details = "The normal form is table text, sorted and aligned. Printing it again gives the same bytes,\n"
               "so two tables can be compared with diff. See m365-tables(5).\n"
               "Without -t it is the table in use. Rows kept in an older form have the flag held; comment\n"
               "lines at the end say what the newest sources say about them.\n",
    .run = run_table,
};

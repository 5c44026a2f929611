// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmd_export.c - `m365ctl export FORMAT`: the table in another program's format, to standard output or into a file.
 *
 * Where it sits: room cmd. The formats and their options are those of room export; this finds the table and writes the
 * file, completely or not at all.
 */
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "cmd_owner.h"
#include "cmd_state.h"
#include "compile/load.h"
#include "compile/sealed.h"
#include "export/export.h"
#include "format/format.h"
#include "store/candidate.h"
#include "table/table.h"

#define GIVEN_MAX 100 /* options of the format that may be given */

enum export_code { CMD_CHECK = CMD_STATE_CODE_FREE, CMD_AT, CMD_EXPORT_FIRST };

/* An option as it was given: its format may come after it. */
struct given_option {
    enum export_option option;
    const char *value;
};

struct exporting {
    struct cmd_load load;
    struct cmd_state cmd;
    struct given_option given[GIVEN_MAX];
    size_t given_count;
    const char *output;
    bool check;
    uint32_t today;
    struct export_wish wish;
};

static int
add_given(struct exporting *exporting, int code, const char *value, struct err *err)
{
    if (exporting->given_count == GIVEN_MAX)
        return err_set(err, ERR_USAGE, "too many options");
    exporting->given[exporting->given_count++] =
        (struct given_option){(enum export_option)(code - CMD_EXPORT_FIRST), value};
    return 0;
}

static int
handle_option(void *arg, int code, const char *value, struct err *err)
{
    struct exporting *exporting = arg;
    int result = 0;
    if (code >= CMD_EXPORT_FIRST)
        return add_given(exporting, code, value, err);
    if (code == 'o')
        exporting->output = value;
    else if (code == CMD_CHECK)
        exporting->check = true;
    else if (code == CMD_AT)
        result = cmd_parse_day(&exporting->today, value, err);
    else if (!cmd_load_option(&exporting->load, code, value, &result, err))
        result = cmd_state_option(&exporting->cmd, code, value, err);
    return result;
}

static int
make_wish(struct exporting *exporting, const char *format, struct err *err)
{
    const struct exporter *exporter = format_find(format, err);
    if (exporter == NULL)
        return -1;
    export_wish_init(&exporting->wish, exporter);
    for (size_t i = 0; i < exporting->given_count; i++) {
        if (export_wish_set(&exporting->wish, exporting->given[i].option, exporting->given[i].value, err) != 0)
            return -1;
    }
    if (exporting->output != NULL && cmd_is_source(&exporting->load, exporting->output))
        return err_set(err, ERR_USAGE, "'%s' is one of the tables; name another file with -o", exporting->output);
    if (exporting->check && exporting->output == NULL)
        return err_set(err, ERR_USAGE, "'--check' needs the file to check: add '-o FILE'");
    return export_wish_check(&exporting->wish, err);
}

static int
make_from_sources(struct buf *out, struct exporting *exporting, struct err *err)
{
    struct export_source source = {
        .policy = &exporting->load.options.policy, .listener = &cmd_listener, .today = exporting->today};
    if (load_table(&source.table, &exporting->load.options, err) != 0)
        return -1;
    int result = export_make(out, &source, &exporting->wish, err);
    table_free(source.table);
    return result;
}

static int
make_from_generation(struct buf *out, struct exporting *exporting, uint32_t generation, struct err *err)
{
    struct candidate candidate;
    struct sealed_policy policy;
    char digest[DIGEST_TEXT_MAX];
    if (candidate_load(&candidate, exporting->cmd.state, generation, err) != 0)
        return -1;
    int result = candidate_read_policy(&policy, digest, &candidate, exporting->cmd.state, generation, err);
    if (result == 0) {
        const struct export_source source = {candidate.table, &policy.policy, &cmd_listener, exporting->today};
        result = export_make(out, &source, &exporting->wish, err);
    }
    candidate_clear(&candidate);
    return result;
}

static int
make_in_use(void *arg, struct buf *out, struct err *err)
{
    struct exporting *exporting = arg;
    uint32_t generation = 0;
    if (cmd_state_open(&exporting->cmd, false, err) != 0)
        return -1;
    int result = state_get(exporting->cmd.state, STATE_CURRENT, &generation, err);
    if (result == 0 && generation == 0)
        result = err_set(err, ERR_USAGE, "nothing is published yet; name a table with '-t FILE'");
    if (result == 0)
        result = make_from_generation(out, exporting, generation, err);
    cmd_state_close(&exporting->cmd);
    return result;
}

static int
make(struct buf *out, struct exporting *exporting, struct err *err)
{
    if (exporting->load.options.source_count > 0) {
        if (exporting->cmd.config != NULL)
            return err_set(err, ERR_USAGE, "-c exports the table in use, -t another one; leave out one of them");
        return make_from_sources(out, exporting, err);
    }
    if (exporting->load.options.has_policy)
        return err_set(err, ERR_USAGE,
                       "the table in use has its tenants, precedence and categories already; these "
                       "options need '-t FILE'");
    return exporting->output == NULL ? make_in_use(exporting, out, err) : cmd_apart(make_in_use, exporting, out, err);
}

/* 0 with *ret_exit: the file is current, or not. */
static int
check_file(int *ret_exit, const struct exporting *exporting, const struct buf *text, struct err *err)
{
    struct buf file;
    *ret_exit = CMD_NO;
    if (file_is_absent(exporting->output)) {
        cmd_say("'%s' does not exist yet", exporting->output);
        return 0;
    }
    buf_init(&file, EXPORT_TEXT_MAX);
    int result = file_read(&file, exporting->output, EXPORT_TEXT_MAX, err);
    if (result == 0 && export_same(&file, text))
        *ret_exit = CMD_YES;
    else if (result == 0)
        cmd_say("'%s' is not what the table says now; write it again without --check", exporting->output);
    buf_clear(&file);
    return result;
}

static int
deliver(int *ret_exit, const struct exporting *exporting, struct buf *text, struct err *err)
{
    *ret_exit = CMD_YES;
    if (exporting->check)
        return check_file(ret_exit, exporting, text, err);
    if (exporting->output != NULL)
        return file_write(exporting->output, text->data, text->len, err);
    *ret_exit = cmd_print(text) ? CMD_YES : CMD_TROUBLE;
    return 0;
}

static int
run_export(const struct command *command, int argc, char **argv)
{
    struct exporting exporting = {.today = cmd_today()};
    struct err err = {0};
    int result_exit = CMD_TROUBLE;
    cmd_load_init(&exporting.load);
    int first = cmd_parse(command, argc, argv, handle_option, &exporting);
    if (first < 0)
        return CMD_TROUBLE;
    if (first + 1 != argc) {
        cmd_say("name one format; 'm365ctl help export' lists them");
        return CMD_TROUBLE;
    }
    struct buf text;
    buf_init(&text, EXPORT_TEXT_MAX);
    int result = make_wish(&exporting, argv[first], &err);
    if (result == 0)
        result = make(&text, &exporting, &err);
    if (result == 0)
        result = deliver(&result_exit, &exporting, &text, &err);
    buf_clear(&text);
    return result == 0 ? result_exit : cmd_trouble(&err);
}

#define OPTION(id, name, value, help) {(int)CMD_EXPORT_FIRST + (int)EXPORT_##id, name, value, help},
static const struct cmd_option options[] = {
    {'o', "output", "FILE", "the file; written completely or not at all"},
    {CMD_CHECK, "check", NULL, "writes nothing: exit 1 if FILE is not current"},
    {CMD_AT, "at", "DATE", "the day, YYYY-MM-DD, on which lines may have expired; default today"},
    CMD_OPTION_TABLE,
    CMD_OPTION_CONFIG,
    CMD_OPTIONS_COMPILE,
    EXPORT_OPTIONS(OPTION){0},
};

const struct command cmd_export = {
    .name = "export",
    .summary = "writes the table in the format of another program",
    .arguments = "FORMAT",
    .options = options,
    .details = "Without -t it is the table in use. m365-export(7) describes the formats:\n"
               "  lines      csv html json markdown text\n"
               "  addresses  bird cisco firewalld frr haproxy-acl ipset iptables junos nft pf\n"
               "  names      dnsmasq edl haproxy nginx pac rpz squid-acl unbound\n",
    .run = run_export,
};

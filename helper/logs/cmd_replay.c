// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmd_replay.c - `m365ctl replay`: what a table does with the requests of access logs, and what another one would
 * change.
 *
 * Where it sits: room logs. Logs are counted in common/replay and judged in common/report; this chooses what and
 * how.
 */
#include "cmd_replay.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/day.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/file.h"
#include "cmd/cmd_bar.h"
#include "cmd_replay_format.h"
#include "cmd_replay_tables.h"
#include "log/log.h"
#include "name/addr.h"
#include "replay/replay.h"
#include "report/report.h"
#include "report/report_print.h"
#include "table/table.h"

#define OUTPUT_MAX ((size_t)64 << 20)
#define SMALL_MEMORY ((size_t)8 << 20)

enum replay_code {
    REPLAY_AGAINST = CMD_CODE_FREE,
    REPLAY_FORMAT,
    REPLAY_CONFIG,
    REPLAY_CLIENT,
    REPLAY_SINCE,
    REPLAY_UNTIL,
    REPLAY_JSON,
    REPLAY_HTML,
    REPLAY_ANONYMISE,
    REPLAY_KEY,
    REPLAY_SAVE,
    REPLAY_MERGE,
    REPLAY_AT,
};

struct replaying {
    struct replay_tables tables;
    struct replay_job job;
    const char *format, *squid_conf, *html, *save, *key;
    char address[ADDR_TEXT_MAX]; /* of --client, as Squid writes it */
    bool json, hidden, merge;
    uint32_t today;
    unsigned char secret[DIGEST_SHORT_KEY];
    struct arena *arena;
    struct replay *replay;
};

static volatile int stop; /* set by ^C */

static void
handle_stop(int number)
{
    (void)number;
    stop = 1;
}

static int
parse_cores(unsigned *ret, const char *value, struct err *err)
{
    char *end;
    unsigned long cores = strtoul(value, &end, 10);
    if (*value < '0' || *value > '9' || *end != '\0' || cores < 1 || cores > REPLAY_CORES_MAX)
        return err_set(err, ERR_USAGE, "'%s' is no number of threads from 1 to %d", value, REPLAY_CORES_MAX);
    *ret = (unsigned)cores;
    return 0;
}

static int
parse_moment(int64_t *ret, const char *value, bool end, struct err *err)
{
    uint32_t day;
    if (cmd_parse_day(&day, value, err) != 0)
        return -1;
    *ret = ((int64_t)day + end) * 86400;
    return 0;
}

/* Squid writes addresses in one form, and escapes whatever is no text; people write them in any. */
static int
set_client(struct replaying *asked, const char *value, struct err *err)
{
    struct addr addr;
    for (const char *at = value; *at != '\0'; at++) {
        if ((unsigned char)*at <= ' ' || *at == 0x7f)
            return err_set(err, ERR_USAGE, "'%s' is no client: it has a blank or a control character", value);
    }
    if (*value == '\0')
        return err_set(err, ERR_USAGE, "'' is no client");
    asked->job.client = value;
    asked->job.address = NULL;
    if (addr_parse_token(&addr, value, strlen(value))) {
        addr_format(asked->address, &addr);
        asked->job.address = asked->address;
    }
    return 0;
}

static int
handle_option(void *arg, int code, const char *value, struct err *err)
{
    struct replaying *asked = arg;
    int result;
    if (cmd_load_option(&asked->tables.load, code, value, &result, err))
        return result;
    switch (code) {
    case 'c': asked->squid_conf = value; break;
    case 'j': return parse_cores(&asked->job.cores, value, err);
    case REPLAY_AGAINST: asked->tables.against = value; break;
    case REPLAY_FORMAT: asked->format = value; break;
    case REPLAY_CONFIG: asked->tables.config = value; break;
    case REPLAY_CLIENT: return set_client(asked, value, err);
    case REPLAY_SINCE: return parse_moment(&asked->job.since, value, false, err);
    case REPLAY_UNTIL: return parse_moment(&asked->job.until, value, true, err);
    case REPLAY_JSON: asked->json = true; break;
    case REPLAY_HTML: asked->html = value; break;
    case REPLAY_ANONYMISE: asked->hidden = true; break;
    case REPLAY_KEY:
        asked->key = value;
        asked->hidden = true;
        break;
    case REPLAY_SAVE: asked->save = value; break;
    case REPLAY_MERGE: asked->merge = true; break;
    case REPLAY_AT: return cmd_parse_day(&asked->today, value, err);
    default: break;
    }
    return 0;
}

/* The key of --key, or one of this run alone. */
static int
make_secret(struct replaying *asked, struct err *err)
{
    if (!asked->hidden)
        return 0;
    asked->job.secret = asked->secret;
    if (asked->key == NULL) {
        for (size_t i = 0; i < sizeof asked->secret; i++)
            asked->secret[i] = (unsigned char)digest_random(256);
        return 0;
    }
    struct buf bytes;
    buf_init(&bytes, (size_t)1 << 20);
    if (file_read(&bytes, asked->key, 4096, err) != 0) {
        buf_clear(&bytes);
        return -1;
    }
    digest_key(asked->secret, bytes.data, bytes.len);
    int result = bytes.len < REPLAY_KEY_LEAST ? err_set(err, ERR_USAGE, "'%s' has fewer than %d bytes, which is no key",
                                                        asked->key, REPLAY_KEY_LEAST)
                                              : 0;
    buf_clear(&bytes);
    return result;
}

static void
show_progress(void *arg, const struct replay_progress *at)
{
    int64_t *started = arg;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    if (*started == 0)
        *started = ms;
    int64_t spent = ms - *started;
    char done[REPORT_AMOUNT_MAX], size[REPORT_AMOUNT_MAX];
    report_bytes(done, at->done);
    report_bytes(size, at->size);
    double rate = spent > 0 ? (double)at->lines / (double)spent : 0; /* a ms */
    if (at->size > at->done && at->done > 0)
        cmd_bar_step("%s of %s, %.2f million lines/s, %.0f s left", done, size, rate / 1000,
                     (double)spent * (double)(at->size - at->done) / (double)at->done / 1000);
    else
        cmd_bar_step("%s, %.2f million lines/s", done, rate / 1000);
}

/* Adds up what was saved. A file that cannot be added is named, and the others are done. */
static int
merge(struct replaying *asked, struct err *err)
{
    size_t good = 0;
    for (size_t i = 0; i < asked->job.log_count; i++) {
        struct err why = {0};
        if (replay_add(asked->replay, asked->job.logs[i], &why) == 0)
            good++;
        else if (good == 0 && i + 1 == asked->job.log_count)
            return err_set(err, why.kind, "%s", why.text);
        else
            cmd_say("%s", why.text);
    }
    return 0;
}

/* Counts the logs, or adds up what was saved. */
static int
count(struct replaying *asked, char **names, size_t count, struct err *err)
{
    static const char *const input[] = {"-"};
    asked->job.logs = count > 0 ? (const char *const *)names : input;
    asked->job.log_count = count > 0 ? count : 1;
    if (asked->merge)
        return merge(asked, err);
    struct log_format *format = NULL;
    if (asked->format != NULL && replay_format_of(&format, asked->arena, asked->format, err) != 0)
        return -1;
    if (asked->squid_conf != NULL && format == NULL &&
        replay_format_from(&format, asked->arena, asked->squid_conf, asked->job.logs[0], err) != 0)
        return -1;
    int64_t started = 0;
    asked->job.format = format;
    asked->job.progress = show_progress;
    asked->job.progress_arg = &started;
    cmd_bar_start();
    int result = replay_count(asked->replay, &asked->job, err);
    cmd_bar_end();
    return result;
}

/* The counts name clients and hosts: nobody else may read a new file. */
static int
save(struct replaying *asked, struct err *err)
{
    struct file_new file;
    if (file_new_open(&file, asked->save, 0600, err) != 0)
        return -1;
    int result = replay_save(asked->replay, file.fd, err);
    return file_new_end(&file, result == 0, result == 0 ? err : NULL) == 0 ? result : -1;
}

static int
print(struct replaying *asked, const struct report *report, const char *logs, struct err *err)
{
    const struct replay_tables *tables = &asked->tables;
    struct report_head head = {.replay = asked->replay,
                               .logs = logs,
                               .table = tables->label,
                               .other = tables->other != NULL ? tables->other_label : NULL,
                               .client = asked->hidden ? NULL : asked->job.client,
                               .stopped = stop != 0};
    struct buf out;
    buf_init(&out, OUTPUT_MAX);
    int result = 0;
    if (asked->html != NULL) {
        report_print_html(&out, report, &head);
        result = buf_ok(&out) ? file_write(asked->html, out.data, out.len, err)
                              : err_set(err, ERR_MEM, "no memory for the page");
        buf_reset(&out);
    }
    if (asked->json)
        report_print_json(&out, report, &head);
    else if (asked->html == NULL)
        report_print_text(&out, report, &head);
    if (result == 0 && !cmd_print(&out))
        result = err_set(err, ERR_IO, "the report is not complete");
    buf_clear(&out);
    return result;
}

/* The table that the image was compiled from; NULL, after reporting why, if it cannot be read. */
static struct table *
read_table(const struct replaying *asked)
{
    struct err trouble = {0};
    struct table *table = replay_tables_text(&asked->tables, &trouble);
    if (table == NULL && trouble.kind != ERR_NONE)
        cmd_say("rules that decided nothing, and some of Microsoft's names that no rule has, are not listed: %s",
                trouble.text);
    return table;
}

static int
judge(struct replaying *asked, size_t logs, struct err *err)
{
    struct arena *arena = arena_new(REPORT_MEMORY);
    struct report *report = NULL;
    char name[64] = "standard input";
    if (logs > 0)
        snprintf(name, sizeof name, "%zu %s%s", logs, asked->merge ? "saved file" : "log", logs == 1 ? "" : "s");
    if (arena == NULL)
        return err_set(err, ERR_MEM, "no memory for a report");
    struct table *table = read_table(asked);
    const struct report_tables tables = {asked->tables.image, asked->tables.other, table, asked->today};
    int result = report_make(&report, arena, asked->replay, &tables, err);
    if (result == 0 && table != NULL && asked->tables.other == NULL)
        result = report_find_unused(report, arena, table, err);
    if (result == 0)
        result = print(asked, report, name, err);
    report_free(report);
    table_free(table);
    arena_free(arena);
    return result;
}

/* Saved counts are not counted again: what chooses lines, and names clients, belongs to the logs. */
static int
check_merge(const struct replaying *asked, struct err *err)
{
    const char *hides = asked->key != NULL ? "--key" : asked->hidden ? "--anonymise" : NULL;
    const char *chooses = asked->job.client != NULL   ? "--client"
                          : asked->job.since != 0     ? "--since"
                          : asked->job.until != 0     ? "--until"
                          : asked->format != NULL     ? "--logformat"
                          : asked->squid_conf != NULL ? "--squid-conf"
                                                      : NULL;
    if (hides != NULL)
        return err_set(err, ERR_USAGE,
                       "'%s' does not go with --merge: counts that name clients still do after it; give '%s' together "
                       "with --save, where the logs are counted",
                       hides, hides);
    if (chooses != NULL)
        return err_set(err, ERR_USAGE,
                       "'%s' does not go with --merge: saved counts have no single lines; give it together with "
                       "--save, where the logs are counted",
                       chooses);
    return 0;
}

/* Options that would do nothing. */
static int
check_options(const struct replaying *asked, struct err *err)
{
    const char *prints = asked->html != NULL ? "--html" : asked->json ? "--json" : NULL;
    if (asked->save != NULL && prints != NULL)
        return err_set(err, ERR_USAGE, "'%s' does not go with --save, which writes counts instead of a report", prints);
    return asked->merge ? check_merge(asked, err) : 0;
}

static int
run(struct replaying *asked, char **names, size_t name_count)
{
    struct err err = {0};
    struct sigaction action = {.sa_handler = handle_stop};
    sigaction(SIGINT, &action, NULL);
    asked->arena = arena_new(SMALL_MEMORY);
    asked->replay = asked->arena == NULL ? NULL : replay_new(asked->arena);
    int result = asked->replay == NULL ? err_set(&err, ERR_MEM, "no memory to count") : check_options(asked, &err);
    if (result == 0)
        result = make_secret(asked, &err);
    if (result == 0 && asked->save == NULL)
        result = replay_tables_open(&asked->tables, &err);
    if (result == 0)
        result = count(asked, names, name_count, &err);
    if (result == 0)
        result = asked->save != NULL ? save(asked, &err) : judge(asked, name_count, &err);
    bool damaged = asked->replay != NULL && replay_total(asked->replay, REPLAY_DAMAGED) > 0;
    if (asked->replay != NULL)
        replay_close(asked->replay);
    arena_free(asked->arena);
    replay_tables_close(&asked->tables);
    return result != 0 ? cmd_trouble(&err) : damaged ? CMD_TROUBLE : CMD_YES;
}

static int
run_replay(const struct command *command, int argc, char **argv)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    struct replaying asked = {.today = cmd_today(), .job = {.stop = &stop, .listener = &cmd_listener}};
    asked.job.cores = cores < 1 ? 1 : cores > REPLAY_CORES_MAX ? REPLAY_CORES_MAX : (unsigned)cores;
    cmd_load_init(&asked.tables.load);
    int first = cmd_parse(command, argc, argv, handle_option, &asked);
    return first < 0 ? CMD_TROUBLE : run(&asked, argv + first, (size_t)(argc - first));
}

static const struct cmd_option options[] = {
    CMD_OPTION_SOURCE,
    {REPLAY_AGAINST, "against", "TABLE", "what would change under this one: a generation, current, pending, or a file"},
    CMD_OPTIONS_COMPILE,
    {'c', "squid-conf", "FILE", "the squid.conf that says how the logs are written"},
    {REPLAY_FORMAT, "logformat", "FORMAT", "squid, m365, combined, common, or the text of a logformat"},
    {REPLAY_CONFIG, "config", "FILE", "the configuration to use instead of the standard one"},
    {REPLAY_CLIENT, "client", "NAME", "only lines of this client address or user"},
    {REPLAY_SINCE, "since", "YYYY-MM-DD", "only lines of this day (UTC) and later"},
    {REPLAY_UNTIL, "until", "YYYY-MM-DD", "only lines up to this day (UTC)"},
    {REPLAY_AT, "at", "YYYY-MM-DD", "judge as of another day (for expires=)"},
    {REPLAY_JSON, "json", NULL, "one JSON object"},
    {REPLAY_HTML, "html", "FILE", "write a page to a file"},
    {REPLAY_ANONYMISE, "anonymise", NULL, "show keyed hashes in place of clients; the key is forgotten"},
    {REPLAY_KEY, "key", "FILE", "the same with the key in a file, so that reports can be merged"},
    {REPLAY_SAVE, "save", "FILE", "write the counts to a file (- is standard output) instead of a report"},
    {REPLAY_MERGE, "merge", NULL, "the arguments are files of --save; add them up"},
    {'j', "cores", "N", "threads that count; default one for each core"},
    {0},
};

const struct command cmd_replay = {
    .name = "replay",
    .summary = "shows from access logs what a table does, and what another one would change",
    .arguments = "[LOG]...",
    .options = options,
    .details = "LOG may be plain, gzip, zstd or xz; without one, standard input is read. Compile options, such as\n"
               "--bypass Optimize,Allow,Default, without -t and --against compare the table in use with itself\n"
               "compiled so.\n"
               "Exit code: 0 done, 2 trouble (also a log or saved file that could be read only in part).\n",
    .run = run_replay,
};

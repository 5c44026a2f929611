// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmd_trace.c - `m365ctl trace`: what Squid would do with a request, and which line of squid.conf does it.
 *
 * Where it sits: room proxy. The model is in room course (course.h); here its files are opened: squid.conf, the tables
 * that its helpers name, and a file of hosts.
 */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "cmd/cmd.h"
#include "cmd_rules.h"
#include "course/course.h"
#include "course/situation.h"
#include "proxy.h"
#include "ruleset/ruleset.h"

#define ARENA_MAX ((size_t)512 << 20)
#define REPORT_MAX ((size_t)64 << 20)
#define LINE_MAX_BYTES 65536
#define SQUID_CONF "/etc/squid/squid.conf"

enum code { VERSION = CMD_CODE_FREE, HOSTS, JSON };

struct trace {
    const char *path;
    const char *hosts_path;
    bool json;
    struct ruleset_about about;
    struct ruleset *conf;
    struct hosts *hosts;
};

static int
handle_option(void *arg, int code, const char *value, struct err *err)
{
    struct trace *trace = arg;
    switch (code) {
    case 'c': trace->path = value; return 0;
    case HOSTS: trace->hosts_path = value; return 0;
    case JSON: trace->json = true; return 0;
    default: break;
    }
    if (value[0] < '4' || value[0] > '7' || (value[1] != '\0' && value[1] != '.'))
        return err_set(err, ERR_USAGE, "'%s' is not a version that trace knows; those are 4, 5, 6 and 7", value);
    trace->about.version = (unsigned)(value[0] - '0');
    return 0;
}

static int
open_all(struct trace *trace, struct err *err)
{
    if (ruleset_open(&trace->conf, trace->path, &trace->about, err) != 0)
        return -1;
    cmd_rules_load(trace->conf, true);
    const char *hosts = trace->hosts_path != NULL ? trace->hosts_path : trace->conf->hosts;
    struct err missing = {0};
    if (hosts_read(&trace->hosts, hosts, trace->hosts_path != NULL, trace->about.arena, &missing) == 0)
        return 0;
    if (trace->hosts_path != NULL)
        return err_set(err, missing.kind, "%s", missing.text);
    return hosts_read(&trace->hosts, NULL, false, trace->about.arena, err);
}

/* Traces one request, with memory of its own. */
static int
trace_one(const struct trace *trace, const char *text, struct buf *out, struct err *err)
{
    struct arena *arena = arena_new(ARENA_MAX);
    struct situation situation;
    struct courses courses;
    const struct course_question question = {trace->conf, &situation, trace->hosts, !trace->json};
    int result = arena == NULL ? err_set(err, ERR_MEM, "no memory") : situation_parse(&situation, text, arena, err);
    if (result == 0)
        result = course_find(&courses, &question, arena, err);
    if (result == 0)
        (trace->json ? courses_print_json : courses_print)(out, &situation, &courses);
    arena_free(arena);
    return result;
}

/* Traces one request and prints it; the text is a line of a file or an argument. */
static bool
trace_and_print(const struct trace *trace, const char *text, struct buf *out)
{
    struct err err = {0};
    if (trace_one(trace, text, out, &err) != 0) {
        cmd_trouble(&err);
        return false;
    }
    return cmd_print(out);
}

/* Skips the rest of a line that is too long. */
static void
skip_line(void)
{
    int c = getchar();
    while (c != EOF && c != '\n')
        c = getchar();
}

/* One request a line; empty lines and comments are skipped. A line that is wrong is reported, and the next one read. */
static bool
trace_lines(const struct trace *trace, struct buf *out)
{
    char line[LINE_MAX_BYTES];
    bool good = true;
    while (fgets(line, sizeof line, stdin) != NULL) {
        size_t len = strcspn(line, "\r\n");
        if (line[len] == '\0' && len == sizeof line - 1) {
            cmd_say("a request is longer than %zu bytes", sizeof line - 2);
            skip_line();
            good = false;
            continue;
        }
        line[len] = '\0';
        if (line[strspn(line, " \t")] != '\0' && line[0] != '#')
            good = trace_and_print(trace, line, out) && good;
    }
    return good;
}

static int
run_trace(const struct command *command, int argc, char **argv)
{
    struct trace trace = {.path = SQUID_CONF, .about = {.version = 6}};
    struct err err = {0};
    struct buf out;
    int first = cmd_parse(command, argc, argv, handle_option, &trace);
    if (first < 0)
        return CMD_TROUBLE;
    trace.about.arena = arena_new(ARENA_MAX);
    buf_init(&out, REPORT_MAX);
    bool good = trace.about.arena != NULL && open_all(&trace, &err) == 0;
    if (!good)
        cmd_trouble(&err);
    if (good && first == argc)
        good = trace_lines(&trace, &out);
    for (int i = first; i < argc && trace.hosts != NULL; i++)
        good = trace_and_print(&trace, argv[i], &out) && good;
    cmd_rules_close(trace.conf);
    buf_clear(&out);
    arena_free(trace.about.arena);
    return good ? CMD_YES : CMD_TROUBLE;
}

static const struct cmd_option options[] = {
    {'c', "config", "SQUID.CONF", "the configuration; default " SQUID_CONF},
    {VERSION, "squid-version", "VERSION", "4, 5, 6 (default) or 7"},
    {HOSTS, "hosts", "FILE", "what names resolve to, as in hosts(5); default what hosts_file says"},
    {JSON, "json", NULL, "one JSON object a request"},
    {0},
};

const struct command cmd_trace = {
    .name = "trace",
    .summary = "says what Squid would do with a request, and which line does it",
    .arguments = "[REQUEST]...",
    .options = options,
    .details = "REQUEST is one argument: 'CONNECT HOST:PORT', 'GET URL' (any method) or\n"
               "'INTERCEPT ADDRESS:PORT', followed by words in any order: sni=NAME from=ADDRESS\n"
               "user=NAME password=wrong port=LISTENER agent=\"TEXT\" header=\"NAME: VALUE\"\n"
               "tls=1.2|1.3 helper=dead|full|busy. Without REQUEST: one a line from standard input.\n"
               "Exit code: 0 all were traced, 2 the configuration or a request is wrong.\n",
    .run = run_trace,
};

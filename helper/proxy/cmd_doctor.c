// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmd_doctor.c - `m365ctl doctor`: reads a squid.conf and reports what is wrong with it, with corrected lines.
 *
 * Where it sits: room proxy. The checks are in room squidconf (squidconf.h).
 */
#include <pwd.h>
#include <string.h>

#include "advise/advise.h"
#include "base/buf.h"
#include "base/err.h"
#include "cmd/cmd.h"
#include "cmd_doctor.h"
#include "cmd_rules.h"
#include "compile/load.h"
#include "proxy.h"
#include "squidconf/squidconf.h"

#define REPORT_MAX ((size_t)16 << 20)
#define SQUID_CONF "/etc/squid/squid.conf"

#define ACCEPT_MAX 256

enum code { VERSION = CMD_CODE_FREE, USER, ACCEPT, OUTCOMES, AGAINST, JSON };

struct doctor_options {
    struct squidconf_about about;
    const char *accept[ACCEPT_MAX + 1];
    size_t accepted;
    bool outcomes;
    struct doctor_outcomes table;
};

static int
add_accept(struct doctor_options *asked, const char *value, struct err *err)
{
    const char *colon = strrchr(value, ':');
    if (colon == NULL || colon == value || colon[1] == '\0' || strspn(colon + 1, "0123456789") != strlen(colon + 1))
        return err_set(err, ERR_USAGE, "'%s' is not FILE:LINE, as doctor prints it before a sentence", value);
    if (asked->accepted == ACCEPT_MAX)
        return err_set(err, ERR_USAGE, "--accept more than %d times; write '# m365: meant' into the file", ACCEPT_MAX);
    asked->accept[asked->accepted++] = value;
    return 0;
}

static int
handle_option(void *arg, int code, const char *value, struct err *err)
{
    struct doctor_options *asked = arg;
    switch (code) {
    case VERSION: return squidconf_parse_version(&asked->about.version, value, err);
    case USER: asked->about.user = value; return 0;
    case OUTCOMES: asked->outcomes = true; return 0;
    case AGAINST: asked->table.against = value; return 0;
    case JSON: asked->table.json = true; return 0;
    default: return add_accept(asked, value, err);
    }
}

static int
load(struct image **ret, const char **sources, size_t count, struct err *err)
{
    const struct load_options options = {.sources = sources, .source_count = count};
    return load_image(ret, &options, err);
}

/* Reads the options. Returns the index of the file, or -1 after reporting what is wrong. */
static int
read_options(struct doctor_options *asked, const struct command *command, int argc, char **argv)
{
    int first = cmd_parse(command, argc, argv, handle_option, asked);
    asked->about.accept = asked->accept;
    if (first < 0)
        return -1;
    if (asked->about.user != NULL && getpwnam(asked->about.user) == NULL)
        cmd_say("there is no user '%s' on this machine", asked->about.user);
    else if (first + 1 < argc)
        cmd_say("doctor reads one squid.conf, but '%s' is a second; it follows includes by itself", argv[first + 1]);
    else if (asked->outcomes && asked->table.against != NULL)
        cmd_say("--outcomes prints all situations and --against those that changed; give one of them");
    else if (asked->table.json && !asked->outcomes && asked->table.against == NULL)
        cmd_say("--json goes with --outcomes or --against");
    else
        return first;
    return -1;
}

/* A table that cannot be opened is a finding of its own. */
static void
load_quietly(struct ruleset *conf)
{
    cmd_rules_load(conf, false);
}

static int
examine(struct doctor_options *asked, const char *path, struct buf *out, struct err *err)
{
    size_t findings = 0;
    if (asked->outcomes || asked->table.against != NULL) {
        asked->table.path = path;
        asked->table.version = cmd_rules_version(asked->about.version);
        return doctor_outcomes(out, &asked->table, err);
    }
    struct advise_about advise = {path, cmd_rules_version(asked->about.version), load_quietly, cmd_rules_unload};
    asked->about.examine = advise_examine;
    asked->about.examine_arg = &advise;
    if (squidconf_doctor(out, &findings, path, &asked->about, err) != 0)
        return CMD_TROUBLE;
    return findings > 0 ? CMD_NO : CMD_YES;
}

static int
run_doctor(const struct command *command, int argc, char **argv)
{
    struct doctor_options asked = {.about = {.version = SQUIDCONF_6, .today = cmd_today(), .load = load}};
    struct err err = {0};
    struct buf out;
    int first = read_options(&asked, command, argc, argv);
    if (first < 0)
        return CMD_TROUBLE;
    buf_init(&out, REPORT_MAX);
    int result = examine(&asked, first < argc ? argv[first] : SQUID_CONF, &out, &err);
    if (result == CMD_TROUBLE)
        cmd_trouble(&err);
    else if (!cmd_print(&out))
        result = CMD_TROUBLE;
    buf_clear(&out);
    return result;
}

static const struct cmd_option options[] = {
    {VERSION, "squid-version", "VERSION", "3.5, 4, 5, 6 (default) or 7"},
    {USER, "user", "NAME", "the user that Squid runs as, if the file does not say"},
    {ACCEPT, "accept", "FILE:LINE", "what is found there is meant; may be repeated"},
    {OUTCOMES, "outcomes", NULL, "print how a fixed set of situations ends, instead of findings"},
    {AGAINST, "against", "OLD.CONF", "print only the situations that end otherwise than under OLD.CONF"},
    {JSON, "json", NULL, "these as JSON"},
    {0},
};

const struct command cmd_doctor = {
    .name = "doctor",
    .summary = "reports what is wrong with a squid.conf",
    .arguments = "[SQUID.CONF]",
    .options = options,
    .details = "The default is " SQUID_CONF ". Includes are followed. Each finding is a line\n"
               "FILE:LINE: sentence, with the corrected lines below it. One whose line, or the\n"
               "line above, has the comment '# m365: meant' is accepted as well.\n"
               "Exit code: 0 nothing was found, 1 something was found, 2 the file cannot be read.\n",
    .run = run_doctor,
};

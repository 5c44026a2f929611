// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmd_squid_conf.c - `m365ctl squid-conf`: prints squid.conf lines for the setup that its options describe.
 *
 * Where it sits: room proxy. The lines themselves come from room squidconf (squidconf.h); cmd_squid_conf_into.c puts
 * them into an existing file.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "cmd/cmd.h"
#include "cmd_squid_conf_into.h"
#include "proxy.h"
#include "squidconf/squidconf.h"

#define FRAGMENT_MAX ((size_t)1 << 20)
#define PATH_TEXT_MAX 400 /* bytes of a path in a line */
#define CHILDREN_MAX 64
#define USER_TEXT_MAX 32
#define USER_BYTES "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"

enum code {
    VERSION = CMD_CODE_FREE,
    EXPLICIT,
    INTERCEPT,
    INTERCEPT_HTTP,
    AUTH,
    NO_AUTH,
    BUMP,
    NO_BUMP,
    EXTRA,
    HELPER,
    REWRITER,
    SQUID_FOLDER,
    SQUID_USER,
    PRESET,
    CHILDREN,
    CONCURRENCY,
    INTO,
};

static int
parse_number(unsigned *ret, const char *value, unsigned most, const char *what, struct err *err)
{
    char *end;
    unsigned long number = strtoul(value, &end, 10);
    if (value[0] < '0' || value[0] > '9' || *end != '\0' || number == 0 || number > most)
        return err_set(err, ERR_USAGE, "'%s' is not a %s from 1 to %u", value, what, most);
    *ret = (unsigned)number;
    return 0;
}

static int
parse_port(uint16_t *ret, const char *value, struct err *err)
{
    unsigned port;
    if (parse_number(&port, value, 65535, "port", err) != 0)
        return -1;
    *ret = (uint16_t)port;
    return 0;
}

/* A path becomes part of a line, so it must not end that line or start a comment. */
static int
parse_path(const char **ret, const char *value, struct err *err)
{
    size_t len = strlen(value);
    for (size_t i = 0; i < len; i++) {
        if (value[i] <= 0x20 || value[i] >= 0x7f || strchr("\"'#\\", value[i]) != NULL)
            return err_set(err, ERR_USAGE,
                           "'%s' cannot be used in squid.conf: only printable bytes without spaces, quotes, # and \\",
                           value);
    }
    if (value[0] != '/' || len > PATH_TEXT_MAX)
        return err_set(err, ERR_USAGE, "'%s' is not a path that begins with / and has at most %d bytes", value,
                       PATH_TEXT_MAX);
    *ret = value;
    return 0;
}

/* The name of a user becomes part of a command that is to be copied. */
static int
parse_user(const char **ret, const char *value, struct err *err)
{
    size_t len = strlen(value);
    if (len == 0 || len > USER_TEXT_MAX || value[0] == '-' || strspn(value, USER_BYTES) != len)
        return err_set(err, ERR_USAGE, "'%s' is not the name of a user: 1 to %d letters, digits, '.', '_' and '-'",
                       value, USER_TEXT_MAX);
    *ret = value;
    return 0;
}

/* --intercept without --explicit means that there is no explicit port. A path that is named wins over one of --preset,
 * in whichever order they come; NULL: not named. */
struct squid_conf_options {
    struct squidconf_wish wish;
    bool named_explicit;
    const char *helper, *rewriter, *squid_folder, *squid_user;
    const char *into;     /* NULL: the stand-alone lines */
    const char *of_setup; /* the last option that describes a setup, without `--`; NULL: none */
};

static void
use_named(const char **ret, const char *named)
{
    if (named != NULL)
        *ret = named;
}

/* With --into these are read from the file. */
static void
note_setup(struct squid_conf_options *asked, int code)
{
    switch (code) {
    case EXPLICIT: asked->of_setup = "explicit"; return;
    case INTERCEPT: asked->of_setup = "intercept"; return;
    case INTERCEPT_HTTP: asked->of_setup = "intercept-http"; return;
    case AUTH: asked->of_setup = "auth"; return;
    case NO_AUTH: asked->of_setup = "no-auth"; return;
    case BUMP: asked->of_setup = "bump"; return;
    case NO_BUMP: asked->of_setup = "no-bump"; return;
    default: return;
    }
}

static int
handle_option(void *arg, int code, const char *value, struct err *err)
{
    struct squid_conf_options *asked = arg;
    struct squidconf_wish *wish = &asked->wish;
    note_setup(asked, code);
    switch (code) {
    case VERSION: return squidconf_parse_version(&wish->version, value, err);
    case EXPLICIT: asked->named_explicit = true; return parse_port(&wish->explicit_port, value, err);
    case INTERCEPT: return parse_port(&wish->intercept_port, value, err);
    case INTERCEPT_HTTP: return parse_port(&wish->http_port, value, err);
    case AUTH: wish->auth = true; return 0;
    case NO_AUTH: wish->auth = false; return 0;
    case BUMP: wish->bump = true; return 0;
    case NO_BUMP: wish->bump = false; return 0;
    case EXTRA: return squidconf_parse_extra(&wish->extras, value, err);
    case 't': return parse_path(&wish->table, value, err);
    case HELPER: return parse_path(&asked->helper, value, err);
    case REWRITER: return parse_path(&asked->rewriter, value, err);
    case SQUID_FOLDER: return parse_path(&asked->squid_folder, value, err);
    case SQUID_USER: return parse_user(&asked->squid_user, value, err);
    case INTO: asked->into = value; return 0;
    case PRESET: return squidconf_parse_preset(wish, value, err);
    case CHILDREN: return parse_number(&wish->children, value, CHILDREN_MAX, "number of processes", err);
    default: return parse_number(&wish->concurrency, value, 10000, "number of requests", err);
    }
}

/* The fragment, for a new proxy. */
static int
print_alone(const struct squidconf_wish *wish)
{
    struct buf out;
    buf_init(&out, FRAGMENT_MAX);
    squidconf_print(&out, wish);
    bool good = cmd_print(&out);
    buf_clear(&out);
    return good ? CMD_YES : CMD_TROUBLE;
}

static int
run_squid_conf(const struct command *command, int argc, char **argv)
{
    struct squid_conf_options asked = {.wish = squidconf_wish_default};
    struct err err = {0};
    if (cmd_parse_alone(command, argc, argv, handle_option, &asked) != 0)
        return CMD_TROUBLE;
    if (asked.wish.intercept_port != 0 && !asked.named_explicit)
        asked.wish.explicit_port = 0;
    use_named(&asked.wish.helper, asked.helper);
    use_named(&asked.wish.rewriter, asked.rewriter);
    use_named(&asked.wish.squid_folder, asked.squid_folder);
    use_named(&asked.wish.squid_user, asked.squid_user);
    if (asked.into != NULL && asked.of_setup != NULL)
        err_set(&err, ERR_USAGE, "--%s does not go with --into: ports, password and inspection are those of '%s'",
                asked.of_setup, asked.into);
    if (err.kind != ERR_NONE || squidconf_wish_check(&asked.wish, &err) != 0)
        return cmd_trouble(&err);
    return asked.into == NULL ? print_alone(&asked.wish) : squid_conf_into(asked.into, &asked.wish);
}

static const struct cmd_option options[] = {
    {INTO, "into", "SQUID.CONF", "print a diff that puts the lines into this file"},
    {VERSION, "squid-version", "VERSION", "3.5, 4, 5, 6 (default) or 7"},
    {EXPLICIT, "explicit", "PORT", "a port that clients are configured to use; default 3128"},
    {INTERCEPT, "intercept", "PORT", "a port that TLS is redirected to; if given alone, there is no explicit port"},
    {INTERCEPT_HTTP, "intercept-http", "PORT", "in addition, a port that plain HTTP is redirected to"},
    {AUTH, "auth", NULL, "clients of the explicit port are asked for a password (default)"},
    {NO_AUTH, "no-auth", NULL, "no password is asked for"},
    {BUMP, "bump", NULL, "TLS is inspected (default)"},
    {NO_BUMP, "no-bump", NULL, "TLS is not inspected"},
    {EXTRA, "extra", "NAME", "may be repeated; see below"},
    {'t', "table", "FILE", "table for the helpers; default: the published one"},
    {PRESET, "preset", "SYSTEM", "debian, rhel, freebsd, pfsense or opnsense: its paths and Squid's user"},
    {HELPER, "helper", "PATH", "ext_m365_acl; default: where it was installed"},
    {REWRITER, "rewriter", "PATH", "url_m365_rewrite; default: where it was installed"},
    {SQUID_FOLDER, "squid-helpers", "FOLDER", "Squid's own helpers; default: the folder of ext_m365_acl"},
    {SQUID_USER, "squid-user", "NAME", "the user that Squid runs as; default proxy"},
    {CHILDREN, "children", "N", "helper processes; default 2"},
    {CONCURRENCY, "concurrency", "N", "concurrent requests in each; default 100"},
    {0},
};

const struct command cmd_squid_conf = {
    .name = "squid-conf",
    .summary = "prints squid.conf lines for a given setup, or puts them into a file",
    .arguments = "",
    .options = options,
    .details = "Extras: adaptation, cache, url_rewrite, always_direct, expressroute, delay_access,\n"
               "logformat, url_m365_rewrite, or all. What only you know is below a line '# EDIT:'.\n"
               "Check the result with 'm365ctl doctor' and 'squid -k parse'.\n"
               "With --into, ports, password and inspection are those of SQUID.CONF. The diff is for\n"
               "patch -p0; how requests end before and after is printed on stderr. Exit code: 0 done, or\n"
               "nothing to do; 1 a line has no place, and no diff is printed; 2 the file cannot be read.\n",
    .run = run_squid_conf,
};

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmd_doctor.c - `m365ctl doctor`: reads a squid.conf and reports what is wrong with it, with corrected lines.
 *
 * Where it sits: room cmd. The checks are in room squidconf (squidconf.h).
 */
#include <pwd.h>

#include "base/buf.h"
#include "base/err.h"
#include "cmd.h"
#include "compile/load.h"
#include "squidconf/squidconf.h"

#define REPORT_MAX ((size_t)16 << 20)
#define SQUID_CONF "/etc/squid/squid.conf"

enum code { VERSION = CMD_CODE_FREE, USER };

static int
handle_option(void *arg, int code, const char *value, struct err *err)
{
    struct squidconf_about *about = arg;
    if (code == VERSION)
        return squidconf_parse_version(&about->version, value, err);
    about->user = value;
    return 0;
}

static int
try_tables(const char **sources, size_t count, struct err *err)
{
    const struct load_options options = {.sources = sources, .source_count = count};
    struct image *image;
    if (load_image(&image, &options, err) != 0)
        return -1;
    image_close(image);
    return 0;
}

static int
run_doctor(const struct command *command, int argc, char **argv)
{
    struct squidconf_about about = {.version = SQUIDCONF_6, .today = cmd_today(), .try_tables = try_tables};
    struct err err = {0};
    struct buf out;
    size_t findings = 0;
    int first = cmd_parse(command, argc, argv, handle_option, &about);
    if (first < 0)
        return CMD_TROUBLE;
    if (about.user != NULL && getpwnam(about.user) == NULL) {
        cmd_say("there is no user '%s' on this machine", about.user);
        return CMD_TROUBLE;
    }
    if (first + 1 < argc) {
        cmd_say("doctor reads one squid.conf, but '%s' is a second; it follows includes by itself", argv[first + 1]);
        return CMD_TROUBLE;
    }
    buf_init(&out, REPORT_MAX);
    int result = squidconf_doctor(&out, &findings, first < argc ? argv[first] : SQUID_CONF, &about, &err);
    if (result != 0)
        cmd_trouble(&err);
    bool good = result == 0 && cmd_print(&out);
    buf_clear(&out);
    return !good ? CMD_TROUBLE : findings > 0 ? CMD_NO : CMD_YES;
}

static const struct cmd_option options[] = {
    {VERSION, "squid-version", "VERSION", "3.5, 4, 5, 6 (default) or 7"},
    {USER, "user", "NAME", "the user that Squid runs as, if the file does not say"},
    {0},
};

const struct command cmd_doctor = {
    .name = "doctor",
    .summary = "reports what is wrong with a squid.conf",
    .arguments = "[SQUID.CONF]",
    .options = options,
    .details = "The default is " SQUID_CONF ". Includes are followed. Each finding is a line\n"
               "FILE:LINE: sentence, with the corrected lines below it.\n"
               "Exit code: 0 nothing was found, 1 something was found, 2 the file cannot be read.\n",
    .run = run_doctor,
};

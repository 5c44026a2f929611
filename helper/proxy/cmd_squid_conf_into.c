// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmd_squid_conf_into.c - `m365ctl squid-conf --into`: the diff for an existing squid.conf. See cmd_squid_conf_into.h.
 *
 * Where it sits: room proxy. The places are found by room insert. The diff goes to stdout and nothing else, so that it
 * can be led into a file or into patch(1).
 */
#include "cmd_squid_conf_into.h"

#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "cmd/cmd.h"
#include "cmd_rules.h"
#include "insert/insert.h"

static void
load_quietly(struct ruleset *conf)
{
    cmd_rules_load(conf, false);
}

static void
say_notes(struct buf *notes)
{
    buf_add_char(notes, '\0');
    for (char *line = buf_ok(notes) ? notes->data : (char[]){""}; *line != '\0';) {
        size_t len = strcspn(line, "\n");
        cmd_say("%.*s", (int)len, line);
        line += len + (line[len] != '\0');
    }
}

static int
print(struct insert_result *result, const char *path)
{
    if (result->diff.len == 0)
        cmd_say("nothing to do: '%s' has the lines already", path);
    else
        cmd_print_note(&result->outcomes);
    say_notes(&result->notes);
    if (result->from_root)
        cmd_say("the names in the diff are absolute: apply it with (cd / && patch -p0) <FILE");
    return cmd_print(&result->diff) ? CMD_YES : CMD_TROUBLE;
}

int
squid_conf_into(const char *path, const struct squidconf_wish *wish)
{
    const struct insert_about about = {path, *wish, cmd_rules_version(wish->version), load_quietly, cmd_rules_unload};
    struct insert_result result;
    struct err err = {0};
    int code = CMD_TROUBLE;
    if (insert_find(&result, &about, &err) == 0)
        code = print(&result, path);
    else if (cmd_trouble(&err) == CMD_TROUBLE && err.kind == ERR_SYNTAX)
        code = CMD_NO;
    buf_clear(&result.diff);
    buf_clear(&result.outcomes);
    buf_clear(&result.notes);
    return code;
}

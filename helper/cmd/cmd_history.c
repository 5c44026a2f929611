// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmd_history.c - `m365ctl history`: one line per generation, the newest first.
 *
 * Where it sits: room cmd. The entries come from room change (history.h).
 */
#include "history/history.h"

#include <string.h>

#include "base/digest.h"
#include "base/err.h"
#include "base/json_write.h"
#include "base/utf8.h"
#include "cmd_state.h"
#include "store/act.h"
#include "store/record.h"

struct history_options {
    struct cmd_state cmd;
    struct buf out;
};

static void
add_column(struct buf *out, const char *text, size_t width)
{
    size_t start = out->len;
    utf8_add_printable(out, text[0] == '\0' ? "-" : text, text[0] == '\0' ? 1 : strlen(text));
    size_t used = out->len - start;
    buf_add_fill(out, ' ', used < width ? width - used + 2 : 2);
}

static void
print_text(struct buf *out, const struct history_entry *entry)
{
    buf_add_fmt(out, "%6u  ", entry->generation);
    add_column(out, entry->used[0] == '\0' ? entry->created : entry->used, 20);
    add_column(out, entry->how, 7);
    add_column(out, entry->fate, 10);
    add_column(out, entry->label, 10);
    struct buf versions;
    buf_init(&versions, 1024);
    cmd_add_versions(&versions, &entry->review);
    buf_add_char(&versions, '\0');
    add_column(out, buf_ok(&versions) ? versions.data : "-", 10);
    buf_clear(&versions);
    bool one = strcmp(entry->rules, "1") == 0;
    buf_add_fmt(out, "%6s rule%s", entry->rules[0] == '\0' ? "-" : entry->rules, one ? "" : "s");
    const char *before = one ? "   " : "  ";
    for (size_t i = 0; i < entry->act_count; i++) {
        if (cmd_add_act(out, before, &entry->acts[i]))
            before = "; ";
    }
    buf_add_char(out, '\n');
}

static void
write_act(struct json_writer *json, const struct act *act)
{
    if (!cmd_is_by_person(act))
        return;
    json_write_object(json, NULL);
    cmd_write_head_text(json, "what", act->what);
    cmd_write_head_text(json, "at", act->at);
    cmd_write_head_text(json, "by", act->by);
    cmd_write_head_text(json, "note", act->note);
    json_write_end(json);
}

static void
print_json(struct buf *out, const struct history_entry *entry)
{
    char digest[DIGEST_TEXT_MAX];
    record_get(&entry->review, "digest", digest, sizeof digest);
    struct json_writer json = {.buf = out};
    json_write_object(&json, NULL);
    json_write_number(&json, "generation", entry->generation);
    cmd_write_head_text(&json, "created", entry->created);
    cmd_write_head_text(&json, "inUse", entry->used);
    cmd_write_head_text(&json, "how", entry->how);
    cmd_write_head_text(&json, "result", entry->fate);
    cmd_write_head_text(&json, "label", entry->label);
    cmd_write_versions(&json, &entry->review);
    cmd_write_head_number(&json, "rules", entry->rules);
    cmd_write_head_text(&json, "digest", digest);
    cmd_write_head_text(&json, "decision", entry->decided);
    cmd_write_head_text(&json, "decided", entry->at);
    cmd_write_head_text(&json, "by", entry->by);
    cmd_write_head_text(&json, "note", entry->note);
    json_write_array(&json, "decisions");
    for (size_t i = 0; i < entry->act_count; i++)
        write_act(&json, &entry->acts[i]);
    json_write_end(&json);
    json_write_end(&json);
    buf_add_char(out, '\n');
}

static void
print_entry(void *arg, const struct history_entry *entry)
{
    struct history_options *asked = arg;
    if (asked->cmd.json)
        print_json(&asked->out, entry);
    else
        print_text(&asked->out, entry);
}

static int
run_history(const struct command *command, int argc, char **argv)
{
    struct history_options asked = {0};
    struct err err = {0};
    if (cmd_parse_alone(command, argc, argv, cmd_state_option, &asked.cmd) != 0)
        return CMD_TROUBLE;
    if (cmd_state_open(&asked.cmd, false, &err) != 0)
        return cmd_trouble(&err);
    buf_init(&asked.out, CMD_STATE_OUTPUT_MAX);
    int result = history_each(asked.cmd.state, &cmd_listener, print_entry, &asked, &err);
    bool good = result == 0 && cmd_print(&asked.out);
    buf_clear(&asked.out);
    cmd_state_close(&asked.cmd);
    return result != 0 ? cmd_trouble(&err) : good ? CMD_YES : CMD_TROUBLE;
}

static const struct cmd_option options[] = {
    CMD_OPTION_CONFIG, {CMD_JSON, "json", NULL, "one JSON object per line"}, {0}};

const struct command cmd_history = {
    .name = "history",
    .summary = "lists the generations: when, what, how, who",
    .arguments = "",
    .options = options,
    .details =
        "The newest comes first. A line has its number, when it came into use (one that never did: when it was\n"
        "made), how it was made (update, import, publish), its fate, label, versions of its documents, rules, and\n"
        "who made it by hand and every decision, with notes. Its fate is current, previous, pending, published (it\n"
        "was in use), rejected, superseded (it waited until another came) or unused (its writer was killed).\n",
    .run = run_history,
};

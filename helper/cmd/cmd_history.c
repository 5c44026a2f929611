// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_history.c - `m365ctl history`: one line a generation, the newest first. */
#include <string.h>

#include "base/buf.h"
#include "base/day.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/json_write.h"
#include "base/utf8.h"
#include "cmd_state.h"
#include "store/decision.h"
#include "store/generation_named.h"
#include "store/record.h"
#include "store/state.h"

struct history {
    struct cmd_state cmd;
    uint32_t linked[3];
    const uint32_t *published;
    size_t published_count;
    struct buf out;
};

struct line {
    uint32_t generation;
    struct buf review;
    char created[DAY_TIME_MAX], label[40], rules[16], how[16];
    const char *result;
    char decided[32], by[64], at[DAY_TIME_MAX], note[300];
};

static bool
was_published(const struct history *history, uint32_t generation)
{
    for (size_t i = 0; i < history->published_count; i++) {
        if (history->published[i] == generation)
            return true;
    }
    return false;
}

/* What became of it: the links know best, then the last decision. */
static const char *
result_of(const struct history *history, const struct line *line)
{
    static const char *const words[] = {"current", "previous", "pending"};
    for (int i = STATE_CURRENT; i <= STATE_PENDING; i++) {
        if (history->linked[i] == line->generation)
            return words[i];
    }
    if (decided_parse(line->decided) == DECIDED_REJECTED)
        return "rejected";
    if (was_published(history, line->generation))
        return "published";
    char result[16];
    record_get(&line->review, "result", result, sizeof result);
    return strcmp(result, "held") == 0 ? "superseded" : "unused";
}

/* The last decision; without one, who ran `publish`. */
static int
read_decisions(const struct history *history, struct line *line, struct err *err)
{
    record_get(&line->review, "user", line->by, sizeof line->by);
    record_get(&line->review, "note", line->note, sizeof line->note);
    for (uint32_t index = 1;; index++) {
        struct buf text;
        buf_init(&text, RECORD_MAX);
        int found = decision_read(history->cmd.state, line->generation, index, &text, err);
        if (found == 1) {
            record_get(&text, "what", line->decided, sizeof line->decided);
            record_get(&text, "by", line->by, sizeof line->by);
            record_get(&text, "at", line->at, sizeof line->at);
            record_get(&text, "note", line->note, sizeof line->note);
        }
        buf_clear(&text);
        if (found != 1)
            return found;
    }
}

static int
read_line(const struct history *history, uint32_t generation, struct line *ret, struct err *err)
{
    *ret = (struct line){.generation = generation};
    if (generation_read_review(&ret->review, history->cmd.state, generation, err) != 0)
        return -1;
    record_get(&ret->review, "created", ret->created, sizeof ret->created);
    record_get(&ret->review, "label", ret->label, sizeof ret->label);
    record_get(&ret->review, "rules", ret->rules, sizeof ret->rules);
    record_get(&ret->review, "by", ret->how, sizeof ret->how);
    if (read_decisions(history, ret, err) != 0) {
        buf_clear(&ret->review);
        return -1;
    }
    ret->result = result_of(history, ret);
    return 0;
}

static void
add_column(struct buf *out, const char *text, size_t width)
{
    size_t start = out->len;
    utf8_add_printable(out, text[0] == '\0' ? "-" : text, text[0] == '\0' ? 1 : strlen(text));
    size_t used = out->len - start;
    buf_add_fill(out, ' ', used < width ? width - used + 2 : 2);
}

static void
print_text(struct history *history, const struct line *line)
{
    struct buf *out = &history->out;
    buf_add_fmt(out, "%6u  ", line->generation);
    add_column(out, line->created, 20);
    add_column(out, line->how, 7);
    add_column(out, line->result, 10);
    add_column(out, line->label, 10);
    struct buf versions;
    buf_init(&versions, 1024);
    cmd_add_versions(&versions, &line->review);
    buf_add_char(&versions, '\0');
    add_column(out, buf_ok(&versions) ? versions.data : "-", 10);
    buf_clear(&versions);
    buf_add_fmt(out, "%6s rules", line->rules[0] == '\0' ? "-" : line->rules);
    if (line->decided[0] != '\0')
        buf_add_fmt(out, "  %s", line->decided);
    if (line->by[0] != '\0') {
        buf_add_text(out, line->decided[0] == '\0' ? "  by " : " by ");
        utf8_add_printable(out, line->by, strlen(line->by));
    }
    if (line->note[0] != '\0') {
        buf_add_text(out, ": ");
        utf8_add_printable(out, line->note, strlen(line->note));
    }
    buf_add_char(out, '\n');
}

static void
print_json(struct history *history, const struct line *line)
{
    struct buf *out = &history->out;
    char digest[DIGEST_TEXT_MAX];
    record_get(&line->review, "digest", digest, sizeof digest);
    struct json_writer json = {.buf = out};
    json_write_object(&json, NULL);
    json_write_number(&json, "generation", line->generation);
    cmd_write_head_text(&json, "created", line->created);
    cmd_write_head_text(&json, "how", line->how);
    cmd_write_head_text(&json, "result", line->result);
    cmd_write_head_text(&json, "label", line->label);
    cmd_write_versions(&json, &line->review);
    cmd_write_head_number(&json, "rules", line->rules);
    cmd_write_head_text(&json, "digest", digest);
    cmd_write_head_text(&json, "decision", line->decided);
    cmd_write_head_text(&json, "decided", line->at);
    cmd_write_head_text(&json, "by", line->by);
    cmd_write_head_text(&json, "note", line->note);
    json_write_end(&json);
    buf_add_char(out, '\n');
}

static int
print_all(struct history *history, struct err *err)
{
    struct state *state = history->cmd.state;
    const uint32_t *numbers;
    size_t count;
    for (int i = STATE_CURRENT; i <= STATE_PENDING; i++) {
        struct err why = {0};
        if (state_get(state, (enum state_link)i, &history->linked[i], &why) != 0)
            cmd_say("%s", why.text);
    }
    if (state_published(state, &history->published, &history->published_count, err) != 0 ||
        state_list(state, &numbers, &count, err) != 0)
        return -1;
    while (count > 0) {
        struct line line;
        struct err why = {0};
        if (read_line(history, numbers[--count], &line, &why) != 0) {
            cmd_say("generation %u: %s", numbers[count], why.text);
            continue;
        }
        if (history->cmd.json)
            print_json(history, &line);
        else
            print_text(history, &line);
        buf_clear(&line.review);
    }
    return 0;
}

static int
run_history(const struct command *command, int argc, char **argv)
{
    struct history history = {0};
    struct err err = {0};
    if (cmd_parse_alone(command, argc, argv, cmd_state_take, &history.cmd) != 0)
        return CMD_TROUBLE;
    if (cmd_state_open(&history.cmd, false, &err) != 0)
        return cmd_trouble(&err);
    buf_init(&history.out, CMD_STATE_OUTPUT_MAX);
    int result = print_all(&history, &err);
    bool good = result == 0 && cmd_print(&history.out);
    buf_clear(&history.out);
    cmd_state_close(&history.cmd);
    return result != 0 ? cmd_trouble(&err) : good ? CMD_YES : CMD_TROUBLE;
}

static const struct cmd_option options[] = {CMD_OPTION_CONFIG, {CMD_JSON, "json", NULL, "one object a line"}, {0}};

const struct command cmd_history = {
    .name = "history",
    .summary = "lists the generations: when, what, how, who",
    .arguments = "",
    .options = options,
    .details = "The newest first: number, when it was made, how (update, import, publish), what became of it\n"
               "(current, previous, pending, published, rejected, superseded: it waited until another came;\n"
               "unused: its writer died), label, versions of its documents, rules, the last decision.\n",
    .run = run_history,
};

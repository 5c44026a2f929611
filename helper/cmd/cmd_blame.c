// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmd_blame.c - `m365ctl blame HOST[:PORT]`: which rule decides, and since which generation.
 *
 * Where it sits: room cmd. The answers are worked out in room change (blame.h).
 */
#include "history/blame.h"

#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/utf8.h"
#include "cmd_state.h"
#include "store/act.h"
#include "store/generation_named.h"
#include "store/holding.h"
#include "store/record.h"
#include "verdict/request.h"

#define BLAME_OUTPUT_MAX ((size_t)16 << 20)

struct blame_options {
    struct cmd_state cmd;
    struct buf out;
};

/* `bypass, rule: *.example.com, Allow, set 2, worldwide` */
static void
add_answer(struct buf *buf, const struct blame_answer *answer)
{
    buf_add_text(buf, answer->bypass ? "bypass, " : "inspect, ");
    buf_add_text(buf, why_word(answer->why));
    if (!answer->has_rule)
        return;
    buf_add_text(buf, ": ");
    utf8_add_printable(buf, answer->rule, strlen(answer->rule));
    buf_add_fmt(buf, ", %s, ", verb_title(answer->verb));
    if (answer->has_id)
        buf_add_fmt(buf, "set %u, ", answer->id);
    else
        buf_add_text(buf, "local, ");
    utf8_add_printable(buf, answer->source, strlen(answer->source));
}

static void
add_act(void *arg, const struct act *act)
{
    cmd_add_act(arg, ", ", act);
}

/* `generation 12, Worldwide 2025120100, update, in use from 2026-11-21T08:15:00Z, 2026-... approved by alice: note` */
static void
add_generation(struct blame_options *asked, const struct blame_run *run)
{
    struct buf review, *out = &asked->out;
    char value[64], used[DAY_TIME_MAX];
    size_t at = 0;
    buf_add_fmt(out, "generation %u", run->since);
    if (generation_read_review(&review, asked->cmd.state, run->since, NULL) != 0)
        return;
    while (record_next(&review, "version", &at, value, sizeof value)) {
        buf_add_text(out, ", ");
        utf8_add_printable(out, value, strlen(value));
    }
    record_get(&review, "by", value, sizeof value);
    buf_add_text(out, ", ");
    utf8_add_printable(out, value, strlen(value));
    buf_clear(&review);
    if (act_used(used, asked->cmd.state, run->since, run->later, NULL) == 0 && used[0] != '\0') {
        buf_add_text(out, ", in use from ");
        utf8_add_printable(out, used, strlen(used));
    }
    act_each(asked->cmd.state, run->since, add_act, out, NULL);
}

static void
print_run(void *arg, const struct blame_run *run)
{
    struct blame_options *asked = arg;
    struct buf *out = &asked->out;
    add_answer(out, &run->answer);
    if (run->waits) {
        buf_add_fmt(out, "\n    with generation %u, which waits for approval\n", run->since);
        return;
    }
    buf_add_text(out, run->oldest ? "\n    at least since " : "\n    since ");
    add_generation(asked, run);
    buf_add_char(out, '\n');
}

/* Rows about this host that are held, and why: what decides otherwise may be among them. */
static void
add_held(struct blame_options *asked, const struct request *request)
{
    struct holding holding;
    struct err err = {0};
    uint32_t current;
    if (state_get(asked->cmd.state, STATE_CURRENT, &current, &err) != 0 ||
        holding_read(&holding, asked->cmd.state, current, &err) != 0) {
        cmd_say("it is not known what is held: %s", err.text);
        return;
    }
    holding_find_rejections(&holding, asked->cmd.state);
    for (size_t i = 0; i < holding.held.count; i++) {
        const struct held_key *key = &holding.held.keys[i];
        if (!blame_concerns(request, key))
            continue;
        buf_add_text(&asked->out, "held since ");
        buf_add_text(&asked->out, key->since);
        buf_add_text(&asked->out, ": '");
        utf8_add_printable(&asked->out, key->pattern, strlen(key->pattern));
        buf_add_text(&asked->out, "' from ");
        utf8_add_printable(&asked->out, key->source, strlen(key->source));
        buf_add_text(&asked->out, "\n    what the newest sources say ");
        holding_add_state(&asked->out, &holding, key);
        buf_add_char(&asked->out, '\n');
    }
    holding_clear(&holding);
}

static int
run_blame(const struct command *command, int argc, char **argv)
{
    struct blame_options asked = {0};
    struct request request;
    struct blame_answer now = {0};
    struct err err = {0};
    int first = cmd_parse(command, argc, argv, cmd_state_option, &asked.cmd);
    if (first < 0)
        return CMD_TROUBLE;
    if (argc - first != 1) {
        cmd_say("blame takes one host; see 'm365ctl help blame'");
        return CMD_TROUBLE;
    }
    if (cmd_state_open(&asked.cmd, false, &err) != 0)
        return cmd_trouble(&err);
    request_init(&request);
    request_set_pasted(&request, argv[first], strlen(argv[first]));
    buf_init(&asked.out, BLAME_OUTPUT_MAX);
    const struct blame blame = {
        .state = asked.cmd.state, .request = &request, .today = cmd_today(), .found = print_run, .arg = &asked};
    int result = blame_ask(&blame, &now, &err);
    if (result == 0)
        add_held(&asked, &request);
    bool good = result == 0 && cmd_print(&asked.out);
    buf_clear(&asked.out);
    cmd_state_close(&asked.cmd);
    return result != 0 ? cmd_trouble(&err) : !good ? CMD_TROUBLE : now.bypass ? CMD_YES : CMD_NO;
}

static const struct cmd_option options[] = {CMD_OPTION_CONFIG, {0}};

const struct command cmd_blame = {
    .name = "blame",
    .summary = "shows which rule decides about a host, and since which generation",
    .arguments = "HOST[:PORT]",
    .options = options,
    .details = "The answer now, and since when; below it each earlier answer, as far back as generations are kept\n"
               "(keep_generations); above it the answer of a generation that waits, if it differs. At the end the\n"
               "rows about this host that are held: whether they wait, or who rejected them, when and why.\n"
               "Exit code: 0 bypassed now, 1 inspected now, 2 trouble.\n",
    .run = run_blame,
};

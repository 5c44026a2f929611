// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmd_blame.c - `m365ctl blame HOST[:PORT]`: since which generation which rule decides.
 *
 * The question is put to the images of the generations in the order in which they were in use, the latest first; where
 * the answer changes, a line is printed. Only the kept generations can answer.
 */
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/utf8.h"
#include "cmd_state.h"
#include "image/image.h"
#include "name/verb.h"
#include "store/candidate.h"
#include "store/conf.h"
#include "store/decision.h"
#include "store/generation_named.h"
#include "store/record.h"
#include "store/state.h"
#include "verdict/request.h"
#include "verdict/verdict.h"

#define BLAME_OUTPUT_MAX ((size_t)16 << 20)
#define ANSWER_MAX 2000

struct blame {
    struct cmd_state cmd;
    struct request request;
    bool bypass; /* the answer of what is in use */
    struct buf out;
};

/* One answer, as text that is the same for the same decision. */
static void
add_answer(struct buf *buf, const struct image *image, const struct verdict *verdict)
{
    buf_add_text(buf, verdict->bypass ? "bypass, " : "inspect, ");
    buf_add_text(buf, why_word(verdict->why));
    if (!verdict->has_rule)
        return;
    struct image_set set;
    char room[IMAGE_RULE_MAX];
    struct image_text rule = image_rule_text(image, verdict->rule, room);
    image_get_set(image, verdict->set, &set);
    buf_add_text(buf, ": ");
    utf8_add_printable(buf, rule.text, rule.len);
    buf_add_fmt(buf, ", %s, ", verb_title(set.verb));
    if (set.has_id)
        buf_add_fmt(buf, "set %u, ", set.id);
    else
        buf_add_text(buf, "local, ");
    utf8_add_printable(buf, set.source.text, set.source.len);
}

static int
ask(struct blame *blame, uint32_t generation, struct buf *ret, bool *ret_bypass, struct err *err)
{
    char path[PATH_MAX];
    struct image *image;
    struct verdict verdict;
    if (state_path(blame->cmd.state, generation, "image", path, err) != 0 || image_open(&image, path, err) != 0)
        return -1;
    verdict_decide(image, &blame->request, cmd_today(), &verdict);
    add_answer(ret, image, &verdict);
    *ret_bypass = verdict.bypass;
    image_close(image);
    return 0;
}

/* `generation 12, Worldwide 2025120100, update 2026-11-21T03:00:00Z, approved by alice: note` */
static void
add_generation(struct blame *blame, uint32_t generation)
{
    struct buf review, decision, *out = &blame->out;
    char value[300];
    size_t at = 0;
    buf_add_fmt(out, "generation %u", generation);
    if (generation_read_review(&review, blame->cmd.state, generation, NULL) != 0)
        return;
    while (record_next(&review, "version", &at, value, 64)) {
        buf_add_text(out, ", ");
        utf8_add_printable(out, value, strlen(value));
    }
    static const char *const keys[] = {"by", "created"};
    for (size_t i = 0; i < 2; i++) {
        record_get(&review, keys[i], value, 64);
        buf_add_text(out, i == 0 ? ", " : " ");
        utf8_add_printable(out, value, strlen(value));
    }
    buf_clear(&review);
    buf_init(&decision, RECORD_MAX);
    for (uint32_t index = 1; decision_read(blame->cmd.state, generation, index, &decision, NULL) == 1; index++) {
        static const char *const parts[] = {"what", "by", "note"}, *const before[] = {", ", " by ", ": "};
        for (size_t i = 0; i < 3; i++) {
            record_get(&decision, parts[i], value, sizeof value);
            if (value[0] == '\0')
                continue;
            buf_add_text(out, before[i]);
            utf8_add_printable(out, value, strlen(value));
        }
        buf_reset(&decision);
    }
    buf_clear(&decision);
}

/* What a run of generations answered, the run ending with `since`, its earliest one. */
static void
print_run(struct blame *blame, const struct buf *answer, uint32_t since, bool oldest)
{
    struct buf *out = &blame->out;
    buf_add(out, answer->data, answer->len);
    buf_add_text(out, oldest ? "\n    at least since " : "\n    since ");
    add_generation(blame, since);
    buf_add_char(out, '\n');
}

static void
print_pending(struct blame *blame, const struct buf *now)
{
    uint32_t pending;
    struct buf answer;
    bool bypass;
    struct err err = {0};
    if (state_get(blame->cmd.state, STATE_PENDING, &pending, &err) != 0 || pending == 0)
        return;
    buf_init(&answer, ANSWER_MAX);
    if (ask(blame, pending, &answer, &bypass, &err) == 0 &&
        (answer.len != now->len || memcmp(answer.data, now->data, now->len) != 0))
        buf_add_fmt(&blame->out, "%.*s\n    with generation %u, which waits for approval\n", (int)answer.len,
                    answer.data, pending);
    buf_clear(&answer);
}

static int
walk(struct blame *blame, const uint32_t *published, size_t count, struct err *err)
{
    struct buf last, answer;
    uint32_t since = 0;
    buf_init(&last, ANSWER_MAX);
    buf_init(&answer, ANSWER_MAX);
    int result = 0;
    while (count > 0 && result == 0) {
        bool bypass, first = since == 0;
        uint32_t generation = published[--count];
        if (!state_has(blame->cmd.state, generation, "image"))
            break;
        buf_reset(&answer);
        result = ask(blame, generation, &answer, &bypass, err);
        if (result != 0)
            break;
        if (first) {
            blame->bypass = bypass;
            print_pending(blame, &answer);
        } else if (answer.len != last.len || memcmp(answer.data, last.data, last.len) != 0) {
            print_run(blame, &last, since, false);
        }
        buf_reset(&last);
        buf_add(&last, answer.data, answer.len);
        since = generation;
    }
    if (result == 0 && since != 0)
        print_run(blame, &last, since, true);
    else if (result == 0)
        result = err_set(err, ERR_USAGE, "nothing was published yet");
    buf_clear(&last);
    buf_clear(&answer);
    return result;
}

static int
run_blame(const struct command *command, int argc, char **argv)
{
    struct blame blame = {0};
    struct err err = {0};
    const uint32_t *published;
    size_t count;
    int first = cmd_parse(command, argc, argv, cmd_state_option, &blame.cmd);
    if (first < 0)
        return CMD_TROUBLE;
    if (argc - first != 1) {
        cmd_say("blame takes one host; see 'm365ctl help blame'");
        return CMD_TROUBLE;
    }
    if (cmd_state_open(&blame.cmd, false, &err) != 0)
        return cmd_trouble(&err);
    request_init(&blame.request);
    request_set_url(&blame.request, argv[first], strlen(argv[first]));
    buf_init(&blame.out, BLAME_OUTPUT_MAX);
    int result = state_published(blame.cmd.state, &published, &count, &err);
    if (result == 0)
        result = walk(&blame, published, count, &err);
    bool good = result == 0 && cmd_print(&blame.out);
    buf_clear(&blame.out);
    cmd_state_close(&blame.cmd);
    return result != 0 ? cmd_trouble(&err) : !good ? CMD_TROUBLE : blame.bypass ? CMD_YES : CMD_NO;
}

static const struct cmd_option options[] = {CMD_OPTION_CONFIG, {0}};

const struct command cmd_blame = {
    .name = "blame",
    .summary = "shows which rule decides about a host, and since which generation",
    .arguments = "HOST[:PORT]",
    .options = options,
    .details = "The answer now and since when; below it each earlier answer, as far back as generations are kept\n"
               "(keep_generations); above it what a generation that waits would answer, if it differs.\n"
               "Exit code: 0 bypassed now, 1 inspected now, 2 trouble.\n",
    .run = run_blame,
};

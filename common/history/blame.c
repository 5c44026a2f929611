// SPDX-License-Identifier: GPL-2.0-or-later
/* blame.c - see blame.h. */
#include "blame.h"

#include <string.h>

#include "base/err.h"
#include "state/state.h"
#include "store/generation_image.h"
#include "table/held.h"
#include "verdict/request.h"

static void
copy_text(char *ret, size_t room, const struct image_text *text)
{
    size_t len = text->len < room ? text->len : room - 1;
    memcpy(ret, text->text, len);
    ret[len] = '\0';
}

/* Members without a rule are 0, so answers can be compared member by member. */
static void
read_answer(struct blame_answer *ret, const struct image *image, const struct verdict *verdict)
{
    *ret = (struct blame_answer){.bypass = verdict->bypass, .why = verdict->why, .has_rule = verdict->has_rule};
    if (!verdict->has_rule)
        return;
    struct image_set set;
    char room[IMAGE_RULE_MAX];
    struct image_text rule = image_rule_text(image, verdict->rule, room);
    image_get_set(image, verdict->set, &set);
    copy_text(ret->rule, sizeof ret->rule, &rule);
    copy_text(ret->source, sizeof ret->source, &set.source);
    ret->verb = set.verb;
    ret->has_id = set.has_id;
    ret->id = set.has_id ? set.id : 0;
}

static bool
is_same(const struct blame_answer *a, const struct blame_answer *b)
{
    return a->bypass == b->bypass && a->why == b->why && a->has_rule == b->has_rule && a->verb == b->verb &&
           a->has_id == b->has_id && a->id == b->id && strcmp(a->rule, b->rule) == 0 &&
           strcmp(a->source, b->source) == 0;
}

static int
ask_generation(struct blame_answer *ret, const struct blame *blame, uint32_t generation, struct err *err)
{
    struct image *image;
    struct verdict verdict;
    if (generation_open_image(&image, blame->state, generation, err) != 0)
        return -1;
    verdict_decide(image, blame->request, blame->today, &verdict);
    read_answer(ret, image, &verdict);
    image_close(image);
    return 0;
}

static void
ask_pending(const struct blame *blame, const struct blame_answer *in_use)
{
    struct blame_run run = {.waits = true};
    if (state_get(blame->state, STATE_PENDING, &run.since, NULL) == 0 && run.since != 0 &&
        ask_generation(&run.answer, blame, run.since, NULL) == 0 && !is_same(&run.answer, in_use))
        blame->found(blame->arg, &run);
}

/* How often the generation at `index` came into use again after that. */
static size_t
count_later(const uint32_t *published, size_t index, size_t count)
{
    size_t later = 0;
    for (size_t i = index + 1; i < count; i++)
        later += published[i] == published[index];
    return later;
}

int
blame_ask(const struct blame *blame, struct blame_answer *ret, struct err *err)
{
    const uint32_t *published;
    size_t count, all;
    struct blame_run run = {0};
    if (state_published(blame->state, &published, &all, err) != 0)
        return -1;
    count = all;
    while (count > 0 && state_has(blame->state, published[count - 1], "image")) {
        struct blame_answer answer;
        uint32_t generation = published[--count];
        if (ask_generation(&answer, blame, generation, err) != 0)
            return -1;
        if (run.since == 0) {
            *ret = answer;
            ask_pending(blame, &answer);
        } else if (!is_same(&answer, &run.answer)) {
            blame->found(blame->arg, &run);
        }
        run.answer = answer;
        run.since = generation;
        run.later = count_later(published, count, all);
    }
    if (run.since == 0)
        return err_set(err, ERR_USAGE, "nothing has been published yet");
    run.oldest = true;
    blame->found(blame->arg, &run);
    return 0;
}

bool
blame_concerns(const struct request *request, const struct held_key *key)
{
    const struct identifier *dst = &request->dst;
    if (!request->line_ok)
        return false;
    return dst->given == GIVEN_NAME   ? held_concerns_name(key, dst->name.text, dst->name.len)
           : dst->given == GIVEN_ADDR ? held_concerns_addr(key, &dst->addr)
                                      : false;
}

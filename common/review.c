// SPDX-License-Identifier: GPL-2.0-or-later
/* review.c - see review.h. The modes, the sentences, the record. The gates stand in review_gate.c, what widens a bypass
 * in review_widening.c. */
#include "review.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "err.h"
#include "review_build.h"
#include "verb.h"
#include "verdict.h"

#define REASON_MAX 1000 /* bytes of one reason */
#define REASON_FULL 380 /* beyond, further entries are only counted */

static void
keep(struct hearing *hearing, const char *text, size_t len)
{
    struct review *review = hearing->review;
    const char **reasons =
        arena_grow(hearing->arena, review->reasons, &hearing->room, review->reason_count + 1, sizeof *reasons);
    const char *copy = arena_text(hearing->arena, text, len);
    if (reasons == NULL || copy == NULL)
        return;
    review->reasons = reasons;
    reasons[review->reason_count++] = copy;
}

void
review_say(struct hearing *hearing, const char *fmt, ...)
{
    char text[REASON_MAX];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    keep(hearing, text, strlen(text));
}

void
review_begin(struct hearing *hearing)
{
    buf_reset(&hearing->text);
    hearing->named = hearing->unnamed = 0;
}

bool
review_name(struct hearing *hearing)
{
    if (hearing->named > 0 && hearing->text.len > REASON_FULL) {
        hearing->unnamed++;
        return false;
    }
    buf_add_text(&hearing->text, hearing->named++ > 0 ? ", " : "");
    return true;
}

void
review_end(struct hearing *hearing, const char *what)
{
    if (hearing->named == 0)
        return;
    if (hearing->unnamed > 0)
        buf_add_fmt(&hearing->text, " and %zu more", hearing->unnamed);
    struct buf sentence;
    buf_init(&sentence, (size_t)16 * REASON_MAX);
    buf_add_fmt(&sentence, "%s: ", what);
    buf_add(&sentence, hearing->text.data, hearing->text.len);
    if (buf_ok(&sentence) && buf_ok(&hearing->text))
        keep(hearing, sentence.data, sentence.len);
    else
        review_say(hearing, "%s", what);
    buf_clear(&sentence);
}

void
review_add_set(struct hearing *hearing, const struct table *table, const struct set *set)
{
    if (set == NULL)
        return;
    buf_add_fmt(&hearing->text, " (%s, ", verb_title(set->verb));
    diff_add_set(&hearing->text, table, set);
    buf_add_char(&hearing->text, ')');
}

bool
review_is_bypassed(const struct set *set, uint32_t bypass)
{
    return set != NULL && set->has_id && (bypass & 1u << set->verb) != 0;
}

static uint32_t
bypass_of(const struct image *image)
{
    struct image_info info;
    image_get_info(image, &info);
    return info.bypass;
}

static void
ask_mode(struct hearing *hearing)
{
    bool first = hearing->old_documents == NULL;
    switch (hearing->conf->review) {
    case REVIEW_AUTO: break;
    case REVIEW_ALWAYS:
        if (first)
            review_say(hearing, "review is 'always': the first table waits for a person, too");
        else if (!diff_is_empty(hearing->diff))
            review_say(hearing, "review is 'always': every change waits for a person");
        break;
    case REVIEW_WIDENING:
    default:
        if (!first)
            review_ask_widening(hearing);
        break;
    }
}

int
review_decide(struct review *ret, struct arena *arena, const struct conf *conf, const struct candidate *candidate,
              const struct documents *documents, const struct documents *old_documents, const struct diff *diff,
              uint32_t today, struct err *err)
{
    struct review review = {0};
    struct hearing hearing = {
        .review = &review,
        .arena = arena,
        .conf = conf,
        .candidate = candidate,
        .documents = documents,
        .old_documents = old_documents,
        .diff = diff,
        .today = today,
        .bypass = bypass_of(candidate->image),
        .old_bypass = diff->old_bypass,
    };
    buf_init(&hearing.text, (size_t)8 * REASON_MAX);
    review_ask_gates(&hearing);
    ask_mode(&hearing);
    buf_clear(&hearing.text);
    if (!arena_ok(arena))
        return err_set(err, ERR_MEM, "no memory for the review");
    review.publish = review.reason_count == 0;
    *ret = review;
    return 0;
}

void
review_print(const struct review *review, const struct conf *conf, const struct candidate *candidate,
             const struct documents *documents, const struct diff *diff, uint32_t generation, const char *by,
             int64_t now, struct buf *buf)
{
    static const char *const modes[] = {
        [REVIEW_AUTO] = "auto", [REVIEW_WIDENING] = "widening", [REVIEW_ALWAYS] = "always"};
    review_head_print(buf, candidate, documents, generation, by, now);
    buf_add_fmt(buf, "review %s\nresult %s\n", modes[conf->review], review->publish ? "published" : "held");
    for (size_t i = 0; i < review->reason_count; i++)
        buf_add_fmt(buf, "reason %s\n", review->reasons[i]);
    buf_add_char(buf, '\n');
    diff_summary(diff, buf);
    buf_add_text(buf, "\n\n");
    diff_print(diff, buf);
}

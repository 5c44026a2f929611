// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * review_reason.c - writes the reasons of one review. Part of review.h.
 *
 *     review_gate.c, review_widening.c, review.c (mode) --> hearing->text --> review->reasons
 *
 * Those files decide what is a reason.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/day.h"
#include "review_build.h"
#include "verdict/verdict.h"

#define REASON_FULL 380 /* bytes; beyond, further entries are only counted */

static uint32_t
bypass_of(const struct image *image)
{
    struct image_info info;
    image_get_info(image, &info);
    return info.bypass;
}

void
review_open(struct hearing *ret, struct review *review, struct arena *arena, const struct proposal *proposal)
{
    *ret = (struct hearing){
        .review = review,
        .arena = arena,
        .proposal = proposal,
        .conf = proposal->conf,
        .diff = proposal->diff,
        .today = day_of(proposal->now),
        .bypass = bypass_of(proposal->candidate->image),
        .old_bypass = proposal->diff->old_bypass,
    };
    buf_init(&ret->text, (size_t)8 * REVIEW_REASON_MAX);
}

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
    char text[REVIEW_REASON_MAX];
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
    buf_add_text(&hearing->text, hearing->named++ > 0 ? "; " : "");
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
    buf_init(&sentence, (size_t)16 * REVIEW_REASON_MAX);
    buf_add_fmt(&sentence, "%s: ", what);
    buf_add(&sentence, hearing->text.data, hearing->text.len);
    if (buf_ok(&sentence) && buf_ok(&hearing->text))
        keep(hearing, sentence.data, sentence.len);
    else
        review_say(hearing, "%s", what);
    buf_clear(&sentence);
}

void
review_add_set(struct hearing *hearing, const struct table *table, const struct terms *terms)
{
    if (terms == NULL)
        return;
    buf_add_fmt(&hearing->text, " (%s, ", verb_title(terms->verb));
    diff_add_set(&hearing->text, table, terms);
    buf_add_char(&hearing->text, ')');
}

bool
review_is_bypassed(const struct terms *terms, uint32_t bypass)
{
    return terms != NULL && terms->set.has_id && (bypass & 1u << terms->verb) != 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* flow_tell.c - says what became of a round, and sends the notice. Part of flow.h. */
#include <stdio.h>
#include <string.h>

#include "base/day.h"
#include "base/err.h"
#include "base/place.h"
#include "base/say.h"
#include "change/diff.h"
#include "evidence/evidence.h"
#include "flow_build.h"
#include "notice_tell.h"
#include "notice_text.h"
#include "state/state.h"
#include "table/expiry.h"

#define FLOW_TEXT_MAX ((size_t)64 << 20) /* of a notice */
#define REASONS_SAID 5
#define NAMES_SAID 10
#define SUMMARY_SAID ((size_t)1500) /* bytes that are printed; the notice and the record contain all of it */
#define WHAT_TO_DO                                                                                                     \
    "see 'm365ctl diff%s'; then 'm365ctl approve%s %.12s' (this content and no other) or 'm365ctl reject%s %.12s'"

void
flow_notice_to(struct notice_to *ret, const struct flow *flow)
{
    *ret = (struct notice_to){.conf = flow->conf, .state = flow->state, .listener = flow->listener, .now = flow->now};
}

static void
add_versions(struct buf *buf, const struct documents *documents)
{
    for (size_t i = 0; i < documents->count; i++) {
        const char *version = documents->of[i].version;
        buf_add_fmt(buf, "%s%s %s", i == 0 ? "" : ", ", documents->of[i].instance,
                    version[0] != '\0'                ? version
                    : documents->of[i].bytes.len == 0 ? "as shipped"
                                                      : "without version");
    }
}

/* What is reported about a new generation. */
struct tidings {
    struct buf subject, summary, text;
};

/* One of the two tables of a round. */
struct news {
    const struct round *round;
    const struct proposal *proposal;
    const struct review *review;
    struct diff *diff;
    uint32_t generation;
    bool published;
};

/* A pattern may have several verdicts, one after the other: for other ports. */
static bool
is_named(const struct diff *diff, size_t from, size_t i)
{
    return i > 0 && strcmp(diff->verdicts[from + i].pattern, diff->verdicts[from + i - 1].pattern) == 0;
}

/* `3 names: a.example, b.example, c.example`; of many only the first. */
static void
add_names(struct buf *buf, const struct diff *diff, size_t from, size_t count)
{
    size_t names = 0, said = 0;
    for (size_t i = 0; i < count; i++)
        names += !is_named(diff, from, i);
    buf_add_fmt(buf, "%zu %s%s", names, names == 1 ? "name" : "names", names == 0 ? "" : ": ");
    for (size_t i = 0; i < count && said < NAMES_SAID; i++) {
        if (!is_named(diff, from, i))
            buf_add_fmt(buf, "%s%s", said++ == 0 ? "" : ", ", diff->verdicts[from + i].pattern);
    }
    if (names > said)
        buf_add_fmt(buf, " and %zu more", names - said);
}

/* What a first table closes and opens that the shipped one did not: whoever used that one wants to know. */
static void
add_against_shipped(struct buf *buf, const struct round *round)
{
    const struct diff *diff = round->against;
    if (diff == NULL || diff->verdict_count == 0)
        return;
    buf_add_text(buf, "compared with the shipped table, which is not in use here, it closes ");
    add_names(buf, diff, diff->opened, diff->verdict_count - diff->opened);
    buf_add_text(buf, ", and opens ");
    add_names(buf, diff, 0, diff->opened);
    buf_add_char(buf, '\n');
}

/* What a notice says about the review. */
static void
add_reasons(struct buf *buf, const struct news *news)
{
    add_against_shipped(buf, news->round);
    review_add_refused(buf, &news->round->candidate);
    for (size_t i = 0; i < news->review->reason_count; i++)
        buf_add_fmt(buf, "%s: %s\n", news->published ? "in spite of" : "held", news->review->reasons[i]);
}

/* The notice about what waits says as well what is in use already. */
static void
add_split(struct buf *text, const struct news *news)
{
    const struct split *split = &news->round->split;
    if (news->published || !split->found)
        return;
    if (split->generation != 0)
        buf_add_fmt(text, "\nwhat opens nothing is in use already, as generation %u:\n", split->generation);
    else
        buf_add_text(text, "\nwhat opens nothing is in use already\n");
    if (split->generation != 0)
        diff_print_brief(split->diff, NOTICE_ROWS, true, text);
}

static void
write_tidings(struct tidings *ret, const struct news *news)
{
    struct buf reasons;
    buf_init(&reasons, FLOW_TEXT_MAX);
    buf_init(&ret->subject, 1000);
    buf_init(&ret->summary, FLOW_TEXT_MAX);
    buf_init(&ret->text, FLOW_TEXT_MAX);
    if (news->round->flow->dry_run)
        buf_add_fmt(&ret->subject, "dry run: it would %s: ", news->published ? "be published" : "wait for approval");
    else
        buf_add_fmt(&ret->subject, "generation %u %s%s: ", news->generation,
                    news->published ? "is published" : "waits for approval",
                    !news->round->shipped ? ""
                    : news->published     ? " in place of the shipped table"
                                          : " while the shipped table is used");
    add_versions(&ret->subject, news->proposal->documents);
    buf_add_char(&ret->subject, '\0');
    if (news->published && news->round->split.found && diff_is_empty(news->diff))
        buf_add_text(
            &ret->summary,
            "Only rows that stay as they are until a person decides, or because one said no, were marked as held.");
    else
        diff_summary(news->diff, &ret->summary);
    add_reasons(&reasons, news);
    notice_add_diff(&ret->text, news->diff, news->published ? NULL : news->proposal->candidate->digest, &reasons);
    buf_clear(&reasons);
    add_split(&ret->text, news);
    expiry_report(&ret->text, news->proposal->candidate->table, day_of(news->round->flow->now));
}

void
flow_say_reasons(const struct listener *listener, const struct review *review, const char *how)
{
    for (size_t i = 0; i < review->reason_count && i < REASONS_SAID; i++)
        say(listener, "%s: %s", how, review->reasons[i]);
    if (review->reason_count > REASONS_SAID)
        say(listener, "and %zu more reason%s", review->reason_count - REASONS_SAID,
            review->reason_count - REASONS_SAID == 1 ? "" : "s");
}

static void
say_against_shipped(const struct listener *listener, const struct round *round)
{
    struct buf text;
    buf_init(&text, FLOW_TEXT_MAX);
    add_against_shipped(&text, round);
    if (buf_ok(&text) && text.len > 0)
        say(listener, "%.*s", (int)text.len - 1, text.data);
    buf_clear(&text);
}

static void
say_tidings(const struct tidings *tidings, const struct news *news)
{
    const struct listener *listener = news->round->flow->listener;
    size_t len = tidings->summary.len;
    say(listener, "%s; %.*s", tidings->subject.data, (int)(len > SUMMARY_SAID ? SUMMARY_SAID : len),
        tidings->summary.data);
    say_against_shipped(listener, news->round);
    flow_say_reasons(listener, news->review, news->published ? "in spite of" : "held");
    if (!news->published && !news->round->flow->dry_run)
        say(listener, WHAT_TO_DO, place_option(), place_option(), news->proposal->candidate->digest, place_option(),
            news->proposal->candidate->digest);
}

/* What the log had of what changes, also of what is in use already. */
static void
add_log(const struct news *news)
{
    const struct flow *flow = news->round->flow;
    const struct split *split = &news->round->split;
    struct diff *const diffs[] = {news->diff,
                                  !news->published && split->found && split->generation != 0 ? split->diff : NULL};
    for (size_t i = 0; i < sizeof diffs / sizeof diffs[0] && diffs[i] != NULL; i++)
        evidence_show(diffs[i], flow->conf, day_of(flow->now), flow->listener);
}

static void
tell(const struct news *news, bool sends)
{
    const struct flow *flow = news->round->flow;
    struct tidings tidings;
    if (sends && !flow->dry_run) /* only a notice has it */
        add_log(news);
    write_tidings(&tidings, news);
    if (!buf_ok(&tidings.subject) || !buf_ok(&tidings.summary) || !buf_ok(&tidings.text)) {
        say(flow->listener, "no memory to describe what changed; see 'm365ctl history%s'", place_option());
    } else {
        if (!flow->quiet || !news->published)
            say_tidings(&tidings, news);
        const struct notice notice = {
            .event = news->published ? NOTICE_PUBLISHED : NOTICE_PENDING,
            .generation = news->generation,
            .subject = tidings.subject.data,
            .text = tidings.text.data,
            .len = tidings.text.len,
        };
        struct notice_to to;
        flow_notice_to(&to, flow);
        if (sends && !flow->dry_run)
            notice_tell(&to, &notice);
    }
    buf_clear(&tidings.subject);
    buf_clear(&tidings.summary);
    buf_clear(&tidings.text);
}

void
flow_note_gates(const struct round *round, const struct flow_result *result)
{
    const struct flow *flow = round->flow;
    char known[STATE_VALUE_MAX], value[STATE_VALUE_MAX] = "";
    struct err err = {0};
    if (flow->dry_run || !flow->by_hand || result->what != FLOW_SAME)
        return;
    if (result->against_gates)
        snprintf(value, sizeof value, "%u %.500s", result->generation, round->review.reasons[0]);
    state_status_get(flow->state, STATUS_AGAINST_GATES, known);
    if (strcmp(known, value) == 0)
        return;
    state_status_set(flow->state, STATUS_AGAINST_GATES, value);
    if (state_status_write(flow->state, &err) != 0)
        say(flow->listener, "%s; 'm365ctl status%s' does not know whether a gate is against what is in use", err.text,
            place_option());
}

void
flow_report(const struct round *round, const struct flow_result *result)
{
    const struct split *split = &round->split;
    const struct news safe = {round, &split->proposal, &split->review, split->diff, split->generation, true};
    const struct news whole = {round,       &round->proposal,   &round->review,
                               round->diff, result->generation, result->what == FLOW_PUBLISHED};
    bool waits = result->what == FLOW_PENDING;
    if (split->generation != 0)
        tell(&safe, !waits);
    if (!split->found || waits)
        tell(&whole, true);
    if (waits && round->pending != 0 && !round->flow->dry_run)
        say(round->flow->listener, "generation %u no longer waits: replaced by generation %u", round->pending,
            result->generation);
    else if (result->what == FLOW_WAITING && !round->flow->quiet)
        say(round->flow->listener, "generation %u still waits for approval", result->generation);
}

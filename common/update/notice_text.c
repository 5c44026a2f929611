// SPDX-License-Identifier: GPL-2.0-or-later
/* notice_text.c - see notice_text.h. */
#include "notice_text.h"

#include <stdio.h>
#include <string.h>

#include "base/day.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/place.h"
#include "base/utf8.h"
#include "change/compare.h"
#include "conf/conf.h"
#include "evidence/evidence.h"
#include "lead/lead.h"
#include "seen/seen.h"
#include "state/state.h"
#include "store/decision.h"
#include "store/document.h"
#include "store/generation_named.h"
#include "store/record.h"
#include "table/expiry.h"

#define TEXT_MAX ((size_t)64 << 20)
#define VALUE_ROOM 2000 /* of a line of a record */

/* One notice while it is written. */
struct draft {
    struct notice_text *out;
    const struct notice_source *source;
    enum notice_event event;
    uint32_t generation;
    uint32_t before; /* the one that was in use before it; 0: none */
    struct buf review, decision;
};

void
notice_add_diff(struct buf *buf, const struct diff *diff, const char *digest, const struct buf *reasons)
{
    lead_print(diff, digest, LEAD_SHOWN, buf);
    buf_add_char(buf, '\n');
    if (reasons != NULL && reasons->len > 0)
        buf_add(buf, reasons->data, reasons->len);
    buf->failed = buf->failed || (reasons != NULL && !buf_ok(reasons));
    buf_add_fmt(buf, "%zu rule%s -> %zu\n", diff->old_rules, diff->old_rules == 1 ? "" : "s", diff->new_rules);
    diff_print_brief(diff, NOTICE_ROWS, true, buf);
    seen_print_days(buf, diff->seen);
}

/* ---- failures ---- */

static int
write_failed(struct draft *draft)
{
    char error[STATE_VALUE_MAX], text[DAY_TIME_MAX];
    const struct state *state = draft->source->state;
    int64_t since = state_status_number(state, STATUS_FAILED_SINCE);
    if (since == 0)
        return 1;
    state_status_get(state, STATUS_ERROR, error);
    day_format_time(text, since);
    buf_add_text(&draft->out->subject, "updates fail");
    buf_add_fmt(&draft->out->text, "no update since %s: %s\n", text, error);
    return 0;
}

static int
write_stale(struct draft *draft)
{
    const struct notice_source *source = draft->source;
    int64_t heard = state_status_number(source->state, STATUS_LAST_GOOD);
    if (heard != 0 && source->now - heard < (int64_t)source->conf->stale_hours * 3600)
        return 1;
    buf_add_text(&draft->out->subject, "the table may be out of date");
    buf_add_fmt(&draft->out->text, "nothing was heard from the service for %u hours; see 'm365ctl status%s'\n",
                source->conf->stale_hours, place_option());
    return 0;
}

/* ---- generations ---- */

/* Fails if nothing was decided, with 0. */
static int
read_last_decision(struct draft *draft, struct err *err)
{
    struct buf next;
    for (uint32_t index = 1;; index++) {
        buf_init(&next, RECORD_MAX);
        int found = decision_read(draft->source->state, draft->generation, index, &next, err);
        if (found != 1) {
            buf_clear(&next);
            return found;
        }
        buf_clear(&draft->decision);
        draft->decision = next;
    }
}

static enum decided
last_decision(const struct draft *draft)
{
    char word[32];
    record_get(&draft->decision, "what", word, sizeof word);
    return decided_parse(word);
}

/* What was in use before this one: at its last place in the list of those that came into use. */
static int
find_before(struct draft *draft, struct err *err)
{
    const uint32_t *published;
    size_t count;
    if (draft->event != NOTICE_PUBLISHED && draft->event != NOTICE_ROLLED_BACK)
        return state_get(draft->source->state, STATE_CURRENT, &draft->before, err);
    if (state_published(draft->source->state, &published, &count, err) != 0)
        return -1;
    for (size_t i = 1; i < count; i++) {
        if (published[i] == draft->generation && published[i - 1] != draft->generation)
            draft->before = published[i - 1];
    }
    return 0;
}

static void
add_versions(struct buf *buf, const struct buf *review)
{
    char value[64];
    size_t at = 0;
    for (const char *comma = ": "; record_next(review, "version", &at, value, sizeof value); comma = ", ") {
        char *version = strchr(value, ' ');
        buf_add_text(buf, comma);
        if (version == NULL) {
            utf8_add_printable(buf, value, strlen(value));
            continue;
        }
        *version++ = '\0';
        utf8_add_printable(buf, value, strlen(value));
        buf_add_char(buf, ' ');
        const char *word = strcmp(version, "-") == 0               ? "without version"
                           : strcmp(version, VERSION_SHIPPED) == 0 ? "as shipped"
                                                                   : version;
        utf8_add_printable(buf, word, strlen(word));
    }
}

static void
write_subject(const struct draft *draft)
{
    const char *how = "waits for approval";
    switch (draft->event) {
    case NOTICE_REMINDER: how = "still waits for approval"; break;
    case NOTICE_PUBLISHED:
        how = last_decision(draft) == DECIDED_APPROVED ? "is approved and published" : "is published";
        break;
    case NOTICE_REJECTED: how = "is rejected"; break;
    case NOTICE_ROLLED_BACK: how = "is in use again"; break;
    case NOTICE_PENDING:
    case NOTICE_FAILED:
    case NOTICE_STALE:
    case NOTICE_EVENTS:
    default: break;
    }
    buf_add_fmt(&draft->out->subject, "generation %u %s", draft->generation, how);
    add_versions(&draft->out->subject, &draft->review);
}

static void
add_values(struct buf *buf, const struct buf *record, const char *key, const char *before)
{
    char value[VALUE_ROOM];
    size_t at = 0;
    while (record_next(record, key, &at, value, sizeof value)) {
        buf_add_text(buf, before);
        utf8_add_printable(buf, value, strlen(value));
        buf_add_char(buf, '\n');
    }
}

/* `approved by alice: why`; nothing if nobody decided. */
static void
add_decision(const struct draft *draft, struct buf *buf)
{
    char by[64], note[VALUE_ROOM];
    const char *how = draft->event == NOTICE_REJECTED      ? "rejected"
                      : draft->event == NOTICE_ROLLED_BACK ? "rolled back"
                                                           : "approved";
    if (draft->event == NOTICE_PENDING || draft->event == NOTICE_REMINDER || draft->decision.len == 0)
        return;
    record_get(&draft->decision, "by", by, sizeof by);
    record_get(&draft->decision, "note", note, sizeof note);
    buf_add_fmt(buf, "%s by ", how);
    utf8_add_printable(buf, by, strlen(by));
    buf_add_text(buf, note[0] != '\0' ? ": " : "");
    utf8_add_printable(buf, note, strlen(note));
    buf_add_char(buf, '\n');
}

static int
add_comparison(struct draft *draft, const struct buf *said, struct err *err)
{
    struct compared compared;
    char digest[DIGEST_TEXT_MAX];
    bool waits = draft->event == NOTICE_PENDING || draft->event == NOTICE_REMINDER;
    record_get(&draft->review, "digest", digest, sizeof digest);
    int result = compare_generations(&compared, draft->source->state, draft->before, draft->generation,
                                     day_of(draft->source->now), err);
    if (result == 0) {
        evidence_show(compared.diff, draft->source->conf, day_of(draft->source->now), draft->source->listener);
        notice_add_diff(&draft->out->text, compared.diff, waits ? digest : NULL, said);
        expiry_report(&draft->out->text, compared.new_side.candidate.table, day_of(draft->source->now));
    }
    compare_clear(&compared);
    return result;
}

/* Whether a decision is still the last one. */
static bool
is_over(const struct draft *draft)
{
    uint32_t pending = 0;
    switch (draft->event) {
    case NOTICE_PENDING:
    case NOTICE_REMINDER:
        return state_get(draft->source->state, STATE_PENDING, &pending, NULL) == 0 && pending != draft->generation;
    case NOTICE_REJECTED: return last_decision(draft) != DECIDED_REJECTED;
    case NOTICE_ROLLED_BACK: return last_decision(draft) != DECIDED_ROLLBACK;
    case NOTICE_PUBLISHED:
    case NOTICE_FAILED:
    case NOTICE_STALE:
    case NOTICE_EVENTS:
    default: return false;
    }
}

static int
write_generation(struct draft *draft, struct err *err)
{
    struct buf said;
    struct err why = {0};
    bool published = draft->event == NOTICE_PUBLISHED;
    if (generation_read_review(&draft->review, draft->source->state, draft->generation, err) != 0 ||
        read_last_decision(draft, err) != 0 || find_before(draft, err) != 0)
        return -1;
    if (is_over(draft))
        return 1;
    write_subject(draft);
    buf_init(&said, TEXT_MAX);
    add_decision(draft, &said);
    add_values(&said, &draft->review, "refused", "refused ");
    add_values(&said, &draft->review, "reason", published ? "in spite of: " : "held: ");
    if (draft->event == NOTICE_REJECTED)
        buf_add_text(&draft->out->text, "it is not used; this is what it would have changed:\n\n");
    int result = add_comparison(draft, &said, &why);
    if (result != 0 && draft->event == NOTICE_ROLLED_BACK) { /* what was left may be damaged */
        buf_add(&draft->out->text, said.data, said.len);
        draft->out->text.failed = draft->out->text.failed || !buf_ok(&said);
        buf_add_fmt(&draft->out->text, "what changed cannot be shown: %s\n", why.text);
        result = 0;
    }
    buf_clear(&said);
    return result == 0 ? 0 : err_set(err, why.kind, "%s", why.text);
}

int
notice_write(struct notice_text *ret, const struct notice_source *source, enum notice_event event, uint32_t generation,
             struct err *err)
{
    struct draft draft = {.out = ret, .source = source, .event = event, .generation = generation};
    buf_init(&ret->subject, 1000);
    buf_init(&ret->text, TEXT_MAX);
    buf_init(&draft.review, RECORD_MAX);
    buf_init(&draft.decision, RECORD_MAX);
    int result = event == NOTICE_FAILED  ? write_failed(&draft)
                 : event == NOTICE_STALE ? write_stale(&draft)
                                         : write_generation(&draft, err);
    buf_add_char(&ret->subject, '\0');
    buf_clear(&draft.review);
    buf_clear(&draft.decision);
    if (result == 0 && (!buf_ok(&ret->subject) || !buf_ok(&ret->text)))
        return err_set(err, ERR_LIMIT, "no memory for a notice");
    return result;
}

void
notice_text_clear(struct notice_text *text)
{
    buf_clear(&text->subject);
    buf_clear(&text->text);
}

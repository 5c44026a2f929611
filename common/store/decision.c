// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * decision.c - see decision.h.
 *
 * A decision is a record (record.h) in its own file, which is added to a sealed generation and never changed.
 */
#include "decision.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/day.h"
#include "base/digest.h"
#include "base/err.h"
#include "candidate.h"
#include "document.h"
#include "generation_image.h"
#include "generation_named.h"
#include "record.h"
#include "state/state.h"

#define DECISIONS_MAX 10000 /* of one generation */

/* Under sudo, the decision is that of the user who called it. */
static void
user_name(char ret[64])
{
    const char *name = geteuid() == 0 ? getenv("SUDO_USER") : NULL;
    const struct passwd *user = name == NULL ? getpwuid(geteuid()) : NULL;
    if (name == NULL)
        name = user == NULL ? "unknown" : user->pw_name;
    snprintf(ret, 64, "%.63s", name);
}

void
decision_by(char ret[64], const char *by)
{
    if (by == NULL)
        user_name(ret);
    else
        snprintf(ret, 64, "%.63s", by);
}

static const char *const words[] = {
    [DECIDED_NOTHING] = "",
    [DECIDED_APPROVED] = "approved",
    [DECIDED_REJECTED] = "rejected",
    [DECIDED_ROLLBACK] = "rollback",
    [DECIDED_ROLLED_BACK] = "rolled-back",
    [DECIDED_APPROVED_PART] = "approved-part",
    [DECIDED_REJECTED_PART] = "rejected-part",
};

const char *
decided_word(enum decided what)
{
    return words[what];
}

enum decided
decided_parse(const char *word)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(words[i], word) == 0)
            return (enum decided)i;
    }
    return DECIDED_NOTHING;
}

static void
name_decision(char ret[32], uint32_t index)
{
    snprintf(ret, 32, "decision-%u.txt", index);
}

int
decision_write(struct state *state, uint32_t generation, const struct decision *decision, struct err *err)
{
    char name[32], text[DAY_TIME_MAX], by[64], digest[DIGEST_TEXT_MAX];
    uint32_t index = 1;
    struct buf review, buf;
    for (name_decision(name, index); index < DECISIONS_MAX && state_has(state, generation, name);)
        name_decision(name, ++index);
    buf_init(&review, RECORD_MAX);
    if (state_read(state, generation, "review.txt", &review, err) != 0) {
        buf_clear(&review);
        return -1;
    }
    record_get(&review, "digest", digest, sizeof digest);
    buf_clear(&review);
    buf_init(&buf, RECORD_MAX);
    record_add(&buf, "what", words[decision->what]);
    day_format_time(text, decision->at);
    record_add(&buf, "at", text);
    decision_by(by, decision->by);
    record_add(&buf, "by", by);
    record_add(&buf, "digest", digest);
    if (decision->note != NULL && decision->note[0] != '\0')
        record_add(&buf, "note", decision->note);
    if (decision->text != NULL && decision->text->len > 0) {
        buf_add_char(&buf, '\n');
        buf_add(&buf, decision->text->data, decision->text->len);
    }
    int result = buf_ok(&buf) ? state_annotate(state, generation, name, buf.data, buf.len, err)
                              : err_set(err, ERR_LIMIT, "the decision is too long");
    buf_clear(&buf);
    return result;
}

int
decision_read(const struct state *state, uint32_t generation, uint32_t index, struct buf *ret, struct err *err)
{
    char name[32];
    bool found;
    name_decision(name, index);
    if (state_find(state, generation, name, &found, err) != 0)
        return -1;
    if (!found)
        return 0;
    return state_read(state, generation, name, ret, err) == 0 ? 1 : -1;
}

/* The last decision about a generation. */
static int
find_last(enum decided *ret, const struct state *state, uint32_t generation, struct err *err)
{
    struct buf text;
    char word[32];
    int found;
    *ret = DECIDED_NOTHING;
    for (uint32_t index = 1;; index++) {
        buf_init(&text, RECORD_MAX);
        found = decision_read(state, generation, index, &text, err);
        if (found == 1) {
            record_get(&text, "what", word, sizeof word);
            *ret = decided_parse(word);
        }
        buf_clear(&text);
        if (found != 1)
            return found;
    }
}

bool
decision_is_rejected(const struct state *state, uint32_t generation)
{
    enum decided what;
    return find_last(&what, state, generation, NULL) == 0 && what == DECIDED_REJECTED;
}

int
decision_newest(uint32_t *ret, const struct state *state, uint32_t current, struct err *err)
{
    uint32_t next;
    if (state_next(state, &next, err) != 0)
        return -1;
    for (*ret = next - 1; *ret > current && !decision_is_rejected(state, *ret);)
        --*ret;
    return 0;
}

static bool
is_refusal(enum decided what)
{
    return what == DECIDED_REJECTED || what == DECIDED_ROLLED_BACK;
}

/* Whether a generation was rejected or rolled back with this content, or rolled back with these documents (never, if
 * ""). */
static int
is_refused(bool *ret, const struct state *state, uint32_t generation, const struct candidate *candidate,
           const char *documents, struct err *err)
{
    struct buf review;
    enum decided what;
    char its_documents[DIGEST_TEXT_MAX];
    *ret = false;
    if (find_last(&what, state, generation, err) != 0)
        return -1;
    if (!is_refusal(what))
        return 0;
    buf_init(&review, RECORD_MAX);
    int result = state_read(state, generation, "review.txt", &review, err);
    record_get(&review, "documents", its_documents, sizeof its_documents);
    buf_clear(&review);
    *ret = generation_holds(state, generation, candidate) ||
           (what == DECIDED_ROLLED_BACK && documents[0] != '\0' && strcmp(its_documents, documents) == 0);
    return result;
}

int
decision_find_refused(uint32_t *ret, struct state *state, const struct candidate *candidate,
                      const struct documents *documents, uint32_t current, struct err *err)
{
    const uint32_t *numbers;
    size_t count;
    char left[DIGEST_TEXT_MAX];
    *ret = 0;
    if (state_list(state, &numbers, &count, err) != 0)
        return -1;
    documents_digest(left, documents);
    if (generation_says(state, current, "documents", left))
        left[0] = '\0';
    while (count > 0 && *ret == 0) {
        struct err why = {0};
        bool refused;
        uint32_t number = numbers[--count];
        if (is_refused(&refused, state, number, candidate, left, &why) == 0)
            *ret = refused ? number : 0;
        else if (left[0] != '\0' && why.kind != ERR_CORRUPT)
            return err_set(err, why.kind, "%s", why.text);
    }
    return 0;
}

bool
decision_refuses_version(struct state *state, const char *instance, const char *version)
{
    const uint32_t *numbers;
    size_t count;
    char line[64];
    enum decided what;
    snprintf(line, sizeof line, "%s %s", instance, version);
    if (state_list(state, &numbers, &count, NULL) != 0)
        return false;
    while (count-- > 0) {
        if (find_last(&what, state, numbers[count], NULL) == 0 && is_refusal(what) &&
            generation_says(state, numbers[count], "version", line))
            return true;
    }
    return false;
}

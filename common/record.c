// SPDX-License-Identifier: GPL-2.0-or-later
/* record.c - what is written about a generation: the head of its review, and decisions. Part of
 * candidate.h. */
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "candidate.h"
#include "day.h"
#include "err.h"
#include "image.h"
#include "state.h"

#define DECISIONS_MAX 10000 /* of one generation */

bool
review_head_next(const struct buf *review, const char *key, size_t *at, char *ret, size_t room)
{
    size_t key_len = strlen(key);
    while (*at < review->len && review->data[*at] != '\n') {
        const char *line = review->data + *at;
        const char *feed = memchr(line, '\n', review->len - *at);
        size_t len = feed == NULL ? review->len - *at : (size_t)(feed - line);
        *at += len + (feed == NULL ? 0 : 1);
        if (len > key_len && memcmp(line, key, key_len) == 0 && line[key_len] == ' ') {
            size_t value = len - key_len - 1;
            if (value >= room)
                value = room - 1;
            memcpy(ret, line + key_len + 1, value);
            ret[value] = '\0';
            return true;
        }
    }
    return false;
}

void
review_head_get(const struct buf *review, const char *key, char *ret, size_t room)
{
    size_t at = 0;
    if (!review_head_next(review, key, &at, ret, room))
        ret[0] = '\0';
}

/* A line of a head; what would end the line becomes a blank. */
static void
add_line(struct buf *buf, const char *key, const char *value)
{
    buf_add_text(buf, key);
    buf_add_char(buf, ' ');
    for (; *value != '\0'; value++)
        buf_add_char(buf, (unsigned char)*value < 0x20 || *value == 0x7f ? ' ' : *value);
    buf_add_char(buf, '\n');
}

void
documents_digest(char ret[DIGEST_TEXT_MAX], const struct documents *documents)
{
    char sum[DIGEST_TEXT_MAX] = "", text[DIGEST_TEXT_MAX + 64];
    bool any = false;
    for (size_t i = 0; i < documents->count; i++) {
        const struct document *document = &documents->of[i];
        int n = snprintf(text, sizeof text, "%s%s %zu\n", sum, document->instance, document->bytes.len);
        digest_pair(sum, text, (size_t)n, document->bytes.data, document->bytes.len);
        any = any || document->bytes.len > 0;
    }
    snprintf(ret, DIGEST_TEXT_MAX, "%s", any ? sum : "");
}

void
review_head_print(struct buf *buf, const struct candidate *candidate, const struct documents *documents,
                  uint32_t generation, const char *by, int64_t now)
{
    struct image_info info;
    char text[128];
    image_get_info(candidate->image, &info);
    buf_add_fmt(buf, "generation %u\n", generation);
    day_format_time(text, now);
    add_line(buf, "created", text);
    add_line(buf, "by", by);
    snprintf(text, sizeof text, "%.*s", (int)(info.label.len > 64 ? 64 : info.label.len), info.label.text);
    add_line(buf, "label", text[0] == '\0' ? "-" : text);
    buf_add_fmt(buf, "rules %zu\n", candidate->table->rule_count);
    add_line(buf, "digest", candidate->digest);
    for (size_t i = 0; i < documents->count; i++) {
        const struct document *document = &documents->of[i];
        snprintf(text, sizeof text, "%s %s", document->instance,
                 document->bytes.len == 0       ? VERSION_SHIPPED
                 : document->version[0] == '\0' ? "-"
                                                : document->version);
        add_line(buf, "version", text);
    }
    documents_digest(text, documents);
    if (text[0] != '\0')
        add_line(buf, "documents", text);
}

/* ---- decisions ---- */

/* The person behind sudo, if there is one: that is who decides. */
static void
user_name(char ret[64])
{
    const char *behind = geteuid() == 0 ? getenv("SUDO_USER") : NULL;
    const struct passwd *user = behind == NULL ? getpwuid(geteuid()) : NULL;
    if (behind == NULL)
        behind = user == NULL ? "unknown" : user->pw_name;
    snprintf(ret, 64, "%.63s", behind);
}

void
decision_by(char ret[64], const char *by)
{
    if (by == NULL)
        user_name(ret);
    else
        snprintf(ret, 64, "%.63s", by);
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
    buf_init(&review, REVIEW_MAX);
    if (state_read(state, generation, "review.txt", &review, err) != 0) {
        buf_clear(&review);
        return -1;
    }
    review_head_get(&review, "digest", digest, sizeof digest);
    buf_clear(&review);
    buf_init(&buf, REVIEW_MAX);
    add_line(&buf, "what", decision->what);
    day_format_time(text, decision->at);
    add_line(&buf, "at", text);
    decision_by(by, decision->by);
    add_line(&buf, "by", by);
    add_line(&buf, "digest", digest);
    if (decision->note != NULL && decision->note[0] != '\0')
        add_line(&buf, "note", decision->note);
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

int
decision_last(char ret[32], const struct state *state, uint32_t generation, struct err *err)
{
    struct buf text;
    int found;
    ret[0] = '\0';
    for (uint32_t index = 1;; index++) {
        buf_init(&text, REVIEW_MAX);
        found = decision_read(state, generation, index, &text, err);
        if (found == 1)
            review_head_get(&text, "what", ret, 32);
        buf_clear(&text);
        if (found != 1)
            return found;
    }
}

static int
is_refused(bool *ret, const struct state *state, uint32_t generation, const char *digest, const char *documents,
           struct err *err)
{
    struct buf review;
    char what[32], its_digest[DIGEST_TEXT_MAX], its_documents[DIGEST_TEXT_MAX];
    *ret = false;
    if (decision_last(what, state, generation, err) != 0)
        return -1;
    bool rejected = strcmp(what, "rejected") == 0, left = strcmp(what, "rolled-back") == 0;
    if (!rejected && !left)
        return 0;
    buf_init(&review, REVIEW_MAX);
    int result = state_read(state, generation, "review.txt", &review, err);
    review_head_get(&review, "digest", its_digest, sizeof its_digest);
    review_head_get(&review, "documents", its_documents, sizeof its_documents);
    buf_clear(&review);
    *ret = (rejected && strcmp(its_digest, digest) == 0) ||
           (left && documents[0] != '\0' && strcmp(its_documents, documents) == 0);
    return result;
}

int
generation_find_refused(uint32_t *ret, struct state *state, const struct candidate *candidate,
                        const struct documents *documents, struct err *err)
{
    const uint32_t *numbers;
    size_t count;
    char digest[DIGEST_TEXT_MAX];
    documents_digest(digest, documents);
    *ret = 0;
    if (state_list(state, &numbers, &count, err) != 0)
        return -1;
    while (count > 0) {
        bool refused;
        uint32_t number = numbers[--count];
        if (is_refused(&refused, state, number, candidate->digest, digest, err) != 0)
            return -1;
        if (refused) {
            *ret = number;
            return 0;
        }
    }
    return 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* outcome_print.c - the table situation x end, and what differs between two of them; as text and as JSON. See
 * outcome.h. */
#include <string.h>

#include "base/buf.h"
#include "base/json_write.h"
#include "outcome_build.h"

#define TITLE_WIDTH 50
#define END_WIDTH 16

/* A headline where another port begins. */
static void
add_port(struct buf *ret, const struct outcome_case *one, const struct outcome_case *before)
{
    if (before != NULL && strcmp(before->listener, one->listener) == 0 && strcmp(before->kind, one->kind) == 0)
        return;
    buf_add_fmt(ret, "%sport %s, %s\n", before == NULL ? "" : "\n", one->listener, one->kind);
}

static void
add_padded(struct buf *ret, const char *text, size_t width)
{
    size_t len = strlen(text);
    buf_add_text(ret, text);
    buf_add_fill(ret, ' ', len < width ? width - len : 0);
    buf_add_char(ret, ' ');
}

void
outcome_print(struct buf *ret, const struct outcome_set *set, const struct outcome *outcomes)
{
    char words[OUTCOME_WORDS_MAX];
    for (size_t i = 0; i < set->count; i++) {
        const struct outcome_case *one = &set->cases[i];
        add_port(ret, one, i == 0 ? NULL : one - 1);
        outcome_words(words, &outcomes[i]);
        buf_add_text(ret, outcome_marked(set, outcomes, i) ? "! " : "  ");
        add_padded(ret, one->title, TITLE_WIDTH);
        add_padded(ret, words, END_WIDTH);
        buf_add_fmt(ret, "%s\n", one->request);
    }
}

static void
add_pair(struct buf *ret, const struct outcome_set *set, const struct outcome *before, const struct outcome *after,
         size_t index)
{
    const struct outcome_case *one = &set->cases[index];
    char words[OUTCOME_WORDS_MAX];
    buf_add_text(ret, outcome_marked(set, after, index) ? "! " : "  ");
    add_padded(ret, one->title, TITLE_WIDTH);
    outcome_words(words, &before[index]);
    add_padded(ret, words, END_WIDTH);
    outcome_words(words, &after[index]);
    buf_add_text(ret, outcome_same(&before[index], &after[index]) ? "   " : "-> ");
    add_padded(ret, words, END_WIDTH);
    buf_add_fmt(ret, "%s\n", one->request);
}

size_t
outcome_print_changes(struct buf *ret, const struct outcome_set *set, const struct outcome *before,
                      const struct outcome *after)
{
    const struct outcome_case *last = NULL;
    size_t count = 0;
    for (size_t i = 0; i < set->count; i++) {
        const struct outcome_case *one = &set->cases[i];
        if (outcome_same(&before[i], &after[i]))
            continue;
        add_port(ret, one, last);
        add_pair(ret, set, before, after, i);
        last = one;
        count++;
    }
    return count;
}

void
outcome_print_both(struct buf *ret, const struct outcome_set *set, const struct outcome *before,
                   const struct outcome *after)
{
    for (size_t i = 0; i < set->count; i++) {
        add_port(ret, &set->cases[i], i == 0 ? NULL : &set->cases[i - 1]);
        add_pair(ret, set, before, after, i);
    }
}

/* ---- JSON ---- */

static void
write_ends(struct json_writer *json, const char *key, const struct outcome *outcome)
{
    unsigned seen = 0;
    if (!outcome->possible) {
        json_write_null(json, key);
        return;
    }
    json_write_array(json, key);
    for (size_t i = 0; i < outcome->courses.count; i++) {
        enum course_end end = outcome->courses.course[i].end;
        if ((seen >> end & 1) == 0)
            json_write_text(json, NULL, course_end_word(end));
        seen |= 1u << end;
    }
    json_write_end(json);
}

static void
write_case(struct json_writer *json, const struct outcome_case *one)
{
    json_write_text(json, "port", one->listener);
    json_write_text(json, "kind", one->kind);
    json_write_text(json, "situation", one->title);
    json_write_text(json, "request", one->request);
}

void
outcome_print_json(struct buf *ret, const struct outcome_set *set, const struct outcome *outcomes)
{
    struct json_writer json = {.buf = ret};
    json_write_array(&json, NULL);
    for (size_t i = 0; i < set->count; i++) {
        json_write_object(&json, NULL);
        write_case(&json, &set->cases[i]);
        write_ends(&json, "ends", &outcomes[i]);
        json_write_bool(&json, "wrong", outcome_marked(set, outcomes, i));
        json_write_end(&json);
    }
    json_write_end(&json);
    buf_add_char(ret, '\n');
}

size_t
outcome_print_changes_json(struct buf *ret, const struct outcome_set *set, const struct outcome *before,
                           const struct outcome *after)
{
    struct json_writer json = {.buf = ret};
    size_t count = 0;
    json_write_array(&json, NULL);
    for (size_t i = 0; i < set->count; i++) {
        if (outcome_same(&before[i], &after[i]))
            continue;
        json_write_object(&json, NULL);
        write_case(&json, &set->cases[i]);
        write_ends(&json, "before", &before[i]);
        write_ends(&json, "after", &after[i]);
        json_write_bool(&json, "wrong", outcome_marked(set, after, i));
        json_write_end(&json);
        count++;
    }
    json_write_end(&json);
    buf_add_char(ret, '\n');
    return count;
}

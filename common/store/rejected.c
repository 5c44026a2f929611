// SPDX-License-Identifier: GPL-2.0-or-later
/* rejected.c - see rejected.h. */
#include "rejected.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/day.h"
#include "base/err.h"
#include "base/utf8.h"
#include "state/state.h"
#include "state/state_lock.h"
#include "table/held.h"

#define REJECTED_FILE "rejected"
#define REJECTED_MAX ((size_t)16 << 20)
#define WORDS 5
#define REMEDY "; correct it, or remove the file: all rejected rows are then proposed again"

static int
compare_rows(const void *left, const void *right)
{
    const struct rejected_row *a = left;
    const struct rejected_row *b = right;
    int order = strcmp(a->source, b->source);
    return order != 0 ? order : strcmp(a->pattern, b->pattern);
}

static int
add_row(struct rejected *rejected, const struct rejected_row *row, struct err *err)
{
    struct rejected_row *of =
        arena_grow(rejected->arena, rejected->of, &rejected->room, rejected->count + 1, sizeof *of);
    const char *const from[] = {row->day, row->by, row->source, row->pattern};
    const char *copies[4];
    for (size_t i = 0; i < 4; i++)
        copies[i] = arena_text(rejected->arena, from[i], strlen(from[i]));
    if (of == NULL || !arena_ok(rejected->arena))
        return err_set(err, ERR_MEM, "no memory for the rejected rows");
    rejected->of = of;
    of[rejected->count++] = (struct rejected_row){copies[0], copies[1], copies[2], copies[3]};
    return 0;
}

/* Cuts `rejected DAY BY SOURCE PATTERN` in place. A pattern may contain spaces: a regex. */
static bool
cut_line(struct rejected_row *ret, char *line)
{
    char *words[WORDS] = {line, NULL, NULL, NULL, NULL};
    for (size_t i = 1; i < WORDS; i++) {
        char *space = strchr(words[i - 1], ' ');
        if (space == NULL || space == words[i - 1])
            return false;
        *space = '\0';
        words[i] = space + 1;
    }
    *ret = (struct rejected_row){words[1], words[2], words[3], words[4]};
    return strcmp(words[0], "rejected") == 0 && ret->pattern[0] != '\0';
}

/* A damaged line is a failure: without it, a row that a person rejected would be proposed again. */
static int
read_lines(struct rejected *rejected, const struct state *state, struct buf *text, struct err *err)
{
    size_t len = text->len, number = 0;
    buf_add_char(text, '\0');
    if (!buf_ok(text))
        return err_set(err, ERR_MEM, "no memory for the rejected rows");
    for (char *line = text->data, *end = line + len; line < end;) {
        struct rejected_row row;
        char *feed = memchr(line, '\n', (size_t)(end - line));
        char *stop = feed == NULL ? end : feed;
        bool whole = memchr(line, '\0', (size_t)(stop - line)) == NULL;
        *stop = '\0';
        number++;
        if (!whole || !cut_line(&row, line))
            return err_set(err, ERR_CORRUPT, "line %zu of '%s/" REJECTED_FILE "' is not a rejected row" REMEDY, number,
                           state_folder(state));
        if (add_row(rejected, &row, err) != 0)
            return -1;
        line = stop + 1;
    }
    return 0;
}

static void
sort(struct rejected *rejected)
{
    if (rejected->count > 1)
        qsort(rejected->of, rejected->count, sizeof *rejected->of, compare_rows);
}

int
rejected_read(struct rejected *ret, const struct state *state, struct err *err)
{
    struct buf text;
    struct err why = {0};
    bool found = false;
    *ret = (struct rejected){.arena = arena_new(4 * REJECTED_MAX)};
    if (ret->arena == NULL)
        return err_set(err, ERR_MEM, "no memory for the rejected rows");
    buf_init(&text, REJECTED_MAX);
    int result = state_read_own(state, REJECTED_FILE, &text, &found, &why);
    if (result != 0) {
        err_set(err, why.kind, "%s", why.text);
        err_append(err, why.kind == ERR_CORRUPT || why.kind == ERR_LIMIT ? REMEDY : "");
    } else if (found)
        result = read_lines(ret, state, &text, err);
    buf_clear(&text);
    sort(ret);
    if (result != 0)
        rejected_clear(ret);
    return result;
}

void
rejected_clear(struct rejected *rejected)
{
    arena_free(rejected->arena);
    *rejected = (struct rejected){0};
}

const struct rejected_row *
rejected_find(const struct rejected *rejected, const char *source, const char *pattern)
{
    const struct rejected_row row = {.source = source, .pattern = pattern};
    return rejected->count == 0 ? NULL : bsearch(&row, rejected->of, rejected->count, sizeof row, compare_rows);
}

bool
rejected_has(const struct rejected *rejected, const char *source, const char *pattern)
{
    return rejected_find(rejected, source, pattern) != NULL;
}

static int
write_rows(struct state *state, const struct rejected *rejected, const struct held *lifted, struct err *err)
{
    struct buf text;
    buf_init(&text, REJECTED_MAX);
    for (size_t i = 0; i < rejected->count; i++) {
        const struct rejected_row *row = &rejected->of[i];
        if (lifted == NULL || held_find_text(lifted, row->source, row->pattern) == NULL)
            buf_add_fmt(&text, "rejected %s %s %s %s\n", row->day, row->by, row->source, row->pattern);
    }
    int result = buf_ok(&text) ? state_write_own(state, REJECTED_FILE, text.len == 0 ? "" : text.data, text.len, err)
                               : err_set(err, ERR_LIMIT, "too many rows are rejected");
    buf_clear(&text);
    return result;
}

/* The name as one printable word. */
static void
make_word(char ret[64], const char *by)
{
    size_t len = 0;
    for (; len < 63 && by[len] != '\0'; len++)
        ret[len] = by[len] > ' ' && by[len] < 0x7f ? by[len] : '_';
    if (len == 0)
        ret[len++] = '-';
    ret[len] = '\0';
}

static int
add(struct state *state, const struct held *held, const char *by, int64_t now, struct err *err)
{
    struct rejected rejected;
    char day[DAY_TEXT_MAX], word[64];
    int result = 0;
    if (rejected_read(&rejected, state, err) != 0)
        return -1;
    day_format(day, day_of(now));
    make_word(word, by);
    size_t before = rejected.count;
    for (size_t i = 0; result == 0 && i < held->count; i++) {
        const struct held_key *key = &held->keys[i];
        const struct rejected_row row = {day, word, key->source, key->pattern};
        const struct rejected known = {.of = rejected.of, .count = before};
        if (!rejected_has(&known, key->source, key->pattern))
            result = add_row(&rejected, &row, err);
    }
    sort(&rejected);
    if (result == 0)
        result = write_rows(state, &rejected, NULL, err);
    rejected_clear(&rejected);
    return result;
}

int
rejected_mark(struct held *held, const struct state *state, struct err *err)
{
    struct rejected rejected;
    if (held->count == 0)
        return 0;
    if (rejected_read(&rejected, state, err) != 0)
        return -1;
    for (size_t i = 0; i < held->count; i++) {
        struct held_key *key = &held->keys[i];
        key->rejected = key->rejected || rejected_has(&rejected, key->source, key->pattern);
    }
    rejected_clear(&rejected);
    return 0;
}

int
rejected_add(struct state *state, const struct held *held, const char *by, int64_t now, struct err *err)
{
    if (state_lock(state, err) != 0)
        return -1;
    int result = add(state, held, by, now, err);
    state_unlock(state);
    return result;
}

static int
lift(struct state *state, const struct held *held, struct err *err)
{
    struct rejected rejected;
    if (rejected_read(&rejected, state, err) != 0)
        return -1;
    int result = rejected.count == 0 ? 0 : write_rows(state, &rejected, held, err);
    rejected_clear(&rejected);
    return result;
}

int
rejected_lift(struct state *state, const struct held *held, struct err *err)
{
    if (state_lock(state, err) != 0)
        return -1;
    int result = lift(state, held, err);
    state_unlock(state);
    return result;
}

void
rejected_describe(struct buf *buf, const struct rejected *rejected, const char *source, const char *pattern)
{
    const struct rejected_row *row = rejected_find(rejected, source, pattern);
    buf_add_char(buf, '\'');
    utf8_add_printable(buf, pattern, strlen(pattern));
    buf_add_text(buf, row == NULL ? "' is held" : "' was rejected");
    if (row != NULL)
        buf_add_fmt(buf, " on %s by %s", row->day, row->by);
}

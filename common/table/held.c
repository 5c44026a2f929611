// SPDX-License-Identifier: GPL-2.0-or-later
/* held.c - see held.h. */
#include "held.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "table.h"
#include "table_copy.h"

#define HELD_MEMORY ((size_t)1 << 30)
#define LINE_MAX_BYTES 1600 /* a regex may be long */

int
held_init(struct held *ret, const struct table *was, const struct table *is, struct err *err)
{
    *ret = (struct held){.arena = arena_new(HELD_MEMORY), .was = table_like(was), .is = table_like(is)};
    if (ret->arena != NULL && ret->was != NULL && ret->is != NULL)
        return 0;
    held_clear(ret);
    return err_set(err, ERR_MEM, "no memory for held rows");
}

void
held_clear(struct held *held)
{
    arena_free(held->arena);
    table_free(held->was);
    table_free(held->is);
    *held = (struct held){0};
}

int
held_add(struct held *held, const struct held_key *key, struct err *err)
{
    struct held_key *keys = arena_grow(held->arena, held->keys, &held->room, held->count + 1, sizeof *keys);
    struct held_key copy = *key;
    copy.source = arena_text(held->arena, key->source, strlen(key->source));
    copy.pattern = arena_text(held->arena, key->pattern, strlen(key->pattern));
    if (keys == NULL || copy.source == NULL || copy.pattern == NULL)
        return err_set(err, ERR_MEM, "no memory for held rows");
    held->keys = keys;
    keys[held->count++] = copy;
    return 0;
}

static int
compare_keys(const void *left, const void *right)
{
    const struct held_key *a = left;
    const struct held_key *b = right;
    int order = strcmp(a->source, b->source);
    return order != 0 ? order : strcmp(a->pattern, b->pattern);
}

void
held_finish(struct held *held)
{
    if (held->count > 1)
        qsort(held->keys, held->count, sizeof *held->keys, compare_keys);
    table_sort(held->was);
    table_sort(held->is);
}

const struct held_key *
held_find_text(const struct held *held, const char *source, const char *pattern)
{
    const struct held_key key = {.source = source, .pattern = pattern};
    return held->count == 0 ? NULL : bsearch(&key, held->keys, held->count, sizeof key, compare_keys);
}

const struct held_key *
held_find(const struct held *held, const struct table *table, const struct rule *rule)
{
    char room[64];
    const char *source = table->sources[table->terms[rule->terms].set.source];
    return held_find_text(held, source, table_rule_text(rule, room));
}

void
held_print(const struct held *held, struct buf *buf)
{
    for (size_t i = 0; i < held->count; i++) {
        const struct held_key *key = &held->keys[i];
        buf_add_fmt(buf, "held %s %s %s %s\n", key->since, key->rejected ? "rejected" : "waiting", key->source,
                    key->pattern);
    }
    buf_add_text(buf, "in use\n");
    table_print(held->was, buf);
    buf_add_text(buf, "newest\n");
    table_print(held->is, buf);
}

/* The next word of a line, without its end; the last word is the rest of the line. */
static char *
cut_word(char **at, bool rest)
{
    char *word = *at;
    char *space = rest ? NULL : strchr(word, ' ');
    if (space != NULL)
        *space = '\0';
    *at = space == NULL ? word + strlen(word) : space + 1;
    return word;
}

static int
read_key(struct held *held, const char *line, struct err *err)
{
    struct held_key key = {0};
    char copy[LINE_MAX_BYTES];
    char *at = copy;
    memcpy(copy, line, strlen(line) + 1);
    const char *word = cut_word(&at, false);
    const char *since = cut_word(&at, false);
    const char *state = cut_word(&at, false);
    key.source = cut_word(&at, false);
    key.pattern = cut_word(&at, true);
    key.rejected = strcmp(state, "rejected") == 0;
    uint32_t day;
    if (strcmp(word, "held") != 0 || (!key.rejected && strcmp(state, "waiting") != 0) || key.pattern[0] == '\0' ||
        !day_parse(&day, since, strlen(since)))
        return err_set(err, ERR_CORRUPT, "'%.100s' is not a held row", line);
    day_format(key.since, day);
    return held_add(held, &key, err);
}

/* The line that begins at *at, without its end. False beyond the last. */
static bool
next_line(const char *bytes, size_t len, size_t *at, char ret[LINE_MAX_BYTES])
{
    if (*at >= len)
        return false;
    const char *feed = memchr(bytes + *at, '\n', len - *at);
    size_t size = feed == NULL ? len - *at : (size_t)(feed - bytes) - *at;
    size_t kept = size < LINE_MAX_BYTES ? size : LINE_MAX_BYTES - 1;
    memcpy(ret, bytes + *at, kept);
    ret[kept] = '\0';
    *at += size + 1;
    return true;
}

/* Reads table text up to the line `end` or the end of all bytes. */
static int
read_rows(struct table *table, const char *bytes, size_t len, size_t *at, const char *end, struct err *err)
{
    size_t from = *at, to = from;
    char line[LINE_MAX_BYTES];
    bool found = end == NULL;
    while (next_line(bytes, len, at, line)) {
        if (end != NULL && strcmp(line, end) == 0) {
            found = true;
            break;
        }
        to = *at;
    }
    if (to > len)
        to = len;
    if (!found)
        return err_set(err, ERR_CORRUPT, "the line '%s' is missing", end);
    /* All of them were accepted before: a newer list of public suffixes must not take away what is in use. */
    table->sealed = true;
    int result = table_read_bytes(table, "held.rules", bytes + from, to - from, err);
    table->sealed = false;
    return result;
}

/* Marks the keys that have a row. -1 if a row has no key. */
static int
mark_keys(bool *marks, const struct held *held, const struct table *table, struct err *err)
{
    char room[64];
    for (size_t i = 0; i < table->rule_count; i++) {
        const struct held_key *key = held_find(held, table, &table->rules[i]);
        if (key == NULL)
            return err_set(err, ERR_CORRUPT, "'%.100s' has no line of its own",
                           table_rule_text(&table->rules[i], room));
        marks[key - held->keys] = true;
    }
    return 0;
}

/* A key that matches no row would hold nothing, and what a person has not approved would be used. */
static int
check_keys(const struct held *held, struct err *err)
{
    bool *marks = arena_array(held->arena, held->count, sizeof *marks);
    if (marks == NULL)
        return err_set(err, ERR_MEM, "no memory for held rows");
    if (mark_keys(marks, held, held->was, err) != 0 || mark_keys(marks, held, held->is, err) != 0)
        return -1;
    for (size_t i = 0; i < held->count; i++) {
        if (!marks[i])
            return err_set(err, ERR_CORRUPT, "'%.100s' of '%s' has no rows", held->keys[i].pattern,
                           held->keys[i].source);
    }
    return 0;
}

int
held_read(struct held *ret, const char *bytes, size_t len, struct err *err)
{
    char line[LINE_MAX_BYTES];
    size_t at = 0;
    int result = 0;
    bool begun = false;
    *ret = (struct held){.arena = arena_new(HELD_MEMORY), .was = table_new(), .is = table_new()};
    if (ret->arena == NULL || ret->was == NULL || ret->is == NULL)
        result = err_set(err, ERR_MEM, "no memory for held rows");
    while (result == 0 && !begun && next_line(bytes, len, &at, line)) {
        begun = strcmp(line, "in use") == 0;
        result = begun ? 0 : read_key(ret, line, err);
    }
    if (result == 0 && !begun)
        result = err_set(err, ERR_CORRUPT, "the line 'in use' is missing");
    if (result == 0)
        result = read_rows(ret->was, bytes, len, &at, "newest", err);
    if (result == 0)
        result = read_rows(ret->is, bytes, len, &at, NULL, err);
    if (result == 0) {
        held_finish(ret);
        result = check_keys(ret, err);
    }
    if (result != 0) {
        held_clear(ret);
        return err_add(err, "the held rows cannot be read");
    }
    return 0;
}

/* Copies the rules of one table that are held, or those that are not. */
static int
copy_rules(struct table *to, const struct table *from, const struct held *held, bool is_held, struct err *err)
{
    for (size_t i = 0; i < from->rule_count; i++) {
        const struct rule *rule = &from->rules[i];
        if ((held_find(held, from, rule) != NULL) == is_held &&
            table_copy_rule(to, from, rule, from->terms[rule->terms].held, err) != 0)
            return -1;
    }
    return 0;
}

static int
select_rows(struct held *ret, const struct held *from, bool (*keeps)(void *arg, const struct held_key *key), void *arg,
            struct err *err)
{
    for (size_t i = 0; i < from->count; i++) {
        if (keeps(arg, &from->keys[i]) && held_add(ret, &from->keys[i], err) != 0)
            return -1;
    }
    return copy_rules(ret->was, from->was, ret, true, err) != 0 || copy_rules(ret->is, from->is, ret, true, err) != 0
               ? -1
               : 0;
}

int
held_select(struct held *ret, const struct held *from, bool (*keeps)(void *arg, const struct held_key *key), void *arg,
            struct err *err)
{
    if (held_init(ret, from->was, from->is, err) != 0)
        return -1;
    if (select_rows(ret, from, keeps, arg, err) != 0) {
        held_clear(ret);
        return -1;
    }
    held_finish(ret);
    return 0;
}

int
held_apply(struct table **table, const struct held *held, struct err *err)
{
    struct table *result = table_like(*table);
    if (result == NULL)
        return err_set(err, ERR_MEM, "no memory for a table");
    if (copy_rules(result, *table, held, false, err) != 0 || copy_rules(result, held->was, held, true, err) != 0) {
        table_free(result);
        return -1;
    }
    table_sort(result);
    table_copy_complaints(result, *table);
    table_free(*table);
    *table = result;
    return 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * announced.c - see announced.h.
 *
 * The feed is only a hint. It has been empty although there were changes. Its booleans have come as strings, its dates
 * are missing or earlier than the version that announces them, and its list of impacts grows. So every member is taken
 * if it can be used and skipped if not, and one bad record does not spoil the others.
 */
#include "announced.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "store/document.h"

#define CHANGES_MAX ((size_t)100000)
#define VALUE_MAX 255
#define IMPACT_MAX 40

struct feed {
    struct arena *arena;
    struct announced *changes;
    size_t count, room;
};

/* A copy in lower case, or NULL if the text cannot be a pattern or a prefix. */
static const char *
copy_value(struct arena *arena, const char *text)
{
    size_t len = strlen(text);
    if (len == 0 || len > VALUE_MAX)
        return NULL;
    for (size_t i = 0; i < len; i++) {
        if (text[i] <= 0x20 || text[i] > 0x7e)
            return NULL;
    }
    char *copy = arena_text(arena, text, len);
    for (char *p = copy; p != NULL && *p != '\0'; p++)
        *p = *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p;
    return copy;
}

static const char *
copy_word(struct arena *arena, const struct json *value, const char *allowed, size_t least, size_t most)
{
    const char *text;
    if (!json_get_text(value, &text))
        return NULL;
    size_t len = strlen(text);
    return len >= least && len <= most && strspn(text, allowed) == len ? arena_text(arena, text, len) : NULL;
}

static uint32_t
get_id(const struct json *value)
{
    uint64_t number = 0;
    const char *text;
    if (json_get_text(value, &text) && strlen(text) <= 9 && strspn(text, "0123456789") == strlen(text))
        number = strtoull(text, NULL, 10);
    else
        json_get_number(value, &number);
    return number <= UINT32_MAX ? (uint32_t)number : 0;
}

static void
add_rows(struct feed *feed, const struct json *rows, const struct announced *like)
{
    if (!json_is_array(rows))
        return;
    for (const struct json *row = json_first(rows); row != NULL; row = json_next(row)) {
        const char *text;
        struct announced change = *like;
        if (!json_get_text(row, &text) || feed->count == CHANGES_MAX)
            continue;
        change.value = copy_value(feed->arena, text);
        void *grown = change.value == NULL
                          ? NULL
                          : arena_grow(feed->arena, feed->changes, &feed->room, feed->count + 1, sizeof change);
        if (grown == NULL)
            continue;
        feed->changes = grown;
        feed->changes[feed->count++] = change;
    }
}

static void
add_record(struct feed *feed, const struct json *record, const char *since)
{
    static const char digits[] = "0123456789";
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    const char *version;
    if (json_get_text(json_member(record, "version", NULL), &version) && strlen(version) == 10 &&
        strcmp(version, since) <= 0)
        return;
    const struct json *add = json_member(record, "add", NULL), *remove = json_member(record, "remove", NULL);
    struct announced change = {
        .impact = copy_word(feed->arena, json_member(record, "impact", NULL), letters, 1, IMPACT_MAX),
        .set = get_id(json_member(record, "endpointSetId", NULL)),
    };
    change.removed = true;
    add_rows(feed, json_member(remove, "urls", NULL), &change);
    add_rows(feed, json_member(remove, "ips", NULL), &change);
    change.removed = false;
    change.effective = copy_word(feed->arena, json_member(add, "effectiveDate", NULL), digits, 8, 8);
    add_rows(feed, json_member(add, "urls", NULL), &change);
    add_rows(feed, json_member(add, "ips", NULL), &change);
}

size_t
announced_read(struct announced **ret, struct arena *arena, const char *bytes, size_t len, const char *since)
{
    struct json *root;
    struct feed feed = {.arena = arena};
    *ret = NULL;
    if (len == 0 || json_parse(&root, bytes, len, NULL) != 0)
        return 0;
    if (json_is_array(root)) {
        for (const struct json *record = json_first(root); record != NULL; record = json_next(record))
            add_record(&feed, record, since);
    }
    json_free(root);
    *ret = feed.changes;
    return feed.count;
}

/* The version of the document of an instance; "" if there is none. */
static const char *
version_of(const struct documents *documents, const char *instance)
{
    for (size_t i = 0; i < documents->count; i++) {
        if (strcmp(documents->of[i].instance, instance) == 0)
            return documents->of[i].version;
    }
    return "";
}

size_t
announced_since(struct announced **ret, struct arena *arena, const struct documents *documents,
                const struct documents *old_documents)
{
    struct announced *lists[INSTANCE_COUNT];
    size_t counts[INSTANCE_COUNT], total = 0;
    for (size_t i = 0; i < documents->count; i++) {
        const struct document *document = &documents->of[i];
        /* If only a part of this document is in use, the whole feed still counts for the rest. */
        const char *since = version_of(old_documents, document->instance);
        if (old_documents->held.len > 0 && strcmp(since, document->version) == 0)
            since = "";
        counts[i] = announced_read(&lists[i], arena, document->changes.data, document->changes.len, since);
        total += counts[i];
    }
    *ret = arena_array(arena, total, sizeof **ret);
    if (*ret == NULL)
        return 0;
    for (size_t i = 0, at = 0; i < documents->count; at += counts[i], i++) {
        if (counts[i] > 0)
            memcpy(*ret + at, lists[i], counts[i] * sizeof **ret);
    }
    return total;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmd_explain_also.c - whose an address is by Microsoft's other lists. Part of `m365ctl lookup`; see cmd_explain.h.
 *
 * A prefix is in several service tags: its service, the service in a region, all of Azure, all of Azure in a region.
 * The sentence names the tag that says most; --explain lists them all.
 */
#include <string.h>

#include "also/also.h"
#include "base/buf.h"
#include "base/json_write.h"
#include "base/utf8.h"
#include "cmd_explain.h"
#include "image/image_find.h"
#include "name/verb.h"

#define ALSO_SHOWN 40

/* The narrowest entry around the whole query, then the next one. */
static const struct also_prefix *
next_entry(const struct also_query *query, const struct also_prefix *entry)
{
    entry = entry == NULL ? also_around(query->also, &query->prefix.addr) : also_wider(query->also, entry);
    while (entry != NULL && entry->prefix.len > query->prefix.len)
        entry = also_wider(query->also, entry);
    return entry;
}

/* Which of two tags says more: one of a service, then the narrower prefix, one of a region, the longer name. */
static bool
says_more(const struct also_prefix *a, const struct also_prefix *b)
{
    bool a_service = a->owner->service[0] != '\0', b_service = b->owner->service[0] != '\0';
    bool a_region = a->owner->region[0] != '\0', b_region = b->owner->region[0] != '\0';
    if (a->owner->kind != b->owner->kind)
        return a->owner->kind == ALSO_TAGS;
    if (a_service != b_service)
        return a_service;
    if (a->prefix.len != b->prefix.len)
        return a->prefix.len > b->prefix.len;
    if (a_region != b_region)
        return a_region;
    return strlen(a->owner->name) > strlen(b->owner->name);
}

/* The entry that says most, and a region: its own, or that of another tag. NULL: there is none. */
static const struct also_prefix *
find_best(const struct also_query *query, const char **ret_region)
{
    const struct also_prefix *best = NULL;
    *ret_region = "";
    for (const struct also_prefix *at = next_entry(query, NULL); at != NULL; at = next_entry(query, at)) {
        if ((*ret_region)[0] == '\0')
            *ret_region = at->owner->region;
        if (best == NULL || says_more(at, best))
            best = at;
    }
    if (best != NULL && best->owner->region[0] != '\0')
        *ret_region = best->owner->region;
    return best;
}

/* True if the prefix of an endpoint set that is in force contains all of the query. */
static bool
is_published(const struct also_query *query)
{
    struct image_cursor cursor;
    struct image_hit hit;
    image_find_addr(query->image, &query->prefix.addr, &cursor);
    while (image_next(&cursor, &hit)) {
        struct image_set set;
        image_get_set(query->image, hit.set, &set);
        bool expired = set.expires != 0 && query->today >= set.expires;
        if (hit.weight <= query->prefix.len && set.has_id && set.verb != VERB_INSPECT && !expired)
            return true;
    }
    return false;
}

static void
add_word(struct buf *buf, const char *word)
{
    if (word[0] == '\0')
        return;
    utf8_add_printable(buf, word, strlen(word));
    buf_add_text(buf, ", ");
}

/* `Azure, AzureFrontDoor.Frontend, westeurope` or `MSFT Public IP Address Block, 13.64.0.0/11`. */
static void
add_owner(struct buf *buf, const struct also_prefix *entry, const char *region)
{
    char text[PREFIX_TEXT_MAX];
    add_word(buf, entry->owner->platform);
    add_word(buf, entry->owner->name);
    if (entry->owner->kind == ALSO_TAGS) {
        add_word(buf, region);
        buf->len -= 2;
        return;
    }
    prefix_format(text, &entry->prefix);
    buf_add_text(buf, text);
}

static void
list_entries(struct buf *buf, const struct also_query *query)
{
    size_t count = 0;
    for (const struct also_prefix *at = next_entry(query, NULL); at != NULL; at = next_entry(query, at)) {
        char text[PREFIX_TEXT_MAX];
        if (count++ >= ALSO_SHOWN)
            continue;
        prefix_format(text, &at->prefix);
        explain_begin(buf);
        buf_add_fmt(buf, "  %s: ", text);
        add_word(buf, at->owner->name);
        add_word(buf, at->owner->region);
        buf_add_text(buf, "from '");
        utf8_add_printable(buf, at->owner->file, strlen(at->owner->file));
        buf_add_text(buf, "'\n");
    }
    if (count <= ALSO_SHOWN)
        return;
    explain_begin(buf);
    buf_add_fmt(buf, "  and %zu more; --json lists them all\n", count - ALSO_SHOWN);
}

void
explain_also(struct buf *buf, const struct also_query *query)
{
    const char *region;
    size_t inside = 0;
    const struct also_prefix *best = find_best(query, &region);
    explain_begin(buf);
    if (best == NULL) {
        buf_add_text(buf, "no prefix of the other lists contains it");
    } else {
        add_owner(buf, best, region);
        buf_add_text(buf, is_published(query) ? ": Microsoft's, and Microsoft 365 publishes it"
                          : query->parts      ? ": Microsoft's, and Microsoft 365 publishes parts of it"
                                              : ": Microsoft's, not Microsoft 365's");
    }
    explain_end(buf);
    if (query->all)
        list_entries(buf, query);
    if (query->prefix.len < (query->prefix.addr.v6 ? 128 : 32))
        also_inside(query->also, &query->prefix, &inside);
    if (inside == 0)
        return;
    explain_begin(buf);
    buf_add_fmt(buf, "holds %zu prefix%s of the other lists\n", inside, inside == 1 ? "" : "es");
}

static void
write_word(struct json_writer *json, const char *key, const char *word)
{
    json_write_text(json, key, word[0] == '\0' ? NULL : word);
}

void
explain_write_also(struct json_writer *json, const struct also_query *query)
{
    json_write_array(json, "also");
    for (const struct also_prefix *at = next_entry(query, NULL); at != NULL; at = next_entry(query, at)) {
        char text[PREFIX_TEXT_MAX];
        prefix_format(text, &at->prefix);
        json_write_object(json, NULL);
        json_write_text(json, "prefix", text);
        write_word(json, "name", at->owner->name);
        write_word(json, "platform", at->owner->platform);
        write_word(json, "region", at->owner->region);
        write_word(json, "service", at->owner->service);
        json_write_text(json, "file", at->owner->file);
        json_write_end(json);
    }
    json_write_end(json);
}

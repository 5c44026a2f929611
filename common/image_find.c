// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * image_find.c - lookups of names in an open image. Part of image.h.
 *
 * Names. Every rule lies under the name to the right of its last `*` (the whole name for an exact rule), in a hash
 * table over such names. One pass over the asked name from its end gives the hashes of all its suffixes; each is asked
 * once, so the cost depends on the labels of the name and not on the number of rules.
 *
 *     autodiscover.contoso.onmicrosoft.com     EXACT here
 *                  contoso.onmicrosoft.com     UNDER, GLOB
 *                          onmicrosoft.com     UNDER, GLOB: autodiscover.*.onmicrosoft.com
 *                                      com
 *                                              (the empty name) GLOB: *, foo.*
 *
 * Addresses have image_addr.c.
 *
 * Trust. Every number read is tested against its section before it is used; every walk is bounded (suffixes of a name,
 * PROBES_MAX slots, the records between two numbers inside a section).
 */
#include "image_find.h"
#include "image_handle.h"
#include "pattern.h"

#define IMAGE_LARGE ((size_t)512 << 10) /* bytes: what a core keeps at hand */

static void
enter_rules(struct image_cursor *cursor, const unsigned char *bounds)
{
    uint64_t count = cursor->image->part[SECTION_RULES].size / RULE_SIZE;
    cursor->rule = get32(bounds);
    cursor->rule_end = get32(bounds + 4);
    if (cursor->rule_end > count)
        cursor->rule_end = (uint32_t)count;
}

/* Finds the node of one suffix and starts on its rules. */
static void
ask_suffix(struct image_cursor *cursor, const char *name, size_t len, uint64_t hash)
{
    const struct image *image = cursor->image;
    uint64_t mask = image->part[SECTION_SLOTS].size / SLOT_SIZE - 1;
    uint32_t tag = (uint32_t)(hash >> 32);
    for (uint32_t probe = 0; probe < image->probes; probe++) {
        const unsigned char *slot = image->part[SECTION_SLOTS].bytes + ((hash + probe) & mask) * SLOT_SIZE;
        uint32_t node_1 = get32(slot + 4);
        if (node_1 == 0)
            return;
        if (get32(slot) != tag)
            continue;
        const unsigned char *node = image_record(image, SECTION_NODES, node_1 - 1, NODE_SIZE);
        if (node == NULL)
            continue;
        struct image_text text = image_slice(image, get32(node + NODE_NAME), get32(node + NODE_NAME + 4));
        if (text.len == len && memcmp(text.text, name, len) == 0) {
            enter_rules(cursor, node + NODE_FIRST);
            return;
        }
    }
}

void
image_find_name(const struct image *image, const struct host *host, struct image_cursor *ret)
{
    ret->image = image;
    ret->host = host;
    ret->addr = NULL;
    ret->rule = ret->rule_end = ret->node = ret->regex = ret->steps = 0;
    ret->suffixes = 0;
    ret->whole = false;
    uint64_t hash = image->seed;
    for (unsigned i = host->len; i > 0; i--) {
        hash = hash_step(hash, (unsigned char)host->text[i - 1]);
        if ((i == 1 || host->text[i - 2] == '.') && ret->suffixes < HOST_LABELS_MAX) {
            ret->starts[ret->suffixes] = (uint8_t)(i - 1);
            ret->hashes[ret->suffixes] = hash_end(hash);
            ret->suffixes++;
        }
    }
    if ((image->options & OPTION_ROOT) != 0)
        ask_suffix(ret, "", 0, hash_end(image->seed));
}

static bool
next_suffix(struct image_cursor *cursor)
{
    if (cursor->suffixes == 0)
        return false;
    unsigned at = --cursor->suffixes;
    size_t start = cursor->starts[at];
    cursor->whole = start == 0;
    ask_suffix(cursor, cursor->host->text + start, cursor->host->len - start, cursor->hashes[at]);
    return true;
}

static bool
rule_matches(const struct image_cursor *cursor, const unsigned char *rule)
{
    switch (get16(rule + RULE_KIND)) {
    case PATTERN_EXACT: return cursor->whole;
    case PATTERN_UNDER: return !cursor->whole;
    case PATTERN_GLOB: {
        struct image_text text = image_slice(cursor->image, get32(rule + RULE_TEXT), get16(rule + RULE_LENGTH));
        return text.len <= PATTERN_MAX && pattern_match(text.text, text.len, cursor->host->text, cursor->host->len);
    }
    default: return false;
    }
}

static bool
next_regex(struct image_cursor *cursor, struct image_hit *ret)
{
    const struct image *image = cursor->image;
    while (cursor->regex < image->regex_count) {
        uint32_t index = cursor->regex++;
        enum regex_answer answer = regex_match(image->regexes[index], cursor->host->text, cursor->host->len);
        const unsigned char *rule = image_record(image, SECTION_RULES, image->regex_rules[index], RULE_SIZE);
        if (answer == REGEX_NO || rule == NULL)
            continue;
        *ret = (struct image_hit){{image->regex_rules[index], NULL}, get32(rule + RULE_SET), 0, answer == REGEX_LIMIT};
        return true;
    }
    return false;
}

bool
image_next(struct image_cursor *cursor, struct image_hit *ret)
{
    if (cursor->addr != NULL)
        return image_next_addr(cursor, ret);
    for (;;) {
        while (cursor->rule < cursor->rule_end) {
            uint32_t number = cursor->rule++;
            const unsigned char *rule = cursor->image->part[SECTION_RULES].bytes + (size_t)number * RULE_SIZE;
            if (!rule_matches(cursor, rule))
                continue;
            *ret = (struct image_hit){{number, NULL}, get32(rule + RULE_SET), get32(rule + RULE_WEIGHT), false};
            return true;
        }
        if (!next_suffix(cursor))
            return next_regex(cursor, ret);
    }
}

void
image_find_names(const struct image *image, const struct host *const *hosts, size_t count, struct image_cursor *ret)
{
    for (size_t i = 0; i < count; i++) {
        if (hosts[i] != NULL)
            image_find_name(image, hosts[i], &ret[i]);
    }
}

bool
image_is_large(const struct image *image)
{
    return image->size > IMAGE_LARGE;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * image_find.c - name lookups in an open image. Part of image_find.h.
 *
 * Every rule is filed under the name to the right of its last `*` (an exact rule under its whole name), in a hash table
 * of such names. One pass over the name asked for, from its end, gives the hashes of all its suffixes. Only suffixes
 * with a number of labels that occurs are looked up, so the cost depends on the labels of the name and not on the
 * number of rules.
 *
 *     autodiscover.contoso.onmicrosoft.com     EXACT here
 *                  contoso.onmicrosoft.com     UNDER, GLOB
 *                          onmicrosoft.com     UNDER, GLOB: autodiscover.*.onmicrosoft.com
 *                                      com
 *                                              (the empty name) GLOB: *, foo.*
 *
 * A bucket is one cache line: a tag and a length for each of its names. A missing name is therefore usually recognized
 * after one cache line. If a tag matches, the name is compared with its bytes in the pool.
 *
 * Addresses are looked up in image_addr.c.
 *
 * Trust. Every number is checked against its section before it is used, and every walk is bounded: by the suffixes of
 * the name, by `spill` buckets after the first, and by the records between two numbers inside a section.
 */
#include "image_find.h"
#include "image_handle.h"
#include "image_hash.h"
#include "name/pattern.h"
#include "name/precedence.h"

#include <string.h>

#define IMAGE_LARGE ((size_t)512 << 10) /* bytes: what a core keeps in its own cache */

static void
enter_rules(struct image_cursor *cursor, const unsigned char *bounds)
{
    cursor->rule = get32(bounds);
    cursor->rule_end = get32(bounds + 4);
    if (cursor->rule_end > cursor->image->rules)
        cursor->rule_end = cursor->image->rules;
}

/* Compares `len` bytes. Most names have 8 to 32 bytes, which is two or four loads from each side. */
static inline bool
is_same(const unsigned char *a, const char *name, size_t len)
{
    const unsigned char *b = (const unsigned char *)name;
    if (len > 32)
        return memcmp(a, b, len) == 0;
    if (len >= 16)
        return ((get64(a) ^ get64(b)) | (get64(a + 8) ^ get64(b + 8)) | (get64(a + len - 16) ^ get64(b + len - 16)) |
                (get64(a + len - 8) ^ get64(b + len - 8))) == 0;
    if (len >= 8)
        return ((get64(a) ^ get64(b)) | (get64(a + len - 8) ^ get64(b + len - 8))) == 0;
    for (size_t i = 0; i < len; i++) {
        if (a[i] != b[i])
            return false;
    }
    return true;
}

/* True if the record of a slot is for this name. *ret_node is set to the node of the name, or to NULL if it has
 * none. */
static bool
holds_name(const struct image *image, const struct image_cell *cell, const char *name, size_t len,
           const unsigned char **ret_node)
{
    if (cell->record[0] != CLASS_NODE) {
        *ret_node = NULL;
        return cell->size == len + 1 && is_same(cell->record + 1, name, len);
    }
    if (cell->size != NODE_RECORD)
        return false;
    *ret_node = image_record(image, SECTION_NODES, get32(cell->record + 1), NODE_SIZE);
    if (*ret_node == NULL)
        return false;
    struct image_text text = image_slice(image, get32(*ret_node + NODE_NAME), get32(*ret_node + NODE_NAME + 4));
    return text.len == len && is_same((const unsigned char *)text.text, name, len);
}

/* Looks up one name in the index. */
static bool
find_cell(const struct image *image, const char *name, size_t len, uint64_t place, struct image_cell *ret,
          const unsigned char **ret_node)
{
    const struct part *buckets = &image->part[SECTION_BUCKETS];
    uint64_t first = place >> 32, count = buckets->size / BUCKET_SIZE;
    for (uint64_t at = first; at < count && at - first <= image->spill; at++) {
        const unsigned char *bucket = buckets->bytes + at * BUCKET_SIZE;
        for (uint32_t slots = bucket_slots(bucket, (uint16_t)place); slots != 0; slots &= slots - 1) {
            unsigned slot = (unsigned)__builtin_ctz(slots);
            if (image_cell(image, at, slot, ret) && holds_name(image, ret, name, len, ret_node))
                return true;
        }
        if ((get32(bucket) & BUCKET_SPILLS) == 0)
            return false;
    }
    return false;
}

static inline bool
is_wanted(const struct image *image, unsigned labels)
{
    return (image->labels >> label_bit(labels) & 1) != 0;
}

static inline void
add_suffix(struct image_cursor *cursor, size_t start, uint64_t hash)
{
    const struct image *image = cursor->image;
    if (!image_may_have(image, hash))
        return;
    uint32_t bucket = hash_bucket(hash, image->buckets);
    __builtin_prefetch(image->part[SECTION_BUCKETS].bytes + (uint64_t)bucket * BUCKET_SIZE);
    cursor->places[cursor->suffixes++] = (uint64_t)bucket << 32 | start << 16 | hash_tag(hash);
}

/* Sets the top bit of each byte that is a dot. Exact for names: the trick only fails for a byte that differs from a dot
 * in its lowest bit alone, and names have no such byte. */
static uint64_t
find_dots(uint64_t word)
{
    const uint64_t ones = 0x0101010101010101u;
    uint64_t differing = word ^ '.' * ones;
    return (differing - ones) & ~differing & ones << 7;
}

/* Adds the suffixes that begin inside a word, which ends `end` bytes into the name. Returns the number of labels so
 * far. */
static inline unsigned
add_word(struct image_cursor *cursor, size_t end, uint64_t state, uint64_t word, unsigned labels)
{
    const struct image *image = cursor->image;
    for (uint64_t dots = find_dots(word); dots != 0;) {
        unsigned bit = 63 - (unsigned)__builtin_clzll(dots); /* the top bit of the last dot */
        size_t start = end - 7 + bit / 8;
        dots ^= (uint64_t)1 << bit;
        if (is_wanted(image, ++labels))
            add_suffix(cursor, start, hash_end(state, word & ~(UINT64_MAX >> (63 - bit)), cursor->host->len - start));
    }
    return labels;
}

void
image_find_name(const struct image *image, const struct host *host, struct image_cursor *ret)
{
    ret->image = image;
    ret->host = host;
    ret->addr = NULL;
    ret->rule = ret->rule_end = ret->node = ret->regex = ret->steps = 0;
    ret->suffixes = 0;
    ret->asked = 0;
    ret->whole = false;
    const unsigned char *text = (const unsigned char *)host->text;
    uint64_t state = image->seed;
    unsigned labels = 0;
    size_t at = host->len;
    if (is_wanted(image, 0))
        add_suffix(ret, at, hash_end(state, 0, 0));
    for (; at >= 8; at -= 8) {
        uint64_t word = get64(text + at - 8);
        labels = add_word(ret, at, state, word, labels);
        state = hash_word(state, word);
    }
    uint64_t front = at > 0 ? get64(text) << 8 * (8 - at) : 0;
    labels = add_word(ret, at, state, front, labels);
    if (is_wanted(image, labels + 1))
        add_suffix(ret, 0, hash_end(state, front, host->len));
}

static bool
rule_matches(const struct image_cursor *cursor, const unsigned char *rule)
{
    switch (get16(rule + RULE_KIND)) {
    case PATTERN_EXACT: return cursor->whole;
    case PATTERN_UNDER: return !cursor->whole;
    case PATTERN_GLOB: {
        struct image_text text = image_slice(cursor->image, get32(rule + RULE_TEXT), get16(rule + RULE_LENGTH));
        return text.len <= PATTERN_MAX &&
               pattern_match_glob(text.text, text.len, cursor->host->text, cursor->host->len);
    }
    default: return false;
    }
}

/* Tries a regex; `limit` is set in the hit if it did not finish. */
static bool
regex_rule(const struct image_cursor *cursor, uint32_t regex, struct image_hit *ret)
{
    const struct image *image = cursor->image;
    if (cursor->host == NULL || regex >= image->regex_count)
        return false;
    enum regex_answer answer = regex_match(image->regexes[regex], cursor->host->text, cursor->host->len);
    const unsigned char *rule = image_record(image, SECTION_RULES, image->regex_rules[regex], RULE_SIZE);
    if (answer == REGEX_NO || rule == NULL)
        return false;
    *ret = (struct image_hit){{image->regex_rules[regex], NULL}, get32(rule + RULE_SET), 0, answer == REGEX_LIMIT};
    return true;
}

/* Finds the next matching rule of the current node. */
static bool
next_rule(struct image_cursor *cursor, struct image_hit *ret)
{
    while (cursor->rule < cursor->rule_end) {
        uint32_t number = cursor->rule++;
        const unsigned char *rule = cursor->image->part[SECTION_RULES].bytes + (size_t)number * RULE_SIZE;
        if (get16(rule + RULE_KIND) == PATTERN_REGEX) {
            if (regex_rule(cursor, get32(rule + RULE_WEIGHT), ret))
                return true;
            continue;
        }
        if (!rule_matches(cursor, rule))
            continue;
        *ret = (struct image_hit){{number, cursor->addr}, get32(rule + RULE_SET), get32(rule + RULE_WEIGHT), false};
        return true;
    }
    return false;
}

/* Matches the single rule of a name that has no node. */
static bool
class_rule(const struct image_cursor *cursor, const struct image_cell *cell, size_t len, struct image_hit *ret)
{
    const unsigned char *class = image_record(cursor->image, SECTION_CLASSES, cell->record[0], CLASS_SIZE);
    if (class == NULL)
        return false;
    uint32_t kind = get32(class + CLASS_KIND);
    if (cursor->whole ? kind == PATTERN_UNDER : kind == PATTERN_EXACT)
        return false;
    uint32_t weight = cursor->whole ? weight_exact(len) : weight_wildcard(len + 1);
    *ret = (struct image_hit){{cell->number, NULL}, get32(class + CLASS_SET), weight, false};
    return true;
}

/* Looks up the shortest suffix not looked up yet. True with a match. Otherwise the rules of its node, if any, come
 * next. */
static bool
next_suffix(struct image_cursor *cursor, struct image_hit *ret)
{
    unsigned at = cursor->asked++;
    size_t start = cursor->places[at] >> 16 & 0xffff, len = cursor->host->len - start;
    struct image_cell cell;
    const unsigned char *node;
    cursor->whole = start == 0;
    if (!find_cell(cursor->image, cursor->host->text + start, len, cursor->places[at], &cell, &node))
        return false;
    if (node == NULL)
        return class_rule(cursor, &cell, len, ret);
    enter_rules(cursor, node + NODE_FIRST);
    return false;
}

static bool
next_regex(struct image_cursor *cursor, struct image_hit *ret)
{
    while (cursor->regex < cursor->image->loose && cursor->regex < cursor->image->regex_count) {
        if (regex_rule(cursor, cursor->regex++, ret))
            return true;
    }
    return false;
}

/* Not inlined, so that lookups of addresses do not pay for the registers it saves. */
__attribute__((noinline)) static bool
next_name(struct image_cursor *cursor, struct image_hit *ret)
{
    for (;;) {
        if (next_rule(cursor, ret))
            return true;
        if (cursor->suffixes == cursor->asked)
            return next_regex(cursor, ret);
        if (next_suffix(cursor, ret))
            return true;
    }
}

bool
image_next(struct image_cursor *cursor, struct image_hit *ret)
{
    return cursor->addr != NULL ? image_next_addr(cursor, ret) : next_name(cursor, ret);
}

/* Drops the suffixes whose tag is in no slot, and prefetches the names of the others. */
static void
touch_names(struct image_cursor *cursor)
{
    const struct image *image = cursor->image;
    const struct part *buckets = &image->part[SECTION_BUCKETS];
    unsigned kept = 0;
    for (unsigned i = 0; i < cursor->suffixes; i++) {
        uint64_t place = cursor->places[i], at = place >> 32;
        if (at >= buckets->size / BUCKET_SIZE)
            continue;
        const unsigned char *bucket = buckets->bytes + at * BUCKET_SIZE;
        uint32_t slots = bucket_slots(bucket, (uint16_t)place);
        struct image_cell cell;
        if (slots == 0 && (get32(bucket) & BUCKET_SPILLS) == 0)
            continue;
        if (slots != 0 && image_cell(image, at, (unsigned)__builtin_ctz(slots), &cell))
            __builtin_prefetch(cell.record);
        else if (slots == 0)
            __builtin_prefetch(bucket + BUCKET_SIZE);
        cursor->places[kept++] = place;
    }
    cursor->suffixes = (uint16_t)kept;
}

void
image_find_names(const struct image *image, const struct host *const *hosts, size_t count, struct image_cursor *ret)
{
    for (size_t i = 0; i < count; i++) {
        if (hosts[i] != NULL)
            image_find_name(image, hosts[i], &ret[i]);
    }
    for (size_t i = 0; i < count; i++) {
        if (hosts[i] != NULL)
            touch_names(&ret[i]);
    }
}

bool
image_is_large(const struct image *image)
{
    return image->size > IMAGE_LARGE;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* image_check.c - the whole-file check for publishers and `m365ctl check`. Part of image.h; the trees of addresses are
 * checked in image_check_addr.c. */
#include "err.h"
#include "image_handle.h"
#include "image_hash.h"
#include "pattern.h"

uint64_t
image_checksum(const unsigned char *bytes, size_t len)
{
    uint64_t sum = 0x243f6a8885a308d3u ^ len;
    size_t at = 0;
    for (; len - at >= 8; at += 8) {
        sum = (sum ^ get64(bytes + at)) * 0x9e3779b97f4a7c15u;
        sum ^= sum >> 31;
    }
    for (; at < len; at++) {
        sum = (sum ^ bytes[at]) * 0x9e3779b97f4a7c15u;
        sum ^= sum >> 31;
    }
    return sum;
}

static int
check_rules(const struct image *image, const unsigned char *bounds, const char *what, uint64_t index, struct err *err)
{
    uint32_t first = get32(bounds), end = get32(bounds + 4);
    if (first >= end || end > image->part[SECTION_RULES].size / RULE_SIZE)
        return err_set(err, ERR_CORRUPT, "%s %llu has no rules", what, (unsigned long long)index);
    return 0;
}

static int
check_classes(const struct image *image, struct err *err)
{
    const unsigned char *class;
    for (uint64_t i = 0; (class = image_record(image, SECTION_CLASSES, i, CLASS_SIZE)) != NULL; i++) {
        if (get32(class + CLASS_KIND) > PATTERN_DOT ||
            image_record(image, SECTION_SETS, get32(class + CLASS_SET), SET_SIZE) == NULL)
            return err_set(err, ERR_CORRUPT, "class %llu has an invalid kind or set", (unsigned long long)i);
    }
    return 0;
}

/* The name of a record of the pool; empty if it has none. */
static struct image_text
cell_name(const struct image *image, const struct image_cell *cell)
{
    const unsigned char *node = NULL;
    if (cell->record[0] != CLASS_NODE)
        return (struct image_text){(const char *)cell->record + 1, cell->size - 1};
    if (cell->size == NODE_RECORD)
        node = image_record(image, SECTION_NODES, get32(cell->record + 1), NODE_SIZE);
    return node == NULL ? (struct image_text){"", 0}
                        : image_slice(image, get32(node + NODE_NAME), get32(node + NODE_NAME + 4));
}

static unsigned
count_labels(struct image_text name)
{
    unsigned labels = name.len > 0;
    for (size_t i = 0; i < name.len; i++)
        labels += name.text[i] == '.';
    return labels;
}

/* A name that no lookup would find counts as damage: it must be where its hash says, or after buckets that spill. */
static bool
is_found(const struct image *image, uint64_t bucket, unsigned slot, struct image_text name)
{
    uint64_t hash = hash_name(image->seed, name.text, name.len), home = hash_bucket(hash, image->buckets);
    const unsigned char *buckets = image->part[SECTION_BUCKETS].bytes;
    if (home > bucket || bucket - home > image->spill ||
        get16(buckets + bucket * BUCKET_SIZE + BUCKET_TAGS + (size_t)2 * slot) != hash_tag(hash))
        return false;
    for (uint64_t at = home; at < bucket; at++) {
        if ((get32(buckets + at * BUCKET_SIZE) & BUCKET_SPILLS) == 0)
            return false;
    }
    return (image->labels >> label_bit(count_labels(name)) & 1) != 0;
}

static int
check_buckets(const struct image *image, struct err *err)
{
    uint64_t count = image->part[SECTION_BUCKETS].size / BUCKET_SIZE;
    for (uint64_t bucket = 0; bucket < count; bucket++) {
        const unsigned char *sizes = image->part[SECTION_BUCKETS].bytes + bucket * BUCKET_SIZE + BUCKET_SIZES;
        for (unsigned slot = 0; slot < BUCKET_SLOTS && sizes[slot] != 0; slot++) {
            struct image_cell cell;
            if (!image_cell(image, bucket, slot, &cell))
                return err_set(err, ERR_CORRUPT, "a name of bucket %llu is out of bounds", (unsigned long long)bucket);
            if (cell.record[0] != CLASS_NODE &&
                image_record(image, SECTION_CLASSES, cell.record[0], CLASS_SIZE) == NULL)
                return err_set(err, ERR_CORRUPT, "a name of bucket %llu has no class", (unsigned long long)bucket);
            struct image_text name = cell_name(image, &cell);
            if (name.len > HOST_MAX || !is_found(image, bucket, slot, name))
                return err_set(err, ERR_CORRUPT, "a name of bucket %llu cannot be found", (unsigned long long)bucket);
        }
    }
    return 0;
}

static int
check_nodes(const struct image *image, struct err *err)
{
    const unsigned char *node;
    for (uint64_t i = 0; (node = image_record(image, SECTION_NODES, i, NODE_SIZE)) != NULL; i++) {
        if (check_rules(image, node + NODE_FIRST, "node", i, err) != 0)
            return -1;
        uint32_t len = get32(node + NODE_NAME + 4);
        if (len > HOST_MAX || image_slice(image, get32(node + NODE_NAME), len).len != len)
            return err_set(err, ERR_CORRUPT, "node %llu has no name", (unsigned long long)i);
    }
    return 0;
}

static bool
is_regex(const struct image *image, uint32_t regex, uint64_t rule)
{
    const unsigned char *entry = image_record(image, SECTION_REGEXES, regex, 4);
    return entry != NULL && get32(entry) == rule;
}

static int
check_rule_records(const struct image *image, struct err *err)
{
    const unsigned char *rule;
    for (uint64_t i = 0; (rule = image_record(image, SECTION_RULES, i, RULE_SIZE)) != NULL; i++) {
        uint32_t kind = get16(rule + RULE_KIND);
        uint16_t len = get16(rule + RULE_LENGTH);
        bool text_ok =
            kind == PATTERN_PREFIX || (len > 0 && image_slice(image, get32(rule + RULE_TEXT), len).len == len);
        if (kind > PATTERN_PREFIX || kind == PATTERN_DOT || !text_ok)
            return err_set(err, ERR_CORRUPT, "rule %llu has an invalid kind or text", (unsigned long long)i);
        if (kind == PATTERN_REGEX && !is_regex(image, get32(rule + RULE_WEIGHT), i))
            return err_set(err, ERR_CORRUPT, "rule %llu is not in the list of regexes", (unsigned long long)i);
        if (image_record(image, SECTION_SETS, get32(rule + RULE_SET), SET_SIZE) == NULL)
            return err_set(err, ERR_CORRUPT, "rule %llu names a set that does not exist", (unsigned long long)i);
    }
    return 0;
}

int
image_verify(const struct image *image, struct err *err)
{
    uint64_t sum = image_checksum(image->base + HEADER_SEED, image->size - HEADER_SEED);
    if (sum != get64(image->base + HEADER_CHECKSUM))
        return err_set(err, ERR_CORRUPT, "the checksum does not match: the file is damaged");
    static int (*const checks[])(const struct image *, struct err *) = {check_classes, check_nodes, check_buckets,
                                                                        check_rule_records, image_check_addrs};
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        if (checks[i](image, err) != 0)
            return -1;
    }
    return 0;
}

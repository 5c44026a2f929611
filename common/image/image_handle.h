/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * image_handle.h - an open image as the image*.c files see it. Private to them.
 *
 * Where it sits: room image.
 */
#ifndef COMMON_IMAGE_HANDLE_H
#define COMMON_IMAGE_HANDLE_H

#include "base/buf.h"
#include "image.h"
#include "image_bucket.h"
#include "image_format.h"

struct arena;
struct err;
struct image_cursor;
struct image_hit;
struct regex;

#define FILTER_WORDS 256 /* 64-bit words: enough for hundreds of names */

struct part {
    const unsigned char *bytes;
    uint64_t size;
};

struct image {
    const unsigned char *base;
    size_t size;
    bool mapped;
    const volatile unsigned char *mark; /* the last non-zero byte, or one near the end of the file */
    unsigned char mark_value;
    uint64_t serial;
    uint32_t generation; /* 0: none */
    struct buf owned;    /* the bytes, if the image took them over */
    struct arena *arena;
    struct part part[SECTION_COUNT];
    struct image_info info; /* read when the image was opened */
    uint64_t seed;
    uint32_t buckets; /* that a hash may select */
    uint32_t spill;   /* how many more to search */
    uint32_t rules;   /* number of records; higher rule numbers are names of the index that have a rule of their own */
    uint64_t labels;
    uint64_t filter[FILTER_WORDS]; /* which tags occur; all ones for a large index */
    struct regex **regexes;
    uint32_t *regex_rules;
    uint32_t regex_count;
    uint32_t loose; /* regexes tried on every name */
};

/* image_next() for addresses. */
bool image_next_addr(struct image_cursor *cursor, struct image_hit *ret);

/* image_verify() for the trees of addresses and the rules of prefixes. */
int image_check_addrs(const struct image *image, struct err *err);

/* Record `index` of a section of records, or NULL after its end. */
static inline const unsigned char *
image_record(const struct image *image, enum section section, uint64_t index, size_t size)
{
    const struct part *part = &image->part[section];
    return index < part->size / size ? part->bytes + index * size : NULL;
}

/* A slice of the text section; empty if it would be out of bounds. */
static inline struct image_text
image_slice(const struct image *image, uint32_t offset, uint32_t len)
{
    const struct part *part = &image->part[SECTION_TEXT];
    if (offset > part->size || len > part->size - offset)
        return (struct image_text){"", 0};
    return (struct image_text){(const char *)part->bytes + offset, len};
}

/* False if it is certain that no name has this hash. */
static inline bool
image_may_have(const struct image *image, uint64_t hash)
{
    return (image->filter[hash / 64 % FILTER_WORDS] >> hash % 64 & 1) != 0;
}

/* A name in the pool. */
struct image_cell {
    const unsigned char *record; /* class, name */
    uint32_t size;
    uint32_t number; /* number of its rule, if it has no node */
};

/* Reads the name in a slot of an existing bucket. False if the slot is empty or the name is not wholly inside the
 * pool. */
static inline bool
image_cell(const struct image *image, uint64_t bucket, unsigned slot, struct image_cell *ret)
{
    const struct part *pool = &image->part[SECTION_POOL];
    const unsigned char *line = image->part[SECTION_BUCKETS].bytes + bucket * BUCKET_SIZE;
    uint64_t at = (uint64_t)(get32(line) & ~BUCKET_SPILLS) * POOL_UNIT + bucket_before(line, slot);
    ret->size = line[BUCKET_SIZES + slot];
    if (ret->size == 0 || at > pool->size || ret->size > pool->size - at)
        return false;
    ret->record = pool->bytes + at;
    ret->number = (uint32_t)(image->rules + bucket * BUCKET_SLOTS + slot);
    return true;
}

#endif

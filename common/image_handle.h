/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * image_handle.h - an open image as the image*.c files see it. Private to them.
 */
#ifndef COMMON_IMAGE_HANDLE_H
#define COMMON_IMAGE_HANDLE_H

#include "buf.h"
#include "image.h"
#include "image_format.h"

struct arena;
struct err;
struct image_cursor;
struct image_hit;
struct regex;

struct part {
    const unsigned char *bytes;
    uint64_t size;
};

struct image {
    const unsigned char *base;
    size_t size;
    bool mapped;
    struct buf owned; /* the bytes, if they were handed over */
    struct arena *arena;
    struct part part[SECTION_COUNT];
    uint64_t seed;
    uint32_t options;
    uint32_t probes;
    struct regex **regexes;
    uint32_t *regex_rules;
    uint32_t regex_count;
};

/* image_next() for an address. */
bool image_next_addr(struct image_cursor *cursor, struct image_hit *ret);

/* image_verify() for the trees of addresses and the rules of prefixes. */
int image_check_addrs(const struct image *image, struct err *err);

/* Record `index` of a section of records, or NULL beyond its end. */
static inline const unsigned char *
image_record(const struct image *image, enum section section, uint64_t index, size_t size)
{
    const struct part *part = &image->part[section];
    return index < part->size / size ? part->bytes + index * size : NULL;
}

/* Bytes of the text section; empty if they would lie outside. */
static inline struct image_text
image_slice(const struct image *image, uint32_t offset, uint32_t len)
{
    const struct part *part = &image->part[SECTION_TEXT];
    if (offset > part->size || len > part->size - offset)
        return (struct image_text){"", 0};
    return (struct image_text){(const char *)part->bytes + offset, len};
}

#endif

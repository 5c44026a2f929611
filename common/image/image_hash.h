/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * image_hash.h - the hash of a name in the index of an image, and the hashes of all its suffixes in one pass. Private
 * to image*.c and compile*.c; m365-image(5) describes it.
 *
 * Where it sits: room image. A name is read from its end in words of eight bytes; what is left at the front goes into
 * the upper bytes of a last word. A suffix that begins inside a word shares the state of the words after it:
 *
 *     autodis cover.ou tlook.co            outlook.co: state(tlook.co), part "ou"
 *                                                  co: state(), part "co"
 *
 * Names contain no NUL, so part and length tell any two names apart before they are mixed.
 */
#ifndef COMMON_IMAGE_HASH_H
#define COMMON_IMAGE_HASH_H

#include <stddef.h>

#include "image_format.h"

static inline uint64_t
hash_word(uint64_t state, uint64_t word)
{
    state = (state ^ word) * 0x9e3779b97f4a7c15u;
    return state ^ state >> 32;
}

/* Combines both halves of the product, so that every bit of both factors affects the lower bits too. */
static inline uint64_t
hash_fold(uint64_t a, uint64_t b)
{
#if defined __SIZEOF_INT128__ && !defined M365_PLAIN
    __extension__ typedef unsigned __int128 wide;
    wide product = (wide)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
#else
    uint64_t low = (a & UINT32_MAX) * (b & UINT32_MAX), high = (a >> 32) * (b >> 32);
    uint64_t middle = (a >> 32) * (b & UINT32_MAX) + (low >> 32);
    uint64_t other = (a & UINT32_MAX) * (b >> 32) + (middle & UINT32_MAX);
    return a * b ^ (high + (middle >> 32) + (other >> 32));
#endif
}

static inline uint64_t
hash_end(uint64_t state, uint64_t part, size_t len)
{
    return hash_fold(state ^ part, 0xd6e8feb86659fd93u + 2 * len);
}

/* The first `len` bytes (at most 8) in the upper bytes of a word. Reads no other bytes. */
static inline uint64_t
hash_part(const char *text, size_t len)
{
    uint64_t part = 0;
    for (size_t i = 0; i < len; i++)
        part = part >> 8 | (uint64_t)(unsigned char)text[i] << 56;
    return part;
}

/* The hash of one whole name. */
static inline uint64_t
hash_name(uint64_t seed, const char *text, size_t len)
{
    uint64_t state = seed;
    size_t at = len;
    for (; at >= 8; at -= 8)
        state = hash_word(state, get64((const unsigned char *)text + at - 8));
    return hash_end(state, hash_part(text, at), len);
}

/* The bucket for a hash. It uses other bits than the tag. */
static inline uint32_t
hash_bucket(uint64_t hash, uint32_t buckets)
{
    return (uint32_t)((hash >> 32) * buckets >> 32);
}

static inline uint16_t
hash_tag(uint64_t hash)
{
    return (uint16_t)hash;
}

/* The bit in HEADER_LABELS for a number of labels. */
static inline unsigned
label_bit(unsigned labels)
{
    return labels < 63 ? labels : 63;
}

#endif

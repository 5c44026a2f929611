/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * image_bucket.h - one bucket of the index: which slots may hold a name, and where its bytes begin. Private to
 * image*.c; m365-image(5) describes the bucket.
 *
 * Where it sits: room image. Each function exists twice: for SSE2, which every x86-64 processor has, and in plain C.
 * M365_PLAIN selects plain C for tests.
 */
#ifndef COMMON_IMAGE_BUCKET_H
#define COMMON_IMAGE_BUCKET_H

#include "image_format.h"

#if defined __SSE2__ && !defined M365_PLAIN

#include <emmintrin.h>

/* A bit for each slot whose tag matches. */
static inline uint32_t
bucket_slots(const unsigned char *bucket, uint16_t tag)
{
    const unsigned char *tags = bucket + BUCKET_TAGS;
    __m128i wanted = _mm_set1_epi16((short)tag);
    __m128i a = _mm_cmpeq_epi16(_mm_loadu_si128((const __m128i *)(const void *)tags), wanted);
    __m128i b = _mm_cmpeq_epi16(_mm_loadu_si128((const __m128i *)(const void *)(tags + 16)), wanted);
    __m128i c = _mm_cmpeq_epi16(_mm_loadl_epi64((const __m128i *)(const void *)(tags + 32)), wanted);
    uint32_t low = (uint32_t)_mm_movemask_epi8(_mm_packs_epi16(a, b));
    return low | ((uint32_t)_mm_movemask_epi8(_mm_packs_epi16(c, c)) & 0xf) << 16;
}

/* The number of bytes that the first `slot` names take in the pool. */
static inline uint32_t
bucket_before(const unsigned char *bucket, unsigned slot)
{
    static const unsigned char ones_and_zeros[32] = {255, 255, 255, 255, 255, 255, 255, 255,
                                                     255, 255, 255, 255, 255, 255, 255, 255};
    const unsigned char *sizes = bucket + BUCKET_SIZES;
    unsigned first = slot < 16 ? slot : 16;
    __m128i chosen = _mm_loadu_si128((const __m128i *)(const void *)(ones_and_zeros + 16 - first));
    __m128i sums =
        _mm_sad_epu8(_mm_and_si128(_mm_loadu_si128((const __m128i *)(const void *)sizes), chosen), _mm_setzero_si128());
    uint32_t sum = (uint32_t)_mm_cvtsi128_si32(sums) + (uint32_t)_mm_cvtsi128_si32(_mm_srli_si128(sums, 8));
    for (unsigned i = 16; i < slot; i++)
        sum += sizes[i];
    return sum;
}

#else

static inline uint32_t
bucket_slots(const unsigned char *bucket, uint16_t tag)
{
    uint32_t slots = 0;
    for (unsigned i = 0; i < BUCKET_SLOTS; i++)
        slots |= (uint32_t)(get16(bucket + BUCKET_TAGS + (size_t)2 * i) == tag) << i;
    return slots;
}

static inline uint32_t
bucket_before(const unsigned char *bucket, unsigned slot)
{
    uint32_t sum = 0;
    for (unsigned i = 0; i < slot; i++)
        sum += bucket[BUCKET_SIZES + i];
    return sum;
}

#endif

#endif

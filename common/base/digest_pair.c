// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * digest_pair.c - SHA-256 (FIPS 180-4) of two contents. Part of digest.h.
 *
 *     bytes --> blocks of 64, the last ones padded --> eight words --> hex
 */
#include <string.h>

#include "digest.h"

#define BLOCK 64
#define LENGTH_AT 56 /* where the length in bits begins in the last block */

/* The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
static const uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

struct sum {
    uint32_t words[8];
    unsigned char block[BLOCK]; /* not full yet */
    uint64_t len;               /* bytes so far */
};

static uint32_t
turn(uint32_t word, unsigned by)
{
    return word >> by | word << (32 - by);
}

static void
expand(uint32_t ret[64], const unsigned char *block)
{
    for (size_t i = 0; i < 16; i++, block += 4)
        ret[i] = (uint32_t)block[0] << 24 | (uint32_t)block[1] << 16 | (uint32_t)block[2] << 8 | block[3];
    for (size_t i = 16; i < 64; i++) {
        uint32_t s0 = turn(ret[i - 15], 7) ^ turn(ret[i - 15], 18) ^ ret[i - 15] >> 3;
        uint32_t s1 = turn(ret[i - 2], 17) ^ turn(ret[i - 2], 19) ^ ret[i - 2] >> 10;
        ret[i] = ret[i - 16] + s0 + ret[i - 7] + s1;
    }
}

static void
take_block(struct sum *sum, const unsigned char *block)
{
    uint32_t w[64], *v = sum->words;
    uint32_t a = v[0], b = v[1], c = v[2], d = v[3], e = v[4], f = v[5], g = v[6], h = v[7];
    expand(w, block);
    for (size_t i = 0; i < 64; i++) {
        uint32_t one = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + round_constants[i] + w[i];
        uint32_t two = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
        h = g, g = f, f = e, e = d + one;
        d = c, c = b, b = a, a = one + two;
    }
    v[0] += a, v[1] += b, v[2] += c, v[3] += d;
    v[4] += e, v[5] += f, v[6] += g, v[7] += h;
}

static void
take(struct sum *sum, const unsigned char *bytes, size_t len)
{
    size_t held = (size_t)(sum->len % BLOCK);
    sum->len += len;
    while (held + len >= BLOCK) {
        if (held > 0) {
            memcpy(sum->block + held, bytes, BLOCK - held);
            take_block(sum, sum->block);
        } else {
            take_block(sum, bytes);
        }
        bytes += BLOCK - held;
        len -= BLOCK - held;
        held = 0;
    }
    if (len > 0)
        memcpy(sum->block + held, bytes, len);
}

static void
finish(struct sum *sum)
{
    static const unsigned char padding[BLOCK] = {0x80};
    uint64_t bits = sum->len * 8;
    unsigned char length[8];
    size_t held = (size_t)(sum->len % BLOCK);
    take(sum, padding, (held < LENGTH_AT ? LENGTH_AT : LENGTH_AT + BLOCK) - held);
    for (size_t i = 0; i < sizeof length; i++)
        length[i] = (unsigned char)(bits >> 8 * (7 - i));
    take(sum, length, sizeof length);
}

void
digest_pair(char ret[DIGEST_TEXT_MAX], const void *first, size_t first_len, const void *second, size_t second_len)
{
    static const char digits[] = "0123456789abcdef";
    struct sum sum = {
        .words = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
    take(&sum, first, first_len);
    take(&sum, second, second_len);
    finish(&sum);
    for (size_t i = 0; i < DIGEST_TEXT_MAX - 1; i++)
        ret[i] = digits[sum.words[i / 8] >> 4 * (7 - i % 8) & 0xf];
    ret[DIGEST_TEXT_MAX - 1] = '\0';
}

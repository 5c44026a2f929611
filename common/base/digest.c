// SPDX-License-Identifier: GPL-2.0-or-later
/* digest.c - random identifiers. See digest.h. */
#include "digest.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

static_assert(sizeof(crypto_hash_sha256_state) <= DIGEST_STREAM, "the state fits");

static crypto_hash_sha256_state *
state_of(struct digest_stream *stream)
{
    return (crypto_hash_sha256_state *)(void *)stream->state;
}

void
digest_start(struct digest_stream *stream)
{
    crypto_hash_sha256_init(state_of(stream));
}

void
digest_add(struct digest_stream *stream, const void *bytes, size_t len)
{
    crypto_hash_sha256_update(state_of(stream), bytes, len);
}

void
digest_end(struct digest_stream *stream, char ret[DIGEST_TEXT_MAX])
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_final(state_of(stream), hash);
    sodium_bin2hex(ret, DIGEST_TEXT_MAX, hash, sizeof hash);
}

void
digest_new_guid(char ret[GUID_TEXT_MAX])
{
    unsigned char b[16];
    randombytes_buf(b, sizeof b); /* libsodium initializes its random source by itself; this cannot fail */
    b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
    snprintf(ret, GUID_TEXT_MAX, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
             b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
}

uint64_t
digest_short(const unsigned char *key, const void *bytes, size_t len)
{
    static_assert(DIGEST_SHORT_KEY == crypto_shorthash_siphash24_KEYBYTES, "SipHash-2-4");
    unsigned char out[crypto_shorthash_siphash24_BYTES];
    crypto_shorthash_siphash24(out, bytes, len, key);
    uint64_t ret = 0;
    for (size_t i = 0; i < sizeof out; i++) /* the same number on every machine */
        ret |= (uint64_t)out[i] << 8 * i;
    return ret;
}

void
digest_key(unsigned char ret[DIGEST_SHORT_KEY], const void *bytes, size_t len)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, bytes, len);
    memcpy(ret, hash, DIGEST_SHORT_KEY);
}

uint32_t
digest_random(uint32_t most)
{
    return randombytes_uniform(most);
}

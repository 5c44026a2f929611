/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * digest.h - SHA-256 of contents, and random identifiers.
 *
 * Where it sits: room base. Approvals and histories identify contents by digest. Helpers check sealed tables with it
 * (compile/sealed.h) and link no libsodium, so SHA-256 is written out in digest_pair.c. Random identifiers come from
 * libsodium; only m365ctl links it, and digest.c is the only file that includes it.
 */
#ifndef COMMON_DIGEST_H
#define COMMON_DIGEST_H

#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>

#define DIGEST_TEXT_MAX 65 /* 64 hex digits and a NUL */
#define DIGEST_STREAM 128  /* bytes */
#define GUID_TEXT_MAX 37   /* RFC 4122 text and a NUL */

/* Writes the SHA-256 (FIPS 180-4) of two contents, one followed by the other, as lower-case hex. Either may be empty.
 * Cost: one pass. */
void digest_pair(char ret[DIGEST_TEXT_MAX], const void *first, size_t first_len, const void *second, size_t second_len);

/* The SHA-256 of bytes that come one after the other. */
struct digest_stream {
    alignas(uint64_t) unsigned char state[DIGEST_STREAM];
};

/* Starts; adds bytes; writes the digest of all of them as lower-case hex. Cost: one pass. */
void digest_start(struct digest_stream *stream);
void digest_add(struct digest_stream *stream, const void *bytes, size_t len);
void digest_end(struct digest_stream *stream, char ret[DIGEST_TEXT_MAX]);

/* Writes a random version 4 UUID (RFC 4122) in lower case. */
void digest_new_guid(char ret[GUID_TEXT_MAX]);

#define DIGEST_SHORT_KEY 16 /* bytes */

/* SipHash-2-4 (Aumasson and Bernstein, 2012) of some bytes under a key of DIGEST_SHORT_KEY bytes: who does not know the
 * key cannot tell what they were. Cost: one pass. */
uint64_t digest_short(const unsigned char *key, const void *bytes, size_t len);

/* Makes such a key of any bytes: the first 128 bits of their SHA-256. Cost: one pass. */
void digest_key(unsigned char ret[DIGEST_SHORT_KEY], const void *bytes, size_t len);

/* Returns a random number from 0 to most - 1 (most > 0), for jitter. */
uint32_t digest_random(uint32_t most);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host.h - host names: the only entrance for a name.
 *
 * Where it sits: room name, above base. Requests, tables and the command line supply bytes; a name that has passed
 * host_parse() is lower case, has no trailing dot and consists of known bytes only. Patterns with `*` belong to
 * pattern.h, addresses to addr.h.
 *
 * Nothing is decoded: `%` is not a host byte. Squid passes names on as the client typed them, and a helper that decoded
 * them would answer for a name that the attacker chose.
 */
#ifndef COMMON_HOST_H
#define COMMON_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

#define HOST_MAX 253      /* bytes of a name without its trailing dot (RFC 1035, section 2.3.4) */
#define HOST_LABEL_MAX 63 /* bytes of a label */
#define HOST_LABELS_MAX 127

/* A canonical name. The NUL after it is for printing only; rely on the length. */
struct host {
    uint8_t len;
    char text[HOST_MAX + 1];
};

/* Maps a byte to its value in a canonical name (lower case), or to 0 if names cannot contain it. The dot maps to 0 as
 * well. */
extern const unsigned char host_byte[256];

/*
 * Reads a name of `len` bytes: letters of either case, digits, `-`, `_`, dots between labels, one optional trailing
 * dot. Anything else (an empty name or label, too long, any other byte) returns false and leaves *ret unchanged. Cost:
 * one pass.
 */
bool host_parse(struct host *ret, const char *text, size_t len);

#define HOST_BYTE_SHOWN 16

/* A byte for a sentence: `'!'`, or its number as in `the byte 0xE9` if it is a space or cannot be shown. */
void host_show_byte(char ret[HOST_BYTE_SHOWN], char byte);

/*
 * Converts a name or pattern that a person typed (UTF-8) to ASCII: labels with bytes above 0x7f go through libidn2 (UTS
 * 46, non-transitional), the others are copied unchanged. `ret` has room for `room` bytes including the NUL. Returns 0
 * and the length in *ret_len, or -1 with ERR_SYNTAX (not UTF-8, an invalid label) or ERR_LIMIT (too long); the content
 * of `ret` is then undefined. Not for helper lines: what Squid sends is ASCII already.
 */
int host_to_ascii(char *ret, size_t room, size_t *ret_len, const char *text, size_t len, struct err *err);

/* True if anybody may register names directly below this canonical name, because it is a public suffix (libpsl's
 * built-in list, both the ICANN and the private part; an unknown top-level domain counts). `name` is NUL-terminated. */
bool host_is_public_suffix(const char *name);

/* If a wildcard below this canonical name would match names that customers of a cloud choose, returns the suffix of
 * that cloud (such as blob.core.windows.net): the name is such a suffix, or lies above one. Otherwise NULL. Cost: a
 * binary search. */
const char *host_shared_cloud(const char *name);

#endif

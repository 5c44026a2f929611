/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host.h - host names: the one door through which a name enters.
 *
 * Where it sits: floor 3. Requests, tables and the command line bring bytes; from here on a name is lower case, without
 * a trailing dot, and made of known bytes only. Patterns with `*` belong to pattern.h, addresses to addr.h.
 *
 * Never decoded: a `%` is no host byte. Squid hands names on as the client typed them, and a helper that decodes them
 * answers for a name that an attacker chose.
 */
#ifndef COMMON_HOST_H
#define COMMON_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

#define HOST_MAX 253      /* bytes of a name without its trailing dot (RFC 1035, 2.3.4) */
#define HOST_LABEL_MAX 63 /* bytes of a label */
#define HOST_LABELS_MAX 127

/* A canonical name. Followed by a NUL, for printing; the length counts. */
struct host {
    uint8_t len;
    char text[HOST_MAX + 1];
};

/* The value of a byte in a canonical name (lower case), or 0 if no name has it. The dot is not in it. */
extern const unsigned char host_byte[256];

/*
 * Takes `len` bytes: letters of either case, digits, `-`, `_`, dots between labels, one trailing dot. Sets *ret and
 * returns true; false, leaving *ret alone, for anything else (empty name or label, too long, any other byte). Cost: one
 * pass.
 */
bool host_parse(struct host *ret, const char *text, size_t len);

/*
 * Turns a name or pattern typed by a person (UTF-8) into ASCII: labels with bytes above 0x7f through libidn2 (UTS 46,
 * non-transitional), the others copied as they are. `ret` has room for `room` bytes with the NUL. Returns 0 and the
 * length in *ret_len, or -1 with ERR_SYNTAX (not UTF-8, not a valid label) or ERR_LIMIT (too long); `ret` is then worth
 * nothing. Not for helper lines: what Squid
 * sends is ASCII already.
 */
int host_to_ascii(char *ret, size_t room, size_t *ret_len, const char *text, size_t len, struct err *err);

/* True if anybody may register names right below this canonical name: it is a public suffix (libpsl's built-in list,
 * ICANN and private part; an unknown top-level name counts). `name` ends with NUL. */
bool host_is_public_suffix(const char *name);

/* The suffix of a cloud whose customers choose the names below it (blob.core.windows.net), if a wildcard below this
 * canonical name would match some of them: the name is such a suffix, or lies above one. NULL if not. */
const char *host_shared_cloud(const char *name);

#endif

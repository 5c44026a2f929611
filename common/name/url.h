/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * url.h - what a person or Squid calls a destination: cut into host text and port text, or judged as a target.
 *
 * Where it sits: room name, above host.h, addr.h and ports.h, which judge the parts. Which rule a URL fits does not
 * belong here.
 */
#ifndef COMMON_URL_H
#define COMMON_URL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct authority {
    const char *host; /* points into the given text; includes the brackets of an IPv6 address */
    size_t host_len;
    const char *port; /* NULL if none was given */
    size_t port_len;
    uint16_t default_port; /* of the scheme (http 80, https 443, ws 80, wss 443, ftp 21), else 443 */
    bool has_scheme;
};

/*
 * Splits `host`, `host:port`, `address`, `[v6]:port` or `scheme://[user@]host[:port][/path]`. A bare IPv6 address is
 * all host. Never fails: any bytes give some host text. Nothing is decoded, and only the user part of a URL is skipped.
 * Cost: one pass.
 */
void url_split(struct authority *ret, const char *text, size_t len);

/* The port of http, https, ws, wss or ftp; 0 for any other scheme. */
uint16_t url_scheme_port(const char *scheme, size_t len);

/*
 * The same as url_split() for what a person pastes. What url_unwrap() cuts is skipped, and, also without a scheme, a
 * user part, a path and an empty port. A backslash is read as a slash, as browsers do. The scheme may be `hxxp` or
 * `hxxps`, and a well-known one may lack its colon or a slash. Not for requests: what Squid sends is never tidied up.
 */
void url_split_pasted(struct authority *ret, const char *text, size_t len);

/* Cuts what people paste around a text: blanks, commas and semicolons at its end, quotes of any language, `<>`, `()`.
 * Returns where the rest begins. Cost: one pass. */
const char *url_unwrap(const char *text, size_t *len);

/* True if the last label has no letter, or is a number like 0x7f: what no name has (RFC 3696, 2), so an address was
 * meant. False for nothing. */
bool url_is_number(const char *host, size_t len);

/* True for the bytes that a URL is made of (RFC 3986, 2) and for `%`. None of them has a meaning inside double quotes.
 */
bool url_is_byte(unsigned char byte);

/* True if a request may be sent there: an absolute http or https URL without user part, or, with `connect`, host:port.
 * Host and port are judged, what follows them is not. `text` ends with NUL. Cost: one pass. */
bool url_is_target(const char *text, size_t len, bool connect);

#endif

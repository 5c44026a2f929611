/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * url.h - splits a destination, as a person or Squid writes it, into host text and port text.
 *
 * Where it sits: room name, above addr. It only splits; host_parse() and addr_parse_token() judge the host.
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

#endif

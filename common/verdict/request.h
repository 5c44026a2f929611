/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * request.h - a question: a destination, perhaps an SNI, perhaps the original destination address, and a port.
 *
 * Where it sits: room verdict, above name. The helpers and m365ctl fill a request from untrusted bytes; verdict.h reads
 * it. Each identifier is parsed here, once; afterwards it is a canonical name, an address, or known to be bad.
 */
#ifndef COMMON_REQUEST_H
#define COMMON_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "name/addr.h"
#include "name/host.h"

enum given { GIVEN_NONE, GIVEN_NAME, GIVEN_ADDR, GIVEN_BAD };

struct identifier {
    enum given given;
    struct host name; /* valid if GIVEN_NAME */
    struct addr addr; /* valid if GIVEN_ADDR */
};

struct request {
    struct identifier dst; /* GIVEN_NONE counts as bad */
    struct identifier sni;
    struct identifier la;
    uint16_t port; /* 0 if it was not a port */
    bool line_ok;  /* false if the line itself was unusable; then nothing else counts */
};

/* Makes an empty request for port 443; only `line_ok` is set. */
void request_init(struct request *request);

/* Each parses one token; `-` and an empty token mean absent (port 443, otherwise as after request_init()). A name for
 * `la` is bad, and so is an address as SNI (RFC 6066, section 3). Nothing is decoded except the brackets of an IPv6
 * address. Never fail. */
void request_set_dst(struct request *request, const char *text, size_t len);
void request_set_sni(struct request *request, const char *text, size_t len);

/* Like request_set_sni(), for a token equal to the one that the destination was set from: it is not parsed again. */
void request_set_sni_same(struct request *request, const char *text, size_t len);
void request_set_la(struct request *request, const char *text, size_t len);
void request_set_port(struct request *request, const char *text, size_t len);

/* Sets dst and port from a destination as a person or Squid's url_rewrite writes it, see url_split(). */
void request_set_url(struct request *request, const char *text, size_t len);

/* The same for what a person pastes, see url_split_pasted(). */
void request_set_pasted(struct request *request, const char *text, size_t len);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * request.h - what is asked: a destination, perhaps an SNI, perhaps the original destination address, a port.
 *
 * Where it sits: floor 3. The helpers and m365ctl fill a request from untrusted bytes; verdict.h reads it. Each
 * identifier is judged here once; afterwards it is a canonical name, an address, or known to be bad.
 */
#ifndef COMMON_REQUEST_H
#define COMMON_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "host.h"

enum given { GIVEN_NONE, GIVEN_NAME, GIVEN_ADDR, GIVEN_BAD };

struct identifier {
    enum given given;
    struct host name; /* if GIVEN_NAME */
    struct addr addr; /* if GIVEN_ADDR */
};

struct request {
    struct identifier dst; /* GIVEN_NONE counts as bad */
    struct identifier sni;
    struct identifier la;
    uint16_t port; /* 0 if it was no port */
    bool line_ok;  /* false: the line itself was unusable; nothing else counts */
};

/* An empty request for port 443: only `line_ok` is set. */
void request_init(struct request *request);

/* Judge one token each; `-` and an empty token are "absent" (request_init()'s value; port 443). A name for `la` is bad;
 * an address for the SNI is bad (RFC 6066, 3). Nothing is decoded but the brackets of an IPv6 destination. Total. */
void request_set_dst(struct request *request, const char *text, size_t len);
void request_set_sni(struct request *request, const char *text, size_t len);

/* The same as request_set_sni() with the token that the destination was set from, without judging it twice. */
void request_set_sni_same(struct request *request, const char *text, size_t len);
void request_set_la(struct request *request, const char *text, size_t len);
void request_set_port(struct request *request, const char *text, size_t len);

/* A destination as a person or Squid's url_rewrite writes it: see url_split(). Sets dst and port. */
void request_set_url(struct request *request, const char *text, size_t len);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * situation.h - one request to a proxy, with what is around it: the client, the port, the user, the state of the
 * helper, and what names resolve to.
 *
 * Where it sits: room course, above name. course.h says what Squid does with it.
 */
#ifndef COMMON_SITUATION_H
#define COMMON_SITUATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "name/addr.h"

struct arena;
struct err;
struct hosts;

#define COURSE_HEADERS_MAX 32

enum situation_kind { SITUATION_CONNECT, SITUATION_URL, SITUATION_INTERCEPT };
/* BUSY: its queue is full, or it dies, just while ssl_bump asks; http_access gets its answers. */
enum helper_state { HELPER_ANSWERS, HELPER_DEAD, HELPER_FULL, HELPER_BUSY };

struct header {
    const char *name, *value;
};

struct situation {
    const char *text; /* as it was asked */
    enum situation_kind kind;
    const char *method; /* CONNECT, GET ... */
    const char *scheme; /* of a URL, in lower case */
    const char *host;   /* in lower case, without brackets and trailing dot */
    bool is_addr;       /* the host is an address: */
    struct addr addr;
    uint16_t port;
    const char *path; /* of a URL, with its query */
    const char *sni;  /* NULL: none */
    bool has_from;
    struct addr from;
    bool has_via;
    struct addr via;      /* where a proxy in front connects from, which says `from` in the PROXY protocol */
    const char *user;     /* NULL: no password is sent */
    bool wrong;           /* the password is wrong */
    bool grouped;         /* set by the caller: of the groups that other helpers know, the user is in this one only */
    const char *group;    /* the name of its ACL; NULL: in none */
    const char *listener; /* NULL: the one that fits */
    struct header headers[COURSE_HEADERS_MAX];
    size_t header_count;
    bool tls12;
    enum helper_state helper;
};

/*
 * Reads a REQUEST: `CONNECT HOST:PORT`, `METHOD URL` or `INTERCEPT ADDRESS:PORT`, then words in any order:
 * `sni= from= via= user= password=wrong port= agent= header= tls= helper=`. A value with blanks is in double quotes.
 * What it points to lives in the arena. -1 with ERR_SYNTAX and which word is wrong, or ERR_MEM.
 */
int situation_parse(struct situation *ret, const char *text, struct arena *arena, struct err *err);

/* Reads an address in any spelling of inet_aton(3) and inet_pton(3), such as 0x7f.1 and 2130706433, as Squid takes it
 * for one. */
bool situation_read_address(struct addr *ret, const char *text, size_t len);

/* Reads a file in the form of hosts(5). `whole`: an address that it does not have has no name. NULL for `path`: an
 * empty one. Lives in the arena. -1 with ERR_IO, ERR_LIMIT or ERR_MEM. */
int hosts_read(struct hosts **ret, const char *path, bool whole, struct arena *arena, struct err *err);

/* The same for lines in memory. -1 with ERR_MEM. */
int hosts_make(struct hosts **ret, const char *text, bool whole, struct arena *arena, struct err *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lead_probe.h - asks both tables what an inspect line would close. Private to the files of room lead that look for
 * such lines: lead_close.c, lead_probe.c, lead_victim.c.
 */
#ifndef COMMON_LEAD_PROBE_H
#define COMMON_LEAD_PROBE_H

#include <stdbool.h>
#include <stddef.h>

#include "lead_build.h"
#include "name/addr.h"

struct ports;
struct request;
struct rule;

/* An inspect line that is considered: a host pattern without `<tenant>`, or addresses. */
struct closing {
    const char *text; /* NULL: addresses */
    size_t len;
    bool exact; /* no wildcard */
    struct addr first, last;
    const struct ports *ports; /* NULL: all */
    bool others;               /* asked about all ports but these */
};

/* What both tables bypass and the line closes, as texts: each once. */
struct victims {
    const char **texts;
    size_t count, room;
    bool unknown; /* it would take too long to find all */
};

/* Adds them. */
void lead_find_victims(struct victims *victims, struct lead *lead, const struct closing *closing);

/* Whether the lines close every name of a pattern that opens at these ports, as far as names can be found. */
bool lead_closes_all(struct lead *lead, const struct closing *opened, const struct closing *lines, size_t count);

/* Names that two patterns match: of each kind one, until `found` returns false. */
struct lead_search {
    struct lead *lead;
    const char *outer, *inner; /* canonical, without `<tenant>` */
    size_t outer_len, inner_len;
    bool (*found)(void *arg, const char *name, size_t len);
    void *arg;
    bool ended;
};

/* With the names of a rule as the inner pattern: with each tenant in place of `<tenant>`, where only these count. */
void lead_search_rule(struct lead_search *search, const struct rule *rule);

/* Nothing more may be asked once patience is over. For every loop that asks. */
void lead_hurry(struct lead *lead);

/* Whether a request opens at a port of the line; whether both tables bypass it there. Sets its port. */
void lead_ask(bool *ret_opens, bool *ret_kept, struct lead *lead, const struct closing *closing,
              struct request *request);

/* Whether a name opens at a port of the line; whether both tables bypass it there. */
void lead_ask_name(bool *ret_opens, bool *ret_kept, struct lead *lead, const struct closing *closing, const char *name,
                   size_t len);

#endif

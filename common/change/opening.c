// SPDX-License-Identifier: GPL-2.0-or-later
/* opening.c - collects openings and puts them in order. See opening.h. */
#include "opening.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/order.h"
#include "diff_name.h"
#include "opening_build.h"

static void
add_name(struct opener *opener, const struct diff_verdict *verdict)
{
    struct opening *opening = opening_add(opener, OPENING_NAME);
    struct request request;
    if (opening == NULL)
        return;
    opening->pattern = verdict->pattern;
    opening->dst = verdict->name;
    opening->some = verdict->some;
    opening->ports = verdict->answer.ports;
    opening->port = verdict->port;
    opening->old_why = verdict->answer.old_why;
    request_init(&request);
    request_set_dst(&request, verdict->name, strlen(verdict->name));
    request.port = verdict->port;
    opening_explain(opener->differ, opening, &request);
    opening->stands_in = verdict->stands_in;
    const struct assumed assumed = {.regex = verdict->regex, .terms = verdict->answer.terms};
    opening_explain_regex(opening, &assumed);
}

static void
add_range(struct opener *opener, const struct diff_range *range)
{
    char text[DIFF_RANGE_TEXT_MAX], first[ADDR_TEXT_MAX];
    struct opening *opening = opening_add(opener, OPENING_ADDRESS);
    struct request request;
    if (opening == NULL)
        return;
    diff_range_text(text, range);
    addr_format(first, &range->first);
    opening->pattern = arena_text(opener->differ->arena, text, strlen(text));
    opening->dst = arena_text(opener->differ->arena, first, strlen(first));
    opening->first = range->first;
    opening->last = range->last;
    opening->joins = range->answer.joins;
    opening->ports = range->answer.ports;
    opening->port = diff_choose_port(&opening->ports);
    opening->old_why = range->answer.old_why;
    request_init(&request);
    request.dst.given = GIVEN_ADDR;
    request.dst.addr = range->first;
    request.port = opening->port;
    opening_explain(opener->differ, opening, &request);
}

const char *
opening_subject(const struct opening *opening)
{
    return opening->by_sni ? opening->sni_pattern : opening->pattern;
}

static bool
is_wild(const char *pattern)
{
    return strchr(pattern, '*') != NULL || pattern[0] == '.';
}

/* Wildcards before names. */
static int
compare(const void *left, const void *right)
{
    const struct opening *a = left;
    const struct opening *b = right;
    const int orders[] = {
        order_numbers(a->kind, b->kind),
        order_numbers(is_wild(opening_subject(b)), is_wild(opening_subject(a))),
        a->kind == OPENING_ADDRESS ? order_numbers(a->first.v6, b->first.v6) : 0,
        a->kind == OPENING_ADDRESS ? memcmp(a->first.bytes, b->first.bytes, sizeof a->first.bytes) : 0,
        strcmp(opening_subject(a), opening_subject(b)),
        order_numbers(a->by_sni, b->by_sni),
        strcmp(a->pattern, b->pattern),
        order_texts(a->sni_pattern, b->sni_pattern),
        ports_compare(&a->ports, &b->ports),
        order_texts(a->dst, b->dst),
        memcmp(a->first.bytes, b->first.bytes, sizeof a->first.bytes),
    };
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        if (orders[i] != 0)
            return orders[i];
    }
    return 0;
}

void
opening_collect(struct opener *opener)
{
    struct diff *diff = opener->differ->diff;
    for (size_t i = 0; i < diff->opened; i++)
        add_name(opener, &diff->verdicts[i]);
    opening_find(opener);
    for (size_t i = 0; i < diff->ranges_opened; i++) {
        if (!diff->ranges[i].answer.joins || opener->hold_joins)
            add_range(opener, &diff->ranges[i]);
    }
    if (diff->opening_count > 0 && arena_ok(opener->differ->arena))
        qsort(diff->openings, diff->opening_count, sizeof *diff->openings, compare);
}

void
opening_print_request(struct buf *buf, const struct opening *opening)
{
    char la[ADDR_TEXT_MAX] = "-";
    if (opening->kind == OPENING_WITH || opening->kind == OPENING_WITH_SNI) {
        addr_format(la, &opening->first);
        if (strcmp(la, opening->dst) == 0)
            addr_format(la, &opening->last);
    }
    buf_add_fmt(buf, "%s %s %s %u", opening->dst, opening->sni != NULL ? opening->sni : "-", la, opening->port);
}

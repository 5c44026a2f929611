// SPDX-License-Identifier: GPL-2.0-or-later
/* walk.c - see walk.h. */
#include "walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "image/image_find.h"
#include "name/addr.h"
#include "squid/squid.h"
#include "verdict/request.h"
#include "verdict/verdict.h"

#define HITS_MAX 10000000u
#define RULES_MAX 64u /* whose text is asked as a name too */

static const char *const names[] = {
    "a",
    "a.example",
    "x.a.example",
    "b.example",
    "x.y.b.example",
    "contoso.sharepoint.com",
    "cdn.c.example",
    "aab.re.example",
};

static const char *const addresses[] = {
    "0.0.0.0",
    "10.0.0.1",
    "10.1.2.3",
    "255.255.255.255",
    "::1",
    "2603:1006::1",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
};

enum { ADDRESSES = sizeof addresses / sizeof addresses[0] };

/* The rule and the set of a hit are read too: a sanitizer checks every byte. */
static unsigned
read_text(struct image_text text)
{
    unsigned sum = 0;
    for (size_t i = 0; i < text.len; i++)
        sum += (unsigned char)text.text[i];
    return sum;
}

static unsigned
read_set(const struct image *image, uint32_t number)
{
    struct image_set set;
    image_get_set(image, number, &set);
    struct buf buf;
    buf_init(&buf, (size_t)1 << 20);
    image_ports_print(image, set.tcp, &buf);
    image_ports_print(image, set.udp, &buf);
    buf_clear(&buf);
    if (set.verb > 3) {
        fputs("a set has a verb that there is not\n", stderr);
        exit(99);
    }
    return read_text(set.area) + read_text(set.source) + image_ports_hold(image, set.inspected, 443) +
           image_ports_hold(image, set.tcp, 0);
}

static unsigned
walk(const struct image *image, struct image_cursor *cursor)
{
    struct image_hit hit;
    char room[IMAGE_RULE_MAX];
    unsigned sum = 0;
    for (unsigned hits = 0; image_next(cursor, &hit); hits++) {
        if (hits > HITS_MAX) {
            fputs("a walk over matches does not end\n", stderr);
            exit(99);
        }
        if (hits < 1000)
            sum += read_text(image_rule_text(image, hit.rule, room)) + read_set(image, hit.set);
    }
    return sum;
}

static unsigned
ask_name(const struct image *image, const char *text, size_t len)
{
    struct host host;
    struct image_cursor cursor;
    if (!host_parse(&host, text, len))
        return 0;
    image_find_name(image, &host, &cursor);
    return walk(image, &cursor);
}

/* All addresses, one by one and together: the same walks. */
static unsigned
ask_addresses(const struct image *image)
{
    static struct image_cursor together[ADDRESSES], cursor;
    struct addr addrs[ADDRESSES];
    const struct addr *asked[ADDRESSES];
    unsigned sum = 0;
    for (size_t i = 0; i < ADDRESSES; i++) {
        if (!addr_parse(&addrs[i], addresses[i], strlen(addresses[i])))
            exit(99);
        asked[i] = &addrs[i];
    }
    image_find_addrs(image, asked, ADDRESSES, together);
    for (size_t i = 0; i < ADDRESSES; i++) {
        image_find_addr(image, asked[i], &cursor);
        unsigned one = walk(image, &cursor);
        if (walk(image, &together[i]) != one) {
            fputs("an address finds something else together with others\n", stderr);
            exit(99);
        }
        sum += one;
    }
    return sum;
}

static void
explain(void *arg, const struct explained *explained)
{
    const struct image *image = arg;
    char room[IMAGE_RULE_MAX];
    image_rule_text(image, explained->rule, room);
    if (lost_word(explained->lost) == NULL)
        exit(99);
}

static void
decide(const struct image *image, const struct request *request)
{
    static struct squid_tails tails;
    struct verdict verdict;
    char reply[SQUID_REPLY_MAX];
    const struct squid_word id = {"17", 2};
    verdict_decide(image, request, 20000, &verdict);
    verdict_explain(image, request, 20000, explain, (void *)(uintptr_t)image);
    size_t len = squid_reply(&tails, reply, id, verdict.bypass, image, &verdict);
    if (len >= SQUID_REPLY_MAX || memchr(reply, '\n', len) != reply + len - 1) {
        fputs("a reply is not a line\n", stderr);
        exit(99);
    }
}

static void
decide_all(const struct image *image)
{
    const size_t count = sizeof names / sizeof names[0], more = sizeof addresses / sizeof addresses[0];
    for (size_t i = 0; i < count + more; i++) {
        const char *dst = i < count ? names[i] : addresses[i - count];
        const char *sni = names[(i + 1) % count], *la = addresses[i % more];
        struct request request;
        request_init(&request);
        request_set_dst(&request, dst, strlen(dst));
        decide(image, &request);
        request_set_la(&request, la, strlen(la));
        decide(image, &request);
        request_set_sni(&request, sni, strlen(sni));
        request_set_port(&request, "8080", 4);
        decide(image, &request);
    }
}

void
walk_image(const struct image *image)
{
    volatile unsigned sum = 0;
    struct image_info info;
    char room[IMAGE_RULE_MAX];
    image_get_info(image, &info);
    sum += read_text(info.label) + read_text(image_tenant(image, 0)) + read_text(image_tenant(image, UINT32_MAX));
    sum += image_has_area(image, "Exchange", 8);
    sum += (unsigned)image_verify(image, NULL);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        sum += ask_name(image, names[i], strlen(names[i]));
    for (uint32_t i = 0; i < RULES_MAX; i++) {
        struct image_text text = image_rule_text(image, (struct image_rule){i, NULL}, room);
        sum += read_text(text) + read_set(image, i) + ask_name(image, text.text, text.len);
        if (text.len > 1)
            sum += ask_name(image, text.text + 1, text.len - 1);
    }
    sum += ask_addresses(image);
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        struct addr addr;
        if (!addr_parse(&addr, addresses[i], strlen(addresses[i])))
            exit(99);
        for (unsigned piece = 0; piece < 300; piece++) {
            struct addr until;
            image_same_until(image, &addr, &until);
            if (until.v6 != addr.v6 || memcmp(until.bytes, addr.bytes, sizeof addr.bytes) < 0) {
                fputs("a walk over pieces goes back\n", stderr);
                exit(99);
            }
            addr = until;
            if (!addr_step(&addr))
                break;
        }
    }
    (void)sum;
    decide_all(image);
}

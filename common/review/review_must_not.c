// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * review_must_not.c - hosts that are never bypassed: must_not_bypass of m365.conf. Part of review.h.
 *
 * Each is asked about its port or, if it has none, about every port that makes a difference, as of each day on which a
 * line about it ends.
 */
#include <stdio.h>
#include <string.h>

#include "base/day.h"
#include "image/image.h"
#include "name/url.h"
#include "review_build.h"
#include "verdict/request.h"
#include "verdict/verdict.h"

#define USUAL_PORT 443 /* is asked first, and not told */

/* The next day on which a line about the destination of a request ends. */
struct next_end {
    const struct image *image;
    uint32_t after, day; /* day 0: none */
};

/* An `inspect` line stays in force after its end. */
static void
take_end(void *arg, const struct explained *explained)
{
    struct next_end *next = arg;
    struct image_set set;
    image_get_set(next->image, explained->set, &set);
    if (set.verb != VERB_INSPECT && set.expires > next->after && (next->day == 0 || set.expires < next->day))
        next->day = set.expires;
}

/* The first day from today on on which a request is bypassed; 0: it is on none. Cost: two lookups for each end of a
 * line that matches it. */
static uint32_t
find_bypassed(const struct image *image, const struct request *request, uint32_t today, struct verdict *ret)
{
    struct next_end next = {.image = image, .day = today};
    do {
        verdict_decide(image, request, next.day, ret);
        if (ret->bypass)
            return next.day;
        next.after = next.day;
        next.day = 0;
        verdict_explain(image, request, next.after, take_end, &next);
    } while (next.day != 0);
    return 0;
}

static bool
has_port(const char *query)
{
    struct authority authority;
    url_split(&authority, query, strlen(query));
    return authority.port != NULL || authority.has_scheme;
}

/* The first day on which a request is bypassed at one of the ports that make a difference, and that port. */
static uint32_t
find_port(const struct hearing *hearing, struct request *request, struct verdict *ret)
{
    const struct diff *diff = hearing->diff;
    const struct image *image = hearing->proposal->candidate->image;
    uint32_t day = 0;
    request->port = USUAL_PORT;
    day = find_bypassed(image, request, hearing->today, ret);
    for (size_t i = 0; day == 0 && i < diff->port_count; i++) {
        request->port = diff->ports[i];
        day = find_bypassed(image, request, hearing->today, ret);
    }
    return day;
}

static void
say_bypassed(struct hearing *hearing, const char *query, uint16_t port, const struct verdict *verdict, uint32_t day)
{
    const struct image *image = hearing->proposal->candidate->image;
    struct image_set set;
    char room[IMAGE_RULE_MAX], text[DAY_TEXT_MAX], from[DAY_TEXT_MAX + 16] = "", at[24] = "";
    struct image_text rule = image_rule_text(image, verdict->rule, room);
    image_get_set(image, verdict->set, &set);
    const char *category = verb_category(set.verb);
    if (day > hearing->today) {
        day_format(text, day);
        snprintf(from, sizeof from, " from %s on", text);
    }
    if (port != USUAL_PORT && !has_port(query))
        snprintf(at, sizeof at, " at port %u", (unsigned)port);
    review_say(hearing, "'%.300s' must not be bypassed, but would be%s by '%.*s' (%s, %.*s)%s", query, at,
               (int)(rule.len > 300 ? 300 : rule.len), rule.text, category != NULL ? category : "-",
               (int)(set.source.len > 40 ? 40 : set.source.len), set.source.text, from);
}

void
review_ask_must_not(struct hearing *hearing)
{
    const struct image *image = hearing->proposal->candidate->image;
    for (size_t i = 0; i < hearing->conf->must_not_bypass_count; i++) {
        const char *query = hearing->conf->must_not_bypass[i];
        struct request request;
        struct verdict verdict;
        request_init(&request);
        request_set_url(&request, query, strlen(query));
        uint32_t day = has_port(query) ? find_bypassed(image, &request, hearing->today, &verdict)
                                       : find_port(hearing, &request, &verdict);
        if (day != 0)
            say_bypassed(hearing, query, request.port, &verdict, day);
    }
}

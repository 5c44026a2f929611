// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * export_addrs.c - the selected addresses of a table for each group of ports. Part of export_build.h.
 *
 * The space of each family is cut where a prefix begins or ends (image_find.h), and the ports where a line's ports do.
 * Each piece is asked once: for TCP the verdict, for UDP the same rules among the lines that have UDP ports.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/order.h"
#include "export_addrs.h"
#include "export_build.h"
#include "image/image.h"
#include "image/image_find.h"
#include "name/precedence.h"
#include "verdict/request.h"
#include "verdict/verdict.h"

#define CUTS_MAX 65537

static int
no_memory(struct err *err)
{
    return err_set(err, ERR_MEM, "no memory for the addresses of an export");
}

static bool
passes_set(const struct export_job *job, uint32_t number)
{
    struct image_set set;
    image_get_set(job->image, number, &set);
    return export_passes_set(job, set.area.text, set.area.len, set.required, set.expressroute);
}

static bool
is_selected_tcp(const struct export_job *job, const struct addr *addr, uint16_t port)
{
    struct request request;
    struct standing standing;
    request_init(&request);
    request.dst = (struct identifier){.given = GIVEN_ADDR, .addr = *addr};
    request.port = port;
    verdict_standing(job->image, &request, job->source->today, &standing);
    if (!standing.verdict.bypass || (job->selected & 1u << standing.verb) == 0)
        return false;
    if (passes_set(job, standing.verdict.set))
        return true;
    for (uint32_t i = 0; i < standing.set_count; i++) {
        if (passes_set(job, standing.sets[i]))
            return true;
    }
    return false;
}

/* True if an address alone must not undo what was decided about the names of its set. */
static bool
is_held_by_names(const struct export_job *job, const struct image_set *set)
{
    return set->has_id && (set->foreign || image_ports_hold(job->image, set->inspected, 0));
}

static bool
is_selected_udp(const struct export_job *job, const struct addr *addr, uint16_t port)
{
    struct image_cursor cursor;
    struct image_hit hit;
    struct claim best = {0};
    bool found = false, selected = false, held = false;
    image_find_addr(job->image, addr, &cursor);
    while (image_next(&cursor, &hit)) {
        struct image_set set;
        image_get_set(job->image, hit.set, &set);
        const struct claim claim = {(enum verb)set.verb, hit.weight};
        if (set.verb == VERB_INSPECT)
            return false;
        bool speaks = (set.expires == 0 || job->source->today < set.expires) &&
                      (image_ports_hold(job->image, set.udp, port) || image_ports_all(set.tcp));
        int order = found ? precedence_compare(&claim, &best, image_info(job->image)->highest) : 1;
        if (!speaks || order < 0)
            continue;
        bool good = (job->selected & 1u << set.verb) != 0 && passes_set(job, hit.set);
        selected = order > 0 ? good : selected || good;
        held = is_held_by_names(job, &set) || (order == 0 && held);
        best = claim;
        found = true;
    }
    return selected && !held;
}

static int
add_range(struct export_ranges *ranges, struct arena *arena, const struct export_range *range, struct err *err)
{
    struct export_range *last = ranges->count == 0 ? NULL : &ranges->item[ranges->count - 1];
    struct addr next = range->first;
    if (last != NULL && last->last.v6 == range->first.v6 && addr_step_back(&next) &&
        addr_compare(&next, &last->last) == 0) {
        last->last = range->last;
        return 0;
    }
    struct export_range *item = arena_grow(arena, ranges->item, &ranges->room, ranges->count + 1, sizeof *item);
    if (item == NULL)
        return no_memory(err);
    ranges->item = item;
    item[ranges->count++] = *range;
    return 0;
}

static int
add_family(struct export_service *service, const struct export_job *job, bool v6, struct err *err)
{
    uint16_t port = service->ports.range[0].low;
    struct addr at = {.v6 = v6};
    do {
        struct export_range range = {.first = at};
        image_same_until(job->image, &at, &range.last);
        bool selected = service->udp ? is_selected_udp(job, &at, port) : is_selected_tcp(job, &at, port);
        if (selected && add_range(&service->ranges, job->arena, &range, err) != 0)
            return -1;
        at = range.last;
    } while (addr_step(&at));
    return 0;
}

static int
fill_service(struct export_service *service, const struct export_job *job, struct err *err)
{
    bool v4 = export_given(job, EXPORT_IPV4), v6 = export_given(job, EXPORT_IPV6);
    if ((v4 || !v6) && add_family(service, job, false, err) != 0)
        return -1;
    return v6 || !v4 ? add_family(service, job, true, err) : 0;
}

int
export_addrs_at(struct export_ranges *ret, struct export_job *job, uint16_t port, struct err *err)
{
    struct port_range range = {port, port};
    struct export_service service = {.ports = {&range, 1}};
    int result = fill_service(&service, job, err);
    *ret = service.ranges;
    return result;
}

/* ---- ports ---- */

/* Where ranges of ports begin; a bit for each port. */
struct cuts {
    bool at[CUTS_MAX];
    bool wanted[CUTS_MAX]; /* ports that some prefix speaks for */
};

static void
cut(struct cuts *cuts, const struct ports *ports, bool all, bool wanted)
{
    static const struct port_range whole = {1, 65535};
    const struct port_range *range = all ? &whole : ports->range;
    for (uint32_t i = 0; i < (all ? 1 : ports->count); i++) {
        cuts->at[range[i].low] = true;
        cuts->at[range[i].high + 1u] = true;
        for (uint32_t port = range[i].low; wanted && port <= range[i].high; port++)
            cuts->wanted[port] = true;
    }
}

/* Only where a line speaks that may be selected, something is. But every line may take a part away. */
static void
cut_terms(struct cuts *cuts, const struct export_job *job, const struct terms *terms, bool udp)
{
    struct ports tcp;
    bool all = table_tcp_ports(terms, &tcp);
    bool wanted = terms->verb != VERB_INSPECT && (job->selected & 1u << terms->verb) != 0 && export_passes(job, terms);
    cut(cuts, udp ? &terms->udp : &tcp, all, wanted);
}

/* Of all ports that differ in nothing the first one; only that of --tcp or --udp if one was given. */
static void
find_cuts(struct cuts *cuts, const struct export_job *job, bool udp)
{
    const struct table *table = job->source->table;
    uint16_t only = udp ? job->wish->udp : job->wish->tcp;
    bool other = (udp ? job->wish->tcp : job->wish->udp) != 0;
    memset(cuts, 0, sizeof *cuts);
    if (only != 0) {
        struct port_range range = {only, only};
        cut(cuts, &(struct ports){&range, 1}, false, true);
    } else if (!other) {
        uint32_t done = UINT32_MAX;
        for (size_t i = 0; i < table->rule_count; i++) {
            if (table->rules[i].kind == PATTERN_PREFIX && table->rules[i].terms != done)
                cut_terms(cuts, job, &table->terms[done = table->rules[i].terms], udp);
        }
    }
}

static bool
same_ranges(const struct export_ranges *a, const struct export_ranges *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        if (addr_compare(&a->item[i].first, &b->item[i].first) != 0 ||
            addr_compare(&a->item[i].last, &b->item[i].last) != 0)
            return false;
    }
    return true;
}

/* Adds a range of ports to the service that has the same addresses, or as a service of its own. */
static int
keep_service(struct export_services *ret, const struct export_service *service, struct arena *arena, struct err *err)
{
    for (size_t i = 0; i < ret->count; i++) {
        struct export_service *same = &ret->item[i];
        if (same->udp == service->udp && same_ranges(&same->ranges, &service->ranges))
            return ports_union(&same->ports, arena, &same->ports, &service->ports, err);
    }
    struct export_service *item = arena_grow(arena, ret->item, &ret->room, ret->count + 1, sizeof *item);
    if (item == NULL)
        return no_memory(err);
    ret->item = item;
    item[ret->count++] = *service;
    return 0;
}

static int
add_piece(struct export_services *ret, struct export_job *job, const struct export_service *piece, struct err *err)
{
    struct export_service service = *piece;
    if (fill_service(&service, job, err) != 0)
        return -1;
    return service.ranges.count == 0 ? 0 : keep_service(ret, &service, job->arena, err);
}

static int
add_protocol(struct export_services *ret, struct export_job *job, bool udp, struct err *err)
{
    struct cuts *cuts = arena_alloc(job->arena, sizeof *cuts);
    if (cuts == NULL)
        return no_memory(err);
    find_cuts(cuts, job, udp);
    for (uint32_t low = 1, high; low <= 65535; low = high + 1) {
        for (high = low; high < 65535 && !cuts->at[high + 1]; high++)
            ;
        struct port_range *range = arena_alloc(job->arena, sizeof *range);
        if (range == NULL)
            return no_memory(err);
        *range = (struct port_range){(uint16_t)low, (uint16_t)high};
        const struct export_service piece = {.udp = udp, .ports = {range, 1}};
        if (cuts->wanted[low] && add_piece(ret, job, &piece, err) != 0)
            return -1;
    }
    return 0;
}

int
export_services(struct export_services *ret, struct export_job *job, struct err *err)
{
    *ret = (struct export_services){0};
    return add_protocol(ret, job, false, err) == 0 ? add_protocol(ret, job, true, err) : -1;
}

/* ---- all of them together ---- */

static int
compare_ranges(const void *a, const void *b)
{
    const struct export_range *x = a, *y = b;
    int first = addr_compare(&x->first, &y->first);
    return first != 0 ? first : addr_compare(&x->last, &y->last);
}

int
export_union(struct export_ranges *ret, const struct export_services *services, struct arena *arena, struct err *err)
{
    struct export_ranges all = {0};
    *ret = all;
    for (size_t i = 0; i < services->count; i++) {
        for (size_t k = 0; k < services->item[i].ranges.count; k++) {
            struct export_range *item = arena_grow(arena, all.item, &all.room, all.count + 1, sizeof *item);
            if (item == NULL)
                return no_memory(err);
            all.item = item;
            item[all.count++] = services->item[i].ranges.item[k];
        }
    }
    if (all.count > 1)
        qsort(all.item, all.count, sizeof *all.item, compare_ranges);
    for (size_t i = 0; i < all.count; i++) {
        struct export_range *last = ret->count == 0 ? NULL : &ret->item[ret->count - 1];
        if (last != NULL && addr_compare(&all.item[i].first, &last->last) <= 0) {
            if (addr_compare(&all.item[i].last, &last->last) > 0)
                last->last = all.item[i].last;
        } else if (add_range(ret, arena, &all.item[i], err) != 0) {
            return -1;
        }
    }
    return 0;
}

void
export_each_prefix(const struct export_range *range, void (*fn)(void *arg, const struct prefix *prefix), void *arg)
{
    struct addr at = range->first;
    bool more;
    do {
        struct prefix prefix = {at, at.v6 ? 128 : 32}, wider;
        struct addr last = at;
        while (prefix.len > 0) {
            struct addr end;
            prefix_around(&wider, &at, (uint8_t)(prefix.len - 1));
            prefix_last(&end, &wider);
            if (addr_compare(&wider.addr, &at) != 0 || addr_compare(&end, &range->last) > 0)
                break;
            prefix = wider;
            last = end;
        }
        fn(arg, &prefix);
        at = last;
        more = addr_compare(&at, &range->last) < 0 && addr_step(&at);
    } while (more);
}

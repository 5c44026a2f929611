// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * safe_kept.c - finds requests that both tables bypass, for safe_lost.c. See safe_kept.h.
 *
 *     units --> names, addresses --> alone --> a name with an address --> two names, or two addresses, with an address
 *
 * An address matters only to the endpoint sets that decide about a name, so of the names that did not change and for
 * which the same sets decide one is asked. Two names are asked if the category of one of them differs: another one may
 * decide then.
 */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "change/diff.h"
#include "name/pattern.h"
#include "name/tenant.h"
#include "safe_build.h"
#include "table/policy.h"
#include "verdict/request.h"
#include "verdict/verdict.h"

#define KEPT_ALONE_MAX ((size_t)1 << 16) /* names and addresses by themselves; of more the rest may be inspected */
#define KEPT_MAX ((size_t)3 << 16)       /* together with requests of more than one part */
#define NAMES_MAX ((size_t)1 << 16)      /* that are asked about */
#define ADDRS_MAX ((size_t)1 << 9)       /* that are combined with others */
#define CROSS_MAX ((size_t)1 << 14)      /* pairs of wildcards that are crossed */
#define KEPT_SECONDS 3                   /* of CPU time, to find them and to search with them */
#define DECISIONS_MAX ((size_t)4 << 20)  /* of requests of more than one part */
#define LABEL "m365-any"                 /* in a star */

/* A name that is combined with addresses at one port. */
struct combined {
    const struct host *name;
    enum verb was, is;
};

struct asked_name {
    const struct host *host;
};

struct asking {
    struct both *both;
    const struct policy *policy;
    struct asked_name *names; /* those of changed units first */
    size_t name_count, name_room, changed_names;
    struct addr addrs[ADDRS_MAX]; /* two that no prefix holds, then those of changed units, then one of each terms */
    size_t addr_count, outside, changed_addrs;
    struct combined *combined;
    uint64_t *classes; /* which unchanged names are alike */
    size_t combined_count, class_count;
    size_t most, left; /* requests to keep, and to ask of both tables */
    bool failed;       /* no memory */
};

/* Keeps a request if both tables bypass it. */
static bool
keep(struct asking *asking, const struct kept_request *kept)
{
    struct both *both = asking->both;
    const struct diff *diff = both->diff;
    if (asking->left == 0 || both->count >= asking->most)
        return false;
    asking->left = patience_ends(&both->patience, asking->left) ? 0 : asking->left - 1;
    if (!kept_decide(diff->old_image, kept, diff->today).bypass ||
        !kept_decide(diff->new_image, kept, diff->today).bypass)
        return false;
    struct kept_request *of = arena_grow(both->arena, both->of, &both->room, both->count + 1, sizeof *of);
    asking->failed = asking->failed || of == NULL;
    if (of == NULL)
        return false;
    both->of = of;
    of[both->count++] = *kept;
    return true;
}

static void
add_name(struct asking *asking, const char *text, size_t len)
{
    struct arena *arena = asking->both->arena;
    struct host host;
    if (asking->name_count >= NAMES_MAX || !host_parse(&host, text, len))
        return;
    struct host *name = arena_alloc(arena, sizeof *name);
    struct asked_name *names =
        arena_grow(arena, asking->names, &asking->name_room, asking->name_count + 1, sizeof *names);
    asking->failed = asking->failed || name == NULL || names == NULL;
    if (name == NULL || names == NULL)
        return;
    *name = host;
    asking->names = names;
    names[asking->name_count++].host = name;
}

/* The name of a pattern with this word in each star. */
static void
add_filled(struct asking *asking, const char *text, size_t len, const char *word)
{
    char name[HOST_MAX + 1];
    size_t out = 0, size = strlen(word);
    bool below = len > 0 && text[0] == '.';
    for (size_t i = 0; i < len; i++) {
        bool star = text[i] == '*' || (below && i == 0);
        if (out + (star ? size + 1 : 1) > HOST_MAX)
            return;
        memcpy(name + out, star ? word : text + i, star ? size : 1);
        out += star ? size : 1;
        if (below && i == 0)
            name[out++] = '.';
    }
    add_name(asking, name, out);
}

/* The names of a pattern: with any label, and with those of the tenant. */
static void
add_pattern(struct asking *asking, const struct rule *rule, const char *tenant)
{
    char text[PATTERN_MAX + 1], word[TENANT_MAX + 16];
    const char *ending;
    size_t len = pattern_fill_tenant(text, rule->text, rule->len, tenant);
    if (len == 0)
        return;
    add_filled(asking, text, len, LABEL);
    if (tenant == NULL || memchr(text, '*', len) == NULL)
        return;
    for (size_t i = 0; (ending = tenant_ending(i)) != NULL; i++) {
        snprintf(word, sizeof word, "%s%s", tenant, ending);
        add_filled(asking, text, len, word);
    }
}

static bool
is_name(const struct rule *rule)
{
    return rule->kind != PATTERN_PREFIX && rule->kind != PATTERN_REGEX;
}

static void
add_units(struct asking *asking, const struct units *units, bool changed)
{
    for (size_t i = 0; i < units->count; i++) {
        const struct rule *rule = unit_row(&units->of[i])->rule;
        if (units->of[i].changed != changed || !is_name(rule))
            continue;
        add_pattern(asking, rule, NULL);
        for (size_t k = 0; k < asking->policy->tenant_count; k++)
            add_pattern(asking, rule, asking->policy->tenants[k]);
    }
}

static bool
add_shape(void *arg, const char *text, size_t len)
{
    struct asking *asking = arg;
    add_filled(asking, text, len, LABEL);
    for (size_t i = 0; i < asking->policy->tenant_count; i++)
        add_filled(asking, text, len, asking->policy->tenants[i]);
    return asking->name_count < NAMES_MAX;
}

/* Writes a wildcard without `<tenant>`, and `.b.c` as `*.b.c`. 0: it is none. */
static size_t
wildcard(char ret[PATTERN_MAX + 2], const struct rule *rule)
{
    if (!is_name(rule))
        return 0;
    size_t dot = rule->kind == PATTERN_DOT, len = pattern_fill_tenant(ret + dot, rule->text, rule->len, NULL);
    ret[0] = dot ? '*' : ret[0];
    return len > 0 && memchr(ret, '*', len + dot) != NULL ? len + dot : 0;
}

/* The names that a changed wildcard shares with another one. */
static void
add_crossings(struct asking *asking, const struct units *units)
{
    char a[PATTERN_MAX + 2], b[PATTERN_MAX + 2];
    size_t left = CROSS_MAX, a_len, b_len;
    for (size_t i = 0; i < units->count && left > 0; i++) {
        if (!units->of[i].changed || (a_len = wildcard(a, unit_row(&units->of[i])->rule)) == 0)
            continue;
        for (size_t k = 0; k < units->count && left > 0; k++) {
            bool again = k == i || (k < i && units->of[k].changed);
            if (again || (b_len = wildcard(b, unit_row(&units->of[k])->rule)) == 0)
                continue;
            left--;
            if (!pattern_covers(a, a_len, b, b_len) && !pattern_covers(b, b_len, a, a_len) &&
                pattern_meets(a, a_len, b, b_len))
                pattern_cross(a, a_len, b, b_len, add_shape, asking);
        }
    }
}

static void
add_addr(struct asking *asking, const struct addr *addr)
{
    if (asking->addr_count < ADDRS_MAX)
        asking->addrs[asking->addr_count++] = *addr;
}

static bool
is_outside(const struct units *units, const struct addr *addr)
{
    bool held = false;
    for (size_t i = 0; !held && i < units->count; i++) {
        const struct rule *rule = unit_row(&units->of[i])->rule;
        held = rule->kind == PATTERN_PREFIX && prefix_holds(rule->prefix, addr);
    }
    return !held;
}

/* An address of each family that no prefix holds. */
static void
add_outside(struct asking *asking, const struct units *units)
{
    static const char *const texts[][3] = {{"203.0.113.77", "198.51.100.77", "9.9.9.9"},
                                           {"2001:db8::77", "2001:db8:ffff::77", "2620:fe::fe"}};
    struct addr addr;
    for (size_t family = 0; family < 2; family++) {
        size_t before = asking->addr_count;
        for (size_t i = 0; i < 3 && asking->addr_count == before; i++) {
            if (addr_parse(&addr, texts[family][i], strlen(texts[family][i])) && is_outside(units, &addr))
                add_addr(asking, &addr);
        }
    }
    asking->outside = asking->addr_count;
}

/* The address after the last one of a prefix; false if there is none. */
static bool
after(struct addr *ret, const struct prefix *prefix)
{
    prefix_last(ret, prefix);
    for (size_t i = prefix->addr.v6 ? 16 : 4; i-- > 0;) {
        if (++ret->bytes[i] != 0)
            return true;
    }
    return false;
}

static void
add_edges(struct asking *asking, const struct units *units)
{
    struct addr next;
    for (size_t i = 0; i < units->count; i++) {
        const struct rule *rule = unit_row(&units->of[i])->rule;
        if (!units->of[i].changed || rule->kind != PATTERN_PREFIX)
            continue;
        add_addr(asking, &rule->prefix->addr);
        if (after(&next, rule->prefix))
            add_addr(asking, &next);
    }
    asking->changed_addrs = asking->addr_count;
}

/* An address of each set whose prefixes did not change: the first one of its terms. */
static int
add_unchanged(struct asking *asking, const struct units *units)
{
    bool *seen = arena_array(asking->both->arena, units->is->terms_count + 1, sizeof *seen);
    if (seen == NULL)
        return -1;
    memset(seen, 0, (units->is->terms_count + 1) * sizeof *seen);
    for (size_t i = 0; i < units->count; i++) {
        const struct unit *unit = &units->of[i];
        if (unit->changed || unit->is_count == 0 || unit->is->rule->kind != PATTERN_PREFIX ||
            seen[unit->is->rule->terms])
            continue;
        seen[unit->is->rule->terms] = true;
        add_addr(asking, &unit->is->rule->prefix->addr);
    }
    return 0;
}

static void
ask_alone(struct asking *asking, const struct units *units, uint16_t port)
{
    asking->left = SIZE_MAX;
    asking->most = KEPT_ALONE_MAX;
    for (size_t i = 0; i < asking->name_count; i++)
        keep(asking, &(struct kept_request){.name = asking->names[i].host, .port = port});
    for (size_t i = 0; i < asking->addr_count; i++)
        keep(asking, &(struct kept_request){.addr = asking->addrs[i], .has_addr = true, .port = port});
    for (size_t i = 0; i < units->count && asking->addr_count == ADDRS_MAX; i++) {
        const struct rule *rule = unit_row(&units->of[i])->rule;
        if (units->of[i].changed && rule->kind == PATTERN_PREFIX)
            keep(asking, &(struct kept_request){.addr = rule->prefix->addr, .has_addr = true, .port = port});
    }
}

static uint64_t
mix(uint64_t key, uint64_t value)
{
    return (key ^ value) * UINT64_C(0x9e3779b97f4a7c15) ^ (key >> 29);
}

static uint64_t
mix_standing(uint64_t key, const struct standing *standing)
{
    key = mix(mix(key, standing->verb), standing->set_count);
    for (uint32_t i = 0; i < standing->set_count; i++)
        key = mix(key, standing->sets[i]);
    return key;
}

static bool
is_known(struct asking *asking, uint64_t key)
{
    for (size_t i = 0; i < asking->class_count; i++) {
        if (asking->classes[i] == key)
            return true;
    }
    asking->classes[asking->class_count++] = key;
    return false;
}

/* Which names are combined with addresses at this port. */
static void
choose_names(struct asking *asking, uint16_t port)
{
    const struct diff *diff = asking->both->diff;
    asking->combined_count = asking->class_count = 0;
    for (size_t i = 0; i < asking->name_count; i++) {
        struct request request;
        struct standing was, is;
        request_init(&request);
        request.dst.given = GIVEN_NAME;
        request.dst.name = *asking->names[i].host;
        request.port = port;
        verdict_standing(diff->old_image, &request, diff->today, &was);
        verdict_standing(diff->new_image, &request, diff->today, &is);
        if (!was.verdict.bypass || !is.verdict.bypass ||
            (i >= asking->changed_names && is_known(asking, mix_standing(mix_standing(1, &was), &is))))
            continue;
        asking->combined[asking->combined_count++] = (struct combined){asking->names[i].host, was.verb, is.verb};
    }
}

/* A name with an address: as original address, and as SNI of the address. If any address passes, one is enough. */
static void
ask_with(struct asking *asking, const struct host *name, uint16_t port)
{
    bool any = asking->outside > 0;
    for (size_t i = 0; i < asking->addr_count; i++) {
        struct kept_request kept = {.sni = name, .addr = asking->addrs[i], .has_addr = true, .port = port};
        bool passes = (!any || i < asking->outside) && keep(asking, &kept);
        any = any && (passes || i >= asking->outside);
        kept.sni = NULL;
        kept.name = name;
        keep(asking, &kept);
    }
}

/* A destination and an SNI with original addresses. */
static void
ask_names(struct asking *asking, const struct combined *dst, const struct combined *sni, uint16_t port)
{
    if (dst->was == dst->is && sni->was == sni->is)
        return; /* always the same one decides */
    for (size_t i = 0; i < asking->addr_count && asking->left > 0; i++)
        keep(asking,
             &(struct kept_request){
                 .name = dst->name, .sni = sni->name, .addr = asking->addrs[i], .has_addr = true, .port = port});
}

/* An address with another one as original address. */
static void
ask_addresses(struct asking *asking, uint16_t port)
{
    for (size_t i = 0; i < asking->addr_count && asking->left > 0; i++) {
        const struct kept_request alone = {.addr = asking->addrs[i], .has_addr = true, .port = port};
        const struct diff *diff = asking->both->diff;
        if (!kept_decide(diff->old_image, &alone, diff->today).bypass ||
            !kept_decide(diff->new_image, &alone, diff->today).bypass)
            continue;
        size_t most = i < asking->changed_addrs ? asking->addr_count : asking->changed_addrs;
        for (size_t k = 0; k < most; k++) {
            struct kept_request kept = alone;
            kept.has_la = true;
            kept.la = asking->addrs[k];
            if (k != i)
                keep(asking, &kept);
        }
    }
}

static void
ask_combined(struct asking *asking)
{
    const struct diff *diff = asking->both->diff;
    asking->most = KEPT_MAX;
    for (size_t i = 0; i < diff->port_count && !patience_is_over(&asking->both->patience); i++) {
        asking->left = DECISIONS_MAX / diff->port_count;
        choose_names(asking, diff->ports[i]);
        for (size_t k = 0; k < asking->combined_count && asking->left > 0; k++)
            ask_with(asking, asking->combined[k].name, diff->ports[i]);
        for (size_t k = 0; k < asking->combined_count && asking->left > 0; k++) {
            for (size_t m = 0; m < asking->combined_count && asking->left > 0; m++)
                ask_names(asking, &asking->combined[k], &asking->combined[m], diff->ports[i]);
        }
        ask_addresses(asking, diff->ports[i]);
    }
}

static int
ask_all(struct asking *asking, const struct units *units)
{
    const struct diff *diff = asking->both->diff;
    add_units(asking, units, true);
    add_crossings(asking, units);
    asking->changed_names = asking->name_count;
    add_units(asking, units, false);
    add_outside(asking, units);
    add_edges(asking, units);
    if (add_unchanged(asking, units) != 0)
        return -1;
    asking->combined = arena_array(asking->both->arena, asking->name_count + 1, sizeof *asking->combined);
    asking->classes = arena_array(asking->both->arena, asking->name_count + 1, sizeof *asking->classes);
    if (asking->combined == NULL || asking->classes == NULL)
        return -1;
    for (size_t i = 0; i < diff->port_count && !patience_is_over(&asking->both->patience); i++)
        ask_alone(asking, units, diff->ports[i]);
    ask_combined(asking);
    return asking->failed ? -1 : 0;
}

int
both_find(struct both *ret, struct arena *arena, const struct units *units, const struct diff *diff,
          const struct policy *policy, struct err *err)
{
    *ret = (struct both){.arena = arena, .diff = diff};
    patience_begin(&ret->patience, KEPT_SECONDS);
    if (diff->old_image == NULL || diff->new_image == NULL)
        return 0;
    struct asking *asking = arena_alloc(arena, sizeof *asking);
    if (asking != NULL)
        *asking = (struct asking){.both = ret, .policy = policy};
    if (asking == NULL || ask_all(asking, units) != 0)
        return err_set(err, ERR_MEM, "comparing two tables needs more memory than there is, or than its limit");
    return 0;
}

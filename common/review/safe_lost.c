// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * safe_lost.c - what both tables bypass must not be inspected meanwhile. See safe_build.h.
 *
 * If `*.files.example` replaces `a.files.example` and has to wait, the old row must stay as long. So names and
 * addresses of changed rows are asked of both tables once, and those that both bypass of each table that is tried.
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

#define LOST_MAX ((size_t)1 << 16) /* requests that are kept; of more the rest may be inspected meanwhile */
#define LABEL "m365-any"           /* in a star */

static struct verdict
decide(const struct image *image, const struct kept_request *kept, uint32_t today)
{
    struct request request;
    struct verdict verdict;
    request_init(&request);
    request.dst.given = kept->name != NULL ? GIVEN_NAME : GIVEN_ADDR;
    request.dst.addr = kept->addr;
    request.port = kept->port;
    if (kept->name != NULL)
        request.dst.name = *kept->name;
    verdict_decide(image, &request, today, &verdict);
    return verdict;
}

/* An inspect line is never too early, even if it also closes addresses of a set with its names. */
static bool
is_lost(const struct image *image, const struct kept_request *kept, uint32_t today)
{
    const struct verdict verdict = decide(image, kept, today);
    return !verdict.bypass && verdict.why != WHY_LOCAL_INSPECT;
}

/* Keeps a name or an address at each port where both tables bypass it. */
static int
keep(struct both *both, struct kept_request *asked, struct err *err)
{
    const struct diff *diff = both->diff;
    for (size_t i = 0; i < diff->port_count && both->count < LOST_MAX; i++) {
        asked->port = diff->ports[i];
        if (!decide(diff->old_image, asked, diff->today).bypass || !decide(diff->new_image, asked, diff->today).bypass)
            continue;
        struct kept_request *of = arena_grow(both->arena, both->of, &both->room, both->count + 1, sizeof *of);
        if (of == NULL)
            return err_set(err, ERR_MEM, "comparing two tables needs more memory than there is, or than its limit");
        both->of = of;
        of[both->count++] = *asked;
    }
    return 0;
}

static int
keep_name(struct both *both, const char *text, size_t len, struct err *err)
{
    struct kept_request asked = {0};
    struct host host;
    if (!host_parse(&host, text, len))
        return 0;
    struct host *name = arena_alloc(both->arena, sizeof *name);
    if (name == NULL)
        return err_set(err, ERR_MEM, "comparing two tables needs more memory than there is, or than its limit");
    *name = host;
    asked.name = name;
    return keep(both, &asked, err);
}

/* The name of a pattern with this word in each star. */
static int
keep_filled(struct both *both, const char *text, size_t len, const char *word, struct err *err)
{
    char name[HOST_MAX + 1];
    size_t out = 0, size = strlen(word);
    bool below = len > 0 && text[0] == '.';
    for (size_t i = 0; i < len; i++) {
        bool star = text[i] == '*' || (below && i == 0);
        if (out + (star ? size + 1 : 1) > HOST_MAX)
            return 0;
        memcpy(name + out, star ? word : text + i, star ? size : 1);
        out += star ? size : 1;
        if (below && i == 0)
            name[out++] = '.';
    }
    return keep_name(both, name, out, err);
}

/* The names of a pattern: with any label, and with those of the tenant. */
static int
keep_pattern(struct both *both, const struct rule *rule, const char *tenant, struct err *err)
{
    char text[PATTERN_MAX + 1], word[TENANT_MAX + 16];
    const char *ending;
    size_t len = pattern_fill_tenant(text, rule->text, rule->len, tenant);
    int result = len == 0 ? 0 : keep_filled(both, text, len, LABEL, err);
    if (len == 0 || tenant == NULL || memchr(text, '*', len) == NULL)
        return result;
    for (size_t i = 0; result == 0 && (ending = tenant_ending(i)) != NULL; i++) {
        snprintf(word, sizeof word, "%s%s", tenant, ending);
        result = keep_filled(both, text, len, word, err);
    }
    return result;
}

static int
keep_rule(struct both *both, const struct rule *rule, const struct policy *policy, struct err *err)
{
    if (rule->kind == PATTERN_REGEX)
        return 0;
    if (rule->kind == PATTERN_PREFIX) {
        struct kept_request asked = {.addr = rule->prefix->addr};
        return keep(both, &asked, err);
    }
    int result = keep_pattern(both, rule, NULL, err);
    for (size_t i = 0; result == 0 && i < policy->tenant_count; i++)
        result = keep_pattern(both, rule, policy->tenants[i], err);
    return result;
}

/* A name that did not change may have been bypassed by a wildcard that did. */
static int
keep_units(struct both *both, const struct units *units, bool changed, const struct policy *policy, struct err *err)
{
    for (size_t i = 0; i < units->count && both->count < LOST_MAX; i++) {
        const struct rule *rule = unit_row(&units->of[i])->rule;
        if (units->of[i].changed == changed && (changed || rule->kind != PATTERN_PREFIX) &&
            keep_rule(both, rule, policy, err) != 0)
            return -1;
    }
    return 0;
}

int
both_find(struct both *ret, struct arena *arena, const struct units *units, const struct diff *diff,
          const struct policy *policy, struct err *err)
{
    *ret = (struct both){.arena = arena, .diff = diff};
    if (diff->old_image == NULL || diff->new_image == NULL)
        return 0;
    return keep_units(ret, units, true, policy, err) != 0 || keep_units(ret, units, false, policy, err) != 0 ? -1 : 0;
}

bool
both_is_lost(const struct both *both, const struct image *image)
{
    bool lost = false;
    for (size_t i = 0; !lost && i < both->count; i++)
        lost = is_lost(image, &both->of[i], both->diff->today);
    return lost;
}

size_t
both_take_lost(const struct both *both, const struct image *image, struct units *units)
{
    size_t count = 0;
    for (size_t i = 0; i < both->count; i++) {
        const struct kept_request *kept = &both->of[i];
        if (is_lost(image, kept, both->diff->today))
            count += kept->name != NULL ? units_take_name(units, kept->name) : units_take_addr(units, &kept->addr);
    }
    return count;
}

void
both_forget_lost(struct both *both, const struct image *image)
{
    size_t count = 0;
    for (size_t i = 0; i < both->count; i++) {
        if (!is_lost(image, &both->of[i], both->diff->today))
            both->of[count++] = both->of[i];
    }
    both->count = count;
}

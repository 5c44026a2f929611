// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * advise_reach.c - rules that no request reaches, because a rule before them takes whatever they would take. Part of
 * advise_build.h.
 *
 * http_access has one way through; ssl_bump has several: step 1, step 2, and step 3 after `peek` and after `stare`,
 * each with the actions that are possible there (course_tls.c). A rule is reached if it is on one of them. A rule with
 * the same action as the one before it changes nothing, and is not named.
 */
#include <string.h>

#include "advise_build.h"
#include "advise_worker.h"
#include "base/arena.h"

/* A way through a list. */
struct way {
    int step; /* what at_step sees; 0: http_access */
    const char *const *banned;
    const struct rule *all; /* the first rule that takes every request; NULL: none */
};

static const char *const none_banned[] = {NULL};
static const char *const at_2[] = {"none", "client-first", "server-first", NULL};
static const char *const after_peek[] = {"none", "peek", "stare", "client-first", "server-first", "bump", NULL};
static const char *const after_stare[] = {"none", "peek", "stare", "client-first", "server-first", "splice", NULL};
static const struct way ways_there_are[] = {
    {0, none_banned, NULL}, {1, none_banned, NULL}, {2, at_2, NULL}, {3, after_peek, NULL}, {3, after_stare, NULL}};

#define COMPARED_MAX 1000
#define SAID_MAX 100 /* findings about one list */
#define BUMP_WAYS 4

static bool
is_banned(const struct way *way, const struct rule *rule)
{
    for (const char *const *at = way->banned; *at != NULL; at++) {
        if (strcmp(rule->action, *at) == 0)
            return true;
    }
    return false;
}

static bool
can_match(const struct way *way, const struct rule *rule)
{
    for (size_t i = 0; i < rule->uses.count; i++) {
        if (role_at_step(&rule->uses.use[i], way->step) == 0)
            return false;
    }
    return !is_banned(way, rule);
}

static bool
is_certain(const void *arg, const struct acl_use *use)
{
    const struct way *way = arg;
    return role_at_step(use, way->step) == 1;
}

static bool
takes(const struct way *way, const struct rule *early, const struct rule *late)
{
    return !is_banned(way, early) && role_takes(early, late, is_certain, way);
}

/* The rules that one is compared with: of a very long list the last ones before it, and the first that takes all. */
static const struct rule *
first_compared(const struct rules *rules, const struct rule *late)
{
    return late - rules->rule > COMPARED_MAX ? late - COMPARED_MAX : rules->rule;
}

/* The rule that takes all that this one could, or NULL. */
static const struct rule *
taker(const struct way *way, const struct rules *rules, const struct rule *late)
{
    if (way->all != NULL && way->all < late)
        return way->all;
    for (const struct rule *early = first_compared(rules, late); early < late; early++) {
        if (takes(way, early, late))
            return early;
    }
    return NULL;
}

/* True if one rule with the same action takes all of it, on each of the ways. */
static bool
is_repeated(const struct way *const *ways, size_t count, const struct rules *rules, const struct rule *late)
{
    for (const struct rule *early = first_compared(rules, late); early < late; early++) {
        bool same = strcmp(early->action, late->action) == 0, any = false;
        for (size_t i = 0; i < count && same; i++) {
            bool can = can_match(ways[i], late);
            any = any || can;
            same = !can || takes(ways[i], early, late);
        }
        if (same && any)
            return true;
    }
    return false;
}

/* ---- naming them ---- */

struct dead {
    const struct rule *rule, *by;
};

static bool
is_touched(const struct advice *advice, const struct rule *rule)
{
    size_t line = advise_line(advice, rule);
    for (size_t i = 0; i < advice->touched_count; i++) {
        if (advice->touched[i] == line)
            return true;
    }
    return false;
}

static const char *
why_dead(struct advice *advice, const struct rule *by)
{
    if (by == NULL)
        return "none gets to a step at which it could decide; remove it";
    return advise_text(advice, "'%.200s' (%.300s:%u) takes them all; put it before that line or remove it", by->text,
                       by->file, by->number);
}

static void
say_dead(struct advice *advice, const struct dead *dead, size_t more)
{
    if (is_touched(advice, dead->rule) || (dead->by != NULL && is_touched(advice, dead->by)))
        return;
    const char *others = more == 0 ? "" : advise_text(advice, "; %zu more below it are like that", more);
    const char *text = advise_text(advice, "no request reaches this rule: %s%s\n", why_dead(advice, dead->by), others);
    advise_add(advice,
               &(struct heard){
                   .file = dead->rule->file, .number = dead->rule->number, .counts = true, .dead = true, .text = text});
}

/* Rules of one list; those in a row with the same taker are one finding. */
static void
say_all(struct advice *advice, const struct dead *dead, size_t count)
{
    size_t said = 0;
    for (size_t i = 0; i < count && said < SAID_MAX; said++) {
        size_t more = 0;
        while (i + more + 1 < count && dead[i + more + 1].by == dead[i].by)
            more++;
        say_dead(advice, &dead[i], more);
        i += more + 1;
    }
}

static bool
has_step(const struct rule *rule)
{
    bool has = false;
    for (size_t i = 0; i < rule->uses.count; i++)
        has = has || rule->uses.use[i].acl->kind == ACL_AT_STEP;
    return has;
}

/* The rules that are on none of the ways. One that matches nothing for another reason, such as `!all`, is not named. */
static void
reach(struct advice *advice, const struct rules *rules, const struct way *const *ways, size_t way_count)
{
    struct dead *dead = arena_array(advice->arena, rules->count + 1, sizeof *dead);
    size_t count = 0;
    for (size_t i = 0; dead != NULL && i < rules->count; i++) {
        const struct rule *rule = &rules->rule[i], *by = NULL;
        bool reached = false;
        for (size_t w = 0; w < way_count && !reached; w++) {
            if (!can_match(ways[w], rule))
                continue;
            const struct rule *one = taker(ways[w], rules, rule);
            reached = one == NULL;
            by = one == NULL ? by : one;
        }
        if (!reached && (by != NULL || has_step(rule)) && !is_repeated(ways, way_count, rules, rule))
            dead[count++] = (struct dead){rule, by};
    }
    say_all(advice, dead, count);
}

/* The first rule of a list that takes every request on this way. */
static void
find_all(struct way *way, const struct rules *rules)
{
    static const struct rule any = {.uses = {.count = 0}};
    const struct rule *rule = rules->rule, *end = rule + rules->count;
    while (rule < end && !takes(way, rule, &any))
        rule++;
    way->all = rule < end ? rule : NULL;
}

static bool
is_reached(const struct way *way, const struct rules *rules, const struct rule *rule)
{
    return can_match(way, rule) && taker(way, rules, rule) == NULL;
}

/* Which ways there are: step 2 needs a rule that reads at step 1, and so on. */
static void
find_ways(const struct way ways[BUMP_WAYS], const struct rules *rules, bool ret[BUMP_WAYS])
{
    memset(ret, 0, BUMP_WAYS * sizeof *ret);
    ret[0] = true;
    for (size_t i = 0; i < rules->count && !ret[1]; i++) {
        const struct rule *rule = &rules->rule[i];
        bool reads = role_is(rule, "peek") || role_is(rule, "stare");
        ret[1] = reads && is_reached(&ways[0], rules, rule);
    }
    for (size_t i = 0; ret[1] && i < rules->count; i++) {
        const struct rule *rule = &rules->rule[i];
        bool peeks = role_is(rule, "peek"), stares = role_is(rule, "stare");
        if ((peeks && !ret[2]) || (stares && !ret[3]))
            ret[peeks ? 2 : 3] = is_reached(&ways[1], rules, rule);
    }
}

void
advise_reach(struct advice *advice)
{
    const struct rules *access = &advice->conf->access, *bump = &advice->conf->bump;
    struct way all[1 + BUMP_WAYS];
    const struct way *ways[BUMP_WAYS] = {&all[0]};
    bool open[BUMP_WAYS];
    size_t count = 0;
    memcpy(all, ways_there_are, sizeof all);
    find_all(&all[0], access);
    reach(advice, access, ways, 1);
    for (size_t i = 1; i <= BUMP_WAYS; i++)
        find_all(&all[i], bump);
    find_ways(all + 1, bump, open);
    for (size_t i = 0; i < BUMP_WAYS; i++) {
        if (open[i])
            ways[count++] = &all[1 + i];
    }
    reach(advice, bump, ways, count);
}

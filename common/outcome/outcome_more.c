// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * outcome_more.c - bypassed names that a configuration treats otherwise than the one of the set, because lists of its
 * own have them, or not. See outcome_names() in outcome.h.
 */
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "outcome_build.h"

#define NAMES_ASKED 2000
#define WAYS_MAX 64

struct more {
    struct outcome_names *names;
    const struct outcome_set *set;
    const struct ruleset *conf;
    struct arena *arena;
    const struct outcome_case *cases[2]; /* of an explicit port, and of one that intercepts TLS; or NULL */
    uint64_t ways[WAYS_MAX];
    size_t way_count, asked;
};

/* The request of a case with another name in place of the set's. */
static const char *
with_name(struct more *more, const char *request, const char *name)
{
    const char *old = more->set->bypassed, *found;
    struct buf text;
    buf_init(&text, 4096);
    for (; (found = strstr(request, old)) != NULL; request = found + strlen(old)) {
        buf_add(&text, request, (size_t)(found - request));
        buf_add_text(&text, name);
    }
    buf_add_text(&text, request);
    const char *kept = buf_ok(&text) ? arena_text(more->arena, text.data, text.len) : NULL;
    buf_clear(&text);
    return kept;
}

static uint64_t
mix(uint64_t way, uint64_t value)
{
    return (way ^ value) * UINT64_C(0x100000001b3);
}

/* Which rules decide about the name, as one number. */
static uint64_t
way_of(struct more *more, const char *name)
{
    uint64_t way = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < 2; i++) {
        const char *request = more->cases[i] == NULL ? NULL : with_name(more, more->cases[i]->request, name);
        struct situation situation;
        const struct course_question question = {more->conf, &situation, more->set->hosts, false};
        struct courses courses;
        struct err ignored = {0};
        if (request == NULL || situation_parse(&situation, request, more->arena, &ignored) != 0 ||
            course_find(&courses, &question, more->arena, &ignored) != 0)
            continue;
        for (size_t c = 0; c < courses.count; c++) {
            for (size_t s = 0; s < courses.course[c].step_count; s++)
                way = mix(mix(way, (uintptr_t)courses.course[c].steps[s].rule), (uint64_t)courses.course[c].end);
        }
    }
    return way;
}

static bool
keep_way(void *arg, const char *name)
{
    struct more *more = arg;
    uint64_t way = way_of(more, name);
    for (size_t i = 0; i < more->way_count; i++) {
        if (more->ways[i] == way)
            return ++more->asked < NAMES_ASKED;
    }
    if (more->way_count == WAYS_MAX || more->names->count == OUTCOME_NAMES_MAX)
        return false;
    more->ways[more->way_count++] = way;
    if (more->way_count > 1)
        more->names->name[more->names->count++] = arena_text(more->arena, name, strlen(name));
    return true;
}

int
outcome_names(struct outcome_names *ret, const struct outcome_set *set, const struct ruleset *with,
              const struct ruleset *conf, struct err *err)
{
    struct more more = {.names = ret, .set = set, .conf = conf, .arena = set->arena};
    *ret = (struct outcome_names){.count = 0};
    for (size_t i = 0; i < set->count && set->bypassed != NULL; i++) {
        const struct outcome_case *one = &set->cases[i];
        size_t at = one->situation.kind == SITUATION_INTERCEPT;
        bool fits = (one->wants & OUTCOME_BYPASS) != 0 && strncmp(one->request, "GET ", 4) != 0;
        if (fits && more.cases[at] == NULL)
            more.cases[at] = one;
    }
    if (set->bypassed == NULL)
        return 0;
    keep_way(&more, set->bypassed);
    build_each_name(with, keep_way, &more);
    return arena_ok(set->arena) ? 0 : err_set(err, ERR_MEM, "no memory for the names");
}

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
#define REQUEST_BYTES_MAX 4096
#define SCRATCH_MAX ((size_t)64 << 20) /* for the courses of one name */

struct more {
    struct outcome_names *names;
    const struct outcome_set *set;
    const struct ruleset *conf, *with;
    struct arena *arena; /* for one name */
    bool failed;
    const struct outcome_case *cases[2]; /* of an explicit port, and of one that intercepts TLS; or NULL */
    uint64_t ways[WAYS_MAX];
    size_t way_count, asked;
};

/* The request of a case with another name. NULL: there is no such request. */
static const char *
request_of(struct more *more, size_t kind, const struct named *named)
{
    const struct outcome_case *one = more->cases[kind];
    const char *tail = one == NULL ? NULL : strstr(one->request, " from="), *kept = NULL;
    struct buf text;
    if (tail == NULL || (kind == 1 && named->address == NULL))
        return NULL;
    buf_init(&text, REQUEST_BYTES_MAX);
    buf_add_fmt(&text, "%s %s:443 sni=%s%s", kind == 1 ? "INTERCEPT" : "CONNECT",
                kind == 1 ? named->address : named->name, named->name, tail);
    if (buf_ok(&text))
        kept = arena_text(more->arena, text.data, text.len);
    more->failed = more->failed || kept == NULL;
    buf_clear(&text);
    return kept;
}

static uint64_t
mix(uint64_t way, uint64_t value)
{
    return (way ^ value) * UINT64_C(0x100000001b3);
}

/* Which rules of a configuration decide about a request, and how it ends. */
static uint64_t
mix_courses(struct more *more, uint64_t way, const struct ruleset *conf, const struct situation *situation)
{
    const struct course_question question = {conf, situation, more->set->hosts, false};
    struct courses courses;
    struct err ignored = {0};
    bool found = course_find(&courses, &question, more->arena, &ignored) == 0;
    more->failed = more->failed || ignored.kind == ERR_MEM;
    for (size_t c = 0; found && c < courses.count; c++) {
        for (size_t s = 0; s < courses.course[c].step_count; s++)
            way = mix(mix(way, (uintptr_t)courses.course[c].steps[s].rule), (uint64_t)courses.course[c].end);
    }
    return way;
}

/* The same for a name in both configurations, as one number. */
static uint64_t
way_of(struct more *more, const struct named *named)
{
    uint64_t way = UINT64_C(0xcbf29ce484222325);
    for (size_t kind = 0; kind < 2; kind++) {
        const char *request = request_of(more, kind, named);
        struct situation situation;
        struct err ignored = {0};
        bool asked = request != NULL && situation_parse(&situation, request, more->arena, &ignored) == 0;
        more->failed = more->failed || ignored.kind == ERR_MEM;
        if (!asked)
            continue;
        way = mix_courses(more, way, more->conf, &situation);
        way = mix_courses(more, way, more->with, &situation);
    }
    return way;
}

/* The same with memory of its own; there may be thousands of names with dozens of courses each. */
static uint64_t
way_alone(struct more *more, const struct named *named)
{
    more->arena = arena_new(SCRATCH_MAX);
    uint64_t way = more->arena == NULL ? 0 : way_of(more, named);
    more->failed = more->failed || more->arena == NULL || !arena_ok(more->arena);
    arena_free(more->arena);
    return way;
}

static bool
keep_way(void *arg, const struct named *named)
{
    struct more *more = arg;
    uint64_t way = way_alone(more, named);
    if (more->failed)
        return false;
    for (size_t i = 0; i < more->way_count; i++) {
        if (more->ways[i] == way)
            return ++more->asked < NAMES_ASKED;
    }
    if (more->way_count == WAYS_MAX || more->names->count == OUTCOME_NAMES_MAX)
        return false;
    more->ways[more->way_count++] = way;
    if (more->way_count == 1)
        return true; /* that of the set itself */
    more->names->name[more->names->count] = arena_text(more->set->arena, named->name, strlen(named->name));
    more->names->address[more->names->count++] = named->address;
    return true;
}

int
outcome_names(struct outcome_names *ret, const struct outcome_set *set, const struct ruleset *with,
              const struct ruleset *conf, struct err *err)
{
    struct more more = {.names = ret, .set = set, .conf = conf, .with = with};
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
    const struct named own = {set->bypassed, set->bypassed_address};
    keep_way(&more, &own);
    build_each_name(with, keep_way, &more);
    return arena_ok(set->arena) && !more.failed ? 0 : err_set(err, ERR_MEM, "no memory for the names");
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * course_find.c - finds the port that a request comes in at, and walks once for every combination of what is not known.
 * See course.h.
 *
 * The combinations are a tree: each walk asks the same questions up to the first answer that differs. Two neighbours
 * that end alike become one, without the question that told them apart.
 */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "course_onward.h"
#include "course_walk.h"
#include "course_worker.h"

/* ---- ports ---- */

/* Which ports a request without port= is for: where clients speak plainly to the proxy, or, if there is none of those,
 * where they do so in TLS (an https_port that does not intercept). With port= both will do. */
enum speech { SPEECH_PLAIN, SPEECH_TLS, SPEECH_ANY };

static bool
fits(const struct port *port, enum situation_kind kind, enum speech speech)
{
    bool told = !port->serves && !(port->https && port->intercepts) &&
                (speech == SPEECH_ANY || port->https == (speech == SPEECH_TLS));
    switch (kind) {
    case SITUATION_CONNECT: return told && !port->intercepts;
    case SITUATION_URL: return told && (speech == SPEECH_ANY || !port->intercepts);
    case SITUATION_INTERCEPT: return port->https && port->intercepts;
    }
    return false;
}

static bool
is_called(const struct port *port, const char *listener)
{
    char number[8];
    snprintf(number, sizeof number, "%u", port->port);
    return strcmp(listener, number) == 0 || strcmp(listener, port->name) == 0 || strcmp(listener, port->address) == 0;
}

static int
refuse_port(const struct situation *situation, size_t count, struct err *err)
{
    static const char *const kinds[] = {"a CONNECT", "a request with a URL", "an intercepted TLS connection"};
    const char *what = kinds[situation->kind];
    if (situation->listener != NULL && count > 1)
        return err_set(err, ERR_USAGE, "%zu ports of the configuration are called '%.60s'; name one with its address",
                       count, situation->listener);
    if (situation->listener != NULL)
        return err_set(err, ERR_USAGE, "no port of the configuration for %s is called '%.60s'", what,
                       situation->listener);
    return count == 0
               ? err_set(err, ERR_USAGE, "the configuration has no port for %s", what)
               : err_set(err, ERR_USAGE,
                         "%zu ports of the configuration are for %s; say which one with port=NUMBER or port=NAME",
                         count, what);
}

static size_t
count_ports(const struct port **ret, const struct ruleset *conf, const struct situation *situation, enum speech speech)
{
    size_t count = 0;
    for (size_t i = 0; i < conf->port_count; i++) {
        const struct port *port = &conf->ports[i];
        if (!fits(port, situation->kind, speech) ||
            (situation->listener != NULL && !is_called(port, situation->listener)))
            continue;
        *ret = port;
        count++;
    }
    return count;
}

static int
find_port(const struct port **ret, const struct ruleset *conf, const struct situation *situation, struct err *err)
{
    bool named = situation->listener != NULL;
    size_t count = count_ports(ret, conf, situation, named ? SPEECH_ANY : SPEECH_PLAIN);
    if (count == 0 && !named)
        count = count_ports(ret, conf, situation, SPEECH_TLS);
    return count == 1 ? 0 : refuse_port(situation, count, err);
}

/* ---- walks ---- */

static void
walk_once(struct walk *walk)
{
    walk->request_auth = walk->connection_auth = false;
    walk->throws = 0;
    memset(walk->asked, 0, sizeof walk->asked);
    walk->notes = walk->kept_notes = (struct notes){0};
    if (!walk_proxy(walk))
        return;
    switch (walk->situation->kind) {
    case SITUATION_CONNECT: walk_connect(walk); break;
    case SITUATION_URL: walk_url(walk); break;
    case SITUATION_INTERCEPT: walk_intercept(walk); break;
    }
}

static bool
same_steps(const struct course *a, const struct course *b)
{
    if (a->end != b->end || a->step_count != b->step_count || strcmp(a->sentence, b->sentence) != 0)
        return false;
    for (size_t i = 0; i < a->step_count; i++) {
        if (a->steps[i].phase != b->steps[i].phase || a->steps[i].rule != b->steps[i].rule ||
            strcmp(a->steps[i].action, b->steps[i].action) != 0)
            return false;
    }
    return true;
}

/* True if the two differ in their last assumption only, and not in what happens. */
static bool
are_twins(const struct course *a, const struct course *b)
{
    size_t count = a->assumption_count;
    if (count == 0 || count != b->assumption_count || !same_steps(a, b))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(a->assumptions[i].subject, b->assumptions[i].subject) != 0 ||
            strcmp(a->assumptions[i].rest, b->assumptions[i].rest) != 0 ||
            (a->assumptions[i].value == b->assumptions[i].value) == (i + 1 == count))
            return false;
    }
    return true;
}

/* Turns to the next combination: the last question that was answered no gets yes. False after the last one. */
static bool
turn(struct fork *fork)
{
    while (fork->count > 0 && fork->assumed[fork->count - 1].value)
        fork->count--;
    if (fork->count == 0)
        return false;
    fork->assumed[fork->count - 1].value = true;
    return true;
}

/* What may still stop a request that http_access and ssl_bump let through, or lead it elsewhere: said, not followed. */
static void
add_others(struct course *course, const struct ruleset *conf)
{
    bool passes = course->end == END_ALLOW || course->end == END_SPLICE || course->end == END_BUMP;
    for (size_t i = 0; passes && i < conf->other_count && course->assumption_count < COURSE_ASSUMPTIONS_MAX; i++)
        course->assumptions[course->assumption_count++] =
            (struct course_assumption){conf->others[i], "changes nothing", "changes something", true};
}

/* Room for one more course. False: there is no memory. */
static bool
make_room(struct walk *walk, struct courses *courses, size_t *room)
{
    struct course *grown = arena_grow(walk->arena, courses->course, room, courses->count + 1, sizeof *grown);
    walk->failed = walk->failed || grown == NULL;
    if (grown != NULL)
        courses->course = grown;
    return grown != NULL;
}

/* Walks once for each combination. */
static void
walk_all(struct walk *walk, struct courses *courses)
{
    bool more = true;
    size_t room = 0;
    while (more && courses->count < COURSES_MAX && make_room(walk, courses, &room)) {
        walk->course = &courses->course[courses->count++];
        *walk->course = (struct course){.end = END_DENY, .sentence = ""};
        walk_once(walk);
        if (!arena_ok(walk->arena))
            return;
        while (courses->count > 1 && are_twins(walk->course - 1, walk->course)) {
            walk->course--;
            walk->course->assumption_count--;
            courses->count--;
        }
        more = turn(walk->fork);
    }
    courses->cut = more || walk->fork->cut;
    for (size_t i = 0; i < courses->count; i++)
        add_others(&courses->course[i], walk->conf);
}

int
walk_courses(struct courses *ret, const struct course_question *question, struct arena *arena, struct err *err)
{
    struct fork fork = {.count = 0};
    struct walk *walk = arena_alloc(arena, sizeof *walk);
    struct courses courses = {.count = 0};
    if (walk == NULL)
        return err_set(err, ERR_MEM, "no memory for the courses");
    *walk = (struct walk){.conf = question->conf,
                          .situation = question->situation,
                          .hosts = question->hosts,
                          .explain = question->explain,
                          .arena = arena,
                          .fork = &fork};
    if (find_port(&walk->port, walk->conf, walk->situation, err) != 0)
        return -1;
    walk_all(walk, &courses);
    if (!arena_ok(arena) || walk->failed)
        return err_set(err, ERR_MEM, "no memory for the courses");
    *ret = courses;
    return 0;
}

bool
courses_certain(const struct courses *courses)
{
    return courses->count == 1 && courses->course[0].assumption_count == 0 && !courses->cut;
}

const char *
course_end_word(enum course_end end)
{
    static const char *const words[] = {"splice", "bump", "terminate", "deny", "ask", "allow", "conflict"};
    return words[end];
}

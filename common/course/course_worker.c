// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * course_worker.c - what Squid's workers do with a request if their rules differ: any of them may get it. See
 * course_find() in course.h.
 *
 * The kernel gives a connection to one of the workers that listen on its port; no rule decides which.
 */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "course_walk.h"
#include "course_worker.h"

/* True if the same lines decide in the same way. */
static bool
is_same_rule(const struct rule *a, const struct rule *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return a->number == b->number && strcmp(a->file, b->file) == 0 && strcmp(a->text, b->text) == 0;
}

static bool
is_same_course(const struct course *a, const struct course *b)
{
    if (a->end != b->end || a->step_count != b->step_count || a->assumption_count != b->assumption_count)
        return false;
    for (size_t i = 0; i < a->step_count; i++) {
        if (a->steps[i].phase != b->steps[i].phase || !is_same_rule(a->steps[i].rule, b->steps[i].rule) ||
            strcmp(a->steps[i].action, b->steps[i].action) != 0)
            return false;
    }
    for (size_t i = 0; i < a->assumption_count; i++) {
        if (strcmp(a->assumptions[i].subject, b->assumptions[i].subject) != 0 ||
            a->assumptions[i].value != b->assumptions[i].value)
            return false;
    }
    return true;
}

static bool
are_same(const struct courses *a, const struct courses *b)
{
    bool same = a->count == b->count && a->cut == b->cut;
    for (size_t i = 0; same && i < a->count; i++)
        same = is_same_course(&a->course[i], &b->course[i]);
    return same;
}

/* Puts the assumption before the others. */
static void
assume_worker(struct courses *courses, const struct ruleset *conf, struct arena *arena)
{
    char text[80];
    snprintf(text, sizeof text, "is in worker %u%s", conf->worker, conf->more_alike ? " or one like it" : "");
    const char *rest = arena_text(arena, text, strlen(text));
    for (size_t i = 0; rest != NULL && i < courses->count; i++) {
        struct course *course = &courses->course[i];
        size_t kept = course->assumption_count;
        if (kept == COURSE_ASSUMPTIONS_MAX) {
            courses->cut = true;
            kept--;
        }
        memmove(course->assumptions + 1, course->assumptions, kept * sizeof *course->assumptions);
        course->assumptions[0] = (struct course_assumption){"the request", rest, "is in another worker", true};
        course->assumption_count = kept + 1;
    }
}

struct found {
    struct courses courses;
    const struct ruleset *conf;
};

/* All of them, as one. */
static int
join(struct courses *ret, struct found *found, size_t count, struct arena *arena, struct err *err)
{
    struct courses all = {.count = 0};
    size_t room = 0;
    for (size_t i = 0; i < count; i++)
        room += found[i].courses.count;
    all.course = arena_array(arena, room + 1, sizeof *all.course);
    if (all.course == NULL)
        return err_set(err, ERR_MEM, "no memory for the courses");
    for (size_t i = 0; i < count; i++) {
        assume_worker(&found[i].courses, found[i].conf, arena);
        memcpy(all.course + all.count, found[i].courses.course, found[i].courses.count * sizeof *all.course);
        all.count += found[i].courses.count;
        all.cut = all.cut || found[i].courses.cut;
    }
    *ret = all;
    return arena_ok(arena) ? 0 : err_set(err, ERR_MEM, "no memory for the courses");
}

/* The port may be open in some workers only. */
int
course_find(struct courses *ret, const struct course_question *question, struct arena *arena, struct err *err)
{
    const struct ruleset *conf = question->conf;
    struct found found[RULESET_WORKERS_MAX];
    size_t count = 0;
    bool same = true;
    for (size_t i = 0; i <= conf->other_worker_count; i++) {
        struct course_question one = *question;
        struct err closed = {0};
        one.conf = i == 0 ? conf : conf->other_workers[i - 1];
        if (walk_courses(&found[count].courses, &one, arena, &closed) == 0) {
            found[count].conf = one.conf;
            same = same && are_same(&found[0].courses, &found[count].courses);
            count++;
        } else if (closed.kind != ERR_USAGE || (i == conf->other_worker_count && count == 0)) {
            return err_set(err, closed.kind, "%s", closed.text);
        }
    }
    if (!same && join(ret, found, count, arena, err) != 0)
        return -1;
    if (same)
        *ret = found[0].courses;
    ret->cut = ret->cut || conf->workers_cut;
    return 0;
}

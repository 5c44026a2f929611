// SPDX-License-Identifier: GPL-2.0-or-later
/* course_step.c - writes the course: its steps and its end. Part of course_walk.h. */
#include <stdarg.h>
#include <stdio.h>

#include "course_view.h"

#define SENTENCE_BYTES_MAX 512

struct course_step *
walk_step(struct walk *walk, enum course_phase phase, const struct view *view, const struct decision *decision)
{
    struct course *course = walk->course;
    struct course_step *step = &course->steps[course->step_count];
    course->step_count += course->step_count + 1 < COURSE_STEPS_MAX;
    *step = (struct course_step){.phase = phase, .step = view->step, .request = view_words(walk, view)};
    if (decision != NULL) {
        step->rule = decision->rule;
        step->stopped = decision->kind == DECIDED_STOP;
        step->why = decision->why;
        step->passed = decision->passed;
        step->passed_count = decision->passed_count;
    }
    return step;
}

void
walk_end(struct walk *walk, enum course_end end, const char *fmt, ...)
{
    char text[SENTENCE_BYTES_MAX];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    walk->course->end = end;
    walk->course->sentence = walk_text(walk, "%s", text);
}

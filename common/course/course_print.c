// SPDX-License-Identifier: GPL-2.0-or-later
/* course_print.c - courses as a person reads them, and as JSON. See course.h. Room course. */
#include "course.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/json_write.h"
#include "ruleset/ruleset.h"
#include "situation.h"

/* ---- text ---- */

static void
add_place(struct buf *ret, const struct rule *rule)
{
    buf_add_fmt(ret, "%s:%u: %s", rule->file, rule->number, rule->text);
}

static void
add_assumption(struct buf *ret, const struct course_assumption *assumption)
{
    buf_add_fmt(ret, "%s %s", assumption->subject, assumption->value ? assumption->rest : assumption->unless);
}

static void
add_assumptions(struct buf *ret, const struct course *course)
{
    for (size_t i = 0; i < course->assumption_count; i++) {
        buf_add_text(ret, i == 0 ? "if " : " and ");
        add_assumption(ret, &course->assumptions[i]);
    }
    buf_add_text(ret, course->assumption_count > 0 ? ":\n" : "");
}

static void
add_title(struct buf *ret, const struct course_step *step)
{
    switch (step->phase) {
    case PHASE_ACCESS: buf_add_text(ret, "http_access"); break;
    case PHASE_BUMP: buf_add_fmt(ret, "ssl_bump, step %d", step->step); break;
    case PHASE_AGAIN: buf_add_text(ret, "http_access, again after the splice"); break;
    case PHASE_INSIDE: buf_add_text(ret, "http_access, inside the decrypted connection"); break;
    case PHASE_VERIFY: buf_add_text(ret, "host verification"); break;
    case PHASE_FOLLOW: buf_add_text(ret, "follow_x_forwarded_for, whose address counts"); break;
    case PHASE_PROXY: buf_add_text(ret, "proxy_protocol_access"); break;
    case PHASE_LATER: buf_add_text(ret, "adapted_http_access"); break;
    case PHASE_MISS: buf_add_text(ret, "miss_access"); break;
    case PHASE_DIRECT: buf_add_text(ret, "never_direct"); break;
    }
    buf_add_fmt(ret, ", %s: %s\n", step->request, step->action);
}

static void
add_passed(struct buf *ret, const struct course_passed *passed)
{
    buf_add_text(ret, "      ");
    add_place(ret, passed->rule);
    if (passed->acl == NULL) {
        buf_add_fmt(ret, "\n          no: %s is not possible at this step\n", passed->rule->action);
        return;
    }
    buf_add_fmt(ret, "\n          no: `%s` %s", passed->acl, passed->matches ? "matches" : "does not match");
    if (passed->inner != NULL)
        buf_add_fmt(ret, " because of `%s`", passed->inner);
    buf_add_fmt(ret, "%s%s\n", passed->why == NULL ? "" : ": ", passed->why == NULL ? "" : passed->why);
}

static void
add_step(struct buf *ret, const struct course_step *step)
{
    buf_add_text(ret, "  ");
    add_title(ret, step);
    for (size_t i = 0; i < step->passed_count; i++)
        add_passed(ret, &step->passed[i]);
    if (step->rule != NULL) {
        buf_add_text(ret, "    > ");
        add_place(ret, step->rule);
        buf_add_char(ret, '\n');
    }
    if (step->why != NULL)
        buf_add_fmt(ret, "%s%s\n", step->rule == NULL ? "    > " : "          ", step->why);
}

static void
add_course(struct buf *ret, const struct course *course)
{
    add_assumptions(ret, course);
    for (size_t i = 0; i < course->step_count; i++)
        add_step(ret, &course->steps[i]);
    buf_add_fmt(ret, "  %s (%s)\n", course->sentence, course_end_word(course->end));
}

void
courses_print(struct buf *ret, const struct situation *situation, const struct courses *courses)
{
    buf_add_fmt(ret, "%s\n", situation->text);
    for (size_t i = 0; i < courses->count; i++)
        add_course(ret, &courses->course[i]);
    if (courses->cut)
        buf_add_text(ret, "there are more courses than are shown\n");
}

/* ---- JSON ---- */

/* The rule that decides, or at which the list ends before its action (`stopped`); null for the end of the list. */
static void
write_rule(struct json_writer *json, const struct course_step *step)
{
    const struct rule *rule = step->rule;
    json_write_text(json, "action", step->action);
    json_write_text(json, "file", rule == NULL ? NULL : rule->file);
    if (rule == NULL)
        json_write_null(json, "line");
    else
        json_write_number(json, "line", rule->number);
    json_write_text(json, "rule", rule == NULL ? NULL : rule->text);
    json_write_bool(json, "stopped", step->stopped);
    json_write_text(json, "why", step->why);
}

/* The steps of lists that few configurations have; nothing if there is none. */
static void
write_others(struct json_writer *json, const struct course *course)
{
    static const struct {
        enum course_phase phase;
        const char *key;
    } others[] = {{PHASE_PROXY, "proxy_protocol_access"},
                  {PHASE_LATER, "adapted_http_access"},
                  {PHASE_MISS, "miss_access"},
                  {PHASE_DIRECT, "never_direct"}};
    for (size_t o = 0; o < sizeof others / sizeof *others; o++) {
        size_t count = 0;
        for (size_t i = 0; i < course->step_count; i++) {
            if (course->steps[i].phase != others[o].phase)
                continue;
            if (count++ == 0)
                json_write_array(json, others[o].key);
            json_write_object(json, NULL);
            write_rule(json, &course->steps[i]);
            json_write_end(json);
        }
        if (count > 0)
            json_write_end(json);
    }
}

/* The step of a phase, null if there is none. */
static void
write_phase(struct json_writer *json, const char *key, const struct course *course, enum course_phase phase)
{
    for (size_t i = 0; i < course->step_count; i++) {
        if (course->steps[i].phase != phase)
            continue;
        json_write_object(json, key);
        write_rule(json, &course->steps[i]);
        json_write_end(json);
        return;
    }
    json_write_null(json, key);
}

static void
write_bump(struct json_writer *json, const struct course *course)
{
    json_write_array(json, "ssl_bump");
    for (size_t i = 0; i < course->step_count; i++) {
        if (course->steps[i].phase != PHASE_BUMP)
            continue;
        json_write_object(json, NULL);
        json_write_number(json, "step", (uint64_t)course->steps[i].step);
        write_rule(json, &course->steps[i]);
        json_write_end(json);
    }
    json_write_end(json);
}

static void
write_course(struct json_writer *json, const struct course *course)
{
    char text[1024];
    json_write_object(json, NULL);
    json_write_array(json, "assuming");
    for (size_t i = 0; i < course->assumption_count; i++) {
        const struct course_assumption *assumption = &course->assumptions[i];
        snprintf(text, sizeof text, "%s %s", assumption->subject,
                 assumption->value ? assumption->rest : assumption->unless);
        json_write_text(json, NULL, text);
    }
    json_write_end(json);
    write_phase(json, "follow_x_forwarded_for", course, PHASE_FOLLOW);
    write_phase(json, "http_access", course, PHASE_ACCESS);
    write_bump(json, course);
    write_phase(json, "http_access_again", course, PHASE_AGAIN);
    write_phase(json, "http_access_inside", course, PHASE_INSIDE);
    write_others(json, course);
    json_write_text(json, "end", course_end_word(course->end));
    json_write_text(json, "sentence", course->sentence);
    json_write_end(json);
}

/* The end that all courses have, or NULL. */
static const char *
common_end(const struct courses *courses)
{
    for (size_t i = 1; i < courses->count; i++) {
        if (courses->course[i].end != courses->course[0].end)
            return NULL;
    }
    return courses->cut ? NULL : course_end_word(courses->course[0].end);
}

void
courses_print_json(struct buf *ret, const struct situation *situation, const struct courses *courses)
{
    struct json_writer json = {.buf = ret};
    json_write_object(&json, NULL);
    json_write_text(&json, "request", situation->text);
    json_write_text(&json, "end", common_end(courses));
    json_write_bool(&json, "certain", courses_certain(courses));
    if (courses->cut)
        json_write_bool(&json, "more", true);
    json_write_array(&json, "courses");
    for (size_t i = 0; i < courses->count; i++)
        write_course(&json, &courses->course[i]);
    json_write_end(&json);
    json_write_end(&json);
    buf_add_char(ret, '\n');
}

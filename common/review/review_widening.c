// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * review_widening.c - what would bypass a host that was inspected. Part of review.h.
 *
 * Every opening is held (opening.h says what is none). What cannot be listed or compared is held as well: regexes, and
 * too many ports. What opens on a later day: review_later.c.
 */
#include <string.h>

#include "change/opening.h"
#include "name/verb.h"
#include "review_build.h"
#include "verdict/verdict.h"

/* Why it was inspected, and what to say then. The last line is for every other why. */
static const struct {
    enum why old_why;
    const char *names, *addresses;
} causes[] = {
    {WHY_CATEGORY, "names bypassed now whose category was not bypassed before",
     "addresses bypassed now whose category was not bypassed before"},
    {WHY_NO_RULE, "names bypassed now that no rule matched before",
     "addresses bypassed now, outside any set that was bypassed before"},
    {WHY_PORT, "names bypassed now at ports where they were inspected",
     "addresses bypassed now at ports where they were inspected"},
    {WHY_LOCAL_INSPECT, "names bypassed now that an inspect line kept inspected",
     "addresses bypassed now that an inspect line kept inspected"},
    {WHY_FOREIGN_TENANT, "names bypassed now that the tenant guard kept inspected",
     "addresses bypassed now that the tenant guard kept inspected"},
    {WHY_COUNT, "names bypassed now that were inspected", "addresses bypassed now that were inspected"},
};

#define CAUSES (sizeof causes / sizeof causes[0])

static size_t
cause_of(enum why old_why)
{
    size_t i = 0;
    while (i < CAUSES - 1 && causes[i].old_why != old_why)
        i++;
    return i;
}

/* Appends `mail.example port 443 (Allow, set 2, worldwide)`. */
static void
add_opening(struct hearing *hearing, const struct opening *opening)
{
    buf_add_text(&hearing->text, opening->pattern);
    if (opening->some)
        buf_add_fmt(&hearing->text, " (such as %s)", opening->dst);
    buf_add_text(&hearing->text, " port ");
    ports_print(&hearing->text, &opening->ports);
    review_add_set(hearing, hearing->diff->new_table, opening->new_terms);
}

static void
ask_opened(struct hearing *hearing, enum opening_kind kind, size_t cause)
{
    const struct diff *diff = hearing->diff;
    review_begin(hearing);
    for (size_t i = 0; i < diff->opening_count; i++) {
        const struct opening *opening = &diff->openings[i];
        if (opening->kind == kind && !opening->joins && cause_of(opening->old_why) == cause && review_name(hearing))
            add_opening(hearing, opening);
    }
    review_end(hearing, kind == OPENING_NAME ? causes[cause].names : causes[cause].addresses);
}

/* Appends `192.0.2.0/24 and 2 more ranges`. */
static void
add_runs(struct hearing *hearing, const struct opening *opening)
{
    char text[DIFF_RANGE_TEXT_MAX];
    struct diff_range range = {.first = opening->first, .last = opening->last};
    if (opening->any) {
        buf_add_text(&hearing->text, "any address");
        return;
    }
    diff_range_text(text, &range);
    buf_add_text(&hearing->text, text);
    if (opening->more_runs > 0)
        buf_add_fmt(&hearing->text, " and %zu more range%s", opening->more_runs, opening->more_runs == 1 ? "" : "s");
}

/* Appends `mail.example with 192.0.2.0/24 port 443 (...)`. */
static void
add_with(struct hearing *hearing, const struct opening *opening)
{
    buf_add_text(&hearing->text, opening->pattern);
    if (opening->kind == OPENING_WITH_SNI)
        buf_add_fmt(&hearing->text, " with SNI %s", opening->sni_pattern);
    buf_add_text(&hearing->text, " with ");
    add_runs(hearing, opening);
    buf_add_text(&hearing->text, " port ");
    ports_print(&hearing->text, &opening->ports);
    review_add_set(hearing, hearing->diff->new_table, opening->new_terms);
}

/* A name is listed once, although it may open without and with an SNI. */
static bool
is_again(const struct diff *diff, size_t i)
{
    const struct opening *opening = &diff->openings[i];
    return i > 0 && opening[-1].kind == opening->kind && !opening[-1].joins &&
           strcmp(opening[-1].pattern, opening->pattern) == 0;
}

static void
ask_with(struct hearing *hearing, enum opening_kind kind, const char *what)
{
    const struct diff *diff = hearing->diff;
    review_begin(hearing);
    for (size_t i = 0; i < diff->opening_count; i++) {
        const struct opening *opening = &diff->openings[i];
        if (opening->kind == kind && !opening->joins && !is_again(diff, i) && review_name(hearing))
            add_with(hearing, opening);
    }
    review_end(hearing, what);
}

static void
ask_joined(struct hearing *hearing)
{
    const struct diff *diff = hearing->diff;
    review_begin(hearing);
    for (size_t i = 0; i < diff->opening_count; i++) {
        const struct opening *opening = &diff->openings[i];
        if (opening->joins && opening->kind == OPENING_ADDRESS && review_name(hearing))
            add_opening(hearing, opening);
    }
    review_end(hearing, "addresses that join bypassed sets, and wait for a decision");
}

static void
ask_regexes(struct hearing *hearing)
{
    const struct diff *diff = hearing->diff;
    review_begin(hearing);
    for (size_t i = 0; i < diff->entry_count; i++) {
        if (opening_by_regex(diff, &diff->entries[i]) && review_name(hearing))
            buf_add_text(&hearing->text, diff->entries[i].text);
    }
    review_end(hearing, "regexes changed, and nobody can list the names they match");
}

void
review_ask_widening(struct hearing *hearing)
{
    for (size_t i = 0; i < CAUSES; i++)
        ask_opened(hearing, OPENING_NAME, i);
    ask_with(hearing, OPENING_WITH, "names and addresses that pass now with original addresses they did not pass with");
    ask_with(hearing, OPENING_WITH_SNI,
             "bypassed names whose category changed, so that the addresses of another name in the request count");
    for (size_t i = 0; i < CAUSES; i++)
        ask_opened(hearing, OPENING_ADDRESS, i);
    ask_joined(hearing);
    ask_regexes(hearing);
    if (hearing->diff->partial)
        review_say(hearing, "the tables mention too many ports or crossing wildcards to compare all of them");
}

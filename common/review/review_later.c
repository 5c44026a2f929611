// SPDX-License-Identifier: GPL-2.0-or-later
/* review_later.c - what would be bypassed on a later day, when a line ends. Part of review.h. */
#include "base/day.h"
#include "change/later.h"
#include "change/opening.h"
#include "review_build.h"

/* Adds `mail.example from 2030-01-01 on`. */
static void
name_opening(void *arg, const struct opening *opening, uint32_t on)
{
    struct hearing *hearing = arg;
    char day[DAY_TEXT_MAX];
    if (!review_name(hearing))
        return;
    day_format(day, on);
    buf_add_fmt(&hearing->text, "%s from %s on", opening_subject(opening), day);
}

int
review_ask_later(struct hearing *hearing, struct err *err)
{
    struct later later = {.fn = name_opening, .arg = hearing};
    review_begin(hearing);
    int result = later_each(&later, hearing->arena, hearing->diff, err);
    review_end(hearing, "would be bypassed when a line ends, and is inspected then as things are");
    hearing->review->days = later.days > LATER_DAYS_MAX ? 0 : later.days;
    if (later.days > LATER_DAYS_MAX)
        review_say(hearing,
                   "lines that changed, or that match the same names, end on %zu days, and no more than %d can be "
                   "looked at; change fewer lines at once",
                   later.days, LATER_DAYS_MAX);
    if (later.partial && !hearing->diff->partial)
        review_say(hearing, "the tables mention too many ports or crossing wildcards to compare all of them on the "
                            "days when lines end");
    return result;
}

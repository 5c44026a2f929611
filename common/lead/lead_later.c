// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lead_later.c - what would be bypassed on a later day: `OPENS partner.example from 2027-01-01 on`. Part of lead.h.
 *
 * No `inspect` line begins on a day, so none keeps it closed: the line that ends may end on the same day as before.
 */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/day.h"
#include "base/err.h"
#include "change/diff.h"
#include "change/later.h"
#include "change/opening.h"
#include "lead_build.h"

static void
add_later(void *arg, const struct opening *opening, uint32_t day)
{
    struct lead *lead = arg;
    struct lead_later *grown =
        arena_grow(lead->arena, lead->later, &lead->later_room, lead->later_count + 1, sizeof *grown);
    const char *subject = opening_subject(opening);
    const char *pattern = arena_text(lead->arena, subject, strlen(subject));
    if (grown == NULL || pattern == NULL)
        return;
    lead->later = grown;
    grown[lead->later_count++] = (struct lead_later){pattern, day};
}

void
lead_find_later(struct lead *lead)
{
    struct later later = {.fn = add_later, .arg = lead};
    if (lead->diff->partial)
        return;
    lead->failed = later_each(&later, lead->arena, lead->diff, NULL) != 0;
    lead->later_partial = later.partial || later.days > LATER_DAYS_MAX;
}

void
lead_add_later_count(struct buf *buf, const struct lead *lead)
{
    if (lead->later_count > 0)
        buf_add_fmt(buf, "; %zu more when a line ends", lead->later_count);
    if (lead->later_partial)
        buf_add_text(buf, "; not all days on which lines end could be compared");
}

void
lead_print_later(const struct lead *lead, size_t most, struct buf *buf)
{
    char day[DAY_TEXT_MAX];
    for (size_t i = 0; i < lead->later_count && i < most; i++) {
        day_format(day, lead->later[i].day);
        buf_add_fmt(buf, "OPENS %s from %s on, when a line ends\n", lead->later[i].pattern, day);
    }
    if (lead->later_count > most)
        buf_add_fmt(buf, "and %zu more on later days\n", lead->later_count - most);
}

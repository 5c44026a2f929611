// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lead_later.c - what would be bypassed on a later day: `OPENS partner.example from 2027-01-01 on`. Part of lead.h.
 *
 * No `inspect` line begins on a day, so none keeps it closed: the line that ends may end on the same day as before.
 */
#include "base/buf.h"
#include "base/day.h"
#include "lead_build.h"

void
lead_find_later(struct lead *lead)
{
    lead->failed = later_find(&lead->later, lead->arena, lead->diff, NULL) != 0;
}

void
lead_add_later_count(struct buf *buf, const struct lead *lead)
{
    if (lead->later.count > 0)
        buf_add_fmt(buf, "; %zu more when a line ends", lead->later.count);
    if (lead->later.partial && !lead->diff->partial)
        buf_add_text(buf, "; not all days on which lines end could be compared");
}

void
lead_print_later(const struct lead *lead, size_t most, struct buf *buf)
{
    const struct later_found *later = &lead->later;
    char day[DAY_TEXT_MAX];
    for (size_t i = 0; i < later->count && i < most; i++) {
        day_format(day, later->openings[i].day);
        buf_add_fmt(buf, "OPENS %s from %s on, when a line ends\n", later->openings[i].pattern, day);
    }
    if (later->count > most)
        buf_add_fmt(buf, "and %zu more on later days\n", later->count - most);
}

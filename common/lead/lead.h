/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lead.h - what a person reads first: until when to decide, how much opens and closes, which commands decide, and then
 * each opening with its cause and the line that keeps it closed.
 *
 *     decide by   2026-12-01
 *     opens       1 name
 *     closes      12 names, 3 address ranges
 *     approve     m365ctl approve 0123456789ab
 *     reject      m365ctl reject 0123456789ab
 *
 *     OPENS quicktips.example:443  was Default (set 14, removed), now *.skypeforbusiness.example Allow (set 22)
 *       keep closed: inspect quicktips.example
 *
 * What opens only on a later day, when a line ends, comes last: `OPENS partner.example from 2027-01-01 on, when a line
 * ends`. Without something to decide, the first line and the commands are left out. `3 names together with some
 * addresses` close: they stay bypassed, but not with all original addresses.
 *
 * If the comparison says what the log had (diff->seen), then each opening and both sums do: `OPENS
 * quicktips.example:443, 0 requests  was ...`.
 *
 * The riskiest openings come first: wildcards; names that people sign in at; other names; names that were bypassed
 * already, but at other ports or with other addresses; addresses. Openings of one pattern share a line.
 *
 * Where it sits: room lead, above change. Notices, `m365ctl diff` and records begin with it. All that differs is
 * printed by diff.h.
 */
#ifndef COMMON_LEAD_H
#define COMMON_LEAD_H

#include <stddef.h>

struct buf;
struct diff;

#define LEAD_SHOWN ((size_t)60) /* openings in a notice */
#define LEAD_ALL SIZE_MAX

/*
 * Appends the lines above: `most` openings at most, and then how many more there are. `digest` is that of what waits
 * for a decision; if NULL, nothing waits and both commands are left out. Without memory the buffer fails. Cost: the old
 * table is asked about each opening at each port that matters, up to a limit; beyond it the line that keeps it closed
 * names its ports, so it is right in any case. Both tables are compared again, the other way round.
 */
void lead_print(const struct diff *diff, const char *digest, size_t most, struct buf *buf);

/* What a page says besides the comparison. */
struct lead_page {
    const char *old_name, *new_name; /* `generation 42, Worldwide 2025120100` */
    const char *digest;              /* of what waits for a decision; NULL: nothing waits */
    const struct buf *reasons;       /* why it waits: lines `held: ...` */
};

/* Appends the same and the rest of the comparison as a page for those who agree to changes. */
void lead_print_page(const struct diff *diff, const struct lead_page *page, struct buf *out);

/* The same as text with all openings, followed by diff_report(): what a record contains. */
void lead_report(const struct diff *diff, const char *digest, struct buf *buf);

#endif

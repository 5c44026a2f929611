/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * notice_text.h - what a notice says about a generation, from what the state folder remembers about it.
 *
 *     pending, reminder      it waits: what would change (lead.h), why it was held
 *     published              it is in use: what changed since the one before it, who approved it
 *     rejected, rolled-back  who did it, and why
 *     failed, stale          updates fail, or nothing is heard from the service
 *
 * Where it sits: room update, above notice.h and below notice_tell.h. When something is told is decided there.
 */
#ifndef COMMON_NOTICE_TEXT_H
#define COMMON_NOTICE_TEXT_H

#include <stdint.h>

#include "base/buf.h"
#include "notice.h"

struct diff;
struct listener;

#define NOTICE_ROWS ((size_t)10) /* rows of each kind in a notice; `m365ctl diff` shows all */

/* Subject and text of a notice; the subject ends with a NUL. */
struct notice_text {
    struct buf subject, text;
};

/* What it is written from. */
struct notice_source {
    const struct conf *conf;
    struct state *state;
    int64_t now;                     /* seconds since 1970 */
    const struct listener *listener; /* hears what of the log cannot be shown */
};

/*
 * Writes it. `generation` is the one that `event` is about: for rolled-back the one that is in use again; for failed
 * and stale any. 0; 1: it is no longer true, so nobody need hear it; -1: the generation cannot be read or compared. The
 * caller clears *ret in any case. Cost: a comparison of two tables.
 */
int notice_write(struct notice_text *ret, const struct notice_source *source, enum notice_event event,
                 uint32_t generation, struct err *err);
void notice_text_clear(struct notice_text *text);

/* Appends what a notice says about a comparison: the lead, `reasons` (lines, or NULL), the rows that matter, and
 * which days the log covers. */
void notice_add_diff(struct buf *buf, const struct diff *diff, const char *digest, const struct buf *reasons);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * notice_tell.h - delivers notices, remembers which were not delivered, and reminds people of what waits.
 *
 *     what happened --> command and feed --> delivered, or remembered in the status --> tried again by the next
 *                                                        update, import or publish
 *
 * Where it sits: room update, above notice_text.h; flow.h, decide.h and update.h tell through it. A failure to tell
 * never stops what it is about.
 */
#ifndef COMMON_NOTICE_TELL_H
#define COMMON_NOTICE_TELL_H

#include <stddef.h>
#include <stdint.h>

#include "notice.h"

struct listener;

#define NOTICE_TRIES_MAX 24                        /* by as many runs; then it is given up */
#define NOTICE_AGAIN_MAX 8                         /* notices that are remembered; the oldest is given up */
#define NOTICE_REMIND_SECONDS ((int64_t)7 * 86400) /* between two reminders */

struct notice_to {
    const struct conf *conf;
    struct state *state; /* opened for writing */
    const struct listener *listener;
    int64_t now; /* seconds since 1970 */
};

/* Runs the notice command and adds an item to the feed. What fails is reported and remembered in the status file. */
void notice_tell(const struct notice_to *to, const struct notice *notice);

/* The same for a notice whose text is written here (notice_text.h). If it cannot be written, that is reported. */
void notice_about(const struct notice_to *to, enum notice_event event, uint32_t generation);

/* Tells again what was not delivered, unless it is no longer true: the first `count` that are remembered, which were
 * there when the command began. The caller writes the status. */
void notice_again(const struct notice_to *to, size_t count);
size_t notice_undelivered(const struct state *state);

/* Reminds of a generation that has waited for a week, or for a week since the last reminder. The caller writes the
 * status. */
void notice_remind(const struct notice_to *to);

/* Both, for import and publish: not every machine runs updates. A person is waiting for these, so the first notice that
 * is not delivered, or one of this run (more are remembered than `undelivered`), ends it. Writes the status. */
void notice_catch_up(const struct notice_to *to, size_t undelivered);

#endif

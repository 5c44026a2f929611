/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * notice.h - tells people: runs the configured command and writes a local RSS 2.0 feed.
 *
 * Where it sits: room update, above store. The caller decides what has happened and writes the text, which contains the
 * actual entries and not only counts.
 */
#ifndef COMMON_NOTICE_H
#define COMMON_NOTICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct conf;
struct err;
struct state;

#define NOTICE_ITEMS_MAX 50                  /* items kept in the feed */
#define NOTICE_ITEM_TEXT_MAX ((size_t)64000) /* bytes of a text in the feed; a longer one is cut at a line end */

enum notice_event {
    NOTICE_PENDING,
    NOTICE_PUBLISHED,
    NOTICE_FAILED,
    NOTICE_STALE,
    NOTICE_REMINDER,    /* what waits still waits */
    NOTICE_REJECTED,    /* a person rejected what waited */
    NOTICE_ROLLED_BACK, /* a person went back to this generation */
    NOTICE_EVENTS,
};

struct notice {
    enum notice_event event;
    uint32_t generation;
    const char *subject;
    const char *text;
    size_t len;
};

/* Returns `pending`, `published`, `failed`, `stale`, `reminder`, `rejected` or `rolled-back`. */
const char *notice_word(enum notice_event event);

/* How long the command may run: 60 seconds. Tests set a shorter time. */
extern uint32_t notice_limit_ms;

/*
 * Runs the configured command without a shell. It gets the text on its standard input, and M365_EVENT (notice_word()),
 * M365_GENERATION and M365_SUBJECT in its environment; its output goes to standard error. After notice_limit_ms it is
 * killed together with everything it started (its process group). Does nothing if no command is configured. -1 with
 * ERR_IO if the command cannot be run or does not exit with status 0, or with ERR_MEM; the caller reports that and
 * continues. A command that does not read its input is not an error.
 */
int notice_send(const struct conf *conf, const struct notice *notice, struct err *err);

/*
 * Adds one item at the top of the feed, keeps NOTICE_ITEMS_MAX items, and replaces the file atomically. If the old file
 * is not a feed from here, its complete items are kept, if it has any. Feed readers show the text unchanged, line by
 * line. Does nothing if no feed is configured. -1 with ERR_IO, ERR_LIMIT or ERR_MEM.
 */
int notice_feed(const struct conf *conf, const struct notice *notice, int64_t now, struct err *err);

/*
 * True if `failed` or `stale` is due now and was not sent yet; then also records in the state's status that it is being
 * sent (the caller writes the status). Each is due once for each lasting failure or silence. The other notices are
 * always due.
 */
bool notice_due(const struct conf *conf, struct state *state, enum notice_event event, int64_t now);

#endif

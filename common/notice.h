/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * notice.h - telling people: the configured command, and a local RSS 2.0 feed.
 *
 * Where it sits: floor 6. What happened is decided by the caller; the text carries the real entries, not only counts.
 */
#ifndef COMMON_NOTICE_H
#define COMMON_NOTICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct conf;
struct err;
struct state;

#define NOTICE_ITEMS_MAX 50                  /* items in the feed */
#define NOTICE_ITEM_TEXT_MAX ((size_t)64000) /* bytes of a text in the feed; what is longer is cut at a line */

enum notice { NOTICE_PENDING, NOTICE_PUBLISHED, NOTICE_FAILED, NOTICE_STALE };

/* `pending`, `published`, `failed`, `stale`. */
const char *notice_word(enum notice notice);

/* How long the command may run: 60 seconds; tests are less patient. */
extern uint32_t notice_limit_ms;

/*
 * Runs the configured command without a shell, `text` on its standard input, M365_EVENT (notice_word()),
 * M365_GENERATION and M365_SUBJECT in its environment; what it prints goes to standard error. After notice_limit_ms it
 * is killed with all it started (its process group). Without a command nothing happens. -1 with ERR_IO: it cannot be
 * run, or did not end with 0; the caller says so and goes on. A command that does not read its input is no error.
 */
int notice_send(const struct conf *conf, enum notice notice, uint32_t generation, const char *subject, const char *text,
                size_t len, struct err *err);

/*
 * Adds one item to the feed: newest first, NOTICE_ITEMS_MAX kept, the file written whole by rename. Of a file that is
 * no feed of ours the whole items are kept, if it has any. The text is shown by feed readers as it is, line by line.
 * Without a feed nothing happens. -1 with ERR_IO or ERR_MEM.
 */
int notice_feed(const struct conf *conf, enum notice notice, uint32_t generation, const char *subject, const char *text,
                size_t len, int64_t now, struct err *err);

/*
 * Whether `failed` or `stale` is due now and was not sent yet; notes in the state's status that it is sent now (the
 * caller writes the status). Each is due once for one failure that lasts, or one silence. The others are always due.
 */
bool notice_due(const struct conf *conf, struct state *state, enum notice notice, int64_t now);

#endif

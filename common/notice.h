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

enum notice { NOTICE_PENDING, NOTICE_PUBLISHED, NOTICE_FAILED, NOTICE_STALE };

/*
 * Runs the configured command without a shell, `text` on its standard input, M365_EVENT (pending, published, failed,
 * stale), M365_GENERATION and M365_SUBJECT in its environment; waits at most 60 seconds, then kills it. Without a
 * command nothing happens. -1: it cannot be run, or did not end with 0; the caller says so and goes on.
 */
int notice_send(const struct conf *conf, enum notice notice, uint32_t generation, const char *subject, const char *text,
                size_t len, struct err *err);

/* Adds one item to the feed (newest first, at most 50 kept), written whole by rename. Without a feed nothing happens.
 */
int notice_feed(const struct conf *conf, enum notice notice, uint32_t generation, const char *subject, const char *text,
                size_t len, int64_t now, struct err *err);

/* Whether `failed` or `stale` is due now and was not sent yet; marks it in the state's status. */
bool notice_due(const struct conf *conf, struct state *state, enum notice notice, int64_t now);

#endif

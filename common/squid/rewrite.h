/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rewrite.h - rules that send a request somewhere else: redirect, rewrite, block.
 *
 * Where it sits: room squid, above name and verdict. url_m365_rewrite applies the rules to requests that are not
 * bypassed; verdict.h decides which those are. The manual is url_m365_rewrite(8).
 *
 *     redirect 301|302|303|307|308 PATTERN TARGET     the client is sent there
 *     rewrite PATTERN TARGET                          Squid fetches it from there; the client does not notice
 *     block [STATUS] PATTERN PAGE                     redirects to a fixed page, by default with 302
 *
 * PATTERN is a host pattern as in tables, for the host of the URL, or ~REGEX for the whole URL. TARGET is an absolute
 * http or https URL, or host:port, with $1 to $9 for the groups of a regex. A CONNECT can only get host:port, any other
 * request only a URL. The first matching rule decides.
 *
 * Trust: the file is the administrator's; if one line is wrong, the whole file is refused. The URL is the client's:
 * what a group takes from it is percent-encoded unless it is a URL byte, and a result that is not a URL is not used.
 */
#ifndef COMMON_REWRITE_H
#define COMMON_REWRITE_H

#include <stddef.h>
#include <stdint.h>

struct err;
struct request;
struct rewrite;

#define REWRITE_FILE_MAX ((size_t)4 << 20)
#define REWRITE_LINE_MAX ((size_t)16 << 10)
#define REWRITE_RULES_MAX 10000
#define REWRITE_URL_MAX ((size_t)8191) /* bytes of a URL that Squid accepts, and of one that is matched */
#define REWRITE_RESULT_MAX (REWRITE_URL_MAX + (size_t)64) /* the result and the keys around it */

/*
 * Reads a rules file. One wrong line refuses the whole file. -1: ERR_IO; ERR_SYNTAX or ERR_LIMIT, with file and line in
 * the message; ERR_MEM. The caller frees the rules.
 */
int rewrite_read(struct rewrite **ret, const char *path, struct err *err);

/* The same for bytes in memory; `path` is for messages. */
int rewrite_read_bytes(struct rewrite **ret, const char *path, const char *bytes, size_t len, struct err *err);

/* NULL is allowed. */
void rewrite_free(struct rewrite *rules);

/* How many rules there are. */
size_t rewrite_count(const struct rewrite *rules);

/*
 * Applies the first matching rule to a request; `url` is its URL as Squid sent it. Writes the start of a reply,
 * `OK status=302 url="..." m365_line_=7` or `OK rewrite-url="..." m365_line_=7`, into `ret`, without a NUL, and returns
 * its length; 0 if no rule matches. Every byte between the quotes is a URL byte, so none needs a backslash. The limits
 * of regexes (pattern.h) bound the time; a regex that reaches one matches only if its rule is a block.
 */
size_t rewrite_apply(const struct rewrite *rules, const struct request *request, const char *url, size_t len,
                     char ret[REWRITE_RESULT_MAX]);

/* A file of rules that is read again when it changes. */
struct rewrite_watch;

/* Starts watching, without opening the file yet. `path` must outlive the result. NULL if memory is short. */
struct rewrite_watch *rewrite_watch_new(const char *path);

/* NULL is allowed. */
void rewrite_watch_free(struct rewrite_watch *watch);

/* The rules in use, or NULL. Valid until the next rewrite_refresh(). */
const struct rewrite *rewrite_current(const struct rewrite_watch *watch);

enum rewrite_change { REWRITE_SAME, REWRITE_NEW, REWRITE_FAILED };

/*
 * Reads the file if it has changed and its size and time have then stayed the same for two seconds. The first call
 * reads it at once. `now_ms` is any steady clock. REWRITE_FAILED sets *err, and the rules in use stay.
 */
enum rewrite_change rewrite_refresh(struct rewrite_watch *watch, uint64_t now_ms, struct err *err);

#endif

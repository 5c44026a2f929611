/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rewrite.h - rules that send a request somewhere else: redirect, rewrite, block.
 *
 * Where it sits: floor 5. url_m365_rewrite asks it for requests that are not bypassed; whether one is, is verdict.h's
 * business. For people: url_m365_rewrite(8).
 *
 *     redirect 301|302|303|307|308 PATTERN TARGET     the client is told to go there
 *     rewrite PATTERN TARGET                          Squid fetches it from there; the client does not notice
 *     block [STATUS] PATTERN PAGE                     redirect to a fixed page, 302 unless said
 *
 * PATTERN is a host pattern as in tables, for the host of the URL, or ~REGEX over the whole URL. TARGET is an absolute
 * http or https URL, or host:port, with $1 to $9 for the groups of a regex. A CONNECT only ever gets host:port,
 * anything else only a URL. The first rule that fits decides.
 *
 * Trust. The file is the administrator's and is refused whole if a line is wrong. The URL is the client's: what a group
 * takes from it is percent-encoded where it is no URL byte, and a result that is no URL any more is not used.
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
#define REWRITE_URL_MAX ((size_t)8191) /* bytes of a URL that Squid takes, and of one that is matched */
#define REWRITE_RESULT_MAX (REWRITE_URL_MAX + (size_t)64) /* the result and the keys before it */

/*
 * Reads a rules file. -1: ERR_IO; ERR_SYNTAX or ERR_LIMIT with file, line and sentence (any refused line refuses the
 * file); ERR_MEM. The caller frees the rules.
 */
int rewrite_read(struct rewrite **ret, const char *path, struct err *err);

/* The same for bytes in memory; `path` is for sentences. */
int rewrite_read_bytes(struct rewrite **ret, const char *path, const char *bytes, size_t len, struct err *err);

/* NULL is allowed. */
void rewrite_free(struct rewrite *rules);

size_t rewrite_count(const struct rewrite *rules);

/*
 * What the first rule that fits makes of a request whose URL stood on the line as `url`: writes the start of a reply,
 * `OK status=302 url="..." m365_line_=7` or `OK rewrite-url="..." m365_line_=7`, into `ret` and returns its length; 0
 * if no rule fits. No NUL. Every byte between the quotes is a URL byte, so nothing in it needs a backslash. Time is
 * bounded by the limits of regexes (pattern.h): one that hits them fits if its rule is a block, else not.
 */
size_t rewrite_apply(const struct rewrite *rules, const struct request *request, const char *url, size_t len,
                     char ret[REWRITE_RESULT_MAX]);

/* A file of rules that is read again when it changes. */
struct rewrite_watch;

/* NULL without memory. Opens nothing yet; `path` must outlive it. */
struct rewrite_watch *rewrite_watch_new(const char *path);
void rewrite_watch_free(struct rewrite_watch *watch);

/* The rules in use, or NULL. Valid until the next rewrite_refresh(). */
const struct rewrite *rewrite_current(const struct rewrite_watch *watch);

enum rewrite_change { REWRITE_SAME, REWRITE_NEW, REWRITE_FAILED };

/*
 * Looks whether the file changed (`now_ms` is any steady clock) and reads it once its size and time have been still for
 * two seconds; at the first call at once. REWRITE_FAILED sets *err; rules in use stay.
 */
enum rewrite_change rewrite_refresh(struct rewrite_watch *watch, uint64_t now_ms, struct err *err);

#endif

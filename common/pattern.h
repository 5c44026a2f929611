/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pattern.h - host patterns of rules: what a wildcard means and whether a name matches.
 *
 * Where it sits: floor 3, beside host.h. table.c reads patterns through pattern_parse(); the image indexes them by
 * kind; image and compile ask pattern_match(), pattern_meets() and the regexes.
 *
 *     a.b.c       EXACT   that name
 *     *.b.c       UNDER   any name below b.c, at any depth; never b.c itself
 *     .b.c        DOT     b.c and everything below (local lines only)
 *     *cdn.b.c    GLOB    a leading `*`: zero or more characters, dots allowed
 *     a.*.b.c     GLOB    any other `*`: one or more characters, no dot
 *     ~REGEX      REGEX   PCRE2, anchored at both ends, bounded (local lines only)
 */
#ifndef COMMON_PATTERN_H
#define COMMON_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host.h"

struct arena;
struct err;

#define PATTERN_MAX 255         /* bytes of a host pattern as written, with `<tenant>` */
#define REGEX_MAX 1024          /* bytes of a regex without its `~` */
#define REGEX_MATCH_LIMIT 20000 /* PCRE2 match limit for one name: about a millisecond */
#define REGEX_DEPTH_LIMIT 1000
#define REGEX_HEAP_LIMIT 512 /* KiB */

enum pattern_kind {
    PATTERN_EXACT,
    PATTERN_UNDER,
    PATTERN_DOT,
    PATTERN_GLOB,
    PATTERN_REGEX,
    PATTERN_PREFIX, /* an address prefix; here because a rule has one kind */
};

/* The word `<tenant>` of published patterns, kept as it is until compile knows the tenant. */
#define PATTERN_TENANT "<tenant>"

/*
 * Reads one host pattern of `len` bytes: lower-cases it, drops one trailing dot, converts Unicode, and tells its kind.
 * `ret` gets the canonical text with a NUL (room for PATTERN_MAX + 1; REGEX_MAX + 2 for a regex), *ret_len its length.
 * With `published` set, the web service's grammar holds: at most one `*`, `<tenant>` allowed, no `.b.c`, no regex.
 * -1 with ERR_SYNTAX or ERR_LIMIT: bytes that no host has, an empty label, too long, a form that is not allowed here.
 * A regex is only measured here; regex_new() compiles it.
 */
int pattern_parse(char ret[REGEX_MAX + 2], size_t *ret_len, enum pattern_kind *ret_kind, const char *text, size_t len,
                  bool published, struct err *err);

/* The kind of a canonical pattern (text as pattern_parse() or pattern_fill_tenant() left it). */
enum pattern_kind pattern_kind(const char *text, size_t len);

/* Writes the pattern with each `<tenant>` replaced by `tenant`, or by `*` if that is NULL. `ret` has room for
 * PATTERN_MAX
 * + 1 bytes. Returns the length, or 0 if the result is too long. */
size_t pattern_fill_tenant(char ret[PATTERN_MAX + 1], const char *text, size_t len, const char *tenant);

/* Literal characters: all bytes but `*`. The measure of how specific a wildcard is. */
uint16_t pattern_literals(const char *text, size_t len);

/* True if the canonical pattern (EXACT, UNDER, DOT or GLOB) matches the name. Cost: at most label length squared. */
bool pattern_match(const char *text, size_t len, const char *name, size_t name_len);

/* The same for a pattern that is known to be a GLOB. */
bool pattern_match_glob(const char *text, size_t len, const char *name, size_t name_len);

/* True if some host name matches both patterns (EXACT, UNDER, DOT or GLOB). Never false when there is one; may be true
 * for names that only differ from a host name by an empty label. Cost: product of the lengths. */
bool pattern_meets(const char *a, size_t a_len, const char *b, size_t b_len);

/* True if every host name that the inner pattern matches is matched by the outer one (EXACT, UNDER, DOT or GLOB; a
 * pattern covers itself, a regex nothing). Cost: three matches. */
bool pattern_covers(const char *outer, size_t outer_len, const char *inner, size_t inner_len);

/* A name that both patterns match (UNDER or GLOB), with `label` in stars where both leave room for it. False if none is
 * found, which for patterns of one star each means that there is none. Cost: product of the lengths. */
bool pattern_crossing(struct host *ret, const char *a, size_t a_len, const char *b, size_t b_len, const char *label);

/*
 * True if the pattern lets a stranger register a matching name: the literal labels wholly to the right of its last `*`
 * are missing, a public suffix, or those of a cloud where customers choose names. `.b.c` counts as `*.b.c`. False for
 * EXACT and REGEX.
 */
bool pattern_is_open(const char *text, size_t len);

/* The suffix of that cloud, see host_shared_cloud(); NULL if the pattern covers none, or a whole top-level
 * name. */
const char *pattern_cloud(const char *text, size_t len);

struct regex;

enum regex_answer { REGEX_NO, REGEX_YES, REGEX_LIMIT };

/* Compiles a regex (text without `~`) into memory of the arena; it dies with the arena. Caseless, anchored at both
 * ends, no JIT, no \C, no UTF. `share` is another regex of the same arena, whose memory for matching serves both; or
 * NULL. -1 with ERR_SYNTAX (PCRE2's own words and the offset) or ERR_MEM. */
int regex_new(struct regex **ret, const struct regex *share, struct arena *arena, const char *text, size_t len,
              struct err *err);

/* Matches one canonical name. REGEX_LIMIT if a limit was hit: the caller decides what that means. Time is bounded by
 * the limits above; memory comes from the arena, at most twice REGEX_HEAP_LIMIT for all that share it. */
enum regex_answer regex_match(const struct regex *regex, const char *name, size_t len);

/* A slice of what was matched; empty for a group that took no part. */
struct regex_span {
    size_t from;
    size_t len;
};

#define REGEX_SPANS 10 /* the whole and groups 1 to 9 */

/* The same, and where each group matched. `ret` is filled if the answer is REGEX_YES. */
enum regex_answer regex_capture(const struct regex *regex, const char *text, size_t len,
                                struct regex_span ret[REGEX_SPANS]);

/* The labels that every name matched by a regex (text without `~`) ends with, behind a dot; `ret` gets them with a NUL.
 * Returns their length, or 0: none, or the regex uses more of PCRE2's grammar than is read here. Cost: one pass. */
size_t pattern_regex_suffix(char ret[HOST_MAX + 1], const char *text, size_t len);

/* Capture groups of the regex, however many. */
unsigned regex_groups(const struct regex *regex);

#endif

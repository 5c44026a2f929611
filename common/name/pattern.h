/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pattern.h - host patterns of rules: what a wildcard means and whether a name matches.
 *
 * Where it sits: room name, above host. table.c reads patterns through pattern_parse(). The image indexes them by kind.
 * image and compile use pattern_match(), pattern_meets() and the regexes.
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
    PATTERN_PREFIX, /* an address prefix; listed here because a rule has exactly one kind */
};

/* `<tenant>` in published patterns; it stays until the tenant is known, when the table is compiled. */
#define PATTERN_TENANT "<tenant>"

/* A canonical pattern as pattern_parse() returns it. */
struct pattern {
    char text[REGEX_MAX + 2]; /* NUL-terminated; a regex with its `~` */
    size_t len;
    enum pattern_kind kind; /* never PREFIX */
};

/* Reads one host pattern of `len` bytes: converts it to lower case, drops one trailing dot, converts Unicode, and
 * determines its kind. With `published` the web service's grammar applies: at most one `*`, `<tenant>` allowed, no
 * `.b.c`, no regex. -1 with ERR_SYNTAX or ERR_LIMIT, and *ret is undefined: a byte that is not allowed in a host name,
 * an empty label, too long, a form that is not allowed here. A regex is only checked for length and bytes; regex_new()
 * compiles it. */
int pattern_parse(struct pattern *ret, const char *text, size_t len, bool published, struct err *err);

/* The kind of a canonical pattern, that is one from pattern_parse() or pattern_fill_tenant(). */
enum pattern_kind pattern_kind(const char *text, size_t len);

/* Writes the pattern with each `<tenant>` replaced by `tenant`, or by `*` if that is NULL. `ret` has room for
 * PATTERN_MAX + 1 bytes. Returns the length, or 0 if the result is too long. */
size_t pattern_fill_tenant(char ret[PATTERN_MAX + 1], const char *text, size_t len, const char *tenant);

/* The number of literal characters: all bytes except `*`. This measures how specific a wildcard is. */
uint16_t pattern_literals(const char *text, size_t len);

/* True if the canonical pattern (EXACT, UNDER, DOT or GLOB) matches the name. Cost: at most the label length
 * squared. */
bool pattern_match(const char *text, size_t len, const char *name, size_t name_len);

/* The same for a pattern that is known to be a GLOB. */
bool pattern_match_glob(const char *text, size_t len, const char *name, size_t name_len);

/* True if some host name matches both patterns (EXACT, UNDER, DOT or GLOB). Never false if there is one. May be true if
 * the only common text is not a host name because of an empty label. Cost: product of the lengths. */
bool pattern_meets(const char *a, size_t a_len, const char *b, size_t b_len);

/* True if the outer pattern matches every host name that the inner one matches (EXACT, UNDER, DOT or GLOB). A pattern
 * covers itself; a regex covers nothing and is covered by nothing. Cost: three matches. */
bool pattern_covers(const char *outer, size_t outer_len, const char *inner, size_t inner_len);

/* Calls fn with patterns that together match exactly the names which both patterns (EXACT, UNDER or GLOB) match. Some
 * may match no host name because of an empty label. fn returns false to end. False if it ended, or if there are
 * hundreds of them. Cost: product of the lengths. */
bool pattern_cross(const char *a, size_t a_len, const char *b, size_t b_len,
                   bool (*fn)(void *arg, const char *text, size_t len), void *arg);

/*
 * True if a stranger can register a name that matches. That is so if the literal labels to the right of the last `*`
 * are missing, are a public suffix, or belong to a cloud where customers choose names. `.b.c` counts as `*.b.c`, and
 * `<tenant>` as `*`: any stranger is a tenant. False for other EXACT patterns, and for REGEX: see
 * pattern_regex_width().
 */
bool pattern_is_open(const char *text, size_t len);

/* The suffix of that cloud, see host_shared_cloud(). NULL if the pattern covers none, or covers a whole top-level
 * domain. */
const char *pattern_cloud(const char *text, size_t len);

struct regex;

enum regex_answer { REGEX_NO, REGEX_YES, REGEX_LIMIT };

/* Compiles a regex (text without `~`) into memory of the arena, which owns it. Caseless, anchored at both ends, no JIT,
 * no \C, no UTF. `share`, unless NULL, is another regex of the same arena; both then use the same match memory. -1 with
 * ERR_SYNTAX (PCRE2's message and the offset) or ERR_MEM. */
int regex_new(struct regex **ret, const struct regex *share, struct arena *arena, const char *text, size_t len,
              struct err *err);

/* Matches one canonical name. REGEX_LIMIT means that a limit was hit; the caller decides what follows. The limits above
 * bound the time. Memory comes from the arena: at most twice REGEX_HEAP_LIMIT for all regexes that share it. */
enum regex_answer regex_match(const struct regex *regex, const char *name, size_t len);

/* A slice of the matched text; empty for a group that did not take part. */
struct regex_span {
    size_t from;
    size_t len;
};

#define REGEX_SPANS 10 /* the whole match and groups 1 to 9 */

/* Like regex_match(), and reports where each group matched. `ret` is filled only if the answer is REGEX_YES. */
enum regex_answer regex_capture(const struct regex *regex, const char *text, size_t len,
                                struct regex_span ret[REGEX_SPANS]);

/* Writes the labels, after a dot, that every name matched by a regex (text without `~`) ends with, NUL-terminated.
 * Returns their length, or 0 if there are none or the regex uses more of PCRE2's grammar than is parsed here. Cost: one
 * pass. */
size_t pattern_regex_suffix(char ret[HOST_MAX + 1], const char *text, size_t len);

enum regex_width {
    REGEX_CLOSED, /* all its names end with one of a few names that somebody owns, or have no dot */
    REGEX_OPEN,   /* a stranger can register or rent a name that it matches */
    REGEX_UNTOLD, /* it uses more of PCRE2's grammar than is parsed here */
};

/* The width of a regex (text without `~`) that regex_new() accepts. REGEX_CLOSED is certain: what a stranger can
 * register is judged as in pattern_is_open(), for the ends of all alternatives. A finite number of whole names is
 * closed. Cost: some microseconds for each byte. */
enum regex_width pattern_regex_width(const char *text, size_t len);

/* The number of capture groups in the regex; may exceed 9. */
unsigned regex_groups(const struct regex *regex);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lint_build.h - what the checks share: the tables at hand, how a finding is reported, who covers whom. Private to
 * lint*.c.
 *
 * A check goes through one table and may look into the others. It reports what it finds: file, line, what is wrong and
 * what to do.
 */
#ifndef COMMON_LINT_BUILD_H
#define COMMON_LINT_BUILD_H

#include "lint.h"
#include "name/pattern.h"
#include "table/table.h"

struct arena;

/* One rule with its terms and its source. */
struct lint_rule {
    const struct rule *rule;
    const struct regex *regex; /* if the rule is one */
    const struct terms *terms;
    const struct lint_source *source;
};

/* A published name that stays inspected, and the local bypass that covers it. */
struct lint_kept {
    const struct lint_rule *local, *name;
};

/* All rules of all tables, to be looked up by their text. */
struct lint_book {
    struct arena *arena;
    struct lint_rule *names; /* sorted by text, then by source, then by line */
    size_t name_count;
    struct lint_rule *prefixes; /* sorted by address and length, then likewise */
    size_t prefix_count;
    const struct lint_rule **globs; /* names that no suffix finds */
    size_t glob_count;
    const struct lint_rule **guarded; /* local inspect and bypass lines of presets */
    size_t guarded_count;
    const struct lint_rule **published; /* prefixes of endpoint sets */
    size_t published_count;
    struct lint_kept *kept; /* sorted by local line; see lint_kept_find() */
    size_t kept_count;
    const struct regex *regex; /* the first; all share its memory for matching */
};

/* One run while it lasts. */
struct lint_pass {
    struct lint *lint;
    struct lint_book book;
    const struct lint_source *at; /* the table being checked */
    bool remark;                  /* findings are reported but not counted: the administrator cannot change the line */
    size_t said;                  /* findings of the running check */
    const struct lint_source *twice; /* was said to be named twice */
};

/* ---- lint.c: what every check needs ---- */

/* Reports a finding about a rule. After lint->said_max findings of one check and table they are only counted. */
void lint_find(struct lint_pass *pass, const struct lint_rule *at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Calls fn for every rule of the table being checked. */
void lint_each(struct lint_pass *pass, void (*fn)(struct lint_pass *pass, const struct lint_rule *at));

/* True if the category is bypassed; never for an inspect line. */
bool lint_is_bypass(const struct lint_pass *pass, const struct terms *terms);

/* True if the line counts on the day: an inspect line always does. */
bool lint_in_force(const struct lint_pass *pass, const struct terms *terms);

/* True if `a` speaks for every TCP port that `b` speaks for; also if `b` speaks for none. */
bool lint_ports_cover(const struct terms *a, const struct terms *b);
bool lint_ports_meet(const struct terms *a, const struct terms *b); /* both speak for the same port */
bool lint_speaks(const struct terms *terms);                        /* speaks for at least one TCP port */

/* How a rule is named in a sentence: `'*.x' (Allow, set 46, 'worldwide.rules' line 9)`. */
#define LINT_NAME_MAX 512
const char *lint_name(char ret[LINT_NAME_MAX], const struct lint_rule *rule);

/* ---- lint_book.c: who covers whom ---- */

/* Enters all rules of all sources. -1 without memory. Close it in any case. */
int lint_book_open(struct lint_book *book, const struct lint *lint, struct err *err);
void lint_book_close(struct lint_book *book);

/* The rule, with its compiled regex if it is one. */
struct lint_rule lint_book_rule(const struct lint_book *book, const struct lint_source *source,
                                const struct rule *rule);

/* True if the first matches all that the second matches, whatever the ports; names only. */
bool lint_covers(const struct lint_rule *a, const struct lint_rule *b);

/* Calls fn for every other rule that matches all that `of` matches (whatever its ports) until it returns true. */
bool lint_each_cover(const struct lint_book *book, const struct lint_rule *of,
                     bool (*fn)(void *arg, const struct lint_rule *cover), void *arg);

/* Finds the published names that stay inspected below local lines, once the book is open. -1 without memory. Cost: a
 * search for covers of every published name. */
int lint_kept_find(struct lint_pass *pass, struct err *err);

/* ---- the checks, a file each ---- */

void lint_expiry(struct lint_pass *pass);
void lint_duplicates(struct lint_pass *pass);
void lint_reach(struct lint_pass *pass);
void lint_width(struct lint_pass *pass);
void lint_presets(struct lint_pass *pass);
void lint_bare(struct lint_pass *pass);
void lint_kept(struct lint_pass *pass);
void lint_local(struct lint_pass *pass);

#endif

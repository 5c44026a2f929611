/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_check.h - what the checks of `m365ctl check` share: the tables at hand, how a finding is said, who covers whom.
 *
 * Where it sits: floor 7, private to cmd_check*.c. A check is a function in the list of cmd_check.c; it looks over one
 * table, may look into the others, and says what it finds with file, line, sentence and what to do.
 */
#ifndef HELPER_CMD_CHECK_H
#define HELPER_CMD_CHECK_H

#include "cmd.h"
#include "pattern.h"
#include "table.h"

struct arena;
struct conf;
struct generation_source;

struct check_source {
    const char *spec;
    const char *path; /* without its verb */
    struct table *table;
    bool preset; /* lies in a folder named presets, or is configured as one: not judged as a local rule */
};

/* One rule and where it is from. */
struct check_rule {
    const struct rule *rule;
    const struct regex *regex; /* if it is one */
    const struct set *set;
    const struct check_source *source;
};

/* All rules of all tables, to be looked up by their text. */
struct check_book {
    struct arena *arena;
    struct check_rule *names; /* sorted by text, then as named on the command line, then by line */
    size_t name_count;
    struct check_rule *prefixes; /* sorted by address and length, then likewise */
    size_t prefix_count;
    const struct check_rule **globs; /* names that no suffix finds */
    size_t glob_count;
    const struct check_rule **guarded; /* local inspect and bypass lines of presets */
    size_t guarded_count;
    const struct check_rule **published; /* prefixes of endpoint sets */
    size_t published_count;
    const struct regex *regex; /* the first, whose memory for matching serves all */
};

struct check {
    struct cmd_load load;
    uint32_t today;
    size_t findings;
    size_t refusals;
    const char *config;  /* of --config; NULL: sources are named, or what is in use is looked at */
    struct conf *conf;   /* what was read there */
    struct arena *texts; /* of specs that are not on the command line */
    struct check_source sources[TABLE_SOURCES_MAX];
    size_t source_count;
    const struct check_source *at; /* the table at hand */
    struct check_book book;
    bool remark; /* what is found now is said, but is nobody's fault here */
    size_t said; /* findings said by the check at hand */
};

/* Says a finding about a rule of the table at hand; after CHECK_SAID_MAX of one check it is only counted. */
#define CHECK_SAID_MAX 50
void check_find(struct check *check, const struct check_rule *at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Says that something cannot be looked at. */
void check_refuse(struct check *check, const struct err *err);

/* Adds a table, or says why it cannot be read. Its texts must outlive the check. */
void check_read(struct check *check, const struct generation_source *from);

/* Reads what the configuration names: sources and options. */
void check_read_conf(struct check *check);

/* True if the category is bypassed, by the options given. */
bool check_is_bypass(const struct check *check, const struct set *set);

/* Calls fn for every rule of the table at hand. */
void check_each(struct check *check, void (*fn)(struct check *check, const struct check_rule *at));

/* True if the rule counts on the day: an inspect line always. */
bool check_in_force(const struct check *check, const struct set *set);

/* True if `a` speaks for every TCP port that `b` speaks for; true if `b` speaks for none. */
bool check_ports_cover(const struct set *a, const struct set *b);
bool check_speaks(const struct set *set); /* for any TCP port at all */

/* How a rule is named in a sentence: `'*.x' (set 46, Allow, 'worldwide.rules' line 9)`. */
#define CHECK_NAME_MAX 512
const char *check_name(char ret[CHECK_NAME_MAX], const struct check_rule *rule);

/* The book. -1 without memory. */
int check_book_open(struct check *check, struct err *err);
void check_book_close(struct check_book *book);

/* True if the first matches all that the second matches, whatever the ports; names only. */
bool check_covers(const struct check_rule *a, const struct check_rule *b);

/* The rule with its regex, if it is one. */
struct check_rule check_book_rule(const struct check_book *book, const struct check_source *source,
                                  const struct rule *rule);

/* Calls fn for every other rule that matches all that `of` matches (whatever its ports) until it returns true. */
bool check_each_cover(const struct check_book *book, const struct check_rule *of,
                      bool (*fn)(void *arg, const struct check_rule *cover), void *arg);

/* The checks that have files of their own. */
void check_expiry(struct check *check);
void check_duplicates(struct check *check);
void check_reach(struct check *check);
void check_width(struct check *check);
void check_presets(struct check *check);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * insert_build.h - the search for places: what is added where, and what becomes of it. Private to room insert.
 *
 *     insert_search.c (which places) --> insert_lines.c, insert_extras.c (which lines) --> insert_place.c (at which
 *         line of which file) --> insert_try.c (read and asked again) --> insert_judge.c (is it right?)
 *     insert_file.c (files and what is added to them) --> insert_diff.c
 */
#ifndef COMMON_INSERT_BUILD_H
#define COMMON_INSERT_BUILD_H

#include "insert.h"
#include "outcome/outcome.h"
#include "ruleset/ruleset.h"
#include "squidconf/squidconf_text.h"

#define PUTS_MAX 24
#define INSERT_FILES_MAX 24
#define TRIES_MAX 120
#define EDIT_BYTES_MAX ((size_t)1 << 20) /* of what is added */

/* Lines that are added to a file, after a physical line; 0: before the first one. */
struct put {
    const char *file;
    unsigned after;
    const char *text; /* each line ends with a line end */
};

/* Those after the same line are in their order. */
struct patch {
    struct put put[PUTS_MAX];
    size_t count;
    bool failed; /* there were more, or a line has no place */
};

struct insert_file {
    const char *path;
    const char *bytes;
    size_t len;
    size_t *start; /* of each physical line; start[count] is the length */
    size_t count;
};

/* What becomes of the situations with a patch. */
struct trial {
    struct arena *arena;
    struct ruleset *conf;
    struct outcome_set set;
    struct outcome *before, *after;
};

/* Whom a rule lets in without a password. */
enum insert_clients { CLIENTS_ALL, CLIENTS_KNOWN, CLIENTS_LOCALNET, CLIENTS_PRIVATE, CLIENTS_END };

struct insert {
    const struct insert_about *about;
    struct squidconf_wish wish; /* with the ports of the file */
    struct arena *arena;
    struct squidconf_text text;
    struct ruleset *conf;   /* as it is */
    struct ruleset *lender; /* has the tables open; belongs to `first` */
    struct trial first;
    struct trial named;                     /* the same with more names */
    struct outcome_names names;             /* bypassed names about which different rules decide */
    struct trial best;                      /* that of the result */
    const char *on_explicit, *on_intercept; /* names of ports */
    const char *clients[CLIENTS_END];       /* the ACL of each; NULL: there is none */
    const char *known_line;                 /* defines that of CLIENTS_KNOWN; NULL: it is there */
    struct insert_file files[INSERT_FILES_MAX];
    size_t file_count;
    size_t tries;
    const char *why; /* what is wrong with the place that was tried last */
    struct err *err; /* set if it has failed */
    bool failed;
};

/* ---- insert_file.c ---- */
/* printf into the arena; "" without memory. */
const char *insert_text(struct insert *insert, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Keeps the content of a buffer in the arena and clears it. NULL: it was empty, or there is no memory. */
const char *insert_keep(struct insert *insert, struct buf *buf);
/* A file of the configuration, read once; NULL: insert->failed is set. */
const struct insert_file *insert_file(struct insert *insert, const char *path);
/* Appends the file as it would be. */
void insert_patched(struct buf *ret, const struct insert_file *file, const struct patch *patch);

/* ---- insert_diff.c: appends the diff of all files. False: a file cannot be named in one, and *err says so. ---- */
bool insert_diff(struct buf *ret, struct insert *insert, const struct patch *patch);

/* ---- insert_place.c ---- */
/* The index of the line of a rule. */
size_t place_line(const struct insert *insert, const struct rule *rule);
/* Puts text before the line, and before the comment above it; before the condition that it is in. A text of NULL is no
 * text. */
void place_before(struct insert *insert, struct patch *patch, size_t line, const char *text);
/* Puts text after the rule. */
void place_after(struct insert *insert, struct patch *patch, const struct rule *rule, const char *text);
/* Puts text at the end of the first file. */
void place_end(struct insert *insert, struct patch *patch, const char *text);

/* ---- insert_lines.c ---- */
/* The ports of the file, for which the lines are made. -1 with *err if there is none. */
int lines_ports(struct insert *insert, struct err *err);
/* The ACLs of clients that a rule may be kept to. */
void lines_clients(struct insert *insert);

bool lines_is_bypass(const struct acl *acl);
bool lines_is_password(const struct acl *acl);
typedef bool lines_test(const struct acl *acl);
/* The first rule with this action and a plain ACL that passes the test, also inside any-of and all-of, or NULL. */
const struct rule *lines_rule(const struct rules *rules, const char *action, lines_test *test);

/* True for a rule that can let in what a bypass is about: not those for the manager, the machine itself, or methods. */
bool lines_lets_in(const struct rule *rule);

/* True if the file has a line of these words. */
bool lines_has(const struct insert *insert, const char *line, size_t len);
/* The definitions: the helper's types and the ACLs. NULL: all are there. `step1`: also that of the first step. */
const char *lines_defs(struct insert *insert, enum insert_clients clients, bool step1);
/* -1 with *err if a name of the definitions means something else in this file. */
int lines_check_names(struct insert *insert, const char *defs, struct err *err);
/* The rules. `access` is the index of the rule that they come before. */
const char *lines_access(struct insert *insert, enum insert_clients clients, size_t access);
const char *lines_bump(struct insert *insert, bool peek);
/* A rule that lets in what `rule` lets in, after the helper was asked about it. */
const char *lines_also(struct insert *insert, const struct rule *rule);

/* ---- insert_extras.c: puts the extras that are asked for and not there yet; -1 with *err if one has no place. ---- */
int extras_place(struct insert *insert, struct patch *patch, struct err *err);

/* ---- insert_try.c ---- */
/* Reads the files as they would be and asks all situations, before and after. False: Squid would refuse it (insert->why
 * says so), or insert->failed. The caller frees it in either case. */
bool insert_try(struct insert *insert, const struct patch *patch, struct trial *ret);
void trial_free(struct trial *trial);

/* ---- insert_judge.c ---- */
/* True if every bypassed name gets through, and nothing else is worse than before; otherwise insert->why says what. */
bool insert_judge(struct insert *insert, const struct trial *trial);
/* True for a situation whose bypassed name must get through. */
bool judge_must(const struct outcome_case *one, const struct outcome *outcome);
/* True if it gets through in some course. */
bool judge_gets_through(const struct outcome *outcome);

/* ---- insert_search.c: finds the patch; -1 with *err if there is none. ---- */
int insert_search(struct insert *insert, struct patch *ret, struct err *err);

#endif

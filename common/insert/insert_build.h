/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * insert_build.h - the search for places: what is added where, and what becomes of it. Private to room insert.
 *
 *     insert_search.c (which places) --> insert_plan.c --> insert_lines.c, insert_rule.c, insert_extras.c (which
 * lines), insert_name.c (under which names) --> insert_place.c (at which line of which file) --> insert_try.c (read and
 * asked again)
 *         --> insert_judge.c (is it right?)
 *     insert_patch.h (files and what is added to them) --> insert_diff.c
 */
#ifndef COMMON_INSERT_BUILD_H
#define COMMON_INSERT_BUILD_H

#include "insert.h"
#include "insert_patch.h"
#include "outcome/outcome.h"
#include "outcome/outcome_user.h"
#include "ruleset/ruleset.h"
#include "squidconf/squidconf_text.h"

#define TRIES_MAX 160
#define RENAMES_MAX 16
#define LINED_MAX 64

/* A name that the file has for something else. */
struct insert_rename {
    const char *from, *to;
    bool type; /* of a helper, not of an ACL */
};

/* What becomes of the situations with a patch. */
struct trial {
    struct arena *arena;
    struct ruleset *conf;
    struct outcome_set set;
    struct outcome *before, *after;
};

/* Which connections get a peek at step 1: none, all, or those that http_access let pass by the bypass. */
enum insert_peek { PEEK_NONE, PEEK_ALL, PEEK_NOTED };

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
    struct outcome_set more;                /* clients and users that ssl_bump inspects by rules of their own */
    struct trial best, again;               /* that of the result, and the same with other names */
    struct outcome_users users;             /* of the file */
    struct outcome_user user;               /* whose password counts */
    bool apart;                             /* users of other lists count only where these let them in */
    bool each;                              /* for each rule counts the user of its own list */
    const char *on_explicit, *on_intercept; /* names of ports */
    const char *clients[CLIENTS_END];       /* the ACL of each; NULL: there is none */
    const char *known_line;                 /* defines that of CLIENTS_KNOWN; NULL: it is there */
    struct insert_file files[INSERT_FILES_MAX];
    size_t file_count;
    struct insert_rename renames[RENAMES_MAX];
    size_t rename_count;
    const struct rule *lined[LINED_MAX]; /* rules that have a line before those that ask everybody */
    size_t lined_count;
    bool front;       /* the place that is tried has rules for proxies in front */
    struct buf notes; /* of the place that was tried last */
    size_t tries;
    const char *why; /* what is wrong with the place that was tried last */
    size_t reached;  /* how many situations ended as they must there, before one that did not */
    const char *best_why;
    size_t best_reached; /* those of the place where most did; of several the first one */
    bool all_closed;     /* there, rules of the administrator's keep all names closed that were asked about */
    struct err *err;     /* set if it has failed */
    bool failed;
};

/* What one place is made of. */
struct plan {
    enum insert_clients clients;
    bool access;             /* rules of http_access are needed */
    bool probe;              /* only one, at the top */
    const struct rule *bump; /* NULL: no line, or after the last one */
    bool bumps;
    enum insert_peek peek;
    bool front;               /* rules for proxies in front are needed: */
    const struct rule *above; /* before this rule of the file, or */
    size_t put;               /* before the text of this put, if it is not SIZE_MAX */
};

/* ---- insert_plan.c ---- */
/* 1: the patch is made. 0: insert->why says why there is no place. -1: *err. */
int plan_make(struct insert *insert, const struct plan *plan, struct patch *ret, struct err *err);
/* Adds to the plan rules for proxies in front, where Squid refuses a bypassed name after the splice that comes through
 * such a one. False: it refuses none, or the end of the list does. */
bool plan_front(struct insert *insert, const struct trial *trial, const struct patch *patch, struct plan *plan);

/* ---- insert_diff.c: appends the diff of all files. False: a file cannot be named in one, and *err says so.
 * *ret_from_root: its names are absolute. ---- */
bool insert_diff(struct buf *ret, struct insert *insert, const struct patch *patch, bool *ret_from_root);

/* ---- insert_extras.c ---- */
/* All extras that are asked for. */
const char *extras_text(struct insert *insert, unsigned extras);
/* Puts the extras that are asked for and not there yet; -1 with *err if one has no place. */
int extras_place(struct insert *insert, struct patch *patch, struct err *err);

/* ---- insert_try.c ---- */
/* Reads the files as they would be and asks all situations, before and after. False: Squid would refuse it (insert->why
 * says so), or insert->failed. The caller frees it in either case. */
bool insert_try(struct insert *insert, const struct patch *patch, struct trial *ret);
void trial_free(struct trial *trial);
/* Finds more names to ask about, each once: a name that the table has comes again without its address, and would
 * resolve to another one. -1 with *err. Cost: as outcome_names(). */
int insert_more_names(struct insert *insert, const struct trial *trial, struct err *err);

/* ---- insert_client.c: finds the situations of insert->more. -1 with *err. Cost: a few courses for each client and
 * port. ---- */
int insert_more_clients(struct insert *insert, struct err *err);

/* ---- insert_refuse.c ---- */
/* A sentence on why Squid would refuse the files with the patch, with a line of the files as they are. */
const char *refuse_why(struct insert *insert, const struct patch *patch, const struct ruleset_place *place);

/* ---- insert_prune.c: takes rules of http_access that no request reaches out of the patch. False: there are none. ----
 */
bool insert_prune(struct insert *insert, struct patch *patch, const struct trial *trial);

/* ---- insert_search.c: finds the patch; -1 with *err if there is none. ---- */
int insert_search(struct insert *insert, struct patch *ret, struct err *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * advise_build.h - the doctor at work on courses: what is wrong, and what is tried. Private to room advise.
 *
 *     advise_find.c (what is wrong, by the line that decides) --> advise_access.c, advise_bump.c, advise_later.c,
 *         advise_own.c (what might correct it) --> advise_edit.c (changes lines) --> advise_try.c (asks again) -->
 * advise_say.c (says it)
 *             --> advise_worker.c (of which of Squid's workers it is true)
 */
#ifndef COMMON_ADVISE_BUILD_H
#define COMMON_ADVISE_BUILD_H

#include "advise.h"
#include "advise_edit.h"
#include "base/buf.h"
#include "outcome/outcome.h"
#include "outcome/outcome_user.h"
#include "ruleset/ruleset_role.h"
#include "squidconf/squidconf.h"
#include "squidconf/squidconf_text.h"

struct hearing;

#define TRIES_MAX 32           /* corrections that are tried for one finding */
#define LINES_TRIED_MAX 400000 /* lines that are read again to try them all */
#define GROUPS_MAX 40          /* findings about courses */
#define BYPASSES_MAX 8         /* bypass ACLs that a correction is tried with */
#define TOUCHED_MAX 64         /* lines that corrections take away or move */

/* Situations that must end otherwise, and for which one rule is to blame. */
struct group {
    unsigned broken;                /* one of enum outcome_want */
    const struct rule *rule;        /* NULL: the end of a list */
    const struct course *course;    /* of the first situation */
    const struct course_step *step; /* NULL: the port */
    const struct acl *own;          /* with OUTCOME_OWN */
    size_t first;                   /* index of the first situation */
    size_t count;
    bool note;
    bool minor; /* a note about a network that is smaller than that of the usual client */
};

struct advice {
    const struct advise_about *about;
    struct squidconf *found;
    struct arena *arena;
    struct squidconf_text text;
    struct ruleset *conf;
    struct outcome_set set;
    struct outcome *outcomes;
    struct outcome_users users;
    struct outcome_user user; /* of the situations */
    bool *healed;             /* for each situation: a correction was found with which it ends as it must */
    struct group groups[GROUPS_MAX];
    size_t group_count;
    size_t tries, budget; /* corrections tried for the finding at hand, and left for all */
    size_t touched[TOUCHED_MAX];
    size_t touched_count;
    size_t worker;           /* index of ruleset_texts */
    struct hearing *hearing; /* what was found */
    struct err *err;         /* set if it has failed */
    bool failed;
};

/* The situations that must end otherwise, in groups. */
void advise_group(struct advice *advice);
/* True if every situation of the group is healed by the correction of another one. */
bool advise_is_healed(struct advice *advice, const struct group *group);
bool advise_in_group(struct advice *advice, const struct group *group, size_t index);
/* True if what is wrong with the situation is `minor`. */
bool advise_is_minor(struct advice *advice, size_t index);

/* True if a rule of the bypass above the one that decides would let it in, but is about other names or some time of the
 * day only: `allow work m365`. So also if another rule lets it in, and it is inspected. */
bool advise_leaves_out(const struct advice *advice, const struct group *group);

/* ---- corrections: each tries one after the other, and returns the first that helps in *ret ---- */

bool advise_access(struct advice *advice, const struct group *group, struct edit *ret);
bool advise_bump(struct advice *advice, const struct group *group, struct edit *ret);
/* For what a list refuses after http_access has let it in. */
bool advise_later(struct advice *advice, const struct group *group, struct edit *ret);
bool advise_own(struct advice *advice, const struct group *group, struct edit *ret);

/* True if with this correction all situations of the group end as they must, none of the others is worse, and no client
 * of any network gets in whom a rule keeps out, or loses anything. */
bool advise_try(struct advice *advice, const struct group *group, const struct edit *edit);

/* Whose passwords count. It is about one configuration still. */
struct outcome_opened_about advise_opened(const struct advice *advice);

/* The rule of http_access that decided first: it let the request in, or refused it. NULL: none did. */
const struct rule *advise_entry(const struct group *group);

/* The list whose rules were asked at a step. */
const struct rules *advise_list_of(const struct advice *advice, const struct course_step *step);

/* The index of the line of a rule. */
size_t advise_line(const struct advice *advice, const struct rule *rule);

/* printf into the arena; "" without memory. */
const char *advise_text(struct advice *advice, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* ---- names that corrections use ---- */

/* The n-th bypass ACL of the configuration, those of rules first; NULL after the last. */
const struct acl *advise_bypass(const struct advice *advice, size_t n);

/* The n-th ACL that names the port of a listener of this kind, such as `m365_on_explicit`; NULL after the last. */
const struct acl *advise_port(const struct advice *advice, size_t situation, size_t n);

/* The names of ACLs for step 1 and for a request that a helper of ours let pass; *ret_line is the line that defines
 * them, NULL if there is one. */
const char *advise_step1(struct advice *advice, const char **ret_line);
const char *advise_noted(struct advice *advice, const char **ret_line);

/* A name for a new ACL that nothing has. */
const char *advise_new_name(struct advice *advice, const char *wish);

/* Adds the lines of an ACL under another name and type to the edit: in their place, or all before a line (SIZE_MAX: in
 * their place). What follows the type stays to the letter. */
void advise_retype(struct advice *advice, struct edit *edit, const struct acl *acl, const char *name, const char *type,
                   size_t before);

/* The first ACL of a rule that is a list of names, or NULL. */
const struct acl *advise_list(const struct rule *rule);

/* Adds a list of the hosts that an ACL of names is about, before a line; returns its name. */
const char *advise_host_list(struct advice *advice, struct edit *edit, const struct acl *acl, size_t before);

/* Tries a rule each for explicit and for intercepting ports. */
bool advise_other_port(struct advice *advice, const struct group *group, struct edit *ret);

/* A rule's line, with words put behind its action. */
const char *advise_insert(struct advice *advice, const struct rule *rule, const char *words);

void advise_say(struct advice *advice, const struct group *group, const struct edit *edit);

/* Rules that no request reaches. */
void advise_reach(struct advice *advice);

/* What the rules say and no request shows; names of users among it. */
void advise_rules(struct advice *advice);
void advise_names(struct advice *advice);

/* Ports without ssl-bump that other names than bypassed ones get through. */
void advise_ports(struct advice *advice);

#endif

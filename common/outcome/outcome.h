/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * outcome.h - a fixed set of situations, how each ends under a squid.conf, and how it must end.
 *
 *     struct ruleset --> outcome_cases() --> situations, what must be true of each --> outcome_find() --> how they end
 *                                                                                   --> table, JSON, comparison
 *
 * Where it sits: room outcome, above course. The situations are those that a proxy with Microsoft 365 is about: a
 * bypassed name with and without a password, other names, strangers that send Microsoft's name as SNI, a helper that
 * does not answer, plain HTTP, local lines of the table, one's own lists; each for every port. What is wrong with a
 * line, and its correction, belong to room advise. Nothing is read from the machine: names resolve as the set says.
 */
#ifndef COMMON_OUTCOME_H
#define COMMON_OUTCOME_H

#include "course/course.h"
#include "course/situation.h"

struct acl;
struct rule;

/* What must be true of a situation; bits. None: its end is only shown. */
enum outcome_want {
    OUTCOME_BYPASS = 1 << 0,   /* spliced, plain HTTP allowed; no password, no inspection */
    OUTCOME_INSPECT = 1 << 1,  /* not spliced */
    OUTCOME_PASSWORD = 1 << 2, /* does not get through: a password is missing */
    OUTCOME_REFUSE = 1 << 3,   /* does not get through: the client is not one of ours */
    OUTCOME_OWN = 1 << 4,      /* spliced: a list of the administrator's own says so */
    OUTCOME_NOTE = 1 << 5,     /* with one of INSPECT, REFUSE, THROUGH: worth knowing, and no mistake */
    OUTCOME_THROUGH = 1 << 6,  /* with OUTCOME_BYPASS: it may also be refused, or asked */
    OUTCOME_ANY = 1 << 7,      /* any other end is no loss: a bypassed name with another SNI, or whose helper fails */
    OUTCOME_SHOWN = 1 << 9,    /* no end is wrong, and it may be inspected or refused where it was not before */
    OUTCOME_CLAIM = 1 << 8,    /* does not get through, unless the situation `without` the claim ends as open */
    OUTCOME_DENIED = 1 << 10,  /* does not get through: a list of the administrator's own in http_access says so */
    OUTCOME_LISTED = 1 << 12,  /* no end is wrong that a list of the administrator's own with the name decides */
    OUTCOME_KEPT = 1 << 11,    /* not spliced: a list of the administrator's own in ssl_bump inspects or closes it */
};

/* Those about lists of the administrator's own. */
#define OUTCOME_OWNS ((unsigned)(OUTCOME_OWN | OUTCOME_DENIED | OUTCOME_KEPT))

struct outcome_case {
    const char *title;       /* `a bypassed name, no password`: for a table and in a sentence */
    const char *request;     /* as m365ctl trace takes it */
    const char *listener;    /* the port as its line has it */
    const char *kind;        /* `explicit`, `intercept`, `intercept-http` */
    const struct acl *own;   /* the list, with one of OUTCOME_OWNS; otherwise NULL */
    const struct rule *rule; /* the rule that names it */
    const char *without;     /* with OUTCOME_CLAIM: the title of the situation at the same port without the claim */
    unsigned wants;          /* enum outcome_want */
    struct situation situation;
};

struct outcome_set {
    struct arena *arena;
    struct outcome_case *cases;
    size_t count, room;
    const struct hosts *hosts;               /* what the names of the set resolve to */
    const char *bypassed, *bypassed_address; /* the bypassed name; NULL: none is known */
    const char *user;                        /* who has a password */
    struct addr client;                      /* the usual one; some ports may serve others only */
};

/* Makes the situations for a configuration. The tables of its helpers are open (ruleset_helper.image); where there is
 * none, no name is known to be bypassed, and those situations are left out. Of more than 32 ports the first count. -1
 * with ERR_MEM. Cost: a few hundred look-ups in the table, and a few courses. */
int outcome_cases(struct outcome_set *ret, const struct ruleset *conf, struct arena *arena, struct err *err);

/* More bypassed names. The address of one is NULL if none of a published prefix is known. */
#define OUTCOME_NAMES_MAX 6
struct outcome_names {
    const char *name[OUTCOME_NAMES_MAX];
    const char *address[OUTCOME_NAMES_MAX];
    size_t count;
};

/* The same, and for each of these names a situation of its own at every port. NULL: none. */
int outcome_cases_more(struct outcome_set *ret, const struct ruleset *conf, const struct outcome_names *names,
                       struct arena *arena, struct err *err);

/* Finds bypassed names of the tables of `with` about which other rules decide than about the name of the set: one for
 * each way, in the arena of the set. -1 with ERR_MEM. Cost: four courses for each of 2,000 names at most. */
int outcome_names(struct outcome_names *ret, const struct outcome_set *set, const struct ruleset *with,
                  const struct ruleset *conf, struct err *err);

/* True for an ACL of names or addresses of servers; with `urls` also of their URLs. */
bool outcome_is_list(const struct acl *acl, bool urls);
/* True if a client goes by TLS to a name that no table and no list of the administrator's is about. */
bool outcome_is_other(const struct outcome_case *one);
/* True if some ssl_bump rule, of any worker, decrypts or closes. */
bool outcome_inspects(const struct ruleset *conf);

/* How one situation ends. */
struct outcome {
    bool possible; /* false: the configuration has no such port */
    struct courses courses;
};

/* Finds how each situation of the set ends: ret[set->count], into the arena. -1 with ERR_MEM. Cost: as course_find()
 * for each. */
int outcome_find(struct outcome *ret, const struct outcome_set *set, const struct ruleset *conf, struct arena *arena,
                 struct err *err);

/* The course in which the situation does not end as it must, or NULL. One that hangs on an ACL of the deciding rule
 * itself that is not known (`deny !office_hours`) is meant so. */
const struct course *outcome_wrong(const struct outcome_case *one, const struct outcome *outcome);

/* True for a claim to an address that gains nothing: the situation without it ends as open. */
bool outcome_is_entitled(const struct outcome_set *set, const struct outcome *outcomes, size_t index);

/* True if the table marks it: it does not end as it must, and that is a mistake. A list of the administrator's own that
 * nothing reaches is not marked, as it may be meant for another port. */
bool outcome_marked(const struct outcome_set *set, const struct outcome *outcomes, size_t index);

/* How open an end is: refused, asked or cut off; inspected; passed as it is. The most open course counts. */
enum outcome_openness { OUTCOME_CLOSED, OUTCOME_INSPECTED, OUTCOME_OPEN };
enum outcome_openness outcome_openness(const struct outcome *outcome);
bool outcome_through(const struct outcome *outcome); /* some course is not closed */

unsigned outcome_broken(unsigned wants, enum course_end end); /* which of the wants an end does not meet */

/* The step of a course to which the end is owed, as far as these wants are concerned; NULL: it has none. */
const struct course_step *outcome_blamed(unsigned wants, const struct course *course);

/* True if both end alike in every course. */
bool outcome_same(const struct outcome *a, const struct outcome *b);

/* The ends of all courses, `splice` or `deny or splice`; `no such port`. */
#define OUTCOME_WORDS_MAX 80
void outcome_words(char ret[OUTCOME_WORDS_MAX], const struct outcome *outcome);

/* Append the table situation x end, marked with `!` where the end must be another one; as text and as JSON. */
void outcome_print(struct buf *ret, const struct outcome_set *set, const struct outcome *outcomes);
void outcome_print_json(struct buf *ret, const struct outcome_set *set, const struct outcome *outcomes);

/* Appends the situations that end otherwise than before, and returns how many. */
size_t outcome_print_changes(struct buf *ret, const struct outcome_set *set, const struct outcome *before,
                             const struct outcome *after);
size_t outcome_print_changes_json(struct buf *ret, const struct outcome_set *set, const struct outcome *before,
                                  const struct outcome *after);

/* Appends all situations, with the end before and the end after. */
void outcome_print_both(struct buf *ret, const struct outcome_set *set, const struct outcome *before,
                        const struct outcome *after);

/* Adds the situations of another set that this one lacks, by port and title; both live as long as the shorter of their
 * arenas. */
int outcome_add(struct outcome_set *set, const struct outcome_set *other, struct err *err);

#endif

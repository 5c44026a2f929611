/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * course.h - what Squid does with a request: which rule decides at each step, and how it ends.
 *
 *     a squid.conf --> ruleset_open() --> struct ruleset ------.
 *                                                              +--> course_find() --> courses --> text or JSON
 *     "CONNECT HOST:PORT sni=NAME ..." --> struct situation ---'
 *
 * Where it sits: room course, above ruleset (what squid.conf says) and verdict (which answers for our helpers).
 * course_find() is a pure function: it reads nothing but its arguments, and the same
 * arguments give the same courses. What is not known (an ACL that depends on the time, a name that does not resolve)
 * is followed both ways: then there are several courses, each with what it assumes.
 *
 * The laws are those of Squid's sources, one function each; course_walk.c and course_tls.c name them. They hold for
 * Squid 4 to 7.
 */
#ifndef COMMON_COURSE_H
#define COMMON_COURSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct buf;
struct err;
struct hosts;
struct rule;
struct ruleset;
struct situation;

#define COURSE_ASSUMPTIONS_MAX 12 /* in one course */
#define COURSES_MAX 64            /* of one situation; any more are cut off */
#define COURSE_STEPS_MAX 24       /* lists evaluated in one course */

enum course_end { END_SPLICE, END_BUMP, END_TERMINATE, END_DENY, END_ASK, END_ALLOW, END_CONFLICT };

/* Which list was evaluated, or what was checked, and when. */
enum course_phase {
    PHASE_ACCESS, /* http_access, of the request itself or of the CONNECT that Squid makes for an intercepted one */
    PHASE_BUMP,   /* ssl_bump at a step */
    PHASE_AGAIN,  /* http_access after a splice at step 2 */
    PHASE_INSIDE, /* http_access for a request inside the decrypted connection */
    PHASE_VERIFY, /* the host verification: no list */
    PHASE_FOLLOW, /* follow_x_forwarded_for: whose address the lists see */
    PHASE_PROXY,  /* proxy_protocol_access: whether the proxy in front may say whose connection it is */
    PHASE_LATER,  /* adapted_http_access, after http_access has let the request in */
    PHASE_MISS,   /* miss_access, before Squid asks a server */
    PHASE_DIRECT, /* never_direct, if it keeps Squid from asking the server itself */
};

/* A rule that did not decide. */
struct course_passed {
    const struct rule *rule;
    const char *acl;   /* the ACL of the rule that did not fit; NULL: the action is not possible at this step */
    bool matches;      /* it matches, and the rule has it with `!` */
    const char *inner; /* the one inside it that decided, or NULL */
    const char *why;   /* about that one, or NULL */
};

struct course_step {
    enum course_phase phase;
    int step;                /* 1 to 3 for ssl_bump */
    const struct rule *rule; /* the one that decides; NULL: the end of the list or a law of Squid */
    bool stopped;            /* the list ended in the middle, at this rule: it does not decide */
    const char *action;      /* allow, deny, ask, peek, splice ...; for the host verification conflict or verified;
                              * for follow_x_forwarded_for the address; for never_direct parent or deny */
    const char *why;         /* a sentence, or NULL if the rule says it all */
    const char *request;     /* what Squid looks at, such as `CONNECT 192.0.2.1:443` */
    const struct course_passed *passed; /* NULL unless they were asked for */
    size_t passed_count;
};

struct course_assumption {
    const char *subject, *rest; /* `office_hours`, and `matches` */
    const char *unless;         /* `does not match` */
    bool value;
};

struct course {
    enum course_end end;
    const char *sentence; /* how it ends */
    struct course_step steps[COURSE_STEPS_MAX];
    size_t step_count;
    struct course_assumption assumptions[COURSE_ASSUMPTIONS_MAX];
    size_t assumption_count;
};

struct courses {
    struct course *course;
    size_t count;
    bool cut; /* there are more */
};

/* The word in output. */
const char *course_end_word(enum course_end end);

struct course_question {
    const struct ruleset *conf;
    const struct situation *situation;
    const struct hosts *hosts;
    bool explain; /* keep the rules that were passed over, for courses_print() */
};

/*
 * Finds the courses of a situation, into the arena. -1 with ERR_USAGE if no port of the configuration fits or several
 * do, ERR_MEM. Cost: a few microseconds for each rule of the lists, times the number of courses.
 */
int course_find(struct courses *ret, const struct course_question *question, struct arena *arena, struct err *err);

/* True if there is one course and it assumes nothing. */
bool courses_certain(const struct courses *courses);

/* Appends what a person reads: the steps in Squid's order and how it ends. */
void courses_print(struct buf *ret, const struct situation *situation, const struct courses *courses);

/* Appends one JSON object and a line end. */
void courses_print_json(struct buf *ret, const struct situation *situation, const struct courses *courses);

#endif

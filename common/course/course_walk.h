/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * course_walk.h - one walk through Squid: what each list sees, and what is carried from one list to the next. Private
 * to room course.
 *
 *     course_find.c (every combination of what is not known) --> course_walk.c, course_tls.c (the order of the lists)
 *         --> course_list.c (first match) --> course_match.c, course_name.c, course_auth.c, course_helper.c (one ACL)
 *
 * Nothing here reads files, and a walk changes nothing but its struct walk.
 */
#ifndef COMMON_COURSE_WALK_H
#define COMMON_COURSE_WALK_H

#include "course.h"
#include "course_hosts.h"
#include "course_match.h"
#include "ruleset/ruleset.h"
#include "situation.h"

#define NOTES_MAX 64
#define ASKED_MAX 16 /* lines that were written to helpers */

/* What is not known, and what this walk takes it for. */
struct fork {
    struct course_assumption assumed[COURSE_ASSUMPTIONS_MAX];
    size_t count;
    bool cut; /* more questions came up than fit */
};

struct notes {
    struct {
        const char *name, *value;
    } note[NOTES_MAX];
    size_t count;
    bool doubtful; /* a helper of somebody else may have left others, with names of its own */
    bool lost;     /* there were more than fit */
};

/* What a list sees of a request: the request that Squid has, or made, at that moment. */
struct view {
    const char *when;   /* for assumptions, such as ` at step 2` */
    const char *method; /* NULL: none yet */
    const char *proto;  /* as acl proto names it */
    const char *host;
    bool is_addr;
    struct addr addr; /* if the host is one */
    uint16_t port;
    const char *path; /* NULL: none */
    const char *uri;  /* what url_regex sees */
    const char *sni;  /* NULL: none, or not read yet */
    bool intercepted;
    struct addr local; /* if intercepted: where the client wanted to go */
    bool has_local;    /* it is known */
    uint16_t local_port;
    struct addr from; /* whose request it is */
    bool has_from;
    bool bumped;      /* inside a decrypted connection */
    bool no_request;  /* there is a connection only */
    bool bare;        /* step 1 of an intercepted connection: neither a method nor, before Squid 6, the connection */
    bool has_client;  /* the connection is known */
    bool has_headers; /* the client's */
    const char *host_header;
    bool has_cert; /* of the server */
    int step;      /* what at_step sees */
    struct notes *notes;
};

/* What a group of ACLs said, so that groups inside groups are not asked again and again. */
#define MEMO_SLOTS 256
struct memo {
    const struct acl *group;
    unsigned epoch;
    enum answer answer;
    const struct acl *last;
    const char *why;
};

struct walk {
    const struct ruleset *conf;
    const struct situation *situation;
    const struct hosts *hosts;
    const struct port *port;
    struct arena *arena;
    struct fork *fork;
    struct course *course;
    bool request_auth;              /* the CONNECT has brought a good password */
    bool connection_auth;           /* and the connection remembers it */
    struct notes notes, kept_notes; /* of the request at hand; of the connection */
    const struct acl *last;         /* the ACL that was looked at last (AclMatchedName) */
    const char *why;                /* about that ACL, or NULL */
    unsigned throws, epoch; /* of acl random, thrown anew each time; anew with each list, and when notes change */
    struct memo memo[MEMO_SLOTS];
    struct squid_tails *tails;     /* of the helper's replies; NULL: it was not asked yet */
    const char *texts[MEMO_SLOTS]; /* of walk_text() */
    bool explain;                  /* keep the rules that were passed over */
    bool bumping, fast, failed;    /* the list is ssl_bump; it cannot wait for a helper; there was no memory */
    const char *asked[ASKED_MAX];  /* lines whose answers Squid keeps; NULL after the last */
};

/* How a list ends. */
struct decision {
    enum { DECIDED_ALLOW, DECIDED_DENY, DECIDED_STOP } kind; /* STOP: neither, DUNNO or AUTH_REQUIRED */
    bool ask;                                                /* AUTH_REQUIRED */
    const struct rule *rule;                                 /* NULL: the end of the list */
    const char *why;
    struct course_passed *passed;
    size_t passed_count;
};

/* Assumes `subject rest`, or `subject unless`, as this walk has it. */
bool walk_assume(struct walk *walk, const char *subject, const char *rest, const char *unless);

/* printf into the arena; "" without memory. */
const char *walk_text(struct walk *walk, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The law of lists: the first rule whose ACLs all match. Rules with an action in `banned` (ends with NULL) are passed
 * over (Acl::Tree::bannedAction). */
void list_decide(struct walk *walk, const struct view *view, const struct rules *rules, const char *const *banned,
                 struct decision *ret);

/* AuthenticateAcl(): YES if there is a good password, NO if there cannot be one, ASK if Squid must ask. */
enum answer authenticate(struct walk *walk, const struct view *view);

/* The lists in Squid's order; each fills walk->course. */
void walk_connect(struct walk *walk);
void walk_url(struct walk *walk);
void walk_intercept(struct walk *walk);

/* http_access of a request, added as a step. *ret_ask: a password is asked for. True: allowed. */
bool walk_access(struct walk *walk, const struct view *view, enum course_phase phase, bool *ret_ask);

/* Finds whose request it is, which the client or a proxy in front may say in X-Forwarded-For; added as a step if it
 * does. */
void walk_follow(struct walk *walk, struct view *view);

/* Whether the host may have its characters, which is asked before anything else. False: Squid answers 400, added as a
 * step. */
bool walk_check_host(struct walk *walk, const struct view *view);

/* The host verification before http_access. False: a conflict, added as a step. */
bool walk_verify(struct walk *walk, const struct view *view);

/* Adds a step; its passed rules are those of the decision (may be NULL). */
struct course_step *walk_step(struct walk *walk, enum course_phase phase, const struct view *view,
                              const struct decision *decision);

/* Says how the course ends (printf). */
void walk_end(struct walk *walk, enum course_end end, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * outcome_user.h - the users of a configuration: an ordinary one, whom no list of its own knows, and one of each list
 * by which http_access lets users in; and whom a second configuration lets in without a password.
 *
 * Where it sits: room outcome. A list is an ACL that asks for a password and is not content with any: proxy_auth with
 * names, proxy_auth_regex, or an external ACL with the user in its FORMAT, as for groups. What its helper would say of
 * a user is not known; the user of such a list is one whom it takes.
 */
#ifndef COMMON_OUTCOME_USER_H
#define COMMON_OUTCOME_USER_H

#include "outcome.h"

struct outcome_user {
    const char *name;       /* what is sent with the password */
    const struct acl *list; /* the one that takes this user; NULL: an ordinary one */
};

struct outcome_users {
    struct outcome_user user[8]; /* the first one is the ordinary one */
    size_t count;
};

/* Finds them; of more than seven lists the first ones count. They live in the arena. False: no memory. Cost: one
 * comparison for each value of the lists. */
bool outcome_users_find(struct outcome_users *ret, const struct ruleset *conf, struct arena *arena);

/* Whether an ACL, perhaps of a changed configuration, takes this user, once the password is given: ELSE if that hangs
 * on something else than the user. */
enum outcome_takes { TAKES_NOT, TAKES_ALWAYS, TAKES_ELSE };
enum outcome_takes outcome_user_takes(const struct acl *acl, const struct outcome_user *user);

/* True if there is a list of other users in the rule: they may be let in where this one is not. */
bool outcome_has_others(const struct rule *rule, const struct outcome_user *user);

/* The user whom the situations have: of several with the same name one who gets in to other names. Lives as long as the
 * set. -1 with ERR_MEM. Cost: as course_find() for each situation and user. */
int outcome_usual_user(struct outcome_user *ret, const struct outcome_set *set, const struct outcome_users *users,
                       const struct ruleset *conf, struct err *err);

/* 1: the situation gets through with the password of this user in some course. 0: it does not. -1 with ERR_MEM. Cost:
 * as course_find(). */
int outcome_lets_in(const struct ruleset *conf, const struct outcome_set *set, const struct outcome_case *one,
                    const struct outcome_user *user, struct err *err);

/* What is wrong with letting names pass without a password. */
struct outcome_opening {
    const char *request;             /* NULL: nothing */
    const struct outcome_user *user; /* whom the first configuration keeps out there */
    const char *was, *is;            /* its end before, and after; with a user: `lost`, for that user */
    bool lost;                       /* the user got through there and does not any more, or passes ssl_bump only now */
};

struct outcome_opened_about {
    const struct ruleset *before, *after;
    const struct outcome_set *set;          /* its names and ports are asked about */
    const struct outcome_users *users;      /* nobody of them may lose anything */
    const struct outcome_user *password[8]; /* who of them must be let in before, where nobody needs a password after */
    size_t password_count;
    bool apart;   /* but only where some rule lets that user in from there, whatever it is to; some user must be */
    bool closes;  /* users may lose what they had: it is to keep them out */
    bool unknown; /* it is asked for clients of unknown networks, too */
    struct arena *arena;
};

/* Sets whose passwords count: that of an ordinary user, or, where `usual` is of a list, those of the users of all
 * lists. */
void outcome_opened_passwords(struct outcome_opened_about *about, const struct outcome_user *usual);

/* 1: one of the users whose passwords count is not let in before, in the situation. 0: all are. -1 with ERR_MEM. Cost:
 * as course_find() for each. */
int outcome_kept_out(const struct outcome_opened_about *about, const struct outcome_case *one, struct err *err);

/* Asks for clients of all networks that `before` names, for each bypassed name: what gets through without a password
 * only after must have got through with that of each of the users. No rule of the administrator's own in ssl_bump is
 * gone past. -1 with ERR_MEM. Cost: a few courses for each client
 * and name, of 48 clients at most. */
int outcome_opened(struct outcome_opening *ret, const struct outcome_opened_about *about, struct err *err);

/* Addresses of clients of all networks that rules of a configuration name, first those of the smallest ones. They live
 * in the arena. -1 with ERR_MEM. Cost: one comparison for each pair of networks. */
#define OUTCOME_CLIENTS_MAX 48
struct outcome_clients {
    const char *from[OUTCOME_CLIENTS_MAX];
    struct addr addr[OUTCOME_CLIENTS_MAX];
    size_t count;
};
int outcome_clients_find(struct outcome_clients *ret, const struct ruleset *conf, struct arena *arena, struct err *err);

#endif

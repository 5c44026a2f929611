/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * insert_law.h - which rules of the administrator's stand above the bypass, and which it goes around. Private to room
 * insert.
 *
 * The law: bypassed names need no password, and what is denied or closed without one stays so. A line that lets them in
 * goes below every rule that denies and asks nobody, whatever its ACLs are. It lets in whom a rule of the file lets in
 * or asks, and nobody else.
 *
 * A rule that denies all but some named users is more than a question for a password. Where other ACLs say what it is
 * about, such as the network in `deny secure !exec`, those requests are for these users only, and the line goes below
 * it. A plain `deny !exec` is about everybody, so it is the file's way to ask for a password: the line goes above it,
 * and a sentence says so. So it is with `deny !localhost !exec`: what is not the machine itself is everybody.
 *
 * All this is said of one user (outcome_user.h): the ordinary one, or, where the file lets in no ordinary user by a
 * password, one of a list. What only others get is no question for a password: `allow kids exec` lets the ordinary user
 * in nowhere and gets no line, and `deny !exec` ends the rules for him.
 */
#ifndef COMMON_INSERT_LAW_H
#define COMMON_INSERT_LAW_H

#include "base/buf.h"
#include "outcome/outcome_user.h"
#include "ruleset/ruleset_role.h"

enum law_deny {
    DENY_PLAIN, /* needs no password, or denies whoever has one */
    DENY_NAMED, /* some users may not reach some destinations, `deny blocked_ms bob`, or only some users may do
                   something: `deny secure !exec`, `deny CONNECT !exec` */
    DENY_ASKS,  /* asks everybody: `deny !users`, `deny contractors`, `deny !exec` */
};

enum law_deny law_deny(const struct rule *rule);
/* True if an ACL of the rule, also inside any-of and all-of, asks for a password. */
bool law_has_password(const struct rule *rule);
/* True if an ACL of the rule is about what a request is for, or is not known. */
bool law_is_choosy(const struct rule *rule);
/* True for a DENY_ASKS that denies some users, whatever they go to: `deny contractors`, `deny !exec`. */
bool law_is_about_users(const struct rule *rule);
/* True for a rule that lets in all but some users: `allow users !trainees`. */
bool law_leaves_out_users(const struct rule *rule);
/* True if a request for a bypassed name is asked for a password here, whatever the name is; or if the rule lets in some
 * users. */
bool law_asks(const struct rule *rule);
/* True if the rule is about some users, and this one is not among them. */
bool law_is_for_others(const struct rule *rule, const struct outcome_user *user);
/* True for a rule that denies all that gets so far, also if only to this user. */
bool law_ends(const struct rule *rule, const struct outcome_user *user);
/* True if the file lets this user in by a password: so these are the passwords that it asks everybody for. */
bool law_serves(const struct rules *access, const struct outcome_user *user);
/* True for a rule that can let in what a bypass is about: not those for the manager, the machine itself, or methods.
 * `local`: also the machine itself. */
bool law_lets_in(const struct rule *rule, bool local);
/* True for an ACL of the networks of some clients. */
bool law_is_group(const struct acl *acl);
/* True if one of them is in the rule, without `!`. */
bool law_has_group(const struct rule *rule);
/* True if the rule is about machines by their hardware's addresses. */
bool law_names_machines(const struct rule *rule);
/* True for a rule of ssl_bump that ends for all connections, at some step. */
bool law_is_last_bump(const struct rule *rule);
/* True for a rule of ssl_bump that closes or inspects some clients or ports, whatever they go to. */
bool law_is_client_bump(const struct rule *rule);
/* True for a rule of ssl_bump that inspects some, where what comes after it inspects all others, too: it is meant to
 * hold whatever is spliced in between. Without that, as in `bump pilot` above `splice all`, it is all that is
 * inspected. The rule may be that of another reading of the file. */
bool law_is_except_bump(const struct rules *bump, const struct rule *rule);
/* True for a rule of ssl_bump about names, and nothing else, that no connection reaches before step 3, as those before
 * it take all: what is spliced at step 2 does not come to it. */
bool law_is_late_bump(const struct rules *bump, const struct rule *rule);
/* Appends ` ACL...`: those that need no password. False: such an ACL is inside another one and cannot be left out, or
 * the rule is about other users. */
bool law_words(struct buf *ret, const struct rule *rule, const struct outcome_user *user);
/* Appends ` ACL...` of what a rule is about, whoever the user is: at least what the rule takes. */
void law_subject(struct buf *ret, const struct rule *rule);
/* Appends all, those that ask for a password at the end. */
void law_all_words(struct buf *ret, const struct rule *rule);

#endif

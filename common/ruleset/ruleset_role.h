/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ruleset_role.h - what an ACL or a rule is for: a password, the bypass, everybody.
 *
 * Where it sits: beside ruleset.h, for the rooms that judge and change rules (outcome, advise, insert). Whether an ACL
 * matches a request belongs to the room course.
 */
#ifndef COMMON_RULESET_ROLE_H
#define COMMON_RULESET_ROLE_H

#include "ruleset.h"

struct arena;

#define ROLE_DEPTH 8 /* levels of any-of and all-of that are looked into */

/* A question about an ACL; never fails. */
typedef bool role_test(const struct acl *acl);

/* True if Squid asks for a password where it reaches this ACL: proxy_auth and its kin, or an external ACL whose FORMAT
 * has the user. */
bool role_is_password(const struct acl *acl);
/* True for an external ACL that a helper of ours answers. */
bool role_is_bypass(const struct acl *acl);
/* True for one of those, or for a note that a helper of ours writes. */
bool role_is_ours(const struct acl *acl);

/* True for an ACL of clients that takes every address, such as `all`. */
bool role_is_everyone(const struct acl *acl);
/* True for one that takes some networks: neither all addresses nor Squid's own `localhost`. */
bool role_is_group(const struct acl *acl);

/* True for one about what a request is for, or that nobody knows; not about who asks, where, and how. */
bool role_is_choosy(const struct acl *acl);
/* True for one that takes some connections and not all: not those about the step, groups, everybody, and ours. */
bool role_is_narrowing(const struct acl *acl);

/* True for one that is true of everybody at times: `time`, `random`, `maxconn`. */
bool role_is_of_times(const struct acl *acl);

/*
 * What ACLs see of a user's name. auth_param basic makes it lower case (src/auth/basic/Config.cc, decode), unless
 * `casesensitive on` is there; the other schemes leave it. EITHER: the client chooses the scheme.
 */
enum role_case { ROLE_CASE_KEPT, ROLE_CASE_LOWER, ROLE_CASE_EITHER };
enum role_case role_user_case(const struct ruleset *conf);
/* A name in lower case, itself if it is; NULL without memory. */
const char *role_lower(const char *name, struct arena *arena);

/* True if the ACL, or one inside an any-of or all-of, passes the test. */
bool role_holds(const struct acl *acl, role_test *test);

/* True if an ACL of the rule, also inside any-of and all-of, passes the test; `plain`: one without `!`. */
bool role_uses(const struct rule *rule, role_test *test, bool plain);

/* True if groups are nested deeper in the rule than ROLE_DEPTH levels: what all else here says of it may be wrong.
 * Cost: as those that look into groups. */
bool role_is_deep(const struct rule *rule);

/* True if the rule has this action, such as `allow`. */
bool role_is(const struct rule *rule, const char *action);
/* True if the rule takes every request: it has no ACL, or only such as `all`. */
bool role_takes_all(const struct rule *rule);

/* What is certain of an ACL at a step of ssl_bump, 1 to 3, or in another list, 0: 1 it matches, 0 it does not, -1 not
 * known. */
int role_at_step(const struct acl_use *use, int step);

/* True if an ACL of a rule matches whatever the request is. */
typedef bool role_certain(const void *arg, const struct acl_use *use);

/* True if every request that the later rule takes is taken by the earlier one: each ACL of this one is certain, or the
 * later rule has it, too. `certain` NULL: only such as `all` are. Cost: one comparison for each pair of ACLs. */
bool role_takes(const struct rule *early, const struct rule *late, role_certain *certain, const void *arg);

/* True for a rule that denies some requests and asks nobody for a password: no correction or addition lets anything in
 * above it. */
bool role_is_firm(const struct rule *rule);
/* True for a rule of ssl_bump that closes or inspects some connections and not all: the bypass goes below it. */
bool role_is_own_bump(const struct rule *rule);

#endif

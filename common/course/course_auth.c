// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * course_auth.c - passwords: whether there is a user, and ACLs about users. Part of course_walk.h.
 */
#include "course_walk.h"
#include "ruleset/ruleset_role.h"

/*
 * src/auth/Acl.cc, AuthenticateAcl(). Inside a decrypted connection the user of the CONNECT counts. An intercepted
 * request has no user, and cannot be asked; only Squid's bare request before its CONNECT does not know yet that it is
 * intercepted, so it is asked, in vain.
 */
enum answer
authenticate(struct walk *walk, const struct view *view)
{
    const struct situation *situation = walk->situation;
    if (view->bumped)
        return walk->connection_auth ? ANSWER_YES : ANSWER_NO;
    if (view->intercepted && !view->bare)
        return ANSWER_NO;
    if (walk->connection_auth)
        return ANSWER_YES;
    walk->why = !view->has_headers || situation->user == NULL ? "there is no password, so Squid must ask"
                                                              : "the password is wrong, so Squid asks again";
    if (!view->has_headers || situation->user == NULL || situation->wrong)
        return ANSWER_ASK;
    walk->why = NULL;
    walk->request_auth = true;
    return ANSWER_YES;
}

static bool
takes(const struct acl *acl, const char *user)
{
    return acl->kind == ACL_PROXY_AUTH_REGEX ? acl_regexes_hold(acl, user) : acl->required || acl_users_hold(acl, user);
}

/* The name as the ACL sees it. Which scheme the client chooses is asked only where the ACL cares. */
static const char *
name_for(struct walk *walk, const struct acl *acl)
{
    const char *user = walk->situation->user;
    enum role_case kept = role_user_case(walk->conf);
    const char *lower = kept == ROLE_CASE_KEPT ? user : role_lower(user, walk->arena);
    if (lower == NULL || (kept == ROLE_CASE_EITHER && takes(acl, lower) == takes(acl, user)))
        return user;
    if (kept == ROLE_CASE_EITHER && !walk_assume(walk, "the password", "comes by Basic, which makes names lower case",
                                                 "does not come by Basic, which makes names lower case"))
        return user;
    return lower;
}

/* src/auth/AclProxyAuth.cc, src/acl/UserData.cc. */
enum answer
match_user(struct walk *walk, const struct view *view, const struct acl *acl)
{
    enum answer answer = authenticate(walk, view);
    if (answer == ANSWER_NO)
        walk->why = "there is no user, and Squid cannot ask for one here";
    if (answer != ANSWER_YES)
        return answer;
    if (acl->kind == ACL_MAX_USER_IP)
        return match_unknown(walk, view, acl);
    const char *user = name_for(walk, acl);
    bool matches = takes(acl, user);
    walk->why = matches ? NULL : walk_text(walk, "the user is '%s'", user);
    return match_doubtful(walk, view, acl, matches);
}

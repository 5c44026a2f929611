/* SPDX-License-Identifier: GPL-2.0-or-later */
/* outcome_parts.h - the situations that parts of a configuration give rise to. Private to room outcome. */
#ifndef COMMON_OUTCOME_PARTS_H
#define COMMON_OUTCOME_PARTS_H

#include "outcome_build.h"

/* What a client may say by itself, and some http_access rule allows by. */
struct build_claim {
    const struct acl *acl;
    const char *path;           /* or NULL: */
    const char *method;         /* or NULL: */
    const char *header, *value; /* that the ACL takes */
    bool credentials;           /* that header is the one with the password */
    bool splices;               /* a rule of ssl_bump splices or peeks by it */
};

/* For each ACL of headers, methods or URLs in a rule of http_access that allows, and of headers in a rule of ssl_bump
 * that splices or peeks: `fn`. One whose values are too clever for a sample is left out. */
typedef void build_claims(struct build *build, const struct build_claim *claim);
void build_each_claim(struct build *build, build_claims *fn);

/* A text that the regex matches, or NULL if it is too clever. */
const char *build_sample(struct build *build, const struct acl_regex *regex);

/* True if not every course of a REQUEST ends with a refusal. */
bool build_is_let(struct build *build, const char *request);

/* How a REQUEST ends, where no name resolves; false: it cannot be. */
bool build_courses(struct courses *ret, struct build *build, const char *request);

/* Adds to the groups one client of each class of addresses that the rules tell apart and that is let in. */
void build_classes(struct build *build);
/* The situations of clients of the groups. */
void build_groups(struct build *build, const struct listener *listener);
/* True if some TLS of a group to another name is inspected at the port at hand, and none is spliced. */
bool build_is_inspected(struct build *build, const struct client_group *group);
/* The group that a rule is about and to which the usual client does not belong, or NULL. */
const struct client_group *build_group_of(const struct build *build, const struct rule *rule);

/* True if a bypass takes this name in plain HTTP. */
bool build_takes_http(const struct build *build, const char *name);

/* True if a list has a name: of a CONNECT to port 443. */
bool build_list_has(const struct acl *acl, const char *name);

/* Those about bypassed names of lists that rules before the bypass have: each list may have some that the one of the
 * set is not. For who asks about a configuration as it is, and not about more names of his own. */
void build_listed(struct build *build, const struct listener *listener);

/* True if it is one of these names. */
bool build_is_listed(const struct build *build, const char *name);

/* The addresses of these names. */
void build_listed_hosts(struct build *build);

/* Those about ports of servers that rules of http_access or ssl_bump name. For who asks about a configuration as it is.
 */
void build_ports(struct build *build, const struct listener *listener);

/* Those about a client of a port with the PROXY protocol that says it is another one. */
void build_proxied(struct build *build, const struct listener *listener);

#endif

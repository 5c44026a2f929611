/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * outcome_build.h - the set while it is made: names, addresses, clients, and what the configuration is about. Private
 * to room outcome.
 *
 *     outcome_name.c (names), outcome_client.c (clients), outcome_own.c (own lists) --> outcome_case.c (situations)
 */
#ifndef COMMON_OUTCOME_BUILD_H
#define COMMON_OUTCOME_BUILD_H

#include "base/buf.h"
#include "outcome.h"
#include "ruleset/ruleset_role.h"

#define OWN_LISTS_MAX 16
#define GROUPS_MAX 6

struct named {
    const char *name, *address;
};

struct listener;

struct build {
    const struct ruleset *conf;
    struct outcome_set *set;
    struct arena *arena;
    const struct outcome_names *more; /* NULL: none */
    struct named bypassed;            /* name is NULL: none is known */
    bool at_80, by_address;           /* it is bypassed there as well, and at its address */
    struct named local, refused;      /* of a local line that bypasses, of one that inspects */
    const char *user;
    const char *client, *foreign; /* addresses */
    const char *front;            /* of a proxy whose X-Forwarded-For counts; NULL: none is known */
    const char *groups[GROUPS_MAX];
    const char *group_names[GROUPS_MAX];
    size_t group_count;
    bool lets_foreign;  /* that one gets in */
    bool reads_sni;     /* a helper of ours gets the SNI */
    bool asks;          /* some http_access rule can ask for a password */
    bool inspects;      /* some ssl_bump rule can decrypt or close */
    bool limits;        /* some http_access rule says which networks are served, the usual client's among them */
    struct buf reverse; /* lines of hosts(5); the last one with a name counts */
    const struct listener *listener; /* the port at hand */
    bool failed;
};

/* Other names; no table should have them. */
extern const struct named outcome_other, outcome_stranger;
#define NEUTRAL_ADDRESS "192.0.2.93"    /* of bypassed names of which no address is known */
#define STRANGER_ADDRESS "203.0.113.99" /* without a name */

/* Chooses the names of the table: one that every bypass of the configuration takes, and those of local lines. */
void build_names(struct build *build);

/* Calls fn for each name of the tables of a configuration that its bypasses take, until it returns false. */
typedef bool build_name(void *arg, const struct named *named);
void build_each_name(const struct ruleset *conf, build_name *fn, void *arg);

/* True if a bypass takes this name at this address. */
bool build_takes_at(const struct build *build, const char *name, const char *address);

/* Finds out what the configuration is about. */
void build_purpose(struct build *build);

/* Chooses a client that it serves, one that it does not know, and one of each of its groups. */
void build_clients(struct build *build);

/* Calls fn for each ACL of a rule, also inside any-of and all-of; `negated` is that of the ACL in the rule. */
typedef void build_acl(void *arg, const struct acl *acl, bool negated);
void build_each_acl(const struct rule *rule, build_acl *fn, void *arg);

/* An address of a list by address that no bypass takes, or NULL. */
const char *build_address(struct build *build, const struct acl *acl);

/* A name or, of a list by address, an address of each list in ssl_bump splice rules: for each `fn`. */
typedef void build_own(struct build *build, const struct rule *rule, const struct acl *acl, const char *name,
                       size_t index);
void build_each_own(struct build *build, build_own *fn);

/* What a client may say by itself, and some http_access rule allows by. */
struct build_claim {
    const struct acl *acl;
    const char *method;         /* or NULL: */
    const char *header, *value; /* that the ACL takes */
};

/* For each ACL of headers or methods in a rule of http_access that allows: `fn`. One whose values are too clever for a
 * sample is left out. */
typedef void build_claims(struct build *build, const struct build_claim *claim);
void build_each_claim(struct build *build, build_claims *fn);

/* A text that the regex matches, or NULL if it is too clever. */
const char *build_sample(struct build *build, const struct acl_regex *regex);

/* printf into the arena; "" without memory. */
const char *build_text(struct build *build, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif

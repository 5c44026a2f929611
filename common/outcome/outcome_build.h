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
#define GROUPS_NAMED_MAX 6 /* by rules that let in, splice or peek */
#define GROUPS_MAX 16

struct clients;
struct kept;
struct listed;

struct named {
    const char *name, *address;
};

/* Clients of other networks than the usual one's. */
struct client_group {
    const char *name;          /* of the ACL; NULL: no ACL takes them and not the usual client */
    const char *who, *address; /* `client of `lan2``, or with the address */
    const char *user;          /* with whose password they get in */
    bool named, peeks, asks;   /* chosen by a rule; only by rules that peek; by a rule with a password */
    bool large;                /* they are as many as those like the usual client */
};

/* What all situations of one port share. */
struct listener {
    const struct port *port;
    const char *kind;
    const struct row *rows;
    bool named;         /* requests must name the port: another one fits, too */
    bool explicit, tls; /* clients are configured to use it; TLS is led to it */
    bool closed, bare;  /* http_access lets no client in here, but elsewhere; it has no plain HTTP */
    bool apart;         /* it serves other clients than the usual one, who may need no password */
    bool asks;          /* some http_access rule with a password is about its client */
};

struct build {
    const struct ruleset *conf;
    struct outcome_set *set;
    struct arena *arena;
    const struct outcome_names *more; /* NULL: none */
    struct named bypassed;            /* name is NULL: none is known */
    bool at_80, by_address;           /* it is bypassed there as well, and at its address */
    struct named local, refused;      /* of a local line that bypasses, of one that inspects */
    struct named inspected;           /* of the table, and of a category that is not bypassed */
    const char *user;
    const char *client, *foreign;           /* addresses */
    struct clients *clients;                /* to choose from */
    const struct hosts *no_hosts;           /* in which no name resolves */
    struct listed *listed;                  /* bypassed names of lists; NULL: they were not looked for yet */
    struct kept *kept;                      /* lists with bypassed names; NULL: they were not looked for yet */
    const char *denied;                     /* of one whom http_access refuses everything; NULL: none is known */
    const char *front;                      /* of a proxy whose X-Forwarded-For counts; NULL: none is known */
    struct client_group groups[GROUPS_MAX]; /* first those that are named */
    size_t group_count;
    bool proxied, serves; /* some port takes the PROXY protocol; some client is served */
    bool lets_foreign;    /* that one gets in */
    bool reads_sni;       /* a helper of ours gets the SNI */
    bool asks;            /* some http_access rule can ask for a password */
    bool inspects;        /* some ssl_bump rule can decrypt or close */
    bool limits;          /* some http_access rule says which networks are served, the usual client's among them */
    bool shuts;           /* one of those denies all other networks */
    struct buf reverse;   /* lines of hosts(5); the last one with a name counts */
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

/* Adds a situation. NULL: there is no such request. It stays where it is until the next one. */
struct outcome_case *build_case(struct build *build, const struct listener *listener, const char *title,
                                const char *request);

/* Adds the situations about lists, groups of clients and headers of its own; and their addresses to build->reverse. */
void build_special(struct build *build, const struct listener *listener);
void build_special_hosts(struct build *build);

/* True for a port that only this machine reaches. */
bool build_is_loopback(const struct port *port);

/* Chooses a user and a client that it serves, a client that it does not know, and one of each of its groups. */
void build_clients(struct build *build);
/* Addresses of all its networks, first those of the smallest ones; returns how many. `unknown`: also some of networks
 * that it does not name. */
size_t build_addresses(const char *ret[], size_t max, struct build *build, bool unknown);

/* Calls fn for each ACL of a rule, also inside any-of and all-of; `negated` is that of the ACL in the rule. */
typedef void build_acl(void *arg, const struct acl *acl, bool negated);
void build_each_acl(const struct rule *rule, build_acl *fn, void *arg);

/* An address of a list by address that no bypass takes, or NULL. */
const char *build_address(struct build *build, const struct acl *acl);

/* The client that a port serves: the usual one, or, if that is refused there, another one. NULL: none was found. */
const char *build_client_of(struct build *build, const struct port *port);

/* True if some http_access rule with a password is about a client at a port, by their addresses and names. `group`: and
 * does not let those of the client's group in without one. */
bool build_asks(const struct build *build, const char *client, const struct port *port, bool group);

/* True if the client of the port at hand reaches other names there in TLS, and not in plain HTTP. */
bool build_is_bare(struct build *build, const struct port *port);

/* A list of names or addresses in a rule. */
struct build_list {
    const struct rule *rule;
    const struct acl *acl;
    const char *name; /* one of them */
    unsigned want;    /* of OUTCOME_OWNS, or OUTCOME_INSPECT for a list that is only peeked at */
    size_t index;     /* counted from 0 */
    bool again;       /* of build_each_kept(): a rule before has it too, for other clients */
};

/* For each list that ssl_bump splices or peeks by: one of its names, or, of a list by address, an address. */
typedef void build_own(struct build *build, const struct build_list *list);
void build_each_own(struct build *build, build_own *fn);

/* For each list by which http_access denies, or ssl_bump inspects or closes: a name of it that a bypass takes. */
void build_each_kept(struct build *build, build_own *fn);

/* printf into the arena; "" without memory. */
const char *build_text(struct build *build, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * outcome_net.h - the networks of clients that rules name, addresses in them, and how many addresses the rules treat
 * alike. Private to room outcome.
 */
#ifndef COMMON_OUTCOME_NET_H
#define COMMON_OUTCOME_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct acl;
struct acl_net;
struct build;
struct ruleset;

#define NETS_MAX 256
#define NETS_CLASSES_MAX 64
#define NETS_ACLS_MAX 64

/* Addresses that the same ACLs take are treated alike. */
struct nets_class {
    uint64_t acls;    /* bit by bit */
    uint64_t size;    /* addresses of IPv4 */
    uint64_t widest;  /* of those, in a row */
    uint64_t address; /* one of the widest row, of a private one if there is one */
    bool private;
};

/* The networks that http_access and ssl_bump name, but for Squid's own. */
struct nets {
    const struct acl_net *net[NETS_MAX];
    unsigned of[NETS_MAX]; /* the number of its ACL */
    size_t count;
    const struct acl *acl[NETS_ACLS_MAX];
    unsigned acl_count;
    struct nets_class classes[NETS_CLASSES_MAX];
    size_t class_count;
};

/* Of more than NETS_MAX networks and 64 ACLs the first count. Cost: a comparison for each two networks. */
void nets_find(struct nets *ret, const struct ruleset *conf);
/* The same, and also the networks of rules about later steps, and of the lists after http_access. */
void nets_find_all(struct nets *ret, const struct ruleset *conf);

/* How many addresses of IPv4 the rules treat as this one, as far as they are private or named. */
uint64_t nets_size(const struct nets *nets, const uint8_t bytes[16]);

/* The class of an address, or NULL. */
const struct nets_class *nets_class(const struct nets *nets, const uint8_t bytes[16]);
/* The smallest ACL that takes a class and is none of `but`, or NULL. */
const struct acl *nets_own(const struct nets *nets, const struct nets_class *one, uint64_t but);

/* True for an address in a network that is inside another one: what is true of it may not be so of the others there. */
bool nets_is_special(const struct nets *nets, const uint8_t bytes[16]);

/* The n-th address to try in a network: not its first one, if it has more; one in its middle; one after each smaller
 * network inside. False: there are no more, or this one is not in it. */
bool nets_nth(uint8_t ret[16], const struct acl_net *net, const struct nets *nets, size_t n);

/* An address of an ACL that is in no smaller network, if there is one; as text. */
const char *nets_address(struct build *build, const struct nets *nets, const struct acl *acl);
const char *nets_class_text(struct build *build, const struct nets_class *one);
const char *nets_text(struct build *build, const uint8_t bytes[16]);

#endif

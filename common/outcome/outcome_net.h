/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * outcome_net.h - addresses in the networks that http_access names. Private to room outcome.
 *
 *     outcome_net.c (addresses) --> outcome_client.c (clients)
 */
#ifndef COMMON_OUTCOME_NET_H
#define COMMON_OUTCOME_NET_H

#include "outcome_build.h"

#define NETS_MAX 256

struct nets {
    const struct acl_net *net[NETS_MAX];
    size_t count;
};

/* Adds those of an ACL; for build_each_acl(). */
void nets_add(void *arg, const struct acl *acl, bool negated);
/* True for an address in a network that is inside another one: what is true of it may not be so of the others there. */
bool nets_is_special(const struct nets *nets, const uint8_t bytes[16]);
/* The n-th address to try in a network: not its first one, if it has more; one in its middle; one after each smaller
 * network inside. False: there are no more, or this one is not in it. */
bool nets_nth(uint8_t ret[16], const struct acl_net *net, const struct nets *nets, size_t n);
/* An address of an ACL that is in no smaller network, if there is one. */
const char *nets_address(struct build *build, const struct nets *nets, const struct acl *acl);
const char *nets_text(struct build *build, const uint8_t bytes[16]);

#endif

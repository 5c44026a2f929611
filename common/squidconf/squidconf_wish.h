/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * squidconf_wish.h - shared by the files that write lines for squid.conf: the printer, its extras, and the doctor's
 * corrections, and by room insert, which puts the same lines into an existing file. What a squid.conf says is
 * squidconf_model.h.
 */
#ifndef COMMON_SQUIDCONF_WISH_H
#define COMMON_SQUIDCONF_WISH_H

#include "squidconf.h"

/* The FORMAT that the helper should get, with the original destination (`la`) or without, and the option -F that goes
 * with it; "" where -F is not needed. */
const char *squidconf_format(enum squidconf_version version, bool la);
const char *squidconf_fields(enum squidconf_version version, bool la);

/* True if this version of Squid has annotate_transaction: 5 and later. 4.13 refuses it as an unknown type of ACL. */
bool squidconf_has_annotations(enum squidconf_version version);

/* True if there are explicit and intercepting ports, so that each rule must say which it is for. */
bool squidconf_wish_both(const struct squidconf_wish *wish);

/* Appends one rule for each kind of port: `RULE [ACL of its ports] m365SUFFIX MORE`, or with m365iSUFFIX. */
void squidconf_add_each(struct buf *ret, const struct squidconf_wish *wish, const char *rule, const char *suffix,
                        const char *more);

/* Appends the external_acl_type `m365`, or `m365i` for intercepting ports. */
void squidconf_add_type(struct buf *ret, const struct squidconf_wish *wish, bool intercept);

/* Appends a helper's path and its table. */
void squidconf_add_program(struct buf *ret, const struct squidconf_wish *wish, const char *path);

/* Appends what the extra `expressroute` needs before the bypass in http_access; nothing without that extra. `rule` is
 * `http_access allow`, and ACLs may follow. */
void squidconf_add_expressroute_rules(struct buf *ret, const struct squidconf_wish *wish, const char *rule);

/* Appends the extras. */
void squidconf_add_extras(struct buf *ret, const struct squidconf_wish *wish);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* squidconf_wish.h - what the files that print a fragment share. Private to squidconf*.c. */
#ifndef COMMON_SQUIDCONF_WISH_H
#define COMMON_SQUIDCONF_WISH_H

#include "squidconf.h"

/* True if there are both kinds of ports, and rules have to say which they are for. */
bool squidconf_wish_both(const struct squidconf_wish *wish);

/* One rule for each kind of port there is: `RULE [ACL of its ports ]m365SUFFIX` or `m365iSUFFIX`, then `behind`. */
void squidconf_add_each(struct buf *ret, const struct squidconf_wish *wish, const char *rule, const char *suffix,
                        const char *behind);

/* A helper's path and its table. */
void squidconf_add_program(struct buf *ret, const struct squidconf_wish *wish, const char *path);

/* What the extra needs before the bypass in http_access; nothing if it is not wished for. */
void squidconf_add_expressroute_rules(struct buf *ret, const struct squidconf_wish *wish);

void squidconf_add_extras(struct buf *ret, const struct squidconf_wish *wish);

#endif

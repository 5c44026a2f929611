/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * squidconf_reach.h - whether Squid's user may use a file of this machine. Private to room squidconf.
 *
 *     squidconf_check_host.c (helpers, tables), squidconf_check_files.c (what Squid needs) --> squidconf_reach.c
 *
 * Only owner, group and mode of a file and of the folders above it count; access lists and AppArmor are not examined.
 * Nothing is said about places that the doctor itself may not enter. What a file contains is up to the checks.
 */
#ifndef COMMON_SQUIDCONF_REACH_H
#define COMMON_SQUIDCONF_REACH_H

#include <stdbool.h>
#include <sys/types.h>

struct squidconf;

/* True if this machine has such a user. */
bool squidconf_has_user(const char *name);

/* The user that Squid runs as: cache_effective_user, or as struct squidconf_about says; `USER` if there is none. For
 * commands in findings; valid until the file or the users change. */
const char *squidconf_user_name(const struct squidconf *conf);

/* Starts a finding if Squid's user cannot read (`need` is 4), write (2) or run (1) a file, and returns whether it did.
 * `what` names it in the sentence; `fix` is the line below the sentence if the file does not exist. */
bool squidconf_unreachable(struct squidconf *conf, const char *what, const char *path, mode_t need, const char *fix);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmd_squid_conf_into.h - `m365ctl squid-conf --into`. Private to cmd_squid_conf*.c. */
#ifndef HELPER_CMD_SQUID_CONF_INTO_H
#define HELPER_CMD_SQUID_CONF_INTO_H

struct squidconf_wish;

/* Prints the diff that puts the lines into a squid.conf, and on stderr what it changes. Returns the exit code. */
int squid_conf_into(const char *path, const struct squidconf_wish *wish);

#endif

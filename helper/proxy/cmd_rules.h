/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_rules.h - a squid.conf for the model of what Squid does, with the tables that its helpers name. Shared by trace,
 * doctor and squid-conf.
 */
#ifndef HELPER_CMD_RULES_H
#define HELPER_CMD_RULES_H

#include <stdbool.h>

#include "squidconf/squidconf.h"

struct ruleset;

/* The version that the model takes. It knows Squid 4 to 7; what it says of ssl_bump is also true of 3.5. */
unsigned cmd_rules_version(enum squidconf_version version);

/* Opens the table of each helper, of all workers. One that cannot be opened is no reason to stop: the helper then
 * answers no-table; `say`: which is reported. */
void cmd_rules_load(struct ruleset *conf, bool say);

/* Closes the tables only. */
void cmd_rules_unload(struct ruleset *conf);

/* Closes the tables and the rules; NULL is allowed. */
void cmd_rules_close(struct ruleset *conf);

#endif

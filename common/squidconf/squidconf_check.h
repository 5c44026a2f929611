/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * squidconf_check.h - checks that do not follow a request through the rules, and which findings are meant. Private to
 * room squidconf.
 *
 *     squidconf_check_words.c, squidconf_check_files.c --> findings (squidconf_model.h) --> squidconf_accept.c
 *
 * squidconf_check.c calls them. The other checks are in squidconf_model.h.
 */
#ifndef COMMON_SQUIDCONF_CHECK_H
#define COMMON_SQUIDCONF_CHECK_H

#include "squidconf_model.h"

/* Words (squidconf_check_words.c). */
squidconf_check squidconf_check_surplus, squidconf_check_arguments, squidconf_check_notes, squidconf_check_annotations,
    squidconf_check_bump_ports;

/* Rules (squidconf_check_rules.c). */
squidconf_check squidconf_check_trust;

/* Files that Squid needs (squidconf_check_files.c). */
squidconf_check squidconf_check_certificates, squidconf_check_certgen, squidconf_check_password;

/* Folders that Squid needs (squidconf_check_places.c). */
squidconf_check squidconf_check_places;

/* The index of the first token of FORMAT for which -F has no name, but for %DATA, or 0 (squidconf_fix.c). */
size_t squidconf_surplus(const struct squidconf_type *type);

/* True if Squid runs another word in place of the helper, which is no program (squidconf_fix.c). */
bool squidconf_is_hidden(const struct squidconf_type *type);

/* Gives the findings that are meant the weight SQUIDCONF_ACCEPTED: those that squidconf_about names, and those with
 * `# m365: meant` in their line or alone on the line above. Cannot fail: without memory nothing is meant. Costs reading
 * each file with findings once more. */
void squidconf_accept(struct squidconf *conf);

/* True if the finding is at this place, `FILE:LINE`. */
bool squidconf_is_at(const struct squidconf_finding *finding, const char *place);

#endif

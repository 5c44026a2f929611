/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * squid_code.h - the % codes of Squid's formats: logformat, the FORMAT of external_acl_type, quoted headers.
 *
 * Where it sits: room squid. What a text with codes is for belongs to its reader: squid.conf (ruleset) or a log (log).
 * Source: Squid's src/format/Token.cc, versions 4 to 7.
 */
#ifndef COMMON_SQUID_CODE_H
#define COMMON_SQUID_CODE_H

#include "squid.h"

#define SQUID_CODE_NEWEST 7 /* a version that takes every code */

struct squid_code {
    char escape; /* one of "'[#/ as written; 0: the code's own way */
    bool padded; /* a width was given: spaces or zeros may come before or after the value */
    bool left;   /* with a minus: they come after it */
    struct squid_word argument;
    struct squid_word name; /* with its namespace: `ssl::>sni` */
};

/*
 * Reads the code after a `%` as this major version of Squid does: what begins with the name of a code is that code, and
 * the rest is text (`%>rdx`). Returns where the text goes on, or NULL: no code. `ret` may be NULL. Cost: a comparison
 * with each of about 130 names.
 */
const char *squid_code_read(struct squid_code *ret, const char *at, unsigned version);

#endif

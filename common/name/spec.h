/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spec.h - how a source of a table is named: `FILE`, or for a list `[domains:][FORMAT:]VERB:FILE[#PART]`.
 *
 * Where it sits: room name, above verb.h. The command line, m365.conf and the helpers name sources so. What is in the
 * file belongs to its reader (table.h), and which formats there are to list.h.
 */
#ifndef COMMON_SPEC_H
#define COMMON_SPEC_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "verb.h"

#define SPEC_DOMAINS "domains:" /* before the verb of a list whose names include all names below them */

struct spec {
    bool list;          /* a verb is named; otherwise only the path is set */
    bool domains;       /* its names include all names below them */
    enum verb verb;     /* meaningless if it is not a list */
    const char *format; /* not NUL-terminated; NULL: to be told by the content */
    size_t format_len;
    const char *path; /* not NUL-terminated: see spec_path() */
    size_t path_len;
    const char *part; /* NUL-terminated; NULL if none is named */
};

/* Takes the name of a source apart; the parts point into it. A format may be any word of lower-case letters, digits and
 * `-`. A part is what follows the last `#` of the file name. With nothing after it, that `#` only ends a file name
 * which has one itself. Total. */
void spec_parse(struct spec *ret, const char *source);

/* The path alone. It points into `source`, or if a part follows, is copied to `room`, and cut there if it does not
 * fit. */
const char *spec_path(char room[PATH_MAX], const char *source);

/* True if a verb is named. */
bool spec_is_list(const char *source);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * course_stage.h - a squid.conf in memory, a request, and its courses in one line.
 *
 * The configuration is written to a folder, with a table in which teams.example and 192.0.2.0/24 are bypassed. A course
 * is written as `access=allow@3 bump1=peek@5 bump2=splice@6 again=allow@3 splice`: each list with its action and the
 * number of the line that decides (`-` for none), then the end. Several are separated by ` | `, each with what it
 * assumes in front.
 */
#ifndef TESTS_UNIT_COURSE_STAGE_H
#define TESTS_UNIT_COURSE_STAGE_H

#include <stddef.h>

struct course_case {
    const char *why;  /* the fact that it holds */
    const char *conf; /* lines; `%m` is a line with an external_acl_type m of our helper, `%i` one for interception */
    const char *request;
    const char *want;
};

/* Checks each case under this version of Squid. */
void course_check(const struct course_case *cases, size_t count, unsigned version);

/* Checks that a configuration is refused with a sentence that contains `want`. */
void course_refuses(const char *why, const char *conf, const char *want);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ruleset_reading.h - one line of squid.conf while it is read into the model. Private to room ruleset.
 *
 * Each function returns 0, or -1 with one sentence that names the line.
 */
#ifndef COMMON_RULESET_READING_H
#define COMMON_RULESET_READING_H

#include "ruleset.h"
#include "ruleset_word.h"
#include "squidconf/squidconf_text.h"

/* A line that is being read. */
struct reading {
    struct ruleset *conf;
    const struct squidconf_line *line;
    struct words words;
    struct err *err;
};

/* `FILE:LINE: sentence`, always -1. For what Squid refuses. */
int reading_refuse(const struct reading *reading, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int reading_no_memory(const struct reading *reading);

int read_acl(struct reading *reading);
int read_builtin_acls(struct ruleset *conf, struct err *err);
int read_external(struct reading *reading);
int read_port(struct reading *reading, bool https);

/* True if lines with this directive are read into the model. */
bool reads_directive(const char *name);

/* Adds the ACLs that are left in the line. */
int read_uses(struct reading *reading, struct acl_uses *ret);

/* Reads the values that are left in the line into the ACL. */
int read_values(struct reading *reading, struct acl *acl);
/* Adds a text to the values. */
int read_text(struct reading *reading, struct acl *acl, const char *text);

int read_nets(struct reading *reading, struct acl *acl);
int read_regexes(struct reading *reading, struct acl *acl);

/* Checks the values of an ACL that are not kept: of a time, of random and others. */
int check_values(struct reading *reading, const struct acl *acl);

/* auth_param: a scheme counts once it has a program. */
int read_auth(struct reading *reading);
/* After all lines: takes names out of ACLs that no user can have. Cannot fail. */
void settle_users(struct ruleset *conf);

/* logformat: a name that access_log may have. */
int read_format(struct reading *reading);

/* Checks a line of a list that decides about other things than requests: its ACLs must exist. 0 for other lines. */
int check_list(struct reading *reading);
bool is_list(const char *directive);

/* The n-th of some directives; NULL after the last. */
typedef const char *nth_directive(size_t n);
nth_directive list_name; /* of lists that are checked */

/* Refuses a directive that no version of Squid knows; `model` are those that are read into the model. */
int check_spelling(struct reading *reading, nth_directive *model);

/* Adds an ACL under its name. */
void add_acl(struct ruleset *conf, struct acl *acl);

/* The ACL of that name, without regard to case, or NULL. */
struct acl *find_acl(const struct ruleset *conf, const char *name);
struct external *find_external(const struct ruleset *conf, const char *name);

#endif

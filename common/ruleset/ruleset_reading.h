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

/* Adds an ACL under its name. */
void add_acl(struct ruleset *conf, struct acl *acl);

/* The ACL of that name, without regard to case, or NULL. */
struct acl *find_acl(const struct ruleset *conf, const char *name);
struct external *find_external(const struct ruleset *conf, const char *name);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * insert_lines.h - which lines are added: definitions, under which names, and rules. Private to room insert.
 *
 *     insert_lines.c (definitions, ssl_bump), insert_rule.c (http_access) --> insert_name.c (names that are free)
 *     --> insert_has.c (what the file has)
 */
#ifndef COMMON_INSERT_LINES_H
#define COMMON_INSERT_LINES_H

#include "insert_build.h"

/* ---- insert_lines.c ---- */
/* The ports of the file, for which the lines are made. -1 with *err if there is none. */
int lines_ports(struct insert *insert, struct err *err);
/* The ACLs of clients that a rule may be kept to. */
void lines_clients(struct insert *insert);

bool lines_is_bypass(const struct acl *acl);
typedef bool lines_test(const struct acl *acl);
/* The first rule with this action and a plain ACL that passes the test, also inside any-of and all-of, or NULL. */
const struct rule *lines_rule(const struct rules *rules, const char *action, lines_test *test);

/* The definitions with their usual names, also those that the file has; a type only if that of the file is not enough.
 * `step1`: also the ACL of the first step. */
const char *lines_wanted(struct insert *insert, enum insert_clients clients, bool step1);
/* Those of them that the file does not have, under names that are free. NULL: all are there. */
const char *lines_defs(struct insert *insert, enum insert_clients clients, bool step1);
/* The rules of ssl_bump. */
const char *lines_bump(struct insert *insert, enum insert_peek peek);

/* ---- insert_has.c ---- */
/* The next word of a line of `len` bytes; NULL at its end. */
const char *lines_word(const char *line, size_t len, size_t *at, size_t *ret_len);
/* True if the file has a line of these words. */
bool lines_has(const struct insert *insert, const char *line, size_t len);
/* The line of the file that defines a name in the way of `acl NAME ...`, or NULL. */
const struct squidconf_line *lines_defines(const struct insert *insert, const char *directive, const char *name,
                                           size_t len);
/* ---- insert_name.c ---- */
/* Finds other names for what the text defines, where they are taken. -1 with *err: there are none left. */
int name_find(struct insert *insert, const char *text, struct err *err);
/* The text with those names, and ` ACL...` in the place of ` @`; NULL: it was empty, or there is no memory. */
const char *name_rewrite(struct insert *insert, const char *text, const char *acls);
const char *name_of(const struct insert *insert, const char *name);

/* ---- insert_rule.c ---- */
/* Puts the rules of http_access. False: there is nothing to put, or insert->why says why it has no place. */
bool rule_put(struct insert *insert, struct patch *patch, enum insert_clients clients);
/* Rules that let through, after a splice, what comes from the proxies in front: Squid's own CONNECT has no
 * X-Forwarded-For, so the client is the proxy. NULL: there are none. */
const char *rule_fronts(struct insert *insert);
/* A rule for everybody, to see which names the helper lets in. */
const char *rule_probe(struct insert *insert);
/* The rule of the file that a rule of a trial is, or is a copy of; NULL: it was added. */
const struct rule *rule_origin(struct insert *insert, const struct rule *rule);

#endif

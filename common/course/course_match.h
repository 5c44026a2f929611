/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * course_match.h - whether an ACL matches what a list sees: one function for each family of types. Private to room
 * course; course_walk.h includes it, and says what a walk and a view are.
 */
#ifndef COMMON_COURSE_MATCH_H
#define COMMON_COURSE_MATCH_H

#include <stdbool.h>

struct acl;
struct addr;
struct view;
struct walk;

/* What an ACL says. The last two end the whole list (ACLChecklist::keepMatching). */
enum answer { ANSWER_NO, ANSWER_YES, ANSWER_DUNNO, ANSWER_ASK };

enum answer match_acl(struct walk *walk, const struct view *view, const struct acl *acl);
enum answer match_doubtful(struct walk *walk, const struct view *view, const struct acl *acl, bool matches);
enum answer match_address(struct walk *walk, const struct view *view, const struct acl *acl, const struct addr *addr);
enum answer match_unknown(struct walk *walk, const struct view *view, const struct acl *acl);
enum answer match_destination(struct walk *walk, const struct view *view, const struct acl *acl);
enum answer match_domain(struct walk *walk, const struct view *view, const struct acl *acl);
enum answer match_server_name(struct walk *walk, const struct view *view, const struct acl *acl);
enum answer match_user(struct walk *walk, const struct view *view, const struct acl *acl);
enum answer match_external(struct walk *walk, const struct view *view, const struct acl *acl);
enum answer match_note(struct walk *walk, const struct view *view, const struct acl *acl);
/* course_early.c: ACLs about what there is none of, or not yet, when http_access and ssl_bump are asked. */
enum answer match_early(struct walk *walk, const struct view *view, const struct acl *acl);
enum answer match_annotate(struct walk *walk, const struct view *view, const struct acl *acl);

#endif

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * outcome_own.c - the lists of names that the administrator splices or peeks by: one name of each. Part of
 * outcome_build.h.
 */
#include <regex.h>
#include <string.h>

#include "outcome_parts.h"

#define NAME_BYTES_MAX 200

/* A name that a value means: `.bank.example` is about what is below it. */
static const char *
of_value(struct build *build, const char *value)
{
    if (*value == '\0' || strlen(value) > NAME_BYTES_MAX || strpbrk(value, "*:/ \"") != NULL)
        return NULL;
    return *value == '.' ? build_text(build, "www%s", value) : value;
}

/* A name that a regex matches, if its plain text is one: `(^|\.)bank\.example$`. */
static const char *
of_regex(struct build *build, const struct acl_regex *regex)
{
    char name[NAME_BYTES_MAX + 1];
    size_t n = 0;
    for (const char *at = regex->pattern; *at != '\0' && n < NAME_BYTES_MAX; at++) {
        if (*at == '(' && strncmp(at, "(^|\\.)", 6) == 0)
            at += 5;
        else if (*at == '\\' && at[1] != '\0')
            name[n++] = *++at;
        else if (strchr("^$()?", *at) == NULL)
            name[n++] = *at;
    }
    name[n] = '\0';
    size_t dots = strspn(name, ".*+");
    if (n == dots || strpbrk(name + dots, "*+[]|{}/: ") != NULL)
        return NULL;
    const char *kept =
        build_text(build, "%s%s", dots > 0 || strncmp(regex->pattern, "\\.", 2) == 0 ? "www." : "", name + dots);
    return regexec(&regex->compiled, kept, 0, NULL, 0) == 0 ? kept : NULL;
}

static const char *
name_of(struct build *build, const struct acl *acl)
{
    const char *name = NULL;
    for (size_t i = 0; i < acl->text_count && name == NULL; i++)
        name = of_value(build, acl->texts[i]);
    for (size_t i = 0; i < acl->regex_count && name == NULL; i++)
        name = of_regex(build, &acl->regexes[i]);
    return name;
}

bool
outcome_is_list(const struct acl *acl, bool urls)
{
    return (urls && (acl->kind == ACL_URL_REGEX || acl->kind == ACL_URLPATH_REGEX)) || acl->kind == ACL_SERVER_NAME ||
           acl->kind == ACL_SERVER_NAME_REGEX || acl->kind == ACL_DSTDOMAIN || acl->kind == ACL_DSTDOM_REGEX ||
           (acl->kind == ACL_DST && acl->net_count > 0);
}

struct owns {
    struct build *build;
    const struct rule *rule;
    build_own *fn;
    unsigned want;
    const struct acl *seen[OWN_LISTS_MAX];
    const struct client_group *group[OWN_LISTS_MAX]; /* whom the list was seen for; NULL: the usual client */
    size_t index[OWN_LISTS_MAX];
    size_t count, lists;
};

/* True if the list was seen for these clients; otherwise *ret_index is its number, which is the same for all clients.
 */
static bool
is_seen(const struct owns *owns, const struct acl *acl, const struct client_group *group, size_t *ret_index)
{
    *ret_index = owns->lists;
    for (size_t i = 0; i < owns->count; i++) {
        if (owns->seen[i] != acl)
            continue;
        if (owns->group[i] == group || owns->want == OUTCOME_INSPECT)
            return true;
        *ret_index = owns->index[i];
    }
    return false;
}

static void
add_own(void *arg, const struct acl *acl, bool negated)
{
    struct owns *owns = arg;
    size_t index;
    if (!outcome_is_list(acl, false) || negated || owns->count == OWN_LISTS_MAX)
        return;
    const struct client_group *group = build_group_of(owns->build, owns->rule);
    if (is_seen(owns, acl, group, &index))
        return;
    struct build_list list = {.rule = owns->rule, .acl = acl, .want = owns->want, .index = index};
    list.name = acl->kind == ACL_DST ? build_address(owns->build, acl) : name_of(owns->build, acl);
    if (list.name != NULL)
        owns->fn(owns->build, &list);
    owns->seen[owns->count] = acl;
    owns->group[owns->count] = group;
    owns->index[owns->count++] = index;
    owns->lists += index == owns->lists;
}

/* A list that is also spliced by is no list to peek at only. */
void
build_each_own(struct build *build, build_own *fn)
{
    static const struct {
        const char *action;
        unsigned want;
    } kinds[] = {{"splice", OUTCOME_OWN}, {"peek", OUTCOME_INSPECT}};
    struct owns owns = {.build = build, .fn = fn};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        owns.want = kinds[k].want;
        for (size_t i = 0; i < build->conf->bump.count; i++) {
            owns.rule = &build->conf->bump.rule[i];
            if (role_is(owns.rule, kinds[k].action))
                build_each_acl(owns.rule, add_own, &owns);
        }
    }
}

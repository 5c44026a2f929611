// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * outcome_kept.c - the lists of names by which the administrator denies, inspects or closes: of each one name that a
 * bypass takes. Such a list must come before the bypass. Part of outcome_build.h.
 */
#include <stdio.h>
#include <string.h>

#include "outcome_build.h"

#define VALUES_ASKED 2000 /* of one list */
#define URI_BYTES_MAX 300

struct kept {
    struct build *build;
    build_own *fn;
    struct build_list list;
    const struct acl *seen[OWN_LISTS_MAX];
    size_t count;
};

/* Whether a list has a name: of a CONNECT to port 443. */
static bool
has_name(const struct acl *acl, const char *name)
{
    char uri[URI_BYTES_MAX];
    switch (acl->kind) {
    case ACL_DSTDOMAIN:
    case ACL_SERVER_NAME: return acl->text_count <= VALUES_ASKED && acl_names_hold(acl, name, false);
    case ACL_DSTDOM_REGEX:
    case ACL_SERVER_NAME_REGEX: return acl_regexes_hold(acl, name);
    case ACL_URL_REGEX:
        return snprintf(uri, sizeof uri, "%s:443", name) < (int)sizeof uri && acl_regexes_hold(acl, uri);
    default: return false;
    }
}

static bool
note_name(void *arg, const struct named *named)
{
    struct kept *kept = arg;
    if (has_name(kept->list.acl, named->name))
        kept->list.name = build_text(kept->build, "%s", named->name);
    return kept->list.name == NULL;
}

static void
add_kept(void *arg, const struct acl *acl, bool negated)
{
    struct kept *kept = arg;
    if (negated || kept->count == OWN_LISTS_MAX)
        return;
    for (size_t i = 0; i < kept->count; i++) {
        if (kept->seen[i] == acl)
            return;
    }
    kept->list.acl = acl;
    kept->list.name = NULL;
    if (outcome_is_list(acl) || acl->kind == ACL_URL_REGEX)
        build_each_name(kept->build->conf, note_name, kept);
    if (kept->list.name == NULL)
        return;
    kept->seen[kept->count++] = acl;
    kept->fn(kept->build, &kept->list);
}

static void
look_at(struct kept *kept, const struct rule *rule, unsigned want)
{
    kept->list.rule = rule;
    kept->list.want = want;
    build_each_acl(rule, add_kept, kept);
}

void
build_each_kept(struct build *build, build_own *fn)
{
    struct kept kept = {.build = build, .fn = fn};
    const struct rules *access = &build->conf->access, *bump = &build->conf->bump;
    for (size_t i = 0; i < access->count; i++) {
        if (role_is_firm(&access->rule[i]))
            look_at(&kept, &access->rule[i], OUTCOME_DENIED);
    }
    kept.count = 0;
    for (size_t i = 0; i < bump->count; i++) {
        if (role_is(&bump->rule[i], "bump") || role_is(&bump->rule[i], "terminate"))
            look_at(&kept, &bump->rule[i], OUTCOME_KEPT);
    }
}

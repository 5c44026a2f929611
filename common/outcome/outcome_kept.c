// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * outcome_kept.c - the lists of names by which the administrator denies, inspects or closes: of each one name that a
 * bypass takes. Such a list must come before the bypass. Part of outcome_build.h.
 */
#include <string.h>

#include "base/arena.h"
#include "outcome_parts.h"

#define LISTS_ASKED 4000 /* uses of ACLs in rules */
#define NAMES_MAX 1000

/* The names that the bypasses take, and the lists that have one of them. */
struct kept {
    struct build *build;
    const char *names[NAMES_MAX];
    size_t name_count;
    size_t asked;
    size_t first; /* of the lists for one kind of rule */
    struct build_list rule;
    struct build_list lists[2 * OWN_LISTS_MAX];
    const struct client_group *group[2 * OWN_LISTS_MAX]; /* whom the rule is about; NULL: also the usual client */
    size_t count;
};

static bool
note_name(void *arg, const struct named *named)
{
    struct kept *kept = arg;
    kept->names[kept->name_count++] = build_text(kept->build, "%s", named->name);
    return kept->name_count < NAMES_MAX;
}

static void
add_kept(void *arg, const struct acl *acl, bool negated)
{
    struct kept *kept = arg;
    size_t found = 0;
    bool again = false;
    if (negated || kept->count - kept->first == OWN_LISTS_MAX || !outcome_is_list(acl, true) ||
        kept->asked++ >= LISTS_ASKED)
        return;
    const struct client_group *group = build_group_of(kept->build, kept->rule.rule);
    for (size_t i = kept->first; i < kept->count; i++) {
        if (kept->lists[i].acl == acl && (kept->group[i] == group || group == NULL))
            return;
        again = again || kept->lists[i].acl == acl;
    }
    while (found < kept->name_count && !build_list_has(acl, kept->names[found]))
        found++;
    if (found == kept->name_count)
        return;
    kept->lists[kept->count] = kept->rule;
    kept->lists[kept->count].acl = acl;
    kept->lists[kept->count].again = again;
    kept->group[kept->count] = group;
    kept->lists[kept->count].index = kept->count - kept->first;
    kept->lists[kept->count++].name = kept->names[found];
}

static void
look_at(struct kept *kept, const struct rule *rule, unsigned want)
{
    kept->rule = (struct build_list){.rule = rule, .want = want};
    build_each_acl(rule, add_kept, kept);
}

static void
find_kept(struct build *build)
{
    const struct rules *access = &build->conf->access, *bump = &build->conf->bump;
    struct kept *kept = build->kept = arena_array(build->arena, 1, sizeof *kept);
    if (kept == NULL)
        return;
    *kept = (struct kept){.build = build};
    build_each_name(build->conf, note_name, kept);
    for (size_t i = 0; i < access->count; i++) {
        if (role_is_firm(&access->rule[i]))
            look_at(kept, &access->rule[i], OUTCOME_DENIED);
    }
    kept->first = kept->count;
    for (size_t i = 0; i < bump->count; i++) {
        if (role_is(&bump->rule[i], "bump") || role_is(&bump->rule[i], "terminate"))
            look_at(kept, &bump->rule[i], OUTCOME_KEPT);
    }
}

void
build_each_kept(struct build *build, build_own *fn)
{
    if (build->kept == NULL)
        find_kept(build);
    for (size_t i = 0; build->kept != NULL && i < build->kept->count; i++)
        fn(build, &build->kept->lists[i]);
}

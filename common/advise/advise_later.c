// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * advise_later.c - corrections of the lists that can refuse what http_access has let in: adapted_http_access,
 * miss_access, never_direct. Part of advise_build.h.
 */
#include "advise_build.h"

/* Without the rule that decides. */
static bool
try_without(struct advice *advice, const struct group *group, struct edit *ret)
{
    *ret = (struct edit){.count = 0};
    if (group->rule == NULL)
        return false;
    edit_add(ret, EDIT_REMOVE, advise_line(advice, group->rule), NULL);
    return advise_try(advice, group, ret);
}

/* Puts lines before the rule that decides, or after the last one if none does. */
static void
put(struct advice *advice, struct edit *edit, const struct group *group, const char *line)
{
    const struct rules *rules = advise_list_of(advice, group->step);
    if (group->rule != NULL)
        edit_add(edit, EDIT_BEFORE, advise_line(advice, group->rule), line);
    else if (rules->count > 0)
        edit_add(edit, EDIT_AFTER, advise_line(advice, &rules->rule[rules->count - 1]), line);
}

/* miss_access cannot wait for the helper, but sees the note that it left. */
static bool
try_note(struct advice *advice, const struct group *group, struct edit *ret)
{
    const char *definition, *noted = advise_noted(advice, &definition);
    *ret = (struct edit){.count = 0};
    if (definition != NULL)
        put(advice, ret, group, definition);
    put(advice, ret, group, advise_text(advice, "miss_access allow %s", noted));
    return advise_try(advice, group, ret);
}

/* A rule with a bypass ACL before all others that could refuse. */
static bool
try_allow(struct advice *advice, const struct group *group, const char *directive, struct edit *ret)
{
    const struct acl *acl;
    for (size_t n = 0; n < BYPASSES_MAX && (acl = advise_bypass(advice, n)) != NULL; n++) {
        const char *line = advise_text(advice, "%s allow %s", directive, acl->name);
        const struct rules *always = &advice->conf->always;
        bool direct = group->step->phase == PHASE_DIRECT && always->count > 0;
        *ret = (struct edit){.count = 0};
        if (direct)
            edit_add(ret, EDIT_BEFORE, advise_line(advice, &always->rule[0]), line);
        else
            put(advice, ret, group, line);
        if (advise_try(advice, group, ret))
            return true;
    }
    return false;
}

static bool
try_rule(struct advice *advice, const struct group *group, struct edit *ret)
{
    switch (group->step->phase) {
    case PHASE_MISS: return try_note(advice, group, ret);
    case PHASE_DIRECT: return try_allow(advice, group, "always_direct", ret);
    default: return try_allow(advice, group, "adapted_http_access", ret);
    }
}

/* What is for other requests stays as it is; a rule that is about the bypass itself is not meant. */
bool
advise_later(struct advice *advice, const struct group *group, struct edit *ret)
{
    bool ours = group->rule != NULL && role_uses(group->rule, role_is_ours, true);
    return (ours && try_without(advice, group, ret)) || try_rule(advice, group, ret) ||
           (!ours && try_without(advice, group, ret));
}

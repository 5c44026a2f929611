// SPDX-License-Identifier: GPL-2.0-or-later
/* ruleset_role.c - see ruleset_role.h. */
#include "ruleset_role.h"

#include <string.h>
#include <strings.h>

bool
role_is_password(const struct acl *acl)
{
    return acl->kind == ACL_PROXY_AUTH || acl->kind == ACL_PROXY_AUTH_REGEX || acl->kind == ACL_MAX_USER_IP ||
           (acl->kind == ACL_EXTERNAL && acl->external->needs_user);
}

bool
role_is_bypass(const struct acl *acl)
{
    return acl->kind == ACL_EXTERNAL && acl->external->ours;
}

bool
role_is_ours(const struct acl *acl)
{
    return role_is_bypass(acl) ||
           (acl->kind == ACL_NOTE && acl->header != NULL && strncmp(acl->header, "m365_", 5) == 0);
}

bool
role_is_everyone(const struct acl *acl)
{
    return acl->kind == ACL_SRC && acl_nets_hold_all(acl);
}

bool
role_is_group(const struct acl *acl)
{
    return acl->kind == ACL_SRC && !acl_nets_hold_all(acl) && strcmp(acl->name, "localhost") != 0;
}

bool
role_is_choosy(const struct acl *acl)
{
    switch (acl->kind) {
    case ACL_SRC:
    case ACL_LOCALIP:
    case ACL_LOCALPORT:
    case ACL_PORT:
    case ACL_MYPORTNAME:
    case ACL_METHOD:
    case ACL_PROTO:
    case ACL_AT_STEP:
    case ACL_ANY_OF:
    case ACL_ALL_OF: return false;
    default: return !role_is_password(acl) && !role_is_ours(acl);
    }
}

bool
role_is_of_times(const struct acl *acl)
{
    static const char *const types[] = {"time", "random", "maxconn"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (strcmp(acl->type, types[i]) == 0)
            return true;
    }
    return false;
}

bool
role_is_narrowing(const struct acl *acl)
{
    return acl->kind != ACL_AT_STEP && acl->kind != ACL_ANY_OF && acl->kind != ACL_ALL_OF && !role_is_everyone(acl) &&
           !role_is_ours(acl);
}

static bool
any(const struct acl_uses *uses, role_test *test, bool plain, unsigned depth)
{
    for (size_t i = 0; i < uses->count; i++) {
        const struct acl *acl = uses->use[i].acl;
        if (plain && uses->use[i].negated)
            continue;
        if (test(acl))
            return true;
        for (size_t line = 0; line < acl->line_count && depth > 0; line++) {
            if (any(&acl->lines[line], test, plain, depth - 1))
                return true;
        }
    }
    return false;
}

bool
role_holds(const struct acl *acl, role_test *test)
{
    struct acl_use use = {.acl = acl};
    return any(&(struct acl_uses){.use = &use, .count = 1}, test, false, ROLE_DEPTH);
}

bool
role_uses(const struct rule *rule, role_test *test, bool plain)
{
    return any(&rule->uses, test, plain, ROLE_DEPTH);
}

static bool
is_deep(const struct acl_uses *uses, unsigned depth)
{
    for (size_t i = 0; i < uses->count; i++) {
        const struct acl *acl = uses->use[i].acl;
        for (size_t line = 0; line < acl->line_count; line++) {
            if (depth == 0 || is_deep(&acl->lines[line], depth - 1))
                return true;
        }
    }
    return false;
}

bool
role_is_deep(const struct rule *rule)
{
    return is_deep(&rule->uses, ROLE_DEPTH);
}

bool
role_is(const struct rule *rule, const char *action)
{
    return strcmp(rule->action, action) == 0;
}

bool
role_takes_all(const struct rule *rule)
{
    for (size_t i = 0; i < rule->uses.count; i++) {
        if (rule->uses.use[i].negated || !role_is_everyone(rule->uses.use[i].acl))
            return false;
    }
    return true;
}

int
role_at_step(const struct acl_use *use, int step)
{
    static const char *const steps[] = {"", "SslBump1", "SslBump2", "SslBump3"};
    int matches = role_is_everyone(use->acl) ? 1 : -1;
    if (use->acl->kind == ACL_AT_STEP && step > 0) {
        matches = 0;
        for (size_t i = 0; i < use->acl->text_count; i++)
            matches |= strcasecmp(use->acl->texts[i], steps[step]) == 0;
    }
    return matches < 0 ? -1 : matches != use->negated;
}

static bool
has_use(const struct rule *rule, const struct acl_use *use)
{
    for (size_t i = 0; i < rule->uses.count; i++) {
        if (rule->uses.use[i].acl == use->acl && rule->uses.use[i].negated == use->negated)
            return true;
    }
    return false;
}

bool
role_takes(const struct rule *early, const struct rule *late, role_certain *certain, const void *arg)
{
    for (size_t i = 0; i < early->uses.count; i++) {
        const struct acl_use *use = &early->uses.use[i];
        bool is = certain == NULL ? !use->negated && role_is_everyone(use->acl) : certain(arg, use);
        if (!is && !has_use(late, use))
            return false;
    }
    return true;
}

bool
role_is_firm(const struct rule *rule)
{
    return role_is(rule, "deny") && !role_takes_all(rule) && !role_uses(rule, role_is_password, false);
}

bool
role_is_own_bump(const struct rule *rule)
{
    return (role_is(rule, "terminate") && role_uses(rule, role_is_narrowing, false)) ||
           (role_is(rule, "bump") && role_uses(rule, role_is_choosy, true));
}

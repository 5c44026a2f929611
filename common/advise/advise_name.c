// SPDX-License-Identifier: GPL-2.0-or-later
/* advise_name.c - the names that corrections use: those of the configuration, or new ones. Part of advise_build.h. */
#include <string.h>
#include <strings.h>

#include "advise_build.h"

/* Counts down over the bypass ACLs of the rules. */
static const struct acl *
of_rules(const struct rules *rules, size_t *left)
{
    for (size_t i = 0; i < rules->count; i++) {
        const struct acl_uses *all = &rules->rule[i].uses;
        for (size_t u = 0; u < all->count; u++) {
            if (role_is_bypass(all->use[u].acl) && !all->use[u].negated && (*left)-- == 0)
                return all->use[u].acl;
        }
    }
    return NULL;
}

/* The n-th ACL of the configuration that passes the test. */
static const struct acl *
nth_acl(const struct ruleset *conf, size_t n, role_test *test)
{
    for (size_t b = 0; b < ACL_BUCKETS; b++) {
        for (const struct acl *acl = conf->buckets[b]; acl != NULL; acl = acl->next) {
            if (test(acl) && n-- == 0)
                return acl;
        }
    }
    return NULL;
}

const struct acl *
advise_bypass(const struct advice *advice, size_t n)
{
    const struct acl *found = of_rules(&advice->conf->bump, &n);
    if (found == NULL)
        found = of_rules(&advice->conf->access, &n);
    return found == NULL ? nth_acl(advice->conf, n, role_is_bypass) : found;
}

/* The name of the port that a situation comes in at. */
static const char *
port_name(const struct advice *advice, size_t situation)
{
    const struct outcome_case *one = &advice->set.cases[situation];
    for (size_t i = 0; i < advice->conf->port_count; i++) {
        if (strcmp(advice->conf->ports[i].address, one->listener) == 0)
            return advice->conf->ports[i].name;
    }
    return "";
}

const struct acl *
advise_port(const struct advice *advice, size_t situation, size_t n)
{
    const char *name = port_name(advice, situation);
    for (size_t b = 0; b < ACL_BUCKETS; b++) {
        for (const struct acl *acl = advice->conf->buckets[b]; acl != NULL; acl = acl->next) {
            for (size_t i = 0; acl->kind == ACL_MYPORTNAME && i < acl->text_count; i++) {
                if (strcmp(acl->texts[i], name) == 0 && n-- == 0)
                    return acl;
            }
        }
    }
    return NULL;
}

static bool
has_acl(const struct advice *advice, const char *name)
{
    for (size_t b = 0; b < ACL_BUCKETS; b++) {
        for (const struct acl *acl = advice->conf->buckets[b]; acl != NULL; acl = acl->next) {
            if (strcasecmp(acl->name, name) == 0)
                return true;
        }
    }
    return false;
}

const char *
advise_new_name(struct advice *advice, const char *wish)
{
    const char *name = wish;
    for (unsigned n = 2; has_acl(advice, name); n++)
        name = advise_text(advice, "%s%u", wish, n);
    return name;
}

static bool
is_step1(const struct acl *acl)
{
    return acl->kind == ACL_AT_STEP && acl->text_count == 1 && strcasecmp(acl->texts[0], "SslBump1") == 0;
}

static bool
is_noted(const struct acl *acl)
{
    return acl->kind == ACL_NOTE && strcmp(acl->header, "m365_why_") == 0 && acl->text_count == 1 &&
           strcmp(acl->texts[0], "rule") == 0;
}

static const char *
name_or_new(struct advice *advice, role_test *test, const char *wish, const char *definition, const char **ret_line)
{
    const struct acl *acl = nth_acl(advice->conf, 0, test);
    *ret_line = NULL;
    if (acl != NULL)
        return acl->name;
    const char *name = advise_new_name(advice, wish);
    *ret_line = advise_text(advice, "acl %s %s", name, definition);
    return name;
}

const char *
advise_step1(struct advice *advice, const char **ret_line)
{
    return name_or_new(advice, is_step1, "m365_step1", "at_step SslBump1", ret_line);
}

const char *
advise_noted(struct advice *advice, const char **ret_line)
{
    return name_or_new(advice, is_noted, "m365_noted", "note m365_why_ rule", ret_line);
}

const char *
advise_insert(struct advice *advice, const struct rule *rule, const char *words)
{
    const char *at = rule->text + strcspn(rule->text, " \t");
    at += strspn(at, " \t");
    at += strcspn(at, " \t");
    return advise_text(advice, "%.*s %s%s", (int)(at - rule->text), rule->text, words, at);
}

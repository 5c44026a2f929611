// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * insert_prune.c - takes what no request reaches out of a patch. Part of insert_build.h.
 *
 * The rules are made one for each rule of the file, so one may repeat another, come after a rule of the file that takes
 * everything, or be about explicit ports where its ACLs are about an intercepting one. As nothing reaches it, nothing
 * changes without it.
 */
#include <string.h>

#include "insert_build.h"
#include "ruleset/ruleset_role.h"

#define DEAD_MAX 256

static bool
has_name(const struct acl *acl, const char *name)
{
    for (size_t i = 0; i < acl->text_count; i++) {
        if (strcmp(acl->texts[i], name) == 0)
            return true;
    }
    return false;
}

/* True if a port of this name fits all that the rule says about ports. */
static bool
fits(const struct rule *rule, const char *name)
{
    for (size_t i = 0; i < rule->uses.count; i++) {
        const struct acl_use *use = &rule->uses.use[i];
        if (use->acl->kind == ACL_MYPORTNAME && has_name(use->acl, name) == use->negated)
            return false;
    }
    return true;
}

/* True if the rule is about ports of which no port can be. */
static bool
has_no_port(const struct rule *rule)
{
    const struct acl *ports = NULL;
    for (size_t i = 0; i < rule->uses.count; i++) {
        if (rule->uses.use[i].acl->kind == ACL_MYPORTNAME && !rule->uses.use[i].negated)
            ports = rule->uses.use[i].acl;
    }
    for (size_t i = 0; ports != NULL && i < ports->text_count; i++) {
        if (fits(rule, ports->texts[i]))
            return false;
    }
    return ports != NULL;
}

/* `!all` */
static bool
is_for_nobody(const struct rule *rule)
{
    for (size_t i = 0; i < rule->uses.count; i++) {
        if (rule->uses.use[i].negated && role_is_everyone(rule->uses.use[i].acl))
            return true;
    }
    return false;
}

static bool
is_dead(const struct rules *rules, const struct rule *rule)
{
    for (const struct rule *early = rules->rule; early < rule; early++) {
        if (role_takes(early, rule, NULL, NULL))
            return true;
    }
    return has_no_port(rule) || is_for_nobody(rule);
}

/* The added lines that nothing reaches. */
struct dead {
    const char *line[DEAD_MAX];
    size_t put[DEAD_MAX];
    size_t count;
};

static void
find_dead(struct dead *ret, const struct insert *insert, const struct patch *patch, const struct rules *rules)
{
    ret->count = 0;
    for (size_t i = 0; i < rules->count && ret->count < DEAD_MAX; i++) {
        const struct rule *rule = &rules->rule[i];
        struct insert_line line;
        insert_find_line(&line, insert, patch, rule->file, rule->number);
        if (line.added == NULL || !is_dead(rules, rule))
            continue;
        ret->line[ret->count] = line.added;
        ret->put[ret->count++] = line.put;
    }
}

static bool
has_line(const struct dead *dead, const char *line)
{
    for (size_t i = 0; i < dead->count; i++) {
        if (dead->line[i] == line)
            return true;
    }
    return false;
}

/* The text without those lines. A comment goes with the last line below it. */
static const char *
without(struct insert *insert, const char *text, const struct dead *dead)
{
    struct buf ret;
    size_t comment = 0; /* where the last one begins */
    bool above = false, any = true;
    buf_init(&ret, EDIT_BYTES_MAX);
    for (const char *at = text; *at != '\0'; at += strcspn(at, "\n") + 1) {
        bool is = *at == '#';
        if (is && !above) {
            ret.len = any ? ret.len : comment;
            comment = ret.len;
            any = false;
        }
        above = is;
        if (!is && has_line(dead, at))
            continue;
        any = any || !is;
        buf_add(&ret, at, strcspn(at, "\n") + 1);
    }
    ret.len = any ? ret.len : comment;
    const char *kept = insert_keep(insert, &ret);
    return kept == NULL ? "" : kept;
}

bool
insert_prune(struct insert *insert, struct patch *patch, const struct trial *trial)
{
    struct dead dead;
    find_dead(&dead, insert, patch, &trial->conf->access);
    for (size_t i = 0; i < dead.count; i++) {
        struct put *put = &patch->put[dead.put[i]];
        if (i == 0 || dead.put[i] != dead.put[i - 1])
            put->text = without(insert, put->text, &dead);
    }
    size_t count = 0;
    for (size_t i = 0; i < patch->count; i++) {
        if (*patch->put[i].text != '\0')
            patch->put[count++] = patch->put[i];
    }
    patch->count = count;
    return dead.count > 0;
}

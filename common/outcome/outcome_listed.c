// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * outcome_listed.c - bypassed names that lists of the administrator's own have: what rules before the bypass do with
 * them is not what becomes of the one name of the set. Part of outcome_parts.h.
 */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "outcome_parts.h"

#define LISTED_MAX 8      /* names that are asked about */
#define VALUES_ASKED 2000 /* of one list */
#define USES_MAX 400      /* lists in rules */
#define COMPARED_MAX 4000000
#define NAMES_MAX 1000
#define URI_BYTES_MAX 300

/* A list in a rule. */
struct use {
    const struct acl *acl;
    bool negated;
};

struct listed {
    struct build *build;
    struct named names[NAMES_MAX]; /* those that the bypasses take */
    size_t name_count;
    struct named listed[LISTED_MAX];
    size_t count;
    struct use uses[USES_MAX]; /* of the rules so far */
    size_t use_count, compared;
};

/* A regex for URLs sees `name:443` of a CONNECT, or the whole URL of plain HTTP. */
static bool
has_url(const struct acl *acl, const char *before, const char *name, const char *after)
{
    char uri[URI_BYTES_MAX];
    return snprintf(uri, sizeof uri, "%s%s%s", before, name, after) < (int)sizeof uri && acl_regexes_hold(acl, uri);
}

bool
build_list_has(const struct acl *acl, const char *name)
{
    switch (acl->kind) {
    case ACL_DSTDOMAIN:
    case ACL_SERVER_NAME: return acl->text_count <= VALUES_ASKED && acl_names_hold(acl, name, false);
    case ACL_DSTDOM_REGEX:
    case ACL_SERVER_NAME_REGEX: return acl_regexes_hold(acl, name);
    case ACL_URL_REGEX: return has_url(acl, "", name, ":443");
    default: return false;
    }
}

static bool
is_names(const struct acl *acl)
{
    return acl->kind == ACL_DSTDOMAIN || acl->kind == ACL_SERVER_NAME || acl->kind == ACL_DSTDOM_REGEX ||
           acl->kind == ACL_SERVER_NAME_REGEX || acl->kind == ACL_URL_REGEX;
}

static bool
has(const struct listed *listed, const char *name)
{
    const struct outcome_names *more = listed->build->more;
    bool found = strcmp(listed->build->bypassed.name, name) == 0;
    for (size_t i = 0; i < listed->count && !found; i++)
        found = strcmp(listed->listed[i].name, name) == 0;
    for (size_t i = 0; more != NULL && i < more->count && !found; i++)
        found = strcmp(more->name[i], name) == 0;
    return found;
}

static bool
note_name(void *arg, const struct named *named)
{
    struct listed *listed = arg;
    struct named *one = &listed->names[listed->name_count++];
    one->name = build_text(listed->build, "%s", named->name);
    one->address = named->address;
    return listed->name_count < NAMES_MAX;
}

/* True if a rule with the list is about the name. */
static bool
meets(struct listed *listed, const struct use *use, const char *name)
{
    listed->compared += use->acl->text_count + 8 * use->acl->regex_count;
    bool plain = use->acl->kind == ACL_URL_REGEX && has_url(use->acl, "http://", name, "/");
    return (plain || build_list_has(use->acl, name)) != use->negated;
}

/* True if a list of a rule before has the name, too. */
static bool
is_met(struct listed *listed, const char *name)
{
    for (size_t i = 0; i < listed->use_count; i++) {
        if (meets(listed, &listed->uses[i], name))
            return true;
    }
    return false;
}

/* True if a name that is asked about anyway shows what the rule does. */
static bool
is_shown(struct listed *listed, const struct use *use)
{
    const char *name = listed->build->bypassed.name;
    bool shown = meets(listed, use, name) && !is_met(listed, name);
    for (size_t i = 0; i < listed->count && !shown; i++) {
        name = listed->listed[i].name;
        shown = meets(listed, use, name) && !is_met(listed, name);
    }
    return shown;
}

/* A name that the list has and none before it, or NULL. */
static const struct named *
find_name(struct listed *listed, const struct use *use)
{
    const struct named *other = NULL;
    for (size_t i = 0; i < listed->name_count && listed->compared < COMPARED_MAX; i++) {
        const struct named *named = &listed->names[i];
        if (!meets(listed, use, named->name) || has(listed, named->name))
            continue;
        if (!is_met(listed, named->name))
            return named;
        other = other == NULL ? named : other;
    }
    return other;
}

/* With `!` the rule is about the names that the list has not. */
static void
add_listed(void *arg, const struct acl *acl, bool negated)
{
    struct listed *listed = arg;
    const struct use use = {acl, negated};
    if (!is_names(acl) || listed->use_count == USES_MAX)
        return;
    const struct named *named = listed->count == LISTED_MAX || is_shown(listed, &use) ? NULL : find_name(listed, &use);
    if (named != NULL)
        listed->listed[listed->count++] = *named;
    listed->uses[listed->use_count++] = use;
}

static bool
is_bypass(const struct rule *rule, const char *action)
{
    return role_is(rule, action) && role_uses(rule, role_is_ours, true);
}

/* The rules before the last bypass by this action; NULL: all of them. */
static void
look_at(struct listed *listed, const struct rules *rules, const char *action)
{
    size_t end = rules->count;
    while (action != NULL && end > 0 && !is_bypass(&rules->rule[end - 1], action))
        end--;
    listed->use_count = 0;
    for (size_t i = 0; i < end; i++)
        build_each_acl(&rules->rule[i], add_listed, listed);
}

static const struct listed *
find(struct build *build)
{
    struct listed *listed = build->listed;
    if (listed != NULL || build->bypassed.name == NULL || build->more != NULL)
        return listed;
    listed = build->listed = arena_array(build->arena, 1, sizeof *listed);
    build->failed = build->failed || listed == NULL;
    if (listed == NULL)
        return NULL;
    listed->build = build;
    listed->name_count = listed->count = listed->use_count = listed->compared = 0;
    build_each_name(build->conf, note_name, listed);
    look_at(listed, &build->conf->access, "allow");
    look_at(listed, &build->conf->bump, "splice");
    look_at(listed, &build->conf->adapted, NULL);
    look_at(listed, &build->conf->miss, NULL);
    look_at(listed, &build->conf->never, NULL);
    return listed;
}

bool
build_is_listed(const struct build *build, const char *name)
{
    for (size_t i = 0; build->listed != NULL && i < build->listed->count; i++) {
        if (strcmp(build->listed->listed[i].name, name) == 0)
            return true;
    }
    return false;
}

static void
add(struct build *build, const char *title, const char *request)
{
    struct outcome_case *one =
        build_case(build, build->listener, title, build_text(build, "%s from=%s", request, build->client));
    if (one != NULL)
        one->wants = build->listener->closed ? 0 : OUTCOME_BYPASS;
}

static void
add_one(struct build *build, const struct listener *listener, const struct named *named)
{
    const char *name = named->name, *address = named->address;
    const char *title = build_text(build, "the bypassed name %s", name);
    if (listener->explicit)
        add(build, title, build_text(build, "CONNECT %s:443 sni=%s", name, name));
    else if (listener->tls && address != NULL && build_takes_at(build, name, address))
        add(build, title, build_text(build, "INTERCEPT %s:443 sni=%s", address, name));
    if (!listener->tls && !listener->bare && build_takes_http(build, name))
        add(build, build_text(build, "plain HTTP to the bypassed name %s", name),
            build_text(build, "GET http://%s/", name));
}

void
build_listed(struct build *build, const struct listener *listener)
{
    const struct listed *listed = find(build);
    for (size_t i = 0; listed != NULL && i < listed->count; i++)
        add_one(build, listener, &listed->listed[i]);
}

void
build_listed_hosts(struct build *build)
{
    const struct listed *listed = find(build);
    for (size_t i = 0; listed != NULL && i < listed->count; i++) {
        const struct named *one = &listed->listed[i];
        buf_add_fmt(&build->reverse, "%s %s\n", one->address == NULL ? NEUTRAL_ADDRESS : one->address, one->name);
    }
}

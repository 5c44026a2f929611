// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * outcome_name.c - chooses the names of the situations from the tables of the helpers. Part of outcome_build.h.
 *
 * A bypassed name is one that the most bypass ACLs of the rules take: `acl m365 external m365 Exchange` takes none of
 * Teams. Well-known names come first, so that the situations of two tables are alike.
 */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "image/image.h"
#include "image/image_find.h"
#include "name/host.h"
#include "name/verb.h"
#include "outcome_parts.h"
#include "squid/squid.h"
#include "verdict/request.h"
#include "verdict/verdict.h"

#define RULES_LOOKED_AT 20000 /* numbers of rules, of which some are not in use, in the tables of the helpers */
#define BYPASSES_MAX 32
#define NAME_BYTES_MAX 256
#define PORT_HTTP 80
#define PORT_TLS 443
#define INSPECTED_ADDRESS "192.0.2.94"

/* Of the worldwide list and of the other clouds. The addresses are in a prefix of the same endpoint set. */
static const struct named known[] = {
    {"outlook.office365.com", "52.96.0.1"},  {"login.microsoftonline.com", "20.190.128.1"},
    {"teams.microsoft.com", "52.112.0.4"},   {"contoso.sharepoint.com", "13.107.136.9"},
    {"outlook.office365.us", "20.35.208.1"}, {"webmail.apps.mil", "20.35.192.1"},
    {"partner.outlook.cn", "40.73.132.1"},
};

/* The external ACLs of ours that http_access allows by, or ssl_bump splices by. */
struct bypasses {
    const struct acl *acl[BYPASSES_MAX];
    size_t count;
};

static void
add_bypass(void *arg, const struct acl *acl, bool negated)
{
    struct bypasses *all = arg;
    if (acl->kind != ACL_EXTERNAL || !acl->external->ours || negated || all->count == BYPASSES_MAX)
        return;
    for (size_t i = 0; i < all->count; i++) {
        if (all->acl[i] == acl)
            return;
    }
    all->acl[all->count++] = acl;
}

static void
find_bypasses(struct bypasses *ret, const struct ruleset *conf)
{
    ret->count = 0;
    for (size_t i = 0; i < conf->access.count; i++)
        build_each_acl(&conf->access.rule[i], add_bypass, ret);
    for (size_t i = 0; i < conf->bump.count; i++)
        build_each_acl(&conf->bump.rule[i], add_bypass, ret);
}

/* What a helper is asked about. */
struct question {
    const char *dst, *sni, *la; /* la: NULL for none */
    unsigned port;
};

static void
decide(const struct ruleset_helper *helper, const struct question *question, struct request *request,
       struct verdict *ret)
{
    char port[8];
    request_init(request);
    request_set_dst(request, question->dst, strlen(question->dst));
    request_set_sni(request, question->sni, strlen(question->sni));
    if (question->la != NULL)
        request_set_la(request, question->la, strlen(question->la));
    snprintf(port, sizeof port, "%u", question->port);
    request_set_port(request, port, strlen(port));
    verdict_decide(helper->image, request, helper->today, ret);
}

/* How many of the ACLs answer OK. */
static size_t
taken(const struct ruleset *conf, const struct bypasses *all, const struct question *question)
{
    size_t count = 0;
    for (size_t i = 0; i < all->count; i++) {
        const struct ruleset_helper *helper = &conf->helpers[all->acl[i]->external->helper];
        const char *arguments = all->acl[i]->arguments;
        struct request request;
        struct verdict verdict;
        struct squid_word unknown;
        if (helper->image == NULL)
            continue;
        decide(helper, question, &request, &verdict);
        count += squid_args_allow(helper->image, &request, helper->today, &verdict,
                                  (struct squid_word){.text = arguments, .len = strlen(arguments)}, &unknown);
    }
    return count;
}

/* The first helper with a table, or NULL. */
static const struct ruleset_helper *
any_helper(const struct build *build)
{
    for (size_t i = 0; i < build->conf->helper_count; i++) {
        if (build->conf->helpers[i].image != NULL)
            return &build->conf->helpers[i];
    }
    return NULL;
}

/* A name that a line of the table is about: `*.x` becomes `www.x`. False: the line has none. */
static bool
name_of(char ret[NAME_BYTES_MAX], struct image_text rule)
{
    bool below = rule.len > 2 && memcmp(rule.text, "*.", 2) == 0;
    size_t skip = below ? 2 : 0;
    struct addr addr;
    if (rule.len == 0 || rule.len >= NAME_BYTES_MAX - 4 || memchr(rule.text + skip, '*', rule.len - skip) != NULL ||
        memchr(rule.text, '/', rule.len) != NULL || memchr(rule.text, ':', rule.len) != NULL ||
        addr_parse(&addr, rule.text, rule.len))
        return false;
    snprintf(ret, NAME_BYTES_MAX, "%s%.*s", below ? "www." : "", (int)(rule.len - skip), rule.text + skip);
    return true;
}

/* A name of the list that its category alone keeps from the bypass, for every bypass. */
static bool
is_inspected(struct build *build, const struct bypasses *all, const struct verdict *verdict,
             const struct question *question)
{
    return !verdict->bypass && verdict->why == WHY_CATEGORY && taken(build->conf, all, question) == 0;
}

static void
keep_name(struct build *build, struct named *ret, const char *name, const char *address)
{
    if (ret->name != NULL)
        return;
    ret->name = build_text(build, "%s", name);
    ret->address = address;
}

/* Looks at the lines of the table: for local ones, and for a bypassed name if no well-known one fits. */
static void
look_at_table(struct build *build, const struct bypasses *all, const struct ruleset_helper *helper)
{
    uint64_t count = image_info(helper->image)->rules * 8 + 64; /* as the index of names may be as empty as that */
    char room[IMAGE_RULE_MAX], name[NAME_BYTES_MAX];
    struct request request;
    struct verdict verdict;
    for (uint32_t i = 0; i < count && i < RULES_LOOKED_AT; i++) {
        if (!name_of(name, image_rule_text(helper->image, (struct image_rule){.number = i}, room)))
            continue;
        const struct question question = {name, name, NULL, PORT_TLS};
        struct image_set set;
        decide(helper, &question, &request, &verdict);
        bool taken_by_any = verdict.bypass && taken(build->conf, all, &question) > 0;
        if (taken_by_any && build->bypassed.name == NULL)
            keep_name(build, &build->bypassed, name, "192.0.2.90");
        if (is_inspected(build, all, &verdict, &question))
            keep_name(build, &build->inspected, name, INSPECTED_ADDRESS);
        if (verdict.why == WHY_LOCAL_INSPECT)
            keep_name(build, &build->refused, name, "192.0.2.92");
        if (!taken_by_any || !verdict.has_rule)
            continue;
        image_get_set(helper->image, verdict.set, &set);
        if (set.local)
            keep_name(build, &build->local, name, "192.0.2.91");
    }
}

/* A well-known one first. */
static void
look_for_inspected(struct build *build, const struct bypasses *all, const struct ruleset_helper *helper)
{
    static const char name[] = "login.live.com";
    const struct question question = {name, name, NULL, PORT_TLS};
    struct request request;
    struct verdict verdict;
    decide(helper, &question, &request, &verdict);
    if (is_inspected(build, all, &verdict, &question))
        keep_name(build, &build->inspected, name, INSPECTED_ADDRESS);
}

/* What else is true of the bypassed name. */
static void
describe(struct build *build, const struct bypasses *all)
{
    const char *name = build->bypassed.name, *address = build->bypassed.address;
    const struct question plain = {name, "-", NULL, PORT_HTTP};
    const struct question address_only = {address, name, address, PORT_TLS};
    if (name == NULL)
        return;
    build->at_80 = taken(build->conf, all, &plain) > 0;
    build->by_address = taken(build->conf, all, &address_only) > 0;
}

void
build_names(struct build *build)
{
    const struct ruleset_helper *helper = any_helper(build);
    struct bypasses all;
    size_t most = 0;
    if (helper == NULL)
        return;
    find_bypasses(&all, build->conf);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const struct question question = {known[i].name, known[i].name, NULL, PORT_TLS};
        struct request request;
        struct verdict verdict;
        decide(helper, &question, &request, &verdict);
        size_t count = all.count > 0 ? taken(build->conf, &all, &question) : (size_t)verdict.bypass;
        if (count <= most)
            continue;
        build->bypassed = known[i];
        most = count;
    }
    look_for_inspected(build, &all, helper);
    look_at_table(build, &all, helper);
    describe(build, &all);
}

void
build_each_name(const struct ruleset *conf, build_name *fn, void *arg)
{
    const struct build build = {.conf = conf};
    const struct ruleset_helper *helper = any_helper(&build);
    char room[IMAGE_RULE_MAX], name[NAME_BYTES_MAX];
    struct bypasses all;
    if (helper == NULL)
        return;
    find_bypasses(&all, conf);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const struct question question = {known[i].name, known[i].name, NULL, PORT_TLS};
        if (taken(conf, &all, &question) > 0 && !fn(arg, &known[i]))
            return;
    }
    uint64_t count = image_info(helper->image)->rules * 8 + 64;
    for (uint32_t i = 0; i < count && i < RULES_LOOKED_AT; i++) {
        if (!name_of(name, image_rule_text(helper->image, (struct image_rule){.number = i}, room)))
            continue;
        const struct question question = {name, name, NULL, PORT_TLS};
        const struct named named = {name, NULL};
        if (taken(conf, &all, &question) > 0 && !fn(arg, &named))
            return;
    }
}

bool
build_takes_http(const struct build *build, const char *name)
{
    const struct question question = {name, "-", NULL, PORT_HTTP};
    struct bypasses all;
    find_bypasses(&all, build->conf);
    return taken(build->conf, &all, &question) > 0;
}

bool
build_takes_at(const struct build *build, const char *name, const char *address)
{
    const struct question question = {address, name, address, PORT_TLS};
    struct bypasses all;
    find_bypasses(&all, build->conf);
    return taken(build->conf, &all, &question) > 0;
}

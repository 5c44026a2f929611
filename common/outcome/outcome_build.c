// SPDX-License-Identifier: GPL-2.0-or-later
/* outcome_build.c - what a configuration is about, and how a situation is added. Part of outcome_build.h. */
#include "outcome_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"

#define TEXT_BYTES_MAX 1024

const struct named outcome_other = {"www.example.com", "192.0.2.80"};
const struct named outcome_stranger = {"stranger.example", "203.0.113.66"};

const char *
build_text(struct build *build, const char *fmt, ...)
{
    char text[TEXT_BYTES_MAX];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    const char *kept = arena_text(build->arena, text, strlen(text));
    build->failed = build->failed || kept == NULL;
    return kept == NULL ? "" : kept;
}

static void
each_use(const struct acl_uses *uses, bool negated, unsigned depth, build_acl *fn, void *arg)
{
    for (size_t i = 0; i < uses->count; i++) {
        const struct acl *acl = uses->use[i].acl;
        bool not = negated != uses->use[i].negated;
        fn(arg, acl, not );
        for (size_t line = 0; line < acl->line_count && depth > 0; line++)
            each_use(&acl->lines[line], not, depth - 1, fn, arg);
    }
}

void
build_each_acl(const struct rule *rule, build_acl *fn, void *arg)
{
    each_use(&rule->uses, false, ROLE_DEPTH, fn, arg);
}

/* ---- what it is about ---- */

static void
note_password(void *arg, const struct acl *acl, bool negated)
{
    struct build *build = arg;
    build->asks = build->asks || role_is_password(acl);
    if (acl->kind == ACL_PROXY_AUTH && !acl->required && acl->text_count > 0 && !negated && build->user == NULL)
        build->user = acl->texts[0];
}

bool
outcome_is_other(const struct outcome_case *one)
{
    return one->situation.kind == SITUATION_CONNECT && one->situation.port == 443 &&
           strcmp(one->situation.host, outcome_other.name) == 0;
}

bool
outcome_inspects(const struct ruleset *conf)
{
    static const char *const splices[] = {"splice", "none", "peek"};
    for (size_t i = 0; i < conf->bump.count; i++) {
        bool inspects = true;
        for (size_t a = 0; a < sizeof splices / sizeof *splices; a++)
            inspects = inspects && strcmp(conf->bump.rule[i].action, splices[a]) != 0;
        if (inspects)
            return true;
    }
    for (size_t i = 0; i < conf->other_worker_count; i++) {
        if (outcome_inspects(conf->other_workers[i]))
            return true;
    }
    return false;
}

void
build_purpose(struct build *build)
{
    for (size_t i = 0; i < build->conf->access.count; i++)
        build_each_acl(&build->conf->access.rule[i], note_password, build);
    build->inspects = build->conf->inspects || outcome_inspects(build->conf);
    for (size_t i = 0; i < build->conf->external_count; i++) {
        const struct external *external = build->conf->externals[i];
        for (size_t f = 0; external->ours && f < external->fields.count; f++)
            build->reads_sni = build->reads_sni || external->fields.field[f] == SQUID_SNI;
    }
    for (size_t i = 0; i < build->conf->port_count; i++)
        build->proxied = build->proxied || build->conf->ports[i].proxied;
    if (build->user == NULL)
        build->user = "alice";
}

/* ---- situations ---- */

bool
build_is_loopback(const struct port *port)
{
    static const uint8_t v6[16] = {[15] = 1};
    return port->has_addr &&
           (port->addr.v6 ? memcmp(port->addr.bytes, v6, sizeof v6) == 0 : port->addr.bytes[0] == 127);
}

struct outcome_case *
build_case(struct build *build, const struct listener *listener, const char *title, const char *request)
{
    struct outcome_set *set = build->set;
    struct outcome_case *cases = arena_grow(build->arena, set->cases, &set->room, set->count + 1, sizeof *cases);
    struct err err = {0};
    if (cases == NULL) {
        build->failed = true;
        return NULL;
    }
    set->cases = cases;
    struct outcome_case *one = &cases[set->count];
    const char *text = listener->named ? build_text(build, "%s port=%s", request, listener->port->name)
                                       : build_text(build, "%s", request);
    *one = (struct outcome_case){
        .title = title, .request = text, .listener = listener->port->address, .kind = listener->kind};
    if (situation_parse(&one->situation, text, build->arena, &err) != 0)
        return NULL; /* a name of the table or of a list that no request can have */
    set->count++;
    return one;
}

bool
build_courses(struct courses *ret, struct build *build, const char *request)
{
    struct situation situation;
    struct err ignored = {0};
    const struct course_question question = {build->conf, &situation, build->no_hosts, false};
    bool found = situation_parse(&situation, request, build->arena, &ignored) == 0 &&
                 course_find(ret, &question, build->arena, &ignored) == 0;
    build->failed = build->failed || ignored.kind == ERR_MEM;
    return found;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* outcome_about.c - which clients a rule is about, whatever comes before it. Part of outcome_build.h. */
#include <string.h>

#include "outcome_build.h"

/* A client at a port. */
struct where {
    struct addr addr;
    const struct port *port;
    bool bare; /* it has no password */
};

/* What an ACL says of every request of a client: one about addresses and ports decides, no other. */
enum about { ABOUT_NO, ABOUT_MAYBE, ABOUT_YES };

static enum about ask(const struct where *where, const struct acl *acl, unsigned depth);

static enum about
turn(enum about about, bool negated)
{
    return negated ? (enum about)(ABOUT_YES - about) : about;
}

/* All of them: as the least certain. */
static enum about
ask_all(const struct where *where, const struct acl_uses *uses, unsigned depth)
{
    enum about least = ABOUT_YES;
    for (size_t i = 0; i < uses->count; i++) {
        enum about about = turn(ask(where, uses->use[i].acl, depth), uses->use[i].negated);
        least = about < least ? about : least;
    }
    return least;
}

static enum about
ask_any(const struct where *where, const struct acl_uses *uses, unsigned depth)
{
    enum about most = ABOUT_NO;
    for (size_t i = 0; i < uses->count; i++) {
        enum about about = turn(ask(where, uses->use[i].acl, depth), uses->use[i].negated);
        most = about > most ? about : most;
    }
    return most;
}

static enum about
ask_lines(const struct where *where, const struct acl *acl, unsigned depth)
{
    enum about most = ABOUT_NO;
    for (size_t i = 0; i < acl->line_count; i++) {
        enum about about =
            acl->kind == ACL_ANY_OF ? ask_any(where, &acl->lines[i], depth) : ask_all(where, &acl->lines[i], depth);
        most = about > most ? about : most;
    }
    return most;
}

static enum about
ask_name(const struct acl *acl, const char *name)
{
    for (size_t i = 0; i < acl->text_count; i++) {
        if (strcmp(acl->texts[i], name) == 0)
            return ABOUT_YES;
    }
    return ABOUT_NO;
}

static enum about
ask(const struct where *where, const struct acl *acl, unsigned depth)
{
    switch (acl->kind) {
    case ACL_SRC:
        return acl_nets_hold(acl, &where->addr)       ? ABOUT_YES
               : acl->text_count > 0 || acl->doubtful ? ABOUT_MAYBE
                                                      : ABOUT_NO;
    case ACL_MYPORTNAME: return ask_name(acl, where->port->name);
    case ACL_ANY_OF:
    case ACL_ALL_OF: return depth == 0 ? ABOUT_MAYBE : ask_lines(where, acl, depth - 1);
    default: return where->bare && role_is_password(acl) ? ABOUT_NO : ABOUT_MAYBE;
    }
}

/* `allow any`, with `any-of servers users`: the client is one of the servers, and needs no password. */
static bool
is_free(const struct where *where, const struct rule *rule)
{
    struct where bare = *where;
    bare.bare = true;
    return role_is(rule, "allow") && ask_all(&bare, &rule->uses, ROLE_DEPTH) == ABOUT_YES;
}

bool
build_asks(const struct build *build, const char *client, const struct port *port, bool group)
{
    struct where where = {.port = port};
    bool known = client != NULL && addr_parse(&where.addr, client, strlen(client)); /* NULL: there was no memory */
    for (size_t i = 0; i < build->conf->access.count; i++) {
        const struct rule *rule = &build->conf->access.rule[i];
        bool about = role_uses(rule, role_is_password, false) &&
                     (!known || ask_all(&where, &rule->uses, ROLE_DEPTH) != ABOUT_NO);
        if (about)
            return !known || !group || !is_free(&where, rule);
    }
    return false;
}

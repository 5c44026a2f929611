// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * insert_lines.c - the lines to add: the helper's types, ACLs, rules. Part of insert_build.h.
 *
 * They are those of `m365ctl squid-conf` (squidconf_wish.h) but for the guard: here the splice rule itself asks for the
 * note, so that what comes after it works on. Nothing that the file has is added.
 */
#include "insert_lines.h"

#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/err.h"
#include "insert_law.h"
#include "squidconf/squidconf_wish.h"

#define LINES_MAX ((size_t)1 << 16)
#define PRIVATE "m365_clients src 127.0.0.0/8 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 ::1 fc00::/7"
#define KNOWN_MAX 8

/* ---- what the rules are about ---- */

bool
lines_is_bypass(const struct acl *acl)
{
    return acl->kind == ACL_EXTERNAL && acl->external->ours;
}

static bool
uses(const struct acl_uses *all, lines_test *test, unsigned depth)
{
    for (size_t i = 0; i < all->count; i++) {
        const struct acl *acl = all->use[i].acl;
        bool found = !all->use[i].negated && test(acl);
        for (size_t line = 0; line < acl->line_count && depth > 0 && !found && !all->use[i].negated; line++)
            found = uses(&acl->lines[line], test, depth - 1);
        if (found)
            return true;
    }
    return false;
}

const struct rule *
lines_rule(const struct rules *rules, const char *action, lines_test *test)
{
    for (size_t i = 0; i < rules->count; i++) {
        if (strcmp(rules->rule[i].action, action) == 0 && uses(&rules->rule[i].uses, test, 8))
            return &rules->rule[i];
    }
    return NULL;
}

/* ---- ports ---- */

static bool
is_loopback(const struct port *port)
{
    static const uint8_t v6[16] = {[15] = 1};
    return port->has_addr &&
           (port->addr.v6 ? memcmp(port->addr.bytes, v6, sizeof v6) == 0 : port->addr.bytes[0] == 127);
}

/* Next to intercepting ports, one on the loopback is Squid's own. */
static bool
is_for_clients(const struct ruleset *conf, const struct port *port)
{
    bool intercepting = false;
    for (size_t i = 0; i < conf->port_count; i++)
        intercepting = intercepting || conf->ports[i].intercepts;
    return !port->serves && !(!port->intercepts && intercepting && is_loopback(port));
}

int
lines_ports(struct insert *insert, struct err *err)
{
    struct squidconf_wish *wish = &insert->wish;
    const struct port *decrypts = NULL;
    bool bumps = false;
    wish->explicit_port = wish->intercept_port = wish->http_port = 0;
    insert->on_explicit = insert->on_intercept = "";
    for (size_t i = 0; i < insert->conf->port_count; i++) {
        const struct port *port = &insert->conf->ports[i];
        if (!is_for_clients(insert->conf, port))
            continue;
        const char **names = port->intercepts ? &insert->on_intercept : &insert->on_explicit;
        *names = insert_text(insert, "%s %s", *names, port->name);
        *(port->intercepts ? &wish->intercept_port : &wish->explicit_port) = port->port;
        bumps = bumps || port->bumps;
        decrypts = port->bumps && port->intercepts ? port : decrypts;
    }
    wish->bump = bumps && insert->conf->bump.count > 0;
    if (decrypts != NULL && insert->conf->bump.count == 0)
        return err_set(err, ERR_SYNTAX,
                       "%s:%u: the file has no ssl_bump, so Squid decrypts what comes here; write those rules first",
                       decrypts->file, decrypts->number);
    if (wish->explicit_port != 0 || wish->intercept_port != 0)
        return 0;
    return err_set(err, ERR_SYNTAX,
                   "%s:1: the file has no port for clients, so the lines have no place; add an http_port",
                   insert->about->path);
}

/* ---- clients ---- */

struct known {
    const char *names[KNOWN_MAX];
    size_t count;
};

static void
add_known(struct known *known, const struct acl *acl)
{
    for (size_t i = 0; i < known->count; i++) {
        if (strcmp(known->names[i], acl->name) == 0)
            return;
    }
    if (known->count < KNOWN_MAX)
        known->names[known->count++] = acl->name;
}

/* The networks that rules let in, or that one refuses all others than. */
static void
find_known(struct known *ret, const struct ruleset *conf)
{
    for (size_t i = 0; i < conf->access.count; i++) {
        const struct rule *rule = &conf->access.rule[i];
        bool allows = role_is(rule, "allow");
        for (size_t u = 0; u < rule->uses.count; u++) {
            if (law_is_group(rule->uses.use[u].acl) && rule->uses.use[u].negated != allows)
                add_known(ret, rule->uses.use[u].acl);
        }
    }
}

static const struct acl *
find_acl(const struct ruleset *conf, const char *name)
{
    for (size_t b = 0; b < ACL_BUCKETS; b++) {
        for (const struct acl *acl = conf->buckets[b]; acl != NULL; acl = acl->next) {
            if (strcasecmp(acl->name, name) == 0)
                return acl;
        }
    }
    return NULL;
}

void
lines_clients(struct insert *insert)
{
    const struct acl *usual = find_acl(insert->conf, "localnet");
    struct known known = {.count = 0};
    find_known(&known, insert->conf);
    if (usual != NULL && law_is_group(usual))
        insert->clients[CLIENTS_LOCALNET] = usual->name;
    if (known.count == 1)
        insert->clients[CLIENTS_KNOWN] = known.names[0];
    if (known.count < 2)
        return;
    insert->known_line = "acl m365_clients any-of";
    for (size_t i = 0; i < known.count; i++)
        insert->known_line = insert_text(insert, "%s %s", insert->known_line, known.names[i]);
}

/* ---- the lines ---- */

static void
add_line(struct buf *ret, const char *line)
{
    buf_add_fmt(ret, "%s\n", line);
}

static bool
has_own(struct insert *insert, const char *line)
{
    const char *own = name_rewrite(insert, insert_text(insert, "%s\n", line), "");
    return own != NULL && lines_has(insert, own, strcspn(own, "\n"));
}

/* True if FORMAT hands the helper such a field, as it is; an SNI only if it is escaped. */
static bool
hands(const struct external *external, enum squid_field field)
{
    for (size_t i = 0; i < external->fields.count && i < external->token_count; i++) {
        const char *token = external->tokens[i];
        if (external->fields.field[i] == field)
            return field != SQUID_SNI || strncmp(token, "%#", 2) == 0;
    }
    return false;
}

/* True for a type that can do what the printed one does: an old one may ask about less, or for a password. */
static bool
is_enough(const struct insert *insert, const struct external *external, bool intercept)
{
    bool sni = insert->wish.version == SQUIDCONF_3_5 || hands(external, SQUID_SNI);
    return external->ours && !external->needs_user && sni && hands(external, SQUID_DST) &&
           hands(external, SQUID_PORT) && (!intercept || hands(external, SQUID_LA));
}

static void
add_type(struct insert *insert, struct buf *ret, const char *name, bool intercept)
{
    for (size_t i = 0; i < insert->conf->external_count; i++) {
        const struct external *external = insert->conf->externals[i];
        if (strcmp(external->name, name) == 0 && is_enough(insert, external, intercept))
            return;
    }
    squidconf_add_type(ret, &insert->wish, intercept);
}

/* What the rules of the extra need before them. */
static void
add_extra(struct insert *insert, struct buf *ret)
{
    struct buf text;
    buf_init(&text, LINES_MAX);
    squidconf_add_expressroute_rules(&text, &insert->wish, "http_access allow");
    const char *line = insert_keep(insert, &text);
    for (; line != NULL && *line != '\0'; line += strcspn(line, "\n") + 1) {
        if (strncmp(line, "acl ", 4) == 0)
            add_line(ret, insert_text(insert, "%.*s", (int)strcspn(line, "\n"), line));
    }
}

static void
add_acls(struct insert *insert, struct buf *ret, enum insert_clients clients, bool step1)
{
    const struct squidconf_wish *wish = &insert->wish;
    bool noted = wish->bump || (wish->extras & (SQUIDCONF_EXPRESSROUTE | SQUIDCONF_DELAY_ACCESS)) != 0;
    if (squidconf_wish_both(wish)) {
        add_line(ret, insert_text(insert, "acl m365_on_explicit myportname%s", insert->on_explicit));
        add_line(ret, insert_text(insert, "acl m365_on_intercept myportname%s", insert->on_intercept));
    }
    if (wish->explicit_port != 0)
        add_line(ret, "acl m365 external m365");
    if (wish->intercept_port != 0)
        add_line(ret, "acl m365i external m365i");
    add_extra(insert, ret);
    if (noted)
        add_line(ret, "acl m365_noted note m365_why_ rule");
    if (step1)
        add_line(ret, "acl m365_step1 at_step SslBump1");
    if (insert->front)
        add_line(ret, "acl m365_step2 at_step SslBump2");
    if (clients == CLIENTS_KNOWN && insert->known_line != NULL)
        add_line(ret, insert->known_line);
    if (clients == CLIENTS_PRIVATE && !has_own(insert, "acl " PRIVATE))
        buf_add_text(ret, "# EDIT: the networks of your clients.\n");
    if (clients == CLIENTS_PRIVATE)
        add_line(ret, "acl " PRIVATE);
}

/* Takes away what the file has under another name. */
static const char *
missing(struct insert *insert, const char *text)
{
    struct buf ret;
    buf_init(&ret, LINES_MAX);
    for (const char *line = text == NULL ? "" : text; *line != '\0'; line += strcspn(line, "\n") + 1) {
        if (!lines_has(insert, line, strcspn(line, "\n")))
            buf_add(&ret, line, strcspn(line, "\n") + 1);
    }
    return insert_keep(insert, &ret);
}

const char *
lines_wanted(struct insert *insert, enum insert_clients clients, bool step1)
{
    struct buf text;
    buf_init(&text, LINES_MAX);
    if (insert->wish.explicit_port != 0)
        add_type(insert, &text, "m365", false);
    if (insert->wish.intercept_port != 0)
        add_type(insert, &text, "m365i", true);
    add_acls(insert, &text, clients, step1);
    return insert_keep(insert, &text);
}

const char *
lines_defs(struct insert *insert, enum insert_clients clients, bool step1)
{
    static const char head[] = "# Microsoft 365: the helper. ttl: an updated table takes effect within a minute.\n";
    struct buf text;
    buf_init(&text, LINES_MAX);
    const char *made = missing(insert, name_rewrite(insert, lines_wanted(insert, clients, step1), ""));
    buf_add_fmt(&text, "%s%s", made == NULL ? "" : head, made == NULL ? "" : made);
    return insert_keep(insert, &text);
}

const char *
lines_bump(struct insert *insert, enum insert_peek peek)
{
    struct buf text;
    buf_init(&text, LINES_MAX);
    if (peek != PEEK_NONE)
        buf_add_fmt(&text, "ssl_bump peek m365_step1%s\n", peek == PEEK_NOTED ? " m365_noted" : "");
    buf_add_text(
        &text,
        "# Microsoft 365: not inspected. Only what http_access let pass has the note; for the rest no helper is\n"
        "# asked, because Squid splices if it dies.\n");
    bool both = squidconf_wish_both(&insert->wish);
    if (insert->wish.explicit_port != 0)
        buf_add_fmt(&text, "ssl_bump splice %sm365_noted m365\n", both ? "m365_on_explicit " : "");
    if (insert->wish.intercept_port != 0)
        buf_add_fmt(&text, "ssl_bump splice %sm365_noted m365i\n", both ? "m365_on_intercept " : "");
    return name_rewrite(insert, insert_keep(insert, &text), "");
}

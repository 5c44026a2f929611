// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * insert_lines.c - the lines to add: the helper's types, ACLs, rules. Part of insert_build.h.
 *
 * They are those of `m365ctl squid-conf` (squidconf_wish.h) but for the guard: here the splice rule itself asks for the
 * note, so that what comes after it works on. Nothing that the file has is added.
 */
#include "insert_build.h"

#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/err.h"
#include "squidconf/squidconf_wish.h"

#define LINES_MAX ((size_t)1 << 16)
#define PRIVATE "m365_clients src 127.0.0.0/8 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 ::1 fc00::/7"
#define KNOWN_MAX 8

/* ---- what the file has ---- */

/* The next word of a line of `len` bytes; NULL at its end. */
static const char *
next_word(const char *line, size_t len, size_t *at, size_t *ret_len)
{
    while (*at < len && (line[*at] == ' ' || line[*at] == '\t'))
        ++*at;
    size_t from = *at;
    while (*at < len && line[*at] != ' ' && line[*at] != '\t')
        ++*at;
    *ret_len = *at - from;
    return *ret_len > 0 ? line + from : NULL;
}

static bool
same_words(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t a_at = 0, b_at = 0, a_word, b_word;
    for (;;) {
        const char *one = next_word(a, a_len, &a_at, &a_word), *other = next_word(b, b_len, &b_at, &b_word);
        if (one == NULL || other == NULL)
            return one == other;
        if (a_word != b_word || memcmp(one, other, a_word) != 0)
            return false;
    }
}

bool
lines_has(const struct insert *insert, const char *line, size_t len)
{
    for (size_t i = 0; i < insert->text.line_count; i++) {
        const char *text = insert->text.lines[i].text;
        if (same_words(text, strlen(text), line, len))
            return true;
    }
    return false;
}

/* The line that defines a name in the way of `acl NAME ...`, or NULL. */
static const struct squidconf_line *
defines(const struct insert *insert, const char *directive, const char *name, size_t len)
{
    for (size_t i = 0; i < insert->text.line_count; i++) {
        const struct squidconf_line *line = &insert->text.lines[i];
        if (line->count > 1 && strcmp(line->words[0], directive) == 0 && strlen(line->words[1]) == len &&
            strncasecmp(line->words[1], name, len) == 0)
            return line;
    }
    return NULL;
}

/* One definition: `acl NAME ...` or `external_acl_type NAME ...`. */
static int
check_name(struct insert *insert, const char *line, size_t len, struct err *err)
{
    size_t at = 0, directive_len, name_len;
    const char *directive = next_word(line, len, &at, &directive_len), *name = next_word(line, len, &at, &name_len);
    if (directive == NULL || name == NULL || *directive == '#')
        return 0;
    const struct squidconf_line *taken =
        defines(insert, directive_len == strlen("acl") ? "acl" : "external_acl_type", name, name_len);
    if (taken == NULL)
        return 0;
    return err_set(err, ERR_SYNTAX, "%s:%u: the name '%.*s' is taken, but the lines need it; rename this one",
                   taken->file, taken->number, (int)name_len, name);
}

int
lines_check_names(struct insert *insert, const char *defs, struct err *err)
{
    for (const char *line = defs == NULL ? "" : defs; *line != '\0'; line += strcspn(line, "\n") + 1) {
        if (check_name(insert, line, strcspn(line, "\n"), err) != 0)
            return -1;
    }
    return 0;
}

/* ---- what the rules are about ---- */

bool
lines_is_bypass(const struct acl *acl)
{
    return acl->kind == ACL_EXTERNAL && acl->external->ours;
}

bool
lines_is_password(const struct acl *acl)
{
    return acl->kind == ACL_PROXY_AUTH || acl->kind == ACL_PROXY_AUTH_REGEX || acl->kind == ACL_MAX_USER_IP ||
           (acl->kind == ACL_EXTERNAL && acl->external->needs_user);
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

static bool
is_name(const struct acl *acl, const char *name)
{
    return strcasecmp(acl->name, name) == 0;
}

bool
lines_lets_in(const struct rule *rule)
{
    if (strcmp(rule->action, "allow") != 0)
        return false;
    for (size_t i = 0; i < rule->uses.count; i++) {
        const struct acl *acl = rule->uses.use[i].acl;
        bool narrow = acl->kind == ACL_METHOD || acl->kind == ACL_PROTO || is_name(acl, "manager") ||
                      is_name(acl, "localhost") || is_name(acl, "to_localhost");
        if (lines_is_password(acl) || lines_is_bypass(acl) || (narrow && !rule->uses.use[i].negated))
            return false;
    }
    return true;
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
    return !port->serves && !(port->https && !port->intercepts) &&
           !(!port->intercepts && intercepting && is_loopback(port));
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

static bool
is_group(const struct acl *acl)
{
    static const uint8_t none[16] = {0};
    if (acl->kind != ACL_SRC || strcmp(acl->name, "localhost") == 0 || strcmp(acl->name, "all") == 0 ||
        acl->net_count == 0)
        return false;
    for (size_t i = 0; i < acl->net_count; i++) {
        if (memcmp(acl->nets[i].mask, none, sizeof none) == 0)
            return false;
    }
    return true;
}

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
        bool allows = strcmp(rule->action, "allow") == 0;
        for (size_t u = 0; u < rule->uses.count; u++) {
            if (is_group(rule->uses.use[u].acl) && rule->uses.use[u].negated != allows)
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
    if (usual != NULL && is_group(usual))
        insert->clients[CLIENTS_LOCALNET] = usual->name;
    insert->clients[CLIENTS_PRIVATE] = "m365_clients";
    if (known.count == 1)
        insert->clients[CLIENTS_KNOWN] = known.names[0];
    if (known.count < 2)
        return;
    insert->clients[CLIENTS_KNOWN] = "m365_clients";
    insert->known_line = "acl m365_clients any-of";
    for (size_t i = 0; i < known.count; i++)
        insert->known_line = insert_text(insert, "%s %s", insert->known_line, known.names[i]);
}

/* ---- the lines ---- */

static void
add_missing(struct insert *insert, struct buf *ret, const char *line)
{
    if (*line != '\0' && !lines_has(insert, line, strlen(line)))
        buf_add_fmt(ret, "%s\n", line);
}

static void
add_type(struct insert *insert, struct buf *ret, const char *name, bool intercept)
{
    const struct squidconf_line *line = defines(insert, "external_acl_type", name, strlen(name));
    for (size_t i = 0; line != NULL && i < insert->conf->external_count; i++) {
        if (insert->conf->externals[i]->ours && strcmp(insert->conf->externals[i]->name, name) == 0)
            return;
    }
    squidconf_add_type(ret, &insert->wish, intercept);
}

static void
add_acls(struct insert *insert, struct buf *ret, enum insert_clients clients, bool step1)
{
    const struct squidconf_wish *wish = &insert->wish;
    bool noted = wish->bump || (wish->extras & (SQUIDCONF_EXPRESSROUTE | SQUIDCONF_DELAY_ACCESS)) != 0;
    if (squidconf_wish_both(wish)) {
        add_missing(insert, ret, insert_text(insert, "acl m365_on_explicit myportname%s", insert->on_explicit));
        add_missing(insert, ret, insert_text(insert, "acl m365_on_intercept myportname%s", insert->on_intercept));
    }
    if (wish->explicit_port != 0)
        add_missing(insert, ret, "acl m365 external m365");
    if (wish->intercept_port != 0)
        add_missing(insert, ret, "acl m365i external m365i");
    if (noted)
        add_missing(insert, ret, "acl m365_noted note m365_why_ rule");
    if (step1)
        add_missing(insert, ret, "acl m365_step1 at_step SslBump1");
    if (clients == CLIENTS_KNOWN && insert->known_line != NULL)
        add_missing(insert, ret, insert->known_line);
    if (clients == CLIENTS_PRIVATE) {
        buf_add_text(ret, "# EDIT: the networks of your clients.\n");
        add_missing(insert, ret, "acl " PRIVATE);
    }
}

const char *
lines_defs(struct insert *insert, enum insert_clients clients, bool step1)
{
    static const char head[] = "# Microsoft 365: the helper. ttl: an updated table takes effect within a minute.\n";
    struct buf text;
    buf_init(&text, LINES_MAX);
    buf_add_text(&text, head);
    if (insert->wish.explicit_port != 0)
        add_type(insert, &text, "m365", false);
    if (insert->wish.intercept_port != 0)
        add_type(insert, &text, "m365i", true);
    add_acls(insert, &text, clients, step1);
    if (text.len == sizeof head - 1)
        buf_clear(&text);
    return insert_keep(insert, &text);
}

/* `ACTION ACL...` of a rule. */
static const char *
rule_words(struct insert *insert, const struct rule *rule)
{
    const char *line = insert_text(insert, "http_access %s", rule->action);
    for (size_t i = 0; i < rule->uses.count; i++)
        line = insert_text(insert, "%s %s%s", line, rule->uses.use[i].negated ? "!" : "", rule->uses.use[i].acl->name);
    return line;
}

static bool
is_password_rule(const struct rule *rule)
{
    for (size_t i = 0; i < rule->uses.count; i++) {
        if (lines_is_password(rule->uses.use[i].acl))
            return true;
    }
    return false;
}

static bool
is_about_manager(const struct rule *rule)
{
    return rule->uses.count > 0 && strcasecmp(rule->uses.use[0].acl->name, "manager") == 0;
}

/* The rules that refuse between one that asks for a password, before which the bypass goes, and the first that lets in:
 * bypassed names meet them first. */
static void
add_denies(struct insert *insert, struct buf *ret, size_t access)
{
    const struct rules *all = &insert->conf->access;
    bool asks = access < all->count && is_password_rule(&all->rule[access]);
    bool said = false;
    for (size_t i = access; asks && i < all->count; i++) {
        const struct rule *rule = &all->rule[i];
        bool allows = strcmp(rule->action, "allow") == 0;
        if (allows && (is_password_rule(rule) || lines_lets_in(rule)))
            return;
        if (allows || is_password_rule(rule) || is_about_manager(rule))
            continue;
        if (!said)
            buf_add_text(ret, "# Microsoft 365: what is refused after the password is refused without one.\n");
        squidconf_add_each(ret, &insert->wish, rule_words(insert, rule), "", "");
        said = true;
    }
}

const char *
lines_access(struct insert *insert, enum insert_clients clients, size_t access)
{
    const char *acl = insert->clients[clients];
    const char *rule = insert_text(insert, "http_access allow%s%s", acl == NULL ? "" : " ", acl == NULL ? "" : acl);
    struct buf text;
    buf_init(&text, LINES_MAX);
    add_denies(insert, &text, access);
    buf_add_text(&text, "# Microsoft 365: without a password.\n");
    squidconf_add_expressroute_rules(&text, &insert->wish, rule);
    squidconf_add_each(&text, &insert->wish, rule, "", "");
    return insert_keep(insert, &text);
}

const char *
lines_bump(struct insert *insert, bool peek)
{
    struct buf text;
    buf_init(&text, LINES_MAX);
    if (peek)
        buf_add_text(&text, "ssl_bump peek m365_step1\n");
    buf_add_text(
        &text,
        "# Microsoft 365: not inspected. Only what http_access let pass has the note; for the rest no helper is\n"
        "# asked, because Squid splices if it dies.\n");
    bool both = squidconf_wish_both(&insert->wish);
    if (insert->wish.explicit_port != 0)
        buf_add_fmt(&text, "ssl_bump splice %sm365_noted m365\n", both ? "m365_on_explicit " : "");
    if (insert->wish.intercept_port != 0)
        buf_add_fmt(&text, "ssl_bump splice %sm365_noted m365i\n", both ? "m365_on_intercept " : "");
    return insert_keep(insert, &text);
}

const char *
lines_also(struct insert *insert, const struct rule *rule)
{
    struct buf text;
    buf_init(&text, LINES_MAX);
    buf_add_text(&text, "# Microsoft 365: the next rule lets it in, but does not ask the helper.\n");
    squidconf_add_each(&text, &insert->wish, rule_words(insert, rule), "", "");
    return insert_keep(insert, &text);
}

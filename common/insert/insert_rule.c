// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * insert_rule.c - the rules that are added, and where. Part of insert_build.h; the law is in insert_law.h.
 *
 * http_access: each rule that lets clients in gets one before it that lets them in to bypassed names, with the same
 * ACLs but for the password. So nobody gets in who did not, and the helper's note tells ssl_bump. From the first rule
 * on that asks everybody for a password, these come before that rule, with copies of the rules between that deny:
 * bypassed names meet them in the same order as before.
 */
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "insert_build.h"
#include "insert_law.h"
#include "insert_lines.h"
#include "squidconf/squidconf_wish.h"

#define RULES_MAX ((size_t)1 << 16)
#define RULE_BYTES_MAX ((size_t)1 << 13)

static const char denied_head[] = "# Microsoft 365: what is refused after the password is refused without one.\n";
static const char allowed_head[] = "# Microsoft 365: without a password.\n";
static const char asked_head[] = "# Microsoft 365: the next rule lets it in, but does not ask the helper.\n";

/* What comes before one rule. */
struct block {
    struct insert *insert;
    enum insert_clients clients;
    struct buf text, denies;
    const char *head; /* the last comment */
    bool limits;      /* also what denies is kept to those clients */
};

static bool
ends(const struct rule *rule)
{
    return role_is(rule, "deny") && role_takes_all(rule);
}

/* ` ACL...` of a rule, or NULL if the password cannot be left out. */
static const char *
words(struct insert *insert, const struct rule *rule, bool all)
{
    struct buf text;
    buf_init(&text, RULE_BYTES_MAX);
    bool good = law_words(&text, rule, all);
    bool empty = text.len == 0;
    const char *kept = insert_keep(insert, &text);
    return !good ? NULL : empty ? "" : kept;
}

/* True for a line that is only about intercepting ports: `http_access allow m365_on_intercept m365i`. */
static bool
is_of_intercept(const char *line)
{
    const char *found = strstr(line, " m365i");
    return found != NULL && found < line + strcspn(line, "\n");
}

/* Rules with the bypass, and with what they do not define themselves. `asked`: they take the place of a rule that lives
 * from a password, which nobody can be asked for on an intercepting port; "" if there is no other. */
static const char *
each(struct insert *insert, const char *action, const char *acls, bool asked)
{
    const char *rule = insert_text(insert, "http_access %s @", action);
    struct buf text;
    buf_init(&text, RULES_MAX);
    if (strcmp(action, "allow") == 0)
        squidconf_add_expressroute_rules(&text, &insert->wish, rule);
    squidconf_add_each(&text, &insert->wish, rule, "", "");
    const char *raw = insert_keep(insert, &text);
    for (const char *line = raw == NULL ? "" : raw; *line != '\0'; line += strcspn(line, "\n") + 1) {
        if (strncmp(line, "http_access ", strlen("http_access ")) == 0 && !(asked && is_of_intercept(line)))
            buf_add(&text, line, strcspn(line, "\n") + 1);
    }
    const char *made = name_rewrite(insert, insert_keep(insert, &text), acls);
    return made == NULL ? "" : made;
}

static bool
has_text(const struct buf *buf, const char *text)
{
    size_t len = strlen(text);
    for (size_t at = 0; at + len <= buf->len; at++) {
        if ((at == 0 || buf->data[at - 1] == '\n') && memcmp(buf->data + at, text, len) == 0)
            return true;
    }
    return false;
}

/* The clients to whom a rule is kept that asks everybody. */
static const char *
limited(struct insert *insert, enum insert_clients clients, const struct rule *rule, const char *acls)
{
    const char *name = insert->clients[clients];
    return name == NULL || law_has_group(rule) ? acls : insert_text(insert, " %s%s", name, acls);
}

/* A copy of a rule that denies. One that denies users is never true on an intercepting port, which has none. */
static const char *
denied(struct insert *insert, enum insert_clients clients, const struct rule *rule)
{
    const char *acls = words(insert, rule, true);
    bool users = role_uses(rule, role_is_password, true);
    return acls == NULL ? "" : each(insert, "deny", limited(insert, clients, rule, acls), users);
}

static void
add_deny(struct block *block, const struct rule *rule)
{
    bool manager = rule->uses.count > 0 && strcasecmp(rule->uses.use[0].acl->name, "manager") == 0;
    if (law_deny(rule) != DENY_ASKS && !manager)
        buf_add_text(&block->denies, denied(block->insert, block->limits ? block->clients : CLIENTS_ALL, rule));
}

static void
add_part(struct block *block, const char *head, const char *text)
{
    if (block->head != head)
        buf_add_text(&block->text, head);
    block->head = head;
    buf_add_text(&block->text, text);
}

/* Whatever is left out for lack of memory would let in what a rule denies. */
static void
check(struct insert *insert, const struct buf *buf)
{
    if (!buf_ok(buf))
        insert->failed = err_set(insert->err, ERR_MEM, "no memory for the rules") != 0;
}

static void
add_allow(struct block *block, const struct rule *rule)
{
    struct insert *insert = block->insert;
    const char *acls = words(insert, rule, false);
    if (acls == NULL || !law_lets_in(rule, false))
        return;
    const char *text = each(insert, "allow", limited(insert, block->clients, rule, acls), law_has_password(rule));
    if (*text == '\0' || has_text(&block->text, text))
        return;
    buf_add_char(&block->denies, '\0');
    if (block->denies.len > 1)
        add_part(block, denied_head, block->denies.data);
    check(insert, &block->denies);
    buf_reset(&block->denies);
    add_part(block, allowed_head, text);
}

/* True if no rule lets in networks of its own. Then others than the clients that the lines are kept to get through none
 * of them, and should meet what denies only where it is in the file. */
static bool
limits_all(const struct rules *all, size_t from)
{
    for (size_t i = from; i < all->count && !ends(&all->rule[i]); i++) {
        if (law_lets_in(&all->rule[i], false) && law_has_group(&all->rule[i]))
            return false;
    }
    return true;
}

/* What comes before the rule that asks everybody. NULL: nothing, because nothing lets in after it. */
static const char *
after_password(struct insert *insert, enum insert_clients clients, size_t asks)
{
    const struct rules *all = &insert->conf->access;
    struct block block = {.insert = insert, .clients = clients, .limits = limits_all(all, asks)};
    buf_init(&block.text, RULES_MAX);
    buf_init(&block.denies, RULES_MAX);
    for (size_t i = asks; i < all->count && !ends(&all->rule[i]); i++) {
        const struct rule *rule = &all->rule[i];
        if (role_is(rule, "deny"))
            add_deny(&block, rule);
        else
            add_allow(&block, rule);
    }
    check(insert, &block.denies);
    buf_clear(&block.denies);
    return insert_keep(insert, &block.text);
}

/* ---- where ---- */

/* The index of the rule that asks everybody for a password. */
static size_t
find_asking(const struct rules *all)
{
    for (size_t i = 0; i < all->count && !ends(&all->rule[i]); i++) {
        if (law_asks(&all->rule[i]))
            return i;
    }
    return all->count;
}

/* Each rule that lets in gets a line of its own. Without a password and ssl_bump it would change nothing. */
static void
put_each(struct insert *insert, struct patch *patch, size_t asks)
{
    const struct rules *all = &insert->conf->access;
    bool noted = insert->wish.bump || asks == all->count;
    for (size_t i = 0; i < asks && !ends(&all->rule[i]); i++) {
        const struct rule *rule = &all->rule[i];
        bool password = law_has_password(rule);
        const char *acls = words(insert, rule, false);
        if (!law_lets_in(rule, false) || acls == NULL || !(noted || password))
            continue;
        const char *rules = each(insert, "allow", acls, password);
        const char *text = insert_text(insert, "%s%s", password ? allowed_head : asked_head, rules);
        if (*rules != '\0')
            place_before(insert, patch, place_line(insert, rule), text);
    }
}

/* Why no rule can be repeated for bypassed names. */
static const char *
say_none(struct insert *insert)
{
    const struct rules *all = &insert->conf->access;
    for (size_t i = 0; insert->wish.explicit_port == 0 && i < all->count; i++) {
        const struct rule *rule = &all->rule[i];
        if (law_lets_in(rule, false) && law_has_password(rule))
            return insert_text(insert,
                               "%s:%u: '%s' lives from a password, but all ports of the file intercept, where nobody "
                               "can be asked for one; so no client gets in, and the lines have no place",
                               rule->file, rule->number, rule->text);
    }
    return insert_text(insert,
                       "%s:1: no rule of http_access lets clients in that could be repeated for bypassed names "
                       "without its password, so the lines have no place",
                       insert->about->path);
}

bool
rule_put(struct insert *insert, struct patch *patch, enum insert_clients clients)
{
    const struct rules *all = &insert->conf->access;
    size_t asks = find_asking(all), before = patch->count;
    put_each(insert, patch, asks);
    if (asks < all->count)
        place_before(insert, patch, place_line(insert, &all->rule[asks]), after_password(insert, clients, asks));
    if (patch->count > before || patch->failed)
        return true;
    insert->why = say_none(insert);
    return false;
}

const char *
rule_probe(struct insert *insert)
{
    return each(insert, "allow", "", false);
}

static bool
has_rule(const char *text, const struct rule *rule)
{
    size_t len = strlen(rule->text);
    for (; *text != '\0'; text += strcspn(text, "\n") + 1) {
        if (strncmp(text, rule->text, len) == 0 && text[len] == '\n')
            return true;
    }
    return false;
}

/* True for a copy of a rule that denies. */
static bool
is_copy(struct insert *insert, const struct rule *rule, const struct rule *own)
{
    bool is = false;
    for (unsigned clients = 0; role_is(own, "deny") && clients < CLIENTS_END && !is; clients++)
        is = has_rule(denied(insert, (enum insert_clients)clients, own), rule);
    return is;
}

const struct rule *
rule_origin(struct insert *insert, const struct rule *rule)
{
    const struct rules *all[] = {&insert->conf->access, &insert->conf->bump};
    for (unsigned copies = 0; copies < 2; copies++) {
        for (size_t list = 0; list < 2; list++) {
            for (size_t i = 0; i < all[list]->count; i++) {
                const struct rule *own = &all[list]->rule[i];
                if (copies ? is_copy(insert, rule, own)
                           : strcmp(own->file, rule->file) == 0 && strcmp(own->text, rule->text) == 0)
                    return own;
            }
        }
    }
    return NULL;
}

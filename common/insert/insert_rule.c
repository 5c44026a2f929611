// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * insert_rule.c - the rules that are added, and where. Part of insert_build.h; the law is in insert_law.h.
 *
 * http_access: each rule that lets clients in gets one before it that lets them in to bypassed names, with the same
 * ACLs but for the password. So nobody gets in who did not, and the helper's note tells ssl_bump. From the first rule
 * on that asks everybody for a password, these come before that rule, with copies of the rules between that deny:
 * bypassed names meet them in the same order as before.
 *
 * A rule that lets in other users gets none. A copy of what denies after it would come before it, and take from those
 * users what they have; so each rule that lets in after both leaves out what is denied: `allow localnet !kids m365`.
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
#define NAMES_TRIED 99

static const char denied_head[] = "# Microsoft 365: what is refused after the password is refused without one.\n";
static const char allowed_head[] = "# Microsoft 365: without a password.\n";
static const char front_head[] = "# Microsoft 365: after the splice, when Squid sees only the proxy in front.\n";
static const char except_head[] = "# Microsoft 365: what is refused to all but some users.\n";
static const char asked_head[] = "# Microsoft 365: the next rule lets it in, but does not ask the helper.\n";

/* For which ports lines are made. A rule that lives from a password has none for intercepting ports. */
enum kinds { KINDS_ALL, KINDS_EXPLICIT, KINDS_INTERCEPT };

/* What comes before one rule. */
struct block {
    struct insert *insert;
    struct patch *patch;
    enum insert_clients clients;
    struct buf text, denies;
    const char *head;       /* the last comment */
    bool limits;            /* also what denies is kept to those clients */
    bool others;            /* a rule that lets in other users was left out */
    bool again;             /* what is left out is denied to some users only */
    bool closed;            /* nothing is let in below */
    const char *excepts[2]; /* ` !ACL...` from then on: on all ports, and where there are users */
};

static bool
ends(const struct insert *insert, const struct rule *rule)
{
    return law_ends(rule, &insert->user);
}

static const char *
keep_words(struct insert *insert, struct buf *text, bool good)
{
    bool empty = text->len == 0;
    const char *kept = insert_keep(insert, text);
    return !good ? NULL : empty ? "" : kept;
}

/* The user whose password a rule asks for: the one who counts, or where each rule has its own, the one of its list. */
static const struct outcome_user *
user_of(const struct insert *insert, const struct rule *rule)
{
    for (size_t i = 1; insert->each && i < insert->users.count; i++) {
        if (!law_is_for_others(rule, &insert->users.user[i]))
            return &insert->users.user[i];
    }
    return &insert->user;
}

/* ` ACL...` of a rule, or NULL if the password cannot be left out. */
static const char *
words(struct insert *insert, const struct rule *rule)
{
    struct buf text;
    buf_init(&text, RULE_BYTES_MAX);
    bool good = law_words(&text, rule, user_of(insert, rule));
    return keep_words(insert, &text, good);
}

static const char *
all_words(struct insert *insert, const struct rule *rule)
{
    struct buf text;
    buf_init(&text, RULE_BYTES_MAX);
    law_all_words(&text, rule);
    return keep_words(insert, &text, true);
}

/* True for a line that is only about intercepting ports: `http_access allow m365_on_intercept m365i`. */
static bool
is_of_intercept(const char *line)
{
    const char *found = strstr(line, " m365i");
    return found != NULL && found < line + strcspn(line, "\n");
}

static bool
is_wanted(const char *line, enum kinds kinds)
{
    return strncmp(line, "http_access ", strlen("http_access ")) == 0 &&
           (kinds == KINDS_ALL || is_of_intercept(line) == (kinds == KINDS_INTERCEPT));
}

/* Rules with the bypass, and with what they do not define themselves; "" if there are no such ports. */
static const char *
each(struct insert *insert, const char *action, const char *acls, enum kinds kinds)
{
    const char *rule = insert_text(insert, "http_access %s @", action);
    struct buf text;
    buf_init(&text, RULES_MAX);
    if (strcmp(action, "allow") == 0)
        squidconf_add_expressroute_rules(&text, &insert->wish, rule);
    squidconf_add_each(&text, &insert->wish, rule, "", "");
    const char *raw = insert_keep(insert, &text);
    for (const char *line = raw == NULL ? "" : raw; *line != '\0'; line += strcspn(line, "\n") + 1) {
        if (is_wanted(line, kinds))
            buf_add(&text, line, strcspn(line, "\n") + 1);
    }
    const char *made = name_rewrite(insert, insert_keep(insert, &text), acls);
    return made == NULL ? "" : made;
}

static bool
has_text(const struct buf *buf, const char *text)
{
    size_t len = strlen(text);
    for (size_t at = 0; len > 0 && at + len <= buf->len; at++) {
        if ((at == 0 || buf->data[at - 1] == '\n') && memcmp(buf->data + at, text, len) == 0)
            return true;
    }
    return false;
}

/* True if the text defines an ACL of this name. */
static bool
has_acl(struct insert *insert, const struct buf *buf, const char *name)
{
    return has_text(buf, insert_text(insert, "acl %s ", name));
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
    const char *acls = all_words(insert, rule);
    bool users = role_uses(rule, role_is_password, true);
    return acls == NULL
               ? ""
               : each(insert, "deny", limited(insert, clients, rule, acls), users ? KINDS_EXPLICIT : KINDS_ALL);
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

/* `!a` of ` a`, `a` of ` !a`; of several, the name of an all-of that is defined here. NULL: they are about everything.
 */
static const char *
except_of(struct block *block, const char *acls)
{
    struct insert *insert = block->insert;
    size_t at = 0, len, more;
    const char *word = lines_word(acls, strlen(acls), &at, &len), *name = NULL;
    if (word == NULL)
        return NULL;
    if (lines_word(acls, strlen(acls), &at, &more) == NULL)
        return *word == '!' ? insert_text(insert, "%.*s", (int)len - 1, word + 1)
                            : insert_text(insert, "!%.*s", (int)len, word);
    for (unsigned n = 1; n <= NAMES_TRIED && name == NULL; n++) {
        name = n == 1 ? "m365_denied" : insert_text(insert, "m365_denied_%u", n);
        if (lines_defines(insert, "acl", name, strlen(name)) != NULL || has_acl(insert, &block->text, name))
            name = NULL;
    }
    if (name == NULL)
        return NULL;
    add_part(block, except_head, insert_text(insert, "acl %s all-of%s\n", name, acls));
    return insert_text(insert, "!%s", name);
}

/* What is denied is left out of the rules below. Where it is denied to some users, all of what it is about is. */
static void
add_except(struct block *block, const struct rule *rule)
{
    bool users = role_uses(rule, role_is_password, true);
    block->again = block->again || law_deny(rule) == DENY_NAMED;
    struct buf text;
    buf_init(&text, RULE_BYTES_MAX);
    law_subject(&text, rule);
    const char *acls = keep_words(block->insert, &text, true);
    const char *word = acls == NULL ? NULL : except_of(block, acls);
    if (word == NULL)
        block->closed = true;
    else
        block->excepts[users] = insert_text(block->insert, "%s %s", block->excepts[users], word);
}

static void
add_deny(struct block *block, const struct rule *rule)
{
    bool manager = rule->uses.count > 0 && strcasecmp(rule->uses.use[0].acl->name, "manager") == 0;
    if (law_deny(rule) == DENY_ASKS || manager)
        return;
    if (block->others)
        add_except(block, rule);
    else
        buf_add_text(&block->denies, denied(block->insert, block->limits ? block->clients : CLIENTS_ALL, rule));
}

/* What is denied to a list of users by name is let in to others by this rule, who were asked before: it gets a line in
 * its place, too, so that they are not inspected. */
static void
put_again(struct block *block, const struct rule *rule, const char *acls)
{
    struct insert *insert = block->insert;
    const char *rules =
        insert->wish.bump ? each(insert, "allow", acls, law_has_password(rule) ? KINDS_EXPLICIT : KINDS_ALL) : "";
    if (*rules != '\0')
        place_before(insert, block->patch, place_line(insert, rule), insert_text(insert, "%s%s", asked_head, rules));
}

/* True if what the rule is about is left out. */
static bool
is_left_out(const struct block *block, const char *acls)
{
    size_t at = 0, len;
    const char *word;
    while ((word = lines_word(acls, strlen(acls), &at, &len)) != NULL) {
        const char *is = *word == '!' ? insert_text(block->insert, " %.*s ", (int)len - 1, word + 1)
                                      : insert_text(block->insert, " !%.*s ", (int)len, word);
        for (size_t i = 0; i < 2; i++) {
            if (strstr(insert_text(block->insert, "%s ", block->excepts[i]), is) != NULL)
                return true;
        }
    }
    return false;
}

/* The rules that take the place of one that lets in; "" if there are none. */
static const char *
allowed(struct block *block, const struct rule *rule, const char *acls)
{
    struct insert *insert = block->insert;
    if (is_left_out(block, acls))
        return "";
    const char *all = insert_text(insert, "%s%s", limited(insert, block->clients, rule, acls), block->excepts[0]);
    const char *with_users = insert_text(insert, "%s%s", all, block->excepts[1]);
    if (law_has_password(rule))
        return each(insert, "allow", with_users, KINDS_EXPLICIT);
    if (*block->excepts[1] == '\0')
        return each(insert, "allow", all, KINDS_ALL);
    return insert_text(insert, "%s%s", each(insert, "allow", with_users, KINDS_EXPLICIT),
                       each(insert, "allow", all, KINDS_INTERCEPT));
}

/* Where a list takes the place of the password that everybody has, what comes after its rule and denies is meant for
 * all who are not in the list: the line leaves that out. NULL: all of it. */
static const char *
allowed_to_list(struct block *block, size_t index, const char *acls)
{
    struct insert *insert = block->insert;
    const struct rules *all = &insert->conf->access;
    struct block later = *block;
    for (size_t i = index + 1; i < all->count && !ends(insert, &all->rule[i]); i++) {
        if (role_is(&all->rule[i], "deny") && law_deny(&all->rule[i]) != DENY_ASKS)
            add_except(&later, &all->rule[i]);
    }
    block->text = later.text;
    block->head = later.head;
    return later.closed ? NULL : allowed(&later, &all->rule[index], acls);
}

static bool
is_by_list(const struct insert *insert, const struct rule *rule)
{
    return insert->user.list != NULL && law_is_for_others(rule, &insert->users.user[0]);
}

static void
add_allow(struct block *block, size_t index)
{
    const struct rule *rule = &block->insert->conf->access.rule[index];
    const char *acls = words(block->insert, rule);
    if (!law_lets_in(rule, false))
        return;
    bool listed = is_by_list(block->insert, rule);
    block->others = block->others || listed || acls == NULL || outcome_has_others(rule, &block->insert->user);
    if (acls == NULL || block->closed)
        return;
    if (block->again)
        put_again(block, rule, acls);
    const char *text = listed ? allowed_to_list(block, index, acls) : allowed(block, rule, acls);
    if (text == NULL || *text == '\0')
        return;
    if (block->insert->lined_count < LINED_MAX)
        block->insert->lined[block->insert->lined_count++] = rule;
    if (has_text(&block->text, text))
        return;
    buf_add_char(&block->denies, '\0');
    if (block->denies.len > 1)
        add_part(block, denied_head, block->denies.data);
    check(block->insert, &block->denies);
    buf_reset(&block->denies);
    add_part(block, allowed_head, text);
}

/* True if no rule lets in networks of its own. Then others than the clients that the lines are kept to get through none
 * of them, and should meet what denies only where it is in the file. */
static bool
limits_all(const struct insert *insert, size_t from)
{
    const struct rules *all = &insert->conf->access;
    for (size_t i = from; i < all->count && !ends(insert, &all->rule[i]); i++) {
        if (law_lets_in(&all->rule[i], false) && law_has_group(&all->rule[i]))
            return false;
    }
    return true;
}

/* What comes before the rule that asks everybody. NULL: nothing, because nothing lets in after it. */
static const char *
after_password(struct insert *insert, struct patch *patch, enum insert_clients clients, size_t asks)
{
    const struct rules *all = &insert->conf->access;
    struct block block = {
        .insert = insert, .patch = patch, .clients = clients, .limits = limits_all(insert, asks), .excepts = {"", ""}};
    buf_init(&block.text, RULES_MAX);
    buf_init(&block.denies, RULES_MAX);
    for (size_t i = asks; i < all->count && !ends(insert, &all->rule[i]); i++) {
        const struct rule *rule = &all->rule[i];
        if (role_is(rule, "deny"))
            add_deny(&block, rule);
        else
            add_allow(&block, i);
    }
    check(insert, &block.denies);
    buf_clear(&block.denies);
    return insert_keep(insert, &block.text);
}

/* ---- where ---- */

/* The index of the rule that asks everybody for a password. */
static size_t
find_asking(const struct insert *insert)
{
    const struct rules *all = &insert->conf->access;
    for (size_t i = 0; i < all->count && !ends(insert, &all->rule[i]); i++) {
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
    for (size_t i = 0; i < asks && !ends(insert, &all->rule[i]); i++) {
        const struct rule *rule = &all->rule[i];
        bool password = law_has_password(rule);
        const char *acls = words(insert, rule);
        if (!law_lets_in(rule, false) || acls == NULL || !(noted || password))
            continue;
        const char *rules = each(insert, "allow", acls, password ? KINDS_EXPLICIT : KINDS_ALL);
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
    size_t asks = find_asking(insert), before = patch->count;
    insert->lined_count = 0;
    put_each(insert, patch, asks);
    if (asks < all->count)
        place_before(insert, patch, place_line(insert, &all->rule[asks]), after_password(insert, patch, clients, asks));
    if (patch->count > before || patch->failed)
        return true;
    insert->why = say_none(insert);
    return false;
}

const char *
rule_fronts(struct insert *insert)
{
    const struct rules *follow = &insert->conf->follow;
    struct buf text;
    buf_init(&text, RULES_MAX);
    for (size_t i = 0; i < follow->count; i++) {
        const struct rule *rule = &follow->rule[i];
        for (size_t u = 0; role_is(rule, "allow") && u < rule->uses.count; u++) {
            const struct acl *acl = rule->uses.use[u].acl;
            bool named = acl->kind == ACL_SRC && !role_is_everyone(acl) && !rule->uses.use[u].negated;
            const char *rules =
                !named ? "" : each(insert, "allow", insert_text(insert, " %s m365_step2", acl->name), KINDS_EXPLICIT);
            if (!has_text(&text, rules))
                buf_add_text(&text, rules);
        }
    }
    const char *rules = insert_keep(insert, &text);
    return rules == NULL ? NULL : insert_text(insert, "%s%s", front_head, rules);
}

const char *
rule_probe(struct insert *insert)
{
    return each(insert, "allow", "", KINDS_ALL);
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

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * squidconf_check_rules.c - findings about http_access and ssl_bump, and about ACLs in places where they cannot work.
 * Part of squidconf_model.h; squidconf_check.c calls the checks.
 *
 * What an external_acl_type says is checked by squidconf_check_type.c.
 */
#include <string.h>

#include "base/buf.h"
#include "squidconf_model.h"
#include "squidconf_words.h"

static bool
is_rule(const struct squidconf_line *line, const char *directive, const char *action)
{
    return line->count > 2 && squidconf_is(line, directive) && strcmp(line->words[1], action) == 0;
}

/* True if an ACL of the rule, without `!`, passes the test. */
static bool
has(const struct squidconf *conf, const struct squidconf_line *line, squidconf_test *test)
{
    return squidconf_find(conf, line, SQUIDCONF_PLAIN, test) != 0;
}

/* The same for ACLs with or without `!`. */
static bool
mentions(const struct squidconf *conf, const struct squidconf_line *line, squidconf_test *test)
{
    return squidconf_find(conf, line, SQUIDCONF_ANY, test) != 0;
}

static bool
is_bypass_rule(const struct squidconf *conf, const struct squidconf_line *line, const char *directive,
               const char *action)
{
    return is_rule(line, directive, action) && has(conf, line, squidconf_is_bypass);
}

static const struct squidconf_line *
first_rule(const struct squidconf *conf, const char *directive, const char *action)
{
    for (size_t i = 0; i < conf->line_count; i++) {
        if (is_bypass_rule(conf, &conf->lines[i], directive, action))
            return &conf->lines[i];
    }
    return NULL;
}

static const struct squidconf_line *
first_line(const struct squidconf *conf, const char *directive)
{
    for (size_t i = 0; i < conf->line_count; i++) {
        if (squidconf_is(&conf->lines[i], directive) && conf->lines[i].count > 1)
            return &conf->lines[i];
    }
    return NULL;
}

/* The first external_acl_type that runs ext_m365_acl, or NULL. */
static const struct squidconf_line *
our_type(const struct squidconf *conf)
{
    for (size_t i = 0; i < conf->type_count; i++) {
        if (conf->types[i].helper != 0)
            return conf->types[i].line;
    }
    return NULL;
}

/* True if any rule uses a bypass ACL. */
static bool
is_asked(const struct squidconf *conf)
{
    for (size_t i = 0; i < conf->line_count; i++) {
        const struct squidconf_line *line = &conf->lines[i];
        if (!squidconf_is(line, "acl") && !squidconf_is(line, "external_acl_type") &&
            mentions(conf, line, squidconf_is_bypass))
            return true;
    }
    return false;
}

void
squidconf_check_asked(struct squidconf *conf)
{
    const struct squidconf_line *rewriter = first_line(conf, "url_rewrite_program");
    const struct squidconf_line *access = first_line(conf, "http_access");
    if (our_type(conf) == NULL) {
        if (rewriter != NULL && squidconf_is_rewriter(rewriter))
            return;
        buf_add_text(squidconf_say(conf), "no external_acl_type runs ext_m365_acl, so nothing is bypassed; "
                                          "'m365ctl squid-conf' prints the lines to add\n");
        if (access != NULL)
            squidconf_found(conf, access);
        else
            squidconf_found_at(conf, conf->line_count > 0 ? conf->lines[0].file : conf->path, 1);
        return;
    }
    if (first_rule(conf, "http_access", "allow") != NULL || (access == NULL && is_asked(conf)))
        return;
    struct buf *say = squidconf_say(conf);
    const char *name = squidconf_bypass_name(conf);
    buf_add_fmt(say,
                "no http_access rule uses '%.100s', so Microsoft 365 needs a password too; add this line before "
                "the first rule that can allow\n",
                name);
    buf_add_fmt(say, "    http_access allow %.100s\n", name);
    squidconf_found(conf, access != NULL ? access : our_type(conf));
}

/* True if the two rules are for different ports of Squid. */
static bool
are_apart(const struct squidconf *conf, const struct squidconf_line *one, const struct squidconf_line *two)
{
    size_t a = squidconf_find(conf, one, SQUIDCONF_PLAIN, squidconf_is_port);
    size_t b = squidconf_find(conf, two, SQUIDCONF_PLAIN, squidconf_is_port);
    return a != 0 && b != 0 && strcmp(one->words[a], two->words[b]) != 0;
}

static bool
is_manager(const struct squidconf_line *line)
{
    for (size_t i = 2; i < line->count; i++) {
        if (strcmp(line->words[i], "manager") == 0)
            return true;
    }
    return false;
}

/* What an http_access rule does that it must not do before a bypass rule, or NULL. */
static const char *
offence(const struct squidconf *conf, const struct squidconf_line *line)
{
    if (!is_rule(line, "http_access", "allow") && !is_rule(line, "http_access", "deny"))
        return NULL;
    if (mentions(conf, line, squidconf_is_password))
        return "asks for a password";
    bool allows = is_rule(line, "http_access", "allow");
    return allows && !has(conf, line, squidconf_is_bypass) && !is_manager(line) ? "can allow without asking the helper"
                                                                                : NULL;
}

/* Ends a finding about a rule that comes too late: the correction is both rules, swapped. */
static void
found_late(struct squidconf *conf, const struct squidconf_line *rule, const struct squidconf_line *before)
{
    buf_add_fmt(conf->scratch, " (%.200s:%u); swap the two\n", before->file, before->number);
    squidconf_add_line(conf->scratch, rule, SIZE_MAX, NULL);
    squidconf_add_line(conf->scratch, before, SIZE_MAX, NULL);
    squidconf_found(conf, rule);
}

static void
check_rule(struct squidconf *conf, size_t index)
{
    const struct squidconf_line *rule = &conf->lines[index];
    const char *name = rule->words[squidconf_find(conf, rule, SQUIDCONF_PLAIN, squidconf_is_bypass)];
    if (has(conf, rule, squidconf_is_password)) {
        buf_add_fmt(squidconf_say(conf),
                    "this rule with '%.100s' asks for a password, so it is not a bypass; write it without one\n"
                    "    http_access allow %.100s\n",
                    name, name);
        squidconf_found(conf, rule);
        return;
    }
    for (size_t i = 0; i < index; i++) {
        const struct squidconf_line *before = &conf->lines[i];
        const char *what = offence(conf, before);
        if (what == NULL || are_apart(conf, rule, before))
            continue;
        buf_add_fmt(squidconf_say(conf), "a rule before '%.100s' %s", name, what);
        found_late(conf, rule, before);
        return;
    }
}

void
squidconf_check_order(struct squidconf *conf)
{
    for (size_t i = 0; i < conf->line_count; i++) {
        if (is_bypass_rule(conf, &conf->lines[i], "http_access", "allow"))
            check_rule(conf, i);
    }
}

/* ---- ssl_bump ---------------------------------------------------------------------------------------------------- */

static bool
is_action(const struct squidconf_line *line, const char *const *actions)
{
    return line->count > 1 && squidconf_is(line, "ssl_bump") && squidconf_one_of(line->words[1], actions);
}

/* True if no ACL of the rule depends on the destination: then the rule takes bypassed connections too. */
static bool
takes_all(const struct squidconf *conf, const struct squidconf_line *line)
{
    for (size_t i = 2; i < line->count; i++) {
        const char *name = line->words[i];
        if (name[0] == '!'
                ? squidconf_acl(conf, name + 1, squidconf_is_bypass) || squidconf_acl(conf, name + 1, squidconf_is_note)
                : !squidconf_acl(conf, name, squidconf_is_wide))
            return false;
    }
    return true;
}

static void
check_splice(struct squidconf *conf, size_t index)
{
    static const char *const bumps[] = {"bump", "server-first", "client-first", "terminate", NULL};
    const struct squidconf_line *rule = &conf->lines[index];
    for (size_t i = 0; i < index; i++) {
        const struct squidconf_line *before = &conf->lines[i];
        if (!is_action(before, bumps) || !takes_all(conf, before) || are_apart(conf, rule, before))
            continue;
        buf_add_fmt(squidconf_say(conf), "a '%.40s' rule before this splice takes every connection", before->words[1]);
        found_late(conf, rule, before);
        return;
    }
}

void
squidconf_check_splice(struct squidconf *conf)
{
    static const char *const bumps[] = {"bump", "server-first", "client-first", "stare", NULL};
    const struct squidconf_line *bump = NULL;
    bool spliced = false;
    for (size_t i = 0; i < conf->line_count; i++) {
        const struct squidconf_line *line = &conf->lines[i];
        if (is_bypass_rule(conf, line, "ssl_bump", "splice")) {
            spliced = true;
            check_splice(conf, i);
        } else if (bump == NULL && is_action(line, bumps)) {
            bump = line;
        }
    }
    if (spliced || bump == NULL || our_type(conf) == NULL)
        return;
    const char *name = squidconf_bypass_name(conf);
    buf_add_fmt(squidconf_say(conf),
                "no ssl_bump rule splices '%.100s', so Microsoft 365 is inspected; add this line before it\n"
                "    ssl_bump splice %.100s\n",
                name, name);
    squidconf_found(conf, bump);
}

void
squidconf_check_peek(struct squidconf *conf)
{
    static const char *const reads[] = {"peek", "stare", NULL};
    for (size_t i = 0; i < conf->line_count; i++) {
        const struct squidconf_line *line = &conf->lines[i];
        if (is_action(line, reads))
            return;
        if (!is_bypass_rule(conf, line, "ssl_bump", "splice") || has(conf, line, squidconf_is_step))
            continue;
        struct buf *say = squidconf_say(conf);
        buf_add_text(say,
                     "nothing reads the ClientHello before this splice, so the helper never sees the SNI; peek first\n"
                     "    acl m365_step1 at_step SslBump1\n    ssl_bump peek m365_step1\n");
        squidconf_add_line(say, line, SIZE_MAX, NULL);
        squidconf_found(conf, line);
        return;
    }
}

/* Appends the lines of an ACL, with another type. */
static void
add_retyped(struct buf *say, const struct squidconf *conf, const char *name, const char *type)
{
    for (size_t i = 0; i < conf->line_count; i++) {
        const struct squidconf_line *line = &conf->lines[i];
        if (squidconf_is(line, "acl") && line->count > 3 && strcmp(line->words[1], name) == 0)
            squidconf_add_line(say, line, 2, type);
    }
}

/* Reports an ACL that must not be used in this ssl_bump rule, and what to use instead. */
static void
found_name(struct squidconf *conf, const struct squidconf_line *line, size_t word, const char *sentence)
{
    const char *name = line->words[word] + (line->words[word][0] == '!');
    bool splices = strcmp(line->words[1], "splice") == 0;
    struct buf *say = squidconf_say(conf);
    buf_add_fmt(say, "'%.100s' in ssl_bump %s; %s\n", name, sentence,
                splices ? "move its names into the helper's table, which checks both destination and SNI"
                        : "use ssl::server_name");
    if (splices)
        buf_add_fmt(say, "    ssl_bump splice %.100s\n", squidconf_bypass_name(conf));
    else
        add_retyped(say, conf, name, "ssl::server_name");
    squidconf_found(conf, line);
}

void
squidconf_check_dstdomain(struct squidconf *conf)
{
    for (size_t i = 0; i < conf->line_count; i++) {
        const struct squidconf_line *line = &conf->lines[i];
        if (!squidconf_is(line, "ssl_bump"))
            continue;
        size_t word = squidconf_find(conf, line, SQUIDCONF_ANY, squidconf_is_domain);
        if (word != 0 && squidconf_find(conf, line, SQUIDCONF_PLAIN, squidconf_is_name) == 0)
            found_name(conf, line, word,
                       "is a dstdomain: it sees the host of the CONNECT or an address, never the SNI");
    }
}

void
squidconf_check_server_name(struct squidconf *conf)
{
    for (size_t i = 0; i < conf->line_count; i++) {
        const struct squidconf_line *line = &conf->lines[i];
        if (!is_rule(line, "ssl_bump", "splice") || has(conf, line, squidconf_is_bypass))
            continue;
        size_t word = squidconf_find(conf, line, SQUIDCONF_PLAIN, squidconf_is_name);
        if (word != 0 && squidconf_find(conf, line, SQUIDCONF_PLAIN, squidconf_is_domain) == 0)
            found_name(conf, line, word, "trusts the SNI: a client that sends such a name is spliced to any host");
    }
}

/* ---- where ACLs work --------------------------------------------------------------------------------------------- */

static bool
is_logformat(const struct squidconf *conf, const char *name)
{
    for (size_t i = 0; i < conf->line_count; i++) {
        const struct squidconf_line *line = &conf->lines[i];
        if (squidconf_is(line, "logformat") && line->count > 1 && strcmp(line->words[1], name) == 0)
            return true;
    }
    return false;
}

/* True for a directive that cannot wait for a helper. */
static bool
is_fast(const struct squidconf_line *line)
{
    static const char *const fast[] = {"access_log",
                                       "adapted_http_access_log",
                                       "broken_posts",
                                       "cache_peer_access",
                                       "client_delay_access",
                                       "clientside_mark",
                                       "clientside_tos",
                                       "delay_access",
                                       "follow_x_forwarded_for",
                                       "htcp_access",
                                       "icap_log",
                                       "icp_access",
                                       "ident_lookup_access",
                                       "log_access",
                                       "mark_client_packet",
                                       "miss_access",
                                       "note",
                                       "reply_body_max_size",
                                       "reply_header_access",
                                       "reply_header_add",
                                       "request_header_access",
                                       "request_header_add",
                                       "response_delay_pool_access",
                                       "send_hit",
                                       "spoof_client_ip",
                                       "sslproxy_cert_adapt",
                                       "sslproxy_cert_error",
                                       "sslproxy_cert_sign",
                                       "stats_collection",
                                       "store_miss",
                                       "tcp_outgoing_address",
                                       "tcp_outgoing_dscp",
                                       "tcp_outgoing_mark",
                                       "tcp_outgoing_tos",
                                       NULL};
    return squidconf_one_of(line->words[0], fast);
}

void
squidconf_check_fast(struct squidconf *conf)
{
    for (size_t i = 0; i < conf->line_count; i++) {
        const struct squidconf_line *line = &conf->lines[i];
        if (!is_fast(line))
            continue;
        size_t word = squidconf_find(conf, line, SQUIDCONF_ANY, squidconf_is_external);
        if (word == 0 || (word == 2 && squidconf_is(line, "access_log") && is_logformat(conf, line->words[word])))
            continue;
        bool negated = line->words[word][0] == '!';
        bool ours = squidconf_acl(conf, line->words[word] + negated, squidconf_is_bypass);
        struct buf *say = squidconf_say(conf);
        buf_add_fmt(say, "%.60s cannot wait for a helper, so '%.100s' never matches there; %s\n", line->words[0],
                    line->words[word], ours ? "test the note that the helper left" : "use an ACL of another type");
        if (ours) {
            buf_add_text(say, "    acl m365_noted note m365_why_ rule\n");
            squidconf_add_line(say, line, word, negated ? "!m365_noted" : "m365_noted");
        }
        squidconf_found(conf, line);
    }
}

/* If there are explicit and intercepting ports, each bypass rule must say which it is for. */
void
squidconf_check_ports(struct squidconf *conf)
{
    if (!conf->intercepting || !conf->forwarding)
        return;
    for (size_t i = 0; i < conf->line_count; i++) {
        const struct squidconf_line *line = &conf->lines[i];
        if (!is_bypass_rule(conf, line, "http_access", "allow") && !is_bypass_rule(conf, line, "ssl_bump", "splice"))
            continue;
        if (mentions(conf, line, squidconf_is_port))
            continue;
        size_t word = squidconf_find(conf, line, SQUIDCONF_PLAIN, squidconf_is_bypass);
        const struct squidconf_type *type = squidconf_acl_type(conf, line->words[word]);
        bool la = type != NULL && squidconf_token(conf, type, SQUID_LA) != 0;
        const char *kind = la ? "intercept" : "explicit";
        struct buf *say = squidconf_say(conf);
        buf_add_fmt(
            say,
            "'%.100s' is used for explicit and intercepting ports, which need different FORMATs; give each port "
            "a name= and each kind an external_acl_type of its own\n",
            line->words[word]);
        buf_add_fmt(say, "    acl m365_on_%s myportname %s\n", kind, kind);
        buf_add_fmt(say, "    %.40s %.40s m365_on_%s %.200s\n", line->words[0], line->words[1], kind,
                    line->words[word]);
        squidconf_found(conf, line);
    }
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* squidconf_check_rules.c - findings about http_access, ssl_bump and where ACLs may stand; see squidconf_check.c. */
#include <string.h>

#include "buf.h"
#include "squidconf_model.h"

static bool
is_rule(const struct squidconf_line *line, const char *directive, const char *action)
{
    return line->count > 2 && squidconf_is(line, directive) && strcmp(line->words[1], action) == 0;
}

static bool
has(const struct squidconf *conf, const struct squidconf_line *line, squidconf_test *test)
{
    return squidconf_find(conf, line, 2, false, test) != 0;
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

static const struct squidconf_line *
our_type(const struct squidconf *conf)
{
    for (size_t i = 0; i < conf->type_count; i++) {
        if (conf->types[i].helper != 0)
            return conf->types[i].line;
    }
    return NULL;
}

/* Whether any rule uses an ACL of ours. */
static bool
is_asked(const struct squidconf *conf)
{
    for (size_t i = 0; i < conf->line_count; i++) {
        const struct squidconf_line *line = &conf->lines[i];
        if (!squidconf_is(line, "acl") && !squidconf_is(line, "external_acl_type") &&
            (has(conf, line, squidconf_is_bypass) || squidconf_find(conf, line, 2, true, squidconf_is_bypass) != 0))
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
        if (rewriter != NULL && strstr(rewriter->words[1], "url_m365_rewrite") != NULL)
            return;
        buf_add_text(squidconf_say(conf), "no external_acl_type runs ext_m365_acl: nothing asks about Microsoft 365; "
                                          "'m365ctl squid-conf' prints the lines for that\n");
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
                "no http_access rule asks '%.100s': passwords are asked for Microsoft 365 too; put before the first "
                "rule that can allow\n",
                name);
    buf_add_fmt(say, "    http_access allow %.100s\n", name);
    squidconf_found(conf, access != NULL ? access : our_type(conf));
}

/* True if the two rules speak for different ports of ours. */
static bool
speak_apart(const struct squidconf *conf, const struct squidconf_line *one, const struct squidconf_line *two)
{
    size_t a = squidconf_find(conf, one, 2, false, squidconf_is_port);
    size_t b = squidconf_find(conf, two, 2, false, squidconf_is_port);
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

/* Why a rule may not stand before a bypass rule, or NULL. */
static const char *
offence(const struct squidconf *conf, const struct squidconf_line *line)
{
    if (!is_rule(line, "http_access", "allow") && !is_rule(line, "http_access", "deny"))
        return NULL;
    if (has(conf, line, squidconf_is_password) || squidconf_find(conf, line, 2, true, squidconf_is_password) != 0)
        return "asks for a password";
    bool allows = is_rule(line, "http_access", "allow");
    return allows && !has(conf, line, squidconf_is_bypass) && !is_manager(line) ? "can allow" : NULL;
}

static void
check_rule(struct squidconf *conf, size_t index)
{
    const struct squidconf_line *rule = &conf->lines[index];
    const char *name = rule->words[squidconf_find(conf, rule, 2, false, squidconf_is_bypass)];
    struct buf *say;
    if (has(conf, rule, squidconf_is_password)) {
        say = squidconf_say(conf);
        buf_add_fmt(say, "the rule with '%.100s' asks for a password itself; a bypass is one without a password\n",
                    name);
        buf_add_fmt(say, "    http_access allow %.100s\n", name);
        squidconf_found(conf, rule);
        return;
    }
    for (size_t i = 0; i < index; i++) {
        const struct squidconf_line *before = &conf->lines[i];
        const char *why = offence(conf, before);
        if (why == NULL || speak_apart(conf, rule, before))
            continue;
        say = squidconf_say(conf);
        buf_add_fmt(say, "'%.100s' is behind a rule that %s (%.200s:%u); it belongs before it\n", name, why,
                    before->file, before->number);
        squidconf_add_line(say, rule, SIZE_MAX, NULL);
        squidconf_add_line(say, before, SIZE_MAX, NULL);
        squidconf_found(conf, rule);
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

/* True if every ACL of the rule is one that hosts do not matter to: it takes the bypassed ones too. */
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
        if (!is_action(before, bumps) || !takes_all(conf, before) || speak_apart(conf, rule, before))
            continue;
        struct buf *say = squidconf_say(conf);
        buf_add_fmt(say,
                    "splice is behind '%.40s' (%.200s:%u), which takes every connection first; it belongs before it\n",
                    before->words[1], before->file, before->number);
        squidconf_add_line(say, rule, SIZE_MAX, NULL);
        squidconf_add_line(say, before, SIZE_MAX, NULL);
        squidconf_found(conf, rule);
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
    struct buf *say = squidconf_say(conf);
    buf_add_text(say,
                 "no ssl_bump rule splices what the helper lets pass: Microsoft 365 is inspected; put before it\n");
    buf_add_fmt(say, "    ssl_bump splice %.100s\n", squidconf_bypass_name(conf));
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
        buf_add_text(say, "nothing reads the ClientHello before this splice, so the helper never sees the SNI\n"
                          "    acl m365_step1 at_step SslBump1\n    ssl_bump peek m365_step1\n");
        squidconf_add_line(say, line, SIZE_MAX, NULL);
        squidconf_found(conf, line);
        return;
    }
}

/* The lines of an ACL with another type. */
static void
add_retyped(struct buf *say, const struct squidconf *conf, const char *name, const char *type)
{
    for (size_t i = 0; i < conf->line_count; i++) {
        const struct squidconf_line *line = &conf->lines[i];
        if (squidconf_is(line, "acl") && line->count > 3 && strcmp(line->words[1], name) == 0)
            squidconf_add_line(say, line, 2, type);
    }
}

/* The word does not belong into this rule; what does. */
static void
found_name(struct squidconf *conf, const struct squidconf_line *line, size_t word, const char *sentence)
{
    const char *name = line->words[word] + (line->words[word][0] == '!');
    bool splices = strcmp(line->words[1], "splice") == 0;
    struct buf *say = squidconf_say(conf);
    buf_add_fmt(say, "'%.100s' in ssl_bump %s", name, sentence);
    buf_add_text(say, splices ? "; its names belong into a table of the helper, which asks for destination and SNI\n"
                              : "\n");
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
        size_t word = squidconf_find(conf, line, 2, false, squidconf_is_domain);
        if (word == 0)
            word = squidconf_find(conf, line, 2, true, squidconf_is_domain);
        if (word != 0)
            found_name(
                conf, line, word,
                "is a dstdomain, which knows what the client wrote into CONNECT, or an address, and never the SNI");
    }
}

void
squidconf_check_server_name(struct squidconf *conf)
{
    for (size_t i = 0; i < conf->line_count; i++) {
        const struct squidconf_line *line = &conf->lines[i];
        if (!is_rule(line, "ssl_bump", "splice") || has(conf, line, squidconf_is_bypass))
            continue;
        size_t word = squidconf_find(conf, line, 2, false, squidconf_is_name);
        if (word != 0)
            found_name(
                conf, line, word,
                "believes the SNI: a client that writes such a name in front of a host of its own is spliced to it");
    }
}

/* ---- where ACLs may stand ---------------------------------------------------------------------------------------- */

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
        size_t word = squidconf_find(conf, line, 2, false, squidconf_is_external);
        if (word == 0)
            word = squidconf_find(conf, line, 2, true, squidconf_is_external);
        if (word == 0 || (word == 2 && squidconf_is(line, "access_log") && is_logformat(conf, line->words[word])))
            continue;
        bool negated = line->words[word][0] == '!';
        bool ours = squidconf_acl(conf, line->words[word] + negated, squidconf_is_bypass);
        struct buf *say = squidconf_say(conf);
        buf_add_fmt(say, "%.60s cannot wait for a helper: '%.100s' never matches there; %s\n", line->words[0],
                    line->words[word], ours ? "ask the note that it left" : "use an ACL of another type");
        if (ours) {
            buf_add_text(say, "    acl m365_noted note m365_why_ rule\n");
            squidconf_add_line(say, line, word, negated ? "!m365_noted" : "m365_noted");
        }
        squidconf_found(conf, line);
    }
}

/* With both kinds of port, each rule with a bypass must say which it is for. */
void
squidconf_check_ports(struct squidconf *conf)
{
    if (!conf->intercepting || !conf->forwarding)
        return;
    for (size_t i = 0; i < conf->line_count; i++) {
        const struct squidconf_line *line = &conf->lines[i];
        if (!is_bypass_rule(conf, line, "http_access", "allow") && !is_bypass_rule(conf, line, "ssl_bump", "splice"))
            continue;
        if (has(conf, line, squidconf_is_port) || squidconf_find(conf, line, 2, true, squidconf_is_port) != 0)
            continue;
        size_t word = squidconf_find(conf, line, 2, false, squidconf_is_bypass);
        const struct squidconf_type *type = squidconf_acl_type(conf, line->words[word]);
        bool la = type != NULL && squidconf_token(conf, type, SQUID_LA) != 0;
        struct buf *say = squidconf_say(conf);
        buf_add_fmt(say,
                    "'%.100s' is asked for explicit and intercepting ports alike; give the ports a name= and each kind "
                    "a type of its own\n",
                    line->words[word]);
        buf_add_fmt(say, "    acl m365_on_%s myportname %s\n", la ? "intercept" : "explicit",
                    la ? "intercept" : "explicit");
        buf_add_fmt(say, "    %.40s %.40s m365_on_%s %.200s\n", line->words[0], line->words[1],
                    la ? "intercept" : "explicit", line->words[word]);
        squidconf_found(conf, line);
    }
}

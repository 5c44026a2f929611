// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * squidconf_check_rules.c - findings about rules that do not follow a request through them: nothing runs the helper, or
 * an ACL is used where it cannot work. Part of squidconf_model.h; squidconf_check.c calls the checks.
 *
 * What becomes of requests is asked of the model, in room advise. What an external_acl_type says is checked by
 * squidconf_check_type.c.
 */
#include <string.h>

#include "base/buf.h"
#include "squidconf_check.h"
#include "squidconf_model.h"
#include "squidconf_words.h"

static const struct squidconf_line *
first_line(const struct squidconf *conf, const char *directive)
{
    for (size_t i = 0; i < conf->line_count; i++) {
        if (squidconf_is(&conf->lines[i], directive) && conf->lines[i].count > 1)
            return &conf->lines[i];
    }
    return NULL;
}

void
squidconf_check_asked(struct squidconf *conf)
{
    const struct squidconf_line *rewriter = first_line(conf, "url_rewrite_program");
    const struct squidconf_line *access = first_line(conf, "http_access");
    for (size_t i = 0; i < conf->type_count; i++) {
        if (conf->types[i].helper != 0)
            return;
    }
    if (rewriter != NULL && squidconf_is_rewriter(rewriter))
        return;
    buf_add_text(squidconf_say(conf), "no external_acl_type runs ext_m365_acl, so nothing is bypassed; "
                                      "'m365ctl squid-conf' prints the lines to add\n");
    if (access != NULL)
        squidconf_found(conf, access);
    else
        squidconf_found_at(conf, conf->line_count > 0 ? conf->lines[0].file : conf->path, 1);
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

/* True for a rule of miss_access that would refuse what is bypassed. */
static bool
is_refusing(const struct squidconf_line *line, bool negated)
{
    return squidconf_is(line, "miss_access") && strcmp(line->words[1], "deny") == 0 && !negated;
}

/* A rule with an external ACL where Squid cannot wait. miss_access gets an answer that Squid has kept. */
static void
say_fast(struct squidconf *conf, const struct squidconf_line *line, size_t word)
{
    bool negated = line->words[word][0] == '!', kept = squidconf_is(line, "miss_access");
    bool ours = squidconf_acl(conf, line->words[word] + negated, squidconf_is_bypass);
    bool refuses = ours && is_refusing(line, negated);
    struct buf *say = squidconf_say(conf);
    buf_add_fmt(say, "%.60s cannot wait for a helper, so '%.100s' %s; %s\n", line->words[0], line->words[word],
                kept ? "ends the list there unless Squid still has the answer" : "never matches there",
                refuses ? "where it matches, this refuses what is bypassed: remove the line"
                : ours  ? "test the note that the helper left"
                        : "use an ACL of another type");
    if (ours && !refuses) {
        buf_add_text(say, "    acl m365_noted note m365_why_ rule\n");
        squidconf_add_line(say, line, word, negated ? "!m365_noted" : "m365_noted");
    }
    squidconf_found(conf, line);
}

void
squidconf_check_fast(struct squidconf *conf)
{
    for (size_t i = 0; i < conf->line_count; i++) {
        const struct squidconf_line *line = &conf->lines[i];
        if (!is_fast(line))
            continue;
        size_t word = squidconf_find(conf, line, squidconf_is_external);
        if (word == 0 || (word == 2 && squidconf_is(line, "access_log") && is_logformat(conf, line->words[word])))
            continue;
        say_fast(conf, line, word);
    }
}

/* ---- the certificates of servers --------------------------------------------------------------------------------- */

/* True if one of the words of a list separated by commasis this one. */
static bool
has_flag(const struct squidconf_line *line, const char *flag)
{
    for (size_t i = 1; i < line->count; i++) {
        if (strstr(line->words[i], flag) != NULL)
            return true;
    }
    return false;
}

void
squidconf_check_trust(struct squidconf *conf)
{
    for (size_t i = 0; i < conf->line_count; i++) {
        const struct squidconf_line *line = &conf->lines[i];
        bool all = squidconf_is(line, "sslproxy_cert_error") && line->count == 3 &&
                   strcmp(line->words[1], "allow") == 0 && strcmp(line->words[2], "all") == 0;
        bool options = squidconf_is(line, "tls_outgoing_options") || squidconf_is(line, "sslproxy_flags");
        bool parent = squidconf_is(line, "cache_peer");
        if (!all && !((options || parent) && has_flag(line, "DONT_VERIFY_PEER")))
            continue;
        buf_add_fmt(squidconf_say(conf),
                    "Squid takes any certificate of %s, so whoever is between can read and change "
                    "what %s\n",
                    parent ? "this parent" : "a server",
                    parent ? "it gets" : "is inspected; allow it for single servers only");
        squidconf_found(conf, line);
    }
}

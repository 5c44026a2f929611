// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ruleset_list.c - the other lists of squid.conf, which do not decide about a request: Squid does not start if they
 * name an ACL that no line above defines (src/acl/Gadgets.cc, aclParseAccessLine and aclParseAclList). Part of
 * ruleset_reading.h.
 *
 * Left out are those that Squid does not read to the end if their first word is unknown: cache_peer_access,
 * delay_access.
 */
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "ruleset_parse.h"

/* What comes before the ACLs is checked by a function: -1 if Squid refuses it, 1 if it reads no further. */
static int check_action(struct reading *reading);
static int check_named_action(struct reading *reading);
static int check_mode(struct reading *reading);
static int check_pair(struct reading *reading);
static int check_format_pair(struct reading *reading);
static int check_log(struct reading *reading);
static int check_schemes(struct reading *reading);
static int check_epsv(struct reading *reading);
static int check_gone(struct reading *reading);

static const struct list {
    const char *name;
    int (*check)(struct reading *reading);
} lists[] = {
    {"broken_posts", check_action},
    {"cache", check_action},
    {"collapsed_forwarding_access", check_action},
    {"ftp_epsv", check_epsv},
    {"force_request_body_continuation", check_action},
    {"htcp_access", check_action},
    {"htcp_clr_access", check_action},
    {"http_reply_access", check_action},
    {"icap_retry", check_action},
    {"icp_access", check_action},
    {"ident_lookup_access", check_action},
    {"no_cache", check_action},
    {"send_hit", check_action},
    {"server_pconn_for_nonretriable", check_action},
    {"snmp_access", check_action},
    {"spoof_client_ip", check_action},
    {"sslproxy_cert_error", check_action},
    {"stats_collection", check_action},
    {"store_id_access", check_action},
    {"store_miss", check_action},
    {"url_rewrite_access", check_action},
    {"redirector_access", check_action}, /* another name of that one, as some below are */
    {"storeurl_rewrite_access", check_action},
    {"http_access2", check_action},
    {"adaptation_access", check_named_action},
    {"http_upgrade_request_protocols", check_named_action},
    {"reply_header_access", check_named_action},
    {"request_header_access", check_named_action},
    {"auth_schemes", check_schemes},
    {"clientside_mark", parse_nfmark},
    {"clientside_tos", parse_tos},
    {"mark_client_connection", parse_nfmark},
    {"mark_client_packet", parse_nfmark},
    {"on_unsupported_protocol", check_mode},
    {"sslproxy_cert_adapt", parse_sslproxy_cert_adapt},
    {"sslproxy_cert_sign", parse_sslproxy_cert_sign},
    {"tcp_outgoing_address", parse_address},
    {"tcp_outgoing_mark", parse_nfmark},
    {"tcp_outgoing_tos", parse_tos},
    {"tcp_outgoing_ds", parse_tos},
    {"tcp_outgoing_dscp", parse_tos},
    {"adaptation_meta", check_format_pair},
    {"note", check_pair},
    {"reply_header_add", check_format_pair},
    {"request_header_add", check_format_pair},
    {"range_offset_limit", parse_b_int64_t},
    {"reply_body_max_size", parse_b_int64_t},
    {"access_log", check_log},
    {"cache_access_log", check_log},
    {"icap_log", check_log},
    {"log_access", check_gone},
    {"log_icap", check_gone},
};

int
read_format(struct reading *reading)
{
    struct ruleset *conf = reading->conf;
    const char *name = words_next(&reading->words);
    struct words rest = reading->words;
    if (name == NULL || words_next(&rest) == NULL)
        return reading_refuse(reading, "logformat needs a name and a format, otherwise Squid does not start");
    const char **formats =
        arena_grow(conf->arena, conf->formats, &conf->format_room, conf->format_count + 1, sizeof *formats);
    if (formats == NULL)
        return reading_no_memory(reading);
    conf->formats = formats;
    formats[conf->format_count++] = name;
    return parse_logformat(reading);
}

static bool
is_format(const struct ruleset *conf, const char *name)
{
    static const char *const known[] = {"auto", "squid", "common", "combined", "icap_squid", "referrer", "useragent"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(name, known[i]) == 0)
            return true;
    }
    for (size_t i = 0; i < conf->format_count; i++) {
        if (strcmp(name, conf->formats[i]) == 0)
            return true;
    }
    return false;
}

/* The ACLs, which are not kept. */
static int
check_uses(struct reading *reading)
{
    struct acl_uses uses = {.count = 0};
    return read_uses(reading, &uses);
}

static int
check_place(struct reading *reading, const char *value)
{
    return is_format(reading->conf, value)
               ? 0
               : reading_refuse(reading, "no line above defines the logformat '%.60s', so Squid does not start", value);
}

static int
check_on_error(struct reading *reading, const char *value)
{
    return strcasecmp(value, "die") == 0 || strcasecmp(value, "drop") == 0
               ? 0
               : reading_refuse(reading, "on-error= must be die or drop, otherwise Squid does not start");
}

/* CustomLog::parseOptions(): words with =, in any case. */
static int
check_log_options(struct reading *reading)
{
    static const struct parse_option options[] = {{"logformat=", check_place},
                                                  {"buffer-size=", check_bytes_option},
                                                  {"on-error=", check_on_error},
                                                  {"rotate=", check_int},
                                                  {NULL, NULL}};
    struct words before = reading->words;
    const char *word = words_next(&reading->words);
    for (; word != NULL && strchr(word, '=') != NULL; word = words_next(&reading->words)) {
        const struct parse_option *option = options;
        while (option->name != NULL && strncasecmp(word, option->name, strlen(option->name)) != 0)
            option++;
        if (option->name == NULL)
            return reading_refuse(reading, "a log has no option '%.60s', so Squid does not start", word);
        if (parse_check_option(reading, option, word) != 0)
            return -1;
        before = reading->words;
    }
    reading->words = before;
    return 0;
}

/* A word that is not taken if it is none of these. */
static int
check_log(struct reading *reading)
{
    const char *where = words_next(&reading->words);
    if (where == NULL)
        return reading_refuse(reading, "%.40s needs a place, otherwise Squid does not start", reading->line->words[0]);
    if (strcmp(where, "none") == 0)
        return 0;
    struct words before = reading->words;
    const char *word = words_next(&reading->words);
    if (word != NULL && strchr(word, '=') == NULL && is_format(reading->conf, word))
        return 0;
    reading->words = before;
    return check_log_options(reading);
}

static int
check_action(struct reading *reading)
{
    const char *action = words_next(&reading->words);
    bool known = action != NULL && (strcmp(action, "allow") == 0 || strcmp(action, "deny") == 0);
    return known ? 0 : 1;
}

/* Without a name only http_upgrade_request_protocols is refused. */
static int
check_named_action(struct reading *reading)
{
    if (words_next(&reading->words) != NULL)
        return check_action(reading);
    return strcmp(reading->line->words[0], "http_upgrade_request_protocols") == 0 ? parse_string(reading) : 1;
}

static int
check_mode(struct reading *reading)
{
    const char *mode = words_next(&reading->words);
    return mode != NULL && (strcmp(mode, "tunnel") == 0 || strcmp(mode, "respond") == 0)
               ? 0
               : reading_refuse(reading,
                                "on_unsupported_protocol needs tunnel or respond, otherwise Squid does not start");
}

static int
check_pair(struct reading *reading)
{
    const char *name = words_next(&reading->words);
    return name != NULL && words_next_quoted(&reading->words) != NULL
               ? 0
               : reading_refuse(reading, "%.40s needs a name and a value, otherwise Squid does not start",
                                reading->line->words[0]);
}

/* A value in quotes may have % codes (parse_HeaderWithAclList). */
static int
check_format_pair(struct reading *reading)
{
    words_next(&reading->words);
    struct words before = reading->words;
    const char *start = before.at + strspn(before.at, " \t");
    const char *value = words_next_quoted(&before);
    if (value != NULL && (*start == '"' || *start == '\'') && check_format(reading, value) != 0)
        return -1;
    if (value == NULL)
        return parse_string(reading);
    reading->words = before;
    return 0;
}

/* Whether auth_param knows the schemes is seen after the last line only. */
static int
check_schemes(struct reading *reading)
{
    return words_next_quoted(&reading->words) != NULL ? 0 : parse_string(reading);
}

/* on, off, or allow and deny with ACLs. */
static int
check_epsv(struct reading *reading)
{
    struct words before = reading->words;
    if (parse_string(reading) != 0)
        return -1;
    reading->words = before;
    return check_action(reading);
}

static int
check_gone(struct reading *reading)
{
    return reading_refuse(reading, "Squid no longer knows %s, and does not start", reading->line->words[0]);
}

static const struct list *
find_list(const char *name)
{
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        if (strcmp(name, lists[i].name) == 0)
            return &lists[i];
    }
    return NULL;
}

const char *
list_name(size_t n)
{
    return n < sizeof lists / sizeof *lists ? lists[n].name : NULL;
}

bool
is_list(const char *directive)
{
    return find_list(directive) != NULL;
}

int
check_list(struct reading *reading)
{
    const struct list *list = find_list(reading->line->words[0]);
    int result = list == NULL ? 1 : list->check(reading);
    return result == 0 ? check_uses(reading) : result < 0 ? -1 : 0;
}

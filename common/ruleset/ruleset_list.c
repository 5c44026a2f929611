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
#include "ruleset_reading.h"

/* What comes before the ACLs. */
enum shape {
    ACTION,       /* allow or deny: without it the line is skipped */
    NAMED_ACTION, /* a word, then that */
    MODE,         /* tunnel or respond */
    VALUE,        /* a word */
    PAIR,         /* a word, and one that may be in quotes */
    SIZE,         /* a number and its unit */
    LOG,          /* where to, and how */
    GONE,         /* Squid refuses the directive */
};

static const struct list {
    const char *name;
    enum shape shape;
} lists[] = {
    {"adapted_http_access", ACTION},
    {"always_direct", ACTION},
    {"broken_posts", ACTION},
    {"cache", ACTION},
    {"htcp_access", ACTION},
    {"htcp_clr_access", ACTION},
    {"http_reply_access", ACTION},
    {"icp_access", ACTION},
    {"ident_lookup_access", ACTION},
    {"miss_access", ACTION},
    {"never_direct", ACTION},
    {"no_cache", ACTION},
    {"send_hit", ACTION},
    {"snmp_access", ACTION},
    {"spoof_client_ip", ACTION},
    {"sslproxy_cert_error", ACTION},
    {"stats_collection", ACTION},
    {"store_id_access", ACTION},
    {"store_miss", ACTION},
    {"url_rewrite_access", ACTION},
    {"adaptation_access", NAMED_ACTION},
    {"reply_header_access", NAMED_ACTION},
    {"request_header_access", NAMED_ACTION},
    {"clientside_tos", VALUE},
    {"on_unsupported_protocol", MODE},
    {"sslproxy_cert_adapt", VALUE},
    {"sslproxy_cert_sign", VALUE},
    {"tcp_outgoing_address", VALUE},
    {"tcp_outgoing_mark", VALUE},
    {"tcp_outgoing_tos", VALUE},
    {"note", PAIR},
    {"reply_header_add", PAIR},
    {"request_header_add", PAIR},
    {"reply_body_max_size", SIZE},
    {"access_log", LOG},
    {"icap_log", LOG},
    {"log_access", GONE},
    {"log_icap", GONE},
};

int
read_format(struct reading *reading)
{
    struct ruleset *conf = reading->conf;
    const char *name = words_next(&reading->words);
    if (name == NULL || words_next(&reading->words) == NULL)
        return reading_refuse(reading, "logformat needs a name and a format, otherwise Squid does not start");
    const char **formats =
        arena_grow(conf->arena, conf->formats, &conf->format_room, conf->format_count + 1, sizeof *formats);
    if (formats == NULL)
        return reading_no_memory(reading);
    conf->formats = formats;
    formats[conf->format_count++] = name;
    return 0;
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

/* A word that is not taken if it is none of these. */
static int
check_log(struct reading *reading)
{
    static const char option[] = "logformat=";
    const char *where = words_next(&reading->words);
    if (where == NULL)
        return reading_refuse(reading, "%.40s needs a place, otherwise Squid does not start", reading->line->words[0]);
    struct words before = reading->words;
    const char *word = strcmp(where, "none") == 0 ? NULL : words_next(&reading->words);
    if (word != NULL && strchr(word, '=') == NULL && is_format(reading->conf, word))
        return check_uses(reading);
    for (; word != NULL && strchr(word, '=') != NULL; word = words_next(&reading->words)) {
        const char *name = word + sizeof option - 1;
        if (strncmp(word, option, sizeof option - 1) == 0 && !is_format(reading->conf, name))
            return reading_refuse(reading, "no line above defines the logformat '%.60s', so Squid does not start",
                                  name);
        before = reading->words;
    }
    reading->words = before;
    return check_uses(reading);
}

static int
check_action(struct reading *reading)
{
    const char *action = words_next(&reading->words);
    bool known = action != NULL && (strcmp(action, "allow") == 0 || strcmp(action, "deny") == 0);
    return known ? check_uses(reading) : 0;
}

static int
check_mode(struct reading *reading)
{
    const char *mode = words_next(&reading->words);
    if (mode != NULL && strcmp(mode, "tunnel") != 0 && strcmp(mode, "respond") != 0)
        return reading_refuse(reading,
                              "on_unsupported_protocol needs tunnel or respond, otherwise Squid does not start");
    return check_uses(reading);
}

static int
check_size(struct reading *reading)
{
    static const char *const units[] = {"bytes", "KB", "MB", "GB"};
    words_next(&reading->words);
    struct words before = reading->words;
    const char *unit = words_next(&reading->words);
    bool is_unit = unit == NULL;
    for (size_t i = 0; i < sizeof units / sizeof *units && !is_unit; i++)
        is_unit = strcasecmp(unit, units[i]) == 0;
    if (!is_unit)
        reading->words = before;
    return check_uses(reading);
}

static int
check(struct reading *reading, enum shape shape)
{
    switch (shape) {
    case ACTION: return check_action(reading);
    case NAMED_ACTION: return words_next(&reading->words) == NULL ? 0 : check_action(reading);
    case MODE: return check_mode(reading);
    case VALUE: return words_next(&reading->words) == NULL ? 0 : check_uses(reading);
    case PAIR:
        return words_next(&reading->words) == NULL || words_next_quoted(&reading->words) == NULL ? 0
                                                                                                 : check_uses(reading);
    case SIZE: return check_size(reading);
    case LOG: return check_log(reading);
    case GONE: break;
    }
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

bool
is_list(const char *directive)
{
    return find_list(directive) != NULL;
}

int
check_list(struct reading *reading)
{
    const struct list *list = find_list(reading->line->words[0]);
    return list == NULL ? 0 : check(reading, list->shape);
}

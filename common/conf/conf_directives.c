// SPDX-License-Identifier: GPL-2.0-or-later
/* conf_directives.c - the directives of m365.conf: what each does with its words, and their table. Part of conf.h. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/err.h"
#include "cloud/area.h"
#include "conf_export.h"
#include "conf_log.h"
#include "conf_parse.h"
#include "conf_sources.h"
#include "verdict/request.h"

#define CONF_TENANTS_MAX 64
#define CONF_QUERIES_MAX 10000

/* ---- directives that set one member, which is in the table ---- */

static void *
member(struct conf_reader *reader, const struct directive *directive)
{
    return (char *)reader->conf + directive->offset;
}

static int
set_path(struct conf_reader *reader, const struct directive *directive, size_t count, struct err *err)
{
    (void)count;
    return conf_path(reader, member(reader, directive), reader->words[1], err);
}

static int
set_number(struct conf_reader *reader, const struct directive *directive, size_t count, struct err *err)
{
    (void)count;
    return conf_number(member(reader, directive), reader->words[1], directive->low, directive->high, err);
}

static int
set_percent(struct conf_reader *reader, const struct directive *directive, size_t count, struct err *err)
{
    (void)count;
    return conf_percent(member(reader, directive), reader->words[1], directive->low, directive->high, err);
}

static int
set_duration(struct conf_reader *reader, const struct directive *directive, size_t count, struct err *err)
{
    (void)count;
    return conf_duration(member(reader, directive), reader->words + 1, directive->unit_s, directive->low,
                         directive->high, err);
}

/* ---- flags stored negated: `off` sets the member ---- */

static int
set_off(struct conf_reader *reader, const struct directive *directive, size_t count, struct err *err)
{
    bool on, *off = member(reader, directive);
    (void)count;
    if (conf_flag(&on, reader->words[1], err) != 0)
        return -1;
    *off = !on;
    return 0;
}

/* ---- directives with a function of their own ---- */

static int
set_rules(struct conf_reader *reader, const struct directive *directive, size_t count, struct err *err)
{
    reader->conf->rules_named = true;
    return set_path(reader, directive, count, err);
}

static int
set_instance(struct conf_reader *reader, const struct directive *directive, size_t count, struct err *err)
{
    struct conf *conf = reader->conf;
    (void)directive;
    for (size_t i = 1; i <= count; i++) {
        const char *name = instance_find(reader->words[i]);
        size_t index;
        if (name == NULL) {
            conf_choice(&index, "instance", reader->words[i], instance_names, INSTANCE_COUNT, err);
            return conf_suggest(err, reader->words[i], instance_names, INSTANCE_COUNT);
        }
        for (size_t j = 0; j < conf->instance_count; j++) {
            if (conf->instances[j] == name)
                return conf_refuse_twice(name, err);
        }
        conf->instances[conf->instance_count++] = name;
    }
    return 0;
}

/* Joins the words into one text, with commas. */
static const char *
join_words(struct conf_reader *reader, size_t count)
{
    size_t len = 1;
    for (size_t i = 1; i <= count; i++)
        len += strlen(reader->words[i]) + 1;
    char *text = arena_alloc(reader->conf->arena, len);
    for (size_t i = 1, at = 0; text != NULL && i <= count; i++)
        at += (size_t)snprintf(text + at, len - at, "%s%s", i == 1 ? "" : ",", reader->words[i]);
    return text;
}

/* Finds the area that a word means among area_names. */
static int
find_area(size_t *ret, const char *word, struct err *err)
{
    const char *known[AREA_COUNT + 1];
    size_t index;
    memcpy(known, area_names, sizeof area_names);
    known[AREA_COUNT] = AREA_TEAMS;
    if (conf_choice(&index, "service area", word, known, AREA_COUNT + 1, err) != 0) {
        conf_suggest(err, word, known, AREA_COUNT + 1);
        return -1;
    }
    const char *published = area_published(known[index], strlen(known[index]));
    for (*ret = 0; strcmp(area_names[*ret], published == NULL ? known[index] : published) != 0; ++*ret)
        continue;
    return 0;
}

static int
refuse_area(const char *word, const char *area, struct err *err)
{
    conf_refuse_twice(area, err);
    if (strcasecmp(word, area) != 0)
        err_append(err, "; '" AREA_TEAMS "' is another word for it");
    return -1;
}

static int
set_areas(struct conf_reader *reader, const struct directive *directive, size_t count, struct err *err)
{
    const char *text = join_words(reader, count);
    char areas[64] = "", word[16];
    unsigned seen = 0;
    (void)directive;
    if (text == NULL)
        return conf_no_memory(err);
    for (const char *at = text;; at++) {
        size_t len = strcspn(at, ","), index;
        snprintf(word, sizeof word, "%.*s", (int)(len > 15 ? 15 : len), at);
        if (find_area(&index, word, err) != 0)
            return -1;
        if ((seen & 1u << index) != 0)
            return refuse_area(word, area_names[index], err);
        seen |= 1u << index;
        size_t used = strlen(areas);
        snprintf(areas + used, sizeof areas - used, "%s%s", used == 0 ? "" : ",", area_names[index]);
        at += len;
        if (*at == '\0')
            break;
    }
    reader->conf->service_areas = arena_text(reader->conf->arena, areas, strlen(areas));
    return reader->conf->service_areas == NULL ? conf_no_memory(err) : 0;
}

static int
set_tenant_name(struct conf_reader *reader, const struct directive *directive, size_t count, struct err *err)
{
    char name[TENANT_MAX + 1];
    (void)directive, (void)count;
    if (policy_parse_tenant(name, reader->words[1], err) != 0)
        return -1;
    reader->conf->tenant_name = arena_text(reader->conf->arena, name, strlen(name));
    return reader->conf->tenant_name == NULL ? conf_no_memory(err) : 0;
}

static int
set_tenants(struct conf_reader *reader, const struct directive *directive, size_t count, struct err *err)
{
    struct policy *policy = &reader->conf->policy;
    (void)directive;
    for (size_t i = 1; i <= count; i++) {
        char name[TENANT_MAX + 1];
        if (policy_parse_tenant(name, reader->words[i], err) != 0)
            return -1;
        for (size_t j = 0; j < policy->tenant_count; j++) {
            if (strcmp(policy->tenants[j], name) == 0)
                return conf_refuse_twice(name, err);
        }
        if (policy->tenant_count == CONF_TENANTS_MAX)
            return err_set(err, ERR_LIMIT, "more than %d tenants", CONF_TENANTS_MAX);
        const char *kept = arena_text(reader->conf->arena, name, strlen(name));
        if (kept == NULL ||
            conf_add_text(reader, &policy->tenants, &policy->tenant_count, &reader->tenant_room, kept, err) != 0)
            return conf_no_memory(err);
    }
    return 0;
}

static int
set_url(struct conf_reader *reader, const struct directive *directive, size_t count, struct err *err)
{
    const char *word = reader->words[1];
    (void)directive, (void)count;
    size_t len = strlen(word);
    if (strncmp(word, "https://", 8) != 0 || len == 8)
        return err_set(err, ERR_SYNTAX, "'%.200s' does not begin with 'https://' and a host", word);
    if (word[len - 1] == '/' || strpbrk(word, "?# \\") != NULL)
        return err_set(err, ERR_SYNTAX, "'%.200s' must end before '/endpoints': no slash at the end, no '?' or '#'",
                       word);
    reader->conf->service_url = word;
    return 0;
}

static int
set_proxy(struct conf_reader *reader, const struct directive *directive, size_t count, struct err *err)
{
    const char *word = reader->words[1];
    (void)directive, (void)count;
    if (strcmp(word, "none") == 0)
        return 0;
    if (strncmp(word, "http://", 7) != 0 && strncmp(word, "https://", 8) != 0)
        return err_set(err, ERR_SYNTAX,
                       "'%.200s' does not begin with 'http://' or 'https://'; write "
                       "'proxy http://proxy.example:3128' or 'proxy none'",
                       word);
    reader->conf->proxy = word;
    return 0;
}

static int
set_precedence(struct conf_reader *reader, const struct directive *directive, size_t count, struct err *err)
{
    (void)directive, (void)count;
    return policy_parse_precedence(&reader->conf->policy.highest, reader->words[1], err);
}

static int
check_only(const struct policy *policy, struct err *err)
{
    if (!policy->required_only || (policy->bypass & 1u << VERB_DEFAULT) == 0)
        return 0;
    return err_set(err, ERR_SYNTAX,
                   "'publish_only required' makes the other sets Default, and 'bypass' bypasses Default; leave one of "
                   "the two out");
}

static int
set_only(struct conf_reader *reader, const struct directive *directive, size_t count, struct err *err)
{
    static const char *const words[] = {"required"};
    size_t index;
    (void)directive, (void)count;
    if (conf_choice(&index, "value", reader->words[1], words, 1, err) != 0)
        return -1;
    reader->conf->policy.required_only = true;
    return check_only(&reader->conf->policy, err);
}

static int
set_bypass(struct conf_reader *reader, const struct directive *directive, size_t count, struct err *err)
{
    struct policy *policy = &reader->conf->policy;
    const char *text = join_words(reader, count);
    (void)directive;
    if (text == NULL)
        return conf_no_memory(err);
    return policy_parse_bypass(&policy->bypass, text, err) != 0 ? -1 : check_only(policy, err);
}

static int
set_review(struct conf_reader *reader, const struct directive *directive, size_t count, struct err *err)
{
    static const char *const modes[] = {"auto", "parts", "widening", "always"};
    size_t mode;
    (void)directive, (void)count;
    if (conf_choice(&mode, "review", reader->words[1], modes, 4, err) != 0)
        return conf_suggest(err, reader->words[1], modes, 4);
    reader->conf->review = (enum review_mode)mode;
    return 0;
}

static int
set_widest(struct conf_reader *reader, const struct directive *directive, size_t count, struct err *err)
{
    uint8_t *members[] = {&reader->conf->widest_ipv4, &reader->conf->widest_ipv6};
    static const uint32_t most[] = {32, 128};
    (void)directive;
    for (size_t i = 0; i < count && i < sizeof most / sizeof most[0]; i++) {
        const char *word = reader->words[i + 1];
        uint32_t number;
        if (word[0] != '/')
            return err_set(err, ERR_SYNTAX, "'%.60s' is not a prefix length like '/8'", word);
        if (conf_number(&number, word + 1, 0, most[i], err) != 0)
            return -1;
        *members[i] = (uint8_t)number;
    }
    return 0;
}

/* Accepts a name or address, perhaps with a port, or a URL. */
static int
check_query(const char *word, struct err *err)
{
    struct request request;
    request_init(&request);
    request_set_url(&request, word, strlen(word));
    if (request.dst.given != GIVEN_NAME && request.dst.given != GIVEN_ADDR)
        return err_set(err, ERR_SYNTAX, "'%.200s' does not contain a host name or address", word);
    return request.port != 0 ? 0 : err_set(err, ERR_SYNTAX, "the port of '%.200s' is not from 1 to 65535", word);
}

static int
set_canary(struct conf_reader *reader, const struct directive *directive, size_t count, struct err *err)
{
    const char *const words[] = {verb_category(VERB_DEFAULT), verb_category(VERB_ALLOW), verb_category(VERB_OPTIMIZE)};
    struct conf *conf = reader->conf;
    size_t verb;
    (void)directive, (void)count;
    if (check_query(reader->words[1], err) != 0)
        return -1;
    if (conf_choice(&verb, "category", reader->words[2], words, 3, err) != 0)
        return conf_suggest(err, reader->words[2], words, 3);
    if (conf->canary_count == CONF_QUERIES_MAX)
        return err_set(err, ERR_LIMIT, "more than %d canaries", CONF_QUERIES_MAX);
    struct conf_canary *grown =
        arena_grow(conf->arena, conf->canaries, &reader->canary_room, conf->canary_count + 1, sizeof *grown);
    if (grown == NULL)
        return conf_no_memory(err);
    grown[conf->canary_count++] = (struct conf_canary){reader->words[1], (enum verb)verb};
    conf->canaries = grown;
    return 0;
}

static int
set_must_not(struct conf_reader *reader, const struct directive *directive, size_t count, struct err *err)
{
    struct conf *conf = reader->conf;
    (void)directive;
    for (size_t i = 1; i <= count; i++) {
        if (check_query(reader->words[i], err) != 0)
            return -1;
        if (conf->must_not_bypass_count == CONF_QUERIES_MAX)
            return err_set(err, ERR_LIMIT, "more than %d names", CONF_QUERIES_MAX);
        if (conf_add_text(reader, &conf->must_not_bypass, &conf->must_not_bypass_count, &reader->must_not_room,
                          reader->words[i], err) != 0)
            return -1;
    }
    return 0;
}

static int
set_command(struct conf_reader *reader, const struct directive *directive, size_t count, struct err *err)
{
    (void)directive;
    const char *path;
    if (strchr(reader->words[1], '/') == NULL)
        return err_set(err, ERR_SYNTAX,
                       "'%.200s' is the name of a program without its folder, and no shell searches for it; write its "
                       "path, or './%.200s' if it is next to this file",
                       reader->words[1], reader->words[1]);
    if (conf_path(reader, &path, reader->words[1], err) != 0)
        return -1;
    const char **words = arena_array(reader->conf->arena, count + 1, sizeof *words);
    if (words == NULL)
        return conf_no_memory(err);
    memcpy(words, reader->words + 1, count * sizeof *words);
    words[0] = path;
    reader->conf->notice_command = (char *const *)words;
    return 0;
}

/* ---- the table ---- */

#define MEMBER(name) .offset = offsetof(struct conf, name)

const struct directive conf_directives[] = {
    {"state", "FOLDER", 1, 1, false, .set = set_path, MEMBER(state)},
    {"data", "FOLDER", 1, 1, false, .set = set_path, MEMBER(data)},
    {"local_rules", "FOLDER", 1, 1, false, .set = set_rules, MEMBER(rules)},
    {"list", "[domains:][FORMAT:]optimize|allow|default|inspect FILE", 2, 2, true, .set = conf_set_list},
    {"table", "FILE", 1, 1, true, .set = conf_set_table},
    {"preset", "NAME...", 1, CONF_WORDS_MAX, true, .set = conf_set_presets},
    {"tenant", "NAME...", 1, CONF_WORDS_MAX, true, .set = set_tenants},
    {"precedence", "specific|highest", 1, 1, false, .set = set_precedence},
    {"bypass", "Optimize,Allow,Default", 1, 3, false, .set = set_bypass},
    {"publish_only", "required", 1, 1, false, .set = set_only},
    {"instance", "Worldwide|China|USGovDoD|USGovGCCHigh...", 1, INSTANCE_COUNT, true, .set = set_instance},
    {"service_areas", "Common,Exchange,SharePoint,Skype,MEM", 1, 5, false, .set = set_areas},
    {"tenant_name", "NAME", 1, 1, false, .set = set_tenant_name},
    {"ipv6", "on|off", 1, 1, false, .set = set_off, MEMBER(no_ipv6)},
    {"service_url", "https://HOST", 1, 1, false, .set = set_url},
    {"proxy", "http://HOST:PORT|none", 1, 1, false, .set = set_proxy},
    {"ca_file", "PEM", 1, 1, false, .set = set_path, MEMBER(ca_file)},
    {"connect_timeout", "20 seconds", 2, 2, false, .set = set_duration, MEMBER(connect_timeout_s), 1, 1, 600},
    {"timeout", "120 seconds", 2, 2, false, .set = set_duration, MEMBER(timeout_s), 1, 1, 3600},
    {"poll_interval", "60 minutes", 2, 2, false, .set = set_duration, MEMBER(poll_minutes), 60, 1, 10080},
    {"review", "auto|parts|widening|always", 1, 1, false, .set = set_review},
    {"shrink_limit", "30%", 1, 1, false, .set = set_percent, MEMBER(shrink_percent), 0, 0, 100},
    {"growth_limit", "30%", 1, 1, false, .set = set_percent, MEMBER(growth_percent), 0, 0, 10000},
    {"widest_prefix", "/8 /24", 2, 2, false, .set = set_widest},
    {"canary", "HOST[:PORT] Optimize|Allow|Default", 2, 2, true, .set = set_canary},
    {"default_canaries", "on|off", 1, 1, false, .set = set_off, MEMBER(no_default_canaries)},
    {"must_not_bypass", "HOST[:PORT]...", 1, CONF_WORDS_MAX, true, .set = set_must_not},
    {"notice_command", "PATH ARGUMENT...", 1, CONF_WORDS_MAX, false, .set = set_command},
    {"notice_failed", "24 hours", 2, 2, false, .set = set_duration, MEMBER(failed_hours), 3600, 1, 8760},
    {"notice_stale", "40 days", 2, 2, false, .set = set_duration, MEMBER(stale_hours), 3600, 1, 87600},
    {"feed", "FILE", 1, 1, false, .set = set_path, MEMBER(feed)},
    {"export", "FORMAT OPTION... -o FILE", 3, CONF_WORDS_MAX, true, .set = conf_set_export},
    {"log", "PATH...", 1, CONF_WORDS_MAX, true, .set = conf_set_logs},
    {"log_format", "NAME|TEXT", 1, CONF_WORDS_MAX, false, .set = conf_set_log_format},
    {"keep_generations", "24", 1, 1, false, .set = set_number, MEMBER(keep), 0, 4, 10000},
};

const size_t conf_directive_count = sizeof conf_directives / sizeof conf_directives[0];

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ruleset_open.c - reads the directives of a squid.conf that decide about requests. See ruleset.h.
 *
 * What Squid refuses to start with is refused here, as far as it is known (src/cache_cf.cc, src/acl/Gadgets.cc,
 * aclParseAccessLine; parse_sslproxy_ssl_bump).
 */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "ruleset_parse.h"

#define SENTENCE_MAX 400

static int
add_rule(struct reading *reading, struct rules *rules, const char *action, bool empty_ok)
{
    struct rule rule = {reading->line->file, reading->line->number, reading->line->text, action, {0}};
    if (read_uses(reading, &rule.uses) != 0)
        return -1;
    if (rule.uses.count == 0 && !empty_ok)
        return 0;
    struct rule *list = arena_grow(reading->conf->arena, rules->rule, &rules->room, rules->count + 1, sizeof *list);
    if (list == NULL)
        return reading_no_memory(reading);
    rules->rule = list;
    list[rules->count++] = rule;
    return 0;
}

/* aclParseAccessLine(): a line without a known action is skipped, and so is one without ACLs. */
static int
read_access(struct reading *reading, struct rules *rules)
{
    const char *action = words_next(&reading->words);
    if (action == NULL || (strcmp(action, "allow") != 0 && strcmp(action, "deny") != 0))
        return 0;
    return add_rule(reading, rules, action, false);
}

/* parse_sslproxy_ssl_bump(): an unknown action is refused, no ACL at all is right. */
static int
read_bump(struct reading *reading)
{
    static const char *const known[] = {"peek",      "stare",        "splice",       "bump",
                                        "terminate", "client-first", "server-first", "none"};
    struct ruleset *conf = reading->conf;
    const char *action = words_next(&reading->words);
    bool old = action != NULL && (strcmp(action, "allow") == 0 || strcmp(action, "deny") == 0);
    conf->old_bump = conf->old_bump || old;
    conf->new_bump = conf->new_bump || !old;
    if (conf->old_bump && conf->new_bump)
        return reading_refuse(reading, "ssl_bump has allow or deny in some lines and other actions in others, so Squid "
                                       "does not start");
    for (size_t i = 0; action != NULL && i < sizeof known / sizeof *known; i++) {
        if (strcmp(action, known[i]) == 0)
            return add_rule(reading, &conf->bump, known[i], true);
    }
    if (old)
        return add_rule(reading, &conf->bump, *action == 'a' ? "client-first" : "none", true);
    return reading_refuse(reading, "ssl_bump knows no action '%.40s', so Squid does not start",
                          action == NULL ? "" : action);
}

/* A directive that decides after http_access, unless it allows all at once or is a rewriter of ours, which leaves a
 * bypassed request alone. */
static int
read_other(struct reading *reading)
{
    struct ruleset *conf = reading->conf;
    const struct squidconf_line *line = reading->line;
    const char *rest = line->text + strcspn(line->text, " \t");
    rest += strspn(rest, " \t");
    if (strcmp(rest, "allow all") == 0 || strstr(rest, "url_m365_rewrite") != NULL)
        return 0;
    const char **others =
        arena_grow(conf->arena, conf->others, &conf->other_room, conf->other_count + 1, sizeof *others);
    char text[SENTENCE_MAX];
    snprintf(text, sizeof text, "`%.60s` (%.300s:%u)", line->words[0], line->file, line->number);
    const char *kept = arena_text(conf->arena, text, strlen(text));
    if (others == NULL || kept == NULL)
        return reading_no_memory(reading);
    conf->others = others;
    others[conf->other_count++] = kept;
    return 0;
}

static int
read_switch(struct reading *reading, bool *ret)
{
    struct words words = reading->words;
    if (parse_onoff(reading) != 0)
        return -1;
    const char *word = words_next(&words);
    *ret = word != NULL && (strcmp(word, "on") == 0 || strcmp(word, "enable") == 0);
    return 0;
}

/* The lists with `allow` and `deny`. */
static int
read_access_list(struct reading *reading)
{
    struct ruleset *conf = reading->conf;
    const struct {
        const char *name;
        struct rules *rules;
    } all[] = {{"http_access", &conf->access},
               {"follow_x_forwarded_for", &conf->follow},
               {"adapted_http_access", &conf->adapted},
               {"miss_access", &conf->miss},
               {"always_direct", &conf->always},
               {"never_direct", &conf->never},
               {"proxy_protocol_access", &conf->proxies},
               {"http_access2", &conf->adapted}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (strcmp(reading->line->words[0], all[i].name) == 0)
            return read_access(reading, all[i].rules);
    }
    return 0;
}

static int
read_http_port(struct reading *reading)
{
    return read_port(reading, false);
}

static int
read_https_port(struct reading *reading)
{
    return read_port(reading, true);
}

/* Of several lines the first is enough. */
static int
read_first_other(struct reading *reading)
{
    const struct ruleset *conf = reading->conf;
    const char *directive = reading->line->words[0];
    if (check_list(reading) != 0 || check_directive(reading) != 0)
        return -1;
    for (size_t i = 0; i < conf->other_count; i++) {
        if (strncmp(conf->others[i] + 1, directive, strlen(directive)) == 0)
            return 0;
    }
    return read_other(reading);
}

static int
read_flag(struct reading *reading)
{
    struct ruleset *conf = reading->conf;
    const struct {
        const char *name;
        bool *value;
    } flags[] = {
        {"host_verify_strict", &conf->strict},         {"client_dst_passthru", &conf->passthru},
        {"acl_uses_indirect_client", &conf->indirect}, {"allow_underscore", &conf->underscore},
        {"check_hostnames", &conf->check_hostnames},   {"configuration_includes_quoted_values", &conf->quoted}};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        if (strcmp(reading->line->words[0], flags[i].name) == 0)
            return read_switch(reading, flags[i].value);
    }
    return 0;
}

static int
read_relaxed(struct reading *reading)
{
    struct words words = reading->words;
    const char *word = words_next(&words);
    reading->conf->exact = word != NULL && (strcmp(word, "off") == 0 || strcmp(word, "disable") == 0);
    return parse_tristate(reading);
}

static int
read_append_domain(struct reading *reading)
{
    const char *domain = words_next(&reading->words);
    if (domain == NULL || domain[0] != '.')
        return reading_refuse(reading, "append_domain must begin with a dot, otherwise Squid does not start");
    reading->conf->domain = domain;
    return 0;
}

static int
read_hosts_file(struct reading *reading)
{
    const char *path = words_next(&reading->words);
    if (path == NULL)
        return parse_string(reading);
    reading->conf->hosts = strcmp(path, "none") == 0 ? NULL : path;
    return 0;
}

static const struct directive {
    const char *name;
    int (*read)(struct reading *reading);
} directives[] = {
    {"acl", read_acl},
    {"http_access", read_access_list},
    {"ssl_bump", read_bump},
    {"follow_x_forwarded_for", read_access_list},
    {"http_port", read_http_port},
    {"ascii_port", read_http_port}, /* another name */
    {"https_port", read_https_port},
    {"external_acl_type", read_external},
    {"adapted_http_access", read_access_list},
    {"http_access2", read_access_list}, /* another name */
    {"miss_access", read_access_list},
    {"always_direct", read_access_list},
    {"never_direct", read_access_list},
    {"proxy_protocol_access", read_access_list},
    {"adaptation_access", read_first_other},
    {"http_reply_access", read_first_other},
    {"url_rewrite_program", read_first_other},
    {"redirect_program", read_first_other}, /* another name */
    {"cache_peer", parse_peer},
    {"auth_param", read_auth},
    {"host_verify_strict", read_flag},
    {"client_dst_passthru", read_flag},
    {"acl_uses_indirect_client", read_flag},
    {"allow_underscore", read_flag},
    {"check_hostnames", read_flag},
    {"configuration_includes_quoted_values", read_flag},
    {"relaxed_header_parser", read_relaxed},
    {"hosts_file", read_hosts_file},
    {"append_domain", read_append_domain},
    {"logformat", read_format},
};

static const struct directive *
find_directive(const char *name)
{
    for (size_t i = 0; i < sizeof directives / sizeof *directives; i++) {
        if (strcmp(directives[i].name, name) == 0)
            return &directives[i];
    }
    return NULL;
}

static const char *
model_name(size_t n)
{
    return n < sizeof directives / sizeof *directives ? directives[n].name : NULL;
}

bool
reads_directive(const char *name)
{
    const struct directive *directive = find_directive(name);
    return directive != NULL && directive->read != read_format; /* it decides nothing */
}

/* Keeps the name of a service of ICAP or eCAP, or of several. */
static int
note_service(struct reading *reading)
{
    static const char *const names[] = {"icap_service", "ecap_service", "adaptation_service_set",
                                        "adaptation_service_chain", "icap_class"};
    struct ruleset *conf = reading->conf;
    struct words words = reading->words;
    bool is = false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        is = is || strcmp(reading->line->words[0], names[i]) == 0;
    const char *name = is ? words_next(&words) : NULL;
    if (name == NULL)
        return 0;
    const char **services =
        arena_grow(conf->arena, conf->services, &conf->service_room, conf->service_count + 1, sizeof *services);
    if (services == NULL)
        return reading_no_memory(reading);
    conf->services = services;
    services[conf->service_count++] = name;
    return 0;
}

static int
read_line(struct ruleset *conf, const struct squidconf_line *line, struct err *err)
{
    struct reading reading = {.conf = conf, .line = line, .err = err};
    words_init(&reading.words, line->text, conf->quoted, conf->arena);
    const struct directive *directive = find_directive(line->words[0]);
    if (note_service(&reading) != 0)
        return -1;
    int result = directive != NULL              ? directive->read(&reading)
                 : is_list(line->words[0])      ? check_list(&reading)
                 : is_directive(line->words[0]) ? check_directive(&reading)
                                                : check_spelling(&reading, model_name);
    if (result != 0)
        return -1;
    if (reading.words.refused != NULL)
        return reading_refuse(&reading, "%s; Squid does not start", reading.words.refused);
    return 0;
}

/* The first line of the sentence: what follows is a correction for the doctor. */
static int
refuse_trouble(const struct ruleset *conf, const struct squidconf_trouble *trouble, struct err *err)
{
    if (conf->refused != NULL)
        *conf->refused = (struct ruleset_place){trouble->file, trouble->number,
                                                arena_text(conf->arena, trouble->text, strcspn(trouble->text, "\n"))};
    return err_set(err, ERR_SYNTAX, "%s:%u: %.*s", trouble->file, trouble->number, (int)strcspn(trouble->text, "\n"),
                   trouble->text);
}

/* configDoConfigure(): the headers of a request must fit into its buffer. */
static int
check_limits(struct ruleset *conf, struct err *err)
{
    struct reading reading = {.conf = conf, .line = conf->limit, .err = err};
    if (conf->limit == NULL || conf->buffer_max > conf->header_max)
        return 0;
    return reading_refuse(&reading,
                          "request_header_max_size must be less than client_request_buffer_max_size, otherwise "
                          "Squid does not start");
}

static int
fill(struct ruleset *conf, const struct squidconf_text *text, struct err *err)
{
    if (read_builtin_acls(conf, err) != 0)
        return -1;
    if (text->trouble_count > 0)
        return refuse_trouble(conf, &text->troubles[0], err);
    for (size_t i = 0; i < text->line_count; i++) {
        if (read_line(conf, &text->lines[i], err) != 0)
            return -1;
    }
    if (check_limits(conf, err) != 0)
        return -1;
    settle_users(conf);
    return arena_ok(conf->arena) ? 0 : err_set(err, ERR_MEM, "no memory for the rules");
}

int
ruleset_make(struct ruleset **ret, const struct squidconf_text *text, const struct ruleset_about *about,
             struct err *err)
{
    struct ruleset *conf = arena_alloc(about->arena, sizeof *conf);
    if (conf == NULL)
        return err_set(err, ERR_MEM, "no memory for the rules");
    *conf = (struct ruleset){.arena = about->arena,
                             .version = about->version,
                             .refused = about->refused,
                             .passthru = true,
                             .indirect = true,
                             .underscore = true,
                             .header_max = 64 << 10,
                             .buffer_max = 512 << 10,
                             .hosts = "/etc/hosts"};
    if (fill(conf, text, err) != 0) {
        ruleset_close(conf);
        return -1;
    }
    *ret = conf;
    return 0;
}

void
ruleset_close(struct ruleset *conf)
{
    for (size_t i = 0; conf != NULL && i < conf->other_worker_count; i++)
        ruleset_close(conf->other_workers[i]);
    for (size_t i = 0; conf != NULL && i < conf->regexed_count; i++) {
        struct acl *acl = conf->regexed[i];
        for (size_t r = 0; r < acl->regex_count; r++)
            regfree(&acl->regexes[r].compiled);
        acl->regex_count = 0;
    }
}

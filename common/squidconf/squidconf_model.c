// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * squidconf_model.c - what the lines of a squid.conf say about ports, ACLs and helpers. Part of squidconf_model.h.
 *
 * What is wrong with them is decided by squidconf_check*.c.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "squidconf_model.h"
#include "squidconf_words.h"

#define GROUPS_MAX 8 /* levels of any-of and all-of */

int
squidconf_parse_version(enum squidconf_version *ret, const char *text, struct err *err)
{
    static const char *const names[] = {"3.5", "4", "5", "6", "7"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t len = strlen(names[i]);
        if (strncmp(text, names[i], len) == 0 && (text[len] == '\0' || text[len] == '.')) {
            *ret = (enum squidconf_version)i;
            return 0;
        }
    }
    return err_set(err, ERR_USAGE, "'%s' is not a known version of Squid; known are 3.5, 4, 5, 6 and 7", text);
}

unsigned
squidconf_concurrency_max(enum squidconf_version version)
{
    /* Squid reads replies into a buffer of 32 KB (Squid 7: 128 KB) and loses a reply that is cut in its channel-ID. */
    unsigned room = version >= SQUIDCONF_7 ? 131072 : 32768;
    return room / SQUID_REPLY_MAX;
}

size_t
squidconf_token(const struct squidconf *conf, const struct squidconf_type *type, enum squid_field field)
{
    for (size_t i = type->format; i < type->command; i++) {
        if (squidconf_is_token(type->line->words[i], field, conf->about->version))
            return i;
    }
    return 0;
}

static bool
is_program(const char *word, const char *name)
{
    const char *slash = strrchr(word, '/');
    return strcmp(slash == NULL ? word : slash + 1, name) == 0;
}

static void
take_option(struct squidconf_type *type, const char *word)
{
    const struct {
        const char *name;
        long *value;
    } known[] = {{"ttl=", &type->ttl},
                 {"negative_ttl=", &type->negative_ttl},
                 {"concurrency=", &type->concurrency},
                 {"queue-size=", &type->queue_size},
                 {"children=", &type->children},
                 {"children-max=", &type->children}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        size_t len = strlen(known[i].name);
        if (strncmp(word, known[i].name, len) == 0)
            *known[i].value = strtol(word + len, NULL, 10);
    }
}

static void
read_fields(struct squidconf_type *type)
{
    struct err ignored;
    const char *fields = squidconf_argument(type->line, type->helper, 'F', 0);
    type->fields = squid_fields_default;
    type->fields_ok = fields == NULL || squid_fields_parse(&type->fields, fields, &ignored) == 0;
}

static void
add_type(struct squidconf *conf, const struct squidconf_line *line)
{
    struct squidconf_type type = {
        .line = line, .ttl = -1, .negative_ttl = -1, .concurrency = -1, .queue_size = -1, .children = -1};
    if (line->count < 2)
        return;
    type.name = line->words[1];
    size_t i = 2;
    for (; i < line->count && line->words[i][0] != '%' && line->words[i][0] != '/'; i++)
        take_option(&type, line->words[i]);
    type.format = i;
    while (i < line->count && line->words[i][0] == '%')
        i++;
    type.command = i;
    for (; i < line->count && type.helper == 0; i++)
        type.helper = is_program(line->words[i], "ext_m365_acl") ? i : 0;
    if (type.helper != 0)
        read_fields(&type);
    struct squidconf_type *types =
        arena_grow(conf->arena, conf->types, &conf->type_room, conf->type_count + 1, sizeof *types);
    if (types == NULL)
        return;
    conf->types = types;
    types[conf->type_count++] = type;
}

static bool
is_loopback(const char *address)
{
    return strncmp(address, "127.", 4) == 0 || strncmp(address, "[::1]", 5) == 0 ||
           strncmp(address, "localhost:", 10) == 0;
}

void
squidconf_understand(struct squidconf *conf)
{
    static const char *const redirected[] = {"intercept", "transparent", "tproxy", NULL};
    static const char *const server[] = {"accel", "vhost", NULL};
    bool loopback = false;
    for (size_t i = 0; i < conf->line_count; i++) {
        const struct squidconf_line *line = &conf->lines[i];
        if (squidconf_is(line, "external_acl_type"))
            add_type(conf, line);
        if ((!squidconf_is(line, "http_port") && !squidconf_is(line, "https_port")) || line->count < 2)
            continue;
        bool intercepts = false, serves = false;
        for (size_t w = 2; w < line->count; w++) {
            intercepts = intercepts || squidconf_one_of(line->words[w], redirected);
            serves = serves || squidconf_one_of(line->words[w], server);
        }
        conf->intercepting = conf->intercepting || intercepts;
        if (!intercepts && !serves && is_loopback(line->words[1]))
            loopback = true;
        else if (!intercepts && !serves)
            conf->forwarding = true;
    }
    /* Next to intercepting ports, a port on the loopback is for Squid itself: for its icons and its manager. */
    conf->forwarding = conf->forwarding || (loopback && !conf->intercepting);
}

/* ---- ACLs -------------------------------------------------------------------------------------------------------- */

static bool
ask(const struct squidconf *conf, const char *name, squidconf_test *test, unsigned groups)
{
    static const char *const group[] = {"any-of", "all-of", NULL};
    for (size_t i = 0; i < conf->line_count; i++) {
        const struct squidconf_line *line = &conf->lines[i];
        if (!squidconf_is(line, "acl") || line->count < 3 || strcmp(line->words[1], name) != 0)
            continue;
        if (test(conf, line))
            return true;
        for (size_t w = 3; w < line->count && groups > 0 && squidconf_one_of(line->words[2], group); w++) {
            if (ask(conf, line->words[w] + (line->words[w][0] == '!'), test, groups - 1))
                return true;
        }
    }
    return false;
}

bool
squidconf_acl(const struct squidconf *conf, const char *name, squidconf_test *test)
{
    static const char *const builtin[] = {"acl", "all", "src", "all"};
    const struct squidconf_line all = {.count = 4, .words = (const char **)builtin};
    if (strcmp(name, "all") == 0)
        return test(conf, &all);
    return ask(conf, name, test, GROUPS_MAX);
}

size_t
squidconf_find(const struct squidconf *conf, const struct squidconf_line *line, squidconf_test *test)
{
    for (int negated = 0; negated < 2; negated++) {
        for (size_t i = 2; i < line->count; i++) {
            if ((line->words[i][0] == '!') == negated && squidconf_acl(conf, line->words[i] + negated, test))
                return i;
        }
    }
    return 0;
}

static const struct squidconf_type *
find_type(const struct squidconf *conf, const char *name)
{
    for (size_t i = 0; i < conf->type_count; i++) {
        if (strcmp(conf->types[i].name, name) == 0)
            return &conf->types[i];
    }
    return NULL;
}

static const struct squidconf_type *
type_of(const struct squidconf *conf, const struct squidconf_line *acl)
{
    bool external = acl->count > 3 && strcmp(acl->words[2], "external") == 0;
    return external ? find_type(conf, acl->words[3]) : NULL;
}

bool
squidconf_is_bypass(const struct squidconf *conf, const struct squidconf_line *acl)
{
    const struct squidconf_type *type = type_of(conf, acl);
    return type != NULL && type->helper != 0;
}

bool
squidconf_is_external(const struct squidconf *conf, const struct squidconf_line *acl)
{
    (void)conf;
    return strcmp(acl->words[2], "external") == 0;
}

bool
squidconf_is_password(const struct squidconf *conf, const struct squidconf_line *acl)
{
    static const char *const kinds[] = {"proxy_auth", "proxy_auth_regex", "max_user_ip", NULL};
    if (squidconf_one_of(acl->words[2], kinds))
        return true;
    const struct squidconf_type *type = type_of(conf, acl);
    for (size_t i = type == NULL ? 0 : type->format; type != NULL && i < type->command; i++) {
        if (squidconf_is_login(type->line->words[i]))
            return true;
    }
    return false;
}

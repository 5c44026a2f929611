// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ruleset_type.c - reads external_acl_type: FORMAT and the command line of the helper (src/external_acl.cc,
 * parse_externalAclHelper). Part of ruleset_reading.h.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/err.h"
#include "ruleset_parse.h"

#define ARGUMENTS_MAX 256

static bool
is_option(const char *word)
{
    static const char *const known[] = {
        "ttl=",         "negative_ttl=", "children=", "children-max=", "children-startup=",
        "concurrency=", "queue-size=",   "cache=",    "grace=",        "children-idle=",
        "protocol=2.5", "protocol=3.0",  "quote=url", "quote=shell",   "ipv4",
        "ipv6"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        size_t len = strlen(known[i]);
        if (strncmp(word, known[i], len) == 0 && (known[i][len - 1] == '=' || word[len] == '\0'))
            return true;
    }
    return false;
}

/* Whether an answer OK is kept at all: external_acl::maybeCacheable(), src/external_acl.cc. */
static void
note_cache(struct external *external, const char *word)
{
    if (strncmp(word, "ttl=", 4) == 0)
        external->uncached = external->uncached || atoi(word + 4) <= 0;
    if (strncmp(word, "cache=", 6) == 0)
        external->uncached = external->uncached || atoi(word + 6) <= 0;
}

/* The name of a code, without % and what says how to escape. */
static const char *
token_name(const char *token)
{
    token++;
    return token + strspn(token, "#\"'[/-0123456789");
}

static void
add_token(struct external *external, const char *token)
{
    const char *name = token_name(token);
    if (strcmp(name, "LOGIN") == 0 || strcmp(name, "ul") == 0)
        external->needs_user = true;
    if (strcmp(name, "DATA") == 0)
        external->has_data = true;
    if (external->token_count < TOKENS_MAX)
        external->tokens[external->token_count++] = token;
}

/* The value of an option of our helper, or NULL. */
static const char *
find_value(const struct ruleset_helper *helper, char letter)
{
    const char *found = NULL;
    for (size_t i = 0; i < helper->argument_count; i++) {
        const char *word = helper->arguments[i];
        bool takes = word[0] == '-' && word[1] != '\0' && strchr("tFrs", word[1]) != NULL;
        if (!takes)
            continue;
        const char *value = word[2] != '\0'                  ? word + 2
                            : i + 1 < helper->argument_count ? helper->arguments[i + 1]
                                                             : NULL;
        if (word[1] == letter && value != NULL)
            found = value;
        i += word[2] == '\0';
    }
    return found;
}

static int
add_helper(struct reading *reading, struct external *external, const char **words, size_t count)
{
    struct ruleset *conf = reading->conf;
    struct ruleset_helper *helpers =
        arena_grow(conf->arena, conf->helpers, &conf->helper_room, conf->helper_count + 1, sizeof *helpers);
    const char **kept = arena_array(conf->arena, count + 1, sizeof *kept);
    if (helpers == NULL || kept == NULL)
        return reading_no_memory(reading);
    memcpy(kept, words, count * sizeof *kept);
    conf->helpers = helpers;
    struct ruleset_helper *helper = &helpers[conf->helper_count];
    *helper = (struct ruleset_helper){
        .file = reading->line->file, .number = reading->line->number, .arguments = kept, .argument_count = count};
    external->ours = true;
    external->helper = conf->helper_count++;
    external->fields = squid_fields_default;
    const char *fields = find_value(helper, 'F');
    struct err why = {0};
    if (fields != NULL && squid_fields_parse(&external->fields, fields, &why) != 0)
        return reading_refuse(reading, "the helper exits because of its -F: %.200s", why.text);
    return 0;
}

static bool
is_program(const char *word)
{
    const char *slash = strrchr(word, '/');
    return strcmp(slash == NULL ? word : slash + 1, "ext_m365_acl") == 0;
}

/* The command line; the helper of ours may be started by another program, such as env. */
static int
read_command(struct reading *reading, struct external *external, const char *word)
{
    const char *words[ARGUMENTS_MAX];
    size_t count = 0, ours = ARGUMENTS_MAX;
    for (; word != NULL && count < ARGUMENTS_MAX; word = words_next_quoted(&reading->words)) {
        if (ours == ARGUMENTS_MAX && is_program(word))
            ours = count;
        words[count++] = word;
    }
    return ours == ARGUMENTS_MAX ? 0 : add_helper(reading, external, words + ours + 1, count - ours - 1);
}

int
read_external(struct reading *reading)
{
    struct ruleset *conf = reading->conf;
    struct external *external = arena_alloc(conf->arena, sizeof *external);
    struct external **list = arena_grow(conf->arena, conf->externals, &conf->external_room, conf->external_count + 1,
                                        sizeof(struct external *));
    if (external == NULL || list == NULL)
        return reading_no_memory(reading);
    external->name = words_next(&reading->words);
    const char *word = words_next(&reading->words);
    for (; word != NULL && is_option(word); word = words_next(&reading->words))
        note_cache(external, word);
    for (; word != NULL && *word == '%'; word = words_next(&reading->words)) {
        if (check_external_token(reading, word) != 0)
            return -1;
        add_token(external, word);
    }
    if (external->token_count == 0 || word == NULL)
        return reading_refuse(reading, "external_acl_type needs a name, a FORMAT of %% codes and a program, otherwise "
                                       "Squid does not start");
    conf->externals = list;
    list[conf->external_count++] = external;
    return read_command(reading, external, word);
}

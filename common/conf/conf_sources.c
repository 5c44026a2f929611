// SPDX-License-Identifier: GPL-2.0-or-later
/* conf_sources.c - the directives `table`, `list` and `preset` of m365.conf. Part of conf.h. */
#include "conf_sources.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "conf_parse.h"
#include "list/list.h"
#include "name/spec.h"
#include "name/verb.h"

#define CONF_LISTS_MAX 200

static int
add_list(struct conf_reader *reader, const char *spec, struct err *err)
{
    struct conf *conf = reader->conf;
    if (conf->list_count == CONF_LISTS_MAX)
        return err_set(err, ERR_LIMIT, "more than %d lists and tables", CONF_LISTS_MAX);
    return conf_add_text(reader, &conf->lists, &conf->list_count, &reader->list_room, spec, err);
}

int
conf_set_table(struct conf_reader *reader, const struct directive *directive, size_t count, struct err *err)
{
    const char *path;
    (void)directive, (void)count;
    return conf_path(reader, &path, reader->words[1], err) != 0 ? -1 : add_list(reader, path, err);
}

/* Finds the verb behind `domains:` and a format. */
static int
cut_front(const char **ret_verb, const char *word, struct err *err)
{
    char names[LIST_FORMAT_NAMES_MAX];
    if (strncmp(word, SPEC_DOMAINS, strlen(SPEC_DOMAINS)) == 0)
        word += strlen(SPEC_DOMAINS);
    const char *colon = strchr(word, ':');
    *ret_verb = colon == NULL ? word : colon + 1;
    if (colon == NULL || list_find(word, (size_t)(colon - word)) != NULL)
        return 0;
    list_names(names);
    return err_set(err, ERR_SYNTAX, "'%.*s' is no format of lists; known are %s, and domains before it",
                   (int)(colon - word > 40 ? 40 : colon - word), word, names);
}

int
conf_set_list(struct conf_reader *reader, const struct directive *directive, size_t count, struct err *err)
{
    const char *const verbs[] = {verb_word(VERB_OPTIMIZE), verb_word(VERB_ALLOW), verb_word(VERB_DEFAULT),
                                 verb_word(VERB_INSPECT)};
    const char *path, *word, *front = reader->words[1];
    size_t verb;
    (void)directive, (void)count;
    if (cut_front(&word, front, err) != 0)
        return -1;
    if (conf_choice(&verb, "verb", word, verbs, 4, err) != 0)
        return conf_suggest(err, word, verbs, 4);
    if (conf_path(reader, &path, reader->words[2], err) != 0)
        return -1;
    size_t front_len = (size_t)(word - front), room = front_len + strlen(verbs[verb]) + strlen(path) + 2;
    char *spec = arena_alloc(reader->conf->arena, room);
    if (spec == NULL)
        return conf_no_memory(err);
    snprintf(spec, room, "%.*s%s:%s", (int)front_len, front, verbs[verb], path);
    return add_list(reader, spec, err);
}

int
conf_set_presets(struct conf_reader *reader, const struct directive *directive, size_t count, struct err *err)
{
    struct conf *conf = reader->conf;
    (void)directive;
    for (size_t i = 1; i <= count; i++) {
        const char *name = reader->words[i];
        size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
        if (len == 0 || len > TABLE_WORD_MAX || name[len] != '\0')
            return err_set(err, ERR_SYNTAX, "'%.60s' is not the name of a preset (letters, digits, '-' and '_')", name);
        for (size_t j = 0; j < conf->preset_count; j++) {
            if (strcmp(conf->presets[j], name) == 0)
                return conf_refuse_twice(name, err);
        }
        if (conf->preset_count == CONF_LISTS_MAX)
            return err_set(err, ERR_LIMIT, "more than %d presets", CONF_LISTS_MAX);
        if (conf_add_text(reader, &conf->presets, &conf->preset_count, &reader->preset_room, name, err) != 0)
            return -1;
    }
    return 0;
}

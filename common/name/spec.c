// SPDX-License-Identifier: GPL-2.0-or-later
/* spec.c - see spec.h. */
#include "spec.h"

#include <string.h>

/* Past `domains:`, if the source begins so. */
static const char *
after_domains(const char *source)
{
    static const char word[] = SPEC_DOMAINS;
    return strncmp(source, word, sizeof word - 1) == 0 ? source + sizeof word - 1 : source;
}

/* Sets the verb and returns what follows its colon; NULL if the text does not begin with one. */
static const char *
after_verb(enum verb *ret, const char *text)
{
    const char *colon = strchr(text, ':');
    return colon == NULL || !verb_parse(ret, text, (size_t)(colon - text)) ? NULL : colon + 1;
}

static void
cut_part(struct spec *spec)
{
    const char *slash = strrchr(spec->path, '/');
    const char *hash = strrchr(slash == NULL ? spec->path : slash, '#');
    spec->path_len = hash == NULL ? strlen(spec->path) : (size_t)(hash - spec->path);
    spec->part = hash == NULL || hash[1] == '\0' ? NULL : hash + 1;
}

void
spec_parse(struct spec *ret, const char *source)
{
    *ret = (struct spec){.path = source, .path_len = strlen(source)};
    const char *from = after_domains(source);
    const char *path = after_verb(&ret->verb, from);
    if (path == NULL) {
        size_t word = strspn(from, "abcdefghijklmnopqrstuvwxyz0123456789-");
        if (word == 0 || from[word] != ':' || (path = after_verb(&ret->verb, from + word + 1)) == NULL)
            return;
        ret->format = from;
        ret->format_len = word;
    }
    ret->list = true;
    ret->domains = from != source;
    ret->path = path;
    cut_part(ret);
}

const char *
spec_path(char room[PATH_MAX], const char *source)
{
    struct spec spec;
    spec_parse(&spec, source);
    if (spec.path[spec.path_len] == '\0')
        return spec.path;
    size_t len = spec.path_len < PATH_MAX ? spec.path_len : PATH_MAX - 1;
    memcpy(room, spec.path, len);
    room[len] = '\0';
    return room;
}

bool
spec_is_list(const char *source)
{
    struct spec spec;
    spec_parse(&spec, source);
    return spec.list;
}

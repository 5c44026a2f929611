// SPDX-License-Identifier: GPL-2.0-or-later
/* ruleset_reading.c - what all readers of lines share: sentences, names, and the ACLs of a rule. See ruleset_reading.h.
 */
#include "ruleset_reading.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/err.h"

#define SENTENCE_MAX 400

static size_t
bucket(const char *name)
{
    size_t hash = 5381;
    for (; *name != '\0'; name++)
        hash = hash * 33 + (size_t)(*name >= 'A' && *name <= 'Z' ? *name + 32 : *name);
    return hash % ACL_BUCKETS;
}

struct acl *
find_acl(const struct ruleset *conf, const char *name)
{
    struct acl *acl = conf->buckets[bucket(name)];
    while (acl != NULL && strcasecmp(acl->name, name) != 0)
        acl = acl->next;
    return acl;
}

void
add_acl(struct ruleset *conf, struct acl *acl)
{
    size_t at = bucket(acl->name);
    acl->next = conf->buckets[at];
    conf->buckets[at] = acl;
}

struct external *
find_external(const struct ruleset *conf, const char *name)
{
    for (size_t i = 0; i < conf->external_count; i++) {
        if (strcmp(conf->externals[i]->name, name) == 0)
            return conf->externals[i];
    }
    return NULL;
}

int
reading_refuse(const struct reading *reading, const char *fmt, ...)
{
    char sentence[SENTENCE_MAX];
    va_list args;
    if (!arena_ok(reading->conf->arena)) /* what seems to be missing may have had no memory */
        return reading_no_memory(reading);
    va_start(args, fmt);
    vsnprintf(sentence, sizeof sentence, fmt, args);
    va_end(args);
    if (reading->conf->refused != NULL)
        *reading->conf->refused = (struct ruleset_place){reading->line->file, reading->line->number,
                                                         arena_text(reading->conf->arena, sentence, strlen(sentence))};
    return err_set(reading->err, ERR_SYNTAX, "%s:%u: %s", reading->line->file, reading->line->number, sentence);
}

int
reading_no_memory(const struct reading *reading)
{
    return err_set(reading->err, ERR_MEM, "no memory for the rules");
}

int
read_uses(struct reading *reading, struct acl_uses *ret)
{
    const char *word;
    while ((word = words_next_value(&reading->words)) != NULL) {
        bool negated = *word == '!';
        const struct acl *acl = find_acl(reading->conf, word + negated);
        if (acl == NULL)
            return reading_refuse(reading, "no line above defines the acl '%.60s', so Squid does not start",
                                  word + negated);
        struct acl_use *uses = arena_grow(reading->conf->arena, ret->use, &ret->room, ret->count + 1, sizeof *uses);
        if (uses == NULL)
            return reading_no_memory(reading);
        ret->use = uses;
        uses[ret->count++] = (struct acl_use){acl, negated};
    }
    return 0;
}

int
read_text(struct reading *reading, struct acl *acl, const char *text)
{
    const char **texts =
        arena_grow(reading->conf->arena, acl->texts, &acl->text_room, acl->text_count + 1, sizeof *texts);
    if (texts == NULL)
        return reading_no_memory(reading);
    acl->texts = texts;
    texts[acl->text_count++] = text;
    return 0;
}

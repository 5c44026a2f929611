// SPDX-License-Identifier: GPL-2.0-or-later
/* advise_worker.c - findings of Squid's workers, which may read different rules (ruleset.h): each is told once. Part of
 * advise_build.h. */
#include <stdio.h>
#include <string.h>

#include "advise_build.h"
#include "advise_worker.h"
#include "base/arena.h"

#define NAMES_BYTES_MAX 200

static size_t
sentence_length(const char *text)
{
    return strcspn(text, "\n");
}

static bool
is_same(const struct heard *a, const struct heard *b)
{
    size_t len = sentence_length(a->text);
    return a->number == b->number && a->counts == b->counts && strcmp(a->file, b->file) == 0 &&
           len == sentence_length(b->text) && memcmp(a->text, b->text, len) == 0;
}

void
advise_add(struct advice *advice, const struct heard *heard)
{
    struct hearing *hearing = advice->hearing;
    for (size_t i = 0; i < hearing->count; i++) {
        struct heard *old = &hearing->heard[i];
        if (!is_same(old, heard))
            continue;
        old->mended = old->mended && strcmp(old->text, heard->text) == 0;
        old->workers |= 1u << advice->worker;
        return;
    }
    struct heard *grown = arena_grow(advice->arena, hearing->heard, &hearing->room, hearing->count + 1, sizeof *grown);
    const char *text = arena_text(advice->arena, heard->text, strlen(heard->text));
    if (grown == NULL || text == NULL)
        return;
    hearing->heard = grown;
    struct heard *one = &grown[hearing->count++];
    *one = *heard;
    one->text = text;
    one->mended = true;
    one->workers = 1u << advice->worker;
}

static bool
has_line(const struct squidconf_text *text, const struct heard *heard)
{
    for (size_t i = 0; i < text->line_count; i++) {
        if (text->lines[i].number == heard->number && strcmp(text->lines[i].file, heard->file) == 0)
            return true;
    }
    return false;
}

/* True if some worker has the rule of a finding that it is dead, and a request reaches it there. */
static bool
is_alive(const struct heard *heard, const struct ruleset_texts *texts)
{
    for (size_t i = 0; heard->dead && i < texts->count; i++) {
        if ((heard->workers >> i & 1) == 0 && has_line(&texts->worker[i].text, heard))
            return true;
    }
    return false;
}

/* `in worker 2: `, `in workers 2 and 3: `. */
static void
name_workers(char ret[NAMES_BYTES_MAX], const struct heard *heard, const struct ruleset_texts *texts)
{
    int n = 0;
    bool several = (heard->workers & (heard->workers - 1)) != 0;
    for (size_t i = 0; i < texts->count; i++) {
        if ((heard->workers >> i & 1) == 0)
            continue;
        const char *before = n == 0                     ? (several ? "in workers " : "in worker ")
                             : heard->workers >> i == 1 ? " and "
                                                        : ", ";
        n += snprintf(ret + n, NAMES_BYTES_MAX - (size_t)n, "%s%u%s", before, texts->worker[i].number,
                      texts->worker[i].more_alike ? " (and others like it)" : "");
    }
    snprintf(ret + n, NAMES_BYTES_MAX - (size_t)n, ": ");
}

void
advise_tell(struct squidconf *found, const struct hearing *hearing, const struct ruleset_texts *texts,
            struct arena *arena)
{
    unsigned all = (1u << texts->count) - 1;
    for (size_t i = 0; i < hearing->count; i++) {
        const struct heard *heard = &hearing->heard[i];
        if (texts->count < 2 || (heard->workers == all && heard->mended)) {
            squidconf_add(found, heard->file, heard->number, heard->counts, heard->text);
            continue;
        }
        char names[NAMES_BYTES_MAX] = "";
        size_t len = sentence_length(heard->text), room = len + NAMES_BYTES_MAX + 16;
        char *text = arena_bytes(arena, room);
        if (text == NULL || is_alive(heard, texts))
            continue;
        if (heard->workers != all)
            name_workers(names, heard, texts);
        snprintf(text, room, "%s%.*s\n", names, (int)len, heard->text);
        squidconf_add(found, heard->file, heard->number, heard->counts, text);
    }
}

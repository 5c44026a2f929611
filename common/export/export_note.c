// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * export_note.c - lines for the header of an export: each once, however many there are. Part of export_build.h.
 *
 * A list of a million names has as many notes where a format cannot say any of them, so lines are not compared with
 * each other but looked up by a hash of 64 bits.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "export_build.h"

#define LINE_USUAL 100 /* bytes of names after which a line ends */

static uint64_t
hash_of(const char *text)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    return hash == 0 ? 1 : hash;
}

/* The slot of a hash, or the free one where it belongs. */
static uint64_t *
find_slot(const struct export_said *said, uint64_t hash)
{
    size_t at = (size_t)hash & (said->room - 1);
    while (said->slots[at] != 0 && said->slots[at] != hash)
        at = (at + 1) & (said->room - 1);
    return &said->slots[at];
}

static bool
grow(struct export_said *said, struct arena *arena)
{
    struct export_said grown = {.room = said->room == 0 ? 64 : said->room * 2, .count = said->count};
    grown.slots = arena_array(arena, grown.room, sizeof *grown.slots);
    if (grown.slots == NULL)
        return false;
    memset(grown.slots, 0, grown.room * sizeof *grown.slots);
    for (size_t i = 0; i < said->room; i++) {
        if (said->slots[i] != 0)
            *find_slot(&grown, said->slots[i]) = said->slots[i];
    }
    *said = grown;
    return true;
}

/* True if a line is new. */
static bool
is_new(struct export_job *job, const char *line)
{
    struct export_said *said = &job->said;
    if (said->count * 2 >= said->room && !grow(said, job->arena)) {
        job->notes.failed = true;
        return false;
    }
    uint64_t hash = hash_of(line), *slot = find_slot(said, hash);
    if (*slot == hash)
        return false;
    *slot = hash;
    said->count++;
    return true;
}

void
export_note(struct export_job *job, const char *fmt, ...)
{
    char line[EXPORT_NOTE_MAX];
    va_list args;
    va_start(args, fmt);
    vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    if (is_new(job, line))
        buf_add_fmt(&job->notes, "%s\n", line);
}

void
export_listing_add(struct export_listing *listing, const char *star, const char *name)
{
    size_t room = sizeof listing->names - listing->len;
    int len = snprintf(listing->names + listing->len, room, " %s%s", star, name);
    listing->len += len < 0 ? 0 : (size_t)len < room ? (size_t)len : room - 1;
    if (listing->len > LINE_USUAL)
        export_listing_end(listing);
}

void
export_listing_end(struct export_listing *listing)
{
    if (listing->len > 0)
        export_note(listing->job, "%s:%s", listing->what, listing->names);
    listing->len = 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * holding_rejected.c - who rejected a row, when and why. Part of holding.h.
 *
 * Who and when is on the list of rejected rows. The note is in the decision: about a whole generation, in which the row
 * waited, or about rows that it names (`only PATTERN, PATTERN: NOTE`).
 */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "decision.h"
#include "document.h"
#include "holding.h"
#include "record.h"
#include "rejected.h"
#include "state/state.h"

#define NOTES_MEMORY ((size_t)64 << 20)
#define NOTE_ROOM 2700 /* of a decision about rows, which names them */
#define ONLY "only "

/* One decision while its rows are looked for. */
struct refusal {
    bool in_part;
    char at[DAY_TIME_MAX], note[NOTE_ROOM];
    struct held waiting; /* of its generation; read when it is needed */
    bool is_read;
};

static bool
copy_rows(struct holding *holding, const struct state *state)
{
    struct rejected rejected;
    bool found = false;
    if (rejected_read(&rejected, state, NULL) != 0)
        return false;
    for (size_t i = 0; i < holding->held.count; i++) {
        const struct held_key *key = &holding->held.keys[i];
        const struct rejected_row *row = key->rejected ? rejected_find(&rejected, key->source, key->pattern) : NULL;
        if (row == NULL)
            continue;
        struct rejection *rejection = &holding->rejections[i];
        snprintf(rejection->day, sizeof rejection->day, "%s", row->day);
        snprintf(rejection->by, sizeof rejection->by, "%s", row->by);
        found = true;
    }
    rejected_clear(&rejected);
    return found;
}

/* The note of the person, behind the rows that it is about; NULL if the row is not among them. */
static const char *
find_note(const struct refusal *refusal, const char *pattern)
{
    size_t len = strlen(pattern);
    const char *at = refusal->note + sizeof ONLY - 1;
    const char *end = strstr(refusal->note, ": ");
    if (strncmp(refusal->note, ONLY, sizeof ONLY - 1) != 0)
        return NULL;
    while ((at = strstr(at, pattern)) != NULL && (end == NULL || at < end)) {
        bool begins = at[-1] == ' ', ends = at[len] == '\0' || at[len] == ',' || at + len == end;
        if (begins && ends)
            return end == NULL ? "" : end + 2;
        at++;
    }
    return NULL;
}

static bool
is_about(struct refusal *refusal, const struct state *state, uint32_t generation, const struct held_key *key)
{
    struct documents documents;
    if (!refusal->is_read && documents_load_held(&documents, state, generation, NULL) == 0) {
        if (documents.waiting.len > 0 &&
            held_read(&refusal->waiting, documents.waiting.data, documents.waiting.len, NULL) != 0)
            refusal->waiting = (struct held){0};
        documents_clear(&documents);
    }
    refusal->is_read = true;
    return refusal->waiting.count > 0 && held_find_text(&refusal->waiting, key->source, key->pattern) != NULL;
}

static void
take_notes(struct holding *holding, struct refusal *refusal, const struct state *state, uint32_t generation)
{
    for (size_t i = 0; i < holding->held.count; i++) {
        struct rejection *rejection = &holding->rejections[i];
        const struct held_key *key = &holding->held.keys[i];
        if (rejection->day[0] == '\0' || rejection->note[0] != '\0' ||
            strncmp(rejection->day, refusal->at, strlen(rejection->day)) != 0)
            continue;
        const char *note = refusal->in_part                            ? find_note(refusal, key->pattern)
                           : is_about(refusal, state, generation, key) ? refusal->note
                                                                       : NULL;
        if (note != NULL)
            snprintf(rejection->note, sizeof rejection->note, "%.299s", note);
    }
}

/* Takes the notes of one generation. */
static void
read_decisions(struct holding *holding, const struct state *state, uint32_t generation)
{
    struct buf record;
    char word[32];
    buf_init(&record, RECORD_MAX);
    for (uint32_t index = 1; decision_read(state, generation, index, &record, NULL) == 1; index++) {
        record_get(&record, "what", word, sizeof word);
        enum decided what = decided_parse(word);
        if (what == DECIDED_REJECTED || what == DECIDED_REJECTED_PART) {
            struct refusal refusal = {.in_part = what == DECIDED_REJECTED_PART};
            record_get(&record, "at", refusal.at, sizeof refusal.at);
            record_get(&record, "note", refusal.note, sizeof refusal.note);
            take_notes(holding, &refusal, state, generation);
            held_clear(&refusal.waiting);
        }
        buf_reset(&record);
    }
    buf_clear(&record);
}

void
holding_find_rejections(struct holding *holding, struct state *state)
{
    const uint32_t *numbers;
    size_t count;
    if (holding->held.count == 0 || holding->rejections != NULL)
        return;
    holding->arena = arena_new(NOTES_MEMORY);
    if (holding->arena != NULL)
        holding->rejections = arena_array(holding->arena, holding->held.count, sizeof *holding->rejections);
    if (holding->rejections == NULL || !copy_rows(holding, state) || state_list(state, &numbers, &count, NULL) != 0)
        return;
    while (count > 0)
        read_decisions(holding, state, numbers[--count]);
}

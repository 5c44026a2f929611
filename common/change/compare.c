// SPDX-License-Identifier: GPL-2.0-or-later
/* compare.c - see compare.h. */
#include "compare.h"

#include <stdio.h>
#include <string.h>

#include "announced.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/utf8.h"
#include "store/candidate_file.h"
#include "store/candidate_shipped.h"
#include "store/document.h"
#include "store/generation_named.h"
#include "store/record.h"
#include "table/table.h"

#define COMPARE_MEMORY ((size_t)256 << 20)
#define REASON_ROOM 1200

static void
name_generation(struct compared_side *side, const struct state *state)
{
    struct buf review, versions;
    if (side->generation == 0) {
        snprintf(side->name, sizeof side->name, "%s", side->candidate.table == NULL ? "nothing" : "the shipped table");
        return;
    }
    snprintf(side->name, sizeof side->name, "generation %u", side->generation);
    if (generation_read_review(&review, state, side->generation, NULL) != 0)
        return;
    buf_init(&versions, sizeof side->name / 2);
    size_t at = 0;
    char value[64];
    while (record_next(&review, "version", &at, value, sizeof value)) {
        buf_add_text(&versions, ", ");
        utf8_add_printable(&versions, value, strlen(value));
    }
    if (buf_ok(&versions) && versions.len > 0)
        snprintf(side->name, sizeof side->name, "generation %u%.*s", side->generation, (int)versions.len,
                 versions.data);
    buf_clear(&versions);
    buf_clear(&review);
}

/* What Microsoft announced between the two sides; nothing if the documents cannot be read. */
static size_t
read_announced(struct announced **ret, struct compared *compared, const struct state *state)
{
    struct documents was = {0}, is = {0};
    uint32_t old_generation = compared->old_side.generation, generation = compared->new_side.generation;
    if (state == NULL || generation == 0 || documents_load_all(&is, state, generation, NULL) != 0)
        return 0;
    if (old_generation != 0 && documents_load_all(&was, state, old_generation, NULL) != 0)
        was.count = 0;
    size_t count = announced_since(ret, compared->arena, &is, &was);
    documents_clear(&is);
    documents_clear(&was);
    return count;
}

/* Addresses that join a set in use are let in at once, so those that a generation has and what is in use has not were
 * held, and are to be decided about. */
static bool
waits_by_row(const struct compared *compared, const struct state *state)
{
    struct buf review;
    char digest[DIGEST_TEXT_MAX] = "";
    uint32_t generation = compared->new_side.generation;
    if (state == NULL || generation == 0 || generation_read_review(&review, state, generation, NULL) != 0)
        return false;
    record_get(&review, "waiting", digest, sizeof digest);
    buf_clear(&review);
    return digest[0] != '\0';
}

static int
compare(struct compared *ret, const struct state *state, uint32_t today, struct err *err)
{
    struct announced *changes = NULL;
    ret->arena = arena_new(COMPARE_MEMORY);
    if (ret->arena == NULL)
        return err_set(err, ERR_MEM, "no memory");
    size_t count = read_announced(&changes, ret, state);
    const struct diff_input input = {
        .old_table = ret->old_side.candidate.table,
        .old_image = ret->old_side.candidate.image,
        .new_table = ret->new_side.candidate.table,
        .new_image = ret->new_side.candidate.image,
        .today = today,
        .changes = changes,
        .change_count = count,
        .hold_joins = waits_by_row(ret, state),
    };
    return diff_tables(&ret->diff, &input, err);
}

static int
load_generation(struct compared_side *side, const struct state *state, uint32_t generation, struct err *err)
{
    side->generation = generation;
    bool shipped = generation == 0 && candidate_shipped(&side->candidate, state, NULL);
    name_generation(side, state);
    return shipped ? 0 : candidate_load(&side->candidate, state, generation, err);
}

int
compare_generations(struct compared *ret, const struct state *state, uint32_t old_generation, uint32_t new_generation,
                    uint32_t today, struct err *err)
{
    *ret = (struct compared){0};
    if (load_generation(&ret->old_side, state, old_generation, err) != 0 ||
        load_generation(&ret->new_side, state, new_generation, err) != 0)
        return -1;
    return compare(ret, state, today, err);
}

/* Loads a whole generation, but only the table of a file: a file is compiled later, once its source has a name. */
static int
load_word(struct compared_side *side, const struct compare_with *with, const char *word, struct err *err)
{
    uint32_t generation;
    if (generation_is_name(word))
        return generation_by_name(&generation, with->state, word, err) == 0
                   ? load_generation(side, with->state, generation, err)
                   : -1;
    snprintf(side->name, sizeof side->name, "%s", word);
    return candidate_read_file(&side->candidate, with->conf, word, with->listener, err);
}

/* The only published source of a table; SIZE_MAX if there is none, or more than one. */
static size_t
published_source(const struct table *table)
{
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < table->terms_count; i++) {
        if (!table->terms[i].set.has_id || found == table->terms[i].set.source)
            continue;
        if (found != SIZE_MAX)
            return SIZE_MAX;
        found = table->terms[i].set.source;
    }
    return found;
}

/* The source of a file is named after the file. But two versions of a list in two files must count as one source. */
static void
adopt_source(struct compared_side *file, const struct compared_side *other)
{
    struct table *table = file->candidate.table;
    const struct table *its_table = other->candidate.table;
    size_t own = published_source(table), its = published_source(its_table);
    if (table->source_count != 1)
        return;
    if (its_table->source_count == 1)
        table->sources[0] = its_table->sources[0];
    else if (own != SIZE_MAX && its != SIZE_MAX)
        table->sources[own] = its_table->sources[its];
}

static int
compile_side(struct compared_side *side, const struct compare_with *with, struct err *err)
{
    return candidate_compile_file(&side->candidate, with->conf, err) == 0 ? 0 : err_add(err, "'%s'", side->name);
}

int
compare_words(struct compared *ret, const struct compare_with *with, const char *old_word, const char *new_word,
              struct err *err)
{
    *ret = (struct compared){0};
    if (load_word(&ret->old_side, with, old_word, err) != 0 || load_word(&ret->new_side, with, new_word, err) != 0)
        return -1;
    if (!generation_is_name(new_word))
        adopt_source(&ret->new_side, &ret->old_side);
    else if (!generation_is_name(old_word))
        adopt_source(&ret->old_side, &ret->new_side);
    if ((!generation_is_name(old_word) && compile_side(&ret->old_side, with, err) != 0) ||
        (!generation_is_name(new_word) && compile_side(&ret->new_side, with, err) != 0))
        return -1;
    return compare(ret, with->state, with->today, err);
}

void
compare_clear(struct compared *compared)
{
    diff_free(compared->diff);
    arena_free(compared->arena);
    candidate_clear(&compared->old_side.candidate);
    candidate_clear(&compared->new_side.candidate);
    *compared = (struct compared){0};
}

void
compare_add_reasons(struct buf *buf, const struct state *state, uint32_t generation)
{
    struct buf review;
    char reason[REASON_ROOM];
    size_t at = 0;
    if (generation_read_review(&review, state, generation, NULL) != 0)
        return;
    while (record_next(&review, "reason", &at, reason, sizeof reason)) {
        buf_add_text(buf, "held: ");
        utf8_add_printable(buf, reason, strlen(reason));
        buf_add_char(buf, '\n');
    }
    buf_clear(&review);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_compare.c - see cmd_compare.h. */
#include "cmd_compare.h"

#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "buf.h"
#include "err.h"
#include "say.h"
#include "service.h"
#include "table.h"
#include "utf8.h"

#define COMPARE_MEMORY ((size_t)256 << 20)
#define REASON_ROOM 1200

bool
cmd_compare_is_generation(const char *word)
{
    const char *digits = strncmp(word, "gen-", 4) == 0 ? word + 4 : word;
    size_t len = strlen(digits);
    return strcmp(word, "current") == 0 || strcmp(word, "previous") == 0 || strcmp(word, "pending") == 0 ||
           (len > 0 && len <= 9 && strspn(digits, "0123456789") == len);
}

static void
name_generation(struct cmd_side *side, const struct state *state)
{
    struct buf review, versions;
    if (side->generation == 0) {
        snprintf(side->name, sizeof side->name, "nothing");
        return;
    }
    snprintf(side->name, sizeof side->name, "generation %u", side->generation);
    if (cmd_read_review(state, side->generation, &review, NULL) != 0)
        return;
    buf_init(&versions, sizeof side->name / 2);
    size_t at = 0;
    char value[64];
    while (review_head_next(&review, "version", &at, value, sizeof value)) {
        buf_add_text(&versions, ", ");
        utf8_add_printable(&versions, value, strlen(value));
    }
    if (buf_ok(&versions) && versions.len > 0)
        snprintf(side->name, sizeof side->name, "generation %u%.*s", side->generation, (int)versions.len,
                 versions.data);
    buf_clear(&versions);
    buf_clear(&review);
}

/* What Microsoft says about the documents of the new side, newer than those of the old one. */
static size_t
read_changes(struct service_change **ret, struct cmd_compare *compare, const struct state *state)
{
    struct documents was = {0}, is = {0};
    size_t total = 0;
    *ret = NULL;
    if (compare->new_side.generation == 0 || documents_load_all(&is, state, compare->new_side.generation, NULL) != 0)
        return 0;
    if (compare->old_side.generation != 0 && documents_load_all(&was, state, compare->old_side.generation, NULL) != 0)
        was.count = 0;
    for (size_t i = 0; i < is.count; i++) {
        const struct document *document = &is.of[i];
        const char *since = "";
        struct service_change *found;
        for (size_t k = 0; k < was.count; k++)
            since = strcmp(was.of[k].instance, document->instance) == 0 ? was.of[k].version : since;
        size_t count =
            service_changes_read(&found, compare->arena, document->changes.data, document->changes.len, since);
        struct service_change *all = count == 0 ? NULL : arena_array(compare->arena, total + count, sizeof *all);
        if (all == NULL)
            continue;
        if (total > 0)
            memcpy(all, *ret, total * sizeof *all);
        memcpy(all + total, found, count * sizeof *all);
        *ret = all;
        total += count;
    }
    documents_clear(&is);
    documents_clear(&was);
    return total;
}

static int
compare(struct cmd_compare *ret, const struct state *state, struct err *err)
{
    struct service_change *changes = NULL;
    ret->arena = arena_new(COMPARE_MEMORY);
    if (ret->arena == NULL)
        return err_set(err, ERR_MEM, "no memory");
    size_t count = state == NULL ? 0 : read_changes(&changes, ret, state);
    return diff_tables(&ret->diff, ret->old_side.candidate.table, ret->old_side.candidate.image,
                       ret->new_side.candidate.table, ret->new_side.candidate.image, cmd_today(), changes, count, err);
}

static int
load_generation(struct cmd_side *side, const struct state *state, uint32_t generation, struct err *err)
{
    side->generation = generation;
    name_generation(side, state);
    return candidate_load(&side->candidate, state, generation, err);
}

int
cmd_compare_generations(struct cmd_compare *ret, const struct state *state, uint32_t old_generation,
                        uint32_t new_generation, struct err *err)
{
    *ret = (struct cmd_compare){0};
    if (load_generation(&ret->old_side, state, old_generation, err) != 0 ||
        load_generation(&ret->new_side, state, new_generation, err) != 0)
        return -1;
    return compare(ret, state, err);
}

static int
find_generation(const struct cmd_state *cmd, uint32_t *ret, const char *word, struct err *err)
{
    static const char *const links[] = {"current", "previous", "pending"};
    for (int i = STATE_CURRENT; i <= STATE_PENDING; i++) {
        if (strcmp(word, links[i]) != 0)
            continue;
        if (state_get(cmd->state, (enum state_link)i, ret, err) != 0)
            return -1;
        return *ret != 0 || i == STATE_CURRENT ? 0 : err_set(err, ERR_USAGE, "there is no %s generation", word);
    }
    return cmd_take_generation(cmd->state, ret, word, err);
}

/* The first half of a file: its table. It is compiled once its source has a name. */
static int
load_word(struct cmd_side *side, const struct cmd_state *cmd, const char *word, struct err *err)
{
    uint32_t generation;
    if (cmd_compare_is_generation(word))
        return find_generation(cmd, &generation, word, err) == 0 ? load_generation(side, cmd->state, generation, err)
                                                                 : -1;
    const char *sources[] = {word};
    const struct load_options options = {
        .sources = sources, .source_count = 1, .compile = cmd->conf->compile, .say = cmd_listener.hear};
    snprintf(side->name, sizeof side->name, "%s", word);
    return load_table(&side->candidate.table, &options, err);
}

/* The one published source of a table, or SIZE_MAX. */
static size_t
published_source(const struct table *table)
{
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < table->set_count; i++) {
        if (!table->sets[i].has_id || found == table->sets[i].source)
            continue;
        if (found != SIZE_MAX)
            return SIZE_MAX;
        found = table->sets[i].source;
    }
    return found;
}

/* A file is called after its name; two versions of one list under two names are still one source. */
static void
adopt_source(struct cmd_side *file, const struct cmd_side *other)
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
compile_side(struct cmd_side *side, const struct cmd_state *cmd, struct err *err)
{
    struct candidate *candidate = &side->candidate;
    buf_init(&candidate->image_bytes, IMAGE_MAX);
    if (compile_table(&candidate->image_bytes, candidate->table, &cmd->conf->compile, err) != 0)
        return err_add(err, "'%s'", side->name);
    return image_from_memory(&candidate->image, candidate->image_bytes.data, candidate->image_bytes.len, err);
}

int
cmd_compare_words(struct cmd_compare *ret, struct cmd_state *cmd, const char *old_word, const char *new_word,
                  struct err *err)
{
    *ret = (struct cmd_compare){0};
    if (load_word(&ret->old_side, cmd, old_word, err) != 0 || load_word(&ret->new_side, cmd, new_word, err) != 0)
        return -1;
    if (!cmd_compare_is_generation(new_word))
        adopt_source(&ret->new_side, &ret->old_side);
    else if (!cmd_compare_is_generation(old_word))
        adopt_source(&ret->old_side, &ret->new_side);
    if ((!cmd_compare_is_generation(old_word) && compile_side(&ret->old_side, cmd, err) != 0) ||
        (!cmd_compare_is_generation(new_word) && compile_side(&ret->new_side, cmd, err) != 0))
        return -1;
    return compare(ret, cmd->state, err);
}

void
cmd_compare_clear(struct cmd_compare *compared)
{
    diff_free(compared->diff);
    arena_free(compared->arena);
    candidate_clear(&compared->old_side.candidate);
    candidate_clear(&compared->new_side.candidate);
}

void
cmd_compare_add_reasons(struct buf *buf, const struct state *state, uint32_t generation)
{
    struct buf review;
    char reason[REASON_ROOM];
    size_t at = 0;
    if (cmd_read_review(state, generation, &review, NULL) != 0)
        return;
    while (review_head_next(&review, "reason", &at, reason, sizeof reason)) {
        buf_add_text(buf, "held: ");
        utf8_add_printable(buf, reason, strlen(reason));
        buf_add_char(buf, '\n');
    }
    buf_clear(&review);
}

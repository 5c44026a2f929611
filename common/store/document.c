// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * document.c - see document.h.
 *
 * The `version` lines of a generation's review.txt say which documents it was made from, and in which order. Their
 * bytes are in files of the generation.
 */
#include "document.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/day.h"
#include "base/err.h"
#include "conf/conf.h"
#include "record.h"
#include "state/state.h"
#include "table/held.h"

bool
document_is_ahead(const char *version, int64_t now)
{
    char last[DAY_TEXT_MAX], digits[9];
    day_format(last, day_of(now) + DOCUMENT_AHEAD_DAYS);
    snprintf(digits, sizeof digits, "%.4s%.2s%.2s", last, last + 5, last + 8);
    return strncmp(version, digits, 8) > 0;
}

void
documents_clear(struct documents *documents)
{
    for (size_t i = 0; i < documents->count; i++) {
        buf_clear(&documents->of[i].bytes);
        buf_clear(&documents->of[i].changes);
    }
    documents->count = 0;
    buf_clear(&documents->held);
    buf_clear(&documents->waiting);
}

static void
name_document(char ret[64], const char *stem, const char *instance, size_t index)
{
    char lower[INSTANCE_LOWER_MAX];
    instance_lower(lower, instance);
    if (index == 0)
        snprintf(ret, 64, "%s.json", stem);
    else
        snprintf(ret, 64, "%s-%s.json", stem, lower);
}

void
document_name(char ret[64], const struct documents *documents, size_t index)
{
    name_document(ret, "source", documents->of[index].instance, index);
}

void
document_changes_name(char ret[64], const struct documents *documents, size_t index)
{
    name_document(ret, "changes", documents->of[index].instance, index);
}

static void
start_document(struct document *document, const char *instance)
{
    *document = (struct document){.instance = instance};
    buf_init(&document->bytes, DOCUMENT_MAX);
    buf_init(&document->changes, DOCUMENT_MAX);
}

void
documents_digest(char ret[DIGEST_TEXT_MAX], const struct documents *documents)
{
    char sum[DIGEST_TEXT_MAX] = "", text[DIGEST_TEXT_MAX + 64];
    bool any = false;
    for (size_t i = 0; i < documents->count; i++) {
        const struct document *document = &documents->of[i];
        int n = snprintf(text, sizeof text, "%s%s %zu\n", sum, document->instance, document->bytes.len);
        digest_pair(sum, text, (size_t)n, document->bytes.data, document->bytes.len);
        any = any || document->bytes.len > 0;
    }
    snprintf(ret, DIGEST_TEXT_MAX, "%s", any ? sum : "");
}

static int
read_files(struct document *document, const struct state *state, uint32_t generation, size_t index, struct err *err)
{
    char name[64];
    bool found;
    name_document(name, "source", document->instance, index);
    if (state_find(state, generation, name, &found, err) != 0)
        return -1;
    if (!found)
        return err_set(err, ERR_CORRUPT, "the '%s' of generation %u is missing", name, generation);
    if (state_read(state, generation, name, &document->bytes, err) != 0)
        return -1;
    name_document(name, "changes", document->instance, index);
    if (state_find(state, generation, name, &found, err) != 0)
        return -1;
    return found ? state_read(state, generation, name, &document->changes, err) : 0;
}

/* The lines about documents and held rows come before the result. Without one of them, rows would be held no longer. */
static int
read_record(struct buf *ret, const struct state *state, uint32_t generation, struct err *err)
{
    char result[16];
    if (state_read(state, generation, "review.txt", ret, err) != 0)
        return -1;
    record_get(ret, "result", result, sizeof result);
    return result[0] != '\0' ? 0
                             : err_set(err, ERR_CORRUPT, "the 'review.txt' of generation %u is cut off", generation);
}

static int
load_all(struct documents *ret, const struct state *state, uint32_t generation, const struct buf *review,
         struct err *err)
{
    char value[64];
    size_t at = 0;
    while (record_next(review, "version", &at, value, sizeof value)) {
        char *space = strchr(value, ' ');
        if (space != NULL)
            *space = '\0';
        const char *instance = instance_find(value);
        if (space == NULL || instance == NULL || ret->count == INSTANCE_COUNT)
            return err_set(err, ERR_CORRUPT, "generation %u: '%s' in its review.txt is not a document", generation,
                           value);
        struct document *document = &ret->of[ret->count++];
        start_document(document, instance);
        if (strcmp(space + 1, VERSION_SHIPPED) == 0)
            continue;
        snprintf(document->version, sizeof document->version, "%.10s", space[1] == '-' ? "" : space + 1);
        if (read_files(document, state, generation, ret->count - 1, err) != 0)
            return -1;
    }
    return 0;
}

/* Where the rows of a generation are, and which key of its review.txt has their digest. */
struct rows_file {
    const struct state *state;
    uint32_t generation;
    const struct buf *review;
    const char *key, *name;
};

static int
load_rows(struct buf *ret, const struct rows_file *file, struct err *err)
{
    char want[DIGEST_TEXT_MAX], have[DIGEST_TEXT_MAX];
    record_get(file->review, file->key, want, sizeof want);
    if (want[0] == '\0')
        return 0;
    if (state_read(file->state, file->generation, file->name, ret, err) != 0)
        return -1;
    digest_pair(have, ret->data, ret->len, "", 0);
    return strcmp(want, have) == 0
               ? 0
               : err_set(err, ERR_CORRUPT,
                         "generation %u is not what was sealed: the digest in its 'review.txt' does not match its '%s'",
                         file->generation, file->name);
}

static int
load_held(struct documents *ret, const struct state *state, uint32_t generation, const struct buf *review,
          struct err *err)
{
    const struct rows_file held = {state, generation, review, "held", HELD_FILE};
    const struct rows_file waiting = {state, generation, review, "waiting", WAITING_FILE};
    return load_rows(&ret->held, &held, err) != 0 || load_rows(&ret->waiting, &waiting, err) != 0 ? -1 : 0;
}

int
documents_load_held(struct documents *ret, const struct state *state, uint32_t generation, struct err *err)
{
    struct buf review;
    buf_init(&review, RECORD_MAX);
    *ret = (struct documents){0};
    buf_init(&ret->held, HELD_TEXT_MAX);
    buf_init(&ret->waiting, HELD_TEXT_MAX);
    int result = generation == 0 ? 0 : read_record(&review, state, generation, err);
    if (result == 0)
        result = load_held(ret, state, generation, &review, err);
    buf_clear(&review);
    if (result != 0)
        documents_clear(ret);
    return result;
}

/* `rows`: also those that are held. */
static int
load_generation(struct documents *ret, const struct state *state, uint32_t generation, bool rows, struct err *err)
{
    struct buf review;
    char want[DIGEST_TEXT_MAX], have[DIGEST_TEXT_MAX];
    buf_init(&review, RECORD_MAX);
    *ret = (struct documents){0};
    buf_init(&ret->held, HELD_TEXT_MAX);
    buf_init(&ret->waiting, HELD_TEXT_MAX);
    int result = generation == 0 ? 0 : read_record(&review, state, generation, err);
    if (result == 0)
        result = load_all(ret, state, generation, &review, err);
    if (result == 0 && rows)
        result = load_held(ret, state, generation, &review, err);
    record_get(&review, "documents", want, sizeof want);
    documents_digest(have, ret);
    buf_clear(&review);
    if (result == 0 && strcmp(want, have) != 0)
        result = err_set(err, ERR_CORRUPT,
                         "generation %u is not what was sealed: the digest in its 'review.txt' does not match its "
                         "documents",
                         generation);
    if (result != 0)
        documents_clear(ret);
    return result;
}

int
documents_load_all(struct documents *ret, const struct state *state, uint32_t generation, struct err *err)
{
    return load_generation(ret, state, generation, true, err);
}

/* Those for the configured instances; the others are cleared. */
static void
select_configured(struct documents *ret, const struct conf *conf, struct documents *all)
{
    *ret = (struct documents){.count = conf->instance_count, .held = all->held, .waiting = all->waiting};
    buf_init(&all->held, HELD_TEXT_MAX);
    buf_init(&all->waiting, HELD_TEXT_MAX);
    for (size_t i = 0; i < ret->count; i++) {
        start_document(&ret->of[i], conf->instances[i]);
        for (size_t j = 0; j < all->count; j++) {
            if (all->of[j].instance == ret->of[i].instance) {
                ret->of[i] = all->of[j];
                start_document(&all->of[j], all->of[j].instance);
            }
        }
    }
    documents_clear(all);
}

int
documents_load(struct documents *ret, const struct conf *conf, const struct state *state, uint32_t generation,
               struct err *err)
{
    struct documents all;
    if (documents_load_all(&all, state, generation, err) != 0)
        return -1;
    select_configured(ret, conf, &all);
    return 0;
}

int
documents_load_bare(struct documents *ret, const struct conf *conf, const struct state *state, uint32_t generation,
                    struct err *err)
{
    struct documents all;
    if (load_generation(&all, state, generation, false, err) != 0)
        return -1;
    bool named = all.count > 0;
    select_configured(ret, conf, &all);
    if (named)
        return 0;
    documents_clear(ret);
    return err_set(err, ERR_CORRUPT, "the 'review.txt' of generation %u names no document", generation);
}

int
documents_load_current(struct documents *ret, const struct conf *conf, struct err *err)
{
    struct state *state = NULL;
    uint32_t generation = 0;
    int result = 0;
    if (access(conf->state, F_OK) == 0 || errno != ENOENT)
        result = state_open(&state, conf->state, false, err);
    if (result == 0 && state != NULL)
        result = state_get(state, STATE_CURRENT, &generation, err);
    if (result == 0)
        result = documents_load(ret, conf, state, generation, err);
    state_close(state);
    return result;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * generation_commit.c - seals a candidate as a generation, which never changes afterwards, then publishes it or lets
 * it wait. Part of candidate.h.
 *
 *     files --> .new-N --sync, rename--> gen-N --read back and compare--> one rename: current or pending
 */
#include <string.h>

#include "base/err.h"
#include "candidate.h"
#include "document.h"
#include "record.h"
#include "state/state.h"
#include "state/state_lock.h"

/* Does something with each file that a generation is made of. */
typedef int each_fn(struct state *state, uint32_t generation, const char *name, const struct buf *bytes,
                    struct err *err);

static int
add(struct state *state, uint32_t generation, const char *name, const struct buf *bytes, struct err *err)
{
    (void)generation;
    return state_add(state, name, bytes->len == 0 ? "" : bytes->data, bytes->len, err);
}

/* A disk that returns other bytes than it took is noticed before the generation is in use. */
static int
compare(struct state *state, uint32_t generation, const char *name, const struct buf *bytes, struct err *err)
{
    struct buf found;
    buf_init(&found, bytes->len + ((size_t)1 << 20));
    int result = state_read(state, generation, name, &found, err);
    if (result == 0 && (found.len != bytes->len || (found.len > 0 && memcmp(found.data, bytes->data, found.len) != 0)))
        result = err_set(err, ERR_CORRUPT, "'%s' of generation %u is not what was written", name, generation);
    buf_clear(&found);
    return result;
}

static int
each_document(struct state *state, uint32_t generation, const struct documents *documents, each_fn *fn, struct err *err)
{
    for (size_t i = 0; i < documents->count; i++) {
        char name[64];
        document_name(name, documents, i);
        if (documents->of[i].bytes.len > 0 && fn(state, generation, name, &documents->of[i].bytes, err) != 0)
            return -1;
        document_changes_name(name, documents, i);
        if (documents->of[i].changes.len > 0 && fn(state, generation, name, &documents->of[i].changes, err) != 0)
            return -1;
    }
    return 0;
}

static int
each_part(struct state *state, uint32_t generation, const struct generation_parts *parts, each_fn *fn, struct err *err)
{
    const struct candidate *candidate = parts->candidate;
    const struct buf *held = &parts->documents->held, *waiting = &parts->documents->waiting;
    if (each_document(state, generation, parts->documents, fn, err) != 0 ||
        (held->len > 0 && fn(state, generation, HELD_FILE, held, err) != 0) ||
        (waiting->len > 0 && fn(state, generation, WAITING_FILE, waiting, err) != 0) ||
        fn(state, generation, "table.txt", &candidate->table_text, err) != 0 ||
        fn(state, generation, "image", &candidate->image_bytes, err) != 0)
        return -1;
    return fn(state, generation, "review.txt", parts->review, err);
}

static int
verify_documents(const struct state *state, uint32_t generation, struct err *err)
{
    struct documents documents;
    if (documents_load_all(&documents, state, generation, err) != 0)
        return -1;
    documents_clear(&documents);
    return 0;
}

int
generation_verify(const struct state *state, uint32_t generation, struct err *err)
{
    return verify_documents(state, generation, err) != 0 ? -1 : generation_verify_table(state, generation, err);
}

int
generation_verify_table(const struct state *state, uint32_t generation, struct err *err)
{
    struct candidate candidate;
    struct buf review;
    char digest[DIGEST_TEXT_MAX] = "";
    if (candidate_load(&candidate, state, generation, err) != 0)
        return -1;
    buf_init(&review, RECORD_MAX);
    int result = state_read(state, generation, "review.txt", &review, err);
    if (result == 0)
        record_get(&review, "digest", digest, sizeof digest);
    if (result == 0 && strcmp(digest, candidate.digest) != 0)
        result =
            err_set(err, ERR_CORRUPT,
                    "generation %u is not what was sealed: the digest in its 'review.txt' does not match its table "
                    "and image",
                    generation);
    buf_clear(&review);
    candidate_clear(&candidate);
    return result;
}

static int
commit(uint32_t *ret, struct state *state, const struct generation_parts *parts, bool publish, struct err *err)
{
    uint32_t generation, current = 0;
    if (state_begin(state, &generation, err) != 0)
        return -1;
    int result = 0;
    if (each_part(state, generation, parts, add, err) != 0 || state_seal(state, err) != 0 ||
        each_part(state, generation, parts, compare, err) != 0)
        result = -1;
    if (result == 0)
        result = publish ? state_publish(state, generation, err) : state_set_pending(state, generation, err);
    if (result == 0) {
        *ret = generation;
        return 0;
    }
    /* If the rename succeeded and only its sync failed, the generation is in use and must stay. */
    if (state_get(state, STATE_CURRENT, &current, NULL) != 0 || current != generation)
        state_discard(state, generation, NULL);
    return -1;
}

int
generation_commit(uint32_t *ret, struct state *state, const struct generation_parts *parts, bool publish,
                  struct err *err)
{
    if (state_lock(state, err) != 0)
        return -1;
    int result = commit(ret, state, parts, publish, err);
    state_unlock(state);
    return result;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * generation_commit.c - seals a candidate as a generation, which never changes afterwards, then publishes it or lets
 * it wait. Part of candidate.h.
 *
 *     files --> .new-N --sync, rename--> gen-N --open and verify--> one rename: current or pending
 */
#include <string.h>

#include "base/err.h"
#include "candidate.h"
#include "document.h"
#include "image/image.h"
#include "record.h"
#include "state.h"
#include "state_lock.h"

static int
add_buf(struct state *state, const char *name, const struct buf *bytes, struct err *err)
{
    return state_add(state, name, bytes->len == 0 ? "" : bytes->data, bytes->len, err);
}

static int
add_documents(struct state *state, const struct documents *documents, struct err *err)
{
    for (size_t i = 0; i < documents->count; i++) {
        char name[64];
        document_name(name, documents, i);
        if (documents->of[i].bytes.len > 0 && add_buf(state, name, &documents->of[i].bytes, err) != 0)
            return -1;
        document_changes_name(name, documents, i);
        if (documents->of[i].changes.len > 0 && add_buf(state, name, &documents->of[i].changes, err) != 0)
            return -1;
    }
    return 0;
}

static int
add_parts(struct state *state, const struct generation_parts *parts, struct err *err)
{
    const struct candidate *candidate = parts->candidate;
    const struct buf *held = &parts->documents->held, *waiting = &parts->documents->waiting;
    if (add_documents(state, parts->documents, err) != 0 ||
        (held->len > 0 && add_buf(state, HELD_FILE, held, err) != 0) ||
        (waiting->len > 0 && add_buf(state, WAITING_FILE, waiting, err) != 0) ||
        add_buf(state, "table.txt", &candidate->table_text, err) != 0 ||
        add_buf(state, "image", &candidate->image_bytes, err) != 0)
        return -1;
    return add_buf(state, "review.txt", parts->review, err);
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
generation_image(struct image **ret, const struct state *state, uint32_t generation, struct err *err)
{
    struct buf bytes;
    buf_init(&bytes, IMAGE_MAX);
    if (state_read(state, generation, "image", &bytes, err) != 0) {
        buf_clear(&bytes);
        return -1;
    }
    int result = image_from_buf(ret, &bytes, err);
    buf_clear(&bytes);
    if (result == 0 && image_verify(*ret, err) != 0) {
        image_close(*ret);
        result = -1;
    }
    return result == 0 ? 0 : err_add(err, "cannot open the image of generation %u", generation);
}

int
generation_verify(const struct state *state, uint32_t generation, struct err *err)
{
    struct candidate candidate;
    struct buf review;
    char digest[DIGEST_TEXT_MAX] = "";
    if (verify_documents(state, generation, err) != 0 || candidate_load(&candidate, state, generation, err) != 0)
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
    if (add_parts(state, parts, err) != 0 || state_seal(state, err) != 0 ||
        generation_verify(state, generation, err) != 0)
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

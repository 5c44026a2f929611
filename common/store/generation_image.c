// SPDX-License-Identifier: GPL-2.0-or-later
/* generation_image.c - see generation_image.h. */
#include "generation_image.h"

#include <string.h>

#include "base/err.h"
#include "base/say.h"
#include "candidate.h"
#include "compile/sealed.h"
#include "generation_named.h"
#include "image/image.h"
#include "image/image_layout.h"
#include "state/state.h"
#include "table/table.h"

/* Opens and verifies an image of this layout. -1: it is missing or damaged, or cannot be read. */
static int
open_image(struct image **ret, const struct state *state, uint32_t generation, const char *name, struct err *err)
{
    struct buf bytes;
    buf_init(&bytes, IMAGE_MAX);
    int result = state_read(state, generation, name, &bytes, err);
    if (result == 0)
        result = image_from_buf(ret, &bytes, err);
    buf_clear(&bytes);
    if (result == 0 && image_verify(*ret, err) != 0) {
        image_close(*ret);
        result = -1;
    }
    return result;
}

/* What the image would be in this layout. */
static int
compile_image(struct image **ret, const struct state *state, uint32_t generation, struct err *err)
{
    struct candidate candidate;
    if (candidate_load(&candidate, state, generation, err) != 0)
        return -1;
    image_close(candidate.image);
    candidate.image = NULL;
    int result = image_from_buf(ret, &candidate.image_bytes, err);
    candidate_clear(&candidate);
    return result;
}

static bool
is_same_policy(const struct sealed_policy *policy, const struct candidate *candidate)
{
    struct sealed_policy its;
    char one[DIGEST_TEXT_MAX], other[DIGEST_TEXT_MAX];
    sealed_policy_of(&its, candidate->image);
    return sealed_policy_digest(one, policy, &candidate->table_text, NULL) == 0 &&
           sealed_policy_digest(other, &its, &candidate->table_text, NULL) == 0 && strcmp(one, other) == 0;
}

static int
foreign_layout(const struct state *state, uint32_t generation)
{
    char head[IMAGE_LAYOUT_HEAD];
    size_t len = generation == 0 ? 0 : state_peek(state, generation, "image", head, sizeof head);
    int layout = image_layout(head, len);
    return image_is_foreign(layout) ? layout : -1;
}

int
generation_open_image(struct image **ret, const struct state *state, uint32_t generation, struct err *err)
{
    int result = foreign_layout(state, generation) < 0 ? open_image(ret, state, generation, "image", err)
                                                       : compile_image(ret, state, generation, err);
    return result == 0 ? 0 : err_add(err, "cannot open the image of generation %u", generation);
}

bool
generation_holds(const struct state *state, uint32_t generation, const struct candidate *candidate)
{
    struct sealed_policy policy;
    char digest[DIGEST_TEXT_MAX];
    struct candidate sealed = {0};
    if (generation_says(state, generation, "digest", candidate->digest))
        return true;
    if (foreign_layout(state, generation) < 0)
        return false;
    buf_init(&sealed.table_text, TABLE_PRINT_MAX);
    buf_init(&sealed.image_bytes, IMAGE_MAX);
    bool same = state_read(state, generation, "table.txt", &sealed.table_text, NULL) == 0 &&
                sealed.table_text.len == candidate->table_text.len &&
                memcmp(sealed.table_text.data, candidate->table_text.data, sealed.table_text.len) == 0 &&
                state_read(state, generation, "image", &sealed.image_bytes, NULL) == 0 &&
                candidate_read_policy(&policy, digest, &sealed, state, generation, NULL) == 0 &&
                is_same_policy(&policy, candidate);
    candidate_clear(&sealed);
    return same;
}

int
generation_foreign_layout(const struct state *state, uint32_t generation)
{
    char name[SEALED_NAME_MAX];
    struct image *image;
    int layout = foreign_layout(state, generation);
    sealed_image_name(name);
    if (layout < 0 || open_image(&image, state, generation, name, NULL) != 0)
        return layout;
    image_close(image);
    return -1;
}

/* If exactly the sealed bytes are compiled, only the layout byte was damaged, and they belong where they were. */
static const char *
find_place(char name[SEALED_NAME_MAX], const struct candidate *candidate)
{
    char digest[DIGEST_TEXT_MAX];
    digest_pair(digest, candidate->table_text.data, candidate->table_text.len, candidate->image_bytes.data,
                candidate->image_bytes.len);
    sealed_image_name(name);
    return strcmp(digest, candidate->digest) == 0 ? "image" : name;
}

/* *ret_name is where the image was written; it may be in `name`. */
static int
add_image(struct state *state, uint32_t generation, char name[SEALED_NAME_MAX], const char **ret_name, struct err *err)
{
    struct candidate candidate;
    if (candidate_load(&candidate, state, generation, err) != 0)
        return -1;
    *ret_name = find_place(name, &candidate);
    int result = state_derive(state, generation, *ret_name, candidate.image_bytes.data, candidate.image_bytes.len, err);
    candidate_clear(&candidate);
    return result;
}

void
generation_mend(struct state *state, uint32_t generation, const struct listener *listener)
{
    char room[SEALED_NAME_MAX];
    const char *name;
    struct err err = {0};
    int layout = generation_foreign_layout(state, generation);
    if (layout < 0)
        return;
    bool added = add_image(state, generation, room, &name, &err) == 0;
    if (listener == NULL)
        return;
    if (!added)
        say(listener, "the image of generation %u has layout version %d instead of %d, and no other is added: %s",
            generation, layout, IMAGE_LAYOUT, err.text);
    else
        say(listener, "the image of generation %u has layout version %d; its sealed table is compiled again as '%s'",
            generation, layout, name);
}

void
generation_mend_linked(struct state *state, const struct listener *listener)
{
    generation_mend(state, state_linked(state, STATE_CURRENT), listener);
    generation_mend(state, state_linked(state, STATE_PENDING), listener);
    generation_mend(state, state_linked(state, STATE_PREVIOUS), NULL);
}

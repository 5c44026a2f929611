// SPDX-License-Identifier: GPL-2.0-or-later
/* generation_compile.c - see generation_compile.h. */
#include "generation_compile.h"

#include "base/err.h"
#include "candidate.h"
#include "compile/compile.h"
#include "compile/sealed.h"
#include "generation_named.h"
#include "record.h"
#include "state.h"

int
generation_read_policy(struct sealed_policy *ret, char digest[DIGEST_TEXT_MAX], const struct candidate *candidate,
                       const struct state *state, uint32_t generation, struct err *err)
{
    struct buf review;
    if (generation_read_review(&review, state, generation, err) != 0)
        return -1;
    const struct sealed_files files = {
        .table = &candidate->table_text, .image = &candidate->image_bytes, .review = &review};
    int result = sealed_policy_read(ret, &files, err);
    record_get(&review, "digest", digest, DIGEST_TEXT_MAX);
    buf_clear(&review);
    return result;
}

int
generation_compile(struct candidate *candidate, const struct state *state, uint32_t generation, struct err *err)
{
    struct sealed_policy policy;
    struct buf image;
    if (generation_read_policy(&policy, candidate->digest, candidate, state, generation, err) != 0 ||
        compile_table(&image, candidate->table, &policy.policy, err) != 0)
        return -1;
    buf_clear(&candidate->image_bytes);
    candidate->image_bytes = image;
    return 0;
}

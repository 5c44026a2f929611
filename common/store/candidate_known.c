// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * candidate_known.c - the lines that are in use already. Part of candidate.h.
 */
#include <limits.h>

#include "base/buf.h"
#include "base/err.h"
#include "candidate.h"
#include "compile/sealed.h"
#include "state/state.h"
#include "table/table.h"

/* Whether the generation is whole, or its table is proven by the record alone: the image may be lost. */
static bool
is_proven(const struct state *state, uint32_t generation, const struct buf *text)
{
    struct err ignored;
    struct buf review, no_image;
    struct sealed_policy policy;
    if (generation_verify(state, generation, &ignored) == 0)
        return true;
    buf_init(&no_image, 1);
    buf_add_char(&no_image, '\0');
    buf_init(&review, SEALED_RECORD_MAX);
    const struct sealed_files files = {.table = text, .image = &no_image, .review = &review};
    bool proven = state_read(state, generation, "review.txt", &review, &ignored) == 0 &&
                  sealed_policy_read(&policy, &files, &ignored) == 0;
    buf_clear(&review);
    buf_clear(&no_image);
    return proven;
}

struct table *
candidate_known(const struct state *state, uint32_t generation)
{
    char path[PATH_MAX];
    struct err ignored;
    struct buf text;
    buf_init(&text, TABLE_PRINT_MAX);
    struct table *table = table_new();
    if (table == NULL || generation == 0 || state_read(state, generation, "table.txt", &text, &ignored) != 0 ||
        !is_proven(state, generation, &text) || state_path(state, generation, "table.txt", path, &ignored) != 0 ||
        sealed_read_table(table, path, &text, &ignored) != 0) {
        table_free(table);
        table = NULL;
    }
    if (table != NULL)
        table_sort(table);
    buf_clear(&text);
    return table;
}

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

struct table *
candidate_known(const struct state *state, uint32_t generation)
{
    char path[PATH_MAX];
    struct err ignored;
    struct buf text;
    buf_init(&text, TABLE_PRINT_MAX);
    struct table *table = table_new();
    if (table == NULL || generation == 0 || generation_verify(state, generation, &ignored) != 0 ||
        state_read(state, generation, "table.txt", &text, &ignored) != 0 ||
        state_path(state, generation, "table.txt", path, &ignored) != 0 ||
        sealed_read_table(table, path, &text, &ignored) != 0) {
        table_free(table);
        table = NULL;
    }
    if (table != NULL)
        table_sort(table);
    buf_clear(&text);
    return table;
}

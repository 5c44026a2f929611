// SPDX-License-Identifier: GPL-2.0-or-later
/* state_stage.c - see state_stage.h. */
#include "state_stage.h"

#include <stdio.h>

#include "base/err.h"
#include "unit.h"

static char folder[4096];

int
state_stage_set_up(void **unused)
{
    (void)unused;
    snprintf(folder, sizeof folder, "%s/state", folder_make());
    return 0;
}

const char *
state_stage_folder(void)
{
    return folder;
}

struct state *
state_stage_open(bool write)
{
    struct state *state = NULL;
    struct err err = {0};
    if (state_open(&state, folder, write, &err) != 0)
        fail_msg("%s", err.text);
    return state;
}

uint32_t
state_stage_add(struct state *state)
{
    uint32_t number;
    struct err err = {0};
    if (state_begin(state, &number, &err) != 0 || state_add(state, "table.txt", "t", 1, &err) != 0 ||
        state_add(state, "image", "i", 1, &err) != 0 || state_add(state, "review.txt", "r", 1, &err) != 0 ||
        state_seal(state, &err) != 0)
        fail_msg("%s", err.text);
    return number;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* state_stage.h - a state folder of its own for each test of state*.c. */
#ifndef TESTS_STATE_STAGE_H
#define TESTS_STATE_STAGE_H

#include "state/state.h"

/* For cmocka: names a state folder that does not exist yet, in a folder that folder_tear_down() removes. */
int state_stage_set_up(void **unused);

/* The path of the state folder. */
const char *state_stage_folder(void);

/* Opens it, or fails the test. */
struct state *state_stage_open(bool write);

/* Seals a generation that is whole, but empty. Returns its number. */
uint32_t state_stage_add(struct state *state);

#endif

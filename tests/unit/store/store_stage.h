/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store_stage.h - a configuration, a state folder and one document for each instance, for the tests of candidate.h,
 * document.h, decision.h and health.h.
 *
 * Where it sits: tests of the room store, above unit.h. If something cannot be set up, the test fails.
 */
#ifndef TESTS_STORE_STAGE_H
#define TESTS_STORE_STAGE_H

#include "store/candidate.h"
#include "store/document.h"

#define STAGE_NOW 1795222800 /* 2026-11-21T01:00:00Z */

/* One Optimize set. */
extern const char store_stage_document[];

struct store_stage {
    struct conf *conf;
    struct state *state;
    struct documents documents;
    struct candidate candidate;
};

/* For cmocka_unit_test_setup_teardown(), with folder_tear_down(): an empty folder with local.d. */
int store_stage_set_up(void **unused);

/* That folder. */
const char *store_stage_top(void);

/* Writes a file in it. */
void store_stage_write(const char *name, const char *text);

/* Opens configuration and state in it. `conf` are more lines of m365.conf; `version` is that of the documents. NULL:
 * there are no documents. */
struct store_stage store_stage_open(const char *conf, const char *version);
void store_stage_close(struct store_stage *stage);

/* Builds the candidate. -1 as candidate_build(). */
int store_stage_build(struct store_stage *stage, struct err *err);

/* Commits the candidate, which is then in use or waits. Returns its generation. */
uint32_t store_stage_commit(struct store_stage *stage, bool publish);

#endif

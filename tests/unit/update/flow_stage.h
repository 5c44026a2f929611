/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flow_stage.h - a configuration, a state folder and documents, for the tests of what publishes: flow.h, publish.h,
 * decide.h, update.h.
 *
 * Where it sits: tests of the room update, above unit.h. If something cannot be set up, the test fails.
 */
#ifndef TESTS_FLOW_STAGE_H
#define TESTS_FLOW_STAGE_H

#include "base/buf.h"
#include "base/say.h"
#include "conf/conf.h"
#include "state/state.h"
#include "store/candidate.h"
#include "store/document.h"
#include "unit.h"
#include "update/flow.h"

#define STAGE_NOW 1795222800 /* 2026-11-21T01:00:00Z */

struct flow_stage {
    struct conf *conf;
    struct state *state;
    struct buf heard; /* a line for each sentence */
    struct listener listener;
};

/* For cmocka_unit_test_setup_teardown(): an empty folder for each test. */
int flow_stage_set_up(void **state);
int flow_stage_tear_down(void **state);

/* Opens configuration and state in that folder. `lines` are added to the folders and `default_canaries off`. */
void flow_stage_open(struct flow_stage *ret, const char *lines);
void flow_stage_close(struct flow_stage *stage);

/* Writes a file in the folder. */
void flow_stage_write(const char *name, const char *text);

/* The JSON of sets: an Optimize one with mail.example, and what is appended (`,{...}` made by STAGE_SET). */
#define STAGE_SET(id, category, url)                                                                                   \
    ",{\"id\":" id ",\"serviceArea\":\"Exchange\",\"category\":\"" category                                            \
    "\",\"required\":true,\"expressRoute\":false,\"tcpPorts\":\"443\",\"urls\":[\"" url "\"]}"
void flow_stage_document(struct buf *ret, const char *sets);

/* Runs the flow over one document with these sets. */
struct flow_result flow_stage_run(struct flow_stage *stage, const struct flow *how, const char *version,
                                  const char *sets);

/* What was heard since the last call contains `part`; NULL: nothing was heard. */
void flow_stage_heard(struct flow_stage *stage, const char *why, const char *part);

/* The generation a link names. */
uint32_t flow_stage_link(const struct flow_stage *stage, enum state_link link);

#endif

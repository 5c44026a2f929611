/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * update_stage.h - a web service that is a fetcher of the test, and updates that ask it.
 *
 * Where it sits: tests of the room update, above flow_stage.h.
 */
#ifndef TESTS_UPDATE_STAGE_H
#define TESTS_UPDATE_STAGE_H

#include "flow_stage.h"
#include "update/update.h"

#define FIRST "2026010100"
#define SECOND "2026020100"
#define THIRD "2026030100"
#define BASE STAGE_SET("2", "Allow", "*.files.example")
#define WIDER BASE STAGE_SET("3", "Allow", "new.example")

/* What the service answers. */
struct update_service {
    const char *version, *sets;
    long status;            /* 0: 200 */
    int64_t retry_after_s;  /* with another status */
    bool unreachable, mute; /* there is no answer at all; none about changes */
    int versions, documents, changes;
    char url[2048]; /* the last */
};

extern struct update_service update_service;

enum update_done update_stage_run(struct flow_stage *stage, struct flow_result *ret, bool force);

/* The same once the next poll is due. */
enum update_done update_stage_run_later(struct flow_stage *stage, struct flow_result *ret);

/* The first version is in use. */
void update_stage_open(struct flow_stage *stage, const char *conf);

#endif

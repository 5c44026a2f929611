// SPDX-License-Identifier: GPL-2.0-or-later
/* update_stage.c - see update_stage.h. */
#include "update_stage.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "service/fetch.h"

struct update_service update_service;

static int
serve(void *arg, struct buf *ret, struct fetch_answer *ret_answer, const struct fetch_request *request, struct err *err)
{
    (void)arg;
    snprintf(update_service.url, sizeof update_service.url, "%s", request->url);
    bool changes = strstr(request->url, "/changes/") != NULL;
    if (update_service.unreachable || (changes && update_service.mute))
        return err_set(err, ERR_IO, "no connection");
    *ret_answer = (struct fetch_answer){.status = 200, .content_type = "application/json"};
    if (update_service.status != 0) {
        *ret_answer =
            (struct fetch_answer){.status = update_service.status, .retry_after_s = update_service.retry_after_s};
        return 0;
    }
    if (strstr(request->url, "/version/") != NULL) {
        update_service.versions++;
        buf_add_fmt(ret, "{\"instance\":\"Worldwide\",\"latest\":\"%s\"}", update_service.version);
    } else if (changes) {
        update_service.changes++;
        buf_add_text(ret, "[]");
    } else {
        update_service.documents++;
        flow_stage_document(ret, update_service.sets);
    }
    return 0;
}

enum update_done
update_stage_run(struct flow_stage *stage, struct flow_result *ret, bool force)
{
    const struct fetcher fetcher = {.get = serve};
    const struct update update = {
        .conf = stage->conf,
        .state = stage->state,
        .fetcher = &fetcher,
        .listener = &stage->listener,
        .force = force,
    };
    *ret = (struct flow_result){0};
    buf_reset(&stage->heard);
    return update_run(ret, &update);
}

enum update_done
update_stage_run_later(struct flow_stage *stage, struct flow_result *ret)
{
    state_status_set(stage->state, STATUS_NEXT_POLL, NULL);
    state_status_set(stage->state, STATUS_BACKOFF_UNTIL, NULL);
    return update_stage_run(stage, ret, false);
}

void
update_stage_open(struct flow_stage *stage, const char *conf)
{
    struct flow_result result;
    memset(&update_service, 0, sizeof update_service);
    update_service.version = FIRST;
    update_service.sets = BASE;
    flow_stage_open(stage, conf);
    assert_int_equal(update_stage_run(stage, &result, false), UPDATE_DONE);
    assert_true(result.what == FLOW_PUBLISHED && result.generation == 1);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* store_stage.c - see store_stage.h. */
#include "store_stage.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "conf/conf.h"
#include "state/state.h"
#include "store/record.h"
#include "unit.h"

const char store_stage_document[] =
    "[{\"id\":1,\"serviceArea\":\"Exchange\",\"category\":\"Optimize\",\"required\":true,"
    "\"expressRoute\":true,\"tcpPorts\":\"80,443\",\"urls\":[\"outlook.example\"]}]";

static char top[4096];

int
store_stage_set_up(void **unused)
{
    (void)unused;
    char path[4200];
    snprintf(top, sizeof top, "%s/g", folder_make());
    mkdir(top, 0755);
    snprintf(path, sizeof path, "%s/local.d", top);
    return mkdir(path, 0755);
}

const char *
store_stage_top(void)
{
    return top;
}

void
store_stage_write(const char *name, const char *text)
{
    char path[4200];
    snprintf(path, sizeof path, "g/%s", name);
    folder_write(path, text, strlen(text));
}

struct store_stage
store_stage_open(const char *conf, const char *version)
{
    struct store_stage stage = {0};
    struct err err = {0};
    char path[4200], text[500];
    snprintf(path, sizeof path, "%s/m365.conf", top);
    snprintf(text, sizeof text, "state state\ndata data\n%s", conf);
    if (conf_read_bytes(&stage.conf, path, text, strlen(text), &err) != 0 ||
        state_open(&stage.state, stage.conf->state, true, &err) != 0 ||
        documents_load(&stage.documents, stage.conf, stage.state, 0, &err) != 0)
        fail_msg("%s", err.text);
    for (size_t i = 0; version != NULL && i < stage.documents.count; i++) {
        buf_add_text(&stage.documents.of[i].bytes, store_stage_document);
        snprintf(stage.documents.of[i].version, 11, "%s", version);
    }
    return stage;
}

int
store_stage_build(struct store_stage *stage, struct err *err)
{
    return candidate_build(&stage->candidate, stage->conf, &stage->documents, NULL, NULL, err);
}

uint32_t
store_stage_commit(struct store_stage *stage, bool publish)
{
    struct buf review;
    struct err err = {0};
    uint32_t next, number;
    buf_init(&review, RECORD_MAX);
    assert_int_equal(state_next(stage->state, &next, &err), 0);
    candidate_print_head(&review, &stage->candidate, &stage->documents, next, "test", STAGE_NOW);
    buf_add_text(&review, "result published\n\nbody\ngeneration 99\n");
    const struct generation_parts parts = {
        .candidate = &stage->candidate, .documents = &stage->documents, .review = &review};
    if (generation_commit(&number, stage->state, &parts, publish, &err) != 0)
        fail_msg("%s", err.text);
    buf_clear(&review);
    assert_int_equal(number, next);
    return number;
}

void
store_stage_close(struct store_stage *stage)
{
    candidate_clear(&stage->candidate);
    documents_clear(&stage->documents);
    state_close(stage->state);
    conf_free(stage->conf);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* flow_stage.c - see flow_stage.h. */
#include "flow_stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "document.h"
#include "err.h"

static char top[4096];

int
flow_stage_set_up(void **state)
{
    (void)state;
    char path[4200];
    snprintf(top, sizeof top, "%s/f", folder_make());
    mkdir(top, 0755);
    snprintf(path, sizeof path, "%s/local.d", top);
    return mkdir(path, 0755);
}

int
flow_stage_tear_down(void **state)
{
    (void)state;
    char command[5000];
    snprintf(command, sizeof command, "rm -rf '%s'", top);
    assert_int_equal(system(command), 0); /* NOLINT: a path of the test's own */
    folder_remove();
    return 0;
}

void
flow_stage_write(const char *name, const char *text)
{
    char path[4200];
    snprintf(path, sizeof path, "f/%s", name);
    folder_write(path, text, strlen(text));
}

static void
hear(void *arg, const char *sentence)
{
    struct buf *heard = arg;
    buf_add_text(heard, sentence);
    buf_add_char(heard, '\n');
}

void
flow_stage_open(struct flow_stage *ret, const char *lines)
{
    struct err err = {0};
    char path[4200], text[500];
    *ret = (struct flow_stage){.listener = {hear, &ret->heard}};
    buf_init(&ret->heard, 1 << 20);
    snprintf(path, sizeof path, "%s/m365.conf", top);
    snprintf(text, sizeof text, "state state\ndata data\ndefault_canaries off\n%s", lines);
    if (conf_read_bytes(&ret->conf, path, text, strlen(text), &err) != 0 ||
        state_open(&ret->state, ret->conf->state, true, &err) != 0)
        fail_msg("%s", err.text);
}

void
flow_stage_close(struct flow_stage *stage)
{
    buf_clear(&stage->heard);
    state_close(stage->state);
    conf_free(stage->conf);
}

void
flow_stage_document(struct buf *ret, const char *sets)
{
    buf_add_text(ret, "[{\"id\":1,\"serviceArea\":\"Exchange\",\"category\":\"Optimize\",\"required\":true,"
                      "\"expressRoute\":true,\"tcpPorts\":\"80,443\",\"urls\":[\"mail.example\"]}");
    buf_add_text(ret, sets);
    buf_add_char(ret, ']');
}

struct flow_result
flow_stage_run(struct flow_stage *stage, const struct flow *how, const char *version, const char *sets)
{
    struct flow flow = *how;
    struct flow_result result = {0};
    struct documents documents = {0};
    struct err err = {0};
    flow.conf = stage->conf;
    flow.state = stage->state;
    flow.listener = &stage->listener;
    flow.by = "test";
    flow.now = STAGE_NOW;
    if (documents_load(&documents, stage->conf, stage->state, 0, &err) != 0)
        fail_msg("%s", err.text);
    flow_stage_document(&documents.of[0].bytes, sets);
    snprintf(documents.of[0].version, sizeof documents.of[0].version, "%s", version);
    if (flow_run(&result, &flow, &documents, &err) != 0)
        fail_msg("%s", err.text);
    documents_clear(&documents);
    return result;
}

void
flow_stage_heard(struct flow_stage *stage, const char *why, const char *part)
{
    struct buf *heard = &stage->heard;
    buf_add_char(heard, '\0');
    if (part == NULL)
        check_text(why, heard->data, heard->len - 1, "");
    else
        check_says(why, heard->data, part);
    buf_reset(heard);
}

uint32_t
flow_stage_link(const struct flow_stage *stage, enum state_link link)
{
    struct err err = {0};
    uint32_t generation;
    if (state_get(stage->state, link, &generation, &err) != 0)
        fail_msg("%s", err.text);
    return generation;
}

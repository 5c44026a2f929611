// SPDX-License-Identifier: GPL-2.0-or-later
/* import.c - see import.h. */
#include "import.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/say.h"
#include "conf/conf.h"
#include "flow.h"
#include "notice_tell.h"
#include "repair.h"
#include "service/service.h"
#include "state/state.h"
#include "state/state_lock.h"
#include "store/document.h"
#include "store/generation_image.h"
#include "table/table.h"

#define STAYS "; what was in use stays in use"

/* Which of the configured instances the document is for. */
static int
find_instance(size_t *ret, const struct conf *conf, const char *instance, struct err *err)
{
    if (instance == NULL && conf->instance_count > 1)
        return err_set(err, ERR_USAGE, "%zu instances are configured; say which one with --instance",
                       conf->instance_count);
    for (size_t i = 0; i < conf->instance_count; i++) {
        if (instance == NULL || strcmp(conf->instances[i], instance) == 0) {
            *ret = i;
            return 0;
        }
    }
    return err_set(err, ERR_USAGE, "instance %s is not configured; add it to m365.conf", instance);
}

/* The first run of exactly ten digits in the name of the file that can be a version. */
static void
version_from_name(char ret[11], const char *file)
{
    const char *slash = strrchr(file, '/');
    const char *name = slash == NULL ? file : slash + 1;
    ret[0] = '\0';
    while (*name != '\0') {
        size_t run = strspn(name, "0123456789");
        if (run == 10 && service_is_version(name, 10)) {
            memcpy(ret, name, 10);
            ret[10] = '\0';
            return;
        }
        name += run > 0 ? run : 1;
    }
}

int
import_read(struct buf *ret, const char *file, struct err *err)
{
    buf_init(ret, SERVICE_DOCUMENT_MAX + ((size_t)128 << 10));
    if ((strcmp(file, "-") == 0 ? file_read_stdin(ret, SERVICE_DOCUMENT_MAX, err)
                                : file_read(ret, file, SERVICE_DOCUMENT_MAX, err)) == 0)
        return 0;
    err_append(err, STAYS);
    return -1;
}

/* Once a document is in the state folder it has the name of its instance. What is wrong with it is said here, while it
 * has the name that a person gave. */
static int
try_document(const struct document *document, const struct import *import, struct err *err)
{
    struct table *table = table_new();
    if (table == NULL)
        return err_set(err, ERR_MEM, "no memory for '%s'", import->file);
    int result = table_read_bytes(table, strcmp(import->file, "-") == 0 ? "standard input" : import->file,
                                  document->bytes.data, document->bytes.len, err);
    table_free(table);
    return result;
}

static int
take_document(struct document *ret, const struct import *import, struct err *err)
{
    const struct buf *bytes = import->bytes;
    buf_clear(&ret->changes);
    buf_clear(&ret->bytes);
    buf_init(&ret->bytes, SERVICE_DOCUMENT_MAX + ((size_t)128 << 10));
    if (import->version != NULL)
        snprintf(ret->version, sizeof ret->version, "%s", import->version);
    else
        version_from_name(ret->version, import->file);
    buf_add(&ret->bytes, bytes->len == 0 ? "" : bytes->data, bytes->len);
    if (!buf_ok(&ret->bytes))
        return err_set(err, ERR_MEM, "no memory for '%s'", import->file);
    if (service_check_document(ret->bytes.data, ret->bytes.len, err) != 0)
        return err_add(err, "'%s' is refused", import->file);
    return try_document(ret, import, err);
}

/* The documents of the other instances: those that wait, unless what is in use was made later; else those in use. */
static int
load_others(struct documents *ret, const struct import *import, struct err *err)
{
    uint32_t current, pending;
    if (state_get(import->state, STATE_PENDING, &pending, err) != 0)
        return -1;
    if (state_get(import->state, STATE_CURRENT, &current, err) != 0)
        return -1;
    return documents_load(ret, import->conf, import->state, pending > current ? pending : current, err);
}

/* Rows that are held although nothing waits are asked about again. */
static int
renew_rows(struct flow_result *ret, const struct flow *flow, struct err *err)
{
    struct flow_result renewed;
    if (!flow_is_unfinished(flow, state_linked(flow->state, STATE_CURRENT), NULL))
        return 0;
    if (flow_renew(&renewed, flow, err) != 0)
        return -1;
    if (renewed.what == FLOW_PENDING)
        *ret =
            (struct flow_result){.what = FLOW_PENDING, .generation = renewed.generation, .published = ret->published};
    return 0;
}

/* 1: others changed what is in use meanwhile. */
static int
run_once(struct flow_result *ret, const struct import *import, size_t which, struct err *err)
{
    struct state_mark seen;
    const struct flow flow = {.conf = import->conf,
                              .state = import->state,
                              .listener = import->listener,
                              .by = "import",
                              .now = import->now,
                              .quiet = import->quiet,
                              .seen = &seen};
    struct documents documents = {0};
    generation_mend_linked(import->state, import->listener);
    if (repair_waiting(import->state, import->listener, false, err) < 0)
        return -1;
    state_mark(import->state, &seen);
    if (load_others(&documents, import, err) != 0)
        return state_is_marked(import->state, &seen) ? -1 : 1;
    int result = take_document(&documents.of[which], import, err);
    if (result == 0 && documents.of[which].version[0] == '\0' && !import->quiet)
        say(import->listener,
            "'%s' has no version in its name; with --version the review can tell whether it is older than what is in "
            "use",
            import->file);
    if (result == 0)
        result = flow_run(ret, &flow, &documents, err);
    documents_clear(&documents);
    return result != 0 ? result : renew_rows(ret, &flow, err);
}

int
import_run(struct flow_result *ret, const struct import *import, struct err *err)
{
    size_t which = 0, undelivered = notice_undelivered(import->state);
    const struct notice_to to = {
        .conf = import->conf, .state = import->state, .listener = import->listener, .now = import->now};
    ret->published = 0;
    if (find_instance(&which, import->conf, import->instance, err) != 0)
        return -1;
    for (int tries = 0; tries < FLOW_TRIES; tries++) {
        int result = run_once(ret, import, which, err);
        if (result < 0 && ret->published == 0)
            repair_append_stays(err, import->state);
        if (result == 0)
            notice_catch_up(&to, undelivered);
        if (result <= 0)
            return result;
    }
    return flow_moved(err);
}

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
#include "service.h"
#include "store/document.h"
#include "store/generation_image.h"
#include "store/state.h"

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

static int
read_document(struct document *ret, const struct import *import, const char *file, struct err *err)
{
    buf_clear(&ret->changes);
    buf_clear(&ret->bytes);
    buf_init(&ret->bytes, SERVICE_DOCUMENT_MAX + ((size_t)128 << 10));
    if (import->version != NULL)
        snprintf(ret->version, sizeof ret->version, "%s", import->version);
    else
        version_from_name(ret->version, file);
    if (file_read(&ret->bytes, file, SERVICE_DOCUMENT_MAX, err) != 0)
        return -1;
    if (service_check_document(ret->bytes.data, ret->bytes.len, err) != 0)
        return err_add(err, "'%s' is refused", file);
    return 0;
}

/* The documents of the other instances: those that wait, else those in use. */
static int
load_others(struct documents *ret, const struct import *import, struct err *err)
{
    uint32_t base;
    if (state_get(import->state, STATE_PENDING, &base, err) != 0 ||
        (base == 0 && state_get(import->state, STATE_CURRENT, &base, err) != 0))
        return -1;
    return documents_load(ret, import->conf, import->state, base, err);
}

int
import_run(struct flow_result *ret, const struct import *import, const char *file, struct err *err)
{
    const struct flow flow = {.conf = import->conf,
                              .state = import->state,
                              .listener = import->listener,
                              .by = "import",
                              .now = import->now,
                              .quiet = import->quiet};
    struct documents documents = {0};
    size_t which = 0;
    generation_mend_linked(import->state, import->listener);
    if (find_instance(&which, import->conf, import->instance, err) != 0 || load_others(&documents, import, err) != 0)
        return -1;
    int result = read_document(&documents.of[which], import, file, err);
    if (result == 0 && documents.of[which].version[0] == '\0' && !import->quiet)
        say(import->listener,
            "'%s' has no version in its name; with --version the review can tell whether it is older than what is in "
            "use",
            file);
    if (result == 0)
        result = flow_run(ret, &flow, &documents, err);
    if (result != 0)
        err_append(err, "; what was in use stays in use");
    documents_clear(&documents);
    return result;
}

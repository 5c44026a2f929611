// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmd_import.c - `m365ctl import`: a document that came another way than through the network.
 *
 * It goes through the same door as one that was fetched: same checks, same review, same record.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "cmd_state.h"
#include "name/instance.h"
#include "store/conf.h"
#include "store/document.h"
#include "store/state.h"
#include "update/flow.h"
#include "update/service.h"

enum { QUIET = CMD_STATE_CODE_FREE, INSTANCE, VERSION };

struct request {
    struct cmd_state cmd;
    const char *instance;
    const char *version;
    bool quiet;
};

static int
take_instance(struct request *request, const char *value, struct err *err)
{
    request->instance = instance_find(value);
    if (request->instance != NULL)
        return 0;
    return err_set(err, ERR_USAGE,
                   "there is no instance '%.40s'; it is one of Worldwide, China, USGovDoD, USGovGCCHigh", value);
}

static int
take_option(void *arg, int code, const char *value, struct err *err)
{
    struct request *request = arg;
    switch (code) {
    case QUIET: request->quiet = true; return 0;
    case INSTANCE: return take_instance(request, value, err);
    case VERSION: request->version = value; break;
    default: return cmd_state_option(&request->cmd, code, value, err);
    }
    return service_is_version(value, strlen(value))
               ? 0
               : err_set(err, ERR_USAGE, "'%.40s' is no version of 10 digits, YYYYMMDDNN", value);
}

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
read_document(struct document *ret, const struct request *request, const char *file, struct err *err)
{
    buf_clear(&ret->changes);
    buf_clear(&ret->bytes);
    buf_init(&ret->bytes, SERVICE_DOCUMENT_MAX + ((size_t)128 << 10));
    if (request->version != NULL)
        snprintf(ret->version, sizeof ret->version, "%s", request->version);
    else
        version_from_name(ret->version, file);
    if (file_read(&ret->bytes, file, SERVICE_DOCUMENT_MAX, err) != 0)
        return -1;
    if (service_check_document(ret->bytes.data, ret->bytes.len, err) != 0)
        return err_add(err, "'%s' is refused", file);
    return 0;
}

static int
import(const struct request *request, const char *file, struct err *err)
{
    struct flow flow = {.conf = request->cmd.conf,
                        .state = request->cmd.state,
                        .by = "import",
                        .now = cmd_now(),
                        .quiet = request->quiet,
                        .listener = &cmd_listener};
    struct flow_result result;
    struct documents documents = {0};
    uint32_t base;
    size_t which = 0;
    if (find_instance(&which, flow.conf, request->instance, err) != 0 ||
        state_get(flow.state, STATE_PENDING, &base, err) != 0 ||
        (base == 0 && state_get(flow.state, STATE_CURRENT, &base, err) != 0) ||
        documents_load(&documents, flow.conf, flow.state, base, err) != 0)
        return cmd_trouble(err);
    int done = read_document(&documents.of[which], request, file, err);
    if (done == 0 && documents.of[which].version[0] == '\0' && !request->quiet)
        cmd_say("'%s' tells no version; with --version the review sees whether it is older than what is in use", file);
    if (done == 0)
        done = flow_run(&result, &flow, &documents, err);
    documents_clear(&documents);
    if (done == 0)
        return cmd_flow_exit(&result);
    cmd_say("%s; what was in use stays in use", err->text);
    return CMD_TROUBLE;
}

static int
run_import(const struct command *command, int argc, char **argv)
{
    struct request request = {0};
    struct err err = {0};
    int first = cmd_parse(command, argc, argv, take_option, &request);
    if (first < 0)
        return CMD_TROUBLE;
    if (first != argc - 1) {
        cmd_say("import takes one file; see 'm365ctl help import'");
        return CMD_TROUBLE;
    }
    if (cmd_state_open(&request.cmd, true, &err) != 0)
        return cmd_trouble(&err);
    int result = import(&request, argv[first], &err);
    cmd_state_close(&request.cmd);
    return result;
}

static const struct cmd_option options[] = {
    CMD_OPTION_CONFIG,
    {INSTANCE, "instance", "NAME", "whose document it is; may be left out if one instance is configured"},
    {VERSION, "version", "VERSION", "its version, ten digits; default the one in the name of the file"},
    {QUIET, "quiet", NULL, "say only what a person must know"},
    {0},
};

const struct command cmd_import = {
    .name = "import",
    .summary = "takes a document of the web service from a file, on machines without a network",
    .arguments = "FILE",
    .options = options,
    .details = "FILE is the JSON answer of /endpoints; '-' is standard input. It goes through the same\n"
               "review as an update. Exit codes as of update.\n",
    .run = run_import,
};

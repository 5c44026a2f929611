// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ask.c - what to ask the service for. See ask.h.
 *
 * A document is here if the generation in use, or the one that waits, has its version. It is not fetched if a person
 * rejected its version or rolled it back: the next poll must not undo that. Nor is it fetched if its version is known
 * to change nothing. Only this last fact is remembered in the status, and only after the document was compared, so a
 * failure in between is tried again.
 */
#include "ask.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/file.h"
#include "base/say.h"
#include "store/decision.h"
#include "store/document.h"
#include "store/state.h"

#define KEY_MAX 48

static bool
is_guid(const char *text, size_t len)
{
    if (len != GUID_TEXT_MAX - 1)
        return false;
    for (size_t i = 0; i < len; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : strchr("0123456789abcdef", text[i]) == NULL || text[i] == '\0')
            return false;
    }
    return true;
}

int
ask_client_id(struct ask *ask, struct err *err)
{
    char path[PATH_MAX], text[64];
    size_t len = 0;
    struct err why = {0};
    int n = snprintf(path, sizeof path, "%s/client-id", ask->service.conf->state);
    if (n < 0 || (size_t)n >= sizeof path)
        return err_set(err, ERR_LIMIT, "the path of the state folder is too long");
    if (file_peek(text, sizeof text, &len, path, &why) == 0) {
        while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r'))
            len--;
        if (is_guid(text, len)) {
            memcpy(ask->service.client_id, text, len);
            ask->service.client_id[len] = '\0';
            return 0;
        }
        say(ask->listener, "'%s' does not contain a ClientRequestId; a new one is made", path);
    } else {
        struct stat st;
        if (lstat(path, &st) == 0)
            return err_set(err, ERR_IO, "%.300s; remove it, and a new one is made", why.text);
    }
    digest_new_guid(ask->service.client_id);
    n = snprintf(text, sizeof text, "%s\n", ask->service.client_id);
    if (file_write(path, text, (size_t)n, err) != 0)
        return -1;
    /* Root may have run this with a strict umask, but the user of the updater must be able to read it later. */
    return chmod(path, 0644) == 0
               ? 0
               : err_set(err, ERR_IO, "cannot make '%s' readable for everyone: %s", path, strerror(errno));
}

static void
key_of(char ret[KEY_MAX], const char *what, const char *instance)
{
    snprintf(ret, KEY_MAX, "%s_%s", what, instance);
}

/* The query is stored after a `?`, so an empty one differs from none. */
static bool
is_other_query(const struct ask *ask, const char *instance)
{
    char key[KEY_MAX], was[STATE_VALUE_MAX];
    key_of(key, "query", instance);
    state_status_get(ask->state, key, was);
    return was[0] != '\0' && strcmp(was + 1, ask->query) != 0;
}

static bool
is_seen(const struct ask *ask, const char *instance, const char *version)
{
    char key[KEY_MAX], was[STATE_VALUE_MAX];
    key_of(key, "seen", instance);
    state_status_get(ask->state, key, was);
    return strcmp(was, version) == 0;
}

void
ask_remember(const struct ask *ask, bool nothing_new)
{
    char key[KEY_MAX], mark[sizeof ask->query + 1];
    snprintf(mark, sizeof mark, "?%s", ask->query);
    for (size_t i = 0; i < ask->service.conf->instance_count; i++) {
        if (!ask->fetch[i])
            continue;
        key_of(key, "seen", ask->service.conf->instances[i]);
        state_status_set(ask->state, key, nothing_new ? ask->latest[i] : NULL);
        key_of(key, "query", ask->service.conf->instances[i]);
        state_status_set(ask->state, key, mark);
    }
}

/* The documents that are already here. */
struct known {
    struct documents current, pending;
};

static bool
has_version(const struct documents *documents, size_t i, const char *version)
{
    return i < documents->count && documents->of[i].bytes.len > 0 && strcmp(documents->of[i].version, version) == 0;
}

static int
compare_version(struct ask *ask, const struct known *known, size_t i, struct err *err)
{
    const char *instance = ask->service.conf->instances[i], *latest = ask->latest[i];
    const struct document *in_use = i < known->current.count ? &known->current.of[i] : NULL;
    bool has_document = in_use != NULL && in_use->bytes.len > 0;
    if (has_document && strcmp(latest, in_use->version) < 0 && !ask->force) {
        ask->service.backoff_s = SERVICE_BACKOFF_ERROR;
        return err_set(err, ERR_SYNTAX,
                       "the service has version %s of %s, older than %s, which is in use; it is refused (--force has "
                       "it reviewed)",
                       latest, instance, in_use->version);
    }
    const char *how =
        has_version(&known->current, i, latest)          ? "is in use"
        : has_version(&known->pending, i, latest)        ? "waits for approval"
        : has_document && is_seen(ask, instance, latest) ? "changes nothing"
        : has_document && decision_refuses_version(ask->state, instance, latest)
            ? "was rejected or rolled back; 'm365ctl history' shows the generation, to approve it or return to it"
            : NULL;
    ask->fetch[i] = ask->force || how == NULL || is_other_query(ask, instance);
    if (!ask->quiet && !ask->fetch[i])
        say(ask->listener, "%s: version %s %s", instance, latest, how);
    return 0;
}

static int
ask_versions(struct ask *ask, const struct known *known, bool *ret_new, struct err *err)
{
    const struct conf *conf = ask->service.conf;
    *ret_new = false;
    for (size_t i = 0; i < conf->instance_count; i++) {
        if (service_version(ask->latest[i], &ask->service, conf->instances[i], err) != 0)
            return -1;
    }
    for (size_t i = 0; i < conf->instance_count; i++) {
        if (compare_version(ask, known, i, err) != 0)
            return -1;
        *ret_new = *ret_new || ask->fetch[i];
    }
    return 0;
}

/* A missing feed is not a failure: it only annotates. */
static void
ask_changes(struct document *document, const struct ask *ask, const char *since)
{
    struct err err = {0};
    if (!service_is_version(since, strlen(since)) || strcmp(since, document->version) >= 0)
        return;
    if (service_changes(&document->changes, &ask->service, document->instance, since, &err) == 0)
        return;
    buf_clear(&document->changes);
    if (!ask->quiet)
        say(ask->listener, "%s; continuing without Microsoft's remarks", err.text);
}

static void
move_document(struct document *to, struct document *from)
{
    struct buf empty = {0};
    buf_clear(&to->bytes);
    buf_clear(&to->changes);
    *to = *from;
    from->bytes = empty;
    from->changes = empty;
}

static int
fetch_document(struct document *ret, struct ask *ask, size_t i, struct err *err)
{
    char since[sizeof ret->version];
    snprintf(since, sizeof since, "%s", ret->version);
    buf_clear(&ret->bytes);
    buf_clear(&ret->changes);
    buf_init(&ret->bytes, SERVICE_DOCUMENT_MAX);
    buf_init(&ret->changes, SERVICE_DOCUMENT_MAX);
    ret->instance = ask->service.conf->instances[i];
    snprintf(ret->version, sizeof ret->version, "%s", ask->latest[i]);
    if (service_endpoints(&ret->bytes, &ask->service, ret->instance, err) != 0)
        return -1;
    if (!ask->quiet)
        say(ask->listener, "%s: version %s fetched, %zu bytes", ret->instance, ret->version, ret->bytes.len);
    ask_changes(ret, ask, since);
    return 0;
}

static int
collect(struct documents *ret, struct ask *ask, struct known *known, struct err *err)
{
    for (size_t i = 0; i < ask->service.conf->instance_count; i++) {
        struct document *document = &known->current.of[i];
        if (ask->fetch[i]) {
            if (fetch_document(document, ask, i, err) != 0)
                return -1;
        } else if (!has_version(&known->current, i, ask->latest[i]) &&
                   has_version(&known->pending, i, ask->latest[i])) {
            move_document(document, &known->pending.of[i]);
        }
    }
    *ret = known->current;
    known->current = (struct documents){0};
    return 0;
}

int
ask_documents(struct documents *ret, bool *ret_new, struct ask *ask, struct err *err)
{
    struct known known = {0};
    int result = documents_load(&known.current, ask->service.conf, ask->state, ask->current, err);
    if (result == 0 && ask->pending != 0)
        result = documents_load(&known.pending, ask->service.conf, ask->state, ask->pending, err);
    if (result == 0)
        result = service_query(ask->query, ask->service.conf, err);
    if (result == 0)
        result = ask_versions(ask, &known, ret_new, err);
    if (result == 0 && *ret_new)
        result = collect(ret, ask, &known, err);
    documents_clear(&known.current);
    documents_clear(&known.pending);
    return result;
}

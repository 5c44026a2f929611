// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmd_update_ask.c - what to ask the service for. See cmd_update.h.
 *
 * A document is here if the generation in use or the one that waits has its version. It is not wanted if a person
 * rejected its version or went back behind it: the next poll does not undo that. And its version may have been seen to
 * change nothing; that alone is remembered in the status, and only after the document was compared, so that a failure
 * in between is repeated, not forgotten.
 */
#include "cmd_update.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd.h"
#include "decision.h"
#include "document.h"
#include "err.h"
#include "file.h"
#include "record.h"
#include "service.h"
#include "state.h"

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
update_client_id(struct update *update, struct err *err)
{
    char path[PATH_MAX], text[64];
    size_t len = 0;
    struct err why = {0};
    int n = snprintf(path, sizeof path, "%s/client-id", update->conf->state);
    if (n < 0 || (size_t)n >= sizeof path)
        return err_set(err, ERR_LIMIT, "the path of the state folder is too long");
    if (file_peek(text, sizeof text, &len, path, &why) == 0) {
        while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r'))
            len--;
        if (is_guid(text, len)) {
            memcpy(update->client_id, text, len);
            update->client_id[len] = '\0';
            return 0;
        }
        cmd_say("'%s' holds no ClientRequestId, making a new one", path);
    } else {
        struct stat st;
        if (lstat(path, &st) == 0)
            return err_set(err, ERR_IO, "%.300s; remove it, and a new one is made", why.text);
    }
    digest_new_guid(update->client_id);
    n = snprintf(text, sizeof text, "%s\n", update->client_id);
    if (file_write(path, text, (size_t)n, err) != 0)
        return -1;
    /* Root may have run this with a mask of its own; the updater's user must read it later. */
    return chmod(path, 0644) == 0 ? 0 : err_set(err, ERR_IO, "cannot open '%s' to all: %s", path, strerror(errno));
}

static void
key_of(char ret[KEY_MAX], const char *what, const char *instance)
{
    snprintf(ret, KEY_MAX, "%s_%s", what, instance);
}

/* The query is kept with a mark before it, so that an empty one is told from none. */
static bool
is_other_query(const struct update *update, const char *instance)
{
    char key[KEY_MAX], was[STATE_VALUE_MAX];
    key_of(key, "query", instance);
    state_status_get(update->state, key, was);
    return was[0] != '\0' && strcmp(was + 1, update->query) != 0;
}

static bool
is_seen(const struct update *update, const char *instance, const char *version)
{
    char key[KEY_MAX], was[STATE_VALUE_MAX];
    key_of(key, "seen", instance);
    state_status_get(update->state, key, was);
    return strcmp(was, version) == 0;
}

void
update_remember(const struct update *update, bool nothing_new)
{
    char key[KEY_MAX], mark[sizeof update->query + 1];
    snprintf(mark, sizeof mark, "?%s", update->query);
    for (size_t i = 0; i < update->conf->instance_count; i++) {
        if (!update->fetch[i])
            continue;
        key_of(key, "seen", update->conf->instances[i]);
        state_status_set(update->state, key, nothing_new ? update->latest[i] : NULL);
        key_of(key, "query", update->conf->instances[i]);
        state_status_set(update->state, key, mark);
    }
}

static bool
has_version_line(const struct update *update, uint32_t generation, const char *line)
{
    char value[64];
    struct buf review;
    size_t at = 0;
    bool found = false;
    buf_init(&review, RECORD_MAX);
    if (state_read(update->state, generation, "review.txt", &review, NULL) == 0) {
        while (!found && record_next(&review, "version", &at, value, sizeof value))
            found = strcmp(value, line) == 0;
    }
    buf_clear(&review);
    return found;
}

static bool
is_refused(const struct update *update, const char *instance, const char *version)
{
    const uint32_t *generations;
    size_t count;
    char line[64], what[32];
    snprintf(line, sizeof line, "%s %s", instance, version);
    if (state_list(update->state, &generations, &count, NULL) != 0)
        return false;
    while (count-- > 0) {
        if (decision_last(what, update->state, generations[count], NULL) == 0 &&
            (strcmp(what, "rejected") == 0 || strcmp(what, "rolled-back") == 0) &&
            has_version_line(update, generations[count], line))
            return true;
    }
    return false;
}

/* Both sides as they lie in the state. */
struct known {
    struct documents current, pending;
};

static bool
has_version(const struct documents *documents, size_t i, const char *version)
{
    return i < documents->count && documents->of[i].bytes.len > 0 && strcmp(documents->of[i].version, version) == 0;
}

static int
compare_version(struct update *update, const struct known *known, size_t i, struct err *err)
{
    const char *instance = update->conf->instances[i], *latest = update->latest[i];
    const struct document *in_use = i < known->current.count ? &known->current.of[i] : NULL;
    bool has_document = in_use != NULL && in_use->bytes.len > 0;
    if (has_document && strcmp(latest, in_use->version) < 0 && !update->force) {
        update->backoff_s = SERVICE_BACKOFF_ERROR;
        return err_set(err, ERR_SYNTAX,
                       "the service has version %s of %s, older than %s, which is in use; it is refused (--force has "
                       "it reviewed)",
                       latest, instance, in_use->version);
    }
    const char *how = has_version(&known->current, i, latest)                ? "is in use"
                      : has_version(&known->pending, i, latest)              ? "waits for approval"
                      : has_document && is_seen(update, instance, latest)    ? "changes nothing"
                      : has_document && is_refused(update, instance, latest) ? "was rejected or rolled back"
                                                                             : NULL;
    update->fetch[i] = update->force || how == NULL || is_other_query(update, instance);
    if (!update->quiet && !update->fetch[i])
        cmd_say("%s: version %s %s", instance, latest, how);
    return 0;
}

static int
ask_versions(struct update *update, const struct known *known, bool *ret_new, struct err *err)
{
    const struct conf *conf = update->conf;
    *ret_new = false;
    for (size_t i = 0; i < conf->instance_count; i++) {
        if (service_version(update->latest[i], conf, conf->instances[i], update->client_id, &update->backoff_s, err) !=
            0)
            return -1;
    }
    for (size_t i = 0; i < conf->instance_count; i++) {
        if (compare_version(update, known, i, err) != 0)
            return -1;
        *ret_new = *ret_new || update->fetch[i];
    }
    return 0;
}

/* The feed only annotates. */
static void
ask_changes(struct document *document, const struct update *update, const char *since)
{
    struct err err = {0};
    if (!service_is_version(since, strlen(since)) || strcmp(since, document->version) >= 0)
        return;
    if (service_changes(&document->changes, update->conf, document->instance, since, update->client_id, &err) == 0)
        return;
    buf_clear(&document->changes);
    if (!update->quiet)
        cmd_say("%s; going on without Microsoft's remarks", err.text);
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
fetch_document(struct document *ret, struct update *update, size_t i, struct err *err)
{
    char since[sizeof ret->version];
    snprintf(since, sizeof since, "%s", ret->version);
    buf_clear(&ret->bytes);
    buf_clear(&ret->changes);
    buf_init(&ret->bytes, SERVICE_DOCUMENT_MAX);
    buf_init(&ret->changes, SERVICE_DOCUMENT_MAX);
    ret->instance = update->conf->instances[i];
    snprintf(ret->version, sizeof ret->version, "%s", update->latest[i]);
    if (service_endpoints(&ret->bytes, update->conf, ret->instance, update->client_id, &update->backoff_s, err) != 0)
        return -1;
    if (!update->quiet)
        cmd_say("%s: version %s fetched, %zu bytes", ret->instance, ret->version, ret->bytes.len);
    ask_changes(ret, update, since);
    return 0;
}

static int
collect(struct documents *ret, struct update *update, struct known *known, struct err *err)
{
    for (size_t i = 0; i < update->conf->instance_count; i++) {
        struct document *document = &known->current.of[i];
        if (update->fetch[i]) {
            if (fetch_document(document, update, i, err) != 0)
                return -1;
        } else if (!has_version(&known->current, i, update->latest[i]) &&
                   has_version(&known->pending, i, update->latest[i])) {
            move_document(document, &known->pending.of[i]);
        }
    }
    *ret = known->current;
    known->current = (struct documents){0};
    return 0;
}

int
update_ask(struct documents *ret, bool *ret_new, struct update *update, struct err *err)
{
    struct known known = {0};
    int result = documents_load(&known.current, update->conf, update->state, update->current, err);
    if (result == 0 && update->pending != 0)
        result = documents_load(&known.pending, update->conf, update->state, update->pending, err);
    if (result == 0)
        result = service_query(update->query, update->conf, err);
    if (result == 0)
        result = ask_versions(update, &known, ret_new, err);
    if (result == 0 && *ret_new)
        result = collect(ret, update, &known, err);
    documents_clear(&known.current);
    documents_clear(&known.pending);
    return result;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ask.c - what to ask the service for. See ask.h.
 *
 * A document is here if the generation in use, or the one that waits, has its version. It is not fetched if a person
 * rejected its version or rolled it back: the next poll must not undo that. Nor is it fetched if its version is known
 * to change nothing. Only this last fact is remembered in the status, and only after the document was compared, so a
 * failure in between is tried again.
 *
 * The service may announce a version while it still sends the document of the one before. A version is what a table is
 * called, so such a document keeps the version under which it came first (late.h).
 */
#include "ask.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/day.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/place.h"
#include "base/say.h"
#include "late.h"
#include "state/state.h"
#include "store/decision.h"
#include "store/document.h"

#define KEY_MAX 48
#define REFUSED "was rejected or rolled back"
#define CLIENT_ID_MAX ((size_t)256 << 10) /* bytes that are read of what should be one line */

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
    struct buf text;
    bool found;
    char *id = ask->service.client_id;
    buf_init(&text, CLIENT_ID_MAX);
    int result = state_read_own(ask->state, "client-id", &text, &found, err);
    while (text.len > 0 && (text.data[text.len - 1] == '\n' || text.data[text.len - 1] == '\r'))
        text.len--;
    bool good = result == 0 && found && is_guid(text.data, text.len);
    if (good)
        snprintf(id, sizeof ask->service.client_id, "%.*s", (int)text.len, text.data);
    buf_clear(&text);
    if (result != 0)
        err_append(err, "; remove it, and a new one is made");
    if (result != 0 || good)
        return result;
    if (found)
        say(ask->listener, "'%s/client-id' does not contain a ClientRequestId; a new one is made",
            ask->service.conf->state);
    char line[GUID_TEXT_MAX + 1];
    digest_new_guid(id);
    int n = snprintf(line, sizeof line, "%s\n", id);
    return state_write_own(ask->state, "client-id", line, (size_t)n, err);
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

/* `fetched_INSTANCE VERSION DIGEST`: so that a document is known again even after a person rejected it. */
static void
remember_fetched(const struct ask *ask, size_t i)
{
    char key[KEY_MAX], value[DIGEST_TEXT_MAX + 16];
    key_of(key, "fetched", ask->service.conf->instances[i]);
    snprintf(value, sizeof value, "%s %s", ask->latest[i], ask->digest[i]);
    state_status_set(ask->state, key, value);
}

void
ask_remember(const struct ask *ask, bool nothing_new)
{
    char key[KEY_MAX], mark[sizeof ask->query + 1];
    snprintf(mark, sizeof mark, "?%s", ask->query);
    for (size_t i = 0; i < ask->service.conf->instance_count; i++) {
        if (!ask->fetch[i])
            continue;
        const char *instance = ask->service.conf->instances[i];
        key_of(key, "query", instance);
        state_status_set(ask->state, key, mark);
        if (ask->late[i])
            continue;
        key_of(key, "seen", instance);
        state_status_set(ask->state, key, nothing_new ? ask->latest[i] : NULL);
        remember_fetched(ask, i);
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

/* The document in use of an instance; NULL if there is none. */
static const struct document *
document_in_use(const struct known *known, size_t i)
{
    return i < known->current.count && known->current.of[i].bytes.len > 0 ? &known->current.of[i] : NULL;
}

/* Refuses a version that cannot be the next one. A version in use that is itself far ahead refuses nothing. */
static int
judge_version(struct ask *ask, const struct document *in_use, const char *instance, const char *latest, struct err *err)
{
    if (document_is_ahead(latest, ask->now)) {
        char today[DAY_TEXT_MAX];
        day_format(today, day_of(ask->now));
        return err_set(err, ERR_SYNTAX,
                       "the service has version %s of %s, more than %d days ahead of the clock (%s); it is refused "
                       "(--force has it reviewed)",
                       latest, instance, DOCUMENT_AHEAD_DAYS, today);
    }
    if (in_use != NULL && strcmp(latest, in_use->version) < 0 && !document_is_ahead(in_use->version, ask->now))
        return err_set(err, ERR_SYNTAX,
                       "the service has version %s of %s, older than %s, which is in use; it is refused (--force has "
                       "it reviewed)",
                       latest, instance, in_use->version);
    return 0;
}

/* Says why a version is not fetched. */
static void
say_known(const struct ask *ask, const char *instance, const char *latest, const char *how)
{
    if (strcmp(how, REFUSED) == 0)
        say(ask->listener, "%s: version %s %s; 'm365ctl history%s' shows the generation, to approve it or return to it",
            instance, latest, how, place_option());
    else
        say(ask->listener, "%s: version %s %s", instance, latest, how);
}

static int
compare_version(struct ask *ask, const struct known *known, size_t i, struct err *err)
{
    const char *instance = ask->service.conf->instances[i], *latest = ask->latest[i];
    const struct document *in_use = document_in_use(known, i);
    bool has_document = in_use != NULL;
    if (!ask->force && judge_version(ask, in_use, instance, latest, err) != 0) {
        ask->service.backoff_s = SERVICE_BACKOFF_ERROR;
        return -1;
    }
    const char *how = has_version(&known->current, i, latest)                                  ? "is in use"
                      : has_version(&known->pending, i, latest)                                ? "waits for approval"
                      : has_document && is_seen(ask, instance, latest)                         ? "changes nothing"
                      : has_document && decision_refuses_version(ask->state, instance, latest) ? REFUSED
                                                                                               : NULL;
    ask->fetch[i] = ask->force || how == NULL || is_other_query(ask, instance) ||
                    late_is_due(ask->state, instance, latest, ask->now);
    if (!ask->quiet && !ask->fetch[i])
        say_known(ask, instance, latest, how);
    return 0;
}

static int
ask_versions(struct ask *ask, const struct known *known, struct err *err)
{
    const struct conf *conf = ask->service.conf;
    for (size_t i = 0; i < conf->instance_count; i++) {
        if (service_version(ask->latest[i], &ask->service, conf->instances[i], err) != 0)
            return -1;
    }
    for (size_t i = 0; i < conf->instance_count; i++) {
        if (compare_version(ask, known, i, err) != 0)
            return -1;
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

/* Keeps the version in *ret if this document is known under it: no later one than `latest`, and the latest of those. */
static void
note_known(char ret[11], const char *version, const char *latest, bool same)
{
    if (same && version[0] != '\0' && strcmp(version, latest) <= 0 && strcmp(version, ret) > 0)
        snprintf(ret, 11, "%.10s", version);
}

static bool
is_same(const struct documents *documents, size_t i, const struct document *document)
{
    return i < documents->count && documents->of[i].bytes.len == document->bytes.len &&
           memcmp(documents->of[i].bytes.data, document->bytes.data, document->bytes.len) == 0;
}

/* The version under which a fetched document is known; "" if it is new. */
static void
known_version(char ret[11], const struct ask *ask, const struct known *known, size_t i, const struct document *document)
{
    char key[KEY_MAX], fetched[STATE_VALUE_MAX];
    const char *latest = ask->latest[i];
    ret[0] = '\0';
    if (is_same(&known->current, i, document))
        note_known(ret, known->current.of[i].version, latest, true);
    if (is_same(&known->pending, i, document))
        note_known(ret, known->pending.of[i].version, latest, true);
    key_of(key, "fetched", document->instance);
    state_status_get(ask->state, key, fetched);
    bool same = strlen(fetched) == 10 + 1 + strlen(ask->digest[i]) && strcmp(fetched + 11, ask->digest[i]) == 0;
    fetched[same ? 10 : 0] = '\0';
    note_known(ret, fetched, latest, same);
}

/* Whether the document that was fetched is old. What is in use, or waits, then stays as it is. */
static bool
is_old(struct ask *ask, const struct known *known, size_t i, const struct document *document)
{
    char version[11];
    const char *instance = document->instance, *latest = ask->latest[i];
    known_version(version, ask, known, i, document);
    bool again = strcmp(version, latest) == 0;
    bool alone = document_in_use(known, i) == NULL || is_other_query(ask, instance);
    if (alone && (version[0] == '\0' || again)) {
        late_doubt(ask->state, instance, latest, ask->now);
        return false;
    }
    if (version[0] == '\0' || (again && !late_is_noted(ask->state, instance, latest))) {
        late_forget(ask->state, instance);
        return false;
    }
    ask->late[i] = late_note(ask->state, instance, latest, ask->now) || (again && !ask->force);
    if (ask->quiet)
        return ask->late[i];
    if (again)
        say(ask->listener, "%s: version %s is still the same", instance, latest);
    else if (ask->late[i])
        say(ask->listener,
            "%s: version %s is announced, but the document is still that of version %s; the next update fetches it "
            "again",
            instance, latest, version);
    else
        say(ask->listener, "%s: the document has been that of version %s for a day; it counts as version %s now",
            instance, version, latest);
    return ask->late[i];
}

static int
fetch_document(struct document *ret, struct ask *ask, size_t i, struct err *err)
{
    *ret = (struct document){.instance = ask->service.conf->instances[i]};
    buf_init(&ret->bytes, SERVICE_DOCUMENT_MAX);
    buf_init(&ret->changes, SERVICE_DOCUMENT_MAX);
    snprintf(ret->version, sizeof ret->version, "%s", ask->latest[i]);
    if (service_endpoints(&ret->bytes, &ask->service, ret->instance, err) != 0)
        return -1;
    digest_pair(ask->digest[i], ret->bytes.data, ret->bytes.len, NULL, 0);
    return 0;
}

/* Fetches a document in place of the one in use, unless it is old. */
static int
take_fetched(struct ask *ask, struct known *known, size_t i, struct err *err)
{
    struct document got, *document = &known->current.of[i];
    int result = fetch_document(&got, ask, i, err);
    if (result == 0 && !is_old(ask, known, i, &got)) {
        if (!ask->quiet)
            say(ask->listener, "%s: version %s fetched, %zu bytes", got.instance, got.version, got.bytes.len);
        ask_changes(&got, ask, document->version);
        move_document(document, &got);
    }
    buf_clear(&got.bytes);
    buf_clear(&got.changes);
    return result;
}

/* Takes a document that waits, if it is newer than the one in use. */
static void
take_pending(struct ask *ask, struct known *known, size_t i)
{
    bool waits = has_version(&known->pending, i, ask->latest[i]);
    if (ask->late[i])
        waits = i < known->pending.count && known->pending.of[i].bytes.len > 0;
    if (waits && !has_version(&known->current, i, ask->latest[i]))
        move_document(&known->current.of[i], &known->pending.of[i]);
}

static int
collect(struct documents *ret, bool *ret_new, struct ask *ask, struct known *known, struct err *err)
{
    *ret_new = false;
    for (size_t i = 0; i < ask->service.conf->instance_count; i++) {
        if (ask->fetch[i] && take_fetched(ask, known, i, err) != 0)
            return -1;
        if (ask->fetch[i] && !ask->late[i])
            *ret_new = true;
        else
            take_pending(ask, known, i);
    }
    if (*ret_new) {
        *ret = known->current;
        known->current = (struct documents){0};
    }
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
        result = ask_versions(ask, &known, err);
    if (result == 0)
        result = collect(ret, ret_new, ask, &known, err);
    documents_clear(&known.current);
    documents_clear(&known.pending);
    return result;
}

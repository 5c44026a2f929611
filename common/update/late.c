// SPDX-License-Identifier: GPL-2.0-or-later
/* late.c - see late.h. The note in the status: `late_INSTANCE VERSION SINCE ASKED`, times in seconds since 1970. */
#include "late.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "state/state.h"

#define KEY_MAX 48
#define DAY_S 86400
#define DAYS_MOST 31

struct note {
    int64_t since, asked;
};

static void
key_of(char ret[KEY_MAX], const char *instance)
{
    snprintf(ret, KEY_MAX, "late_%s", instance);
}

/* False if nothing is noted about this version. */
static bool
read_note(struct note *ret, const struct state *state, const char *instance, const char *version)
{
    char key[KEY_MAX], value[STATE_VALUE_MAX];
    key_of(key, instance);
    state_status_get(state, key, value);
    size_t len = strcspn(value, " ");
    if (strlen(version) != len || memcmp(value, version, len) != 0)
        return false;
    char *end = value + len;
    ret->since = strtoll(end, &end, 10);
    ret->asked = strtoll(end, &end, 10);
    return ret->since > 0 && ret->asked > 0;
}

bool
late_is_noted(const struct state *state, const char *instance, const char *version)
{
    struct note note;
    return read_note(&note, state, instance, version);
}

/* A moment in the future means that the clock was set back. */
bool
late_is_due(const struct state *state, const char *instance, const char *version, int64_t now)
{
    struct note note;
    if (!read_note(&note, state, instance, version))
        return false;
    if (note.since > now || note.asked > now || now - note.since < DAY_S)
        return true;
    return now - note.since < (int64_t)DAYS_MOST * DAY_S && now - note.asked >= DAY_S;
}

static void
write_note(struct state *state, const char *instance, const char *version, const struct note *note)
{
    char key[KEY_MAX], value[64];
    key_of(key, instance);
    snprintf(value, sizeof value, "%s %" PRId64 " %" PRId64, version, note->since, note->asked);
    state_status_set(state, key, value);
}

bool
late_note(struct state *state, const char *instance, const char *version, int64_t now)
{
    struct note note;
    if (!read_note(&note, state, instance, version) || note.since > now)
        note.since = now;
    note.asked = now;
    write_note(state, instance, version, &note);
    return now - note.since < DAY_S;
}

void
late_doubt(struct state *state, const char *instance, const char *version, int64_t now)
{
    const struct note note = {.since = now - DAY_S, .asked = now};
    write_note(state, instance, version, &note);
}

void
late_forget(struct state *state, const char *instance)
{
    char key[KEY_MAX];
    key_of(key, instance);
    state_status_set(state, key, NULL);
}

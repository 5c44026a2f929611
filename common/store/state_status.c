// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * state_status.c - the status file: one `key value` per line. Part of state.h.
 *
 * Nothing depends on the file being whole: a damaged line is ignored, and a file that cannot be read counts as empty.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "state_handle.h"

#define STATUS_FILE_MAX ((size_t)32 << 10)

void
state_status_read(struct state *state)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/status", state->folder);
    if (n > 0 && n < PATH_MAX && file_read(&state->status, path, STATUS_FILE_MAX, NULL) != 0)
        buf_reset(&state->status);
    for (size_t i = 0; i < state->status.len; i++) {
        if (state->status.data[i] == '\0')
            state->status.data[i] = '?';
    }
    if (state->status.len > 0 && state->status.data[state->status.len - 1] != '\n')
        buf_add_char(&state->status, '\n');
}

/* Where the line of a key begins. *ret_len is its length including the line end, 0 if there is no such line. */
static size_t
find_line(const struct buf *status, const char *key, size_t *ret_len)
{
    size_t len = strlen(key);
    for (size_t at = 0; at < status->len;) {
        const char *feed = memchr(status->data + at, '\n', status->len - at);
        size_t end = feed == NULL ? status->len : (size_t)(feed - status->data) + 1;
        if (end - at > len + 1 && memcmp(status->data + at, key, len) == 0 && status->data[at + len] == ' ') {
            *ret_len = end - at;
            return at;
        }
        at = end;
    }
    *ret_len = 0;
    return 0;
}

void
state_status_get(const struct state *state, const char *key, char ret[STATE_VALUE_MAX])
{
    size_t line, start = find_line(&state->status, key, &line), skip = strlen(key) + 1;
    size_t len = line == 0 ? 0 : line - skip - 1;
    if (len >= STATE_VALUE_MAX)
        len = STATE_VALUE_MAX - 1;
    if (len > 0)
        memcpy(ret, state->status.data + start + skip, len);
    ret[len] = '\0';
}

int64_t
state_status_number(const struct state *state, const char *key)
{
    char text[STATE_VALUE_MAX], *end;
    state_status_get(state, key, text);
    errno = 0;
    long long number = strtoll(text, &end, 10);
    return errno != 0 || end == text || *end != '\0' ? 0 : (int64_t)number;
}

void
state_status_set(struct state *state, const char *key, const char *value)
{
    size_t line, start = find_line(&state->status, key, &line);
    if (line > 0) {
        char *at = state->status.data + start;
        memmove(at, at + line, state->status.len - start - line);
        state->status.len -= line;
    }
    if (value == NULL || value[0] == '\0')
        return;
    buf_add_text(&state->status, key);
    buf_add_char(&state->status, ' ');
    for (size_t i = 0; i < STATE_VALUE_MAX - 1 && value[i] != '\0'; i++)
        buf_add_char(&state->status, value[i] == '\n' || value[i] == '\r' ? ' ' : value[i]);
    buf_add_char(&state->status, '\n');
}

void
state_status_set_number(struct state *state, const char *key, int64_t value)
{
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)value);
    state_status_set(state, key, text);
}

int
state_status_write(struct state *state, struct err *err)
{
    if (state_check_writer(state, err) != 0)
        return -1;
    if (!buf_ok(&state->status))
        return err_set(err, ERR_LIMIT, "'%s/status' would be too long", state->folder);
    return state_write_over(state, state->dir, "status", state->status.data == NULL ? "" : state->status.data,
                            state->status.len, err);
}

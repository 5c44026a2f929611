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
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "state_handle.h"

#define STATUS_FILE_MAX ((size_t)32 << 10)

static int
read_lines(struct buf *ret, const struct state *state)
{
    char path[PATH_MAX];
    state_print_path(path, state, "", "status");
    int fd = state_open_at(state, state->dir, "", "status", NULL);
    if (fd < 0)
        return -1;
    int result = file_at_read(ret, fd, STATUS_FILE_MAX, path, NULL);
    close(fd);
    for (size_t i = 0; i < ret->len; i++) {
        if (ret->data[i] == '\0')
            ret->data[i] = '?';
    }
    if (ret->len > 0 && ret->data[ret->len - 1] != '\n')
        buf_add_char(ret, '\n');
    return result;
}

void
state_status_read(struct state *state)
{
    buf_reset(&state->status);
    if (read_lines(&state->status, state) != 0)
        buf_reset(&state->status);
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

static void
get_line(const struct buf *status, const char *key, char ret[STATE_VALUE_MAX])
{
    size_t line, start = find_line(status, key, &line), skip = strlen(key) + 1;
    size_t len = line == 0 ? 0 : line - skip - 1;
    if (len >= STATE_VALUE_MAX)
        len = STATE_VALUE_MAX - 1;
    if (len > 0)
        memcpy(ret, status->data + start + skip, len);
    ret[len] = '\0';
}

void
state_status_get(const struct state *state, const char *key, char ret[STATE_VALUE_MAX])
{
    get_line(&state->status, key, ret);
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

static void
set_line(struct buf *status, const char *key, const char *value)
{
    size_t line, start = find_line(status, key, &line);
    if (line > 0) {
        char *at = status->data + start;
        memmove(at, at + line, status->len - start - line);
        status->len -= line;
    }
    if (value == NULL || value[0] == '\0')
        return;
    buf_add_text(status, key);
    buf_add_char(status, ' ');
    for (size_t i = 0; i < STATE_VALUE_MAX - 1 && value[i] != '\0'; i++)
        buf_add_char(status, value[i] == '\n' || value[i] == '\r' ? ' ' : value[i]);
    buf_add_char(status, '\n');
}

void
state_status_set(struct state *state, const char *key, const char *value)
{
    size_t line;
    set_line(&state->status, key, value);
    find_line(&state->changed, key, &line);
    if (line == 0)
        buf_add_fmt(&state->changed, "%s \n", key);
}

void
state_status_set_number(struct state *state, const char *key, int64_t value)
{
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)value);
    state_status_set(state, key, text);
}

void
state_status_refresh(struct state *state)
{
    struct buf now;
    buf_init(&now, state->status.ceiling);
    if (read_lines(&now, state) != 0) {
        buf_clear(&now);
        return;
    }
    for (size_t at = 0; at < state->changed.len;) {
        char key[STATE_VALUE_MAX], value[STATE_VALUE_MAX];
        const char *line = state->changed.data + at, *feed = memchr(line, '\n', state->changed.len - at);
        snprintf(key, sizeof key, "%.*s", (int)(feed - line - 1), line);
        get_line(&state->status, key, value);
        set_line(&now, key, value);
        at += (size_t)(feed - line) + 1;
    }
    buf_clear(&state->status);
    state->status = now;
}

static int
write_status(struct state *state, struct err *err)
{
    if (buf_ok(&state->status) && buf_ok(&state->changed))
        state_status_refresh(state);
    if (!buf_ok(&state->status) || !buf_ok(&state->changed))
        return err_set(err, ERR_LIMIT, "'%s/status' would be too long", state->folder);
    if (state_write_over(state, state->dir, "status", state->status.data == NULL ? "" : state->status.data,
                         state->status.len, err) != 0)
        return -1;
    buf_reset(&state->changed);
    return 0;
}

int
state_status_write(struct state *state, struct err *err)
{
    if (state_lock(state, err) != 0)
        return -1;
    int result = write_status(state, err);
    state_unlock(state);
    return result;
}

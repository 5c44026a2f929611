// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * notice.c - runs the notice command, and decides when a notice is due. See notice.h; the feed is in notice_feed.c.
 *
 * The command gets its own process group, so that at the time limit everything it started is killed too. Its input is
 * written without blocking: a command that hangs without reading must not hang the update.
 */
#include "notice.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/utf8.h"
#include "conf/conf.h"
#include "state/state.h"

#define ENVIRONMENT_MAX ((size_t)8 << 20)
#define SUBJECT_MAX 1000
#define STEP_MS 20 /* between two checks on the command */

#define SENT_FAILED "notice_failed" /* failed_since of the failure that was reported */
#define SENT_STALE "notice_stale"   /* last_good of the silence that was reported */

uint32_t notice_limit_ms = 60000;

const char *
notice_word(enum notice_event event)
{
    static const char *const words[NOTICE_EVENTS] = {"pending",  "published", "failed",     "stale",
                                                     "reminder", "rejected",  "rolled-back"};
    return words[event];
}

static bool
is_ours(const char *variable)
{
    return strncmp(variable, "M365_EVENT=", 11) == 0 || strncmp(variable, "M365_GENERATION=", 16) == 0 ||
           strncmp(variable, "M365_SUBJECT=", 13) == 0;
}

static char *
variable(struct arena *arena, const char *name, const char *value)
{
    struct buf buf;
    buf_init(&buf, SUBJECT_MAX + 100);
    buf_add_fmt(&buf, "%s=%.*s", name, SUBJECT_MAX, value);
    char *copy = buf_ok(&buf) ? arena_text(arena, buf.data, buf.len) : NULL;
    buf_clear(&buf);
    return copy;
}

/* The current environment plus three variables. NULL without memory. */
static char **
make_environment(struct arena *arena, const struct notice *notice)
{
    size_t count = 0, kept = 0;
    char number[16];
    while (environ != NULL && environ[count] != NULL)
        count++;
    char **ret = arena_array(arena, count + 4, sizeof *ret);
    if (ret == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        if (!is_ours(environ[i]))
            ret[kept++] = environ[i];
    }
    snprintf(number, sizeof number, "%u", notice->generation);
    ret[kept++] = variable(arena, "M365_EVENT", notice_word(notice->event));
    ret[kept++] = variable(arena, "M365_GENERATION", number);
    ret[kept++] = variable(arena, "M365_SUBJECT", notice->subject);
    if (ret[kept - 1] != NULL)
        utf8_make_printable(ret[kept - 1], strlen(ret[kept - 1]));
    return arena_ok(arena) && ret[kept - 1] != NULL ? ret : NULL;
}

/* Starts the command with `input` as its standard input. Returns 0 or an errno value. */
static int
spawn(pid_t *ret, char *const *command, char *const *environment, int input)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t defaults, none;
    int failed = posix_spawn_file_actions_init(&actions);
    if (failed != 0)
        return failed;
    failed = posix_spawnattr_init(&attributes);
    if (failed != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return failed;
    }
    sigemptyset(&none);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setsigmask(&attributes, &none);
    failed = posix_spawn(ret, command[0], &actions, &attributes, command, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

static int64_t
now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Writes as much as the pipe accepts, waiting one step for it. Closes it at the end, or if nobody reads. */
static void
feed_pipe(int *output, const char **text, size_t *len)
{
    struct pollfd ready = {.fd = *output, .events = POLLOUT};
    if (*output < 0) {
        poll(NULL, 0, STEP_MS);
        return;
    }
    ssize_t n = 0;
    if (*len > 0 && poll(&ready, 1, STEP_MS) > 0) {
        n = write(*output, *text, *len);
        bool again = n < 0 && (errno == EAGAIN || errno == EINTR);
        n = again ? 0 : n;
    }
    if (n > 0) {
        *text += n;
        *len -= (size_t)n;
    }
    if (n < 0 || *len == 0) {
        close(*output);
        *output = -1;
    }
}

/* Waits for the command to exit, or kills it. Returns its wait status, or -1 if it was killed here. */
static int
attend(pid_t pid, int output, const char *text, size_t len)
{
    int64_t end = now_ms() + notice_limit_ms;
    int status;
    for (;;) {
        feed_pipe(&output, &text, &len);
        pid_t done = waitpid(pid, &status, WNOHANG);
        if (done == pid || (done < 0 && errno != EINTR))
            break;
        if (now_ms() >= end) {
            kill(-pid, SIGKILL);
            while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
                continue;
            status = -1;
            break;
        }
    }
    if (output >= 0)
        close(output);
    return status;
}

static int
judge(const char *path, int status, struct err *err)
{
    if (status == -1)
        return err_set(err, ERR_IO, "the notice command '%s' did not end within %u seconds and was killed", path,
                       (notice_limit_ms + 999) / 1000);
    if (WIFSIGNALED(status))
        return err_set(err, ERR_IO, "the notice command '%s' was killed by signal %d", path, WTERMSIG(status));
    if (WEXITSTATUS(status) != 0)
        return err_set(err, ERR_IO, "the notice command '%s' exited with status %d", path, WEXITSTATUS(status));
    return 0;
}

static int
run(char *const *command, char *const *environment, const char *text, size_t len, struct err *err)
{
    int ends[2];
    pid_t pid;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return err_set(err, ERR_IO, "cannot run the notice command '%s': %s", command[0], strerror(errno));
    int failed = spawn(&pid, command, environment, ends[0]);
    close(ends[0]);
    if (failed != 0) {
        close(ends[1]);
        return err_set(err, ERR_IO, "cannot run the notice command '%s': %s", command[0], strerror(failed));
    }
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    sigaction(SIGPIPE, &ignore, &before);
    int status = attend(pid, ends[1], text, len);
    sigaction(SIGPIPE, &before, NULL);
    return judge(command[0], status, err);
}

int
notice_send(const struct conf *conf, const struct notice *notice, struct err *err)
{
    if (conf->notice_command == NULL || conf->notice_command[0] == NULL)
        return 0;
    struct buf text; /* the command may print it */
    buf_init(&text, notice->len);
    buf_add(&text, notice->text, notice->len);
    struct arena *arena = arena_new(ENVIRONMENT_MAX);
    char **environment = arena == NULL ? NULL : make_environment(arena, notice);
    int result = -1;
    if (environment == NULL || !buf_ok(&text)) {
        err_set(err, ERR_MEM, "no memory to run the notice command");
    } else {
        if (text.len > 0)
            utf8_make_printable(text.data, text.len);
        result = run(conf->notice_command, environment, text.data, text.len, err);
    }
    arena_free(arena);
    buf_clear(&text);
    return result;
}

/* True if a condition has lasted since `since` and was not yet reported for that `since`; records that it is now. */
static bool
is_due(struct state *state, const char *key, int64_t since, uint32_t hours, int64_t now)
{
    if (since <= 0 || now - since < (int64_t)hours * 3600 || state_status_number(state, key) == since)
        return false;
    state_status_set_number(state, key, since);
    return true;
}

bool
notice_due(const struct conf *conf, struct state *state, enum notice_event event, int64_t now)
{
    int64_t failed_since = state_status_number(state, STATUS_FAILED_SINCE);
    int64_t last_good = state_status_number(state, STATUS_LAST_GOOD);
    switch (event) {
    case NOTICE_FAILED: return is_due(state, SENT_FAILED, failed_since, conf->failed_hours, now);
    case NOTICE_STALE:
        return is_due(state, SENT_STALE, last_good > 0 ? last_good : failed_since, conf->stale_hours, now);
    case NOTICE_PENDING:
    case NOTICE_PUBLISHED:
    case NOTICE_REMINDER:
    case NOTICE_REJECTED:
    case NOTICE_ROLLED_BACK:
    case NOTICE_EVENTS:
    default: return true;
    }
}

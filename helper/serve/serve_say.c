// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * serve_say.c - sentences on stderr that never delay an answer. Part of serve.h.
 *
 * stderr belongs to Squid, and the same open file may be the stderr of many processes. If it is a pipe, socket or
 * terminal whose reader has stopped, a plain write would wait, and every request with it; and setting O_NONBLOCK would
 * set it for all of them. So each sentence is written in a way that does not wait. What is not taken is counted, and
 * reported once bytes are taken again. A regular file has no reader to wait for.
 *
 * What is said, and how often, belongs to those who say it.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "serve.h"

#define LINE_MAX_BYTES 1024 /* less than PIPE_BUF, so a pipe takes all of a line or nothing */

static size_t lost; /* sentences that were not taken */
static bool torn;   /* the last one was taken in part: its line has no end yet */

/* A pipe or terminal opened once more, so that O_NONBLOCK is set for this process alone; -1 if that is not allowed. */
static int
own_stderr(void)
{
    static int own = -2;
    if (own == -2)
        own = open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    return own;
}

/* For kernels and files without RWF_NOWAIT. */
static ssize_t
write_without_flag(const char *line, size_t len)
{
    if (own_stderr() >= 0)
        return write(own_stderr(), line, len);
    struct pollfd ready = {.fd = STDERR_FILENO, .events = POLLOUT};
    return poll(&ready, 1, 0) == 1 ? write(STDERR_FILENO, line, len) : -1;
}

static ssize_t
write_at_once(const char *line, size_t len)
{
    struct stat st;
    if (fstat(STDERR_FILENO, &st) != 0)
        return -1;
    if (S_ISREG(st.st_mode))
        return write(STDERR_FILENO, line, len);
    if (S_ISSOCK(st.st_mode))
        return send(STDERR_FILENO, line, len, MSG_DONTWAIT | MSG_NOSIGNAL);
    struct iovec bytes = {.iov_base = (void *)(uintptr_t)line, .iov_len = len};
    ssize_t n = pwritev2(STDERR_FILENO, &bytes, 1, -1, RWF_NOWAIT);
    return n < 0 && (errno == EOPNOTSUPP || errno == ENOSYS || errno == EINVAL) ? write_without_flag(line, len) : n;
}

/* Writes one line. False if not all of its text was taken; a missing line end comes with the next one. */
static bool
put_line(const char *program, const char *text)
{
    char line[LINE_MAX_BYTES + 2] = "\n";
    size_t start = torn ? 0 : 1;
    snprintf(line + 1, LINE_MAX_BYTES, "%s: %s", program, text);
    size_t end = strlen(line);
    for (size_t i = 1; i < end; i++) {
        if (line[i] < 0x20 || line[i] > 0x7e)
            line[i] = '?';
    }
    line[end++] = '\n';
    ssize_t done;
    do {
        done = write_at_once(line + start, end - start);
    } while (done < 0 && errno == EINTR);
    if (done > 0)
        torn = (size_t)done < end - start;
    return done >= 0 && (size_t)done >= end - start - 1;
}

bool
serve_say_lost(const char *program)
{
    char text[96];
    if (lost == 0)
        return true;
    snprintf(text, sizeof text, "%zu message%s lost while standard error took no bytes", lost,
             lost == 1 ? " was" : "s were");
    if (!put_line(program, text))
        return false;
    lost = 0;
    return true;
}

void
serve_say(const char *program, const char *fmt, ...)
{
    char text[LINE_MAX_BYTES];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (!serve_say_lost(program) || !put_line(program, text))
        lost++;
}

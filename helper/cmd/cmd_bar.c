// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_bar.c - see cmd_bar.h. The terminal only needs to understand carriage returns and spaces. */
#include "cmd_bar.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/utf8.h"
#include "table/table.h"

#define BAR_MAX 78 /* columns; a line that wraps cannot be overwritten */
#define PATH_COLUMNS 20
#define PAUSE_MS 200 /* between two drawings of one step, and before the first one */

static struct {
    bool on;
    size_t width; /* of the line on the screen */
    int64_t drawn;
} bar; /* a process has only one terminal */

static int64_t
now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void
cmd_bar_start(void)
{
    bar.on = isatty(STDERR_FILENO) != 0;
    bar.drawn = now_ms();
}

static bool
is_due(void)
{
    return bar.on && now_ms() - bar.drawn >= PAUSE_MS;
}

/* Spaces cover the rest of a longer line. */
static void
draw(const char *text)
{
    char line[2 * BAR_MAX + 4];
    size_t len = strlen(text);
    int spaces = len < bar.width ? (int)(bar.width - len) : 0;
    int n = snprintf(line, sizeof line, "\r%s%*s", text, spaces, "");
    for (int i = 1; i < n; i++) {
        if ((unsigned char)line[i] < 0x20)
            line[i] = '?';
    }
    if (n > 1)
        utf8_make_printable(line + 1, (size_t)n - 1);
    if (n > 0)
        (void)file_write_all(STDERR_FILENO, line, (size_t)n);
    bar.width = len;
    bar.drawn = now_ms();
}

void
cmd_bar_clear(void)
{
    if (!bar.on || bar.width == 0)
        return;
    draw("");
    (void)file_write_all(STDERR_FILENO, "\r", 1);
}

void
cmd_bar_end(void)
{
    cmd_bar_clear();
    bar.on = false;
}

void
cmd_bar_step(const char *fmt, ...)
{
    if (!bar.on || (bar.width == 0 && !is_due()))
        return;
    char text[BAR_MAX + 1] = "m365ctl: ";
    size_t start = strlen(text);
    va_list args;
    va_start(args, fmt);
    vsnprintf(text + start, sizeof text - start, fmt, args);
    va_end(args);
    draw(text);
}

/* Of a long path the end is shown, which says more than its beginning. */
static void
short_path(char ret[PATH_COLUMNS + 4], const char *path)
{
    size_t len = strlen(path);
    bool cut = len > PATH_COLUMNS;
    snprintf(ret, PATH_COLUMNS + 4, "%s%s", cut ? "..." : "", cut ? path + len - PATH_COLUMNS + 3 : path);
}

void
cmd_bar_table(void *arg, const struct table_progress *at)
{
    (void)arg;
    char path[PATH_COLUMNS + 4];
    unsigned long long lines = at->lines;
    if (at->path == NULL) {
        cmd_bar_step("sorting %llu rules", lines);
        return;
    }
    if (!is_due())
        return;
    short_path(path, at->path);
    if (at->total >= at->done && at->total > 0)
        cmd_bar_step("reading %s: %llu lines, %u %% of %llu MiB", path, lines,
                     (unsigned)(100.0 * (double)at->done / (double)at->total), (unsigned long long)at->total >> 20);
    else
        cmd_bar_step("reading %s: %llu lines, %llu MiB", path, lines, (unsigned long long)at->done >> 20);
}

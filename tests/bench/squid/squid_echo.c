// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * squid_echo.c - the least a helper for Squid can do: `ID OK` for each line, one write for each read.
 *
 * What Squid costs with this helper is the minimum with any; bench.sh compares ext_m365_acl with it. No options. Not
 * for tests: it checks nothing.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINES = 1 << 16, REPLIES = LINES * 4 };

/* Writes the reply to one line, without its end, and returns its length. */
static size_t
reply(char *ret, const char *line, size_t len)
{
    size_t digits = 0;
    while (digits < len && digits < 20 && line[digits] >= '0' && line[digits] <= '9')
        ret[digits] = line[digits], digits++;
    if (digits == 0 || digits == len || line[digits] != ' ')
        digits = 0;
    else
        ret[digits++] = ' ';
    memcpy(ret + digits, "OK\n", 3);
    return digits + 3;
}

static int
write_all(const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t written = write(STDOUT_FILENO, bytes, len);
        if (written <= 0)
            return -1;
        bytes += written;
        len -= (size_t)written;
    }
    return 0;
}

int
main(void)
{
    static char lines[LINES], replies[REPLIES];
    size_t held = 0;
    for (;;) {
        ssize_t got = read(STDIN_FILENO, lines + held, sizeof lines - held);
        if (got <= 0)
            return got == 0 ? 0 : 1;
        held += (size_t)got;
        size_t at = 0, out = 0;
        for (char *end; (end = memchr(lines + at, '\n', held - at)) != NULL; at = (size_t)(end - lines) + 1)
            out += reply(replies + out, lines + at, (size_t)(end - lines) - at);
        if (write_all(replies, out) != 0)
            return 1;
        held -= at;
        memmove(lines, lines + at, held);
        if (held == sizeof lines)
            held = 0; /* no line is that long */
    }
}

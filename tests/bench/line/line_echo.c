// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * line_echo.c - the upper bound for the line protocol: reads what is there, answers `OK` to each complete line, and
 * writes once for each read. It does not even look for a channel-ID, so it is not a helper for Squid. line_bench.c
 * compares ext_m365_acl with it. No options, no checks.
 */
#include <string.h>
#include <unistd.h>

enum { LINES = 1 << 18, REPLY = 3 };

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
    static char lines[LINES], replies[LINES * REPLY];
    size_t held = 0;
    for (;;) {
        ssize_t got = read(STDIN_FILENO, lines + held, sizeof lines - held);
        if (got <= 0)
            return got == 0 ? 0 : 1;
        held += (size_t)got;
        size_t at = 0, out = 0;
        for (char *end; (end = memchr(lines + at, '\n', held - at)) != NULL; at = (size_t)(end - lines) + 1) {
            memcpy(replies + out, "OK\n", REPLY);
            out += REPLY;
        }
        if (write_all(replies, out) != 0)
            return 1;
        held -= at;
        memmove(lines, lines + at, held);
        if (held == sizeof lines)
            held = 0; /* no line is that long */
    }
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * squid_ids.c - finds out whether Squid puts a channel-ID in front of every line. Part of squid.h.
 *
 *     first line --> an ID and as many tokens as FORMAT has: on
 *              `---> anything that can be a line without an ID: off
 *              `---> empty, or a number with too few tokens: ask the next line
 *
 * helper/serve/serve.c calls it for each line until one decides. Cutting the ID off a line is in squid.c.
 */
#include "squid.h"

#include <string.h>

static bool
is_empty(const char *line, size_t len)
{
    while (len > 0 && line[len - 1] == ' ')
        len--;
    return len == 0;
}

/* Whether a line without a channel-ID may begin with this number. If the first field is a host, a bare number can be
 * that host only if the next field is absent, repeats it, or is a number: Squid itself writes numeric hosts as
 * addresses. */
static bool
is_plain_number(const char *line, size_t len, size_t need, bool host)
{
    bool enough = squid_has_id(line, len, need - 1);
    if (!enough || !host)
        return enough;
    struct squid_word rest = {.text = line, .len = len};
    struct squid_word first = squid_take_word(&rest), next = squid_take_word(&rest);
    if (next.len == first.len && memcmp(next.text, first.text, first.len) == 0)
        return true;
    struct squid_word number;
    return next.len == 0 || (next.len == 1 && next.text[0] == '-') ||
           (squid_take_id(&number, &next.text, &next.len) && next.len == 0);
}

/* An empty line says nothing. A leading number stays undecided if the line is malformed either way, or if the rest only
 * makes sense after an ID. It is answered with the number echoed: Squid tolerates a superfluous ID, not a missing one.
 */
enum squid_ids
squid_detect_ids(const char *line, size_t len, size_t need, bool host)
{
    if (is_empty(line, len))
        return SQUID_IDS_DETECT;
    if (squid_has_id(line, len, need))
        return SQUID_IDS_ON;
    struct squid_word id;
    bool plain = is_plain_number(line, len, need, host);
    bool number = squid_take_id(&id, &line, &len) && id.len <= SQUID_ID_DETECT_MAX;
    return number && !plain ? SQUID_IDS_DETECT : SQUID_IDS_OFF;
}

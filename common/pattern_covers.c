// SPDX-License-Identifier: GPL-2.0-or-later
/* pattern_covers.c - whether one pattern matches every name of another. Part of pattern.h; for checks, not for
 * verdicts. */
#include <string.h>

#include "pattern.h"

/* What every name of the pattern ends with: the bytes behind its last `*`. */
static const char *
literal_tail(const char *text, size_t len, size_t *ret_len)
{
    const char *star = memrchr(text, '*', len);
    const char *tail = star == NULL ? text : star + 1;
    *ret_len = len - (size_t)(tail - text);
    return tail;
}

/* `*tail` with nothing else: whatever ends so. A host name has no empty label, so before a dot something must stand. */
static bool
covers_by_tail(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t tail_len;
    const char *tail = literal_tail(b, b_len, &tail_len);
    return tail_len >= a_len - 1 && memcmp(tail + tail_len - (a_len - 1), a + 1, a_len - 1) == 0;
}

bool
pattern_covers(const char *a, size_t a_len, const char *b, size_t b_len)
{
    enum pattern_kind a_kind = pattern_kind(a, a_len), b_kind = pattern_kind(b, b_len);
    if (a_len == b_len && memcmp(a, b, a_len) == 0)
        return true;
    if (a_len == 1 && a[0] == '*')
        return true;
    if (a_kind == PATTERN_REGEX || b_kind == PATTERN_REGEX || memchr(b, '<', b_len) != NULL)
        return false;
    if (b_kind == PATTERN_EXACT)
        return pattern_match(a, a_len, b, b_len);
    if (b_kind == PATTERN_DOT) {
        char wild[PATTERN_MAX + 2];
        wild[0] = '*';
        memcpy(wild + 1, b, b_len);
        return pattern_covers(a, a_len, b + 1, b_len - 1) && pattern_covers(a, a_len, wild, b_len + 1);
    }
    if (a_kind == PATTERN_DOT) {
        char wild[PATTERN_MAX + 2];
        wild[0] = '*';
        memcpy(wild + 1, a, a_len);
        return covers_by_tail(wild, a_len + 1, b, b_len);
    }
    bool one_star = a[0] == '*' && memchr(a + 1, '*', a_len - 1) == NULL && memchr(a, '<', a_len) == NULL;
    return one_star && covers_by_tail(a, a_len, b, b_len);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pattern_covers.c - whether one pattern matches every name that another matches. Part of pattern.h.
 *
 * Covering is tested with sample names: the inner pattern with its stars filled with a byte that no pattern contains.
 * Only a star of the outer pattern can match such a byte, and a star that matches it matches any other text in its
 * place.
 */
#include <string.h>

#include "pattern.h"

#define FOREIGN '\001'

/* Writes the pattern with `first` in place of a leading star and FOREIGN in place of every other star. 0 if it is too
 * long. */
static size_t
fill(char ret[PATTERN_MAX + 4], const char *text, size_t len, const char *first)
{
    size_t out = 0;
    for (size_t i = 0; i < len; i++) {
        size_t n = i == 0 && text[0] == '*' ? strlen(first) : 1;
        if (out + n > PATTERN_MAX + 3)
            return 0;
        if (i == 0 && text[0] == '*')
            memcpy(ret, first, n);
        else
            ret[out] = text[i] == '*' ? FOREIGN : text[i];
        out += n;
    }
    return out;
}

bool
pattern_covers(const char *outer, size_t outer_len, const char *inner, size_t inner_len)
{
    static const char *const fillings[] = {"\001", "\001.\001", ""};
    char name[PATTERN_MAX + 4];
    enum pattern_kind kind = pattern_kind(inner, inner_len);
    if (kind == PATTERN_REGEX || pattern_kind(outer, outer_len) == PATTERN_REGEX)
        return false;
    if (kind == PATTERN_DOT) {
        name[0] = '*';
        memcpy(name + 1, inner, inner_len);
        return pattern_covers(outer, outer_len, inner + 1, inner_len - 1) &&
               pattern_covers(outer, outer_len, name, inner_len + 1);
    }
    bool leading = inner_len > 0 && inner[0] == '*';
    for (size_t i = 0; i < (leading ? 3 : 1); i++) {
        if (fillings[i][0] == '\0' && inner_len > 1 && inner[1] == '.')
            continue; /* no host name starts with a dot */
        size_t len = fill(name, inner, inner_len, fillings[i]);
        if (!pattern_match(outer, outer_len, name, len))
            return false;
    }
    return true;
}

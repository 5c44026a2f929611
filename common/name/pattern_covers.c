// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pattern_covers.c - whether one pattern matches every name that another matches, and a name that two patterns share.
 * Part of pattern.h.
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

/* A pattern split at its stars: the text before the first, the text after the last, and what is between. */
struct pieces {
    const char *head, *middle, *tail;
    size_t head_len, middle_len, tail_len;
};

static void
cut(struct pieces *ret, const char *text, size_t len)
{
    const char *first = memchr(text, '*', len);
    const char *last = memrchr(text, '*', len);
    *ret = (struct pieces){.head = text, .head_len = len, .middle = text + len, .tail = text + len};
    if (first == NULL)
        return;
    ret->head_len = (size_t)(first - text);
    ret->middle = first;
    ret->middle_len = (size_t)(last - first);
    ret->tail = last + 1;
    ret->tail_len = len - (size_t)(last + 1 - text);
}

/* Appends the middle of a pattern, each star replaced with `label`. */
static bool
add_middle(char ret[PATTERN_MAX + 1], size_t *len, const struct pieces *pieces, const char *label)
{
    for (size_t i = 0; i < pieces->middle_len; i++) {
        bool star = pieces->middle[i] == '*';
        size_t n = star ? strlen(label) : 1;
        if (*len + n > PATTERN_MAX)
            return false;
        memcpy(ret + *len, star ? label : pieces->middle + i, n);
        *len += n;
    }
    return true;
}

/* Joins the longer head, both middles with `label` for their stars, and the longer tail without its first `overlap`
 * bytes. 0 if the result is too long. */
static size_t
join(char ret[PATTERN_MAX + 1], const struct pieces *a, const struct pieces *b, const char *label, size_t overlap)
{
    const struct pieces *head = a->head_len >= b->head_len ? a : b;
    const struct pieces *tail = a->tail_len >= b->tail_len ? a : b;
    size_t len = head->head_len;
    if (overlap > tail->tail_len)
        return 0;
    memcpy(ret, head->head, len);
    if (label != NULL && (!add_middle(ret, &len, a, label) || !add_middle(ret, &len, b, label)))
        return 0;
    if (label != NULL && (len + strlen(label) > PATTERN_MAX))
        return 0;
    if (label != NULL) {
        memcpy(ret + len, label, strlen(label));
        len += strlen(label);
    }
    if (len + tail->tail_len - overlap > PATTERN_MAX)
        return 0;
    memcpy(ret + len, tail->tail + overlap, tail->tail_len - overlap);
    return len + tail->tail_len - overlap;
}

bool
pattern_crossing(struct host *ret, const char *a, size_t a_len, const char *b, size_t b_len, const char *label)
{
    struct pieces in_a, in_b;
    char name[PATTERN_MAX + 1];
    cut(&in_a, a, a_len);
    cut(&in_b, b, b_len);
    size_t most = in_a.tail_len > in_b.tail_len ? in_a.tail_len : in_b.tail_len;
    for (size_t i = label == NULL; i <= most + 1; i++) {
        size_t overlap = label == NULL ? most + 1 - i : i == 0 ? 0 : i - 1;
        size_t len = join(name, &in_a, &in_b, i == 0 ? label : NULL, overlap);
        if (len > 0 && pattern_match(a, a_len, name, len) && pattern_match(b, b_len, name, len) &&
            host_parse(ret, name, len))
            return true;
    }
    return false;
}

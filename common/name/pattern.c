// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pattern.c - see pattern.h. Reads patterns and matches names. pattern_meets() is in pattern_meets.c, regexes are in
 * pattern_regex.c.
 *
 * How a GLOB with several stars is matched: a star that is not the first byte never matches a dot, and no literal piece
 * between two dots contains one, so pattern and name are compared label by label from the right. Only if the pattern
 * starts with `*` may its leftmost piece match at the end of a label, with anything before it.
 */
#include "pattern.h"

#include <string.h>

#include "base/err.h"

#define TENANT_LEN (sizeof PATTERN_TENANT - 1)

static bool
has_tenant_at(const char *text, size_t len)
{
    return len >= TENANT_LEN && memcmp(text, PATTERN_TENANT, TENANT_LEN) == 0;
}

enum pattern_kind
pattern_kind(const char *text, size_t len)
{
    if (len > 0 && text[0] == '~')
        return PATTERN_REGEX;
    if (len > 0 && text[0] == '.')
        return PATTERN_DOT;
    const char *star = memchr(text, '*', len);
    if (star == NULL)
        return memchr(text, '<', len) == NULL ? PATTERN_EXACT : PATTERN_GLOB;
    bool alone = memchr(star + 1, '*', len - (size_t)(star - text) - 1) == NULL && memchr(text, '<', len) == NULL;
    return star == text && alone && len > 2 && text[1] == '.' ? PATTERN_UNDER : PATTERN_GLOB;
}

static int
refuse_regex_byte(const char *text, size_t at, struct err *err)
{
    char byte[HOST_BYTE_SHOWN];
    host_show_byte(byte, text[at]);
    return err_set(err, ERR_SYNTAX,
                   "the regex has a byte that is not allowed in a host name: %s at position %zu; write it in ASCII",
                   byte, at + 1);
}

static int
parse_regex(struct pattern *ret, const char *text, size_t len, bool published, struct err *err)
{
    if (published)
        return err_set(err, ERR_SYNTAX, "a regex cannot belong to a published endpoint set; leave out 'id='");
    if (len < 2)
        return err_set(err, ERR_SYNTAX, "'~' has no regex; write one after it");
    if (len > REGEX_MAX + 1)
        return err_set(err, ERR_LIMIT, "the regex is longer than %d bytes", REGEX_MAX);
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)text[i] < 0x20 || (unsigned char)text[i] > 0x7e)
            return refuse_regex_byte(text, i, err);
    }
    memcpy(ret->text, text, len);
    ret->text[len] = '\0';
    ret->len = len;
    ret->kind = PATTERN_REGEX;
    return 0;
}

static int
refuse_byte(const char *text, size_t len, size_t at, struct err *err)
{
    char byte[HOST_BYTE_SHOWN];
    host_show_byte(byte, text[at]);
    return err_set(err, ERR_SYNTAX, "'%.*s' has a byte that is not allowed in a host name: %s at position %zu",
                   (int)len, text, byte, at + 1);
}

/* Checks the labels and bytes of a lower-case pattern and counts its stars. */
static int
check_labels(const char *text, size_t len, bool published, size_t *ret_stars, struct err *err)
{
    size_t label = 0;
    *ret_stars = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '.') {
            if (label == 0)
                return err_set(err, ERR_SYNTAX, "'%.*s' has an empty label", (int)len, text);
            label = 0;
            continue;
        }
        if (published && has_tenant_at(text + i, len - i))
            i += TENANT_LEN - 1;
        else if (c == '*')
            ++*ret_stars;
        else if (host_byte[c] == 0)
            return refuse_byte(text, len, i, err);
        if (++label > HOST_LABEL_MAX)
            return err_set(err, ERR_SYNTAX, "'%.*s' has a label of more than %d bytes", (int)len, text, HOST_LABEL_MAX);
    }
    if (label == 0)
        return err_set(err, ERR_SYNTAX, "'%.*s' is not a host name", (int)len, text);
    return 0;
}

/* Copies the text, converts Unicode and upper case, drops one trailing dot. */
static int
canonicalise(char *ret, size_t *ret_len, const char *text, size_t len, struct err *err)
{
    bool ascii = true;
    for (size_t i = 0; i < len; i++)
        ascii = ascii && (unsigned char)text[i] < 0x80;
    if (ascii) {
        if (len > PATTERN_MAX)
            return err_set(err, ERR_LIMIT, "a host pattern is longer than %d bytes", HOST_MAX);
        memcpy(ret, text, len);
    } else if (host_to_ascii(ret, PATTERN_MAX + 1, &len, text, len, err) != 0) {
        return -1;
    }
    if (len > 0 && ret[len - 1] == '.')
        len--;
    for (size_t i = 0; i < len; i++) {
        unsigned char value = host_byte[(unsigned char)ret[i]];
        if (value != 0)
            ret[i] = (char)value;
    }
    ret[len] = '\0';
    *ret_len = len;
    return 0;
}

int
pattern_parse(struct pattern *ret, const char *text, size_t len, bool published, struct err *err)
{
    if (len > 0 && text[0] == '~')
        return parse_regex(ret, text, len, published, err);
    const char *name = ret->text;
    if (canonicalise(ret->text, &ret->len, text, len, err) != 0)
        return -1;
    size_t dot = name[0] == '.' ? 1 : 0, stars = 0;
    if (ret->len - dot > HOST_MAX)
        return err_set(err, ERR_LIMIT, "a host pattern is longer than %d bytes", HOST_MAX);
    if (dot == 1 && published)
        return err_set(err, ERR_SYNTAX, "'%s' begins with a dot; a published pattern is written '*%s'", name, name);
    if (check_labels(name + dot, ret->len - dot, published, &stars, err) != 0)
        return -1;
    if (dot == 1 && stars > 0)
        return err_set(err, ERR_SYNTAX, "'%s' begins with a dot and has a wildcard; write one or the other", name);
    if (published && stars > 1)
        return err_set(err, ERR_SYNTAX, "'%s' has more than one '*'", name);
    ret->kind = pattern_kind(name, ret->len);
    return 0;
}

size_t
pattern_fill_tenant(char ret[PATTERN_MAX + 1], const char *text, size_t len, const char *tenant)
{
    const char *word = tenant == NULL ? "*" : tenant;
    size_t word_len = strlen(word);
    size_t out = 0;
    for (size_t i = 0; i < len;) {
        bool slot = has_tenant_at(text + i, len - i);
        const char *from = slot ? word : text + i;
        size_t n = slot ? word_len : 1;
        if (out + n > HOST_MAX)
            return 0;
        memcpy(ret + out, from, n);
        out += n;
        i += slot ? TENANT_LEN : 1;
    }
    ret[out] = '\0';
    return out;
}

uint16_t
pattern_literals(const char *text, size_t len)
{
    uint16_t count = 0;
    for (size_t i = 0; i < len; i++)
        count = (uint16_t)(count + (text[i] != '*'));
    return count;
}

/* Matches one label against its piece of a pattern; each `*` takes one or more bytes. With `open`, anything may
 * precede. */
static bool
label_match(const char *piece, size_t piece_len, const char *label, size_t label_len, bool open)
{
    size_t i = 0, j = 0;
    size_t back_i = 0, back_j = 0;
    bool can_go_back = open;
    while (i < piece_len || j < label_len) {
        if (i < piece_len && j < label_len && piece[i] == '*') {
            back_i = ++i;
            back_j = ++j;
            can_go_back = true;
        } else if (i < piece_len && j < label_len && piece[i] == label[j]) {
            i++;
            j++;
        } else if (can_go_back && back_j < label_len) {
            i = back_i;
            j = ++back_j;
        } else {
            return false;
        }
    }
    return true;
}

/* The start of the last label of text[0..len). */
static size_t
last_label(const char *text, size_t len)
{
    while (len > 0 && text[len - 1] != '.')
        len--;
    return len;
}

/* Matches any number of stars, label by label. */
static bool
match_labels(const char *text, size_t len, const char *name, size_t name_len)
{
    bool open = len > 0 && text[0] == '*';
    if (open) {
        text++;
        len--;
    }
    for (;;) {
        size_t piece = last_label(text, len);
        size_t label = last_label(name, name_len);
        bool leftmost = piece == 0;
        if (leftmost && open && len == 0)
            return true;
        if (!label_match(text + piece, len - piece, name + label, name_len - label, leftmost && open))
            return false;
        if (leftmost)
            return open || label == 0;
        if (label == 0)
            return false;
        len = piece - 1;
        name_len = label - 1;
    }
}

static bool
ends_with(const char *name, size_t name_len, const char *tail, size_t tail_len)
{
    return name_len >= tail_len && memcmp(name + name_len - tail_len, tail, tail_len) == 0;
}

/* With a single star, the text before and after it is compared directly. */
bool
pattern_match_glob(const char *text, size_t len, const char *name, size_t name_len)
{
    const char *star = memchr(text, '*', len);
    size_t head = star == NULL ? 0 : (size_t)(star - text), tail = len - head - 1;
    if (star == NULL || memchr(star + 1, '*', tail) != NULL)
        return match_labels(text, len, name, name_len);
    if (name_len < head + tail || memcmp(name, text, head) != 0 || !ends_with(name, name_len, star + 1, tail))
        return false;
    size_t taken = name_len - head - tail;
    return head == 0 || (taken > 0 && memchr(name + head, '.', taken) == NULL);
}

bool
pattern_match(const char *text, size_t len, const char *name, size_t name_len)
{
    switch (pattern_kind(text, len)) {
    case PATTERN_EXACT: return name_len == len && memcmp(name, text, len) == 0;
    case PATTERN_UNDER: return name_len > len - 1 && ends_with(name, name_len, text + 1, len - 1);
    case PATTERN_DOT:
        return (name_len == len - 1 && memcmp(name, text + 1, len - 1) == 0) ||
               (name_len > len && ends_with(name, name_len, text, len));
    case PATTERN_GLOB: return pattern_match_glob(text, len, name, name_len);
    case PATTERN_REGEX:
    case PATTERN_PREFIX:
    default: return false;
    }
}

/* Writes the literal labels to the right of the last `*` or `<tenant>`, or an empty text if there are none. False for a
 * pattern without a wildcard. */
static bool
literal_labels(char ret[PATTERN_MAX + 1], const char *text, size_t len)
{
    char filled[PATTERN_MAX + 1];
    if (len <= PATTERN_MAX && memmem(text, len, PATTERN_TENANT, strlen(PATTERN_TENANT)) != NULL) {
        len = pattern_fill_tenant(filled, text, len, NULL);
        text = filled;
    }
    enum pattern_kind kind = pattern_kind(text, len);
    if (kind == PATTERN_EXACT || kind == PATTERN_REGEX)
        return false;
    const char *star = memrchr(text, '*', len);
    const char *rest = star == NULL ? text : star + 1;
    const char *dot = memchr(rest, '.', len - (size_t)(rest - text));
    size_t right = dot == NULL ? 0 : len - (size_t)(dot + 1 - text);
    memcpy(ret, text + len - right, right);
    ret[right] = '\0';
    return true;
}

bool
pattern_is_open(const char *text, size_t len)
{
    char right[PATTERN_MAX + 1];
    return literal_labels(right, text, len) &&
           (right[0] == '\0' || host_is_public_suffix(right) || host_shared_cloud(right) != NULL);
}

const char *
pattern_cloud(const char *text, size_t len)
{
    char right[PATTERN_MAX + 1];
    return literal_labels(right, text, len) && strchr(right, '.') != NULL ? host_shared_cloud(right) : NULL;
}

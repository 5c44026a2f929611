// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pattern_ends.c - how wide a regex is: with which texts the names end that it matches. Part of pattern.h.
 *
 * From left to right the regex becomes a set of ends such as `.a.example`. An end is whole if nothing comes before it,
 * as in `~(www|ftp)\.a\.example`. What is not worth following, such as a class or a repetition, may be any text; so the
 * names with these ends are all that the regex matches, and perhaps more. Only a safe subset of PCRE2 is parsed.
 */
#include <string.h>

#include "pattern.h"

#define ENDS_MAX 32
#define DEPTH_MAX 12 /* of groups */

struct end {
    size_t len;
    bool whole;
    char text[HOST_MAX + 1]; /* at its right end */
};

struct ends {
    size_t count; /* at least 1 */
    struct end item[ENDS_MAX];
};

/* The regex while it is being read. */
struct scan {
    const char *text;
    size_t len, at;
    unsigned depth;
    bool dots;   /* some name that it matches may contain a dot */
    bool failed; /* it uses more of the grammar than is parsed here */
};

/* A single end: nothing, or any text. */
static void
ends_begin(struct ends *ret, bool whole)
{
    ret->count = 1;
    ret->item[0].len = 0;
    ret->item[0].whole = whole;
}

static const char *
end_text(const struct end *end)
{
    return end->text + sizeof end->text - end->len;
}

/* Puts text before an end. What is too long for a name is cut at the left. */
static void
end_put(struct end *end, const char *text, size_t len, bool whole)
{
    size_t room = sizeof end->text - end->len;
    size_t fits = len < room ? len : room;
    memcpy(end->text + room - fits, text + len - fits, fits);
    end->len += fits;
    end->whole = whole && fits == len;
}

static bool
has_end(const struct ends *ends, const struct end *end)
{
    for (size_t i = 0; i < ends->count; i++) {
        const struct end *at = &ends->item[i];
        if (at->whole == end->whole && at->len == end->len && memcmp(end_text(at), end_text(end), end->len) == 0)
            return true;
    }
    return false;
}

/* Adds an end. If there are too many, they become any text. */
static void
ends_add(struct ends *ends, const struct end *end)
{
    if (has_end(ends, end))
        return;
    if (ends->count == ENDS_MAX)
        ends_begin(ends, false);
    else
        ends->item[ends->count++] = *end;
}

/* Makes the ends of A of those of AB, where B is what follows. */
static void
ends_follow(struct ends *ends, const struct ends *by)
{
    struct ends both;
    both.count = 0;
    for (size_t i = 0; i < by->count; i++) {
        for (size_t j = 0; j < (by->item[i].whole ? ends->count : 1); j++) {
            struct end end = by->item[i];
            if (end.whole)
                end_put(&end, end_text(&ends->item[j]), ends->item[j].len, ends->item[j].whole);
            ends_add(&both, &end);
        }
    }
    ends->count = both.count;
    memcpy(ends->item, both.item, both.count * sizeof *both.item);
}

/* A byte of a name. */
static void
ends_put_byte(struct ends *ends, char c)
{
    struct ends byte;
    ends_begin(&byte, true);
    end_put(&byte.item[0], &c, 1, true);
    ends_follow(ends, &byte);
}

/* Any text instead. */
static void
ends_forget(struct scan *scan, struct ends *ends, bool dots)
{
    ends_begin(ends, false);
    scan->dots = scan->dots || dots;
}

/* ---- pieces of the grammar ---- */

/* Takes a word if it is next. */
static bool
accept(struct scan *scan, const char *word)
{
    size_t len = strlen(word);
    if (scan->len - scan->at < len || memcmp(scan->text + scan->at, word, len) != 0)
        return false;
    scan->at += len;
    return true;
}

static char
peek(const struct scan *scan)
{
    return scan->at < scan->len ? scan->text[scan->at] : '\0';
}

/* Takes one byte; 0 at the end. */
static char
next(struct scan *scan)
{
    char c = peek(scan);
    scan->at += scan->at < scan->len;
    scan->failed = scan->failed || c == '\0';
    return c;
}

/* After a backslash: a class of bytes, of which some include the dot; a test of the place, which matches nothing; or a
 * byte as it is. */
static void
take_escape(struct scan *scan, struct ends *ret)
{
    char c = next(scan);
    ends_begin(ret, true);
    if (c != '\0' && strchr("dwshv", c) != NULL)
        ends_forget(scan, ret, false);
    else if (c != '\0' && strchr("DWSHVNRX123456789", c) != NULL)
        ends_forget(scan, ret, true);
    else if (c == '_' || (c > ' ' && c < 0x7f && (host_byte[(unsigned char)c] == 0 || c == '-' || c == '.')))
        ends_put_byte(ret, c);
    else if (c == '\0' || strchr("bBAzZ", c) == NULL)
        scan->failed = true;
    scan->dots = scan->dots || c == '.';
}

/* One member of a class, perhaps the first of a range. True if it may be a dot. */
static bool
take_member(struct scan *scan)
{
    char c = next(scan);
    if (c == '[' && peek(scan) == ':') {
        static const char *const plain[] = {":alpha:]", ":digit:]", ":alnum:]", ":lower:]", ":upper:]", ":xdigit:]"};
        for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
            if (accept(scan, plain[i]))
                return false;
        }
        scan->failed = true;
    }
    if (c == '\\') {
        c = next(scan);
        if (strchr("dwshv", c) != NULL)
            return false;
        scan->failed = scan->failed || (host_byte[(unsigned char)c] != 0 && c != '.' && c != '-' && c != '_' &&
                                        strchr("DWSHV", c) == NULL);
        return true;
    }
    if (peek(scan) != '-' || scan->at + 1 >= scan->len || scan->text[scan->at + 1] == ']')
        return c == '.';
    scan->at++;
    char last = next(scan);
    scan->failed = scan->failed || last == '[';
    return last == '\\' || ((unsigned char)c <= '.' && (unsigned char)last >= '.');
}

/* `[...]`. One that holds a single byte is that byte. */
static void
take_class(struct scan *scan, struct ends *ret)
{
    size_t from = scan->at;
    bool dots = accept(scan, "^");
    for (bool first = true; !scan->failed && (first || peek(scan) != ']'); first = false)
        dots = take_member(scan) || dots;
    next(scan);
    char c = scan->text[from];
    if (!scan->failed && scan->at == from + 2 && (host_byte[(unsigned char)c] != 0 || c == '.')) {
        ends_begin(ret, true);
        ends_put_byte(ret, c == '.' ? c : (char)host_byte[(unsigned char)c]);
        scan->dots = scan->dots || c == '.';
        return;
    }
    ends_forget(scan, ret, dots);
}

/* What may follow `(`. False for anything else than a group, a test of what is around, and settings. */
static bool
take_head(struct scan *scan, bool *ret_test, bool *ret_set)
{
    static const char *const tests[] = {"?=", "?!", "?<=", "?<!"};
    *ret_test = *ret_set = false;
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++) {
        *ret_test = *ret_test || accept(scan, tests[i]);
    }
    if (*ret_test || accept(scan, "?>"))
        return true;
    if (!accept(scan, "?"))
        return peek(scan) != '*';
    while (peek(scan) != '\0' && strchr("imsnJU^-", peek(scan)) != NULL)
        scan->at++;
    *ret_set = peek(scan) == ')';
    return *ret_set || accept(scan, ":");
}

static void take_choice(struct scan *scan, struct ends *ret);

static void
take_group(struct scan *scan, struct ends *ret)
{
    bool test, set;
    if (!take_head(scan, &test, &set) || scan->depth == DEPTH_MAX) {
        scan->failed = true;
        return;
    }
    scan->depth++;
    ends_begin(ret, true);
    if (!set)
        take_choice(scan, ret);
    scan->depth--;
    if (test)
        ends_begin(ret, true);
    scan->failed = scan->failed || !accept(scan, ")");
}

/* Takes `{2}`, `{2,}` or `{2,3}`; other braces are bytes that no name has, and are not parsed here. */
static bool
take_braces(struct scan *scan, bool *ret_none)
{
    size_t digits = 0, commas = 0;
    if (!accept(scan, "{"))
        return false;
    *ret_none = peek(scan) == '0';
    for (; peek(scan) == ',' || (peek(scan) >= '0' && peek(scan) <= '9'); scan->at++) {
        digits += peek(scan) != ',';
        commas += peek(scan) == ',';
        scan->failed = scan->failed || digits == 0 || commas > 1;
    }
    scan->failed = scan->failed || digits == 0 || !accept(scan, "}");
    return true;
}

/* How often the piece is repeated. After at least once its ends are the same, with any text before them. */
static void
take_repetition(struct scan *scan, struct ends *ends)
{
    const struct end nothing = {.len = 0, .whole = true};
    bool once = accept(scan, "?"), none = once || accept(scan, "*");
    if (!none && !accept(scan, "+") && !take_braces(scan, &none))
        return;
    for (size_t i = 0; i < ends->count && !once; i++)
        ends->item[i].whole = false;
    if (none)
        ends_add(ends, &nothing);
    if (!accept(scan, "?"))
        accept(scan, "+");
}

static void
take_piece(struct scan *scan, struct ends *ret)
{
    char c = next(scan);
    unsigned char byte = host_byte[(unsigned char)c];
    ends_begin(ret, true);
    if (byte != 0 && c != '.')
        ends_put_byte(ret, (char)byte);
    else if (c == '.')
        ends_forget(scan, ret, true);
    else if (c == '\\')
        take_escape(scan, ret);
    else if (c == '[')
        take_class(scan, ret);
    else if (c == '(')
        take_group(scan, ret);
    else if (strchr("*+?{", c) != NULL)
        scan->failed = true;
    else if (c != '^' && c != '$')
        ends_put_byte(ret, c);
}

/* Pieces one after another. */
static void
take_row(struct scan *scan, struct ends *ret)
{
    ends_begin(ret, true);
    while (!scan->failed && peek(scan) != '\0' && peek(scan) != '|' && peek(scan) != ')') {
        struct ends piece;
        take_piece(scan, &piece);
        take_repetition(scan, &piece);
        ends_follow(ret, &piece);
    }
}

/* Rows with `|` between them. */
static void
take_choice(struct scan *scan, struct ends *ret)
{
    take_row(scan, ret);
    while (!scan->failed && accept(scan, "|")) {
        struct ends row;
        take_row(scan, &row);
        for (size_t i = 0; i < row.count; i++)
            ends_add(ret, &row.item[i]);
    }
}

/* True if strangers may have names with this end. What is left of its first dot is part of a label. */
static bool
is_end_open(const struct end *end)
{
    const char *text = end_text(end);
    const char *dot = end->len == 0 ? NULL : memchr(text, '.', end->len);
    char name[HOST_MAX + 1];
    size_t len = dot == NULL ? 0 : end->len - (size_t)(dot + 1 - text);
    if (end->whole)
        return false;
    if (len == 0)
        return true;
    memcpy(name, dot + 1, len);
    name[len] = '\0';
    return host_is_public_suffix(name) || host_shared_cloud(name) != NULL;
}

enum regex_width
pattern_regex_width(const char *text, size_t len)
{
    struct scan scan = {.text = text, .len = len};
    struct ends ends;
    take_choice(&scan, &ends);
    if (scan.failed || scan.at != len)
        return REGEX_UNTOLD;
    for (size_t i = 0; scan.dots && i < ends.count; i++) {
        if (is_end_open(&ends.item[i]))
            return REGEX_OPEN;
    }
    return REGEX_CLOSED;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pattern_suffix.c - the labels that every name matched by a regex ends with. Part of pattern.h.
 *
 * A regex is tried only on names with this ending, so for all other names it costs no more than a wildcard. Only a safe
 * subset of PCRE2 is parsed; any other regex has no suffix.
 */
#include <string.h>

#include "pattern.h"

/* The literal bytes at the end of what has been read. */
struct run {
    char text[REGEX_MAX];
    size_t len;
};

/* The offset after a character class, or 0 if it is not a simple one. */
static size_t
skip_class(const char *text, size_t len, size_t at)
{
    at++;
    if (at < len && text[at] == '^')
        at++;
    if (at < len && text[at] == ']')
        at++;
    for (; at < len && text[at] != ']'; at++) {
        if (text[at] == '[')
            return 0;
        if (text[at] == '\\')
            at++;
    }
    return at < len ? at + 1 : 0;
}

/* Reads an escape: a literal byte or a class of bytes. False for anything that is not parsed here. */
static bool
take_escape(struct run *run, char c)
{
    if (c != '\0' && strchr("dDwWsS", c) != NULL) {
        run->len = 0;
        return true;
    }
    if (c == '_' || host_byte[(unsigned char)c] == 0 || c == '-') {
        run->text[run->len++] = c;
        return (unsigned char)c > ' ' && (unsigned char)c < 0x7f;
    }
    return false;
}

/* Reads one piece of the regex. Returns the offset of the next one, or 0 if this piece is not in the parsed subset. */
static size_t
take_piece(struct run *run, unsigned *depth, const char *text, size_t len, size_t at)
{
    unsigned char byte = host_byte[(unsigned char)text[at]];
    if (byte != 0) {
        run->text[run->len++] = (char)byte;
        return at + 1;
    }
    switch (text[at]) {
    case '\\': return at + 1 < len && take_escape(run, text[at + 1]) ? at + 2 : 0;
    case '$': return at + 1 == len ? len : 0;
    case '[': run->len = 0; return skip_class(text, len, at);
    case '(':
        (*depth)++;
        if (at + 1 < len && (text[at + 1] == '?' || text[at + 1] == '*'))
            return 0;
        break;
    case ')':
        if ((*depth)-- == 0)
            return 0;
        break;
    case '|':
        if (*depth == 0)
            return 0;
        break;
    case '.':
    case '^':
    case '*':
    case '+':
    case '?':
    case '{':
    case '}':
    case ',': break;
    default: return 0;
    }
    run->len = 0;
    return at + 1;
}

size_t
pattern_regex_suffix(char ret[HOST_MAX + 1], const char *text, size_t len)
{
    struct run run = {.len = 0};
    unsigned depth = 0;
    if (len > REGEX_MAX)
        return 0;
    for (size_t at = 0; at < len;) {
        at = take_piece(&run, &depth, text, len, at);
        if (at == 0)
            return 0;
    }
    const char *dot = memchr(run.text, '.', run.len);
    struct host host;
    size_t used = dot == NULL ? 0 : (size_t)(dot + 1 - run.text);
    if (depth != 0 || dot == NULL || !host_parse(&host, run.text + used, run.len - used) || host.len != run.len - used)
        return 0;
    memcpy(ret, host.text, (size_t)host.len + 1);
    return host.len;
}

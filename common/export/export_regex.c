// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * export_regex.c - regexes for other engines: what can be written so that all of them read it alike. Part of
 * export_names.h.
 *
 * `[[:alpha:]]`, `\d`, `a{2}`, `*?`, `(?=` and the like are not simple: POSIX, JavaScript and PCRE2 differ about them.
 */
#include <string.h>

#include "base/arena.h"
#include "export_names.h"

enum kind { KIND_DIGIT, KIND_LOWER, KIND_UPPER, KIND_OTHER };

static enum kind
kind_of(char c)
{
    return c >= '0' && c <= '9'   ? KIND_DIGIT
           : c >= 'a' && c <= 'z' ? KIND_LOWER
           : c >= 'A' && c <= 'Z' ? KIND_UPPER
                                  : KIND_OTHER;
}

/* Whether a hyphen in a set stands between digits, or letters of one case, or for itself at an end of the set. Other
 * ranges, such as `[0-_]`, have bytes in them that engines take for letters or not, depending on the case. */
static bool
is_plain_hyphen(const char *at)
{
    bool first = at[-1] == '[' || (at[-1] == '^' && at[-2] == '[');
    return first || at[1] == ']' || (kind_of(at[-1]) == kind_of(at[1]) && kind_of(at[1]) != KIND_OTHER);
}

bool
export_regex_is_simple(const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.^$()|?*+[]";
    bool set = false; /* between brackets */
    for (const char *at = text + 1; *at != '\0'; at++) {
        if (!set && at[0] == '\\' && (at[1] == '.' || at[1] == '-')) {
            at++;
            continue;
        }
        bool mixed = set && at[0] == '-' && !is_plain_hyphen(at);
        bool extension = set ? *at == '[' || (*at == ']' && strchr("[^", at[-1]) != NULL)
                             : (at[0] == '(' && at[1] == '?') ||
                                   (strchr("*+?", at[0]) != NULL && at[1] != '\0' && strchr("*+?", at[1]) != NULL);
        if (mixed || extension || strchr(plain, *at) == NULL)
            return false;
        set = *at == '[' || (set && *at != ']');
    }
    return true;
}

/* The offset after what stands at `at`: an escape with its byte, a whole set, or one byte. */
static size_t
skip_one(const char *text, size_t len, size_t at)
{
    if (text[at] == '\\')
        return at + 2 < len ? at + 2 : len;
    if (text[at] != '[')
        return at + 1;
    size_t end = at + 1;
    end += end < len && text[end] == '^' ? 1 : 0;
    end += end < len && text[end] == ']' ? 1 : 0;
    while (end < len && text[end] != ']')
        end += text[end] == '\\' ? 2 : 1;
    return end < len ? end + 1 : len;
}

/*
 * The result is used only where export_regex_is_simple() or pattern_regex_suffix() accepts it. Neither does so if it
 * has anything in which `(?:` could be no group: `\Q`, comments, the extended syntax.
 */
const char *
export_regex_plain(struct arena *arena, const char *text, size_t len)
{
    char *ret = arena_text(arena, text, len);
    size_t out = 1;
    if (ret == NULL)
        return NULL;
    for (size_t at = len >= 5 && memcmp(text + 1, "(?i)", 4) == 0 ? 5 : 1; at < len;) {
        size_t next = skip_one(text, len, at);
        memcpy(ret + out, text + at, next - at);
        out += next - at;
        at = next - 1 + 3 <= len && memcmp(text + next - 1, "(?:", 3) == 0 && text[at] == '(' ? next + 2 : next;
    }
    ret[out] = '\0';
    return ret;
}

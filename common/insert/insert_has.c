// SPDX-License-Identifier: GPL-2.0-or-later
/* insert_has.c - which of the lines a file has already. Part of insert_lines.h. */
#include <string.h>
#include <strings.h>

#include "insert_lines.h"

const char *
lines_word(const char *line, size_t len, size_t *at, size_t *ret_len)
{
    while (*at < len && (line[*at] == ' ' || line[*at] == '\t'))
        ++*at;
    size_t from = *at;
    while (*at < len && line[*at] != ' ' && line[*at] != '\t')
        ++*at;
    *ret_len = *at - from;
    return *ret_len > 0 ? line + from : NULL;
}

static bool
same_words(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t a_at = 0, b_at = 0, a_word, b_word;
    for (;;) {
        const char *one = lines_word(a, a_len, &a_at, &a_word), *other = lines_word(b, b_len, &b_at, &b_word);
        if (one == NULL || other == NULL)
            return one == other;
        if (a_word != b_word || memcmp(one, other, a_word) != 0)
            return false;
    }
}

bool
lines_has(const struct insert *insert, const char *line, size_t len)
{
    for (size_t i = 0; i < insert->text.line_count; i++) {
        const char *text = insert->text.lines[i].text;
        if (same_words(text, strlen(text), line, len))
            return true;
    }
    return false;
}

const struct squidconf_line *
lines_defines(const struct insert *insert, const char *directive, const char *name, size_t len)
{
    for (size_t i = 0; i < insert->text.line_count; i++) {
        const struct squidconf_line *line = &insert->text.lines[i];
        if (line->count > 1 && strcmp(line->words[0], directive) == 0 && strlen(line->words[1]) == len &&
            strncasecmp(line->words[1], name, len) == 0)
            return line;
    }
    return NULL;
}

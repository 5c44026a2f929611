// SPDX-License-Identifier: GPL-2.0-or-later
/* insert_place.c - at which physical line of which file lines are added. Part of insert_build.h. */
#include "insert_build.h"

#include <string.h>

#define COMMENT_MAX 6 /* lines of a comment that is about the line below it; a longer one is a chapter */

size_t
place_line(const struct insert *insert, const struct rule *rule)
{
    size_t i = 0;
    while (i < insert->text.line_count && insert->text.lines[i].text != rule->text)
        i++;
    return i;
}

size_t
place_start(const struct insert *insert, size_t line)
{
    const struct squidconf_line *lines = insert->text.lines;
    while (lines[line].ifs > 0 && line > 0 && lines[line - 1].ifs > 0)
        line--;
    return line;
}

static void
put(struct patch *patch, const char *file, unsigned after, const char *text)
{
    if (patch->count == PUTS_MAX)
        patch->failed = true;
    else if (text != NULL)
        patch->put[patch->count++] = (struct put){file, after, text};
}

static bool
is_comment(const struct insert_file *file, size_t number)
{
    const char *text = file->bytes + file->start[number - 1];
    size_t len = file->start[number] - file->start[number - 1], at = 0;
    while (at < len && (text[at] == ' ' || text[at] == '\t'))
        at++;
    return at < len && text[at] == '#';
}

/* The line above a line and its comment. */
static unsigned
above(const struct insert_file *file, unsigned number)
{
    unsigned at = number - 1;
    while (at > 0 && at <= file->count && is_comment(file, at))
        at--;
    return number - 1 - at > COMMENT_MAX ? number - 1 : at;
}

void
place_before(struct insert *insert, struct patch *patch, size_t line, const char *text)
{
    const struct squidconf_line *lines = insert->text.lines;
    size_t at = place_start(insert, line);
    if (text == NULL)
        return;
    if (lines[at].ifs == 0) {
        const struct insert_file *file = insert_file(insert, lines[at].file);
        put(patch, lines[at].file, file == NULL ? 0 : above(file, lines[at].number), text);
        return;
    }
    if (at == 0)
        patch->failed = true; /* the condition is the first line that Squid reads */
    else
        put(patch, lines[at - 1].file, lines[at - 1].last, text);
}

void
place_after(struct insert *insert, struct patch *patch, const struct rule *rule, const char *text)
{
    const struct squidconf_line *line = &insert->text.lines[place_line(insert, rule)];
    patch->failed = patch->failed || line->ifs > 0;
    put(patch, line->file, line->last, text);
}

void
place_end(struct insert *insert, struct patch *patch, const char *text)
{
    const struct insert_file *file = insert_file(insert, insert->about->path);
    put(patch, insert->about->path, file == NULL ? 0 : (unsigned)file->count, text);
}

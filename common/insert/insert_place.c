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
    const struct squidconf_line *at = &insert->text.lines[line];
    const struct insert_file *file = text == NULL ? NULL : insert_file(insert, at->file);
    put(patch, at->file, file == NULL ? 0 : above(file, at->number), text);
}

/* True if both lines are inside the same outermost condition. */
static bool
is_same_if(const struct squidconf_line *a, const struct squidconf_line *b)
{
    return a->ifs > 0 && b->ifs > 0 && a->if_number == b->if_number && strcmp(a->if_file, b->if_file) == 0;
}

void
place_above(struct insert *insert, struct patch *patch, size_t line, size_t last, const char *text)
{
    const struct squidconf_line *at = &insert->text.lines[line], *end = &insert->text.lines[last];
    if (at->ifs == 0 || (!at->if_varies && is_same_if(at, end))) {
        place_before(insert, patch, line, text);
        return;
    }
    const struct insert_file *file = text == NULL ? NULL : insert_file(insert, at->if_file);
    put(patch, at->if_file, file == NULL ? 0 : above(file, at->if_number), text);
}

void
place_after(struct insert *insert, struct patch *patch, const struct rule *rule, const char *text)
{
    const struct squidconf_line *line = &insert->text.lines[place_line(insert, rule)];
    put(patch, line->file, line->last, text);
}

void
place_end(struct insert *insert, struct patch *patch, const char *text)
{
    const struct insert_file *file = insert_file(insert, insert->about->path);
    put(patch, insert->about->path, file == NULL ? 0 : (unsigned)file->count, text);
}

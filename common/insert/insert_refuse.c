// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * insert_refuse.c - what Squid would refuse in the files as they would be, said in lines of the files as they are. Part
 * of insert_build.h.
 */
#include <string.h>

#include "insert_build.h"
#include "insert_lines.h"
#include "ruleset/ruleset.h"

/* The index of the first line that Squid reads at this place. */
static size_t
index_of(const struct insert *insert, const char *file, unsigned number)
{
    size_t i = 0;
    while (i < insert->text.line_count &&
           (insert->text.lines[i].number < number || strcmp(insert->text.lines[i].file, file) != 0))
        i++;
    return i;
}

/* The line that defines an ACL of the added line, and that comes after it; or NULL. */
static const struct squidconf_line *
defined_below(const struct insert *insert, const struct insert_line *refused)
{
    size_t at = 0, len, from = index_of(insert, refused->file, refused->number);
    const char *word;
    for (size_t n = 0; (word = lines_word(refused->added, refused->added_len, &at, &len)) != NULL; n++) {
        size_t mark = len > 1 && *word == '!';
        const struct squidconf_line *line = n < 2 ? NULL : lines_defines(insert, "acl", word + mark, len - mark);
        if (line != NULL && (size_t)(line - insert->text.lines) >= from)
            return line;
    }
    return NULL;
}

const char *
refuse_why(struct insert *insert, const struct patch *patch, const struct ruleset_place *place)
{
    struct insert_line refused;
    insert_find_line(&refused, insert, patch, place->file, place->number);
    const struct squidconf_line *below = refused.added == NULL ? NULL : defined_below(insert, &refused);
    if (below != NULL)
        return insert_text(insert,
                           "%s:%u: 'acl %s' is defined here, but lines that need it belong before %s:%u; move it up",
                           below->file, below->number, below->words[1], refused.file, refused.number);
    if (refused.added != NULL)
        return insert_text(insert, "%s:%u: the lines belong before this one, but Squid would refuse them there: %s",
                           refused.file, refused.number, place->why);
    return insert_text(insert, "%s:%u: with the lines Squid would refuse this one: %s", refused.file, refused.number,
                       place->why);
}

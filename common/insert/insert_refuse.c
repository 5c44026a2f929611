// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * insert_refuse.c - what Squid would refuse in the files as they would be, said in lines of the files as they are. Part
 * of insert_build.h.
 */
#include <string.h>

#include "insert_build.h"
#include "insert_lines.h"
#include "ruleset/ruleset.h"

/* A line of a file as it would be: which one it is now. */
struct refused {
    const char *file;
    unsigned number;   /* of the line itself, or of the one that it would come before */
    const char *added; /* its text, if it is one of those that are added; otherwise NULL */
    size_t added_len;
};

/* Steps over the lines that are added after a line. True if the wanted one is among them. */
static bool
step_over(struct refused *refused, const struct patch *patch, unsigned after, unsigned *left)
{
    for (size_t i = 0; i < patch->count; i++) {
        const struct put *put = &patch->put[i];
        if (put->after != after || strcmp(put->file, refused->file) != 0)
            continue;
        for (const char *line = put->text; *line != '\0'; line += strcspn(line, "\n") + 1) {
            if (--*left > 0)
                continue;
            refused->added = line;
            refused->added_len = strcspn(line, "\n");
            return true;
        }
    }
    return false;
}

/* Finds the line; a file that is not patched has its own numbers. */
static void
find_line(struct refused *ret, struct insert *insert, const struct patch *patch, const struct ruleset_place *place)
{
    *ret = (struct refused){.file = place->file, .number = place->number};
    size_t i = 0;
    while (i < insert->file_count && strcmp(insert->files[i].path, place->file) != 0)
        i++;
    if (i == insert->file_count)
        return;
    unsigned left = place->number, count = (unsigned)insert->files[i].count;
    for (unsigned after = 0; after <= count; after++) {
        ret->number = after < count ? after + 1 : count;
        if (step_over(ret, patch, after, &left) || --left == 0)
            return;
    }
}

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
defined_below(const struct insert *insert, const struct refused *refused)
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
    struct refused refused;
    find_line(&refused, insert, patch, place);
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

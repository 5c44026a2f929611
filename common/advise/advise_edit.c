// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * advise_edit.c - changes lines of a squid.conf in memory, and prints such changes. Part of advise_build.h.
 *
 *     FILE:12                          the line that is touched
 *     + acl step1 at_step SslBump1     comes before it
 *     - ssl_bump peek all              is taken away; a line that stays has a blank there
 *     + ssl_bump peek step1            comes in its place, or after it
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "advise_build.h"
#include "base/arena.h"
#include "base/err.h"

#define TEXT_BYTES_MAX 8192

const char *
advise_text(struct advice *advice, const char *fmt, ...)
{
    char text[TEXT_BYTES_MAX];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    const char *kept = arena_text(advice->arena, text, strlen(text));
    return kept == NULL ? "" : kept;
}

void
edit_add(struct edit *edit, enum edit_kind kind, size_t line, const char *text)
{
    edit->full = edit->full || edit->count == EDIT_STEPS_MAX || (kind != EDIT_REMOVE && *text == '\0');
    if (!edit->full)
        edit->steps[edit->count++] = (struct edit_step){kind, line, text};
}

size_t
advise_line(const struct advice *advice, const struct rule *rule)
{
    size_t i = 0;
    while (i < advice->text.line_count && advice->text.lines[i].text != rule->text)
        i++;
    return i;
}

void
edit_move(struct advice *advice, struct edit *edit, const struct rule *rule, enum edit_kind where,
          const struct rule *other)
{
    edit_add(edit, where, advise_line(advice, other), rule->text);
    edit_add(edit, EDIT_REMOVE, advise_line(advice, rule), NULL);
}

/* A line that an edit adds has the place of the line that it is put at. */
static void
put(struct squidconf_text *text, const struct squidconf_line *at, const char *line)
{
    struct squidconf_line *lines =
        arena_grow(text->arena, text->lines, &text->line_room, text->line_count + 1, sizeof *lines);
    if (lines == NULL)
        return;
    text->lines = lines;
    lines[text->line_count] = *at;
    if (line != NULL) {
        char *word = arena_text(text->arena, line, strcspn(line, " \t"));
        const char **words = arena_array(text->arena, 1, sizeof *words);
        if (word == NULL || words == NULL)
            return;
        words[0] = word;
        lines[text->line_count].text = line;
        lines[text->line_count].words = words;
        lines[text->line_count].count = 1; /* the reader of rules cuts the text itself */
    }
    text->line_count++;
}

static void
put_all(struct squidconf_text *text, const struct squidconf_line *at, size_t index, const struct edit *edit,
        enum edit_kind kind)
{
    for (size_t i = 0; i < edit->count; i++) {
        if (edit->steps[i].line == index && edit->steps[i].kind == kind)
            put(text, at, edit->steps[i].text);
    }
}

static bool
takes(const struct edit *edit, size_t index)
{
    for (size_t i = 0; i < edit->count; i++) {
        if (edit->steps[i].line == index && (edit->steps[i].kind == EDIT_REMOVE || edit->steps[i].kind == EDIT_REPLACE))
            return true;
    }
    return false;
}

bool
edit_apply(struct squidconf_text *ret, const struct squidconf_text *text, const struct edit *edit, struct arena *arena)
{
    struct squidconf_text changed = {.arena = arena};
    for (size_t i = 0; i < text->line_count; i++) {
        const struct squidconf_line *line = &text->lines[i];
        put_all(&changed, line, i, edit, EDIT_BEFORE);
        if (!takes(edit, i))
            put(&changed, line, NULL);
        put_all(&changed, line, i, edit, EDIT_REPLACE);
        put_all(&changed, line, i, edit, EDIT_AFTER);
    }
    *ret = changed;
    return arena_ok(arena);
}

static void
print_all(struct buf *ret, size_t index, const struct edit *edit, enum edit_kind kind)
{
    for (size_t i = 0; i < edit->count; i++) {
        if (edit->steps[i].line == index && edit->steps[i].kind == kind)
            buf_add_fmt(ret, "    + %s\n", edit->steps[i].text);
    }
}

void
edit_print(struct buf *ret, const struct squidconf_text *text, const struct edit *edit)
{
    for (size_t line = 0; line < text->line_count; line++) {
        bool touched = false;
        for (size_t i = 0; i < edit->count && !touched; i++)
            touched = edit->steps[i].line == line;
        if (!touched)
            continue;
        buf_add_fmt(ret, "    %s:%u\n", text->lines[line].file, text->lines[line].number);
        print_all(ret, line, edit, EDIT_BEFORE);
        buf_add_fmt(ret, "    %c %s\n", takes(edit, line) ? '-' : ' ', text->lines[line].text);
        print_all(ret, line, edit, EDIT_REPLACE);
        print_all(ret, line, edit, EDIT_AFTER);
    }
}

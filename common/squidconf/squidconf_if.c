// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * squidconf_if.c - `if`, `else` and `endif` of squid.conf. Part of squidconf_reader.h.
 *
 * As in Squid (src/cache_cf.cc, parseOneConfigFile and EvalBoolExpr) only the innermost condition counts: a line inside
 * `if false`, `if true` is read. Conditions end with their file.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "squidconf_reader.h"

#define SIDE_MAX 64

const char *
reader_statement(const char *line, const char *statement)
{
    size_t len = strlen(statement);
    if (strncmp(line, statement, len) != 0 || (line[len] != '\0' && !reader_is_space(line[len])))
        return NULL;
    for (line += len; reader_is_space(*line);)
        line++;
    return line;
}

/* Reads one side of `A = B`. */
static bool
read_number(long *ret, const char *text, size_t len)
{
    char copy[SIDE_MAX], *end;
    while (len > 0 && reader_is_space(text[len - 1]))
        len--;
    if (len == 0 || len >= sizeof copy)
        return false;
    memcpy(copy, text, len);
    copy[len] = '\0';
    *ret = strtol(copy, &end, 0);
    return *end == '\0';
}

static enum branch
judge(struct reader *reader, const char *expression, unsigned number)
{
    const char *equation = strchr(expression, '=');
    long left, right;
    if (strcmp(expression, "true") == 0)
        return READ;
    if (strcmp(expression, "false") == 0)
        return SKIPPED;
    if (reader->text->both && strstr(expression, "${") != NULL)
        return UNKNOWN;
    if (equation == NULL || !read_number(&left, expression, (size_t)(equation - expression)) ||
        !read_number(&right, equation + 1 + strspn(equation + 1, " \t\r\v\f"),
                     strlen(equation + 1) - strspn(equation + 1, " \t\r\v\f"))) {
        reader_trouble(reader, number,
                       "Squid refuses the condition '%.100s': it knows true, false, and NUMBER = NUMBER\n    if true\n",
                       expression);
        return UNKNOWN;
    }
    return left == right ? READ : SKIPPED;
}

static void
open_condition(struct reader *reader, const char *expression, unsigned number)
{
    enum branch branch = judge(reader, expression, number);
    size_t depth = reader->if_depth;
    struct condition *ifs = arena_grow(reader->text->arena, reader->ifs, &reader->if_room, depth + 1, sizeof *ifs);
    if (ifs == NULL)
        return; /* the arena remembers it */
    if (depth == 0) {
        reader->if_file = reader->files[reader->depth - 1];
        reader->if_number = number;
    }
    ifs[depth] = (struct condition){branch, reader->has_macro || (depth > 0 && ifs[depth - 1].varies)};
    reader->ifs = ifs;
    reader->if_depth++;
}

bool
reader_condition(struct reader *reader, const char *line, unsigned number)
{
    bool open = reader->if_depth > reader->if_base;
    enum branch *top = open ? &reader->ifs[reader->if_depth - 1].branch : NULL;
    const char *expression = reader_statement(line, "if");
    if (expression != NULL) {
        open_condition(reader, expression, number);
        return true;
    }
    bool ends = reader_statement(line, "endif") != NULL;
    if (!ends && reader_statement(line, "else") == NULL)
        return open && *top == SKIPPED;
    if (!open)
        reader_trouble(reader, number, "'%s' without 'if', so Squid does not start; remove the line\n",
                       ends ? "endif" : "else");
    else if (ends)
        reader->if_depth--;
    else
        *top = *top == SKIPPED ? READ : *top == READ ? SKIPPED : UNKNOWN;
    return true;
}

void
reader_end(struct reader *reader, unsigned number)
{
    if (reader->if_depth > reader->if_base)
        reader_trouble(reader, number, "'if' without 'endif', so Squid does not start\n    endif\n");
}

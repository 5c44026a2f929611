// SPDX-License-Identifier: GPL-2.0-or-later
/* squidconf_trouble.c - collects what Squid would refuse. Part of squidconf_reader.h. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "squidconf_reader.h"

#define TROUBLE_TEXT_MAX 2000

bool
reader_is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

void
reader_trouble(struct reader *reader, unsigned number, const char *fmt, ...)
{
    struct squidconf_text *text = reader->text;
    char sentence[TROUBLE_TEXT_MAX];
    va_list args;
    if (text->trouble_count == SQUIDCONF_TROUBLES_MAX)
        return;
    va_start(args, fmt);
    vsnprintf(sentence, sizeof sentence, fmt, args);
    va_end(args);
    struct squidconf_trouble *troubles =
        arena_grow(text->arena, text->troubles, &text->trouble_room, text->trouble_count + 1, sizeof *troubles);
    const char *kept = arena_text(text->arena, sentence, strlen(sentence));
    if (troubles == NULL || kept == NULL)
        return;
    text->troubles = troubles;
    troubles[text->trouble_count++] = (struct squidconf_trouble){reader->files[reader->depth - 1], number, kept};
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* say.c - see say.h. */
#include "say.h"

#include <stdarg.h>
#include <stdio.h>

void
say(const struct listener *to, const char *fmt, ...)
{
    char sentence[SAY_MAX];
    va_list args;
    va_start(args, fmt);
    int len = vsnprintf(sentence, sizeof sentence, fmt, args);
    va_end(args);
    if (len >= 0)
        to->hear(to->arg, sentence);
}

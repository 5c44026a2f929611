// SPDX-License-Identifier: GPL-2.0-or-later
/* err.c - sentences, returned or told. See err.h and say.h. */
#include "err.h"
#include "say.h"

#include <stdio.h>
#include <string.h>

static void
make_printable(char *text)
{
    for (unsigned char *p = (unsigned char *)text; *p != '\0'; p++) {
        if (*p < 0x20 || *p > 0x7e)
            *p = '?';
    }
}

int
err_set(struct err *err, enum err_kind kind, const char *fmt, ...)
{
    if (err == NULL)
        return -1;
    va_list args;
    va_start(args, fmt);
    vsnprintf(err->text, sizeof err->text, fmt, args);
    va_end(args);
    make_printable(err->text);
    err->kind = kind;
    return -1;
}

int
err_add(struct err *err, const char *fmt, ...)
{
    if (err == NULL)
        return -1;
    char text[ERR_TEXT_MAX];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    make_printable(text);
    char whole[2 * ERR_TEXT_MAX + 2];
    snprintf(whole, sizeof whole, "%s: %s", text, err->text);
    whole[ERR_TEXT_MAX - 1] = '\0';
    memcpy(err->text, whole, ERR_TEXT_MAX);
    return -1;
}

void
err_append(struct err *err, const char *words)
{
    if (err == NULL)
        return;
    size_t len = strlen(words), used = strlen(err->text);
    if (len >= sizeof err->text)
        return;
    if (used > sizeof err->text - 1 - len)
        used = sizeof err->text - 1 - len;
    memcpy(err->text + used, words, len + 1);
}

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

// SPDX-License-Identifier: GPL-2.0-or-later
/* ruleset_word.c - see ruleset_word.h. Room ruleset. */
#include "ruleset_word.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"

#define BLANKS " \t\r\v\f\n"
#define FILE_BYTES_MAX ((size_t)64 << 20)

void
words_init(struct words *ret, const char *text, bool quoted, struct arena *arena)
{
    *ret = (struct words){.arena = arena, .at = text + strcspn(text, BLANKS), .quoted = quoted};
}

/* Notes why Squid refuses the line, once. */
static void
refuse(struct words *words, const char *why)
{
    if (words->refused == NULL)
        words->refused = why;
}

/* How long the word at `at` is. */
static size_t
plain_length(const struct words *words, const char *at)
{
    size_t n = 0;
    while (at[n] != '\0' && strchr(BLANKS, at[n]) == NULL && !(words->quoted && at[n] == '(' && n > 0))
        n += words->pairs && at[n] == '\\' && at[n + 1] != '\0' ? 2 : 1;
    return n;
}

/* Cuts a word in quotes off; a backslash escapes. */
static const char *
cut_quoted(struct words *words, const char **at)
{
    char quote = **at;
    char *word = arena_bytes(words->arena, strlen(*at) + 1);
    size_t n = 0;
    const char *from = *at + 1;
    for (; word != NULL && *from != '\0' && *from != quote; from++) {
        if (*from == '\\' && from[1] != '\0') {
            from++;
            if (isalnum((unsigned char)*from) && strchr("rnt", *from) == NULL)
                refuse(words, "a backslash in quotes is before another letter than r, n or t");
            word[n++] = (char)(*from == 'r' ? '\r' : *from == 'n' ? '\n' : *from == 't' ? '\t' : *from);
        } else {
            word[n++] = *from;
        }
    }
    if (word == NULL)
        return NULL;
    word[n] = '\0';
    if (*from == '\0')
        refuse(words, "a quote is missing at the end of a word");
    else if (from[1] != '\0' && strchr(BLANKS "()#", from[1]) == NULL)
        refuse(words, "no blank comes after a word in quotes");
    *at = *from == '\0' ? from : from + 1;
    return word;
}

/* As Squid does in its strict mode. */
static void
check_strict(struct words *words, const char *word)
{
    bool number = true;
    for (const char *at = word; *at != '\0' && words->quoted; at++) {
        if (!isalnum((unsigned char)*at) && strchr(".,()-=_/:", *at) == NULL &&
            !(number && *at == '%' && at[1] == '\0'))
            refuse(words, "a word without quotes may have letters, digits and .,()-=_/: only");
        number = number && isdigit((unsigned char)*at);
    }
}

static const char *
cut_word(struct words *words, const char **at)
{
    *at += strspn(*at, BLANKS);
    if (**at == '\0' || **at == '#')
        return NULL;
    if (words->quoted && (**at == '"' || **at == '\''))
        return cut_quoted(words, at);
    size_t n = plain_length(words, *at);
    const char *word = arena_text(words->arena, *at, n);
    *at += n;
    if (word != NULL && **at != '(')
        check_strict(words, word);
    return word;
}

/* Reads a file of values into the arena. */
static const char *
read_values(struct words *words, const char *path)
{
    struct buf text;
    struct err err = {0};
    buf_init(&text, FILE_BYTES_MAX);
    const char *kept = NULL;
    if (file_read(&text, path, FILE_BYTES_MAX, &err) == 0)
        kept = arena_text(words->arena, text.data == NULL ? "" : text.data, text.len);
    else if (file_is_absent(path))
        words->missing = path;
    else
        words->closed = path;
    buf_clear(&text);
    return kept;
}

/* The next line of a file of values, without comment and white space around it; NULL at the end. */
static const char *
next_line(struct words *words)
{
    while (words->file != NULL && *words->file != '\0') {
        const char *line = words->file;
        size_t n = strcspn(line, "\n");
        words->file = line[n] == '\0' ? line + n : line + n + 1;
        size_t start = strspn(line, " \t\r\v\f"), end = start;
        for (size_t at = start; at < n && line[at] != '#';) {
            while (at < n && strchr(BLANKS, line[at]) == NULL)
                at++;
            end = at;
            while (at < n && strchr(BLANKS, line[at]) != NULL)
                at++;
        }
        if (end > start)
            return arena_text(words->arena, line + start, end - start);
    }
    return NULL;
}

/* parameters("file"): its words come in the place of these. */
static const char *
open_parameters(struct words *words)
{
    words->at++;
    const char *path = *words->at == '"' || *words->at == '\'' ? cut_quoted(words, &words->at) : NULL;
    words->at += strspn(words->at, BLANKS);
    if (path == NULL || *words->at != ')') {
        refuse(words, "parameters() takes the name of a file in quotes");
        return NULL;
    }
    words->at++;
    words->file = read_values(words, path);
    if (words->file == NULL)
        refuse(words, "the file in parameters() cannot be read");
    return words_next(words);
}

const char *
words_next(struct words *words)
{
    while (words->file != NULL) {
        words->file += strspn(words->file, BLANKS);
        if (*words->file == '#')
            words->file += strcspn(words->file, "\n");
        else if (*words->file == '\0')
            words->file = NULL;
        else
            return cut_word(words, &words->file);
    }
    const char *word = cut_word(words, &words->at);
    if (word == NULL || !words->quoted || *words->at != '(')
        return word;
    if (strcmp(word, "parameters") == 0)
        return open_parameters(words);
    refuse(words, "Squid knows no function of this name");
    return word;
}

const char *
words_next_quoted(struct words *words)
{
    words->at += strspn(words->at, BLANKS);
    return *words->at == '"' || *words->at == '\'' ? cut_quoted(words, &words->at) : words_next(words);
}

const char *
words_next_value(struct words *words)
{
    if (words->quoted)
        return words_next(words);
    if (words->file == NULL) {
        const char *word = words->ended ? NULL : words_next(words);
        if (word == NULL || (*word != '"' && *word != '\''))
            return word;
        words->ended = true;
        words->file = read_values(words, arena_text(words->arena, word + 1, strcspn(word + 1, "\"'")));
    }
    return next_line(words);
}

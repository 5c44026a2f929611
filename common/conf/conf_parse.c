// SPDX-License-Identifier: GPL-2.0-or-later
/* conf_parse.c - the words of m365.conf and their values. Part of conf.h. */
#include "conf_parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/err.h"

#define NEAR_MAX 32 /* longer words are not compared */

int
conf_no_memory(struct err *err)
{
    return err_set(err, ERR_MEM, "no memory for the configuration");
}

int
conf_add_text(struct conf_reader *reader, const char ***array, size_t *count, size_t *room, const char *text,
              struct err *err)
{
    const char **grown = arena_grow(reader->conf->arena, *array, room, *count + 1, sizeof *grown);
    if (grown == NULL)
        return conf_no_memory(err);
    grown[(*count)++] = text;
    *array = grown;
    return 0;
}

int
conf_refuse_twice(const char *word, struct err *err)
{
    return err_set(err, ERR_SYNTAX, "'%.60s' is named twice", word);
}

static size_t
least_of(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;
    return least < c ? least : c;
}

/* Edit distance (insert, delete, replace; two neighbours swapped count as one), case ignored. */
static size_t
distance(const char *a, const char *b)
{
    size_t len_a = strlen(a), len_b = strlen(b);
    size_t rows[3][NEAR_MAX + 1];
    if (len_a > NEAR_MAX || len_b > NEAR_MAX)
        return NEAR_MAX;
    for (size_t j = 0; j <= len_b; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= len_a; i++) {
        size_t *row = rows[i % 3], *before = rows[(i + 2) % 3], *earlier = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= len_b; j++) {
            bool same = strncasecmp(a + i - 1, b + j - 1, 1) == 0;
            row[j] = least_of(before[j] + 1, row[j - 1] + 1, before[j - 1] + (same ? 0 : 1));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && earlier[j - 2] + 1 < row[j])
                row[j] = earlier[j - 2] + 1;
        }
    }
    return rows[len_a % 3][len_b];
}

const char *
conf_nearest(const char *word, const char *const *list, size_t count)
{
    const char *best = NULL;
    size_t least = strlen(word) / 3 + 1;
    for (size_t i = 0; i < count; i++) {
        size_t far = distance(word, list[i]);
        if (far < least || (far == least && best == NULL)) {
            best = list[i];
            least = far;
        }
    }
    return best;
}

int
conf_suggest(struct err *err, const char *word, const char *const *list, size_t count)
{
    const char *near = conf_nearest(word, list, count);
    if (near != NULL) {
        char words[80];
        snprintf(words, sizeof words, "; did you mean '%.40s'?", near);
        err_append(err, words);
    }
    return -1;
}

static bool
is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Copies a word in double quotes into `room`. *at begins after the opening quote and ends after the closing one. */
static int
read_quoted(char *room, size_t *ret_len, const char *line, size_t len, size_t *at, struct err *err)
{
    size_t n = 0;
    while (*at < len && line[*at] != '"') {
        if (line[*at] == '\\' && *at + 1 < len && (line[*at + 1] == '"' || line[*at + 1] == '\\'))
            ++*at;
        room[n++] = line[(*at)++];
    }
    if (*at == len)
        return err_set(err, ERR_SYNTAX, "a double quote is not closed");
    ++*at;
    if (*at < len && !is_space(line[*at]))
        return err_set(err, ERR_SYNTAX, "a space is missing after a closing double quote");
    *ret_len = n;
    return 0;
}

static int
read_word(char *room, size_t *ret_len, const char *line, size_t len, size_t *at, struct err *err)
{
    if (line[*at] == '"') {
        ++*at;
        return read_quoted(room, ret_len, line, len, at, err);
    }
    size_t n = 0;
    while (*at < len && !is_space(line[*at]))
        room[n++] = line[(*at)++];
    room[n] = '\0';
    *ret_len = n;
    if (memchr(room, '"', n) != NULL)
        return err_set(err, ERR_SYNTAX, "there is a double quote inside '%.60s'; quote the whole word", room);
    return 0;
}

static int
check_bytes(const char *line, size_t len, struct err *err)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)line[i];
        if (byte == 0x7f || (byte < 0x20 && byte != '\t' && !(byte == '\r' && i + 1 == len)))
            return err_set(err, ERR_SYNTAX, "there is a control character (0x%02x) in column %zu", byte, i + 1);
    }
    return 0;
}

int
conf_split(struct conf_reader *reader, const char *line, size_t len, struct err *err)
{
    reader->word_count = 0;
    if (check_bytes(line, len, err) != 0)
        return -1;
    for (size_t at = 0;;) {
        while (at < len && is_space(line[at]))
            at++;
        if (at == len || line[at] == '#')
            return 0;
        char *room = arena_alloc(reader->conf->arena, len - at + 1);
        size_t n = 0;
        if (room == NULL)
            return conf_no_memory(err);
        if (read_word(room, &n, line, len, &at, err) != 0)
            return -1;
        if (strcmp(room, "\\") == 0)
            return err_set(err, ERR_SYNTAX, "a line cannot be continued with '\\'; write it as one line");
        if (reader->word_count == CONF_WORDS_MAX)
            return err_set(err, ERR_LIMIT, "more than %d words in one line", CONF_WORDS_MAX);
        reader->words[reader->word_count++] = room;
    }
}

int
conf_choice(size_t *ret, const char *what, const char *word, const char *const *list, size_t count, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        if (strcasecmp(word, list[i]) == 0) {
            *ret = i;
            return 0;
        }
    }
    char known[200] = "";
    for (size_t i = 0; i < count; i++) {
        size_t used = strlen(known);
        snprintf(known + used, sizeof known - used, "%s%s", i == 0 ? "" : i + 1 == count ? " or " : ", ", list[i]);
    }
    return err_set(err, ERR_SYNTAX, "unknown %s '%.60s'; write %s", what, word, known);
}

int
conf_flag(bool *ret, const char *word, struct err *err)
{
    static const char *const words[] = {"off", "on"};
    size_t index;
    if (conf_choice(&index, "value", word, words, 2, err) != 0)
        return -1;
    *ret = index == 1;
    return 0;
}

int
conf_number(uint32_t *ret, const char *word, uint32_t least, uint32_t most, struct err *err)
{
    size_t digits = strspn(word, "0123456789");
    if (digits == 0 || word[digits] != '\0')
        return err_set(err, ERR_SYNTAX, "'%.60s' is not a whole number", word);
    unsigned long number = digits > 9 ? UINT32_MAX : strtoul(word, NULL, 10);
    if (number < least || number > most)
        return err_set(err, ERR_SYNTAX, "'%.60s' is not from %u to %u", word, least, most);
    *ret = (uint32_t)number;
    return 0;
}

static const char *const unit_words[] = {"second", "seconds", "minute", "minutes", "hour", "hours", "day", "days"};
static const uint32_t unit_seconds[] = {1, 60, 3600, 86400};

int
conf_percent(uint32_t *ret, const char *word, uint32_t least, uint32_t most, struct err *err)
{
    char number[8];
    size_t len = strlen(word);
    if (len < 2 || len > sizeof number || word[len - 1] != '%')
        return err_set(err, ERR_SYNTAX, "'%.60s' is not a percentage like '30%%'", word);
    snprintf(number, sizeof number, "%.*s", (int)(len - 1), word);
    return conf_number(ret, number, least, most, err);
}

int
conf_duration(uint32_t *ret, const char **words, uint32_t unit_s, uint32_t least, uint32_t most, struct err *err)
{
    uint32_t number;
    size_t unit;
    const char *name = unit_s == 1 ? "seconds" : unit_s == 60 ? "minutes" : "hours";
    if (conf_number(&number, words[0], 0, 999999999, err) != 0 ||
        conf_choice(&unit, "unit of time", words[1], unit_words, sizeof unit_words / sizeof unit_words[0], err) != 0)
        return -1;
    uint64_t seconds = (uint64_t)number * unit_seconds[unit / 2];
    if (seconds % unit_s != 0)
        return err_set(err, ERR_SYNTAX, "'%s %s' is not a whole number of %s", words[0], words[1], name);
    if (seconds / unit_s < least || seconds / unit_s > most)
        return err_set(err, ERR_SYNTAX, "'%s %s' is not from %u to %u %s", words[0], words[1], least, most, name);
    *ret = (uint32_t)(seconds / unit_s);
    return 0;
}

int
conf_path(struct conf_reader *reader, const char **ret, const char *word, struct err *err)
{
    size_t folder = strlen(reader->folder), len = strlen(word);
    if (len == 0)
        return err_set(err, ERR_SYNTAX, "the path is empty");
    if (folder + len + 2 > 4000)
        return err_set(err, ERR_LIMIT, "the path '%.60s...' is too long", word);
    size_t room = folder + len + 2;
    char *path = arena_alloc(reader->conf->arena, room);
    if (path == NULL)
        return conf_no_memory(err);
    snprintf(path, room, "%s%s%s", word[0] == '/' ? "" : reader->folder, word[0] == '/' ? "" : "/", word);
    *ret = path;
    return 0;
}

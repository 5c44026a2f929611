// SPDX-License-Identifier: GPL-2.0-or-later
/* table.c - see table.h. A table and what it keeps besides rules: sources and complaints. Sources are opened in
 * table_read.c and read in table_text.c and table_json.c. Rules are checked in table_rule.c, sorted in table_sort.c and
 * printed in table_print.c. */
#include "table.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/say.h"
#include "name/host.h"
#include "table_build.h"

struct table *
table_new(void)
{
    struct arena *arena = arena_new(TABLE_MEMORY_MAX);
    if (arena == NULL)
        return NULL;
    struct table *table = arena_alloc(arena, sizeof *table);
    struct arena *texts = arena_new(TABLE_MEMORY_MAX);
    if (table == NULL || texts == NULL) {
        arena_free(texts);
        arena_free(arena);
        return NULL;
    }
    table->arena = arena;
    table->texts = texts;
    table->label = "";
    table->bypass = VERB_BYPASS_USUAL;
    buf_init(&table->rule_room, TABLE_MEMORY_MAX);
    return table;
}

void
table_free(struct table *table)
{
    if (table == NULL)
        return;
    buf_clear(&table->rule_room);
    arena_free(table->texts);
    arena_free(table->arena);
}

/* Default lines even if Default is bypassed: what is bypassed may change while the files do not. */
bool
table_is_exception(const struct table *table, enum verb verb)
{
    return verb == VERB_INSPECT || verb == VERB_DEFAULT || (table->bypass & 1u << verb) == 0;
}

bool
table_is_word(const char *text, size_t len)
{
    if (len == 0 || len > TABLE_WORD_MAX)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (host_byte[(unsigned char)text[i]] == 0)
            return false;
    }
    return true;
}

bool
table_is_label(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (host_byte[(unsigned char)text[i]] == 0 && text[i] != '.')
            return false;
    }
    return len > 0 && len <= TABLE_WORD_MAX;
}

/* Adds the sentence to a list in the arena. */
static bool
keep_sentence(struct table *table, const char ***list, size_t *room, size_t count, const char *text)
{
    const char *sentence = arena_text(table->arena, text, strlen(text));
    const char **kept = arena_grow(table->arena, *list, room, count + 1, sizeof *kept);
    if (sentence == NULL || kept == NULL)
        return false;
    *list = kept;
    kept[count] = sentence;
    return true;
}

/* Without memory a complaint is not counted: the arena remembers the failure, and the source is refused. */
void
table_complain(struct table *table, const char *fmt, ...)
{
    if (table->complaint_count < TABLE_COMPLAINTS_MAX) {
        char text[ERR_TEXT_MAX];
        va_list args;
        va_start(args, fmt);
        vsnprintf(text, sizeof text, fmt, args);
        va_end(args);
        if (!keep_sentence(table, &table->complaints, &table->complaint_room, table->complaint_count, text))
            return;
    }
    table->complaint_count++;
}

void
table_remark(struct table *table, const char *fmt, ...)
{
    if (table->remark_count == TABLE_COMPLAINTS_MAX)
        return;
    char text[ERR_TEXT_MAX];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (keep_sentence(table, &table->remarks, &table->remark_room, table->remark_count, text))
        table->remark_count++;
}

void
table_say_remarks(const struct table *table, const struct listener *listener)
{
    for (size_t i = 0; listener != NULL && i < table->remark_count; i++)
        say(listener, "%s", table->remarks[i]);
}

void
table_say_complaints(const struct table *table, const struct listener *listener)
{
    for (size_t i = 0; listener != NULL && i < table->complaint_count && i < TABLE_COMPLAINTS_MAX; i++)
        say(listener, "%s", table->complaints[i]);
}

/* Counts lines that were left out; the complaint of this number is about them, if it was kept. */
static void
keep_refusal(struct table *table, size_t number, size_t count)
{
    size_t at = 0;
    while (at < TABLE_REFUSALS_KEPT && table->refusals[at] != NULL)
        at++;
    if (at < TABLE_REFUSALS_KEPT && number < table->complaint_count && number < TABLE_COMPLAINTS_MAX)
        table->refusals[at] = table->complaints[number];
    if (at < TABLE_REFUSALS_KEPT && table->refusals[at] != NULL)
        table->refused_told += count;
    table->refused += count;
}

void
table_refuse_many(struct table *table, size_t count, const char *sentence)
{
    size_t kept = table->complaint_count;
    table_complain(table, "%s", sentence);
    keep_refusal(table, kept, count);
}

void
table_refuse(struct reader *reader, const char *position, const struct err *why)
{
    struct table *table = reader->table;
    size_t kept = table->complaint_count;
    reader->refused++;
    table_complain(table, "'%s': %s: %s", reader->path, position, why->text);
    keep_refusal(table, kept, 1);
    if (reader->refused == 1)
        err_set(reader->first, ERR_SYNTAX, "%s: %s", position, why->text);
}

void
table_refuse_line(struct reader *reader, const struct err *why)
{
    char position[32];
    snprintf(position, sizeof position, "line %zu", reader->line);
    table_refuse(reader, position, why);
}

uint32_t
table_source(struct table *table, const char *name, size_t len)
{
    for (size_t i = 0; i < table->source_count; i++) {
        if (strlen(table->sources[i]) == len && memcmp(table->sources[i], name, len) == 0)
            return (uint32_t)i;
    }
    if (table->source_count >= TABLE_SOURCES_MAX)
        return UINT32_MAX;
    const char **sources =
        arena_grow(table->arena, table->sources, &table->source_room, table->source_count + 1, sizeof *table->sources);
    char *copy = arena_text(table->arena, name, len);
    if (sources == NULL || copy == NULL)
        return UINT32_MAX;
    table->sources = sources;
    table->sources[table->source_count] = copy;
    return (uint32_t)table->source_count++;
}

/* The file name without folder and extension, as a source word. */
static uint32_t
stem_source(struct table *table, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    const char *dot = strrchr(name, '.');
    size_t len = dot == NULL || dot == name ? strlen(name) : (size_t)(dot - name);
    char word[TABLE_WORD_MAX];
    if (len > sizeof word)
        len = sizeof word;
    for (size_t i = 0; i < len; i++)
        word[i] = table_is_word(name + i, 1) ? name[i] : '-';
    return table_source(table, len == 0 ? "unnamed" : word, len == 0 ? 7 : len);
}

uint32_t
table_reader_source(struct reader *reader)
{
    if (reader->source == UINT32_MAX)
        reader->source = stem_source(reader->table, reader->path);
    return reader->source;
}

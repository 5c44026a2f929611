// SPDX-License-Identifier: GPL-2.0-or-later
/* table.c - see table.h. Building a table; the readers stand in table_text.c, table_list.c and table_json.c, order and
 * printed form in table_print.c. */
#include "table.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "addr.h"
#include "arena.h"
#include "buf.h"
#include "err.h"
#include "file.h"
#include "pattern.h"
#include "table_build.h"

#define TABLE_MEMORY_MAX ((size_t)8 << 30)
#define REGEX_TRY_MAX ((size_t)16 << 20)

struct table *
table_new(void)
{
    struct arena *arena = arena_new(TABLE_MEMORY_MAX);
    if (arena == NULL)
        return NULL;
    struct table *table = arena_alloc(arena, sizeof *table);
    if (table == NULL) {
        arena_free(arena);
        return NULL;
    }
    table->arena = arena;
    table->label = "";
    return table;
}

void
table_free(struct table *table)
{
    if (table != NULL)
        arena_free(table->arena);
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

void
table_complain(struct table *table, const char *fmt, ...)
{
    table->complaint_count++;
    if (table->complaint_count > TABLE_COMPLAINTS_MAX)
        return;
    size_t room = table->complaint_room;
    const char **kept =
        arena_grow(table->arena, table->complaints, &room, table->complaint_count, sizeof *table->complaints);
    if (kept == NULL)
        return;
    table->complaints = kept;
    table->complaint_room = room;
    char text[ERR_TEXT_MAX];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    kept[table->complaint_count - 1] = arena_text(table->arena, text, strlen(text));
}

void
table_refuse(struct reader *reader, const char *position, const struct err *why)
{
    reader->refused++;
    table_complain(reader->table, "'%s': %s: %s", reader->path, position, why->text);
    if (reader->refused == 1 && reader->whole)
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

static bool
is_bypass(const struct set *set)
{
    return !set->has_id && (set->verb == VERB_ALLOW || set->verb == VERB_OPTIMIZE);
}

static int
append(struct table *table, const struct rule *rule, struct err *err)
{
    if (table->rule_count >= UINT32_MAX / 4)
        return err_set(err, ERR_LIMIT, "too many rules");
    struct rule *rules =
        arena_grow(table->arena, table->rules, &table->rule_room, table->rule_count + 1, sizeof *table->rules);
    if (rules == NULL)
        return err_set(err, ERR_MEM, "no memory for another rule");
    table->rules = rules;
    table->rules[table->rule_count++] = *rule;
    return 0;
}

/* Names nobody has registered, with nothing in common: what matches all of them matches anything. */
static bool
takes_anything(const struct regex *regex)
{
    static const char *const strangers[] = {"qzxjq.com", "jqvzx.net", "x.vqzj.org"};
    for (size_t i = 0; i < sizeof strangers / sizeof strangers[0]; i++) {
        if (regex_match(regex, strangers[i], strlen(strangers[i])) != REGEX_YES)
            return false;
    }
    return true;
}

static int
check_regex_width(const struct rule *rule, struct err *err)
{
    struct arena *arena = arena_new(REGEX_TRY_MAX);
    if (arena == NULL)
        return err_set(err, ERR_MEM, "no memory for a regex");
    struct regex *regex;
    int result = regex_new(&regex, NULL, arena, rule->text + 1, (size_t)rule->len - 1, err);
    if (result == 0 && takes_anything(regex))
        result = err_set(err, ERR_SYNTAX, "'%.80s' matches names of strangers, too wide for a bypass; name the domains",
                         rule->text);
    arena_free(arena);
    return result;
}

int
table_check_width(const struct rule *rule, struct err *err)
{
    char room[64];
    if (rule->kind == PATTERN_PREFIX) {
        unsigned widest = rule->prefix->addr.v6 ? TABLE_IPV6_WIDEST : TABLE_IPV4_WIDEST;
        if (rule->prefix->len < widest)
            return err_set(err, ERR_SYNTAX, "'%s' is wider than /%u, too wide for a bypass; name smaller prefixes",
                           table_rule_text(rule, room), widest);
    } else if (rule->kind == PATTERN_REGEX) {
        return check_regex_width(rule, err);
    } else if (pattern_is_open(rule->text, rule->len)) {
        return err_set(err, ERR_SYNTAX,
                       "'%s' lets anybody register a name that matches, too wide for a bypass; name the domains",
                       rule->text);
    }
    return 0;
}

static int
read_prefix(struct table *table, struct rule *rule, const char *text, size_t len, struct err *err)
{
    struct prefix prefix;
    if (prefix_parse(&prefix, text, len, err) != 0)
        return -1;
    struct prefix *kept = arena_alloc(table->arena, sizeof *kept);
    if (kept == NULL)
        return err_set(err, ERR_MEM, "no memory for another rule");
    *kept = prefix;
    rule->kind = PATTERN_PREFIX;
    rule->prefix = kept;
    return 0;
}

/* People paste what they see in a browser. */
static int
refuse_url(const char *text, size_t len, struct err *err)
{
    int shown = (int)(len > 80 ? 80 : len);
    if (memmem(text, len, "://", 3) != NULL)
        return err_set(err, ERR_SYNTAX, "'%.*s' is a URL; write the host name alone", shown, text);
    const char *colon = memchr(text, ':', len);
    uint16_t port;
    if (colon == NULL || !port_parse(&port, colon + 1, len - (size_t)(colon + 1 - text)))
        return 0;
    return err_set(err, ERR_SYNTAX, "'%.*s' has a port; write 'tcp=%u' behind the name", shown, text, port);
}

/* Says with file and line what compile could only say without them. */
static int
try_regex(const char *text, size_t len, struct err *err)
{
    struct arena *arena = arena_new(REGEX_TRY_MAX);
    if (arena == NULL)
        return err_set(err, ERR_MEM, "no memory for a regex");
    struct regex *regex;
    int result = regex_new(&regex, NULL, arena, text, len, err);
    arena_free(arena);
    return result;
}

static int
read_pattern(struct table *table, struct rule *rule, const struct set *set, const char *text, size_t len,
             struct err *err)
{
    char canonical[REGEX_MAX + 2];
    size_t canonical_len;
    enum pattern_kind kind;
    if (pattern_parse(canonical, &canonical_len, &kind, text, len, set->has_id, err) != 0)
        return -1;
    struct addr addr; /* 1.2.3.4. and fullwidth digits become one here */
    if (kind == PATTERN_EXACT && addr_parse(&addr, canonical, canonical_len))
        return read_prefix(table, rule, canonical, canonical_len, err);
    if (kind == PATTERN_REGEX && try_regex(canonical + 1, canonical_len - 1, err) != 0)
        return -1;
    rule->kind = (uint8_t)kind;
    rule->len = (uint16_t)canonical_len;
    rule->text = arena_text(table->arena, canonical, canonical_len);
    return rule->text == NULL ? err_set(err, ERR_MEM, "no memory for another rule") : 0;
}

int
table_add_rule(struct reader *reader, const struct set *set, const char *text, size_t len, struct err *err)
{
    struct table *table = reader->table;
    struct rule rule = {.line = (uint32_t)reader->line};
    struct addr addr;
    bool is_regex = len > 0 && text[0] == '~';
    if (!is_regex && refuse_url(text, len, err) != 0)
        return -1;
    bool is_prefix = !is_regex && (memchr(text, '/', len) != NULL || addr_parse(&addr, text, len));
    if ((is_prefix ? read_prefix(table, &rule, text, len, err) : read_pattern(table, &rule, set, text, len, err)) != 0)
        return -1;
    if (is_bypass(set) && table_check_width(&rule, err) != 0)
        return -1;
    rule.set = table_set(table, set);
    if (rule.set == UINT32_MAX)
        return err_set(err, ERR_MEM, "no memory for another rule");
    return append(table, &rule, err);
}

/* The file name without folders and ending, as a source word. */
static uint32_t
stem_source(struct table *table, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    const char *dot = strrchr(name, '.');
    size_t len = dot == NULL || dot == name ? strlen(name) : (size_t)(dot - name);
    char word[TABLE_WORD_MAX];
    if (len == 1 && name[0] == '-') {
        name = "stdin";
        len = 5;
    }
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

/* Cuts `VERB:` off a spec. */
static const char *
split_spec(const char *spec, enum verb *ret_verb, bool *ret_list)
{
    const char *colon = strchr(spec, ':');
    *ret_list = colon != NULL && verb_parse(ret_verb, spec, (size_t)(colon - spec));
    return *ret_list ? colon + 1 : spec;
}

/* The first byte that is no blank, or 0. */
static char
first_byte(const char *bytes, size_t len)
{
    size_t at = len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    while (at < len && (bytes[at] == ' ' || bytes[at] == '\t' || bytes[at] == '\r' || bytes[at] == '\n'))
        at++;
    return at < len ? bytes[at] : '\0';
}

int
table_read_bytes(struct table *table, const char *spec, const char *bytes, size_t len, struct err *err)
{
    enum verb verb = VERB_DEFAULT;
    bool list;
    struct err first = {0};
    const char *path = split_spec(spec, &verb, &list);
    struct reader reader = {.table = table, .path = path, .source = UINT32_MAX, .first = &first};
    char head = first_byte(bytes, len);
    bool json = !list && (head == '[' || head == '{');
    reader.local_only = list;
    reader.whole = !json && (!list || verb == VERB_INSPECT);
    int result;
    if (len == 0)
        result = err_set(err, ERR_SYNTAX, "it is empty, not one byte; is a disk full?");
    else if (!list && head == '<')
        result =
            err_set(err, ERR_SYNTAX, "it is an HTML or XML page, neither a table nor an answer of the web service");
    else if (json)
        result = table_read_json(&reader, bytes, len, err);
    else if (list)
        result = table_read_list(&reader, verb, bytes, len, err);
    else
        result = table_read_text(&reader, bytes, len, err);
    if (result != 0)
        return err_add(err, "cannot load '%s'", path);
    if (!arena_ok(table->arena))
        return err_set(err, ERR_MEM, "cannot load '%s': no memory", path);
    if (reader.whole && reader.refused == 1)
        return err_set(err, ERR_SYNTAX, "cannot load '%s': %s", path, first.text);
    if (reader.whole && reader.refused > 1)
        return err_set(err, ERR_SYNTAX, "cannot load '%s': %s (and %zu more %s refused)", path, first.text,
                       reader.refused - 1, reader.refused == 2 ? "line is" : "lines are");
    if (reader.refused > 0)
        table_complain(table, "'%s': %zu refused, the rest is loaded", path, reader.refused);
    return 0;
}

int
table_read(struct table *table, const char *spec, struct err *err)
{
    enum verb verb;
    bool list;
    const char *path = split_spec(spec, &verb, &list);
    struct buf bytes;
    buf_init(&bytes, TABLE_TEXT_MAX + ((size_t)1 << 20));
    int result = file_read(&bytes, path, TABLE_TEXT_MAX, err);
    if (result == 0)
        result = table_read_bytes(table, spec, bytes.len == 0 ? "" : bytes.data, bytes.len, err);
    buf_clear(&bytes);
    return result;
}

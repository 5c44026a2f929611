// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * table_text.c - reads table text, line by line. Part of table.h; the grammar is in m365-tables(5).
 *
 * Spaces and tabs separate the words of a line. A pattern, or a value after `=`, may be in double quotes. What a
 * pattern means is pattern.c's business, and which rule decides is verdict.c's.
 */
#include <string.h>

#include "base/arena.h"
#include "base/day.h"
#include "base/digits.h"
#include "base/err.h"
#include "table_build.h"

#define WORDS_MAX 64
#define SAID_MAX 512 /* bytes after a pattern that are compared with the previous line */

struct word {
    const char *text;
    size_t len;
    size_t equals; /* offset of the first `=`; len if there is none */
    bool quoted;   /* the value, or the whole word, was in quotes */
};

/* A cursor over the words of one line. They are copied into `room`, each with a NUL after it. One byte more
 * than the longest line is enough, because words have spaces between them. */
struct words {
    const char *at;
    const char *end;
    char *room;
};

static bool
is_space(char c)
{
    return c == ' ' || c == '\t';
}

/* Copies a quoted text. The cursor is at its opening quote. */
static int
take_quoted(struct words *words, struct err *err)
{
    for (words->at++; words->at < words->end; words->at++) {
        char c = *words->at;
        if (c == '"') {
            words->at++;
            if (words->at < words->end && !is_space(*words->at))
                return err_set(err, ERR_SYNTAX, "something follows a closing quote; put a space after it");
            return 0;
        }
        if (c == '\\') {
            words->at++;
            if (words->at == words->end || (*words->at != '"' && *words->at != '\\'))
                return err_set(err, ERR_SYNTAX, "in quotes a backslash may only come before '\"' or another backslash");
            c = *words->at;
        }
        *words->room++ = c;
    }
    return err_set(err, ERR_SYNTAX, "a quote is not closed");
}

/* 1: a word; 0: end of the line; -1: bad quotes. */
static int
next_word(struct words *words, struct word *ret, struct err *err)
{
    while (words->at < words->end && is_space(*words->at))
        words->at++;
    if (words->at == words->end || *words->at == '#')
        return 0;
    *ret = (struct word){.text = words->room};
    bool seen = false;
    while (words->at < words->end && !is_space(*words->at)) {
        if (*words->at == '"' && (words->room == ret->text || (seen && words->room[-1] == '=' && !ret->quoted))) {
            ret->quoted = true;
            if (take_quoted(words, err) != 0)
                return -1;
            break;
        }
        if (*words->at == '=' && !seen) {
            seen = true;
            ret->equals = (size_t)(words->room - ret->text);
        }
        *words->room++ = *words->at++;
    }
    ret->len = (size_t)(words->room - ret->text);
    *words->room++ = '\0';
    if (!seen)
        ret->equals = ret->len;
    return 1;
}

/* What was read of a line so far. */
struct line {
    struct reader *reader;
    struct terms terms;
    unsigned seen; /* bit of each key */
};

typedef int (*set_key)(struct line *line, const char *value, size_t len, struct err *err);

/* Terms that are kept are copied. Until then their texts may point into the room of the line. */
static int
take_text(const char **ret, const char *value, size_t len, struct err *err)
{
    if (len > TABLE_VALUE_MAX)
        return err_set(err, ERR_LIMIT, "a value is longer than %zu bytes", TABLE_VALUE_MAX);
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)value[i] < 0x20 || value[i] == 0x7f)
            return err_set(err, ERR_SYNTAX, "a value contains a control character");
    }
    *ret = value;
    return 0;
}

static int
key_id(struct line *line, const char *value, size_t len, struct err *err)
{
    uint64_t id;
    if (len > 10 || !digits_read(&id, value, len, UINT32_MAX))
        return err_set(err, ERR_SYNTAX, "id '%.*s' is not a number from 0 to 4294967295", (int)(len > 40 ? 40 : len),
                       value);
    line->terms.set.id = (uint32_t)id;
    line->terms.set.has_id = true;
    return 0;
}

static int
check_word(const char *key, const char *value, size_t len, struct err *err)
{
    if (table_is_word(value, len))
        return 0;
    return err_set(err, ERR_SYNTAX, "%s '%.*s' is not a word of 1 to %d letters, digits, '-' or '_'", key,
                   (int)(len > 40 ? 40 : len), value, TABLE_WORD_MAX);
}

static int
key_area(struct line *line, const char *value, size_t len, struct err *err)
{
    return check_word("area", value, len, err) != 0 ? -1 : take_text(&line->terms.area, value, len, err);
}

static int
key_source(struct line *line, const char *value, size_t len, struct err *err)
{
    if (check_word("source", value, len, err) != 0)
        return -1;
    line->terms.set.source = table_source(line->reader->table, value, len);
    if (line->terms.set.source == UINT32_MAX)
        return err_set(err, ERR_LIMIT, "more than %d sources", TABLE_SOURCES_MAX);
    return 0;
}

static int
read_ports(struct line *line, struct ports *ret, const char *value, size_t len, struct err *err)
{
    if (ports_parse(ret, line->reader->table->arena, value, len, err) != 0)
        return -1;
    return ret->count == 0 ? err_set(err, ERR_SYNTAX, "a port list is empty; leave the key out") : 0;
}

static int
key_tcp(struct line *line, const char *value, size_t len, struct err *err)
{
    return read_ports(line, &line->terms.tcp, value, len, err);
}

static int
key_udp(struct line *line, const char *value, size_t len, struct err *err)
{
    return read_ports(line, &line->terms.udp, value, len, err);
}

static int
key_expires(struct line *line, const char *value, size_t len, struct err *err)
{
    if (day_parse(&line->terms.expires, value, len) && line->terms.expires > 0)
        return 0;
    return err_set(err, ERR_SYNTAX, "expires '%.*s' is not a day like 2027-03-01", (int)(len > 40 ? 40 : len), value);
}

static int
key_owner(struct line *line, const char *value, size_t len, struct err *err)
{
    return take_text(&line->terms.owner, value, len, err);
}

static int
key_ticket(struct line *line, const char *value, size_t len, struct err *err)
{
    return take_text(&line->terms.ticket, value, len, err);
}

static int
key_note(struct line *line, const char *value, size_t len, struct err *err)
{
    return take_text(&line->terms.note, value, len, err);
}

static int
key_published(struct line *line, const char *value, size_t len, struct err *err)
{
    enum verb *published = &line->terms.published;
    if (verb_parse(published, value, len) && (*published == VERB_ALLOW || *published == VERB_OPTIMIZE))
        return 0;
    return err_set(err, ERR_SYNTAX, "published '%.*s' is neither 'allow' nor 'optimize'", (int)(len > 40 ? 40 : len),
                   value);
}

static int
key_gen(struct line *line, const char *value, size_t len, struct err *err)
{
    return take_text(&line->terms.gen, value, len, err);
}

static const struct {
    const char *name;
    set_key terms;
} keys[] = {
    {"id", key_id},       {"area", key_area},           {"tcp", key_tcp},
    {"udp", key_udp},     {"source", key_source},       {"expires", key_expires},
    {"owner", key_owner}, {"ticket", key_ticket},       {"note", key_note},
    {"gen", key_gen},     {"published", key_published},
};

static int
apply_key(struct line *line, const struct word *word, struct err *err)
{
    for (unsigned i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (strlen(keys[i].name) != word->equals || memcmp(keys[i].name, word->text, word->equals) != 0)
            continue;
        if ((line->seen & 1u << i) != 0)
            return err_set(err, ERR_SYNTAX, "the key '%s' is given twice", keys[i].name);
        line->seen |= 1u << i;
        return keys[i].terms(line, word->text + word->equals + 1, word->len - word->equals - 1, err);
    }
    return err_set(err, ERR_SYNTAX, "unknown key '%.*s'", (int)(word->equals > 40 ? 40 : word->equals), word->text);
}

static int
apply_word(struct line *line, const struct word *word, struct err *err)
{
    if (word->equals < word->len)
        return apply_key(line, word, err);
    bool *flag = NULL;
    if (word->len == 8 && memcmp(word->text, "required", 8) == 0)
        flag = &line->terms.required;
    else if (word->len == 12 && memcmp(word->text, "expressroute", 12) == 0)
        flag = &line->terms.expressroute;
    else if (word->len == 4 && memcmp(word->text, "held", 4) == 0)
        flag = &line->terms.held;
    uint16_t port;
    if (flag == NULL && port_parse(&port, word->text, word->len))
        return err_set(err, ERR_SYNTAX, "unknown word '%u'; for a port write 'tcp=%u'", port, port);
    if (flag == NULL || word->quoted)
        return err_set(err, ERR_SYNTAX, "unknown word '%.*s'", (int)(word->len > 40 ? 40 : word->len), word->text);
    *flag = true;
    return 0;
}

/* Cuts one line into words. A pattern may contain `=` (a regex); only words after it are keys. */
static int
cut_line(struct word *ret, size_t *ret_count, char *room, const char *text, size_t len, struct err *err)
{
    struct words words = {.at = text, .end = text + len, .room = room};
    size_t count = 0;
    for (;;) {
        struct word word;
        int more = next_word(&words, &word, err);
        if (more < 0)
            return -1;
        if (more == 0)
            break;
        if (count == WORDS_MAX)
            return err_set(err, ERR_LIMIT, "more than %d words", WORDS_MAX);
        ret[count++] = word;
    }
    *ret_count = count;
    return 0;
}

static int
read_rule_line(struct reader *reader, char *room, const char *text, size_t len, struct err *err)
{
    struct word words[WORDS_MAX];
    size_t count = 0;
    if (cut_line(words, &count, room, text, len, err) != 0)
        return -1;
    if (count == 0)
        return 0;
    struct line line = {.reader = reader, .terms.set.source = UINT32_MAX};
    if (!verb_parse(&line.terms.verb, words[0].text, words[0].len))
        return err_set(err, ERR_SYNTAX, "unknown verb '%.*s'; a line begins with optimize, allow, default or inspect",
                       (int)(words[0].len > 40 ? 40 : words[0].len), words[0].text);
    if (count == 1)
        return err_set(err, ERR_SYNTAX, "'%s' has nothing after it; a host pattern or prefix follows the verb",
                       verb_word(line.terms.verb));
    for (size_t i = 2; i < count; i++) {
        if (apply_word(&line, &words[i], err) != 0)
            return -1;
    }
    if (line.terms.set.source == UINT32_MAX)
        line.terms.set.source = table_reader_source(reader);
    if (line.terms.set.source == UINT32_MAX)
        return err_set(err, ERR_LIMIT, "more than %d sources", TABLE_SOURCES_MAX);
    if (line.terms.published != VERB_DEFAULT && (line.terms.verb != VERB_DEFAULT || !line.terms.set.has_id))
        return err_set(err, ERR_SYNTAX, "the key 'published' belongs to a default line with an id; leave it out");
    table_lower_optional(reader->table, &line.terms);
    return table_add_rule(reader, &line.terms, words[1].text, words[1].len, err);
}

/* `# version: 2025120100` sets the label of the table; the first one counts. */
static void
read_label(struct table *table, const char *text, size_t len)
{
    static const char word[] = "# version:";
    if (table->label[0] != '\0' || len < sizeof word || memcmp(text, word, sizeof word - 1) != 0)
        return;
    text += sizeof word - 1;
    len -= sizeof word - 1;
    while (len > 0 && is_space(*text)) {
        text++;
        len--;
    }
    while (len > 0 && is_space(text[len - 1]))
        len--;
    if (!table_is_label(text, len))
        return;
    const char *label = arena_text(table->arena, text, len);
    if (label != NULL)
        table->label = label;
}

/* The bytes of a line after its pattern. If the next line has the same, they are not parsed again. */
struct said {
    bool known;
    size_t verb_len, rest_len;
    char verb[16], rest[SAID_MAX];
};

/* A line cut into its first word, its second (without quotes), and the rest. */
struct cut {
    const char *verb, *pattern, *rest;
    size_t verb_len, pattern_len, rest_len;
};

static bool
cut_three(struct cut *ret, const char *text, size_t len)
{
    size_t at = 0;
    while (at < len && is_space(text[at]))
        at++;
    ret->verb = text + at;
    while (at < len && !is_space(text[at]))
        at++;
    ret->verb_len = (size_t)(text + at - ret->verb);
    while (at < len && is_space(text[at]))
        at++;
    ret->pattern = text + at;
    bool quote = false;
    for (; at < len && !is_space(text[at]); at++)
        quote = quote || text[at] == '"';
    ret->pattern_len = (size_t)(text + at - ret->pattern);
    ret->rest = text + at;
    ret->rest_len = len - at;
    return !quote && ret->pattern_len > 0 && ret->pattern[0] != '#';
}

static bool
says_again(const struct said *said, const struct cut *cut)
{
    return said->known && said->verb_len == cut->verb_len && said->rest_len == cut->rest_len &&
           memcmp(said->verb, cut->verb, cut->verb_len) == 0 && memcmp(said->rest, cut->rest, cut->rest_len) == 0;
}

static void
remember(struct said *said, const struct cut *cut)
{
    said->known = cut->verb_len <= sizeof said->verb && cut->rest_len <= sizeof said->rest;
    if (!said->known)
        return;
    said->verb_len = cut->verb_len;
    said->rest_len = cut->rest_len;
    memcpy(said->verb, cut->verb, cut->verb_len);
    memcpy(said->rest, cut->rest, cut->rest_len);
}

static int
read_text_line(struct reader *reader, struct said *said, char *room, const char *text, size_t len, struct err *err)
{
    struct cut cut;
    bool plain = cut_three(&cut, text, len);
    if (plain && says_again(said, &cut))
        return table_add_again(reader, cut.pattern, cut.pattern_len, err);
    size_t before = reader->table->rule_count;
    int result = read_rule_line(reader, room, text, len, err);
    if (reader->table->rule_count > before) {
        if (plain)
            remember(said, &cut);
        else
            said->known = false;
    }
    return result;
}

int
table_read_text(struct reader *reader, struct input *input, struct err *err)
{
    struct said said = {.known = false};
    char *room = arena_alloc(reader->table->arena, TABLE_LINE_MAX + 1);
    if (room == NULL)
        return err_set(err, ERR_MEM, "no memory");
    for (;;) {
        const char *text;
        size_t len;
        int more = table_input_line(reader, input, &text, &len, err);
        if (more <= 0)
            return more;
        reader->line++;
        struct err why = {0};
        int result;
        if (len > TABLE_LINE_MAX)
            result = err_set(&why, ERR_LIMIT, "the line is longer than %zu bytes", TABLE_LINE_MAX);
        else
            result = read_text_line(reader, &said, room, text, len, &why);
        if (result != 0 && why.kind == ERR_MEM)
            return err_set(err, ERR_MEM, "line %zu: %s", reader->line, why.text);
        if (result != 0)
            table_refuse_line(reader, &why);
        else
            read_label(reader->table, text, len);
    }
}

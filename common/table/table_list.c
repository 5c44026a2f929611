// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * table_list.c - reads lists: bare ones, and those of other programs. Part of table.h.
 *
 *     lines --> [table_list.c] --> list.h (a format) --> names, prefixes --> table_rule.c
 *
 * What a table cannot express is counted, and named once for each kind. What follows depends on the verb. A line that
 * concerns no host or address is left out. One that concerns part of a host applies to all of it on an inspect list,
 * because without inspection no part can be told from another. Any other is refused, as a line that makes no sense is:
 * a list that keeps something closed is then refused whole. An exception only closes more if it is left out of such a
 * list. Of a list that opens something, it takes the lines that it is an exception to with it (table_except.c).
 */
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "list/list.h"
#include "name/addr.h"
#include "name/host.h"
#include "name/spec.h"
#include "table_build.h"
#include "table_except.h"

#define KINDS_MAX 64
#define SHOWN_MAX 80

/* What is left out for one reason. */
struct kind {
    const char *plural;
    bool fine;        /* nothing is missing that the list is there for */
    const char *what; /* became of these lines */
    size_t count;
    size_t line; /* the first one, and its text */
    size_t shown_len;
    char shown[SHOWN_MAX];
};

/* A list while it is being read. */
struct listing {
    struct reader *reader;
    struct terms terms;
    struct kind kinds[KINDS_MAX];
    size_t kind_count;
    struct excepts excepts;
    const char *text; /* the line that is being taken */
    size_t len;
    bool speaks;  /* a line came that is neither empty nor a comment */
    bool stopped; /* reader->first says why */
};

static bool
is_space(char c)
{
    return c == ' ' || c == '\t';
}

/* True for a name that its list reads with all names below it. */
static bool
is_domain(const struct reader *reader, const char *text, size_t len)
{
    struct host host;
    return reader->domains && host_parse(&host, text, len) && host.text[host.len - 1] >= 'a';
}

static int
add_text(const struct listing *listing, const char *text, size_t len, struct err *err)
{
    if (listing->reader->terms != UINT32_MAX)
        return table_add_again(listing->reader, text, len, err);
    return table_add_rule(listing->reader, &listing->terms, text, len, err);
}

/* A line of a bare list. */
static int
take_bare(const struct listing *listing, const char *text, size_t len, struct err *err)
{
    size_t from = 0;
    while (from < len && is_space(text[from]))
        from++;
    size_t to = from;
    while (to < len && !is_space(text[to]))
        to++;
    if (from == to || text[from] == '#')
        return 0;
    size_t rest = to;
    while (rest < len && is_space(text[rest]))
        rest++;
    if (rest < len && text[rest] != '#' && len - rest > 4 && memcmp(text + rest, "tcp=", 4) == 0)
        return err_set(err, ERR_SYNTAX, "a list has no 'tcp='; write in a rules file the line '%s %s%.*s'",
                       verb_word(listing->terms.verb), is_domain(listing->reader, text + from, to - from) ? "." : "",
                       (int)(len - from), text + from);
    if (rest < len && text[rest] != '#')
        return err_set(err, ERR_SYNTAX, "a list has one domain or prefix per line; '%.*s' follows",
                       (int)(len - rest > 40 ? 40 : len - rest), text + rest);
    return add_text(listing, text + from, to - from, err);
}

/* ---- what a format hands over ---- */

/* Refuses what was handed over, and lets the rest of the line come. */
static int
refuse_text(const struct listing *listing, const struct err *why, struct err *err)
{
    if (why->kind == ERR_MEM)
        return err_set(err, ERR_MEM, "%s", why->text);
    if (listing->reader->line > 0)
        table_refuse_line(listing->reader, why);
    else
        table_refuse(listing->reader, "service tag", why);
    return 0;
}

/* The line is shown as well if the pattern is not in it as such. */
static int
hear_rule(void *arg, const char *text, size_t len, struct err *err)
{
    const struct listing *listing = arg;
    struct err why, whole;
    if (add_text(listing, text, len, &why) == 0)
        return 0;
    if (listing->len == 0 || memmem(listing->text, listing->len, text, len) != NULL)
        return refuse_text(listing, &why, err);
    int shown = (int)(listing->len < SHOWN_MAX ? listing->len : SHOWN_MAX);
    err_set(&whole, why.kind, "'%.*s': %s", shown, listing->text, why.text);
    return refuse_text(listing, &whole, err);
}

/* A range is one line: what the gate lets pass of it would be loaded in part, and nobody wants that part. */
static int
hear_range(void *arg, const struct prefix *prefixes, size_t count, struct err *err)
{
    const struct listing *listing = arg;
    struct table *table = listing->reader->table;
    size_t before = table->rule_count;
    for (size_t i = 0; i < count; i++) {
        char text[PREFIX_TEXT_MAX];
        struct err why, whole;
        prefix_format(text, &prefixes[i]);
        if (add_text(listing, text, strlen(text), &why) == 0)
            continue;
        table_shorten(table, before);
        int shown = (int)(listing->len < SHOWN_MAX ? listing->len : SHOWN_MAX);
        if (count == 1)
            err_set(&whole, why.kind, "'%.*s': %s", shown, listing->text, why.text);
        else
            err_set(&whole, why.kind, "'%.*s': the range is left out as a whole, because %s", shown, listing->text,
                    why.text);
        return refuse_text(listing, &whole, err);
    }
    return 0;
}

static struct kind *
find_kind(struct listing *listing, const char *plural)
{
    size_t at = 0;
    while (at < listing->kind_count && strcmp(listing->kinds[at].plural, plural) != 0)
        at++;
    if (at == listing->kind_count && at < KINDS_MAX - 1)
        listing->kind_count++;
    return &listing->kinds[at];
}

/* Counts the line among its kind. */
static const struct kind *
count_kind(struct listing *listing, const char *plural, const char *what, bool fine)
{
    struct kind *kind = find_kind(listing, plural);
    if (kind->count++ > 0)
        return kind;
    kind->plural = plural;
    kind->what = what;
    kind->fine = fine;
    kind->line = listing->reader->line;
    kind->shown_len = listing->len < SHOWN_MAX ? listing->len : SHOWN_MAX;
    memcpy(kind->shown, listing->text, kind->shown_len);
    return kind;
}

/* The list is refused whole, whatever its verb is. */
static int
stop(struct listing *listing, const char *plural)
{
    struct reader *reader = listing->reader;
    reader->whole = true;
    reader->refused++;
    listing->stopped = true;
    return err_set(reader->first, ERR_SYNTAX, "line %zu: '%.*s': a list cannot have %s", reader->line,
                   (int)(listing->len < SHOWN_MAX ? listing->len : SHOWN_MAX), listing->text, plural);
}

static int
hear_left(void *arg, enum list_left left, const char *plural, struct err *err)
{
    struct listing *listing = arg;
    struct reader *reader = listing->reader;
    if (left == LIST_STOP) {
        stop(listing, plural);
        return err_set(err, ERR_LIMIT, "stopped");
    }
    const struct kind *kind = count_kind(listing, plural, "left out", left == LIST_ASIDE);
    if (left == LIST_ASIDE)
        return 0;
    if (++reader->refused > 1)
        return 0;
    const char *why = "a table cannot express";
    int shown = (int)kind->shown_len;
    if (reader->whole)
        err_set(reader->first, ERR_SYNTAX,
                "line %zu: '%.*s': %s %s; remove such lines, because without them a list with the verb '%s' would not "
                "keep closed what it should",
                reader->line, shown, kind->shown, why, plural, verb_word(listing->terms.verb));
    else
        err_set(reader->first, ERR_SYNTAX, "line %zu: '%.*s': %s %s", reader->line, shown, kind->shown, why, plural);
    return 0;
}

static int
hear_part(void *arg, const char *text, size_t len, const char *plural, struct err *err)
{
    struct listing *listing = arg;
    if (listing->terms.verb != VERB_INSPECT)
        return hear_left(arg, LIST_LOST, plural, err);
    count_kind(listing, plural, "taken for the whole host", true);
    return hear_rule(arg, text, len, err);
}

/* A default list both closes and, if Default is bypassed, opens. */
static int
hear_except(void *arg, const char *text, size_t len, struct err *err)
{
    struct listing *listing = arg;
    if (listing->terms.verb == VERB_DEFAULT)
        return hear_left(arg, LIST_LOST, "exceptions", err);
    count_kind(listing, "exceptions", "left out", false);
    if (listing->reader->whole)
        return 0;
    struct err why = {0};
    if (table_except_add(&listing->excepts, listing->reader, text, len, &why) == 0)
        return 0;
    if (why.kind == ERR_MEM)
        return err_set(err, ERR_MEM, "%s", why.text);
    stop(listing, "an exception that cannot be compared with its other lines");
    return err_set(err, ERR_LIMIT, "stopped");
}

/* ---- lines ---- */

/* True for a line that says something, if only which format it is of. */
static bool
is_speaking(const char *text, size_t len)
{
    while (len > 0 && (is_space(*text) || *text == '\r')) {
        text++;
        len--;
    }
    return len > 0 && memchr("#!;", *text, 3) == NULL && (len < 2 || memcmp(text, "//", 2) != 0);
}

static int
take_line(struct listing *listing, struct list *list, const char *text, size_t len)
{
    struct err why = {0};
    int result;
    listing->text = text;
    listing->len = len;
    listing->speaks = listing->speaks || is_speaking(text, len);
    if (len > TABLE_LINE_MAX)
        result = err_set(&why, ERR_LIMIT, "the line is longer than %zu bytes", TABLE_LINE_MAX);
    else if (list->format->take == NULL)
        result = take_bare(listing, text, len, &why);
    else
        result = list->format->take(list, text, len, &why);
    if (result != 0 && why.kind != ERR_MEM && !listing->stopped)
        table_refuse_line(listing->reader, &why);
    return result != 0 && why.kind == ERR_MEM ? err_set(listing->reader->first, ERR_MEM, "%s", why.text) : 0;
}

static int
take_lines(struct listing *listing, struct list *list, struct input *input, struct err *err)
{
    struct reader *reader = listing->reader;
    while (!listing->stopped) {
        const char *text;
        size_t len;
        int more = table_input_line(reader, input, &text, &len, err);
        if (more <= 0)
            return more;
        reader->line++;
        if (take_line(listing, list, text, len) != 0)
            return err_set(err, ERR_MEM, "line %zu: %s", reader->line, reader->first->text);
    }
    return 0;
}

/* ---- what is said in the end ---- */

static void
say_kinds(const struct listing *listing)
{
    struct table *table = listing->reader->table;
    for (size_t i = 0; i < listing->kind_count; i++) {
        const struct kind *kind = &listing->kinds[i];
        struct err text; /* makes what was read fit to be shown */
        err_set(&text, ERR_NONE, "'%s': %s: %s (%zu), the first in line %zu: '%.*s'", listing->reader->path, kind->what,
                kind->plural, kind->count, kind->line, (int)kind->shown_len, kind->shown);
        if (kind->fine)
            table_remark(table, "%s", text.text);
        else
            table_refuse_many(table, kind->count, text.text);
    }
}

/* A list that is bare says nothing: it is what the manual calls a list. */
static void
say_format(const struct listing *listing, const struct list *list, size_t before)
{
    size_t count = listing->reader->table->rule_count - before;
    if (list->format != &list_bare)
        table_remark(listing->reader->table, "'%s' is read as %s: %zu rule%s", listing->reader->path,
                     list->format->title, count, count == 1 ? "" : "s");
}

static void
say_taken(struct reader *reader, size_t taken)
{
    struct err text;
    err_set(&text, ERR_NONE, "'%s': %zu more %s left out, because exceptions concern part of what %s", reader->path,
            taken, taken == 1 ? "rule is" : "rules are", taken == 1 ? "it matches" : "they match");
    table_refuse_many(reader->table, taken, text.text);
}

/* A list that says something, but has no rule, is another list than the administrator means: nobody would notice what
 * is missing. */
static int
refuse_nothing(const struct listing *listing, const struct list *list, size_t taken, struct err *err)
{
    const struct reader *reader = listing->reader;
    const struct kind *kind = &listing->kinds[0];
    const char *title = list->format->title;
    if (reader->refused > 1)
        return err_set(err, ERR_SYNTAX, "no rule comes of it, read as %s: %s (and %zu more %s refused)", title,
                       reader->first->text, reader->refused - 1, reader->refused == 2 ? "line is" : "lines are");
    if (reader->refused == 1)
        return err_set(err, ERR_SYNTAX, "no rule comes of it, read as %s: %s", title, reader->first->text);
    if (taken > 0)
        return err_set(err, ERR_SYNTAX, "no rule comes of it, read as %s: its exceptions concern part of what %s (%zu)",
                       title, taken == 1 ? "its rule matches" : "each of its rules matches", taken);
    if (listing->kind_count == 0)
        return err_set(err, ERR_SYNTAX, "no rule comes of it, read as %s: it names no host or address", title);
    return err_set(err, ERR_SYNTAX,
                   "no rule comes of it, read as %s: %s (%zu) are left out, the first in line %zu: '%.*s'; is it the "
                   "list that is meant?",
                   title, kind->plural, kind->count, kind->line, (int)kind->shown_len, kind->shown);
}

static int
finish(struct listing *listing, const struct list *list, size_t before, struct err *err)
{
    struct reader *reader = listing->reader;
    size_t taken = 0;
    if (table_except_apply(&taken, reader->table, before, &listing->excepts, list->format->except_wins, err) != 0)
        return -1;
    if (reader->whole && reader->refused > 0)
        return 0;
    if (reader->table->rule_count == before && (listing->speaks || listing->kind_count > 0))
        return refuse_nothing(listing, list, taken, err);
    say_format(listing, list, before);
    say_kinds(listing);
    if (taken > 0)
        say_taken(reader, taken);
    reader->terms = UINT32_MAX;
    return 0;
}

/* ---- which format ---- */

static int
choose_format(const struct list_format **ret, const struct table *table, const struct spec *spec,
              const struct input *input, struct err *err)
{
    const char *word = spec->format != NULL ? spec->format : table->list_format;
    size_t len = spec->format != NULL || word == NULL ? spec->format_len : strlen(word);
    char names[LIST_FORMAT_NAMES_MAX];
    bool tags = list_is_tags(input->bytes, input->len);
    if (word == NULL && table_is_document(input->bytes, input->len)) {
        *ret = &list_tags;
        return tags ? 0 : err_set(err, ERR_SYNTAX, "it is a JSON document, not a list; name it without a verb");
    }
    if (word == NULL)
        return list_recognise(ret, input->bytes, input->len, input->last, err);
    *ret = list_find(word, len);
    list_names(names);
    return *ret != NULL ? 0
                        : err_set(err, ERR_USAGE, "'%.*s' is no format of lists; known are %s",
                                  (int)(len > 40 ? 40 : len), word, names);
}

int
table_read_list(struct reader *reader, const struct spec *spec, struct input *input, struct err *err)
{
    struct listing *listing = arena_alloc(reader->table->arena, sizeof *listing);
    const struct list_format *format;
    size_t before = reader->table->rule_count;
    if (listing == NULL)
        return err_set(err, ERR_MEM, "no memory");
    *listing = (struct listing){.reader = reader, .terms = {.verb = spec->verb}};
    if (choose_format(&format, reader->table, spec, input, err) != 0)
        return -1;
    if (spec->part != NULL && !format->has_parts)
        return err_set(err, ERR_USAGE, "%s has no parts; write the file without '#%.60s'", format->title, spec->part);
    listing->terms.set.source = table_reader_source(reader);
    if (listing->terms.set.source == UINT32_MAX)
        return err_set(err, ERR_LIMIT, "more than %d sources", TABLE_SOURCES_MAX);
    const struct list_sink sink = {hear_rule, hear_range, hear_except, hear_part, hear_left, listing};
    struct list list = {.format = format, .sink = &sink, .part = spec->part};
    int result = format == &list_tags ? list_read_tags(&list, input->bytes, input->len, err)
                                      : take_lines(listing, &list, input, err);
    if (result == 0 && list.part != NULL && format->take != NULL && list.word_len == 0)
        result = err_set(err, ERR_USAGE, "nothing in it belongs to '%.60s', which is named after '#'", list.part);
    if (result == 0)
        result = finish(listing, &list, before, err);
    table_except_clear(&listing->excepts);
    return result;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lint_book.c - which rules cover a rule, without comparing every pair. Part of lint_build.h.
 *
 * What covers the name `a.b.c` is the name itself, `.a.b.c`, or a tail of it after `*.` or `.`. These few texts are
 * looked up in one sorted list. Globs and regexes are few, and all are tried. A prefix is covered by its own shorter
 * forms.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "lint_build.h"
#include "name/addr.h"

#define MEMORY_MAX ((size_t)4 << 30)
#define GLOBS_MAX 1000 /* tried for one rule */

static int
compare_place(const struct lint_rule *a, const struct lint_rule *b)
{
    if (a->source != b->source)
        return a->source < b->source ? -1 : 1;
    if (a->rule->line != b->rule->line)
        return a->rule->line < b->rule->line ? -1 : 1;
    return (a->rule > b->rule) - (a->rule < b->rule);
}

static int
compare_names(const void *left, const void *right)
{
    const struct lint_rule *a = left;
    const struct lint_rule *b = right;
    int order = strcmp(a->rule->text, b->rule->text);
    return order != 0 ? order : compare_place(a, b);
}

static int
compare_prefixes(const void *left, const void *right)
{
    const struct lint_rule *a = left;
    const struct lint_rule *b = right;
    int order = prefix_compare(a->rule->prefix, b->rule->prefix);
    return order != 0 ? order : compare_place(a, b);
}

/* Cannot fail for the text: it was compiled once already, when its line was read. */
static const struct regex *
compile_regex(struct lint_book *book, const struct rule *rule)
{
    struct err ignored;
    struct regex *regex = NULL;
    const struct regex *share = book->regex;
    if (rule->kind != PATTERN_REGEX ||
        regex_new(&regex, share, book->arena, rule->text + 1, rule->len - 1u, &ignored) != 0)
        return NULL;
    if (share == NULL)
        book->regex = regex;
    return regex;
}

static void
enter(struct lint_book *book, const struct lint_source *source)
{
    const struct table *table = source->table;
    for (size_t i = 0; i < table->rule_count; i++) {
        const struct rule *rule = &table->rules[i];
        struct lint_rule entry = {rule, compile_regex(book, rule), &table->terms[rule->terms], source};
        if (rule->kind == PATTERN_PREFIX)
            book->prefixes[book->prefix_count++] = entry;
        else
            book->names[book->name_count++] = entry;
    }
}

/* Lists the rules that a check goes through one by one. */
static void
list_some(struct lint_book *book)
{
    for (size_t i = 0; i < book->name_count; i++) {
        const struct lint_rule *name = &book->names[i];
        if (name->rule->kind == PATTERN_GLOB || name->rule->kind == PATTERN_REGEX)
            book->globs[book->glob_count++] = name;
        if (name->source->preset && !name->terms->set.has_id && name->terms->verb != VERB_DEFAULT)
            book->guarded[book->guarded_count++] = name;
    }
    for (size_t i = 0; i < book->prefix_count; i++) {
        if (book->prefixes[i].terms->set.has_id)
            book->published[book->published_count++] = &book->prefixes[i];
    }
}

int
lint_book_open(struct lint_book *book, const struct lint *lint, struct err *err)
{
    size_t count = 0;
    for (size_t i = 0; i < lint->source_count; i++)
        count += lint->sources[i].table->rule_count;
    book->arena = arena_new(MEMORY_MAX);
    if (book->arena == NULL)
        return err_set(err, ERR_MEM, "no memory");
    book->names = arena_array(book->arena, count, sizeof *book->names);
    book->prefixes = arena_array(book->arena, count, sizeof *book->prefixes);
    book->globs = arena_array(book->arena, count, sizeof(void *));
    book->guarded = arena_array(book->arena, count, sizeof(void *));
    book->published = arena_array(book->arena, count, sizeof(void *));
    if (!arena_ok(book->arena))
        return err_set(err, ERR_MEM, "no memory for %zu rules", count);
    for (size_t i = 0; i < lint->source_count; i++)
        enter(book, &lint->sources[i]);
    if (book->name_count > 0)
        qsort(book->names, book->name_count, sizeof *book->names, compare_names);
    if (book->prefix_count > 0)
        qsort(book->prefixes, book->prefix_count, sizeof *book->prefixes, compare_prefixes);
    list_some(book);
    return 0;
}

void
lint_book_close(struct lint_book *book)
{
    arena_free(book->arena);
}

/* One search for covers. */
struct search {
    const struct lint_book *book;
    const struct lint_rule *of;
    bool (*fn)(void *arg, const struct lint_rule *cover);
    void *arg;
};

static bool
call(const struct search *search, const struct lint_rule *cover)
{
    return cover->rule != search->of->rule && search->fn(search->arg, cover);
}

/* Every rule with exactly this text. */
static bool
try_text(const struct search *search, const char *text)
{
    size_t low = 0, high = search->book->name_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(search->book->names[middle].rule->text, text) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < search->book->name_count && strcmp(search->book->names[low].rule->text, text) == 0; low++) {
        if (call(search, &search->book->names[low]))
            return true;
    }
    return false;
}

bool
lint_covers(const struct lint_rule *a, const struct lint_rule *b)
{
    if (a->regex != NULL && b->rule->kind == PATTERN_EXACT)
        return regex_match(a->regex, b->rule->text, b->rule->len) == REGEX_YES;
    bool all = a->rule->len == 1 && a->rule->text[0] == '*';
    return all || strcmp(a->rule->text, b->rule->text) == 0 ||
           pattern_covers(a->rule->text, a->rule->len, b->rule->text, b->rule->len);
}

struct lint_rule
lint_book_rule(const struct lint_book *book, const struct lint_source *source, const struct rule *rule)
{
    const struct lint_rule plain = {rule, NULL, &source->table->terms[rule->terms], source};
    for (size_t i = 0; rule->kind == PATTERN_REGEX && i < book->glob_count; i++) {
        if (book->globs[i]->rule == rule)
            return *book->globs[i];
    }
    return plain;
}

/* Tries `*.tail` and `.tail` if they cover the name. */
static bool
try_tail(const struct search *search, const char *tail)
{
    const struct rule *of = search->of->rule;
    char text[PATTERN_MAX + 3] = "*.";
    size_t len = strlen(tail);
    if (len > PATTERN_MAX)
        return false;
    memcpy(text + 2, tail, len + 1);
    bool same = strcmp(text, of->text) == 0;
    if (!same && pattern_covers(text, len + 2, of->text, of->len) && try_text(search, text))
        return true;
    same = strcmp(text + 1, of->text) == 0;
    return !same && pattern_covers(text + 1, len + 1, of->text, of->len) && try_text(search, text + 1);
}

static bool
each_name(const struct search *search)
{
    const struct rule *of = search->of->rule;
    if (try_text(search, of->text))
        return true;
    for (size_t i = 0; i < search->book->glob_count && i < GLOBS_MAX; i++) {
        const struct lint_rule *glob = search->book->globs[i];
        if (strcmp(glob->rule->text, of->text) != 0 && lint_covers(glob, search->of) && call(search, glob))
            return true;
    }
    if (of->kind == PATTERN_REGEX)
        return false;
    if (of->kind == PATTERN_EXACT && try_tail(search, of->text))
        return true;
    const char *star = memrchr(of->text, '*', of->len);
    for (const char *dot = strchr(star == NULL ? of->text : star, '.'); dot != NULL; dot = strchr(dot + 1, '.')) {
        if (try_tail(search, dot + 1))
            return true;
    }
    return false;
}

static void
cut_prefix(struct prefix *prefix, unsigned len)
{
    prefix->len = (uint8_t)len;
    for (unsigned i = 0; i < 16; i++) {
        unsigned keep = len >= 8 * (i + 1) ? 8 : len <= 8 * i ? 0 : len - 8 * i;
        prefix->addr.bytes[i] = (uint8_t)(prefix->addr.bytes[i] & (0xff00u >> keep));
    }
}

static bool
each_prefix(const struct search *search)
{
    const struct lint_book *book = search->book;
    for (unsigned len = search->of->rule->prefix->len + 1u; len-- > 0;) {
        struct prefix cut = *search->of->rule->prefix;
        cut_prefix(&cut, len);
        size_t low = 0, high = book->prefix_count;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            if (prefix_compare(book->prefixes[middle].rule->prefix, &cut) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        for (; low < book->prefix_count && prefix_compare(book->prefixes[low].rule->prefix, &cut) == 0; low++) {
            if (call(search, &book->prefixes[low]))
                return true;
        }
    }
    return false;
}

bool
lint_each_cover(const struct lint_book *book, const struct lint_rule *of,
                bool (*fn)(void *arg, const struct lint_rule *cover), void *arg)
{
    struct search search = {book, of, fn, arg};
    return of->rule->kind == PATTERN_PREFIX ? each_prefix(&search) : each_name(&search);
}

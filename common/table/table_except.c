// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * table_except.c - see table_except.h.
 *
 *     .y            a rule             `.y` covers the exception: removed, since all of y would be bypassed
 *     .x.y          an exception
 *     .a.x.y        a rule             covered by it: removed if exceptions win, otherwise more specific
 *
 * Two sorted lists of names answer both questions: the names of all exceptions, and these with all names above them.
 */
#include "table_except.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/order.h"
#include "name/addr.h"
#include "name/pattern.h"
#include "table_build.h"

int
table_except_add(struct excepts *excepts, const struct reader *from, const char *text, size_t len, struct err *err)
{
    if (excepts->table == NULL)
        excepts->table = table_new();
    if (excepts->table == NULL)
        return err_set(err, ERR_MEM, "no memory for an exception");
    struct reader reader = {.table = excepts->table,
                            .path = from->path,
                            .source = UINT32_MAX,
                            .terms = UINT32_MAX,
                            .line = from->line,
                            .list = true,
                            .domains = from->domains};
    const struct terms terms = {.verb = VERB_INSPECT, .set.source = table_reader_source(&reader)};
    if (terms.set.source == UINT32_MAX)
        return err_set(err, ERR_MEM, "no memory for an exception");
    if (table_add_rule(&reader, &terms, text, len, err) != 0)
        return -1;
    uint8_t kind = excepts->table->rules[excepts->table->rule_count - 1].kind;
    if (kind != PATTERN_GLOB && kind != PATTERN_REGEX)
        return 0;
    return err_set(err, ERR_SYNTAX, "'%.*s' is an exception with a star inside", (int)(len > 80 ? 80 : len), text);
}

void
table_except_clear(struct excepts *excepts)
{
    table_free(excepts->table);
    *excepts = (struct excepts){.table = NULL};
}

/* The name of `x`, `.x` or `*.x`. */
static const char *
name_of(const struct rule *rule)
{
    return rule->text + (rule->kind == PATTERN_DOT ? 1 : rule->kind == PATTERN_UNDER ? 2 : 0);
}

/* The name above, or NULL. */
static const char *
name_above(const char *name)
{
    const char *dot = strchr(name, '.');
    return dot == NULL ? NULL : dot + 1;
}

static int
compare_names(const void *left, const void *right)
{
    const char *const *a = left;
    const char *const *b = right;
    return order_texts(*a, *b);
}

static bool
has_name(const char *const *names, size_t count, const char *name)
{
    return count > 0 && bsearch(&name, names, count, sizeof *names, compare_names) != NULL;
}

/* Exceptions are in normal order: names first. */
static int
make_lists(struct excepts *excepts, struct err *err)
{
    const struct table *table = excepts->table;
    struct arena *arena = table->arena;
    size_t name_room = 0, above_room = 0;
    for (size_t i = 0; i < table->rule_count && table->rules[i].kind != PATTERN_PREFIX; i++) {
        const char *name = name_of(&table->rules[i]);
        excepts->names = arena_grow(arena, excepts->names, &name_room, excepts->name_count + 1, sizeof *excepts->names);
        if (excepts->names == NULL)
            return err_set(err, ERR_MEM, "no memory for exceptions");
        excepts->names[excepts->name_count++] = name;
        for (; name != NULL; name = name_above(name)) {
            excepts->above =
                arena_grow(arena, excepts->above, &above_room, excepts->above_count + 1, sizeof *excepts->above);
            if (excepts->above == NULL)
                return err_set(err, ERR_MEM, "no memory for exceptions");
            excepts->above[excepts->above_count++] = name;
        }
    }
    if (excepts->name_count > 0) {
        qsort(excepts->names, excepts->name_count, sizeof *excepts->names, compare_names);
        qsort(excepts->above, excepts->above_count, sizeof *excepts->above, compare_names);
    }
    return 0;
}

/* True if an exception is inside the prefix. An ad blocker's exception is a single address, so that none is around it.
 */
static bool
holds_exception(const struct excepts *excepts, const struct prefix *prefix)
{
    const struct table *table = excepts->table;
    size_t low = excepts->name_count, high = table->rule_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (prefix_compare(table->rules[middle].prefix, prefix) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < table->rule_count && prefix_holds(prefix, &table->rules[low].prefix->addr);
}

static bool
is_covered(const struct excepts *excepts, const char *name)
{
    for (name = name_above(name); name != NULL; name = name_above(name)) {
        if (has_name(excepts->names, excepts->name_count, name))
            return true;
    }
    return false;
}

/* A star inside a name, or a regex, may match anything that an exception is about. An exception for one name covers
 * none below it, but a rule below it is removed as well: that bypasses less. */
static bool
is_concerned(const struct excepts *excepts, const struct rule *rule, bool wins)
{
    if (rule->kind == PATTERN_PREFIX)
        return holds_exception(excepts, rule->prefix);
    if (rule->kind == PATTERN_GLOB || rule->kind == PATTERN_REGEX)
        return excepts->name_count > 0;
    const char *name = name_of(rule);
    if (rule->kind != PATTERN_EXACT && has_name(excepts->above, excepts->above_count, name))
        return true;
    return has_name(excepts->names, excepts->name_count, name) || (wins && is_covered(excepts, name));
}

int
table_except_apply(size_t *ret, struct table *table, size_t before, struct excepts *excepts, bool wins, struct err *err)
{
    size_t kept = before;
    if (excepts->table == NULL)
        return 0;
    table_sort(excepts->table);
    if (make_lists(excepts, err) != 0)
        return -1;
    for (size_t i = before; i < table->rule_count; i++) {
        if (!is_concerned(excepts, &table->rules[i], wins))
            table->rules[kept++] = table->rules[i];
    }
    *ret = table->rule_count - kept;
    table_shorten(table, kept);
    return 0;
}

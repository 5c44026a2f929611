// SPDX-License-Identifier: GPL-2.0-or-later
/* table_print.c - the normal order and the normal form of a table. Part of table.h. */
#include <stdlib.h>
#include <string.h>

#include "addr.h"
#include "buf.h"
#include "day.h"
#include "pattern.h"
#include "table_build.h"

#define WIDTH_MAX 48 /* a longer pattern stands out of line */

static const struct set *sorting; /* qsort(3) hands nothing down; set while it runs */

static int
compare_rule(const void *left, const void *right)
{
    const struct rule *a = left;
    const struct rule *b = right;
    const struct set *x = &sorting[a->set];
    const struct set *y = &sorting[b->set];
    if (x->source != y->source)
        return x->source < y->source ? -1 : 1;
    if (x->has_id != y->has_id)
        return x->has_id ? -1 : 1;
    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    bool is_prefix = a->kind == PATTERN_PREFIX;
    if (is_prefix != (b->kind == PATTERN_PREFIX))
        return is_prefix ? 1 : -1;
    int order = is_prefix ? prefix_compare(a->prefix, b->prefix) : strcmp(a->text, b->text);
    if (order != 0)
        return order;
    return a->set == b->set ? (a->line > b->line) - (a->line < b->line) : table_set_compare(x, y);
}

static bool
same_rule(const struct rule *a, const struct rule *b)
{
    if (a->set != b->set || a->kind != b->kind)
        return false;
    return a->kind == PATTERN_PREFIX ? prefix_compare(a->prefix, b->prefix) == 0 : strcmp(a->text, b->text) == 0;
}

void
table_sort(struct table *table)
{
    if (table->rule_count == 0)
        return;
    table_sort_sets(table);
    sorting = table->sets;
    qsort(table->rules, table->rule_count, sizeof *table->rules, compare_rule);
    sorting = NULL;
    size_t kept = 1;
    for (size_t i = 1; i < table->rule_count; i++) {
        if (!same_rule(&table->rules[kept - 1], &table->rules[i]))
            table->rules[kept++] = table->rules[i];
    }
    table->rule_count = kept;
}

const char *
table_rule_text(const struct rule *rule, char room[64])
{
    if (rule->kind != PATTERN_PREFIX)
        return rule->text;
    prefix_format(room, rule->prefix);
    return room;
}

static void
print_quoted(struct buf *buf, const char *text, bool always)
{
    if (!always && strpbrk(text, " \t\"#\\") == NULL && text[0] != '\0') {
        buf_add_text(buf, text);
        return;
    }
    buf_add_char(buf, '"');
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            buf_add_char(buf, '\\');
        buf_add_char(buf, *text);
    }
    buf_add_char(buf, '"');
}

/* A regex keeps its backslashes as they are unless a blank or a quote in it makes quotes necessary. */
static void
print_pattern(struct buf *buf, const char *text)
{
    if (strpbrk(text, " \t\"") == NULL)
        buf_add_text(buf, text);
    else
        print_quoted(buf, text, true);
}

static void
print_value(struct buf *buf, const char *key, const char *value)
{
    if (value == NULL)
        return;
    buf_add_char(buf, ' ');
    buf_add_text(buf, key);
    print_quoted(buf, value, false);
}

static void
print_ports(struct buf *buf, const char *key, const struct ports *ports)
{
    if (ports->count == 0)
        return;
    buf_add_text(buf, key);
    ports_print(buf, ports);
}

static void
print_set(const struct table *table, const struct set *set, struct buf *buf)
{
    if (set->has_id)
        buf_add_fmt(buf, " id=%u", set->id);
    print_value(buf, "area=", set->area);
    print_ports(buf, " tcp=", &set->tcp);
    print_ports(buf, " udp=", &set->udp);
    if (set->required)
        buf_add_text(buf, " required");
    if (set->expressroute)
        buf_add_text(buf, " expressroute");
    print_value(buf, "source=", table->sources[set->source]);
    print_value(buf, "owner=", set->owner);
    print_value(buf, "ticket=", set->ticket);
    if (set->expires != 0) {
        char day[DAY_TEXT_MAX];
        day_format(day, set->expires);
        print_value(buf, "expires=", day);
    }
    print_value(buf, "gen=", set->gen);
    print_value(buf, "note=", set->note);
}

void
table_print_rule(const struct table *table, const struct rule *rule, size_t width, struct buf *buf)
{
    const struct set *set = &table->sets[rule->set];
    const char *verb = verb_word(set->verb);
    char room[64];
    buf_add_text(buf, verb);
    buf_add_fill(buf, ' ', sizeof "optimize" - strlen(verb));
    size_t start = buf->len;
    print_pattern(buf, table_rule_text(rule, room));
    size_t used = buf->len - start;
    buf_add_fill(buf, ' ', used < width ? width - used + 1 : 1);
    print_set(table, set, buf);
}

void
table_print(const struct table *table, struct buf *buf)
{
    char room[64];
    size_t width = 0;
    for (size_t i = 0; i < table->rule_count; i++) {
        size_t len = strlen(table_rule_text(&table->rules[i], room));
        if (len > width)
            width = len;
    }
    if (table->rule_count == 0 && table->label[0] == '\0')
        buf_add_text(buf, "# no rule\n"); /* a file of no byte would be refused */
    if (table->label[0] != '\0') {
        buf_add_text(buf, "# version: ");
        buf_add_text(buf, table->label);
        buf_add_char(buf, '\n');
    }
    for (size_t i = 0; i < table->rule_count; i++) {
        table_print_rule(table, &table->rules[i], width > WIDTH_MAX ? WIDTH_MAX : width, buf);
        buf_add_char(buf, '\n');
    }
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* table_print.c - prints the normal form of a table. Part of table.h. */
#include <string.h>

#include "addr.h"
#include "buf.h"
#include "day.h"
#include "pattern.h"
#include "table_build.h"

#define WIDTH_MAX 48 /* a longer pattern breaks the column */

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

/* A regex keeps its backslashes unchanged unless a space or a quote in it makes quotes necessary. */
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
        buf_add_text(buf, "# no rule\n"); /* an empty file would be refused */
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

// SPDX-License-Identifier: GPL-2.0-or-later
/* table_print.c - prints the normal form of a table. Part of table.h. */
#include <string.h>

#include "base/buf.h"
#include "base/day.h"
#include "name/addr.h"
#include "name/pattern.h"
#include "table.h"

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
print_terms(const struct table *table, const struct terms *terms, struct buf *buf)
{
    if (terms->set.has_id)
        buf_add_fmt(buf, " id=%u", terms->set.id);
    print_value(buf, "area=", terms->area);
    print_ports(buf, " tcp=", &terms->tcp);
    print_ports(buf, " udp=", &terms->udp);
    if (terms->required)
        buf_add_text(buf, " required");
    if (terms->expressroute)
        buf_add_text(buf, " expressroute");
    if (terms->held)
        buf_add_text(buf, " held");
    if (terms->published != VERB_DEFAULT)
        print_value(buf, "published=", verb_word(terms->published));
    print_value(buf, "source=", table->sources[terms->set.source]);
    print_value(buf, "owner=", terms->owner);
    print_value(buf, "ticket=", terms->ticket);
    if (terms->expires != 0) {
        char day[DAY_TEXT_MAX];
        day_format(day, terms->expires);
        print_value(buf, "expires=", day);
    }
    print_value(buf, "gen=", terms->gen);
    print_value(buf, "note=", terms->note);
}

void
table_print_rule(const struct table *table, const struct rule *rule, size_t width, struct buf *buf)
{
    const struct terms *terms = &table->terms[rule->terms];
    const char *verb = verb_word(terms->verb);
    char room[64];
    buf_add_text(buf, verb);
    buf_add_fill(buf, ' ', sizeof "optimize" - strlen(verb));
    size_t start = buf->len;
    print_pattern(buf, table_rule_text(rule, room));
    size_t used = buf->len - start;
    buf_add_fill(buf, ' ', used < width ? width - used + 1 : 1);
    print_terms(table, terms, buf);
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

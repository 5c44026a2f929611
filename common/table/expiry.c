// SPDX-License-Identifier: GPL-2.0-or-later
/* expiry.c - see expiry.h. */
#include "expiry.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/day.h"
#include "base/err.h"
#include "base/utf8.h"
#include "name/verb.h"
#include "table.h"

#define LIST_MEMORY ((size_t)256 << 20)
#define REPORTED_MAX 100 /* lines in a notice */
#define WHO_MAX 60       /* bytes of an owner or a ticket */

/* True if these terms are local and end in the days that are reported. */
static bool
ends_soon(const struct terms *terms, uint32_t today)
{
    if (terms->set.has_id || terms->expires == 0)
        return false;
    uint32_t past = terms->verb == VERB_INSPECT ? 0 : EXPIRY_URGENT_DAYS;
    return terms->expires <= today + EXPIRY_SOON_DAYS &&
           (terms->expires > today || (past > 0 && terms->expires + past >= today));
}

static int
compare(const void *left, const void *right)
{
    const struct expiring *a = left;
    const struct expiring *b = right;
    if (a->days != b->days)
        return a->days < b->days ? -1 : 1;
    return (a->rule > b->rule) - (a->rule < b->rule);
}

int
expiry_find(struct expiring **ret, size_t *ret_count, struct arena *arena, const struct table *table, uint32_t today,
            struct err *err)
{
    size_t count = 0;
    for (size_t i = 0; i < table->rule_count; i++)
        count += ends_soon(&table->terms[table->rules[i].terms], today);
    *ret = arena_array(arena, count, sizeof **ret);
    *ret_count = 0;
    if (*ret == NULL)
        return err_set(err, ERR_MEM, "no memory for %zu lines", count);
    for (size_t i = 0; i < table->rule_count; i++) {
        const struct rule *rule = &table->rules[i];
        const struct terms *terms = &table->terms[rule->terms];
        if (ends_soon(terms, today))
            (*ret)[(*ret_count)++] = (struct expiring){rule, terms, table->sources[terms->set.source],
                                                       (int)((int64_t)terms->expires - (int64_t)today)};
    }
    if (count > 0)
        qsort(*ret, count, sizeof **ret, compare);
    return 0;
}

bool
expiry_is_urgent(const struct expiring *line)
{
    return line->terms->verb != VERB_INSPECT && line->days <= EXPIRY_URGENT_DAYS;
}

static void
add_cut(struct buf *buf, const char *text)
{
    utf8_add_printable(buf, text, strnlen(text, WHO_MAX));
}

void
expiry_add_who(struct buf *buf, const struct terms *terms)
{
    if (terms->owner != NULL) {
        buf_add_text(buf, ", owner '");
        add_cut(buf, terms->owner);
        buf_add_char(buf, '\'');
    }
    if (terms->ticket != NULL) {
        buf_add_text(buf, ", ticket ");
        add_cut(buf, terms->ticket);
    }
}

void
expiry_add(struct buf *buf, const struct expiring *line)
{
    char day[DAY_TEXT_MAX], room[64];
    const char *text = table_rule_text(line->rule, room);
    day_format(day, line->terms->expires);
    buf_add_text(buf, day);
    if (line->days > 0)
        buf_add_fmt(buf, ", in %d day%s: '", line->days, line->days == 1 ? "" : "s");
    else if (line->days == 0)
        buf_add_text(buf, ", today: '");
    else
        buf_add_fmt(buf, ", %d day%s ago: '", -line->days, line->days == -1 ? "" : "s");
    utf8_add_printable(buf, text, strlen(text));
    buf_add_fmt(buf, "' (%s, %s)", verb_word(line->terms->verb), line->source);
    expiry_add_who(buf, line->terms);
    if (line->terms->verb == VERB_INSPECT)
        buf_add_text(buf, "; stays in force, remove it or set a later day");
}

/* Adds a heading, and a line for each line that ends, or for each that stays in force. */
static void
add_kind(struct buf *buf, const struct expiring *list, size_t count, bool stays)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        if ((list[i].terms->verb == VERB_INSPECT) != stays)
            continue;
        if (found == 0 && stays)
            buf_add_fmt(buf, "\nInspect lines to look at within %d days; they stay in force:\n", EXPIRY_SOON_DAYS);
        else if (found == 0)
            buf_add_fmt(buf, "\nLocal lines that expire within %d days, or have just expired:\n", EXPIRY_SOON_DAYS);
        if (++found > REPORTED_MAX)
            continue;
        buf_add_text(buf, "    ");
        expiry_add(buf, &list[i]);
        buf_add_char(buf, '\n');
    }
    if (found > REPORTED_MAX)
        buf_add_fmt(buf, "    and %zu more\n", found - REPORTED_MAX);
}

void
expiry_report(struct buf *buf, const struct table *table, uint32_t today)
{
    struct expiring *list;
    size_t count = 0;
    struct arena *arena = arena_new(LIST_MEMORY);
    if (arena == NULL)
        return;
    if (expiry_find(&list, &count, arena, table, today, NULL) == 0) {
        add_kind(buf, list, count, false);
        add_kind(buf, list, count, true);
    }
    arena_free(arena);
}

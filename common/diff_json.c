// SPDX-License-Identifier: GPL-2.0-or-later
/* diff_json.c - a diff as one JSON object. Part of diff.h. What is absent is null. */
#include <string.h>

#include "buf.h"
#include "day.h"
#include "diff_build.h"
#include "json.h"

static void
add_text(struct buf *buf, const char *key, const char *text)
{
    buf_add_fmt(buf, ",\"%s\":", key);
    if (text == NULL)
        buf_add_text(buf, "null");
    else
        json_add_string(buf, text, strlen(text));
}

static void
add_bool(struct buf *buf, const char *key, bool value)
{
    buf_add_fmt(buf, ",\"%s\":%s", key, value ? "true" : "false");
}

static void
add_ports(struct buf *buf, const char *key, const struct ports *ports)
{
    buf_add_fmt(buf, ",\"%s\":\"", key);
    ports_print(buf, ports);
    buf_add_char(buf, '"');
}

static void
add_set(struct buf *buf, const char *key, const struct table *table, const struct set *set)
{
    char day[DAY_TEXT_MAX];
    buf_add_fmt(buf, ",\"%s\":", key);
    if (set == NULL) {
        buf_add_text(buf, "null");
        return;
    }
    if (set->has_id)
        buf_add_fmt(buf, "{\"id\":%u", set->id);
    else
        buf_add_text(buf, "{\"id\":null");
    add_text(buf, "source", table->sources[set->source]);
    add_text(buf, "verb", verb_word(set->verb));
    add_text(buf, "area", set->area);
    add_ports(buf, "tcp", &set->tcp);
    add_ports(buf, "udp", &set->udp);
    add_bool(buf, "required", set->required);
    add_bool(buf, "expressRoute", set->expressroute);
    day_format(day, set->expires);
    add_text(buf, "expires", set->expires == 0 ? NULL : day);
    add_text(buf, "owner", set->owner);
    add_text(buf, "ticket", set->ticket);
    add_text(buf, "note", set->note);
    buf_add_char(buf, '}');
}

static void
add_entry(struct buf *buf, const struct diff *diff, const struct diff_entry *entry)
{
    buf_add_fmt(buf, "{\"kind\":\"%s\"", diff_word(entry->kind));
    add_text(buf, "text", entry->text);
    add_bool(buf, "prefix", entry->is_prefix);
    bool replaces = entry->kind == DIFF_BROADENED || entry->kind == DIFF_NARROWED;
    add_text(buf, "replaces", replaces ? entry->other : NULL);
    add_text(buf, "under", replaces ? NULL : entry->other);
    add_bool(buf, "elsewhere", entry->elsewhere);
    add_set(buf, "old", diff->old_table, entry->old_set);
    add_set(buf, "new", diff->new_table, entry->new_set);
    add_text(buf, "impact", entry->impact);
    add_text(buf, "effective", entry->effective);
    buf_add_char(buf, '}');
}

static void
add_answer(struct buf *buf, const struct diff *diff, bool opened, const struct ports *ports, const char *was,
           const char *is, const struct set *set)
{
    add_ports(buf, "ports", ports);
    add_bool(buf, "opened", opened);
    add_text(buf, "oldWhy", was);
    add_text(buf, "newWhy", is);
    add_set(buf, "set", opened ? diff->new_table : diff->old_table, set);
}

static void
add_verdict(struct buf *buf, const struct diff *diff, const struct diff_verdict *verdict)
{
    buf_add_text(buf, "{\"pattern\":");
    json_add_string(buf, verdict->pattern, strlen(verdict->pattern));
    add_text(buf, "name", verdict->name);
    add_answer(buf, diff, verdict->opened, &verdict->ports, verdict->old_why, verdict->new_why, verdict->set);
    add_bool(buf, "setWasBypassed", verdict->group_known);
    buf_add_char(buf, '}');
}

static void
add_range(struct buf *buf, const struct diff *diff, const struct diff_range *range)
{
    char text[ADDR_TEXT_MAX];
    addr_format(text, &range->first);
    buf_add_fmt(buf, "{\"first\":\"%s\"", text);
    addr_format(text, &range->last);
    add_text(buf, "last", text);
    add_answer(buf, diff, range->opened, &range->ports, range->old_why, range->new_why, range->set);
    add_bool(buf, "setWasBypassed", range->group_known);
    buf_add_char(buf, '}');
}

void
diff_print_json(const struct diff *diff, struct buf *buf)
{
    buf_add_fmt(buf, "{\"oldRules\":%zu,\"newRules\":%zu", diff->old_rules, diff->new_rules);
    add_text(buf, "oldLabel", diff->old_table->label);
    add_text(buf, "newLabel", diff->new_table->label);
    buf_add_text(buf, ",\"counts\":{");
    for (unsigned i = 0; i < DIFF_KINDS; i++)
        buf_add_fmt(buf, "%s\"%s\":%zu", i > 0 ? "," : "", diff_word((enum diff_kind)i), diff->counts[i]);
    buf_add_text(buf, "},\"entries\":[");
    for (size_t i = 0; i < diff->entry_count; i++) {
        buf_add_text(buf, i > 0 ? "," : "");
        add_entry(buf, diff, &diff->entries[i]);
    }
    buf_add_text(buf, "],\"verdicts\":[");
    for (size_t i = 0; i < diff->verdict_count; i++) {
        buf_add_text(buf, i > 0 ? "," : "");
        add_verdict(buf, diff, &diff->verdicts[i]);
    }
    buf_add_text(buf, "],\"ranges\":[");
    for (size_t i = 0; i < diff->range_count; i++) {
        buf_add_text(buf, i > 0 ? "," : "");
        add_range(buf, diff, &diff->ranges[i]);
    }
    buf_add_char(buf, ']');
    add_text(buf, "options", diff->options);
    buf_add_fmt(buf, ",\"regexes\":%zu", diff->regex_count);
    add_bool(buf, "partial", diff->partial);
    buf_add_text(buf, "}\n");
}

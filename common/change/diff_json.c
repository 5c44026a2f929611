// SPDX-License-Identifier: GPL-2.0-or-later
/* diff_json.c - a diff as one JSON object. Part of diff.h. Absent values are null. */
#include <string.h>

#include "base/buf.h"
#include "base/day.h"
#include "base/json_write.h"
#include "diff_build.h"
#include "later.h"
#include "opening.h"
#include "seen/seen.h"

static void
add_ports(struct json_writer *json, const char *key, const struct ports *ports)
{
    json_write_key(json, key);
    buf_add_char(json->buf, '"');
    ports_print(json->buf, ports);
    buf_add_char(json->buf, '"');
}

static void
add_terms(struct json_writer *json, const char *key, const struct table *table, const struct terms *terms)
{
    char day[DAY_TEXT_MAX];
    if (terms == NULL) {
        json_write_null(json, key);
        return;
    }
    json_write_object(json, key);
    if (terms->set.has_id)
        json_write_number(json, "id", terms->set.id);
    else
        json_write_null(json, "id");
    json_write_text(json, "source", table->sources[terms->set.source]);
    json_write_text(json, "verb", verb_word(terms->verb));
    json_write_text(json, "category", verb_category(terms->verb));
    json_write_text(json, "area", terms->area);
    add_ports(json, "tcp", &terms->tcp);
    add_ports(json, "udp", &terms->udp);
    json_write_bool(json, "required", terms->required);
    json_write_bool(json, "expressRoute", terms->expressroute);
    day_format(day, terms->expires);
    json_write_text(json, "expires", terms->expires == 0 ? NULL : day);
    json_write_text(json, "owner", terms->owner);
    json_write_text(json, "ticket", terms->ticket);
    json_write_text(json, "note", terms->note);
    json_write_end(json);
}

static void
add_entry(struct json_writer *json, const struct diff *diff, const struct diff_entry *entry)
{
    json_write_object(json, NULL);
    json_write_text(json, "kind", diff_word(entry->kind));
    json_write_text(json, "text", entry->text);
    json_write_bool(json, "prefix", entry->is_prefix);
    bool replaces = entry->kind == DIFF_BROADENED || entry->kind == DIFF_NARROWED;
    json_write_text(json, "replaces", replaces ? entry->other : NULL);
    json_write_text(json, "under", replaces ? NULL : entry->other);
    json_write_bool(json, "elsewhere", entry->elsewhere);
    add_terms(json, "old", diff->old_table, entry->old_terms);
    add_terms(json, "new", diff->new_table, entry->new_terms);
    json_write_text(json, "impact", entry->impact);
    json_write_text(json, "effective", entry->effective);
    json_write_end(json);
}

static void
add_answer(struct json_writer *json, const struct diff *diff, enum seen_list list, size_t at)
{
    const struct diff_answer *answer = list == SEEN_VERDICTS ? &diff->verdicts[at].answer : &diff->ranges[at].answer;
    add_ports(json, "ports", &answer->ports);
    json_write_bool(json, "opened", answer->opened);
    json_write_text(json, "oldWhy", why_word(answer->old_why));
    json_write_text(json, "newWhy", why_word(answer->new_why));
    add_terms(json, "set", answer->opened ? diff->new_table : diff->old_table, answer->terms);
    json_write_bool(json, "joins", answer->joins);
    seen_write_row(json, diff->seen, list, at);
}

static void
add_verdict(struct json_writer *json, const struct diff *diff, size_t at)
{
    const struct diff_verdict *verdict = &diff->verdicts[at];
    json_write_object(json, NULL);
    json_write_text(json, "pattern", verdict->pattern);
    json_write_text(json, "name", verdict->name);
    add_answer(json, diff, SEEN_VERDICTS, at);
    json_write_end(json);
}

static void
add_range(struct json_writer *json, const struct diff *diff, size_t at)
{
    const struct diff_range *range = &diff->ranges[at];
    char text[ADDR_TEXT_MAX];
    json_write_object(json, NULL);
    addr_format(text, &range->first);
    json_write_text(json, "first", text);
    addr_format(text, &range->last);
    json_write_text(json, "last", text);
    add_answer(json, diff, SEEN_RANGES, at);
    json_write_end(json);
}

static void
add_address(struct json_writer *json, const char *key, const struct addr *addr)
{
    char text[ADDR_TEXT_MAX];
    addr_format(text, addr);
    json_write_text(json, key, text);
}

static void
add_request(struct json_writer *json, const struct opening *opening)
{
    struct buf request;
    buf_init(&request, 4096);
    opening_print_request(&request, opening);
    json_write_bytes(json, "request", request.data, request.len);
    json->buf->failed = json->buf->failed || !buf_ok(&request);
    buf_clear(&request);
}

static void
add_opening(struct json_writer *json, const struct diff *diff, size_t at)
{
    const struct opening *opening = &diff->openings[at];
    static const char *const kinds[] = {[OPENING_NAME] = "name",
                                        [OPENING_WITH_SNI] = "with-sni",
                                        [OPENING_WITH] = "with-address",
                                        [OPENING_ADDRESS] = "address"};
    json_write_object(json, NULL);
    json_write_text(json, "kind", kinds[opening->kind]);
    json_write_text(json, "pattern", opening->pattern);
    add_ports(json, "ports", &opening->ports);
    add_request(json, opening);
    json_write_text(json, "sniPattern", opening->sni_pattern);
    if (opening->kind == OPENING_NAME) {
        json_write_null(json, "first");
        json_write_null(json, "last");
    } else {
        add_address(json, "first", &opening->first);
        add_address(json, "last", &opening->last);
    }
    json_write_number(json, "moreRanges", opening->more_runs);
    json_write_text(json, "oldWhy", why_word(opening->old_why));
    json_write_text(json, "oldRule", opening->old_rule);
    add_terms(json, "old", diff->old_table, opening->old_terms);
    json_write_text(json, "newRule", opening->new_rule);
    add_terms(json, "new", diff->new_table, opening->new_terms);
    seen_write_row(json, diff->seen, SEEN_OPENINGS, at);
    json_write_end(json);
}

/* A label is in the image only: a table that is read back from a generation has none. */
static void
add_label(struct json_writer *json, const char *key, const struct image *image, const struct table *table)
{
    struct image_info info = {0};
    if (image != NULL)
        image_get_info(image, &info);
    if (info.label.len > 0)
        json_write_bytes(json, key, info.label.text, info.label.len);
    else
        json_write_text(json, key, table->label[0] == '\0' ? NULL : table->label);
}

static void
add_generation(struct json_writer *json, const char *key, uint32_t generation)
{
    if (generation != 0)
        json_write_number(json, key, generation);
    else
        json_write_null(json, key);
}

static void
add_counts(struct json_writer *json, const struct diff *diff)
{
    json_write_object(json, "counts");
    for (unsigned i = 0; i < DIFF_KINDS; i++)
        json_write_number(json, diff_word((enum diff_kind)i), diff->counts[i]);
    json_write_end(json);
}

static void
add_later(struct json_writer *json, const struct later_found *later)
{
    char day[DAY_TEXT_MAX];
    json_write_array(json, "later");
    for (size_t i = 0; i < later->count; i++) {
        json_write_object(json, NULL);
        json_write_text(json, "pattern", later->openings[i].pattern);
        day_format(day, later->openings[i].day);
        json_write_text(json, "day", day);
        json_write_end(json);
    }
    json_write_end(json);
    json_write_bool(json, "laterPartial", later->partial);
}

static void
add_findings(struct json_writer *json, const struct diff *diff)
{
    json_write_array(json, "openings");
    for (size_t i = 0; i < diff->opening_count; i++)
        add_opening(json, diff, i);
    json_write_end(json);
    json_write_array(json, "entries");
    for (size_t i = 0; i < diff->entry_count; i++)
        add_entry(json, diff, &diff->entries[i]);
    json_write_end(json);
    json_write_array(json, "verdicts");
    for (size_t i = 0; i < diff->verdict_count; i++)
        add_verdict(json, diff, i);
    json_write_end(json);
    json_write_array(json, "ranges");
    for (size_t i = 0; i < diff->range_count; i++)
        add_range(json, diff, i);
    json_write_end(json);
}

void
diff_print_json(const struct diff *diff, const struct later_found *later, uint32_t old_generation,
                uint32_t new_generation, struct buf *buf)
{
    struct json_writer json = {.buf = buf};
    json_write_object(&json, NULL);
    json_write_number(&json, "oldRules", diff->old_rules);
    json_write_number(&json, "newRules", diff->new_rules);
    add_label(&json, "oldLabel", diff->old_image, diff->old_table);
    add_label(&json, "newLabel", diff->new_image, diff->new_table);
    add_generation(&json, "oldGeneration", old_generation);
    add_generation(&json, "newGeneration", new_generation);
    add_counts(&json, diff);
    add_findings(&json, diff);
    seen_write_days(&json, diff->seen);
    add_later(&json, later);
    json_write_text(&json, "options", diff->options);
    json_write_number(&json, "regexes", diff->regex_count);
    json_write_bool(&json, "partial", diff->partial);
    json_write_end(&json);
    buf_add_char(buf, '\n');
}

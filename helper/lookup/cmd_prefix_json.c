// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_prefix_json.c - the answer to a prefix as one JSON object, always complete. See cmd_prefix.h. */
#include "base/json_write.h"
#include "cmd_explain.h"
#include "cmd_prefix_build.h"

static void
write_set(struct json_writer *json, const struct image_set *set)
{
    if (set->has_id)
        json_write_number(json, "id", set->id);
    else
        json_write_null(json, "id");
    json_write_bytes(json, "area", set->area.len > 0 ? set->area.text : NULL, set->area.len);
    json_write_bytes(json, "source", set->source.len > 0 ? set->source.text : NULL, set->source.len);
}

static void
write_range(struct json_writer *json, const struct prefix_answer *answer, const struct range *range)
{
    const struct answer one = prefix_decided(answer, range);
    struct image_set set = {.has_id = false};
    char text[ADDR_TEXT_MAX], room[IMAGE_RULE_MAX];
    json_write_object(json, NULL);
    addr_format(text, &range->first);
    json_write_text(json, "first", text);
    addr_format(text, &range->last);
    json_write_text(json, "last", text);
    json_write_text(json, "action", one.verdict.bypass ? "bypass" : "inspect");
    if (one.verdict.has_rule)
        image_get_set(answer->image, one.verdict.set, &set);
    json_write_text(json, "category", one.verdict.has_rule ? answer_category(&one, &set) : NULL);
    json_write_text(json, "why", why_word(one.verdict.why));
    struct image_text rule = {0};
    if (one.verdict.has_rule)
        rule = image_rule_text(answer->image, one.verdict.rule, room);
    json_write_bytes(json, "rule", rule.text, rule.len);
    write_set(json, &set);
    json_write_end(json);
}

static void
write_rules(struct json_writer *json, const struct prefix_answer *answer, const char *key, bool inside)
{
    size_t count;
    const struct held_rule *rules = prefix_rules(answer, &count);
    json_write_array(json, key);
    for (size_t i = 0; i < count; i++) {
        if (rules[i].inside == inside)
            explain_write_rule(json, answer->image, &rules[i].prefix, rules[i].set);
    }
    json_write_end(json);
}

void
prefix_print_json(struct buf *buf, const struct prefix_answer *answer)
{
    struct json_writer json = {.buf = buf};
    char text[PREFIX_TEXT_MAX];
    size_t count;
    const struct range *ranges = prefix_ranges(answer, &count);
    prefix_format(text, &answer->prefix);
    json_write_object(&json, NULL);
    json_write_bytes(&json, "query", answer->query, answer->query_len);
    json_write_text(&json, "prefix", text);
    json_write_number(&json, "port", 443);
    json_write_text(&json, "action", prefix_action(answer));
    json_write_array(&json, "ranges");
    for (size_t i = 0; i < count; i++)
        write_range(&json, answer, &ranges[i]);
    json_write_end(&json);
    write_rules(&json, answer, "holds", true);
    write_rules(&json, answer, "inside", false);
    if (answer->all)
        explain_write_held(&json, &(struct held_query){.holding = answer->holding, .prefix = &answer->prefix});
    if (answer->also != NULL)
        explain_write_also(&json, &(struct also_query){answer->also, answer->image, answer->today, answer->all,
                                                       answer->prefix, false});
    json_write_end(&json);
    buf_add_char(buf, '\n');
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_answer.c - prints the answer to one query, as text and as JSON. Part of `m365ctl lookup`; see cmd_lookup.h. */
#include <string.h>

#include "buf.h"
#include "cmd.h"
#include "cmd_lookup.h"
#include "json.h"

#define ACTION_WIDTH 8
#define CATEGORY_WIDTH 10
#define WHY_WIDTH 18
#define RULE_WIDTH 32

/* Pads the column that began at `start`. Width is counted in characters, not bytes. */
static void
pad(struct buf *buf, size_t start, size_t width)
{
    size_t used = 0;
    for (size_t i = start; i < buf->len; i++)
        used += ((unsigned char)buf->data[i] & 0xc0) != 0x80;
    buf_add_fill(buf, ' ', used < width ? width - used : 2);
}

static void
add_column(struct buf *buf, const char *text, size_t width)
{
    size_t start = buf->len;
    buf_add_text(buf, text);
    pad(buf, start, width);
}

static const char *
answer_category(const struct answer *answer, const struct image_set *set)
{
    if (answer->verdict.why != WHY_RULE && answer->verdict.why != WHY_CATEGORY)
        return NULL;
    return category_word(set->verb);
}

static void
add_set(struct buf *buf, const struct image_set *set)
{
    if (set->has_id)
        buf_add_fmt(buf, "set %u", set->id);
    else
        buf_add_text(buf, "local");
    if (set->area.len > 0) {
        buf_add_text(buf, ", ");
        cmd_add_printable(buf, set->area.text, set->area.len);
    }
    buf_add_text(buf, ", ");
    cmd_add_printable(buf, set->source.text, set->source.len);
}

void
answer_print_text(struct buf *buf, const struct answer *answer, size_t width)
{
    const struct verdict *verdict = &answer->verdict;
    struct image_set set = {0};
    if (verdict->has_rule)
        image_get_set(answer->image, verdict->set, &set);
    size_t start = buf->len;
    cmd_add_printable(buf, answer->query, answer->query_len);
    pad(buf, start, width + 2);
    add_column(buf, verdict->bypass ? "bypass" : "inspect", ACTION_WIDTH + 1);
    const char *category = answer_category(answer, &set);
    add_column(buf, category == NULL ? "-" : category, CATEGORY_WIDTH);
    if (!verdict->has_rule) {
        buf_add_fmt(buf, "%s\n", why_word(verdict->why));
        return;
    }
    add_column(buf, why_word(verdict->why), WHY_WIDTH);
    char room[IMAGE_RULE_MAX];
    struct image_text rule = image_rule_text(answer->image, verdict->rule, room);
    start = buf->len;
    cmd_add_printable(buf, rule.text, rule.len);
    pad(buf, start, RULE_WIDTH);
    add_set(buf, &set);
    buf_add_char(buf, '\n');
}

static void
add_key(struct buf *buf, const char *key)
{
    buf_add_fmt(buf, ",\"%s\":", key);
}

static void
add_text_or_null(struct buf *buf, const char *key, const char *text, size_t len)
{
    add_key(buf, key);
    if (text == NULL)
        buf_add_text(buf, "null");
    else
        json_add_string(buf, text, len);
}

static void
add_word_or_null(struct buf *buf, const char *key, const char *word)
{
    add_text_or_null(buf, key, word, word == NULL ? 0 : strlen(word));
}

static void
add_identifier(struct buf *buf, const char *key, const struct identifier *identifier)
{
    char text[ADDR_TEXT_MAX];
    if (identifier->given == GIVEN_NAME) {
        add_text_or_null(buf, key, identifier->name.text, identifier->name.len);
    } else if (identifier->given == GIVEN_ADDR) {
        addr_format(text, &identifier->addr);
        add_word_or_null(buf, key, text);
    } else {
        add_word_or_null(buf, key, NULL);
    }
}

static void
add_id(struct buf *buf, const struct image_set *set)
{
    add_key(buf, "id");
    if (set != NULL && set->has_id)
        buf_add_fmt(buf, "%u", set->id);
    else
        buf_add_text(buf, "null");
}

static void
add_flag(struct buf *buf, const char *key, const struct image_set *set, bool flag)
{
    add_key(buf, key);
    buf_add_text(buf, set == NULL ? "null" : flag ? "true" : "false");
}

static void
add_image_text(struct buf *buf, const char *key, const struct image_text *text)
{
    add_text_or_null(buf, key, text == NULL || text->len == 0 ? NULL : text->text, text == NULL ? 0 : text->len);
}

static void
add_request(struct buf *buf, const struct answer *answer)
{
    const struct request *request = &answer->request;
    bool usable = request->line_ok;
    static const struct identifier none;
    buf_add_text(buf, "{\"query\":");
    json_add_string(buf, answer->query, answer->query_len);
    add_identifier(buf, "host", usable ? &request->dst : &none);
    add_key(buf, "port");
    if (usable && request->port != 0)
        buf_add_fmt(buf, "%u", request->port);
    else
        buf_add_text(buf, "null");
    add_identifier(buf, "sni", usable && request->sni.given == GIVEN_NAME ? &request->sni : &none);
}

static void
add_other(struct buf *buf, const struct answer *answer, const struct explained *match)
{
    static const char *const sides[] = {[SIDE_DST] = "dst", [SIDE_SNI] = "sni", [SIDE_LA] = "la"};
    struct image_set set;
    char room[IMAGE_RULE_MAX];
    image_get_set(answer->image, match->set, &set);
    struct image_text rule = image_rule_text(answer->image, match->rule, room);
    buf_add_text(buf, "{\"rule\":");
    json_add_string(buf, rule.text, rule.len);
    add_word_or_null(buf, "category", category_word(set.verb));
    add_id(buf, &set);
    add_image_text(buf, "area", &set.area);
    add_image_text(buf, "source", &set.source);
    add_word_or_null(buf, "by", sides[match->side]);
    add_word_or_null(buf, "lost", lost_word(match->lost));
    buf_add_char(buf, '}');
}

bool
answer_is_decider(const struct answer *answer, const struct explained *match)
{
    const struct verdict *verdict = &answer->verdict;
    return verdict->has_rule && match->lost == LOST_NOT && image_rule_equal(answer->image, match->rule, verdict->rule);
}

static void
add_others(struct buf *buf, const struct answer *answer)
{
    bool first = true;
    add_key(buf, "others");
    buf_add_char(buf, '[');
    for (size_t i = 0; i < answer->match_count; i++) {
        if (answer_is_decider(answer, &answer->matches[i]))
            continue;
        if (!first)
            buf_add_char(buf, ',');
        add_other(buf, answer, &answer->matches[i]);
        first = false;
    }
    buf_add_char(buf, ']');
}

void
answer_print_json(struct buf *buf, const struct answer *answer, bool others)
{
    const struct verdict *verdict = &answer->verdict;
    struct image_set found = {0};
    const struct image_set *set = NULL;
    struct image_text rule = {0};
    char room[IMAGE_RULE_MAX];
    if (verdict->has_rule) {
        image_get_set(answer->image, verdict->set, &found);
        rule = image_rule_text(answer->image, verdict->rule, room);
        set = &found;
    }
    add_request(buf, answer);
    add_word_or_null(buf, "action", verdict->bypass ? "bypass" : "inspect");
    add_word_or_null(buf, "category", set == NULL ? NULL : answer_category(answer, set));
    add_word_or_null(buf, "why", why_word(verdict->why));
    add_image_text(buf, "rule", &rule);
    add_id(buf, set);
    add_image_text(buf, "area", set == NULL ? NULL : &set->area);
    add_flag(buf, "required", set, found.required);
    add_flag(buf, "expressRoute", set, found.expressroute);
    add_image_text(buf, "source", set == NULL ? NULL : &set->source);
    if (others)
        add_others(buf, answer);
    buf_add_text(buf, "}\n");
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_answer.c - prints the answer to one query, as text and as JSON. Part of `m365ctl lookup`; see cmd_lookup.h. */

#include "base/buf.h"
#include "base/json_write.h"
#include "base/utf8.h"
#include "cmd/cmd.h"
#include "cmd_answer_tail.h"
#include "cmd_explain.h"
#include "cmd_lookup.h"
#include "cmd_paste.h"
#include "name/verb.h"

#define ACTION_WIDTH 8
#define CATEGORY_WIDTH 10
#define WHY_WIDTH 18
#define RULE_WIDTH 32

/* Pads the column that began at `start`. Width is counted in characters, not bytes. */
static void
pad(struct buf *buf, size_t start, size_t width)
{
    size_t used = utf8_plain(buf->data + start, buf->len - start);
    for (size_t i = start + used; i < buf->len; i++)
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

const char *
answer_category(const struct answer *answer, const struct image_set *set)
{
    if (answer->verdict.why != WHY_RULE && answer->verdict.why != WHY_CATEGORY)
        return NULL;
    return verb_category(set->verb);
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
        utf8_add_printable(buf, set->area.text, set->area.len);
    }
    buf_add_text(buf, ", ");
    utf8_add_printable(buf, set->source.text, set->source.len);
}

/* Everything after the query. */
static void
print_columns(struct buf *buf, const struct answer *answer)
{
    const struct verdict *verdict = &answer->verdict;
    struct image_set set = {0};
    if (verdict->has_rule)
        image_get_set(answer->image, verdict->set, &set);
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
    size_t start = buf->len;
    utf8_add_printable(buf, rule.text, rule.len);
    pad(buf, start, RULE_WIDTH);
    add_set(buf, &set);
    buf_add_char(buf, '\n');
}

void
answer_print_around(struct buf *buf, const struct answer *answer)
{
    size_t before = buf->len;
    explain_around(buf, answer);
    if (buf->len == before && answer->request.dst.given == GIVEN_ADDR)
        explain_outside(buf, &answer->request.dst.addr);
}

/* False if the lists have nothing to say about the query. */
static bool
find_also(struct also_query *ret, const struct answer *answer, bool all)
{
    const struct request *request = &answer->request;
    if (answer->also == NULL || !request->line_ok || request->dst.given != GIVEN_ADDR)
        return false;
    *ret = (struct also_query){answer->also, answer->image, answer->today, all, {request->dst.addr, 32}, false};
    if (request->dst.addr.v6)
        ret->prefix.len = 128;
    return true;
}

void
answer_print_also(struct buf *buf, const struct answer *answer, bool all)
{
    struct also_query query;
    if (find_also(&query, answer, all))
        explain_also(buf, &query);
}

void
answer_print_text(struct buf *buf, const struct answer *answer, size_t width)
{
    struct tail *slot = NULL;
    size_t start = buf->len;
    utf8_add_printable(buf, answer->query, answer->query_len);
    pad(buf, start, width + 2);
    start = buf->len;
    if (answer->tails != NULL && tail_add(answer->tails, answer->image, &answer->verdict, buf, &slot))
        return;
    print_columns(buf, answer);
    if (slot != NULL)
        tail_keep(slot, buf, start);
}

static void
add_identifier(struct json_writer *json, const char *key, const struct identifier *identifier)
{
    char text[ADDR_TEXT_MAX];
    if (identifier->given == GIVEN_NAME) {
        json_write_bytes(json, key, identifier->name.text, identifier->name.len);
    } else if (identifier->given == GIVEN_ADDR) {
        addr_format(text, &identifier->addr);
        json_write_text(json, key, text);
    } else {
        json_write_null(json, key);
    }
}

static void
add_number(struct json_writer *json, const char *key, bool given, uint32_t number)
{
    if (given)
        json_write_number(json, key, number);
    else
        json_write_null(json, key);
}

static void
add_id(struct json_writer *json, const struct image_set *set)
{
    add_number(json, "id", set != NULL && set->has_id, set == NULL ? 0 : set->id);
}

static void
add_flag(struct json_writer *json, const char *key, const struct image_set *set, bool flag)
{
    if (set == NULL)
        json_write_null(json, key);
    else
        json_write_bool(json, key, flag);
}

static void
add_image_text(struct json_writer *json, const char *key, const struct image_text *text)
{
    bool given = text != NULL && text->len > 0;
    json_write_bytes(json, key, given ? text->text : NULL, given ? text->len : 0);
}

static void
add_request(struct json_writer *json, const struct answer *answer)
{
    const struct request *request = &answer->request;
    bool usable = request->line_ok;
    static const struct identifier none;
    json_write_bytes(json, "query", answer->query, answer->query_len);
    add_identifier(json, "host", usable ? &request->dst : &none);
    add_number(json, "port", usable && request->port != 0, request->port);
    add_identifier(json, "sni", usable && request->sni.given == GIVEN_NAME ? &request->sni : &none);
}

static void
add_other(struct json_writer *json, const struct answer *answer, const struct explained *match)
{
    static const char *const sides[] = {[SIDE_DST] = "dst", [SIDE_SNI] = "sni", [SIDE_LA] = "la"};
    struct image_set set;
    char room[IMAGE_RULE_MAX];
    image_get_set(answer->image, match->set, &set);
    struct image_text rule = image_rule_text(answer->image, match->rule, room);
    json_write_object(json, NULL);
    json_write_bytes(json, "rule", rule.text, rule.len);
    json_write_text(json, "category", verb_category(set.verb));
    add_id(json, &set);
    add_image_text(json, "area", &set.area);
    add_image_text(json, "source", &set.source);
    json_write_text(json, "by", sides[match->side]);
    json_write_text(json, "lost", lost_word(match->lost));
    json_write_end(json);
}

bool
answer_is_decider(const struct answer *answer, const struct explained *match)
{
    const struct verdict *verdict = &answer->verdict;
    return verdict->has_rule && match->lost == LOST_NOT && image_rule_equal(answer->image, match->rule, verdict->rule);
}

static void
add_others(struct json_writer *json, const struct answer *answer)
{
    json_write_array(json, "others");
    for (size_t i = 0; i < answer->match_count; i++) {
        if (!answer_is_decider(answer, &answer->matches[i]))
            add_other(json, answer, &answer->matches[i]);
    }
    json_write_end(json);
}

/* Everything after the request. */
static void
write_verdict(struct json_writer *json, const struct answer *answer)
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
    json_write_text(json, "action", verdict->bypass ? "bypass" : "inspect");
    json_write_text(json, "category", set == NULL ? NULL : answer_category(answer, set));
    json_write_text(json, "why", why_word(verdict->why));
    add_image_text(json, "rule", &rule);
    add_id(json, set);
    add_image_text(json, "area", set == NULL ? NULL : &set->area);
    add_flag(json, "required", set, found.required);
    add_flag(json, "expressRoute", set, found.expressroute);
    add_image_text(json, "source", set == NULL ? NULL : &set->source);
}

void
answer_print_json(struct buf *buf, const struct answer *answer, bool others)
{
    struct json_writer json = {.buf = buf};
    struct tail *slot = NULL;
    json_write_object(&json, NULL);
    add_request(&json, answer);
    size_t start = buf->len;
    if (!others && answer->also == NULL && answer->tails != NULL &&
        tail_add(answer->tails, answer->image, &answer->verdict, buf, &slot))
        return;
    write_verdict(&json, answer);
    if (others) {
        add_others(&json, answer);
        struct pattern pattern;
        explain_write_held(&json,
                           &(struct held_query){.holding = answer->holding,
                                                .request = &answer->request,
                                                .pattern = paste_is_pattern(&pattern, answer) ? pattern.text : NULL});
        explain_write_around(&json, answer);
    }
    struct also_query query;
    if (find_also(&query, answer, others))
        explain_write_also(&json, &query);
    else if (answer->also != NULL)
        json_write_null(&json, "also");
    json_write_end(&json);
    buf_add_char(buf, '\n');
    if (slot != NULL)
        tail_keep(slot, buf, start);
}

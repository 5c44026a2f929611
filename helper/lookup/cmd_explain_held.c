// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmd_explain_held.c - what is held about a name or an address: since when, waiting or rejected, what is in use and
 * what the newest sources say. Part of `m365ctl lookup`; see cmd_explain.h.
 *
 * A row that is held may be missing in the table, so the image does not show it. Its generation keeps it beside the
 * image, and the generation that waits keeps it, too (holding.h).
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/json_write.h"
#include "base/place.h"
#include "base/utf8.h"
#include "cmd/cmd.h"
#include "cmd_explain.h"
#include "state/state.h"
#include "store/generation_named.h"
#include "store/holding.h"
#include "table/policy.h"
#include "table/table.h"

#define HELD_SHOWN 40

/* Cuts `FOLDER/gen-000004/image`, to which links were followed, into FOLDER and the name of the generation. */
static bool
cut_path(char path[PATH_MAX], const char **ret_generation)
{
    char *file = strrchr(path, '/');
    if (file == NULL || strcmp(file, "/image") != 0)
        return false;
    *file = '\0';
    char *folder = strrchr(path, '/');
    if (folder == NULL || folder == path)
        return false;
    *folder = '\0';
    *ret_generation = folder + 1;
    return strncmp(folder + 1, "gen-", 4) == 0 && generation_is_name(folder + 1);
}

static int
read_holding(struct holding *ret, const char *folder, const char *name, struct err *err)
{
    struct state *state;
    uint32_t generation;
    if (state_open(&state, folder, false, err) != 0)
        return -1;
    int result = generation_by_name(&generation, state, name, err);
    if (result == 0)
        result = holding_read(ret, state, generation, err);
    if (result == 0)
        holding_find_rejections(ret, state);
    state_close(state);
    return result;
}

bool
explain_find_holding(struct holding *ret, const struct load_options *options)
{
    char named[PATH_MAX], real[PATH_MAX];
    const char *path = options->source_count == 0 ? named : options->sources[0], *generation;
    struct err err = {0};
    *ret = (struct holding){0};
    if (options->source_count > 1)
        return true;
    if (options->source_count == 0 && load_default_image(named, &places_default, &err) != 0)
        return false;
    if (realpath(path, real) == NULL || !cut_path(real, &generation))
        return true;
    if (realpath(places_default.state, named) == NULL || strcmp(named, real) != 0)
        place_use_unknown();
    if (read_holding(ret, real, generation, &err) == 0)
        return true;
    if (err.kind == ERR_CORRUPT)
        cmd_say("it is not known what is held: %s", err.text);
    return false;
}

static bool
concerns(const struct held_key *key, const struct identifier *identifier)
{
    switch (identifier->given) {
    case GIVEN_NAME: return held_concerns_name(key, identifier->name.text, identifier->name.len);
    case GIVEN_ADDR: return held_concerns_addr(key, &identifier->addr);
    default: return false;
    }
}

static bool
is_asked(const struct held_key *key, const struct held_query *query)
{
    const struct request *request = query->request;
    if (query->pattern != NULL)
        return strcmp(key->pattern, query->pattern) == 0;
    if (query->prefix != NULL)
        return held_concerns_prefix(key, query->prefix);
    return request->line_ok &&
           (concerns(key, &request->dst) || concerns(key, &request->sni) || concerns(key, &request->la));
}

/* The next held row that the query is about, from *at on; NULL if there is no more. */
static const struct held_key *
next_key(const struct held_query *query, size_t *at)
{
    const struct held *held = &query->holding->held;
    while (*at < held->count) {
        const struct held_key *key = &held->keys[(*at)++];
        if (is_asked(key, query))
            return key;
    }
    return NULL;
}

static void
add_key(struct buf *buf, const struct held_query *query, const struct held_key *key)
{
    explain_begin(buf);
    buf_add_char(buf, '\'');
    utf8_add_printable(buf, key->pattern, strlen(key->pattern));
    buf_add_text(buf, "' from ");
    utf8_add_printable(buf, key->source, strlen(key->source));
    buf_add_fmt(buf, " has been held since %s: what the newest sources say ", key->since);
    holding_add_state(buf, query->holding, key);
    explain_end(buf);
}

static void
add_row(struct buf *buf, const char *name, const struct table *table, const struct rule *rule)
{
    struct buf row;
    buf_init(&row, TABLE_LINE_MAX * 2);
    if (rule != NULL)
        table_print_rule(table, rule, 0, &row);
    else
        buf_add_text(&row, "no such row");
    explain_begin(buf);
    buf_add_fmt(buf, "  %s: ", name);
    utf8_add_printable(buf, row.data, row.len);
    explain_end(buf);
    buf_clear(&row);
}

/* All rows of a key in one table, a line for each. */
static void
add_rows(struct buf *buf, const char *name, const struct table *table, const struct held_key *key)
{
    size_t at = 0;
    const struct rule *rule = held_next_row(table, key, &at);
    add_row(buf, name, table, rule);
    while (rule != NULL && (rule = held_next_row(table, key, &at)) != NULL)
        add_row(buf, name, table, rule);
}

/* The generation is named, so the command does what was shown here, or nothing. */
static void
add_command(struct buf *buf, const char *what, const char *command, const struct holding *holding,
            const struct held_key *key)
{
    buf_add_fmt(buf, "%s: m365ctl %s%s ", what, command, place_option());
    if (holding->newest != 0)
        buf_add_fmt(buf, "%u ", holding->newest);
    buf_add_text(buf, "--only ");
    place_add_word(buf, key->pattern);
}

/* The first row that takes over names of a row that goes; NULL if there is none, or it does not go. */
static const struct held_key *
find_taker(const struct held_query *query, const struct held_key *key)
{
    struct image_info info = {0};
    if (query->image != NULL)
        image_get_info(query->image, &info);
    const struct policy policy = {.bypass = info.bypass};
    const struct held *held = &query->holding->held;
    if (!held_makes_room(held, key, &policy))
        return NULL;
    for (size_t i = 0; i < held->count; i++) {
        if (held_takes_over(held, &held->keys[i], key, &policy))
            return &held->keys[i];
    }
    return NULL;
}

/* What to do about a key. One that makes room for another one is decided about with that. */
static void
add_commands(struct buf *buf, const struct held_query *query, const struct held_key *key)
{
    const struct holding *holding = query->holding;
    size_t at = 0;
    if (!holding->in_use)
        return;
    const struct held_key *taker = find_taker(query, key);
    bool goes = held_next_row(holding->held.is, key, &at) == NULL;
    explain_begin(buf);
    if (holding->whole != 0) {
        buf_add_fmt(
            buf,
            "first decide about generation %u, which waits as a whole: m365ctl diff%s, then m365ctl approve%s %u or "
            "m365ctl reject%s %u",
            holding->whole, place_option(), place_option(), holding->whole, place_option(), holding->whole);
        explain_end(buf);
        return;
    }
    if (taker != NULL) {
        buf_add_text(buf, "it only makes room for '");
        utf8_add_printable(buf, taker->pattern, strlen(taker->pattern));
        add_command(buf, "'", "approve", holding, taker);
    } else {
        add_command(buf,
                    goes            ? "to remove it"
                    : key->rejected ? "to use it after all"
                                    : "to use it",
                    "approve", holding, key);
    }
    if (!key->rejected && holding->waits != 0)
        add_command(buf, "; to keep what is in use", "reject", holding, taker != NULL ? taker : key);
    explain_end(buf);
}

void
explain_held(struct buf *buf, const struct held_query *query)
{
    const struct held_key *key;
    size_t at = 0, count = 0;
    while (query->holding != NULL && (key = next_key(query, &at)) != NULL) {
        if (++count > HELD_SHOWN)
            continue;
        add_key(buf, query, key);
        add_rows(buf, "in use", query->holding->held.was, key);
        add_rows(buf, "newest", query->holding->held.is, key);
        add_commands(buf, query, key);
    }
    if (count == 0 && query->pattern != NULL && query->holding != NULL)
        explain_say(buf, "no row of this pattern is held");
    if (count <= HELD_SHOWN)
        return;
    explain_begin(buf);
    buf_add_fmt(buf, "%zu more held row%s; --json --explain lists them all", count - HELD_SHOWN,
                count == HELD_SHOWN + 1 ? " is about this" : "s are about this");
    explain_end(buf);
}

static void
write_rows(struct json_writer *json, const char *name, const struct table *table, const struct held_key *key)
{
    const struct rule *rule;
    size_t at = 0;
    json_write_array(json, name);
    while ((rule = held_next_row(table, key, &at)) != NULL) {
        struct buf row;
        buf_init(&row, TABLE_LINE_MAX * 2);
        table_print_rule(table, rule, 0, &row);
        json_write_bytes(json, NULL, row.data, row.len);
        buf_clear(&row);
    }
    json_write_end(json);
}

static void
write_rejection(struct json_writer *json, const struct rejection *rejection)
{
    if (rejection == NULL) {
        json_write_null(json, "rejected");
        return;
    }
    json_write_object(json, "rejected");
    json_write_text(json, "day", rejection->day);
    json_write_text(json, "by", rejection->by);
    json_write_text(json, "note", rejection->note[0] == '\0' ? NULL : rejection->note);
    json_write_end(json);
}

void
explain_write_held(struct json_writer *json, const struct held_query *query)
{
    const struct held_key *key;
    size_t at = 0;
    if (query->holding == NULL) {
        json_write_null(json, "held");
        return;
    }
    json_write_array(json, "held");
    while ((key = next_key(query, &at)) != NULL) {
        json_write_object(json, NULL);
        json_write_text(json, "rule", key->pattern);
        json_write_text(json, "source", key->source);
        json_write_text(json, "since", key->since);
        json_write_text(json, "state", key->rejected ? "rejected" : "waiting");
        if (key->rejected || query->holding->waits == 0)
            json_write_null(json, "generation");
        else
            json_write_number(json, "generation", query->holding->waits);
        write_rejection(json, holding_rejection(query->holding, key));
        write_rows(json, "inUse", query->holding->held.was, key);
        write_rows(json, "newest", query->holding->held.is, key);
        json_write_end(json);
    }
    json_write_end(json);
}

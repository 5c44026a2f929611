// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * decide_outcome.c - what would be in use after an approval: whether its names keep the addresses they belong to, and
 * what a person is shown before it is. Part of decide.h.
 *
 *     set 3 has a.example and 192.0.2.0/24 --> a.example passes only with these addresses
 *     192.0.2.0/24 was rejected            --> a.example would pass with any: refused
 */
#include <string.h>

#include "base/day.h"
#include "base/err.h"
#include "base/place.h"
#include "base/say.h"
#include "change/diff.h"
#include "conf/conf.h"
#include "decide_build.h"
#include "name/pattern.h"
#include "review/review.h"
#include "store/candidate.h"
#include "store/rejected.h"
#include "table/endpoint_set.h"
#include "table/policy.h"
#include "table/table.h"

#define COMMAND_ROOM 2000

static uint32_t
bypass_of(const struct decide *decide)
{
    uint32_t bypass = decide->conf->policy.bypass;
    return bypass != 0 ? bypass : VERB_BYPASS_USUAL;
}

/* A set of one table. */
struct set_of {
    const struct table *table;
    const struct endpoint_set *set;
    uint32_t bypass;
};

/* Whether this rule of a table bypasses something for the set. */
static bool
bypasses_for(const struct set_of *of, const struct table *table, const struct rule *rule)
{
    const struct terms *terms = &table->terms[rule->terms];
    return (of->bypass & 1u << terms->verb) != 0 &&
           endpoint_set_compare_across(table, &terms->set, of->table, of->set) == 0;
}

static bool
has_addresses(const struct set_of *of, const struct table *table)
{
    bool found = false;
    for (size_t i = 0; !found && i < table->rule_count; i++)
        found = table->rules[i].kind == PATTERN_PREFIX && bypasses_for(of, table, &table->rules[i]);
    return found;
}

static bool
has_name(const struct set_of *of, const struct table *table, const char *name)
{
    bool found = false;
    for (size_t i = 0; !found && i < table->rule_count; i++) {
        const struct rule *rule = &table->rules[i];
        found = rule->kind != PATTERN_PREFIX && strcmp(rule->text, name) == 0 && bypasses_for(of, table, rule);
    }
    return found;
}

/* A name of the set that `is` bypasses with any address, and `was` did not; NULL: none. */
static const char *
find_wide_name(const struct set_of *of, const struct table *was, const struct table *is)
{
    if (has_addresses(of, is))
        return NULL;
    bool had = has_addresses(of, was);
    for (size_t i = 0; i < is->rule_count; i++) {
        const struct rule *rule = &is->rules[i];
        if (rule->kind != PATTERN_PREFIX && bypasses_for(of, is, rule) && (had || !has_name(of, was, rule->text)))
            return rule->text;
    }
    return NULL;
}

static int
refuse(const struct decide *decide, const char *name, const struct held_key *key, struct err *err)
{
    struct rejected rejected;
    struct buf text;
    if (rejected_read(&rejected, decide->state, err) != 0)
        return -1;
    buf_init(&text, COMMAND_ROOM);
    rejected_describe(&text, &rejected, key->source, key->pattern);
    buf_add_fmt(&text, "; name it as well to approve both: m365ctl approve%s %u --only ", place_option(),
                decide->newest != 0 ? decide->newest : decide->generation);
    place_add_word(&text, name);
    buf_add_char(&text, ' ');
    place_add_word(&text, key->pattern);
    buf_add_char(&text, '\0');
    err_set(err, ERR_USAGE, "'%.200s' would pass with any address, because an address of its endpoint set is held: %s",
            name, buf_ok(&text) ? text.data : key->pattern);
    buf_clear(&text);
    rejected_clear(&rejected);
    return -1;
}

/* A name that is held, and stays bypassed for a set whose addresses go: they moved with it. NULL: none. */
static const char *
find_left_name(const struct set_of *of, const struct held *held, const struct table *is)
{
    if (has_addresses(of, is))
        return NULL;
    for (size_t i = 0; i < is->rule_count; i++) {
        const struct rule *rule = &is->rules[i];
        if (rule->kind != PATTERN_PREFIX && bypasses_for(of, is, rule) && held_find(held, is, rule) != NULL)
            return rule->text;
    }
    return NULL;
}

static int
check_moved(const struct decide *decide, const struct held *held, const struct table *was, const struct table *is,
            struct err *err)
{
    struct set_of of = {.table = was, .bypass = bypass_of(decide)};
    for (size_t i = 0; held->count > 0 && i < was->rule_count; i++) {
        const struct rule *rule = &was->rules[i];
        const struct terms *terms = &was->terms[rule->terms];
        bool same = of.set != NULL && endpoint_set_same(of.set, &terms->set);
        if (rule->kind != PATTERN_PREFIX || !terms->set.has_id || same || (of.bypass & 1u << terms->verb) == 0)
            continue;
        of.set = &terms->set;
        const char *name = find_left_name(&of, held, is);
        if (name != NULL)
            return err_set(err, ERR_USAGE,
                           "'%.200s' would pass with any address, because the addresses of its endpoint set go, and it "
                           "is held; name it as well, or alone",
                           name);
    }
    return 0;
}

int
decide_check_sets(const struct decide *decide, const struct held *held, const struct table *was, const struct table *is,
                  struct err *err)
{
    struct set_of of = {.table = held->is, .bypass = bypass_of(decide)};
    for (size_t i = 0; held->count > 0 && i < held->is->rule_count; i++) {
        const struct rule *rule = &held->is->rules[i];
        const struct terms *terms = &held->is->terms[rule->terms];
        bool same = of.set != NULL && endpoint_set_same(of.set, &terms->set);
        if (rule->kind != PATTERN_PREFIX || !terms->set.has_id || same || (of.bypass & 1u << terms->verb) == 0)
            continue;
        of.set = &terms->set;
        const char *name = find_wide_name(&of, was, is);
        const struct held_key *key = name == NULL ? NULL : held_find(held, held->is, rule);
        if (key != NULL)
            return refuse(decide, name, key, err);
    }
    return check_moved(decide, held, was, is, err);
}

/* A wildcard may open what was rejected. Those that are named now are lifted, and not said. */
static int
say_rejected(const struct choice *choice, const struct diff *diff, struct err *err)
{
    struct rejected rejected;
    struct buf text;
    size_t kept = 0;
    if (rejected_read(&rejected, choice->decide->state, err) != 0)
        return -1;
    for (size_t i = 0; i < rejected.count; i++) {
        const struct rejected_row *row = &rejected.of[i];
        const struct held_key *key = held_find_text(&choice->held, row->source, row->pattern);
        if (key == NULL || choice->picks[key - choice->held.keys] == PICK_NOT)
            rejected.of[kept++] = *row;
    }
    rejected.count = kept;
    buf_init(&text, COMMAND_ROOM);
    review_add_rejected(&text, diff, &rejected, &choice->decide->conf->policy);
    if (buf_ok(&text) && text.len > 0)
        say(choice->decide->listener, "%.*s", (int)text.len, text.data);
    buf_clear(&text);
    rejected_clear(&rejected);
    return 0;
}

static int
ask(struct choice *choice, const struct candidate *was, const struct candidate *is, struct err *err)
{
    const struct decide_rows *rows = choice->asked;
    const struct diff_input sides = {.old_table = was->table,
                                     .old_image = was->image,
                                     .new_table = is->table,
                                     .new_image = is->image,
                                     .today = day_of(choice->decide->now)};
    struct diff *diff;
    if (diff_tables(&diff, &sides, err) != 0)
        return -1;
    int answer = say_rejected(choice, diff, err);
    if (answer == 0 && rows->confirm != NULL)
        answer = rows->confirm(rows->arg, rows, diff, err);
    diff_free(diff);
    return answer;
}

/* Builds what the documents make with these rows held. */
static int
build(struct candidate *ret, const struct choice *choice, const struct held *rest, struct err *err)
{
    const struct decide *decide = choice->decide;
    struct documents documents = choice->documents;
    struct table *known = candidate_known(decide->state, decide->current);
    struct buf held;
    buf_init(&held, HELD_TEXT_MAX);
    if (rest->count > 0)
        held_print(rest, &held);
    documents.held = held;
    int result = buf_ok(&held) ? candidate_build(ret, decide->conf, &documents, known, NULL, err)
                               : err_set(err, ERR_MEM, "no memory for held rows");
    buf_clear(&held);
    table_free(known);
    return result;
}

int
decide_outcome(struct choice *choice, const struct held *rest, struct err *err)
{
    const struct decide *decide = choice->decide;
    struct candidate was, is;
    if (build(&is, choice, rest, err) != 0)
        return -1;
    int result = candidate_load(&was, decide->state, decide->current, err);
    if (result == 0) {
        result = decide_check_sets(decide, rest, was.table, is.table, err);
        if (result == 0)
            result = ask(choice, &was, &is, err);
        candidate_clear(&was);
    }
    candidate_clear(&is);
    return result;
}

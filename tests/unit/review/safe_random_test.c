// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * safe_random_test.c - safe.h on random tables: the safe part opens nothing, holds nothing for nothing, has all the
 * rest of the new table, and bypasses what both tables bypass.
 *
 * What opens is asked of opening_oracle.h. M365_ROUNDS=N runs more pairs, M365_FIRST=N begins at another one. Held
 * without opening anything by itself may be: a regex, a bypass that only lasts longer, and a prefix of a set that would
 * lose all its addresses. Few other rows are held although they open nothing by themselves, because they do together
 * with each other; those are counted.
 */
#include "review/safe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "conf/conf.h"
#include "diff_stage.h"
#include "image/image.h"
#include "name/addr.h"
#include "name/pattern.h"
#include "opening_oracle.h"
#include "opening_pairs.h"
#include "store/candidate.h"
#include "store/document.h"
#include "unit.h"

#define ROUNDS 600
#define CONF "default_canaries off\nshrink_limit 100%\ngrowth_limit 10000%\nwidest_prefix /0 /0\n"

struct trial {
    const struct pair *pair;
    unsigned number;
    struct stage stage;
    struct conf *conf;
    struct safe safe;
};

/* A line as opening_oracle.h reads it: without its source. */
static void
add_rule(struct buf *text, const struct table *table, const struct rule *rule)
{
    struct buf line;
    buf_init(&line, 10000);
    table_print_rule(table, rule, 0, &line);
    buf_add_char(&line, '\0');
    char *held = strstr(line.data, " held");
    if (held != NULL)
        memmove(held, held + 5, strlen(held + 5) + 1);
    char *source = strstr(line.data, " source=");
    if (source != NULL) {
        size_t len = 1 + strcspn(source + 1, " ");
        memmove(source, source + len, strlen(source + len) + 1);
    }
    buf_add_fmt(text, "%s\n", line.data);
    buf_clear(&line);
}

/* The safe table; with the rows of one held key as the new table has them, unless that is NULL. */
static void
print_safe(struct buf *ret, const struct safe *safe, const struct held_key *without)
{
    char room[64];
    buf_init(ret, 1000000);
    for (size_t i = 0; i < safe->table->rule_count; i++) {
        const struct rule *rule = &safe->table->rules[i];
        if (without == NULL || held_find(&safe->held, safe->table, rule) != without)
            add_rule(ret, safe->table, rule);
    }
    for (size_t i = 0; without != NULL && i < safe->held.is->rule_count; i++) {
        const struct rule *rule = &safe->held.is->rules[i];
        if (strcmp(table_rule_text(rule, room), without->pattern) == 0)
            add_rule(ret, safe->held.is, rule);
    }
    buf_add_char(ret, '\0');
}

static bool
note(void *arg, const struct request *request)
{
    oracle_print(arg, request);
    return false;
}

/* Whether the inspect lines of the new table close an address next to the rows in use: they close a name of its set,
 * and are never too early. */
static bool
is_closed_by_lines(const struct pair *pair, const struct request *request)
{
    struct buf text;
    struct verdict verdict;
    buf_init(&text, 200000);
    buf_add_text(&text, pair->was.data);
    for (const char *at = pair->is.data, *end; (end = strchr(at, '\n')) != NULL; at = end + 1) {
        if (strncmp(at, "inspect ", 8) == 0)
            buf_add(&text, at, (size_t)(end + 1 - at));
    }
    buf_add_char(&text, '\0');
    struct table *table = stage_table(text.data);
    struct image *image = stage_image(table, &pair->is_policy);
    verdict_decide(image, request, STAGE_TODAY, &verdict);
    image_close(image);
    table_free(table);
    buf_clear(&text);
    return verdict.why == WHY_LOCAL_INSPECT;
}

/* A request that the old and the new table bypass, and another one inspects. */
struct loss {
    const struct pair *pair;
    const struct image *image;
    struct buf *buf;
};

static bool
note_lost(void *arg, const struct request *request)
{
    const struct loss *loss = arg;
    struct verdict verdict;
    verdict_decide(loss->image, request, STAGE_TODAY, &verdict);
    if (verdict.bypass || (verdict.why == WHY_LOCAL_INSPECT && is_closed_by_lines(loss->pair, request)))
        return true;
    oracle_print(loss->buf, request);
    buf_add_fmt(loss->buf, " %s", why_word(verdict.why));
    return false;
}

/* The first request that is lost in this table until what waits is approved; "" if none is. */
static void
ask_lost(struct buf *ret, const struct trial *trial, const struct buf *is)
{
    struct stage stage;
    struct oracle oracle;
    buf_init(ret, 10000);
    stage_diff_with(&stage, &(struct stage_input){.was = trial->pair->was.data,
                                                  .is = is->data,
                                                  .was_policy = &trial->pair->was_policy,
                                                  .is_policy = &trial->pair->is_policy});
    struct loss loss = {trial->pair, stage.is_image, ret};
    oracle_init(&oracle, trial->pair, trial->stage.was_image, trial->stage.is_image);
    oracle_ask_kept(&oracle, note_lost, &loss);
    buf_add_char(ret, '\0');
    oracle_clear(&oracle);
    stage_clear(&stage);
}

/* The first request that opens from the old table to this one; "" if none does. */
static void
ask(struct buf *ret, const struct trial *trial, const struct buf *is)
{
    struct pair pair = *trial->pair;
    struct stage stage;
    struct oracle oracle;
    buf_init(ret, 10000);
    pair.is = *is;
    stage_diff_with(&stage, &(struct stage_input){.was = pair.was.data,
                                                  .is = pair.is.data,
                                                  .was_policy = &pair.was_policy,
                                                  .is_policy = &pair.is_policy});
    oracle_init(&oracle, &pair, stage.was_image, stage.is_image);
    oracle_ask_all(&oracle, note, ret);
    buf_add_char(ret, '\0');
    oracle_clear(&oracle);
    stage_clear(&stage);
}

static void
fail_pair(const struct trial *trial, const char *what, const char *request, const struct buf *safe)
{
    fail_msg("pair %u: %s %s\n--- old\n%s--- new\n%s--- safe\n%s", trial->number, what, request, trial->pair->was.data,
             trial->pair->is.data, safe->data);
}

/* The next row of a table with this pattern from *at on; NULL at the end. */
static const struct terms *
next_row(const struct table *table, const char *pattern, size_t *at)
{
    char room[64];
    while (*at < table->rule_count) {
        const struct rule *rule = &table->rules[(*at)++];
        if (strcmp(table_rule_text(rule, room), pattern) == 0)
            return &table->terms[rule->terms];
    }
    return NULL;
}

static bool
has_row(const struct table *table, const char *pattern, uint32_t id)
{
    const struct terms *terms;
    bool found = false;
    for (size_t at = 0; !found && (terms = next_row(table, pattern, &at)) != NULL;)
        found = terms->set.id == id;
    return found;
}

/* Whether a set loses this pattern, so that it may be kept because the set would lose all of them. */
static bool
leaves_a_set(const struct held *held, const char *pattern)
{
    const struct terms *terms;
    bool leaves = false;
    for (size_t at = 0; !leaves && (terms = next_row(held->was, pattern, &at)) != NULL;)
        leaves = !has_row(held->is, pattern, terms->set.id);
    return leaves;
}

/* Whether the old table bypasses any published address of this family. Any growth is too much for one that does not. */
static bool
bypasses_addresses(const struct trial *trial, bool v6)
{
    const struct table *table = trial->stage.was;
    bool found = false;
    for (size_t i = 0; !found && i < table->rule_count; i++) {
        const struct terms *terms = &table->terms[table->rules[i].terms];
        found = table->rules[i].kind == PATTERN_PREFIX && table->rules[i].prefix->addr.v6 == v6 && terms->set.has_id &&
                (trial->stage.diff->old_bypass & 1u << terms->verb) != 0;
    }
    return found;
}

/* May be held without opening anything by itself. */
static bool
is_exception(const struct trial *trial, const struct held_key *key)
{
    const struct held *held = &trial->safe.held;
    const struct terms *terms;
    bool lasts = false;
    for (size_t at = 0; !lasts && (terms = next_row(held->was, key->pattern, &at)) != NULL;)
        lasts = terms->expires != 0;
    for (size_t at = 0; !lasts && (terms = next_row(held->is, key->pattern, &at)) != NULL;)
        lasts = terms->expires != 0;
    bool is_prefix = strchr(key->pattern, '/') != NULL, v6 = strchr(key->pattern, ':') != NULL;
    return lasts || key->pattern[0] == '~' ||
           (is_prefix && (leaves_a_set(held, key->pattern) || !bypasses_addresses(trial, v6)));
}

/* Whether an opening is told from the old table to this one. That those which are told open is tested in
 * opening_random_test.c. */
static bool
is_told(const struct trial *trial, const struct buf *is)
{
    struct stage stage;
    stage_diff_with(&stage, &(struct stage_input){.was = trial->pair->was.data,
                                                  .is = is->data,
                                                  .was_policy = &trial->pair->was_policy,
                                                  .is_policy = &trial->pair->is_policy});
    bool told = stage.diff->opening_count > 0;
    stage_clear(&stage);
    return told;
}

/* Whether the table loses what both tables bypass. */
static bool
is_losing(const struct trial *trial, const struct buf *is)
{
    struct buf lost;
    ask_lost(&lost, trial, is);
    bool losing = lost.data[0] != '\0';
    buf_clear(&lost);
    return losing;
}

/* How many rows are held that open nothing by themselves. */
static unsigned
count_needless(const struct trial *trial)
{
    unsigned needless = 0;
    for (size_t i = 0; i < trial->safe.held.count; i++) {
        const struct held_key *key = &trial->safe.held.keys[i];
        struct buf text;
        if (is_exception(trial, key))
            continue;
        print_safe(&text, &trial->safe, key);
        bool told = is_told(trial, &text) || is_losing(trial, &text);
        needless += !told;
        if (!told && getenv("M365_SAY") != NULL)
            fail_pair(trial, "held for nothing:", key->pattern, &text);
        buf_clear(&text);
    }
    return needless;
}

static void
find(struct trial *trial)
{
    struct err err = {0};
    const struct candidate candidate = {.table = trial->stage.is, .image = trial->stage.is_image};
    const struct candidate old = {.table = trial->stage.was, .image = trial->stage.was_image};
    const struct documents documents = {.count = 0};
    const struct proposal proposal = {
        .conf = trial->conf,
        .candidate = &candidate,
        .documents = &documents,
        .old_documents = &documents,
        .diff = trial->stage.diff,
        .by = "update",
        .now = (int64_t)STAGE_TODAY * 86400,
    };
    const struct safe_input input = {.proposal = &proposal, .old = &old};
    if (safe_find(&trial->safe, &input, &err) != 0)
        fail_msg("pair %u: %s", trial->number, err.text);
}

struct tally {
    unsigned opening, found, rows, needless;
};

static void
try_pair(const struct pair *pair, unsigned number, struct tally *tally)
{
    struct err err = {0};
    struct trial trial = {.pair = pair, .number = number};
    if (conf_read_bytes(&trial.conf, "/test/m365.conf", CONF, sizeof CONF - 1, &err) != 0)
        fail_msg("%s", err.text);
    trial.conf->policy = pair->is_policy;
    trial.conf->growth_percent = UINT32_MAX;
    stage_diff_with(&trial.stage, &(struct stage_input){.was = pair->was.data,
                                                        .is = pair->is.data,
                                                        .was_policy = &pair->was_policy,
                                                        .is_policy = &pair->is_policy});
    find(&trial);
    tally->opening += trial.stage.diff->opening_count > 0;
    if (trial.safe.found) {
        struct buf text, request;
        print_safe(&text, &trial.safe, NULL);
        ask(&request, &trial, &text);
        if (request.data[0] != '\0')
            fail_pair(&trial, "opens in the safe table:", request.data, &text);
        buf_clear(&request);
        ask_lost(&request, &trial, &text);
        if (request.data[0] != '\0')
            fail_pair(&trial, "both tables bypass it, the safe table does not:", request.data, &text);
        tally->found++;
        tally->rows += (unsigned)trial.safe.held.count;
        tally->needless += count_needless(&trial);
        buf_clear(&text);
        buf_clear(&request);
    } else if (trial.stage.diff->opening_count > 0 && getenv("M365_SAY") != NULL) {
        struct buf none = {.data = ""};
        fail_pair(&trial, "no safe table", "", &none);
    }
    safe_clear(&trial.safe);
    stage_clear(&trial.stage);
    conf_free(trial.conf);
}

static void
safe(void **state)
{
    (void)state;
    struct pair pair;
    struct tally tally = {0};
    unsigned first = number_from("M365_FIRST", 0);
    unsigned rounds = number_from("M365_ROUNDS", getenv("UNDER_VALGRIND") == NULL ? ROUNDS : ROUNDS / 100);
    pair_init(&pair);
    for (unsigned i = first; i < first + rounds; i++) {
        pair_make(&pair, i);
        pair.is_policy = pair.was_policy;
        pair.hold_joins = false;
        try_pair(&pair, i, &tally);
    }
    pair_clear(&pair);
    print_message(
        "%u pairs: %u open something, %u have a safe part, %u rows held, %u of them only together with others\n",
        rounds, tally.opening, tally.found, tally.rows, tally.needless);
    assert_true(tally.found > 0 && tally.found * 100 >= tally.opening * 98);
    assert_true(tally.needless * 50 <= tally.rows);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(safe)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

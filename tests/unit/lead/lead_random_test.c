// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lead_random_test.c - the lines of lead.h that keep something closed, on random tables.
 *
 *     all lines of a lead        no request opens any more, unless the lead says that no line can
 *     the lines of one opening   its own request is inspected; a request that both tables bypass still is bypassed, or
 *                                the comment names it
 *     `closes      nothing`      no request is inspected that was bypassed
 *
 * What is bypassed is asked of every request of opening_oracle.h. The comments are read here, by their words.
 * M365_ROUNDS=N runs more pairs, M365_FIRST=N begins at another one.
 */
#include "lead/lead.h"

#include <stdio.h>
#include <string.h>

#include "change/diff.h"
#include "change/opening.h"
#include "diff_stage.h"
#include "image/image.h"
#include "name/pattern.h"
#include "opening_oracle.h"
#include "unit.h"
#include "verdict/verdict.h"

#define ROUNDS 400
#define MARK "  keep closed: "

/* The lines of one opening: added to the new table, and what their comments say. */
struct block {
    struct buf lines, comments, pattern;
    bool none; /* there is no line */
};

struct trial {
    const struct pair *pair;
    struct stage stage;
    struct oracle oracle;
    struct buf *fault;
    struct block block;
    struct image *plus; /* the new table with the lines */
};

static bool
bypassed(const struct image *image, const struct request *request)
{
    struct verdict verdict;
    verdict_decide(image, request, STAGE_TODAY, &verdict);
    return verdict.bypass;
}

/* Reads the block at `text`; the start of the next one, or NULL. */
static const char *
read_block(struct block *ret, const char *text)
{
    const char *at = strstr(text, "OPENS ");
    buf_reset(&ret->lines);
    buf_reset(&ret->comments);
    buf_reset(&ret->pattern);
    ret->none = false;
    if (at == NULL)
        return NULL;
    buf_add(&ret->pattern, at + 6, strcspn(at + 6, " \n") - 0);
    buf_add_char(&ret->pattern, '\0');
    char *ports = strrchr(ret->pattern.data, ':');
    *ports = '\0';
    for (at = strchr(at, '\n') + 1; strncmp(at, MARK, strlen(MARK)) == 0; at = strchr(at, '\n') + 1) {
        const char *line = at + strlen(MARK), *end = strchr(line, '\n'), *comment = strstr(line, "  # ");
        ret->none = ret->none || strncmp(line, "inspect ", 8) != 0;
        if (ret->none)
            continue;
        comment = comment == NULL || comment > end ? end : comment;
        buf_add(&ret->lines, line, (size_t)(comment - line));
        buf_add_char(&ret->lines, '\n');
        buf_add(&ret->comments, comment, (size_t)(end - comment));
        buf_add_char(&ret->comments, '\n');
    }
    buf_add_char(&ret->lines, '\0');
    buf_add_char(&ret->comments, '\0');
    return at;
}

static bool
matches_either(const char *pattern, size_t len, const struct request *request)
{
    return oracle_matches(pattern, len, &request->dst) || oracle_matches(pattern, len, &request->sni);
}

/* Whether a table has an address in the set of this number, or any address. */
static bool
is_in_set(const struct table *table, const struct addr *addr, unsigned id)
{
    bool found = false;
    for (size_t i = 0; i < table->rule_count && !found; i++) {
        const struct rule *rule = &table->rules[i];
        const struct endpoint_set *set = &table->terms[rule->terms].set;
        found = rule->kind == PATTERN_PREFIX && set->has_id && set->id == id &&
                (addr == NULL || prefix_holds(rule->prefix, addr));
    }
    return found;
}

static bool
matches_request(const struct rule *rule, const struct request *request)
{
    char filled[PATTERN_MAX + 1];
    if (rule->kind == PATTERN_PREFIX)
        return request->dst.given == GIVEN_ADDR && prefix_holds(rule->prefix, &request->dst.addr);
    if (rule->kind == PATTERN_REGEX)
        return matches_either(rule->text, rule->len, request);
    size_t len = pattern_fill_tenant(filled, rule->text, rule->len, NULL);
    return matches_either(filled, len, request);
}

/* Whether a set of one table decides about a request, perhaps with others of the same category, and the words `set 3 at
 * these addresses` or `sets without addresses at these addresses` are about it. */
static bool
names_set(const struct table *table, const char *words, const struct request *request)
{
    bool named = false;
    for (size_t i = 0; i < table->rule_count && !named; i++) {
        const struct rule *rule = &table->rules[i];
        const struct endpoint_set *set = &table->terms[rule->terms].set;
        char text[64] = "sets without addresses at these addresses";
        if (!matches_request(rule, request))
            continue;
        if (set->has_id && is_in_set(table, NULL, set->id))
            snprintf(text, sizeof text, "set %u at these addresses", set->id);
        named = strncmp(words, text, strlen(text)) == 0;
    }
    return named;
}

static bool
names_by_set(const struct trial *trial, const char *words, const struct request *request)
{
    unsigned id;
    if (sscanf(words, "addresses of set %u without a name", &id) == 1)
        return request->dst.given == GIVEN_ADDR && request->sni.given == GIVEN_NONE &&
               is_in_set(trial->stage.is, &request->dst.addr, id);
    return names_set(trial->stage.was, words, request) || names_set(trial->stage.is, words, request);
}

/* Whether a prefix holds an address of a request. */
static bool
holds_either(const char *text, size_t len, const struct request *request)
{
    const struct identifier *given[] = {&request->dst, &request->la};
    struct prefix prefix;
    bool held = false;
    if (memchr(text, '/', len) == NULL || prefix_parse(&prefix, text, len, NULL) != 0)
        return false;
    for (unsigned i = 0; i < 2; i++)
        held = held || (given[i]->given == GIVEN_ADDR && prefix_holds(&prefix, &given[i]->addr));
    return held;
}

static bool
names_request(const struct trial *trial, const struct request *request)
{
    const struct block *block = &trial->block;
    for (const char *at = block->comments.data; *at != '\0'; at += *at != '\0') {
        size_t len = strcspn(at, ",\n");
        const char *word = at;
        if (strncmp(at, "  # also closes ", 16) == 0)
            word = at + 16;
        if (strncmp(at, "  # closes it with every address", 32) == 0 &&
            matches_either(block->pattern.data, strlen(block->pattern.data), request))
            return true;
        word += strncmp(word, " also ", 6) == 0 ? 6 : word[0] == ' ' && word == at ? 1 : 0;
        if (strstr(word, "bypassed today") != NULL && strstr(word, "bypassed today") < at + len)
            return true;
        if (names_by_set(trial, word, request) || holds_either(word, (size_t)(at + len - word), request) ||
            matches_either(word, (size_t)(at + len - word), request))
            return true;
        at += len;
    }
    return false;
}

static bool
check_kept(void *arg, const struct request *request)
{
    struct trial *trial = arg;
    if (bypassed(trial->plus, request) || names_request(trial, request))
        return true;
    buf_add_fmt(trial->fault, "OPENS %s: the lines\n%sclose, and do not say so: ", trial->block.pattern.data,
                trial->block.lines.data);
    oracle_print(trial->fault, request);
    return false;
}

static struct image *
image_with(const struct trial *trial, struct table **ret_table, const char *lines)
{
    struct buf text;
    buf_init(&text, 1000000);
    buf_add_text(&text, trial->pair->is.data);
    buf_add_text(&text, lines);
    buf_add_char(&text, '\0');
    *ret_table = stage_table(text.data);
    struct image *image = stage_image(*ret_table, &trial->pair->is_policy);
    buf_clear(&text);
    return image;
}

/* The requests of the openings that a block is about. */
static void
check_own(struct trial *trial)
{
    const struct diff *diff = trial->stage.diff;
    struct buf text;
    buf_init(&text, 2000);
    for (size_t i = 0; i < diff->opening_count && trial->fault->len == 0; i++) {
        struct request request;
        bool single = true;
        for (size_t k = 0; k < diff->opening_count; k++)
            single = single &&
                     (k == i || strcmp(opening_subject(&diff->openings[k]), opening_subject(&diff->openings[i])) != 0);
        if (!single || diff->openings[i].stands_in ||
            strcmp(opening_subject(&diff->openings[i]), trial->block.pattern.data) != 0)
            continue;
        buf_reset(&text);
        opening_print_request(&text, &diff->openings[i]);
        buf_add_char(&text, '\0');
        oracle_read(&request, text.data);
        if (bypassed(trial->plus, &request))
            buf_add_fmt(trial->fault, "OPENS %s: the lines\n%sdo not close %s", trial->block.pattern.data,
                        trial->block.lines.data, text.data);
    }
    buf_clear(&text);
}

static void
check_block(struct trial *trial)
{
    struct table *table;
    trial->plus = image_with(trial, &table, trial->block.lines.data);
    check_own(trial);
    if (trial->fault->len == 0)
        oracle_ask_kept(&trial->oracle, check_kept, trial);
    image_close(trial->plus);
    table_free(table);
}

static bool
is_open(void *arg, const struct request *request)
{
    struct trial *trial = arg;
    if (!bypassed(trial->plus, request))
        return true;
    buf_add_text(trial->fault, "all lines together leave open: ");
    oracle_print(trial->fault, request);
    return false;
}

static void
check_lead(struct trial *trial, const char *lead)
{
    struct buf all;
    bool none = false;
    struct table *table;
    buf_init(&all, 1000000);
    for (const char *at = lead; trial->fault->len == 0 && (at = read_block(&trial->block, at)) != NULL;) {
        none = none || trial->block.none;
        buf_add_text(&all, trial->block.lines.data);
        if (!trial->block.none)
            check_block(trial);
    }
    buf_add_char(&all, '\0');
    if (!none && trial->fault->len == 0 && !stage_regex_opens(&trial->stage)) {
        trial->plus = image_with(trial, &table, all.data);
        oracle_ask_all(&trial->oracle, is_open, trial);
        image_close(trial->plus);
        table_free(table);
    }
    buf_clear(&all);
}

static bool
say_closed(void *arg, const struct request *request)
{
    buf_add_text(arg, "it says that nothing closes: ");
    oracle_print(arg, request);
    return false;
}

/* What closes is what opens the other way round. */
static void
check_closes(struct trial *trial, const char *lead)
{
    bool none = strstr(lead, "\ncloses      nothing\n") != NULL;
    struct pair reverse = {.was = trial->pair->is,
                           .is = trial->pair->was,
                           .was_policy = trial->pair->is_policy,
                           .is_policy = trial->pair->was_policy,
                           .hold_joins = true,
                           .has_tenants = trial->pair->has_tenants};
    struct oracle oracle;
    if (!none)
        return;
    oracle_init(&oracle, &reverse, trial->stage.is_image, trial->stage.was_image);
    oracle_ask_all(&oracle, say_closed, trial->fault);
    oracle_clear(&oracle);
}

static void
try_pair(const struct pair *pair, struct buf *fault)
{
    struct trial trial = {.pair = pair, .fault = fault};
    struct buf lead;
    buf_reset(fault);
    buf_init(&lead, (size_t)1 << 20);
    buf_init(&trial.block.lines, 100000);
    buf_init(&trial.block.comments, 100000);
    buf_init(&trial.block.pattern, 1000);
    stage_diff_with(&trial.stage, &(struct stage_input){.was = pair->was.data,
                                                        .is = pair->is.data,
                                                        .was_policy = &pair->was_policy,
                                                        .is_policy = &pair->is_policy,
                                                        .hold_joins = pair->hold_joins});
    oracle_init(&trial.oracle, pair, trial.stage.was_image, trial.stage.is_image);
    lead_print(trial.stage.diff, NULL, LEAD_ALL, &lead);
    buf_add_char(&lead, '\0');
    check_lead(&trial, lead.data);
    if (fault->len == 0)
        check_closes(&trial, lead.data);
    if (fault->len > 0)
        buf_add_fmt(fault, "\n%s", lead.data);
    oracle_clear(&trial.oracle);
    stage_clear(&trial.stage);
    buf_clear(&trial.block.lines);
    buf_clear(&trial.block.comments);
    buf_clear(&trial.block.pattern);
    buf_clear(&lead);
}

static void
truth(void **state)
{
    (void)state;
    pairs_try(ROUNDS, try_pair);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(truth)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

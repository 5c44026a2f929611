// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * review_gate.c - the gates that hold a table in every mode. Part of review.h.
 *
 * They catch a list that is wrong, not one that is unwelcome: half a document, an older one, or one with a mistake by
 * its author. Such mistakes have emptied the lists of other products.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "name/addr.h"
#include "name/addr_special.h"
#include "name/pattern.h"
#include "name/precedence.h"
#include "review_build.h"
#include "review_growth.h"
#include "verdict/request.h"
#include "verdict/verdict.h"

static const struct review_canary worldwide[] = {
    {"outlook.office365.com:443", VERB_OPTIMIZE, "Exchange"},
    {"outlook.office.com:443", VERB_OPTIMIZE, "Exchange"},
    {"teams.microsoft.com:443", VERB_ALLOW, "Skype"},
    {"login.microsoftonline.com:443", VERB_ALLOW, "Common"},
    {NULL, VERB_DEFAULT, NULL},
};

static const struct review_canary china[] = {
    {"partner.outlook.cn:443", VERB_OPTIMIZE, "Exchange"},
    {"login.partner.microsoftonline.cn:443", VERB_ALLOW, "Common"},
    {NULL, VERB_DEFAULT, NULL},
};

static const struct review_canary dod[] = {
    {"outlook-dod.office365.us:443", VERB_OPTIMIZE, "Exchange"},
    {"webmail.apps.mil:443", VERB_OPTIMIZE, "Exchange"},
    {NULL, VERB_DEFAULT, NULL},
};

static const struct review_canary gcc_high[] = {
    {"outlook.office365.us:443", VERB_OPTIMIZE, "Exchange"},
    {"gov.teams.microsoft.us:443", VERB_ALLOW, "Skype"},
    {NULL, VERB_DEFAULT, NULL},
};

const struct review_canary *
review_canaries(const char *instance)
{
    static const struct review_canary none[] = {{NULL, VERB_DEFAULT, NULL}};
    static const struct {
        const char *instance;
        const struct review_canary *canaries;
    } known[] = {{"Worldwide", worldwide}, {"China", china}, {"USGovDoD", dod}, {"USGovGCCHigh", gcc_high}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(known[i].instance, instance) == 0)
            return known[i].canaries;
    }
    return none;
}

/* Whether the documents contain this area. Common is always in them. */
static bool
has_area(const struct conf *conf, const char *area)
{
    size_t len = strlen(area);
    if (strcmp(area, "Common") == 0)
        return true;
    for (const char *at = conf->service_areas; (at = strstr(at, area)) != NULL; at += len) {
        bool starts = at == conf->service_areas || at[-1] == ',';
        if (starts && (at[len] == ',' || at[len] == '\0'))
            return true;
    }
    return false;
}

/* The rule that would decide if no local policy did. */
struct best {
    const struct image *image;
    bool highest; /* precedence */
    bool any;
    struct claim claim;
};

static void
take_best(void *arg, const struct explained *explained)
{
    struct best *best = arg;
    struct image_set set;
    image_get_set(best->image, explained->set, &set);
    if (explained->lost == LOST_PORT || explained->lost == LOST_UDP_ONLY || explained->lost == LOST_EXPIRED ||
        explained->lost == LOST_LIMIT || set.verb == VERB_INSPECT)
        return;
    const struct claim claim = {set.verb, explained->weight};
    if (best->any && precedence_compare(&claim, &best->claim, best->highest) <= 0)
        return;
    best->any = true;
    best->claim = claim;
}

/* The category of a query, whatever a local line or the tenant guard says about it; NULL if no rule gives one. */
static const char *
category_of(const struct hearing *hearing, const char *query, enum verb *ret)
{
    const struct image *image = hearing->proposal->candidate->image;
    struct request request;
    struct verdict verdict;
    struct image_info info;
    image_get_info(image, &info);
    struct best best = {.image = image, .highest = info.highest};
    request_init(&request);
    request_set_url(&request, query, strlen(query));
    verdict_decide(image, &request, hearing->today, &verdict);
    if (verdict.why == WHY_RULE || verdict.why == WHY_CATEGORY) {
        struct image_set set;
        image_get_set(image, verdict.set, &set);
        best.any = true;
        best.claim.verb = set.verb;
    } else if (verdict.why == WHY_LOCAL_INSPECT || verdict.why == WHY_FOREIGN_TENANT) {
        verdict_explain(image, &request, hearing->today, take_best, &best);
    }
    *ret = best.claim.verb;
    return best.any ? verb_category(best.claim.verb) : NULL;
}

static void
ask_canary(struct hearing *hearing, const char *query, enum verb least)
{
    enum verb verb;
    const char *category = category_of(hearing, query, &verb);
    if (category == NULL)
        review_say(hearing, "canary '%.300s' would have no category, but must be %s", query, verb_category(least));
    else if (verb < least)
        review_say(hearing, "canary '%.300s' would be %s, but must be %s", query, category, verb_category(least));
}

/* As of today: if a local line that gives a canary its category has an end, somebody meant it, and the list is not
 * wrong. To hold every table until then would keep all other rows waiting. */
static void
ask_canaries(struct hearing *hearing)
{
    const struct conf *conf = hearing->conf;
    for (size_t i = 0; i < conf->instance_count && !conf->no_default_canaries; i++) {
        const struct review_canary *canary = review_canaries(conf->instances[i]);
        for (; canary->query != NULL; canary++) {
            if (has_area(conf, canary->area))
                ask_canary(hearing, canary->query, canary->verb);
        }
    }
    for (size_t i = 0; i < conf->canary_count; i++)
        ask_canary(hearing, conf->canaries[i].query, conf->canaries[i].verb);
}

static bool
has_shrunk(const struct hearing *hearing, size_t was, size_t is)
{
    return is < was && (uint64_t)(was - is) * 100 > (uint64_t)was * hearing->conf->shrink_percent;
}

static void
say_shrunk(struct hearing *hearing, const char *whose, size_t was, size_t is)
{
    review_say(hearing, "%s shrinks from %zu rule%s to %zu, by %zu %%, more than the shrink_limit of %u %%", whose, was,
               was == 1 ? "" : "s", is, (was - is) * 100 / was, hearing->conf->shrink_percent);
}

/* The published rules of one source. */
static size_t
count_published(const struct table *table, const char *source)
{
    size_t count = 0;
    for (size_t i = 0; i < table->rule_count; i++) {
        const struct terms *terms = &table->terms[table->rules[i].terms];
        count += terms->set.has_id && strcmp(table->sources[terms->set.source], source) == 0;
    }
    return count;
}

/* A long local list must not hide that a document lost half of its rules, so each source is counted by itself. */
static void
ask_shrink(struct hearing *hearing)
{
    const struct diff *diff = hearing->diff;
    bool said = false;
    for (size_t i = 0; i < diff->old_table->source_count; i++) {
        const char *source = diff->old_table->sources[i];
        size_t was = count_published(diff->old_table, source);
        size_t is = was == 0 ? 0 : count_published(diff->new_table, source);
        char whose[80];
        if (!has_shrunk(hearing, was, is))
            continue;
        snprintf(whose, sizeof whose, "what '%.40s' publishes", source);
        say_shrunk(hearing, whose, was, is);
        said = true;
    }
    if (!said && has_shrunk(hearing, diff->old_rules, diff->new_rules))
        say_shrunk(hearing, "the table", diff->old_rules, diff->new_rules);
}

/* A question about each published bypassed rule. */
struct question {
    const char *what;                                                            /* the reason begins with this */
    bool same_set;                                                               /* see accepted_rules() */
    const char *(*find)(const struct hearing *hearing, const struct rule *rule); /* NULL: nothing, else its name */
};

static const char *
find_wide_prefix(const struct hearing *hearing, const struct rule *rule)
{
    if (rule->kind != PATTERN_PREFIX)
        return NULL;
    uint8_t widest = rule->prefix->addr.v6 ? hearing->conf->widest_ipv6 : hearing->conf->widest_ipv4;
    return rule->prefix->len < widest ? "" : NULL;
}

static const char *
find_wide_pattern(const struct hearing *hearing, const struct rule *rule)
{
    (void)hearing;
    bool is_name = rule->kind != PATTERN_PREFIX && rule->kind != PATTERN_REGEX;
    return is_name && pattern_is_open(rule->text, rule->len) ? "" : NULL;
}

/* The very first table may have documentation ranges, which nobody routes: it may come from a laboratory. */
static const char *
find_special(const struct hearing *hearing, const struct rule *rule)
{
    if (rule->kind != PATTERN_PREFIX)
        return NULL;
    bool first = hearing->proposal->old_documents == NULL;
    return first ? prefix_special_but_documentation(rule->prefix) : prefix_special(rule->prefix);
}

/* A rule, and the endpoint set that it belongs to. */
struct owned_rule {
    const struct rule *rule;
    const char *source;
    uint32_t id;
};

static struct owned_rule
owned_rule(const struct table *table, const struct rule *rule)
{
    const struct endpoint_set *set = &table->terms[rule->terms].set;
    return (struct owned_rule){rule, table->sources[set->source], set->id};
}

/* A question is about prefixes or about names, never both. */
static int
compare_patterns(const void *left, const void *right)
{
    const struct rule *a = ((const struct owned_rule *)left)->rule;
    const struct rule *b = ((const struct owned_rule *)right)->rule;
    return a->kind == PATTERN_PREFIX ? prefix_compare(a->prefix, b->prefix) : strcmp(a->text, b->text);
}

static int
compare_owned(const void *left, const void *right)
{
    const struct owned_rule *a = left;
    const struct owned_rule *b = right;
    int order = compare_patterns(a, b);
    if (order == 0)
        order = (a->id > b->id) - (a->id < b->id);
    return order != 0 ? order : strcmp(a->source, b->source);
}

/* The rules of this kind that the table in use bypasses, sorted: somebody accepted them, in any set or in this one. */
static size_t
accepted_rules(struct owned_rule **ret, struct hearing *hearing, const struct question *question)
{
    const struct table *table = hearing->diff->old_table;
    struct owned_rule *accepted = NULL;
    size_t room = 0, count = 0;
    for (size_t i = 0; i < table->rule_count; i++) {
        const struct rule *rule = &table->rules[i];
        if (!review_is_bypassed(&table->terms[rule->terms], hearing->old_bypass) ||
            question->find(hearing, rule) == NULL)
            continue;
        struct owned_rule *grown = arena_grow(hearing->arena, accepted, &room, count + 1, sizeof *grown);
        if (grown == NULL)
            return 0;
        accepted = grown;
        accepted[count++] = owned_rule(table, rule);
    }
    if (count > 0)
        qsort(accepted, count, sizeof *accepted, compare_owned);
    *ret = accepted;
    return count;
}

/* Which rules somebody accepted already. */
struct accepted {
    const struct question *question;
    struct owned_rule *rules;
    size_t count;
};

/* What the question finds in a rule of the proposed table that nobody accepted; NULL: nothing. */
static const char *
find_objection(const struct hearing *hearing, const struct accepted *accepted, const struct rule *rule)
{
    const struct question *question = accepted->question;
    const struct table *table = hearing->proposal->candidate->table;
    const char *name =
        review_is_bypassed(&table->terms[rule->terms], hearing->bypass) ? question->find(hearing, rule) : NULL;
    const struct owned_rule owned = owned_rule(table, rule);
    bool known = name != NULL && accepted->count > 0 &&
                 bsearch(&owned, accepted->rules, accepted->count, sizeof owned,
                         question->same_set ? compare_owned : compare_patterns) != NULL;
    return known ? NULL : name;
}

static void
ask_rules(struct hearing *hearing, const struct question *question)
{
    const struct table *table = hearing->proposal->candidate->table;
    struct accepted accepted = {.question = question};
    accepted.count = accepted_rules(&accepted.rules, hearing, question);
    char room[IMAGE_RULE_MAX];
    review_begin(hearing);
    for (size_t i = 0; i < table->rule_count; i++) {
        const struct rule *rule = &table->rules[i];
        const char *name = find_objection(hearing, &accepted, rule);
        if (name == NULL || !review_name(hearing))
            continue;
        buf_add_text(&hearing->text, table_rule_text(rule, room));
        if (name[0] != '\0')
            buf_add_fmt(&hearing->text, " %s", name);
        review_add_set(hearing, table, &table->terms[rule->terms]);
    }
    review_end(hearing, question->what);
}

static void
say_growth(struct hearing *hearing, const struct growth_family *family, const char *unit)
{
    if (family->too_much)
        review_say(hearing,
                   "the bypassed published prefixes gain %" PRIu64 " %s on top of %" PRIu64
                   ", more than the growth_limit of %u %%",
                   family->gained, unit, family->was, hearing->conf->growth_percent);
}

static void
ask_growth(struct hearing *hearing)
{
    const struct growth_side was = {hearing->diff->old_table, hearing->old_bypass};
    const struct growth_side is = {hearing->proposal->candidate->table, hearing->bypass};
    struct growth growth;
    if (hearing->proposal->old_documents == NULL ||
        !review_grows_too_much(&growth, &was, &is, hearing->conf->growth_percent))
        return;
    if (!growth.measured)
        review_say(hearing, "there was no memory to measure how much the bypassed published prefixes gain");
    say_growth(hearing, &growth.ipv4, "IPv4 addresses");
    say_growth(hearing, &growth.ipv6, "IPv6 /48s");
}

static void
ask_versions(struct hearing *hearing)
{
    const struct documents *was = hearing->proposal->old_documents;
    const struct documents *is = hearing->proposal->documents;
    int64_t now = hearing->proposal->now;
    for (size_t i = 0; i < is->count; i++) {
        const struct document *document = &is->of[i];
        if (document_is_ahead(document->version, now))
            review_say(hearing, "the %s document has version %s, more than %d days ahead of the clock",
                       document->instance, document->version, DOCUMENT_AHEAD_DAYS);
        for (size_t k = 0; was != NULL && k < was->count; k++) {
            const struct document *old = &was->of[k];
            if (strcmp(old->instance, document->instance) == 0 && document->version[0] != '\0' &&
                old->version[0] != '\0' && strcmp(document->version, old->version) < 0 &&
                !document_is_ahead(old->version, now))
                review_say(hearing, "the %s document has version %s, older than %s in use", document->instance,
                           document->version, old->version);
        }
    }
}

static const struct question questions[] = {
    {"bypassed prefixes wider than widest_prefix allows", false, find_wide_prefix},
    {"bypassed wildcards under which anybody can register a name", false, find_wide_pattern},
    {"bypassed prefixes in special-use address space, which no service on the Internet has", true, find_special},
};

void
review_ask_gates(struct hearing *hearing)
{
    ask_versions(hearing);
    ask_shrink(hearing);
    ask_canaries(hearing);
    review_ask_must_not(hearing);
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++)
        ask_rules(hearing, &questions[i]);
    ask_growth(hearing);
}

void
review_each_objection(struct arena *arena, const struct proposal *proposal,
                      void (*fn)(void *arg, const struct rule *rule), void *arg)
{
    const struct table *table = proposal->candidate->table;
    struct review review = {0};
    struct hearing hearing;
    review_open(&hearing, &review, arena, proposal);
    for (size_t k = 0; k < sizeof questions / sizeof questions[0]; k++) {
        struct accepted accepted = {.question = &questions[k]};
        accepted.count = accepted_rules(&accepted.rules, &hearing, &questions[k]);
        for (size_t i = 0; i < table->rule_count; i++) {
            if (find_objection(&hearing, &accepted, &table->rules[i]) != NULL)
                fn(arg, &table->rules[i]);
        }
    }
    buf_clear(&hearing.text);
}

bool
review_has_shrunk(struct arena *arena, const struct proposal *proposal)
{
    struct review review = {0};
    struct hearing hearing;
    review_open(&hearing, &review, arena, proposal);
    ask_shrink(&hearing);
    buf_clear(&hearing.text);
    return review.reason_count > 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* data_ask.c - patterns, questions and the answers of a plain loop; see data.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data.h"

enum { SEED_PATTERNS = 0x5eed2, SEED_QUESTIONS = 0x5eed3, SEED_STRANGERS = 0x5eed4, CLOUDS = 36, PATTERN_BYTES = 64 };

/* ---- patterns ---- */

/* Adds one of the few domains that all patterns are below. */
static void
add_cloud(struct data_writer *writer, uint64_t number)
{
    static const char *const ends[] = {".com", ".com", ".com", ".net", ".com", ".us", ".cn", ".com"};
    uint64_t cloud = (number % CLOUDS) * ((number >> 8) % CLOUDS) / CLOUDS; /* the first ones more often */
    uint64_t seed = SEED_PATTERNS ^ cloud << 20;
    data_add_label(writer, &seed, 5, 5);
    data_add(writer, ends[data_random(&seed) % 8]);
}

/* Draws patterns in the proportions published from 2018 to 2025: two thirds exact, one third `*.`, one in a hundred of
 * each other kind (of 410 patterns at most 9 were glued, and at most one had a star inside). */
static void
draw_pattern(struct data_writer *writer, uint64_t *seed)
{
    uint64_t random = data_random(seed);
    unsigned kind = (unsigned)(random % 100);
    writer->len = 0;
    if (kind < 68) {
        data_add_below(writer, seed);
    } else if (kind < 98) {
        data_add(writer, "*.");
        if ((random >> 8) % 2 == 0)
            data_add_below(writer, seed);
    } else if (kind < 99) {
        data_add(writer, (random >> 8) % 2 == 0 ? "*" : "*-");
        data_add_below(writer, seed);
    } else {
        data_add(writer, "autodiscover.*.");
    }
    if ((random >> 16) % 3 == 0)
        data_add_below(writer, seed);
    add_cloud(writer, random >> 24);
}

void
data_patterns(struct data_list *ret, size_t count)
{
    *ret = (struct data_list){.patterns = true};
    ret->text = data_memory(count, PATTERN_BYTES);
    ret->starts = data_memory(count + 1, sizeof *ret->starts);
    struct data_writer writer = {.len = 0};
    uint64_t seed = SEED_PATTERNS;
    while (ret->count < count) {
        draw_pattern(&writer, &seed);
        bool known = writer.len >= PATTERN_BYTES;
        for (size_t i = 0, len; i < ret->count && !known; i++)
            known = strcmp(data_name(ret, i, &len), writer.text) == 0;
        if (known)
            continue;
        memcpy(ret->text + ret->starts[ret->count], writer.text, writer.len + 1);
        ret->starts[ret->count + 1] = ret->starts[ret->count] + (uint32_t)writer.len + 1;
        ret->count++;
    }
}

static bool
matches_from(const char *pattern, const char *name, bool first)
{
    if (*pattern != '*')
        return *pattern == *name && (*pattern == '\0' || matches_from(pattern + 1, name + 1, false));
    for (bool some = first; *name != '\0' || some; name++, some = true) {
        if (some && matches_from(pattern + 1, name, false))
            return true;
        if (*name == '\0' || (!first && *name == '.'))
            return false;
    }
    return false;
}

bool
data_pattern_matches(const char *pattern, const char *name)
{
    return matches_from(pattern, name, true);
}

/* ---- questions ---- */

static uint64_t
draw_index(uint64_t *seed, enum data_kind kind, size_t count)
{
    uint64_t random = data_random(seed);
    if (kind == DATA_UNIFORM)
        return random % count;
    /* The n-th most popular name is asked for 1/n as often as the first. */
    double place = pow((double)count, (double)(random >> 11) / 9007199254740992.0);
    return (uint64_t)place - 1 < count ? (uint64_t)place - 1 : count - 1;
}

static void
add_hit(struct data_writer *writer, const struct data_list *list, enum data_kind kind, uint64_t *seed)
{
    size_t len;
    const char *name = data_name(list, draw_index(seed, kind, list->count), &len);
    unsigned draw = (unsigned)(data_random(seed) % 100);
    if (!list->patterns) {
        for (unsigned labels = draw < 50 ? 0 : draw < 85 ? 1 : 2; labels > 0; labels--)
            data_add_below(writer, seed);
        data_add(writer, name);
        return;
    }
    for (const char *at = name; *at != '\0'; at++) {
        if (*at != '*')
            data_add(writer, (const char[]){*at, '\0'});
        else
            data_add_label(writer, seed, 3, 5);
    }
}

static void
add_stranger(struct data_writer *writer, const struct data_list *list, enum data_kind kind, uint64_t *seed)
{
    uint64_t random = data_random(seed);
    uint64_t own = SEED_STRANGERS + (draw_index(seed, kind, list->count + 1000) << 20);
    for (unsigned draw = (unsigned)(random % 100), labels = draw < 50 ? 0 : draw < 85 ? 1 : 2; labels > 0; labels--)
        data_add_below(writer, &own);
    if (list->patterns && (random >> 8) % 2 == 0) {
        data_add_label(writer, &own, 3, 5);
        data_add(writer, ".");
        add_cloud(writer, random >> 16);
    } else if ((random >> 8) % 16 == 1 && !list->patterns) {
        size_t len; /* a name of the list with one more letter, so that no label begins there */
        data_add(writer, "x");
        data_add(writer, data_name(list, draw_index(seed, kind, list->count), &len));
    } else {
        data_add_registrable(writer, &own);
    }
}

struct host *
data_questions(const struct data_list *list, enum data_kind kind, size_t count)
{
    struct host *questions = data_memory(count, sizeof *questions);
    uint64_t seed = SEED_QUESTIONS + (uint64_t)kind;
    for (size_t i = 0; i < count; i++) {
        struct data_writer writer = {.len = 0};
        if (data_random(&seed) % 2 == 0)
            add_hit(&writer, list, kind, &seed);
        else
            add_stranger(&writer, list, kind, &seed);
        questions[i].len = (uint8_t)writer.len;
        memcpy(questions[i].text, writer.text, writer.len + 1);
    }
    return questions;
}

/* ---- the answers of a plain loop ---- */

/*
 * Looping over all names for each question would take hours. So the loop over all names is made once, and each name is
 * looked up among the suffixes of the questions, which are chained by a small hash. The list itself is never indexed.
 */
struct suffix {
    uint32_t question, next;
    uint8_t start;
};

struct chains {
    struct suffix *suffixes;
    uint32_t *heads, count;
    size_t mask;
};

static size_t
chain_of(const struct chains *chains, const char *text, size_t len)
{
    uint64_t hash = len;
    for (size_t i = 0; i < len; i++)
        hash = hash * 131 + (unsigned char)text[i];
    return data_random(&hash) & chains->mask;
}

static void
chain_up(struct chains *chains, const struct host *questions, size_t count)
{
    size_t suffixes = 1;
    for (size_t i = 0; i < count; i++) {
        for (size_t at = 0; at < questions[i].len; at++)
            suffixes += at == 0 || questions[i].text[at - 1] == '.';
    }
    for (chains->mask = 1023; chains->mask < suffixes; chains->mask = chains->mask * 2 + 1)
        ;
    chains->heads = data_memory(chains->mask + 1, sizeof *chains->heads);
    chains->suffixes = data_memory(suffixes, sizeof *chains->suffixes);
    chains->count = 1;
    for (size_t i = 0; i < count; i++) {
        const struct host *host = &questions[i];
        for (size_t at = 0; at < host->len; at++) {
            if (at > 0 && host->text[at - 1] != '.')
                continue;
            uint32_t *head = &chains->heads[chain_of(chains, host->text + at, host->len - at)];
            chains->suffixes[chains->count] = (struct suffix){(uint32_t)i, *head, (uint8_t)at};
            *head = chains->count++;
        }
    }
}

static void
domain_truth(uint8_t *ret, const struct data_list *list, const struct host *questions, size_t count)
{
    struct chains chains;
    chain_up(&chains, questions, count);
    for (size_t i = 0, len; i < list->count; i++) {
        const char *name = data_name(list, i, &len);
        for (uint32_t at = chains.heads[chain_of(&chains, name, len)]; at != 0; at = chains.suffixes[at].next) {
            const struct suffix *suffix = &chains.suffixes[at];
            const struct host *host = &questions[suffix->question];
            if (host->len - suffix->start == (int)len && memcmp(host->text + suffix->start, name, len) == 0)
                ret[suffix->question] = 1;
        }
    }
    free(chains.heads);
    free(chains.suffixes);
}

uint8_t *
data_truth(const struct data_list *list, const struct host *questions, size_t count)
{
    uint8_t *truth = data_memory(count, 1);
    if (!list->patterns) {
        domain_truth(truth, list, questions, count);
        return truth;
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t p = 0, len; p < list->count && truth[i] == 0; p++)
            truth[i] = data_pattern_matches(data_name(list, p, &len), questions[i].text);
    }
    return truth;
}

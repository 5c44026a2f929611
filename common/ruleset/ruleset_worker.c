// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ruleset_worker.c - the rules of each of Squid's workers. See ruleset_open() and ruleset_read_texts() in ruleset.h.
 *
 * Every process of Squid reads squid.conf by itself, and the macro `${process_number}` is its number (src/cf.data.pre,
 * "Conditional configuration"; ConfigParser, ProcessMacros): 0 of the master, 1 to N of N workers, and with more than
 * one the coordinator has a number after theirs. A file that one of them refuses ends Squid.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "ruleset_reading.h"

/* ---- which workers read other lines ---- */

/* The next line from `*at` on that the model reads, or NULL. */
static const struct squidconf_line *
next_read(const struct squidconf_text *text, size_t *at)
{
    while (*at < text->line_count && !reads_directive(text->lines[*at].words[0]))
        (*at)++;
    return *at < text->line_count ? &text->lines[(*at)++] : NULL;
}

static bool
reads_alike(const struct squidconf_text *a, const struct squidconf_text *b)
{
    for (size_t i = 0, k = 0;;) {
        const struct squidconf_line *one = next_read(a, &i), *other = next_read(b, &k);
        if (one == NULL || other == NULL)
            return one == other && a->trouble_count == b->trouble_count;
        if (one->number != other->number || strcmp(one->text, other->text) != 0 || strcmp(one->file, other->file) != 0)
            return false;
    }
}

static unsigned
count_workers(const struct squidconf_text *text)
{
    unsigned long workers = 1;
    for (size_t i = 0; i < text->line_count; i++) {
        const struct squidconf_line *line = &text->lines[i];
        if (strcmp(line->words[0], "workers") == 0 && line->count > 1)
            workers = strtoul(line->words[1], NULL, 10);
    }
    return workers < 1 ? 1 : workers > 10000 ? 10000 : (unsigned)workers;
}

static bool
is_named(const struct squidconf_text *text, unsigned number)
{
    for (size_t i = 0; i < text->number_count; i++) {
        if (text->numbers[i] == number)
            return true;
    }
    return false;
}

static int
read_text_of(struct squidconf_text *ret, unsigned number, const char *path, struct arena *arena, struct err *err)
{
    *ret = (struct squidconf_text){.arena = arena, .other = true, .process = number};
    return squidconf_text_read(ret, path, err);
}

/* Adds the text of a worker, unless one before it reads the same. */
static void
add_text(struct ruleset_texts *ret, const struct squidconf_text *text, unsigned number)
{
    for (size_t i = 0; i < ret->count; i++) {
        if (reads_alike(&ret->worker[i].text, text)) {
            ret->worker[i].more_alike = true;
            return;
        }
    }
    if (ret->count == RULESET_WORKERS_MAX) {
        ret->cut = true;
        return;
    }
    ret->worker[ret->count].text = *text;
    ret->worker[ret->count++].number = number;
}

/* The master, and with several workers the coordinator, read the rules too. */
static int
check_others(const char *path, unsigned workers, const struct ruleset_about *about, struct err *err)
{
    const unsigned numbers[] = {0, workers + 1};
    int result = 0;
    for (size_t i = 0; i < (workers > 1 ? 2u : 1u) && result == 0; i++) {
        struct squidconf_text text;
        struct ruleset *conf = NULL;
        result = read_text_of(&text, numbers[i], path, about->arena, err);
        if (result == 0)
            result = ruleset_make(&conf, &text, about, err);
        ruleset_close(conf);
    }
    return result;
}

/* Adds the texts of the workers after the first: of those that a condition names, and of the first ones that none
 * names. Those after them are like these, unless the macro is in a rule. */
static int
add_texts(struct ruleset_texts *ret, const char *path, unsigned workers, struct err *err)
{
    const struct squidconf_text first = ret->worker[0].text;
    struct squidconf_text text = first;
    bool left = false;
    for (unsigned number = 2; number <= workers; number++) {
        bool named = is_named(&first, number);
        if (!named && number > RULESET_WORKERS_MAX) {
            left = true;
            continue;
        }
        if (read_text_of(&text, number, path, first.arena, err) != 0)
            return -1;
        add_text(ret, &text, number);
    }
    if (left)
        ret->cut = ret->cut || ret->count == RULESET_WORKERS_MAX;
    return 0;
}

int
ruleset_read_texts(struct ruleset_texts *ret, const char *path, const struct ruleset_about *about, struct err *err)
{
    *ret = (struct ruleset_texts){.count = 1};
    struct squidconf_text *first = &ret->worker[0].text;
    ret->worker[0].number = 1;
    first->arena = about->arena;
    if (squidconf_text_read(first, path, err) != 0)
        return -1;
    if (!first->by_process)
        return 0;
    unsigned workers = count_workers(first);
    return add_texts(ret, path, workers, err) != 0 ? -1 : check_others(path, workers, about, err);
}

/* ---- their rules ---- */

static int
make_worker(struct ruleset **ret, const struct ruleset_texts *texts, size_t i, const struct ruleset_about *about,
            struct err *err)
{
    struct err refused = {0};
    if (ruleset_make(ret, &texts->worker[i].text, about, &refused) != 0)
        return err_set(err, refused.kind, texts->count > 1 ? "%s (worker %u)" : "%s", refused.text,
                       texts->worker[i].number);
    (*ret)->worker = texts->count > 1 ? texts->worker[i].number : 0;
    (*ret)->more_alike = texts->worker[i].more_alike;
    return 0;
}

int
ruleset_open(struct ruleset **ret, const char *path, const struct ruleset_about *about, struct err *err)
{
    struct ruleset_texts *texts = arena_alloc(about->arena, sizeof *texts);
    struct ruleset *first = NULL;
    if (texts == NULL)
        return err_set(err, ERR_MEM, "no memory for the rules");
    if (ruleset_read_texts(texts, path, about, err) != 0 || make_worker(&first, texts, 0, about, err) != 0)
        return -1;
    first->workers_cut = texts->cut;
    for (size_t i = 1; i < texts->count; i++) {
        if (make_worker(&first->other_workers[first->other_worker_count], texts, i, about, err) != 0) {
            ruleset_close(first);
            return -1;
        }
        first->other_worker_count++;
    }
    *ret = first;
    return 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * decide_rollback.c - back to a generation that was in use before. Part of decide.h.
 *
 * Nothing here may depend on more than the generation itself: what is in use now may be damaged, and the disk may be
 * full.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/day.h"
#include "base/err.h"
#include "base/place.h"
#include "base/say.h"
#include "base/utf8.h"
#include "decide.h"
#include "state/state.h"
#include "state/state_lock.h"
#include "store/candidate.h"
#include "store/decision.h"
#include "store/document.h"
#include "store/generation_image.h"
#include "store/generation_named.h"
#include "table/table.h"

#define LINES_SAID 5

/* The last generation that was in use, is not in use now, and still exists. */
static int
choose(const struct decide *decide, uint32_t current, uint32_t *ret, struct err *err)
{
    const uint32_t *published;
    size_t count;
    if (state_get(decide->state, STATE_PREVIOUS, ret, NULL) == 0 && *ret != 0 && *ret != current)
        return 0;
    if (state_published(decide->state, &published, &count, err) != 0)
        return -1;
    while (count > 0) {
        *ret = published[--count];
        if (*ret == current)
            continue;
        if (state_has(decide->state, *ret, "image"))
            return 0;
        if (state_has(decide->state, *ret, "table.txt") || state_has(decide->state, *ret, "source.json"))
            return err_set(err, ERR_CORRUPT,
                           "generation %u was in use before, but is damaged: it has no image; name an older one, which "
                           "'m365ctl history%s' lists",
                           *ret, place_option());
    }
    return err_set(err, ERR_USAGE, "no other generation was in use before; there is nothing to go back to");
}

static int
find_target(const struct decide *decide, const char *word, uint32_t current, uint32_t *ret, struct err *err)
{
    const uint32_t *published;
    size_t count;
    if (word == NULL)
        return choose(decide, current, ret, err);
    if (generation_by_number(ret, decide->state, word, err) != 0 ||
        state_published(decide->state, &published, &count, err) != 0)
        return -1;
    if (!state_is_among(published, count, *ret))
        return err_set(err, ERR_USAGE,
                       "generation %u was never in use; what waits is published with 'm365ctl approve%s'", *ret,
                       place_option());
    return 0;
}

static void
record(const struct decide *decide, uint32_t generation, enum decided what, uint32_t other)
{
    char note[700];
    struct err err = {0};
    snprintf(note, sizeof note, "%s generation %u%s%.600s", what == DECIDED_ROLLBACK ? "from" : "to", other,
             decide->note == NULL ? "" : ": ", decide->note == NULL ? "" : decide->note);
    const struct decision decision = {.what = what, .by = decide->by, .note = note, .at = (int64_t)time(NULL)};
    if (decision_write(decide->state, generation, &decision, &err) != 0)
        say(decide->listener, "the rollback is not recorded: %s", err.text);
}

/* Under the lock. If something else came into use since the target was chosen, it is not what was to be left. */
static int
roll_back(const struct decide *decide, uint32_t target, uint32_t left, struct err *err)
{
    uint32_t current = 0;
    if (state_get(decide->state, STATE_CURRENT, &current, NULL) == 0 && current != left)
        return err_set(err, ERR_USAGE,
                       "another m365ctl has just put generation %u into use; nothing is rolled back, look again with "
                       "'m365ctl status%s'",
                       current, place_option());
    record(decide, target, DECIDED_ROLLBACK, left);
    if (left != 0)
        record(decide, left, DECIDED_ROLLED_BACK, target);
    return state_publish(decide->state, target, err);
}

int
decide_roll_back(uint32_t *ret, uint32_t *ret_left, const struct decide *decide, const char *word, struct err *err)
{
    struct err why = {0};
    *ret_left = 0;
    if (state_get(decide->state, STATE_CURRENT, ret_left, &why) != 0)
        say(decide->listener, "%s", why.text);
    if (find_target(decide, word, *ret_left, ret, err) != 0)
        return -1;
    if (*ret == *ret_left)
        return 1;
    if (generation_verify(decide->state, *ret, err) != 0)
        return err_add(err, "cannot go back to generation %u", *ret);
    generation_mend(decide->state, *ret, decide->listener);
    if (state_lock(decide->state, err) != 0)
        return -1;
    int result = roll_back(decide, *ret, *ret_left, err);
    state_unlock(decide->state);
    return result;
}

/* `'inspect qux.example' of 'ours' ...` */
static void
say_line(const struct decide *decide, const struct diff *diff, const struct diff_entry *entry)
{
    bool configured = entry->new_terms != NULL;
    const struct table *table = configured ? diff->new_table : diff->old_table;
    const struct terms *terms = configured ? entry->new_terms : entry->old_terms;
    struct buf line;
    buf_init(&line, 4 * TABLE_LINE_MAX);
    buf_add_fmt(&line, "'%s ", verb_word(terms->verb));
    utf8_add_printable(&line, entry->text, strlen(entry->text));
    buf_add_text(&line, "' of '");
    utf8_add_printable(&line, table->sources[terms->set.source], strlen(table->sources[terms->set.source]));
    buf_add_text(&line, configured
                            ? "' is still in its file, and not in use: take it out, or the next new document uses it"
                            : "' is in use, but no longer in its file: put it back, or the next new document drops it");
    if (buf_ok(&line))
        say(decide->listener, "%.*s", (int)line.len, line.data);
    buf_clear(&line);
}

static void
say_lines(const struct decide *decide, const struct diff *diff)
{
    size_t count = 0;
    for (size_t i = 0; i < diff->entry_count; i++) {
        const struct diff_entry *entry = &diff->entries[i];
        if (entry->kind == DIFF_LOCAL && count++ < LINES_SAID)
            say_line(decide, diff, entry);
    }
    if (count > LINES_SAID)
        say(decide->listener, "and %zu more lines, as 'm365ctl publish%s --dry-run' says", count - LINES_SAID,
            place_option());
    if (diff->options != NULL)
        say(decide->listener,
            "m365.conf says something else than what is in use, and so will the next new document: %s", diff->options);
}

void
decide_say_unused(const struct decide *decide, uint32_t generation)
{
    struct documents documents;
    struct candidate in_use, configured;
    struct diff *diff;
    if (candidate_load(&in_use, decide->state, generation, NULL) != 0)
        return;
    if (documents_load(&documents, decide->conf, decide->state, generation, NULL) == 0) {
        if (candidate_build(&configured, decide->conf, &documents, in_use.table, NULL, NULL) == 0) {
            const struct diff_input input = {.old_table = in_use.table,
                                             .old_image = in_use.image,
                                             .new_table = configured.table,
                                             .new_image = configured.image,
                                             .today = day_of(decide->now)};
            if (diff_tables(&diff, &input, NULL) == 0) {
                say_lines(decide, diff);
                diff_free(diff);
            }
            candidate_clear(&configured);
        }
        documents_clear(&documents);
    }
    candidate_clear(&in_use);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* insert.c - reads the squid.conf, has the places found, and prints the diff and what it changes. See insert.h. */
#include "insert.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "insert_build.h"
#include "insert_lines.h"
#include "ruleset/ruleset_worker.h"

#define ARENA_MAX ((size_t)1 << 30)
#define DIFF_MAX ((size_t)1 << 20)

/* The lines are judged by one set of rules. */
static int
check_workers(const struct ruleset_texts *texts, const char *path, struct err *err)
{
    return texts->count == 1
               ? 0
               : err_set(err, ERR_SYNTAX,
                         "%s:1: Squid's workers read different rules here (${process_number}), so the lines have no "
                         "place that is right for all; put them in by hand: squid-conf without --into prints them",
                         path);
}

static int
open_file(struct insert *insert, struct err *err)
{
    const struct ruleset_about about = {.version = insert->about->version, .arena = insert->arena};
    struct ruleset_texts *texts = arena_alloc(insert->arena, sizeof *texts);
    insert->wish = insert->about->wish;
    if (texts == NULL)
        return err_set(err, ERR_MEM, "no memory for the rules");
    if (ruleset_read_texts(texts, insert->about->path, &about, err) != 0 ||
        check_workers(texts, insert->about->path, err) != 0)
        return -1;
    insert->text = texts->worker[0].text;
    if (ruleset_make(&insert->conf, &insert->text, &about, err) != 0)
        return -1;
    insert->about->load(insert->conf);
    return lines_ports(insert, err);
}

static int
print(struct insert_result *ret, struct insert *insert, const struct patch *patch, struct err *err)
{
    if (patch->count == 0)
        return 0;
    if (!insert_diff(&ret->diff, insert, patch, &ret->from_root))
        return -1;
    buf_add(&ret->notes, insert->notes.data, insert->notes.len);
    outcome_print_both(&ret->outcomes, &insert->best.set, insert->best.before, insert->best.after);
    return buf_ok(&ret->diff) && buf_ok(&ret->outcomes) && buf_ok(&ret->notes)
               ? 0
               : err_set(err, ERR_MEM, "no memory for the diff");
}

static int
find(struct insert_result *ret, struct insert *insert, struct err *err)
{
    struct patch patch = {.count = 0};
    bool found =
        open_file(insert, err) == 0 && insert_search(insert, &patch, err) == 0 && print(ret, insert, &patch, err) == 0;
    if (!arena_ok(insert->arena))
        return err_set(err, ERR_MEM, "no memory for '%s'", insert->about->path);
    return found ? 0 : -1;
}

int
insert_find(struct insert_result *ret, const struct insert_about *about, struct err *err)
{
    struct arena *arena = arena_new(ARENA_MAX);
    struct insert *insert = arena == NULL ? NULL : arena_alloc(arena, sizeof *insert);
    buf_init(&ret->diff, DIFF_MAX);
    buf_init(&ret->outcomes, DIFF_MAX);
    buf_init(&ret->notes, DIFF_MAX);
    ret->from_root = false;
    if (insert == NULL) {
        arena_free(arena);
        return err_set(err, ERR_MEM, "no memory");
    }
    *insert = (struct insert){.about = about, .arena = arena, .err = err};
    buf_init(&insert->notes, DIFF_MAX);
    int result = find(ret, insert, err);
    if (result != 0) {
        buf_clear(&ret->diff);
        buf_clear(&ret->outcomes);
        buf_clear(&ret->notes);
    }
    if (insert->lender != NULL)
        about->unload(insert->lender);
    if (insert->conf != NULL)
        about->unload(insert->conf);
    trial_free(&insert->best);
    trial_free(&insert->again);
    trial_free(&insert->named);
    trial_free(&insert->first);
    ruleset_close(insert->conf);
    buf_clear(&insert->notes);
    arena_free(arena);
    return result;
}

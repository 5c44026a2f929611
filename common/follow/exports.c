// SPDX-License-Identifier: GPL-2.0-or-later
/* exports.c - see exports.h. */
#include "exports.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/day.h"
#include "base/err.h"
#include "base/file.h"
#include "base/say.h"
#include "compile/sealed.h"
#include "conf/conf.h"
#include "export/export.h"
#include "file_staged.h"
#include "name/spec.h"
#include "state/state.h"
#include "store/candidate.h"

#define ARENA_MAX ((size_t)64 << 20)

/* One run: the table in use, and what was staged so far. */
struct run {
    const struct exports *exports;
    struct candidate candidate;
    struct sealed_policy policy;
    struct file_staged *staged;
    size_t count;
    bool mixed; /* some files are new, and could not be put back */
    /* Of exports_look(): */
    void (*each)(void *arg, const char *path, bool current);
    void *arg;
    const struct listener *told; /* what fails; nobody hears what an export leaves out */
};

/* True if the file says what the export says; false also if it cannot be read. */
static bool
is_current(const char *path, const struct buf *text)
{
    struct buf file;
    struct err ignored = {0};
    buf_init(&file, EXPORT_TEXT_MAX);
    bool same = file_read(&file, path, EXPORT_TEXT_MAX, &ignored) == 0 && export_same(&file, text);
    buf_clear(&file);
    return same;
}

/* A path without its last part, resolved. False if the folder cannot be. */
static bool
folder_of(char ret[PATH_MAX], const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    int len = slash == NULL ? 1 : (int)(slash - path + 1);
    int n = snprintf(folder, sizeof folder, "%.*s", len, slash == NULL ? "." : path);
    return n > 0 && (size_t)n < sizeof folder && realpath(folder, ret) != NULL;
}

/* Whether a folder is another one or inside it. */
static bool
is_inside(const char *folder, const char *other)
{
    char real[PATH_MAX];
    size_t len = realpath(other, real) == NULL ? 0 : strlen(real);
    return len > 0 && strncmp(folder, real, len) == 0 && (folder[len] == '\0' || folder[len] == '/');
}

static bool
is_source(const struct conf *conf, const char *path)
{
    struct file_id output, source, nobody = {0};
    char room[PATH_MAX];
    file_identify(&output, path);
    if (file_id_equal(&output, &nobody))
        return false;
    file_identify(&source, conf->path == NULL ? path : conf->path);
    bool found = conf->path != NULL && file_id_equal(&output, &source);
    for (size_t i = 0; !found && i < conf->list_count; i++) {
        file_identify(&source, spec_path(room, conf->lists[i]));
        found = file_id_equal(&output, &source);
    }
    return found;
}

/* What m365ctl reads or keeps must not be replaced by an export. */
static int
check_target(const struct conf *conf, const char *path, struct err *err)
{
    char folder[PATH_MAX];
    if (!folder_of(folder, path))
        return err_set(err, ERR_IO, "cannot write '%s': there is no such folder", path);
    if (is_inside(folder, conf->state) || is_inside(folder, conf->rules) || is_inside(folder, conf->data) ||
        is_source(conf, path))
        return err_set(err, ERR_USAGE, "'%s' is a file that m365ctl reads or keeps; name another one with -o", path);
    return 0;
}

/* Makes the text of one export. The caller clears it, whatever the result. */
static int
make_one(struct buf *ret, const struct run *run, const struct conf_export *wanted, struct err *err)
{
    const struct export_source source = {.table = run->candidate.table,
                                         .policy = &run->policy.policy,
                                         .listener = run->exports->listener,
                                         .today = day_of(run->exports->now)};
    buf_init(ret, EXPORT_TEXT_MAX);
    return export_make(ret, &source, &wanted->wish, err);
}

static int
stage_one(struct run *run, const struct conf_export *wanted, struct err *err)
{
    struct buf text;
    if (check_target(run->exports->conf, wanted->output, err) != 0)
        return -1;
    int result = make_one(&text, run, wanted, err);
    if (result == 0 && !is_current(wanted->output, &text)) {
        result = file_stage(&run->staged[run->count], wanted->output, text.data, text.len, err);
        run->count += result == 0 ? 1 : 0;
    }
    buf_clear(&text);
    return result;
}

static int
use_all(struct run *run, struct err *err)
{
    size_t used = 0;
    while (used < run->count && file_stage_use(&run->staged[used], err) == 0)
        used++;
    bool all = used == run->count;
    for (size_t i = 0; i < used; i++) {
        if (all)
            say(run->exports->listener, "wrote '%s'", run->staged[i].path);
        else
            run->mixed = !file_stage_undo(&run->staged[i]) || run->mixed;
    }
    return all ? 0 : -1;
}

static int
write_all(struct run *run, struct err *err)
{
    const struct conf *conf = run->exports->conf;
    int result = 0;
    for (size_t i = 0; i < conf->export_count && result == 0; i++)
        result = stage_one(run, &conf->exports[i], err);
    if (result == 0)
        result = use_all(run, err);
    for (size_t i = 0; i < run->count; i++)
        file_stage_drop(&run->staged[i]);
    return result;
}

/* Loads the table and calls fn(), which does something for all lines. */
static int
load_and(struct run *run, uint32_t generation, int (*fn)(struct run *run, struct err *err), struct err *err)
{
    char digest[DIGEST_TEXT_MAX];
    if (candidate_load(&run->candidate, run->exports->state, generation, err) != 0)
        return -1;
    int result = candidate_read_policy(&run->policy, digest, &run->candidate, run->exports->state, generation, err);
    if (result == 0)
        result = fn(run, err);
    candidate_clear(&run->candidate);
    return result;
}

static int
load_and_write(struct run *run, uint32_t generation, struct err *err)
{
    struct arena *arena = arena_new(ARENA_MAX);
    run->staged = arena_array(arena, run->exports->conf->export_count, sizeof *run->staged);
    int result = run->staged == NULL ? err_set(err, ERR_MEM, "no memory for the exports")
                                     : load_and(run, generation, write_all, err);
    arena_free(arena);
    return result;
}

/* The status file remembers how it went, unless it says so already. */
static void
remember(struct state *state, const char *sentence)
{
    char known[STATE_VALUE_MAX];
    struct err ignored = {0};
    state_status_get(state, STATUS_EXPORT_ERROR, known);
    if (strcmp(known, sentence == NULL ? "" : sentence) == 0)
        return;
    state_status_set(state, STATUS_EXPORT_ERROR, sentence);
    state_status_write(state, &ignored);
}

int
exports_write(const struct exports *exports, struct err *err)
{
    struct run run = {.exports = exports};
    uint32_t generation = 0;
    int result = 0;
    if (exports->conf->export_count > 0 && state_get(exports->state, STATE_CURRENT, &generation, err) != 0)
        return -1;
    if (generation != 0)
        result = load_and_write(&run, generation, err);
    if (result != 0)
        err_add(err, run.mixed ? "some exports are new, and could not be put back" : "the exports stay as they were");
    remember(exports->state, result == 0 ? NULL : err->text);
    return result;
}

static int
look_at_all(struct run *run, struct err *err)
{
    const struct conf *conf = run->exports->conf;
    (void)err; /* a line that fails is reported, and the next one follows */
    for (size_t i = 0; i < conf->export_count; i++) {
        const struct conf_export *wanted = &conf->exports[i];
        struct err own;
        struct buf text;
        bool made = make_one(&text, run, wanted, &own) == 0;
        if (!made)
            say(run->told, "%s", own.text);
        run->each(run->arg, wanted->output, made && is_current(wanted->output, &text));
        buf_clear(&text);
    }
    return 0;
}

static void
hear_nothing(void *arg, const char *sentence)
{
    (void)arg;
    (void)sentence;
}

int
exports_look(const struct exports *exports, void (*each)(void *arg, const char *path, bool current), void *arg,
             struct err *err)
{
    const struct listener nobody = {hear_nothing, NULL};
    const struct exports quiet = {exports->conf, exports->state, &nobody, exports->now};
    struct run run = {.exports = &quiet, .each = each, .arg = arg, .told = exports->listener};
    uint32_t generation = 0;
    if (exports->conf->export_count > 0 && state_get(exports->state, STATE_CURRENT, &generation, err) != 0)
        return -1;
    return generation == 0 ? 0 : load_and(&run, generation, look_at_all, err);
}

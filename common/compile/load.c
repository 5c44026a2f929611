// SPDX-License-Identifier: GPL-2.0-or-later
/* load.c - see load.h. When a source is read again is decided by watch.h. */
#include "load.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/place.h"
#include "base/watch.h"
#include "compile.h"
#include "image/image.h"
#include "name/spec.h"
#include "sealed.h"
#include "table/table.h"

static bool
is_image(const char *source)
{
    return !spec_is_list(source) && image_is_at(source);
}

int
load_table(struct table **ret, const struct load_options *options, struct err *err)
{
    struct table *table = table_new();
    if (table == NULL)
        return err_set(err, ERR_MEM, "no memory for a table");
    if (options->policy.bypass != 0)
        table->bypass = options->policy.bypass;
    table->required_only = options->policy.required_only;
    table->list_format = options->list_format;
    table->progress = options->progress;
    table->progress_arg = options->progress_arg;
    for (size_t i = 0; i < options->source_count; i++) {
        const char *source = options->sources[i];
        int result = is_image(source) ? err_set(err, ERR_USAGE,
                                                "'%s' is a compiled image and cannot be merged or printed; name the "
                                                "tables it was made from",
                                                source)
                                      : table_read(table, source, err);
        if (result != 0) {
            table_free(table);
            return -1;
        }
    }
    table_sort(table);
    table->progress = NULL;
    table_say_remarks(table, options->listener);
    table_say_complaints(table, options->listener);
    *ret = table;
    return 0;
}

static int
compile_sources(struct image **ret, const struct load_options *options, struct err *err)
{
    struct table *table;
    struct buf bytes;
    if (load_table(&table, options, err) != 0)
        return -1;
    int result = compile_table(&bytes, table, &options->policy, err);
    table_free(table);
    if (result != 0)
        return -1;
    result = image_from_buf(ret, &bytes, err);
    buf_clear(&bytes);
    return result;
}

/* Opens the one image there is, or what takes its place. A policy cannot apply to it. */
static int
open_image(struct image **ret, const char *path, const struct load_options *options, struct err *err)
{
    if (options->has_policy)
        return err_set(
            err, ERR_USAGE,
            "'%s' is a compiled image: precedence, bypass, tenants and label were fixed when it was compiled", path);
    return load_open_image(ret, path, options->listener, err);
}

int
load_image(struct image **ret, const struct load_options *options, struct err *err)
{
    char path[PATH_MAX];
    if (options->source_count == 0) {
        if (load_default_image(path, &places_default, err) != 0)
            return -1;
        return open_image(ret, path, options, err);
    }
    if (options->source_count == 1 && is_image(options->sources[0]))
        return open_image(ret, options->sources[0], options, err);
    return compile_sources(ret, options, err);
}

struct load {
    const struct load_options *options;
    struct arena *arena;
    struct image *image;
    struct watch watch;    /* of the sources */
    struct file_id opened; /* the file of a mapped image */
};

struct load *
load_new(const struct load_options *options)
{
    struct arena *arena = arena_new((size_t)1 << 20);
    if (arena == NULL)
        return NULL;
    size_t count = options->source_count == 0 ? 1 : options->source_count;
    struct load *load = arena_alloc(arena, sizeof *load);
    if (load == NULL || !watch_init(&load->watch, arena, count)) {
        arena_free(arena);
        return NULL;
    }
    load->options = options;
    load->arena = arena;
    return load;
}

void
load_free(struct load *load)
{
    if (load == NULL)
        return;
    image_close(load->image);
    arena_free(load->arena);
}

const struct image *
load_current(const struct load *load)
{
    return load->image;
}

static void
look(struct load *load, uint64_t now_ms)
{
    const struct load_options *options = load->options;
    char path[PATH_MAX];
    struct err ignored;
    for (size_t i = 0; i < options->source_count; i++)
        watch_look(&load->watch, i, spec_path(path, options->sources[i]), now_ms);
    if (options->source_count == 0)
        watch_look(&load->watch, 0, load_default_image(path, &places_default, &ignored) == 0 ? path : NULL, now_ms);
}

/* An image is replaced whole, so it need not be still. */
static bool
is_only_image(const struct load_options *options)
{
    return options->source_count == 0 || (options->source_count == 1 && is_image(options->sources[0]));
}

/* The new file could not be opened. If it is the very file that is mapped, it was changed in place, and what is in use
 * is as damaged as what was refused. */
static void
keep_or_drop(struct load *load, struct err *err)
{
    const struct file_id *seen = &load->watch.seen[0];
    if (load->image == NULL)
        return;
    if (load->opened.inode != 0 && load->opened.inode == seen->inode && load->opened.device == seen->device) {
        image_close(load->image);
        load->image = NULL;
        err_append(err, ", and it is the file in use, changed in place: no table");
    } else {
        err_append(err, ", keeping the old table");
    }
}

/* Opens each source and reads none. Before another try this saves reading large sources for one that is not there. */
static int
try_sources(const struct load_options *options, struct err *err)
{
    for (size_t i = 0; i < options->source_count; i++) {
        char room[PATH_MAX];
        struct file_reader file;
        if (file_reader_open(&file, spec_path(room, options->sources[i]), err) != 0)
            return -1;
        file_reader_close(&file);
    }
    return 0;
}

enum load_change
load_refresh(struct load *load, uint64_t now_ms, struct err *err)
{
    look(load, now_ms);
    enum watch_answer answer = watch_ask(&load->watch, now_ms);
    if (answer == WATCH_SAME || (answer == WATCH_CHANGING && !is_only_image(load->options)))
        return LOAD_SAME;
    struct image *image;
    bool again = load->watch.retry_ms != 0;
    bool failed = (again && try_sources(load->options, err) != 0) || load_image(&image, load->options, err) != 0;
    watch_done(&load->watch, now_ms, failed && is_only_image(load->options) ? WATCH_FAILED : watch_result(failed, err));
    if (failed) {
        keep_or_drop(load, err);
        return LOAD_FAILED;
    }
    image_close(load->image);
    load->image = image;
    load->opened = image_is_mapped(image) ? load->watch.seen[0] : (struct file_id){0};
    return LOAD_NEW;
}

void
load_drop(struct load *load)
{
    image_close(load->image);
    load->image = NULL;
    watch_forget(&load->watch);
}

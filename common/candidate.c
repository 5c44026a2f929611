// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * candidate.c - the documents of a generation, and the candidate built from them. See candidate.h.
 *
 * The order of sources decides ties (the first one is reported), so it is fixed: documents as `instance` names them,
 * presets, local rules by name, lists and tables as the configuration names them.
 */
#include "candidate.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "err.h"
#include "file.h"
#include "image.h"
#include "source.h"
#include "state.h"
#include "table.h"

#define NAMES_MEMORY ((size_t)1 << 20)

void
documents_clear(struct documents *documents)
{
    for (size_t i = 0; i < documents->count; i++) {
        buf_clear(&documents->of[i].bytes);
        buf_clear(&documents->of[i].changes);
    }
    documents->count = 0;
}

static void
make_lower(char *text)
{
    for (; *text != '\0'; text++) {
        if (*text >= 'A' && *text <= 'Z')
            *text = (char)(*text - 'A' + 'a');
    }
}

static void
name_document(char ret[64], const char *stem, const char *instance, size_t index)
{
    if (index == 0)
        snprintf(ret, 64, "%s.json", stem);
    else
        snprintf(ret, 64, "%s-%.32s.json", stem, instance);
    make_lower(ret);
}

void
document_name(char ret[64], const struct documents *documents, size_t index)
{
    name_document(ret, "source", documents->of[index].instance, index);
}

void
document_changes_name(char ret[64], const struct documents *documents, size_t index)
{
    name_document(ret, "changes", documents->of[index].instance, index);
}

static void
start_document(struct document *document, const char *instance)
{
    *document = (struct document){.instance = instance};
    buf_init(&document->bytes, DOCUMENT_MAX);
    buf_init(&document->changes, DOCUMENT_MAX);
}

static int
read_files(struct document *document, const struct state *state, uint32_t generation, size_t index, struct err *err)
{
    char name[64];
    bool found;
    name_document(name, "source", document->instance, index);
    if (state_find(state, generation, name, &found, err) != 0)
        return -1;
    if (!found)
        return err_set(err, ERR_CORRUPT, "generation %u has lost its '%s'", generation, name);
    if (state_read(state, generation, name, &document->bytes, err) != 0)
        return -1;
    name_document(name, "changes", document->instance, index);
    if (state_find(state, generation, name, &found, err) != 0)
        return -1;
    return found ? state_read(state, generation, name, &document->changes, err) : 0;
}

/* All documents that a generation was made from, as the `version` lines of its review name them. */
static int
load_all(struct documents *ret, const struct state *state, uint32_t generation, const struct buf *review,
         struct err *err)
{
    char value[64];
    size_t at = 0;
    while (review_head_next(review, "version", &at, value, sizeof value)) {
        char *blank = strchr(value, ' ');
        if (blank != NULL)
            *blank = '\0';
        const char *instance = instance_find(value);
        if (blank == NULL || instance == NULL || ret->count == INSTANCE_COUNT)
            return err_set(err, ERR_CORRUPT, "generation %u: '%s' in its review.txt is no document", generation, value);
        struct document *document = &ret->of[ret->count++];
        start_document(document, instance);
        if (strcmp(blank + 1, VERSION_SHIPPED) == 0)
            continue;
        snprintf(document->version, sizeof document->version, "%.10s", blank[1] == '-' ? "" : blank + 1);
        if (read_files(document, state, generation, ret->count - 1, err) != 0)
            return -1;
    }
    return 0;
}

int
documents_load_all(struct documents *ret, const struct state *state, uint32_t generation, struct err *err)
{
    struct buf review;
    char want[DIGEST_TEXT_MAX], have[DIGEST_TEXT_MAX];
    buf_init(&review, REVIEW_MAX);
    *ret = (struct documents){0};
    int result = generation == 0 ? 0 : state_read(state, generation, "review.txt", &review, err);
    if (result == 0)
        result = load_all(ret, state, generation, &review, err);
    review_head_get(&review, "documents", want, sizeof want);
    documents_digest(have, ret);
    buf_clear(&review);
    if (result == 0 && strcmp(want, have) != 0)
        result = err_set(err, ERR_CORRUPT,
                         "generation %u is not what was sealed: the digest in its 'review.txt' does not fit its "
                         "documents",
                         generation);
    if (result != 0)
        documents_clear(ret);
    return result;
}

int
documents_load(struct documents *ret, const struct conf *conf, const struct state *state, uint32_t generation,
               struct err *err)
{
    struct documents all;
    if (documents_load_all(&all, state, generation, err) != 0)
        return -1;
    *ret = (struct documents){.count = conf->instance_count};
    for (size_t i = 0; i < ret->count; i++) {
        start_document(&ret->of[i], conf->instances[i]);
        for (size_t j = 0; j < all.count; j++) {
            if (all.of[j].instance == ret->of[i].instance) {
                ret->of[i] = all.of[j];
                start_document(&all.of[j], all.of[j].instance);
            }
        }
    }
    documents_clear(&all);
    return 0;
}

/* ---- sources into a table ---- */

/* Somebody who goes through the sources. */
struct visit {
    const struct conf *conf;
    int (*take)(void *arg, const struct generation_source *source, struct err *err);
    void *arg;
};

static int
visit_file(const struct visit *visit, const char *path, bool preset, struct err *err)
{
    struct generation_source source = {.spec = path, .preset = preset};
    return visit->take(visit->arg, &source, err);
}

static int
visit_document(const struct visit *visit, const struct document *document, struct err *err)
{
    char name[40], path[4096];
    snprintf(name, sizeof name, "%.32s", document->instance);
    make_lower(name);
    if (document->bytes.len > 0) {
        struct generation_source source = {.spec = path, .bytes = &document->bytes};
        snprintf(path, sizeof path, "%s.json", name);
        return visit->take(visit->arg, &source, err);
    }
    int n = snprintf(path, sizeof path, "%s/%s.rules", visit->conf->data, name);
    if (n < 0 || (size_t)n >= sizeof path)
        return err_set(err, ERR_LIMIT, "the path '%s' is too long", visit->conf->data);
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return err_set(err, ERR_IO,
                       "there is no document of instance '%s' yet, and no shipped table '%s' to stand in for it; run "
                       "'m365ctl update' or 'm365ctl import'",
                       document->instance, path);
    return visit_file(visit, path, false, err);
}

static int
visit_preset(const struct visit *visit, const char *name, struct err *err)
{
    char path[4096];
    int n = snprintf(path, sizeof path, "%s/presets/%s.rules", visit->conf->data, name);
    if (n < 0 || (size_t)n >= sizeof path)
        return err_set(err, ERR_LIMIT, "the path '%s' is too long", visit->conf->data);
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return err_set(err, ERR_IO, "there is no preset '%s': no file '%s'", name, path);
    return visit_file(visit, path, true, err);
}

struct names {
    struct arena *arena;
    const char **list;
    size_t count, room;
};

static int
compare_names(const void *left, const void *right)
{
    const char *const *a = left;
    const char *const *b = right;
    return strcmp(*a, *b);
}

static int
list_rules(struct names *names, const struct conf *conf, struct err *err)
{
    DIR *dir = opendir(conf->rules);
    int failed = errno;
    if (dir == NULL && failed == ENOENT && !conf->rules_named && file_is_absent(conf->rules))
        return 0;
    if (dir == NULL)
        return err_set(err, ERR_IO, "cannot open the folder of local rules '%s': %s", conf->rules, strerror(failed));
    int result = 0;
    for (errno = 0;; errno = 0) {
        const struct dirent *entry = readdir(dir);
        if (entry == NULL)
            break;
        const char *dot = strrchr(entry->d_name, '.');
        if (entry->d_name[0] == '.' || dot == NULL || strcmp(dot, ".rules") != 0)
            continue;
        const char **list = arena_grow(names->arena, names->list, &names->room, names->count + 1, sizeof *list);
        const char *name = arena_text(names->arena, entry->d_name, strlen(entry->d_name));
        if (list == NULL || name == NULL) {
            result = err_set(err, ERR_LIMIT, "there are too many files in '%s'", conf->rules);
            break;
        }
        names->list = list;
        list[names->count++] = name;
    }
    if (result == 0 && errno != 0)
        result = err_set(err, ERR_IO, "cannot read the folder of local rules '%s': %s", conf->rules, strerror(errno));
    closedir(dir);
    if (result == 0 && names->count > 0)
        qsort(names->list, names->count, sizeof *names->list, compare_names);
    return result;
}

static int
visit_rules(const struct visit *visit, struct err *err)
{
    const struct conf *conf = visit->conf;
    struct names names = {.arena = arena_new(NAMES_MEMORY)};
    if (names.arena == NULL)
        return err_set(err, ERR_MEM, "no memory");
    int result = list_rules(&names, conf, err);
    for (size_t i = 0; result == 0 && i < names.count; i++) {
        char path[4096];
        int n = snprintf(path, sizeof path, "%s/%s", conf->rules, names.list[i]);
        result = n < 0 || (size_t)n >= sizeof path ? err_set(err, ERR_LIMIT, "the path '%s' is too long", conf->rules)
                                                   : visit_file(visit, path, false, err);
    }
    arena_free(names.arena);
    return result;
}

int
generation_each_source(const struct conf *conf, const struct documents *documents,
                       int (*take)(void *arg, const struct generation_source *source, struct err *err), void *arg,
                       struct err *err)
{
    const struct visit visit = {conf, take, arg};
    int result = 0;
    for (size_t i = 0; result == 0 && i < documents->count; i++)
        result = visit_document(&visit, &documents->of[i], err);
    for (size_t i = 0; result == 0 && i < conf->preset_count; i++)
        result = visit_preset(&visit, conf->presets[i], err);
    if (result == 0)
        result = visit_rules(&visit, err);
    for (size_t i = 0; result == 0 && i < conf->list_count; i++)
        result = visit_file(&visit, conf->lists[i], false, err);
    return result;
}

int
generation_read_source(struct table *table, const struct generation_source *source, struct err *err)
{
    return source->bytes == NULL ? table_read(table, source->spec, err)
                                 : table_read_bytes(table, source->spec, source->bytes->data, source->bytes->len, err);
}

static int
take_source(void *arg, const struct generation_source *source, struct err *err)
{
    return generation_read_source(arg, source, err);
}

/* ---- a table into a candidate ---- */

static int
open_image(struct candidate *candidate, struct err *err)
{
    if (image_from_memory(&candidate->image, candidate->image_bytes.data, candidate->image_bytes.len, err) != 0)
        return -1;
    return image_verify(candidate->image, err);
}

static int
compile_candidate(struct candidate *candidate, const struct conf *conf, const struct documents *documents,
                  struct err *err)
{
    struct compile_options options = conf->compile;
    for (size_t i = 0; options.label == NULL && i < documents->count; i++) {
        if (documents->of[i].version[0] != '\0')
            options.label = documents->of[i].version;
    }
    table_sort(candidate->table);
    table_print(candidate->table, &candidate->table_text);
    if (!buf_ok(&candidate->table_text))
        return err_set(err, ERR_MEM, "no memory for the text of the table");
    if (compile_table(&candidate->image_bytes, candidate->table, &options, err) != 0)
        return -1;
    if (open_image(candidate, err) != 0)
        return err_add(err, "the image that was just compiled does not open");
    digest_pair(candidate->digest, candidate->table_text.data, candidate->table_text.len, candidate->image_bytes.data,
                candidate->image_bytes.len);
    return 0;
}

static int
start_candidate(struct candidate *candidate, struct err *err)
{
    *candidate = (struct candidate){.table = table_new()};
    buf_init(&candidate->table_text, TABLE_PRINT_MAX);
    buf_init(&candidate->image_bytes, IMAGE_MAX);
    return candidate->table == NULL ? err_set(err, ERR_MEM, "no memory for a table") : 0;
}

int
candidate_build(struct candidate *ret, const struct conf *conf, const struct documents *documents,
                void (*say)(void *arg, const char *sentence), void *arg, struct err *err)
{
    int result = start_candidate(ret, err);
    if (result == 0)
        result = generation_each_source(conf, documents, take_source, ret->table, err);
    if (result == 0)
        result = compile_candidate(ret, conf, documents, err);
    for (size_t i = 0; result == 0 && say != NULL && i < ret->table->complaint_count && i < TABLE_COMPLAINTS_MAX; i++)
        say(arg, ret->table->complaints[i]);
    if (result != 0)
        candidate_clear(ret);
    return result;
}

void
candidate_clear(struct candidate *candidate)
{
    image_close(candidate->image);
    table_free(candidate->table);
    buf_clear(&candidate->table_text);
    buf_clear(&candidate->image_bytes);
    *candidate = (struct candidate){0};
}

static int
read_back(struct candidate *candidate, const struct state *state, uint32_t generation, struct err *err)
{
    char path[PATH_MAX];
    if (state_read(state, generation, "table.txt", &candidate->table_text, err) != 0 ||
        state_read(state, generation, "image", &candidate->image_bytes, err) != 0 ||
        state_path(state, generation, "table.txt", path, err) != 0)
        return -1;
    const char *text = candidate->table_text.len == 0 ? "" : candidate->table_text.data;
    if (table_read_bytes(candidate->table, path, text, candidate->table_text.len, err) != 0)
        return -1;
    table_sort(candidate->table);
    if (open_image(candidate, err) != 0)
        return -1;
    digest_pair(candidate->digest, text, candidate->table_text.len, candidate->image_bytes.data,
                candidate->image_bytes.len);
    return 0;
}

int
candidate_load(struct candidate *ret, const struct state *state, uint32_t generation, struct err *err)
{
    int result = start_candidate(ret, err);
    if (result == 0 && generation != 0 && read_back(ret, state, generation, err) != 0)
        result = err_add(err, "generation %u", generation);
    if (result != 0)
        candidate_clear(ret);
    return result;
}

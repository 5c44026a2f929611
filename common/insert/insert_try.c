// SPDX-License-Identifier: GPL-2.0-or-later
/* insert_try.c - reads the files as they would be, and asks what becomes of all situations. Part of insert_build.h. */
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "insert_build.h"

#define TRIAL_MAX ((size_t)512 << 20)

void
trial_free(struct trial *trial)
{
    ruleset_close(trial->conf);
    arena_free(trial->arena);
    *trial = (struct trial){.arena = NULL};
}

static bool
no_memory(struct insert *insert)
{
    insert->failed = err_set(insert->err, ERR_MEM, "no memory to try a place for the lines") != 0;
    return false;
}

/* Each file that changes, as it would be. */
static bool
make_files(struct squidconf_text *text, struct insert *insert, const struct patch *patch)
{
    struct squidconf_instead *all = arena_array(text->arena, insert->file_count + 1, sizeof *all);
    for (size_t i = 0; all != NULL && i < insert->file_count; i++) {
        const struct insert_file *file = &insert->files[i];
        struct buf bytes;
        buf_init(&bytes, SQUIDCONF_BYTES_MAX + EDIT_BYTES_MAX);
        insert_patched(&bytes, file, patch);
        all[i] = (struct squidconf_instead){file->path, NULL, bytes.len};
        if (buf_ok(&bytes))
            all[i].bytes = arena_text(text->arena, bytes.len > 0 ? bytes.data : "", bytes.len);
        buf_clear(&bytes);
        if (all[i].bytes == NULL)
            return no_memory(insert);
    }
    text->instead = all;
    text->instead_count = insert->file_count;
    return all != NULL || no_memory(insert);
}

static bool
has_line(const struct squidconf_text *text, const char *line, size_t len)
{
    for (size_t i = 0; i < text->line_count; i++) {
        if (strlen(text->lines[i].text) == len && memcmp(text->lines[i].text, line, len) == 0)
            return true;
    }
    return false;
}

/* True if Squid would read each line that was added as a line. */
static bool
has_all(const struct squidconf_text *text, const struct patch *patch)
{
    for (size_t i = 0; i < patch->count; i++) {
        for (const char *line = patch->put[i].text; *line != '\0'; line += strcspn(line, "\n") + 1) {
            size_t len = strcspn(line, "\n");
            if (len > 0 && *line != '#' && !has_line(text, line, len))
                return false;
        }
    }
    return true;
}

/* The same helpers are run in each trial, in the same order; so the tables of the first one are lent. */
static void
lend_tables(struct insert *insert, struct trial *trial)
{
    if (insert->lender == NULL) {
        insert->about->load(trial->conf);
        insert->lender = trial->conf;
        return;
    }
    for (size_t i = 0; i < trial->conf->helper_count && i < insert->lender->helper_count; i++) {
        trial->conf->helpers[i].image = insert->lender->helpers[i].image;
        trial->conf->helpers[i].today = insert->lender->helpers[i].today;
    }
}

static bool
ask(struct insert *insert, struct trial *trial)
{
    if (outcome_cases_more(&trial->set, trial->conf, &insert->names, trial->arena, insert->err) != 0 ||
        outcome_add(&trial->set, &insert->more, insert->err) != 0) {
        insert->failed = true;
        return false;
    }
    trial->before = arena_array(trial->arena, trial->set.count + 1, sizeof *trial->before);
    trial->after = arena_array(trial->arena, trial->set.count + 1, sizeof *trial->after);
    if (trial->before == NULL || trial->after == NULL)
        return no_memory(insert);
    insert->failed = outcome_find(trial->before, &trial->set, insert->conf, trial->arena, insert->err) != 0 ||
                     outcome_find(trial->after, &trial->set, trial->conf, trial->arena, insert->err) != 0;
    return !insert->failed;
}

static bool
read_again(struct insert *insert, const struct patch *patch, struct trial *trial)
{
    struct ruleset_place place = {.why = NULL};
    const struct ruleset_about about = {.version = insert->about->version, .arena = trial->arena, .refused = &place};
    struct squidconf_text *text = arena_alloc(trial->arena, sizeof *text);
    struct err err = {0};
    if (text == NULL)
        return no_memory(insert);
    *text = (struct squidconf_text){.arena = trial->arena};
    if (!make_files(text, insert, patch))
        return false;
    if (squidconf_text_read(text, insert->about->path, &err) == 0 &&
        ruleset_make(&trial->conf, text, &about, &err) == 0) {
        if (has_all(text, patch))
            return true;
        insert->why = insert_text(insert,
                                  "%s:1: a line that is left out by a condition or that is continued stands where the "
                                  "lines belong; they have no place",
                                  insert->about->path);
        return false;
    }
    if (err.kind == ERR_SYNTAX)
        insert->why = place.why == NULL ? insert_text(insert, "%s", err.text) : refuse_why(insert, patch, &place);
    else
        insert->failed = err_set(insert->err, err.kind, "%s", err.text) != 0;
    return false;
}

bool
insert_try(struct insert *insert, const struct patch *patch, struct trial *ret)
{
    *ret = (struct trial){.arena = NULL};
    if (patch->failed)
        insert->why =
            insert_text(insert, "%s:1: the lines have no place: they come before too many rules", insert->about->path);
    if (insert->failed || patch->failed || ++insert->tries > TRIES_MAX)
        return false;
    ret->arena = arena_new(TRIAL_MAX);
    if (ret->arena == NULL)
        return no_memory(insert);
    if (!read_again(insert, patch, ret))
        return false;
    lend_tables(insert, ret);
    return ask(insert, ret);
}

int
insert_more_names(struct insert *insert, const struct trial *trial, struct err *err)
{
    struct outcome_names found;
    if (outcome_names(&found, &trial->set, trial->conf, insert->conf, err) != 0)
        return -1;
    insert->names.count = 0;
    for (size_t i = 0; i < found.count; i++) {
        const char *name = found.name[i];
        size_t same = 0;
        while (same < insert->names.count && strcmp(insert->names.name[same], name) != 0)
            same++;
        if (same < insert->names.count || strcmp(name, trial->set.bypassed) == 0)
            continue;
        insert->names.name[same] = insert_text(insert, "%s", name);
        insert->names.address[same] = found.address[i];
        insert->names.count++;
    }
    return 0;
}

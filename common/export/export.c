// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * export.c - makes one export: job, text, header. See export.h.
 *
 * The text is written first, because the header has its digest and what the exporter noted about it.
 */
#include "export.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/day.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/say.h"
#include "compile/compile.h"
#include "export_build.h"
#include "export_head.h"
#include "image/image.h"
#include "table/policy.h"

#define ARENA_MAX ((size_t)8 << 30)

/* Names and addresses are those that are bypassed; of lines, all. With `--bypassed` and categories together: those that
 * were named and are bypassed. */
static uint32_t
select_categories(const struct export_source *source, const struct export_wish *wish)
{
    uint32_t bypass = source->policy->bypass == 0 ? VERB_BYPASS_USUAL : source->policy->bypass;
    bool lines = (wish->format->takes & EXPORT_BIT(BYPASSED)) != 0 && (wish->given & 1u << EXPORT_BYPASSED) == 0;
    if (wish->categories == 0 && lines)
        return 1u << VERB_OPTIMIZE | 1u << VERB_ALLOW | 1u << VERB_DEFAULT;
    if (wish->categories == 0)
        return wish->type == 1 ? bypass & 1u << VERB_OPTIMIZE : bypass; /* Get-PacFile: type 1 is Optimize only */
    return (wish->given & 1u << EXPORT_BYPASSED) != 0 ? wish->categories & bypass : wish->categories;
}

/* A word that is no area of the table selects nothing, and an empty export may close or open everything. */
static int
check_areas(const struct export_job *job, struct err *err)
{
    const struct table *table = job->source->table;
    for (size_t i = 0; i < job->wish->area_count; i++) {
        bool found = false;
        for (size_t k = 0; !found && k < table->terms_count; k++)
            found = table->terms[k].area != NULL && strcmp(table->terms[k].area, job->wish->areas[i]) == 0;
        if (!found)
            return err_set(err, ERR_USAGE,
                           "'--area %s': the table has no such service area; those of Microsoft are Common, Exchange, "
                           "SharePoint, Teams and MEM",
                           job->wish->areas[i]);
    }
    return 0;
}

static int
open_image(struct export_job *job, struct err *err)
{
    struct policy policy = *job->source->policy;
    struct buf bytes;
    policy.bypass = job->selected;
    buf_init(&bytes, IMAGE_MAX);
    int result = compile_table(&bytes, job->source->table, &policy, err);
    if (result == 0)
        result = image_from_buf(&job->image, &bytes, err);
    buf_clear(&bytes);
    return result;
}

static int
refuse_size(struct err *err)
{
    return err_set(err, ERR_LIMIT,
                   "the export is larger than %zu MB, or than the memory that is free; export less at a time, for "
                   "example with --area or --category",
                   EXPORT_TEXT_MAX >> 20);
}

static int
write_body(struct buf *body, struct export_job *job, struct err *err)
{
    if (job->selected == 0)
        return err_set(err, ERR_USAGE,
                       "none of the categories is bypassed, so there is nothing to export; add "
                       "'--category'");
    if (job->arena == NULL)
        return err_set(err, ERR_MEM, "no memory for an export");
    if (check_areas(job, err) != 0 || open_image(job, err) != 0 || job->wish->format->write(job, body, err) != 0)
        return -1;
    if (!buf_ok(body) || !buf_ok(&job->notes))
        return refuse_size(err);
    return 0;
}

/* Without comments in the format, somebody else must hear it. */
static void
say_notes(const struct export_job *job)
{
    if (job->wish->format->open != NULL || job->source->listener == NULL)
        return;
    for (size_t at = 0; at < job->notes.len;) {
        const char *end = memchr(job->notes.data + at, '\n', job->notes.len - at);
        size_t len = end == NULL ? job->notes.len - at : (size_t)(end - job->notes.data) - at;
        say(job->source->listener, "%.*s", (int)len, job->notes.data + at);
        at += len + 1;
    }
}

int
export_make(struct buf *ret, const struct export_source *source, const struct export_wish *wish, struct err *err)
{
    struct export_job job = {.source = source, .wish = wish, .arena = arena_new(ARENA_MAX)};
    struct buf body;
    job.selected = select_categories(source, wish);
    buf_init(&body, EXPORT_TEXT_MAX);
    buf_init(&job.notes, EXPORT_TEXT_MAX);
    int result = write_body(&body, &job, err);
    if (result == 0) {
        export_head_add(ret, &job, &body);
        buf_add(ret, body.data, body.len);
        say_notes(&job);
        result = buf_ok(ret) ? 0 : refuse_size(err);
    }
    image_close(job.image);
    buf_clear(&job.notes);
    buf_clear(&body);
    arena_free(job.arena);
    return result;
}

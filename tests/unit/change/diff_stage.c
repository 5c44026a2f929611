// SPDX-License-Identifier: GPL-2.0-or-later
/* diff_stage.c - see diff_stage.h. */
#include "diff_stage.h"

#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "image/image.h"
#include "table/policy.h"
#include "unit.h"

struct table *
stage_table(const char *text)
{
    struct err err = {0};
    struct table *table = table_new();
    if (text[0] == '\0')
        text = "# no rule\n"; /* a file of no byte is refused */
    if (table == NULL || table_read_bytes(table, "stage.rules", text, strlen(text), &err) != 0)
        fail_msg("the table is refused: %s", err.text);
    table_sort(table);
    return table;
}

struct image *
stage_image(struct table *table, const struct policy *options)
{
    struct err err = {0};
    struct buf bytes;
    struct image *image = NULL;
    buf_init(&bytes, IMAGE_MAX);
    if (compile_table(&bytes, table, options, &err) != 0 || image_from_buf(&image, &bytes, &err) != 0)
        fail_msg("the table does not compile: %s", err.text);
    return image;
}

void
stage_diff_with(struct stage *ret, const char *was, const struct policy *was_options, const char *is,
                const struct policy *is_options, const struct announced *changes, size_t count)
{
    struct err err = {0};
    ret->was = stage_table(was);
    ret->is = stage_table(is);
    ret->was_image = stage_image(ret->was, was_options);
    ret->is_image = stage_image(ret->is, is_options);
    if (diff_tables(&ret->diff, ret->was, ret->was_image, ret->is, ret->is_image, STAGE_TODAY, changes, count, &err) !=
        0)
        fail_msg("no diff: %s", err.text);
}

void
stage_diff(struct stage *ret, const char *was, const char *is)
{
    const struct policy none = {0};
    stage_diff_with(ret, was, &none, is, &none, NULL, 0);
}

void
stage_clear(struct stage *stage)
{
    diff_free(stage->diff);
    image_close(stage->was_image);
    image_close(stage->is_image);
    table_free(stage->was);
    table_free(stage->is);
}

static void
add_terms(struct buf *buf, const struct table *table, const struct terms *terms)
{
    if (terms == NULL)
        return;
    buf_add_text(buf, table->sources[terms->set.source]);
    if (terms->set.has_id)
        buf_add_fmt(buf, "%u", terms->set.id);
    buf_add_char(buf, "DAOI"[terms->verb]);
}

static void
add_answer(struct buf *buf, const struct stage *stage, bool opened, const struct ports *ports, const char *was,
           const char *is, const struct terms *terms)
{
    buf_add_char(buf, ' ');
    ports_print(buf, ports);
    buf_add_fmt(buf, " %s>%s ", was, is);
    add_terms(buf, opened ? stage->is : stage->was, terms);
}

void
stage_render(const struct stage *stage, struct buf *buf)
{
    const struct diff *diff = stage->diff;
    for (size_t i = 0; i < diff->entry_count; i++) {
        const struct diff_entry *entry = &diff->entries[i];
        buf_add_fmt(buf, "%s %s%s%s ", diff_word(entry->kind), entry->text, entry->other != NULL ? "<" : "",
                    entry->other != NULL ? entry->other : "");
        add_terms(buf, stage->was, entry->old_terms);
        buf_add_text(buf, "->");
        add_terms(buf, stage->is, entry->new_terms);
        buf_add_text(buf, entry->elsewhere ? " +\n" : "\n");
    }
    for (size_t i = 0; i < diff->verdict_count; i++) {
        const struct diff_verdict *verdict = &diff->verdicts[i];
        buf_add_fmt(buf, "%s %s", verdict->opened ? "open" : "close", verdict->pattern);
        add_answer(buf, stage, verdict->opened, &verdict->ports, verdict->old_why, verdict->new_why, verdict->terms);
        buf_add_char(buf, '\n');
    }
    for (size_t i = 0; i < diff->range_count; i++) {
        const struct diff_range *range = &diff->ranges[i];
        char text[DIFF_RANGE_TEXT_MAX];
        diff_range_text(text, range);
        buf_add_fmt(buf, "%s %s", range->opened ? "open" : "close", text);
        add_answer(buf, stage, range->opened, &range->ports, range->old_why, range->new_why, range->terms);
        buf_add_text(buf, range->group_known ? " known\n" : "\n");
    }
}

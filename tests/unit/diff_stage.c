// SPDX-License-Identifier: GPL-2.0-or-later
/* diff_stage.c - see diff_stage.h. */
#include "diff_stage.h"

#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "change/opening.h"
#include "image/image.h"
#include "table/policy.h"
#include "unit.h"
#include "verdict/verdict.h"

struct table *
stage_table(const char *text)
{
    struct err err = {0};
    struct table *table = table_new();
    if (text[0] == '\0')
        text = "# no rule\n"; /* an empty file is refused */
    if (table != NULL)
        table->sealed = true; /* lines of any width: they were accepted before */
    if (table == NULL || table_read_bytes(table, "worldwide.rules", text, strlen(text), &err) != 0)
        fail_msg("the table is refused: %s", err.text);
    table_sort(table);
    return table;
}

struct image *
stage_image(struct table *table, const struct policy *policy)
{
    struct err err = {0};
    struct buf bytes;
    struct image *image = NULL;
    buf_init(&bytes, IMAGE_MAX);
    if (compile_table(&bytes, table, policy, &err) != 0 || image_from_buf(&image, &bytes, &err) != 0)
        fail_msg("the table does not compile: %s", err.text);
    return image;
}

void
stage_diff_with(struct stage *ret, const struct stage_input *input)
{
    static const struct policy none;
    struct err err = {0};
    ret->was = stage_table(input->was);
    ret->is = stage_table(input->is);
    ret->was_image = stage_image(ret->was, input->was_policy != NULL ? input->was_policy : &none);
    ret->is_image = stage_image(ret->is, input->is_policy != NULL ? input->is_policy : &none);
    const struct diff_input sides = {
        .old_table = ret->was,
        .old_image = ret->was_image,
        .new_table = ret->is,
        .new_image = ret->is_image,
        .today = STAGE_TODAY,
        .changes = input->changes,
        .change_count = input->change_count,
        .hold_joins = input->hold_joins,
    };
    if (diff_tables(&ret->diff, &sides, &err) != 0)
        fail_msg("no diff: %s", err.text);
}

void
stage_diff(struct stage *ret, const char *was, const char *is)
{
    stage_diff_with(ret, &(struct stage_input){.was = was, .is = is});
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
    buf_add_char(buf, table->sources[terms->set.source][0]);
    if (terms->set.has_id)
        buf_add_fmt(buf, "%u", terms->set.id);
    buf_add_char(buf, "DAOI"[terms->verb]);
}

static void
add_answer(struct buf *buf, const struct stage *stage, const struct diff_answer *answer)
{
    buf_add_char(buf, ' ');
    ports_print(buf, &answer->ports);
    buf_add_fmt(buf, " %s>%s ", why_word(answer->old_why), why_word(answer->new_why));
    add_terms(buf, answer->opened ? stage->is : stage->was, answer->terms);
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
        buf_add_fmt(buf, "%s %s", verdict->answer.opened ? "open" : "close", verdict->pattern);
        add_answer(buf, stage, &verdict->answer);
        buf_add_char(buf, '\n');
    }
    for (size_t i = 0; i < diff->range_count; i++) {
        const struct diff_range *range = &diff->ranges[i];
        char text[DIFF_RANGE_TEXT_MAX];
        diff_range_text(text, range);
        buf_add_fmt(buf, "%s %s", range->answer.opened ? "open" : "close", text);
        add_answer(buf, stage, &range->answer);
        buf_add_text(buf, range->answer.joins ? " joins\n" : "\n");
    }
}

void
stage_check(const struct stage *stage, const char *why, const char *want)
{
    struct buf got;
    buf_init(&got, 100000);
    stage_render(stage, &got);
    check_text(why, got.len == 0 ? "" : got.data, got.len, want);
    buf_clear(&got);
}

size_t
stage_openings_left(const struct stage_input *input, const char *lead)
{
    static const char mark[] = "  keep closed: inspect ";
    struct buf is;
    struct stage stage;
    buf_init(&is, 1000000);
    buf_add_fmt(&is, "%s\n", input->is);
    for (const char *at = strstr(lead, mark); at != NULL; at = strstr(at + 1, mark)) {
        const char *line = at + strlen("  keep closed: ");
        buf_add(&is, line, (size_t)(strchr(line, '\n') + 1 - line));
    }
    buf_add_char(&is, '\0');
    struct stage_input kept = *input;
    kept.is = is.data;
    stage_diff_with(&stage, &kept);
    size_t count = stage.diff->opening_count;
    stage_clear(&stage);
    buf_clear(&is);
    return count;
}

bool
stage_regex_opens(const struct stage *stage)
{
    for (size_t i = 0; i < stage->diff->entry_count; i++) {
        if (opening_by_regex(stage->diff, &stage->diff->entries[i]))
            return true;
    }
    return false;
}

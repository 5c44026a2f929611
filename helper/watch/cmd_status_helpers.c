// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_status_helpers.c - see cmd_status_helpers.h. */
#include "cmd_status_helpers.h"

#include <errno.h>
#include <inttypes.h>

#include "base/buf.h"
#include "base/day.h"
#include "base/err.h"
#include "base/json_write.h"
#include "base/place.h"
#include "cmd/cmd.h"

/* The plain numbers, as JSON and people call them. */
static const struct {
    enum counts_what what;
    const char *key, *word;
} numbers[] = {
    {COUNTS_LINES, "lines", "lines"},
    {COUNTS_OVER_LONG, "overLong", "over-long"},
    {COUNTS_WITHOUT_ID, "withoutId", "without a channel-ID"},
    {COUNTS_LONGEST, "longestBatch", "longest batch"},
    {COUNTS_RELOADS, "reloads", "reloads"},
    {COUNTS_REFUSED, "refused", "refused"},
};

#define NUMBERS (sizeof numbers / sizeof numbers[0])

static const char *
folder_of(const struct status_helpers *helpers)
{
    return helpers->folder != NULL ? helpers->folder : place_run;
}

bool
status_helpers_read(struct status_helpers *helpers)
{
    struct err err;
    if (!helpers->wanted)
        return true;
    helpers->there = tally_read(&helpers->tally, folder_of(helpers), &err) == 0;
    bool absent = !helpers->there && errno == ENOENT && helpers->folder == NULL;
    if (!helpers->there && !absent)
        cmd_say("it is not known what the helpers counted: %s", err.text);
    if (!helpers->there)
        return absent;
    const struct tally *tally = &helpers->tally;
    for (size_t i = 0; i < tally->trouble_count && i < TALLY_TROUBLE_MAX; i++)
        cmd_say("%s", tally->trouble[i]);
    if (tally->trouble_count > TALLY_TROUBLE_MAX)
        cmd_say("and %zu more such files", tally->trouble_count - TALLY_TROUBLE_MAX);
    return true;
}

void
status_helpers_clear(struct status_helpers *helpers)
{
    if (helpers->there)
        tally_clear(&helpers->tally);
}

/* ---- text ---- */

static void
add_process(struct buf *out, const struct tally_process *process, int64_t now)
{
    char began[DAY_TIME_MAX];
    day_format_time(began, process->began);
    buf_add_fmt(out, "  process   %s %" PRIu64 ", ", counter_program_name(process->program), process->pid);
    buf_add_fmt(out,
                !process->has_table         ? "no table"
                : process->table[0] == '\0' ? "a table without a label"
                                            : "table %s",
                process->table);
    buf_add_fmt(out, ", lines %" PRIu64 ", no-table %" PRIu64 ", began %s", process->counts.at[COUNTS_LINES],
                counts_why(&process->counts, WHY_NO_TABLE), began);
    if (process->began <= now) {
        buf_add_text(out, ", ");
        day_add_span(out, now - process->began);
        buf_add_text(out, " ago");
    }
    buf_add_char(out, '\n');
}

/* Only what happened; but always how often there was no table. */
static void
add_answers(struct buf *out, const struct counts *counts)
{
    for (unsigned why = 0; why < WHY_COUNT; why++) {
        for (unsigned category = COUNTS_CATEGORIES; category-- > 0;) {
            uint64_t count = counts->at[counts_answers(why, category)];
            if (count == 0 && (why != WHY_NO_TABLE || category != 0))
                continue;
            buf_add_fmt(out, "  answers   %s%s%s %" PRIu64 "\n", why_word(why), category == 0 ? "" : " ",
                        category == 0 ? "" : counts_category(category), count);
        }
    }
}

static void
add_sums(struct buf *out, enum counter_program program, const struct counts *counts)
{
    buf_add_fmt(out, "counted     %s:", counter_program_name(program));
    for (size_t i = 0; i < NUMBERS; i++)
        buf_add_fmt(out, "%s %s %" PRIu64, i == 0 ? "" : ",", numbers[i].word, counts->at[numbers[i].what]);
    buf_add_char(out, '\n');
    add_answers(out, counts);
}

void
status_helpers_add(struct buf *out, const struct status_helpers *helpers, int64_t now)
{
    const struct tally *tally = &helpers->tally;
    uint64_t ended = 0;
    if (!helpers->wanted)
        return;
    if (!helpers->there) {
        buf_add_fmt(out, "helpers     not counted: '%s' is not there or cannot be read\n", folder_of(helpers));
        return;
    }
    for (unsigned program = 0; program < COUNTER_PROGRAMS; program++)
        ended += tally->ended[program];
    buf_add_fmt(out, "helpers     %zu running, %" PRIu64 " ended, counted in '%s'\n", tally->count, ended,
                folder_of(helpers));
    for (size_t i = 0; i < tally->count; i++)
        add_process(out, &tally->processes[i], now);
    for (unsigned program = 0; program < COUNTER_PROGRAMS; program++) {
        if (tally->running[program] > 0 || tally->ended[program] > 0)
            add_sums(out, (enum counter_program)program, &tally->sums[program]);
    }
}

/* ---- JSON ---- */

static void
write_counts(struct json_writer *json, const struct counts *counts)
{
    for (size_t i = 0; i < NUMBERS; i++)
        json_write_number(json, numbers[i].key, counts->at[numbers[i].what]);
    json_write_number(json, "noTable", counts_why(counts, WHY_NO_TABLE));
    json_write_array(json, "answers");
    for (unsigned why = 0; why < WHY_COUNT; why++) {
        for (unsigned category = COUNTS_CATEGORIES; category-- > 0;) {
            uint64_t count = counts->at[counts_answers(why, category)];
            if (count == 0)
                continue;
            json_write_object(json, NULL);
            json_write_text(json, "why", why_word(why));
            json_write_text(json, "category", category == 0 ? NULL : counts_category(category));
            json_write_number(json, "count", count);
            json_write_end(json);
        }
    }
    json_write_end(json);
}

static void
write_process(struct json_writer *json, const struct tally_process *process)
{
    char began[DAY_TIME_MAX];
    day_format_time(began, process->began);
    json_write_object(json, NULL);
    json_write_text(json, "program", counter_program_name(process->program));
    json_write_number(json, "pid", process->pid);
    json_write_text(json, "began", began);
    json_write_bool(json, "loaded", process->has_table);
    json_write_text(json, "generation", process->table[0] == '\0' ? NULL : process->table);
    write_counts(json, &process->counts);
    json_write_end(json);
}

static void
write_sums(struct json_writer *json, const struct tally *tally, enum counter_program program)
{
    json_write_object(json, NULL);
    json_write_text(json, "program", counter_program_name(program));
    json_write_number(json, "running", tally->running[program]);
    json_write_number(json, "ended", tally->ended[program]);
    write_counts(json, &tally->sums[program]);
    json_write_end(json);
}

void
status_helpers_write(struct json_writer *json, const struct status_helpers *helpers)
{
    const struct tally *tally = &helpers->tally;
    if (!helpers->wanted)
        return;
    if (!helpers->there) {
        json_write_null(json, "helpers");
        return;
    }
    json_write_object(json, "helpers");
    json_write_text(json, "folder", folder_of(helpers));
    json_write_array(json, "processes");
    for (size_t i = 0; i < tally->count; i++)
        write_process(json, &tally->processes[i]);
    json_write_end(json);
    json_write_array(json, "sums");
    for (unsigned program = 0; program < COUNTER_PROGRAMS; program++) {
        if (tally->running[program] > 0 || tally->ended[program] > 0)
            write_sums(json, tally, (enum counter_program)program);
    }
    json_write_end(json);
    json_write_array(json, "trouble");
    for (size_t i = 0; i < tally->trouble_count && i < TALLY_TROUBLE_MAX; i++)
        json_write_text(json, NULL, tally->trouble[i]);
    json_write_end(json);
    json_write_end(json);
}

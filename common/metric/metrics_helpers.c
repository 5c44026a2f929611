// SPDX-License-Identifier: GPL-2.0-or-later
/* metrics_helpers.c - the metrics of the helpers, see metrics_build.h. Counters are sums of all processes there were.
 */
#include <string.h>

#include "counter/tally.h"
#include "metrics_build.h"

#define PREFIX "m365_helper_"

/* Plain numbers, each a family with a sample for each program. */
static const struct {
    enum counts_what what;
    enum metric_type type;
    const char *name, *help;
} numbers[] = {
    {COUNTS_LINES, METRIC_COUNTER, PREFIX "lines", "Lines that Squid sent."},
    {COUNTS_OVER_LONG, METRIC_COUNTER, PREFIX "over_long_lines", "Lines that were too long to be read."},
    {COUNTS_WITHOUT_ID, METRIC_COUNTER, PREFIX "lines_without_id",
     "Lines without the channel-ID that they must have; they get no answer."},
    {COUNTS_RELOADS, METRIC_COUNTER, PREFIX "reloads", "Tables that replaced another one in a running process."},
    {COUNTS_REFUSED, METRIC_COUNTER, PREFIX "refused_tables", "Tries to read a table that failed."},
    {COUNTS_LONGEST, METRIC_GAUGE, PREFIX "longest_batch_lines", "The most lines that came with one read."},
};

static bool
has_counted(const struct tally *tally, unsigned program)
{
    return tally->running[program] > 0 || tally->ended[program] > 0;
}

static void
add_sample(struct metric_text *text, unsigned program, int64_t value)
{
    const struct metric_label label = {"program", counter_program_name((enum counter_program)program)};
    metric_value(text, value, &label, 1);
}

static void
add_numbers(struct metric_text *text, const struct tally *tally)
{
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        metric_family(text, numbers[i].type, numbers[i].name, numbers[i].help);
        for (unsigned program = 0; program < COUNTER_PROGRAMS; program++) {
            if (has_counted(tally, program))
                add_sample(text, program, (int64_t)tally->sums[program].at[numbers[i].what]);
        }
    }
}

/* The answers of a program. A why has at least one sample, so that a rate exists before the first such answer. */
static void
add_answers(struct metric_text *text, const struct counts *counts, unsigned program)
{
    for (unsigned why = 0; why < WHY_COUNT; why++) {
        bool decided = why == WHY_RULE || why == WHY_CATEGORY;
        for (unsigned category = 0; category < COUNTS_CATEGORIES; category++) {
            uint64_t count = counts->at[counts_answers((enum why)why, category)];
            const struct metric_label labels[] = {
                {"program", counter_program_name((enum counter_program)program)},
                {"why", why_word((enum why)why)},
                {"category", counts_category(category)},
            };
            if (count > 0 || decided == (category > 0))
                metric_value(text, (int64_t)count, labels, sizeof labels / sizeof labels[0]);
        }
    }
}

static void
add_processes(struct metric_text *text, const struct tally *tally)
{
    size_t without[COUNTER_PROGRAMS] = {0};
    for (size_t i = 0; i < tally->count; i++)
        without[tally->processes[i].program] += !tally->processes[i].has_table;
    metric_family(text, METRIC_GAUGE, PREFIX "processes", "Helpers that run.");
    for (unsigned program = 0; program < COUNTER_PROGRAMS; program++) {
        if (has_counted(tally, program))
            add_sample(text, program, (int64_t)tally->running[program]);
    }
    metric_family(text, METRIC_GAUGE, PREFIX "processes_without_table", "Helpers whose every answer is no-table.");
    for (unsigned program = 0; program < COUNTER_PROGRAMS; program++) {
        if (has_counted(tally, program))
            add_sample(text, program, (int64_t)without[program]);
    }
    metric_family(text, METRIC_COUNTER, PREFIX "ended_processes", "Helpers that ended.");
    for (unsigned program = 0; program < COUNTER_PROGRAMS; program++) {
        if (has_counted(tally, program))
            add_sample(text, program, (int64_t)tally->ended[program]);
    }
}

/* True if an earlier process of the same program has the same table. */
static bool
is_known(const struct tally *tally, size_t index)
{
    const struct tally_process *process = &tally->processes[index];
    for (size_t i = 0; i < index; i++) {
        const struct tally_process *other = &tally->processes[i];
        if (other->has_table && other->program == process->program && strcmp(other->table, process->table) == 0)
            return true;
    }
    return false;
}

/* How many processes use each table. After an update all of them should use one. */
static void
add_tables(struct metric_text *text, const struct tally *tally)
{
    metric_family(text, METRIC_GAUGE, PREFIX "table_processes", "Helpers that use this table, as replies call it.");
    for (size_t i = 0; i < tally->count; i++) {
        const struct tally_process *process = &tally->processes[i];
        int64_t users = 0;
        if (!process->has_table || is_known(tally, i))
            continue;
        for (size_t other = i; other < tally->count; other++)
            users += tally->processes[other].has_table && tally->processes[other].program == process->program &&
                     strcmp(tally->processes[other].table, process->table) == 0;
        const struct metric_label labels[] = {{"program", counter_program_name(process->program)},
                                              {"table", process->table}};
        metric_value(text, users, labels, 2);
    }
}

/* When the process began that has run longest. */
static void
add_begin(struct metric_text *text, const struct tally *tally)
{
    metric_family(text, METRIC_GAUGE, PREFIX "oldest_start_timestamp_seconds",
                  "When the helper began that has run longest.");
    for (size_t i = 0; i < tally->count; i++) {
        if (i == 0 || tally->processes[i].program != tally->processes[i - 1].program)
            add_sample(text, tally->processes[i].program, tally->processes[i].began);
    }
}

void
metrics_add_helpers(struct metric_text *text, const struct tally *tally)
{
    metric_single(text, METRIC_GAUGE, "m365_helpers_counted", "1 if the helpers count what they answer.",
                  tally != NULL);
    if (tally == NULL)
        return;
    metric_single(text, METRIC_GAUGE, "m365_helpers_unreadable_files",
                  "Files in the folder of the helpers that cannot be counted.", (int64_t)tally->trouble_count);
    add_processes(text, tally);
    add_begin(text, tally);
    add_tables(text, tally);
    add_numbers(text, tally);
    metric_family(text, METRIC_COUNTER, PREFIX "answers", "Answers, by why and category of the rule that decided.");
    for (unsigned program = 0; program < COUNTER_PROGRAMS; program++) {
        if (has_counted(tally, program))
            add_answers(text, &tally->sums[program], program);
    }
}

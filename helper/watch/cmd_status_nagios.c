// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_status_nagios.c - see cmd_status_nagios.h. */
#include "cmd_status_nagios.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/day.h"
#include "base/utf8.h"
#include "counter/tally.h"
#include "store/health.h"

static const char *const words[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};

/* Text before the performance data, which begins at the first `|`. */
static void
add_text(struct buf *out, const char *text)
{
    while (*text != '\0') {
        size_t len = strcspn(text, "|\r\n");
        utf8_add_printable(out, text, len);
        text += len;
        if (*text != '\0') {
            buf_add_char(out, '/');
            text++;
        }
    }
}

static void
begin(struct buf *out, enum nagios_exit level)
{
    buf_add_fmt(out, "M365 %s - ", words[level]);
}

static size_t
count_without_table(const struct tally *tally)
{
    size_t without = 0;
    for (size_t i = 0; i < tally->count; i++)
        without += !tally->processes[i].has_table;
    return without;
}

/* One that is not known is left out. */
static void
add_age(struct buf *out, const char *name, int64_t since, int64_t now)
{
    if (since > 0)
        buf_add_fmt(out, " %s=%" PRId64 "s", name, since < now ? now - since : 0);
}

static void
add_performance(struct buf *out, const struct health *health, size_t held, const struct tally *tally)
{
    uint64_t lines = 0, without_table = 0;
    add_age(out, "age", day_parse_time(health->current.created), health->now);
    add_age(out, "last_success_age", health->last_good, health->now);
    add_age(out, "pending_age", day_parse_time(health->pending.created), health->now);
    buf_add_fmt(out, " pending=%d held=%zu", health->pending.number != 0, held);
    if (tally == NULL)
        return;
    for (unsigned program = 0; program < COUNTER_PROGRAMS; program++) {
        lines += tally->sums[program].at[COUNTS_LINES];
        without_table += counts_why(&tally->sums[program], WHY_NO_TABLE);
    }
    buf_add_fmt(out, " helpers=%zu lines=%" PRIu64 "c no_table=%" PRIu64 "c", tally->count, lines, without_table);
}

int
status_nagios_add(struct buf *out, const struct health *health, size_t held, const struct tally *tally)
{
    static const struct tally nothing;
    const struct tally *counted = tally != NULL ? tally : &nothing;
    size_t without = count_without_table(counted), unread = counted->trouble_count;
    enum nagios_exit level = health->level == HEALTH_TROUBLE || without > 0    ? NAGIOS_CRITICAL
                             : health->level == HEALTH_ATTENTION || unread > 0 ? NAGIOS_WARNING
                                                                               : NAGIOS_OK;
    begin(out, level);
    if (without > 0)
        buf_add_fmt(out, "%zu of %zu helpers without a table%s", without, counted->count,
                    health->cause_count > 0 ? "; " : "");
    for (size_t i = 0; i < health->cause_count; i++) {
        buf_add_text(out, i == 0 ? "" : "; ");
        add_text(out, health->causes[i]);
    }
    if (unread > 0) {
        buf_add_text(out, without > 0 || health->cause_count > 0 ? "; " : "");
        add_text(out, counted->trouble[0]);
    }
    if (unread > 1)
        buf_add_fmt(out, "; and %zu more of what the helpers counted", unread - 1);
    if (level == NAGIOS_OK) {
        buf_add_fmt(out, "generation %u, label ", health->current.number);
        add_text(out, health->current.label);
    }
    buf_add_text(out, " |");
    add_performance(out, health, held, tally);
    buf_add_char(out, '\n');
    return (int)level;
}

int
status_nagios_unknown(struct buf *out, const char *why)
{
    begin(out, NAGIOS_UNKNOWN);
    add_text(out, why);
    buf_add_char(out, '\n');
    return NAGIOS_UNKNOWN;
}

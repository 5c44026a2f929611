// SPDX-License-Identifier: GPL-2.0-or-later
/* seen.c - what the log had of a row, in words. See seen.h. */
#include "seen.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/day.h"
#include "base/json_write.h"

#define NUMBER_ROOM 32

bool
seen_add(struct seen *to, struct arena *arena, const struct seen *from)
{
    to->requests += from->requests;
    to->last = from->last > to->last ? from->last : to->last;
    return clients_merge(&to->clients, arena, &from->clients);
}

/* `1,204`: long numbers are compared by eye. */
static void
add_number(struct buf *buf, uint64_t number)
{
    char digits[NUMBER_ROOM];
    int len = snprintf(digits, sizeof digits, "%" PRIu64, number);
    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            buf_add_char(buf, ',');
        buf_add_char(buf, digits[i]);
    }
}

void
seen_print(struct buf *buf, const struct seen *seen)
{
    char day[DAY_TEXT_MAX];
    bool exact;
    uint64_t clients = clients_count(&seen->clients, &exact);
    add_number(buf, seen->requests);
    buf_add_text(buf, seen->requests == 1 ? " request" : " requests");
    if (seen->requests == 0)
        return;
    if (clients > 0) {
        buf_add_text(buf, exact ? " of " : " of ~");
        add_number(buf, clients);
        buf_add_text(buf, clients == 1 ? " client" : " clients");
    }
    if (seen->last <= 0)
        return;
    day_format(day, day_of(seen->last));
    buf_add_fmt(buf, ", last %s", day);
}

void
seen_print_row(struct buf *buf, const struct seen_rows *rows, const char *before, enum seen_list list, size_t at)
{
    if (rows == NULL)
        return;
    buf_add_text(buf, before);
    seen_print(buf, &rows->list[list][at]);
}

static void
print_other(struct buf *buf, const struct seen_rows *rows)
{
    add_number(buf, rows->other.requests);
    buf_add_text(buf, rows->other.requests == 1 ? " request changes that belongs to no row, to "
                                                : " requests change that belong to no row, such as to ");
    for (size_t i = 0; i < SEEN_EXAMPLES && rows->examples[i] != NULL; i++)
        buf_add_fmt(buf, "%s%s", i > 0 ? ", " : "", rows->examples[i]);
}

/* Appends `; 5,000 lines could not be read`; nothing if there are none. */
static void
add_unread(struct buf *buf, uint64_t count, const char *one, const char *more)
{
    if (count == 0)
        return;
    buf_add_text(buf, "; ");
    add_number(buf, count);
    buf_add_text(buf, count == 1 ? one : more);
}

void
seen_add_days(struct buf *buf, const struct seen_rows *rows)
{
    char first[DAY_TEXT_MAX], last[DAY_TEXT_MAX];
    if (rows == NULL)
        return;
    day_format(first, rows->first_day);
    day_format(last, rows->last_day);
    if (rows->last_day == 0)
        buf_add_text(buf, rows->requests == 0 ? "no requests" : "of unknown days, as its lines have no time");
    else
        buf_add_fmt(buf, "%s to %s", first, last);
    if (rows->days_without > 0)
        buf_add_fmt(buf, ", without %u day%s between", rows->days_without, rows->days_without == 1 ? "" : "s");
    add_unread(buf, rows->days_unread, " day could not be read", " days could not be read");
    add_unread(buf, rows->lines_unread, " line could not be read", " lines could not be read");
    add_unread(buf, rows->logs_unread, " log could not be read to its end", " logs could not be read to their ends");
    if (rows->other.requests > 0) {
        buf_add_text(buf, "; ");
        print_other(buf, rows);
    }
}

void
seen_print_days(struct buf *buf, const struct seen_rows *rows)
{
    if (rows == NULL)
        return;
    buf_add_text(buf, "log: ");
    seen_add_days(buf, rows);
    buf_add_char(buf, '\n');
}

/* ---- JSON ---- */

static void
write_day(struct json_writer *json, const char *key, uint32_t day)
{
    char text[DAY_TEXT_MAX];
    day_format(text, day);
    json_write_text(json, key, day == 0 ? NULL : text);
}

static void
write_seen(struct json_writer *json, const char *key, const struct seen *seen)
{
    char when[DAY_TIME_MAX];
    bool exact;
    uint64_t clients = clients_count(&seen->clients, &exact);
    day_format_time(when, seen->last);
    json_write_object(json, key);
    json_write_number(json, "requests", seen->requests);
    json_write_number(json, "clients", clients);
    json_write_bool(json, "clientsExact", exact);
    json_write_text(json, "last", seen->last <= 0 ? NULL : when);
    json_write_end(json);
}

void
seen_write_row(struct json_writer *json, const struct seen_rows *rows, enum seen_list list, size_t at)
{
    if (rows != NULL)
        write_seen(json, "seen", &rows->list[list][at]);
}

void
seen_write_days(struct json_writer *json, const struct seen_rows *rows)
{
    if (rows == NULL)
        return;
    json_write_object(json, "log");
    write_day(json, "first", rows->first_day);
    write_day(json, "last", rows->last_day);
    json_write_number(json, "daysWithout", rows->days_without);
    json_write_number(json, "daysNotRead", rows->days_unread);
    json_write_number(json, "linesNotRead", rows->lines_unread);
    json_write_number(json, "logsNotRead", rows->logs_unread);
    write_seen(json, "opened", &rows->opened);
    write_seen(json, "closed", &rows->closed);
    write_seen(json, "noRow", &rows->other);
    json_write_array(json, "noRowSuchAs");
    for (size_t i = 0; i < SEEN_EXAMPLES && rows->examples[i] != NULL; i++)
        json_write_text(json, NULL, rows->examples[i]);
    json_write_end(json);
    json_write_end(json);
}

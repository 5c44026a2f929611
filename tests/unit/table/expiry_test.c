// SPDX-License-Identifier: GPL-2.0-or-later
/* expiry_test.c - expiry.h: which lines are reported as expiring, how, and which a person should look at. */
#include "table/expiry.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/day.h"
#include "base/err.h"
#include "table/table.h"
#include "tables.h"

#define TODAY "2026-06-15"

static const struct {
    const char *why, *line, *want; /* NULL: it is not reported */
    bool urgent;
} rows[] = {
    {"within 30 days", "allow a.example expires=2026-07-15 owner=alice ticket=NET-1",
     "2026-07-15, in 30 days: 'a.example' (allow, t), owner 'alice', ticket NET-1", false},
    {"after more than 30 days", "allow a.example expires=2026-07-16", NULL, false},
    {"never", "allow a.example", NULL, false},
    {"in eight days", "optimize 192.0.2.0/24 expires=2026-06-23 owner=bob",
     "2026-06-23, in 8 days: '192.0.2.0/24' (optimize, t), owner 'bob'", false},
    {"in a week", "allow a.example expires=2026-06-22 ticket=7",
     "2026-06-22, in 7 days: 'a.example' (allow, t), ticket 7", true},
    {"tomorrow", "default a.example expires=2026-06-16", "2026-06-16, in 1 day: 'a.example' (default, t)", true},
    {"today", "allow a.example expires=2026-06-15", "2026-06-15, today: 'a.example' (allow, t)", true},
    {"yesterday", "allow a.example expires=2026-06-14", "2026-06-14, 1 day ago: 'a.example' (allow, t)", true},
    {"a week ago", "allow a.example expires=2026-06-08", "2026-06-08, 7 days ago: 'a.example' (allow, t)", true},
    {"before that `check` says it", "allow a.example expires=2026-06-07", NULL, false},
    {"an inspect line stays in force", "inspect a.example expires=2026-06-16",
     "2026-06-16, in 1 day: 'a.example' (inspect, t); stays in force, remove it or set a later day", false},
    {"and is not reported afterwards", "inspect a.example expires=2026-06-15", NULL, false},
    {"a published rule", "allow a.example id=1 expires=2026-06-16", NULL, false},
    {"nothing for a terminal", "allow a.example expires=2026-06-16 owner=\"\xe2\x80\xaex\"",
     "2026-06-16, in 1 day: 'a.example' (allow, t), owner '???x'", true},
};

static uint32_t
today(void)
{
    uint32_t day;
    assert_true(day_parse(&day, TODAY, strlen(TODAY)));
    return day;
}

static void
lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct table *table = table_of("t", rows[i].line);
        struct arena *arena = arena_new((size_t)1 << 20);
        struct expiring *list;
        size_t count;
        struct buf buf;
        buf_init(&buf, 4096);
        assert_int_equal(expiry_find(&list, &count, arena, table, today(), NULL), 0);
        CHECK(rows[i].why, count == (rows[i].want != NULL));
        if (count > 0) {
            expiry_add(&buf, &list[0]);
            check_text(rows[i].why, buf.data, buf.len, rows[i].want);
            CHECK(rows[i].why, expiry_is_urgent(&list[0]) == rows[i].urgent);
        }
        buf_clear(&buf);
        arena_free(arena);
        table_free(table);
    }
}

/* The first to expire comes first; nothing is written if nothing expires. */
static void
report(void **state)
{
    (void)state;
    struct buf buf;
    struct table *table = table_of("t", "allow later.example expires=2026-07-01\n"
                                        "allow b.example\n"
                                        "allow sooner.example expires=2026-06-20\n");
    buf_init(&buf, 4096);
    expiry_report(&buf, table, today());
    check_text("in order", buf.data, buf.len,
               "\nLocal lines that expire within 30 days, or have just expired:\n"
               "    2026-06-20, in 5 days: 'sooner.example' (allow, t)\n"
               "    2026-07-01, in 16 days: 'later.example' (allow, t)\n");
    struct table *kept = table_of("t", "inspect kept.example expires=2026-06-17 ticket=NET-1\n");
    buf_reset(&buf);
    expiry_report(&buf, kept, today());
    check_text(
        "an inspect line does not expire", buf.data, buf.len,
        "\nInspect lines to look at within 30 days; they stay in force:\n"
        "    2026-06-17, in 2 days: 'kept.example' (inspect, t), ticket NET-1; stays in force, remove it or set a "
        "later day\n");
    table_free(kept);
    buf_reset(&buf);
    expiry_report(&buf, table, today() + 365);
    assert_int_equal(buf.len, 0);
    buf_clear(&buf);
    table_free(table);
}

/* A notice of thousands of lines would not be read. */
static void
many(void **state)
{
    (void)state;
    struct buf text, buf;
    buf_init(&text, 1 << 20);
    buf_init(&buf, 1 << 20);
    for (int i = 0; i < 107; i++)
        buf_add_fmt(&text, "allow h%d.example expires=2026-06-20\n", i);
    buf_add_char(&text, '\0');
    struct table *table = table_of("t", text.data);
    expiry_report(&buf, table, today());
    buf_add_char(&buf, '\0');
    check_says("the rest", buf.data, "'h99.example' (allow, t)\n    and 7 more\n");
    buf_clear(&text);
    buf_clear(&buf);
    table_free(table);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lines), cmocka_unit_test(report), cmocka_unit_test(many)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * endpoint_set_test.c - endpoint_set.h: which lines belong to one endpoint set, in one table and across two; their
 * order.
 */
#include "table/endpoint_set.h"

#include "table/table.h"
#include "tables.h"

#define W 0 /* "worldwide" */
#define C 1 /* "china" */
#define ID(source, id)                                                                                                 \
    {                                                                                                                  \
        source, id, true                                                                                               \
    }
#define LOCAL(source)                                                                                                  \
    {                                                                                                                  \
        source, 0, false                                                                                               \
    }

static int
sign(int order)
{
    return (order > 0) - (order < 0);
}

/* `want` is where the first set comes: -1 before the second, 0 the same set, 1 after it. */
static const struct row {
    const char *why;
    struct endpoint_set a, b;
    int want;        /* by number of source */
    int want_across; /* by name: "china" is before "worldwide" */
} rows[] = {
    {"source and id are equal", ID(W, 1), ID(W, 1), .want = 0, .want_across = 0},
    {"another id is another set", ID(W, 1), ID(W, 2), .want = -1, .want_across = -1},
    {"ids are compared as numbers", ID(W, 10), ID(W, 9), .want = 1, .want_across = 1},
    {"the largest id is not below the smallest", ID(W, UINT32_MAX), ID(W, 0), .want = 1, .want_across = 1},
    {"the same id of another source is another set", ID(W, 1), ID(C, 1), .want = -1, .want_across = 1},
    {"the source counts before the id", ID(W, 9), ID(C, 1), .want = -1, .want_across = 1},
    {"local lines of one source belong together", LOCAL(W), LOCAL(W), .want = 0, .want_across = 0},
    {"local lines of two sources do not", LOCAL(W), LOCAL(C), .want = -1, .want_across = 1},
    {"published sets come before local lines", ID(W, 7), LOCAL(W), .want = -1, .want_across = -1},
    {"id 0 is an id, and not a local line", ID(W, 0), LOCAL(W), .want = -1, .want_across = -1},
    {"the source counts before being published", LOCAL(W), ID(C, 1), .want = -1, .want_across = 1},
};

static void
one_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        const struct row *row = &rows[i];
        CHECK(row->why, sign(endpoint_set_compare(&row->a, &row->b)) == row->want);
        CHECK(row->why, sign(endpoint_set_compare(&row->b, &row->a)) == -row->want);
        CHECK(row->why, endpoint_set_same(&row->a, &row->b) == (row->want == 0));
        CHECK(row->why, endpoint_set_same(&row->b, &row->a) == (row->want == 0));
    }
}

/* Two tables that number the same sources differently. */
static void
two_tables(void **state)
{
    (void)state;
    const char *a_sources[] = {"worldwide", "china"}, *b_sources[] = {"local", "china", "worldwide"};
    const struct table a_table = {.sources = a_sources, .source_count = ROWS(a_sources)};
    const struct table b_table = {.sources = b_sources, .source_count = ROWS(b_sources)};
    for (size_t i = 0; i < ROWS(rows); i++) {
        const struct row *row = &rows[i];
        struct endpoint_set b = row->b;
        b.source = row->b.source == W ? 2 : 1;
        CHECK(row->why, sign(endpoint_set_compare_across(&a_table, &row->a, &b_table, &b)) == row->want_across);
        CHECK(row->why, sign(endpoint_set_compare_across(&b_table, &b, &a_table, &row->a)) == -row->want_across);
    }
}

/* Which set the reader assigns to a line. */
static void
of_lines(void **state)
{
    (void)state;
    static const struct {
        const char *why, *lines;
        bool same;
    } pairs[] = {
        {"ports do not matter", "allow a.example id=1 tcp=80\nallow b.example id=1 tcp=443\n", true},
        {"nor does the category", "allow a.example id=1\noptimize a.example id=1\n", true},
        {"nor do notes of local lines", "allow a.example owner=x\nallow b.example owner=y\n", true},
        {"a source of its own", "allow a.example id=1 source=v\nallow a.example id=1 source=w\n", false},
        {"an id or none", "allow a.example id=0\nallow a.example\n", false},
    };
    for (size_t i = 0; i < ROWS(pairs); i++) {
        struct table *table = table_of("t.rules", pairs[i].lines);
        CHECK(pairs[i].why, table->rule_count == 2 && table->rules[0].terms != table->rules[1].terms);
        CHECK(pairs[i].why, endpoint_set_same(&table->terms[table->rules[0].terms].set,
                                              &table->terms[table->rules[1].terms].set) == pairs[i].same);
        table_free(table);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(one_table), cmocka_unit_test(two_tables),
                                       cmocka_unit_test(of_lines)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

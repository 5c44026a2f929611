// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * table_sort_test.c - table.h: the order of many rules. A sorted random table contains each rule once, in strictly
 * ascending order. That order is written down here as plainly as possible.
 */
#include "table/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "name/addr.h"
#include "name/pattern.h"
#include "tables.h"

static const struct terms *terms; /* of the table under test */

/* Source, published, id, names first, pattern, terms, line. The terms are already in their own order. */
static int
compare_plainly(const void *left, const void *right)
{
    const struct rule *a = left;
    const struct rule *b = right;
    const struct terms *x = &terms[a->terms];
    const struct terms *y = &terms[b->terms];
    const int64_t a_head[] = {x->set.source, !x->set.has_id, x->set.id, a->kind == PATTERN_PREFIX};
    const int64_t b_head[] = {y->set.source, !y->set.has_id, y->set.id, b->kind == PATTERN_PREFIX};
    for (size_t i = 0; i < ROWS(a_head); i++) {
        if (a_head[i] != b_head[i])
            return a_head[i] < b_head[i] ? -1 : 1;
    }
    int order = a->kind == PATTERN_PREFIX ? prefix_compare(a->prefix, b->prefix) : strcmp(a->text, b->text);
    if (order == 0)
        order = (a->terms > b->terms) - (a->terms < b->terms);
    return order != 0 ? order : (a->line > b->line) - (a->line < b->line);
}

static void
check_order(const char *why, struct table *table)
{
    terms = table->terms;
    for (size_t i = 1; i < table->rule_count; i++) {
        const struct rule *a = &table->rules[i - 1];
        const struct rule *b = &table->rules[i];
        char first[64], second[64];
        if (compare_plainly(a, b) >= 0)
            fail_msg("%s: '%s' of line %u before '%s' of line %u", why, table_rule_text(a, first), a->line,
                     table_rule_text(b, second), b->line);
        struct rule same = *b;
        same.line = a->line;
        if (compare_plainly(a, &same) == 0)
            fail_msg("%s: '%s' twice", why, table_rule_text(a, first));
    }
}

/* Names with much in common: they differ late, or not at all. */
static void
add_name(struct buf *buf, uint64_t *seed)
{
    static const char *const heads[] = {"", ".", "*.", "*", "a.*.", "www."};
    static const char *const tails[] = {"example", "com", "co.uk", "a-b.c_d.example"};
    unsigned shape = next_random(seed) % 4;
    buf_add_text(buf, heads[next_random(seed) % ROWS(heads)]);
    if (shape == 0)
        buf_add_fill(buf, 'a', 1 + next_random(seed) % 60);
    else if (shape == 1)
        buf_add_fmt(buf, "shop-number-%u", next_random(seed) % 500);
    for (unsigned i = 0; shape > 1 && i < 1 + next_random(seed) % 14; i++)
        buf_add_char(buf, "ab0_-z"[i == 0 ? 0 : next_random(seed) % 6]);
    buf_add_fmt(buf, ".%s", tails[next_random(seed) % ROWS(tails)]);
}

static void
add_prefix(struct buf *buf, uint64_t *seed)
{
    unsigned len = next_random(seed) % 17;
    if (next_random(seed) % 2 == 0)
        buf_add_fmt(buf, "10.%u.%u.0/%u", next_random(seed) % 3, next_random(seed) % 256, 24 + len % 9);
    else if (next_random(seed) % 2 == 0)
        buf_add_fmt(buf, "2603:1000::%x:0:0/%u", next_random(seed) % 20, 96 + len);
    else
        buf_add_fmt(buf, "2603:1000::%x", next_random(seed) % 300);
}

static void
add_line(struct buf *buf, uint64_t *seed, bool one_set)
{
    static const char *const rests[] = {"",          " id=1",      " id=2",          " id=10",    " tcp=443",
                                        " ticket=T", " source=zz", " source=a id=1", " required", " id=1 tcp=80"};
    const char *rest = one_set ? "" : rests[next_random(seed) % ROWS(rests)];
    size_t start = buf->len;
    buf_add_text(buf, "inspect ");
    if (next_random(seed) % 4 == 0)
        add_prefix(buf, seed);
    else
        add_name(buf, seed);
    if (strstr(rest, "id=") != NULL && buf->data[start + 8] == '.')
        rest = " note=x";
    buf_add_text(buf, rest);
    buf_add_char(buf, '\n');
}

/* The number of different rules, counted with a plain sort. */
static size_t
count_different(const struct table *table)
{
    size_t count = table->rule_count > 0;
    struct rule *copy = malloc(table->rule_count * sizeof *copy + 1);
    memcpy(copy, table->rules, table->rule_count * sizeof *copy);
    terms = table->terms;
    qsort(copy, table->rule_count, sizeof *copy, compare_plainly);
    for (size_t i = 1; i < table->rule_count; i++) {
        copy[i - 1].line = copy[i].line;
        count += compare_plainly(&copy[i - 1], &copy[i]) != 0;
    }
    free(copy);
    return count;
}

static void
random_tables(void **state)
{
    (void)state;
    static const unsigned sizes[] = {1, 2, 30, 999, 1000, 1001, 1002, 5000, 20000};
    uint64_t seed = 99;
    for (unsigned round = 0; round < 3 * ROWS(sizes); round++) {
        struct buf text, once, twice;
        struct err err = {0};
        buf_init(&text, (size_t)1 << 24);
        for (unsigned i = 0; i < sizes[round % ROWS(sizes)]; i++)
            add_line(&text, &seed, round < ROWS(sizes));
        struct table *table = table_new();
        if (table_read_bytes(table, "t", text.data, text.len, &err) != 0)
            fail_msg("%s", err.text);
        size_t different = count_different(table);
        table_to_text(&once, table);
        check_order("sorted", table);
        assert_int_equal(table->rule_count, different);
        assert_int_equal(table_read_bytes(table, "t", text.data, text.len, &err), 0);
        table_to_text(&twice, table);
        check_text("read and sorted again", twice.data, twice.len, once.data);
        check_order("read and sorted again", table);
        table_free(table);
        buf_clear(&text);
        buf_clear(&once);
        buf_clear(&twice);
    }
}

/* Long runs of equal rules, and input in ascending or descending order. */
static void
shapes(void **state)
{
    (void)state;
    for (unsigned shape = 0; shape < 4; shape++) {
        struct buf text;
        struct err err = {0};
        buf_init(&text, (size_t)1 << 24);
        for (unsigned i = 0; i < 3000; i++) {
            unsigned number = shape == 0 ? 7 : shape == 1 ? i : shape == 2 ? 2999 - i : i % 2;
            buf_add_fmt(&text, "a-very-long-label-that-all-have-in-common.%04u.example\n", number);
        }
        struct table *table = table_new();
        assert_int_equal(table_read_bytes(table, "inspect:t", text.data, text.len, &err), 0);
        table_sort(table);
        check_order("shape", table);
        assert_int_equal(table->rule_count, shape == 0 ? 1 : shape == 3 ? 2 : 3000);
        assert_int_equal(table->rules[0].line, shape == 2 ? 3000 : 1);
        table_free(table);
        buf_clear(&text);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_tables),
        cmocka_unit_test(shapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * table_required_test.c - table.h: published lines that are not required become Default where only required ones count,
 * and say what they were published as.
 *
 * What this means for a request is shown in tests/golden/required.t.
 */
#include "table/table.h"

#include <string.h>

#include "base/err.h"
#include "tables.h"

#define SET(category, required, rows)                                                                                  \
    "[{\"id\":1,\"serviceArea\":\"X\",\"category\":\"" category "\"," required rows "}]"

static const struct {
    const char *why, *in, *want, *want_without;
} lines[] = {
    {"an optional Allow line", "allow a.example id=1", "default  a.example id=1 published=allow source=p\n",
     "allow    a.example id=1 source=p\n"},
    {"an optional Optimize prefix", "optimize 192.0.2.0/24 id=1 tcp=443",
     "default  192.0.2.0/24 id=1 tcp=443 published=optimize source=p\n",
     "optimize 192.0.2.0/24 id=1 tcp=443 source=p\n"},
    {"a required line", "allow a.example id=1 required", "allow    a.example id=1 required source=p\n",
     "allow    a.example id=1 required source=p\n"},
    {"a Default line", "default a.example id=1", "default  a.example id=1 source=p\n",
     "default  a.example id=1 source=p\n"},
    {"an inspect line", "inspect a.example id=1", "inspect  a.example id=1 source=p\n",
     "inspect  a.example id=1 source=p\n"},
    {"a local line", "allow a.example", "allow    a.example source=p\n", "allow    a.example source=p\n"},
    {"what was lowered before", "default a.example id=1 published=allow",
     "default  a.example id=1 published=allow source=p\n", "default  a.example id=1 published=allow source=p\n"},
    {"the same name of two sets", "allow a.example id=1\nallow a.example id=2 required",
     "default  a.example id=1 published=allow source=p\nallow    a.example id=2 required source=p\n",
     "allow    a.example id=1 source=p\nallow    a.example id=2 required source=p\n"},
    {"what is held stays so", "allow a.example id=1 held", "default  a.example id=1 held published=allow source=p\n",
     "allow    a.example id=1 held source=p\n"},
    {"a document without the member", SET("Allow", "", "\"urls\":[\"a.example\"]"),
     "default  a.example id=1 area=X published=allow source=p\n", "allow    a.example id=1 area=X source=p\n"},
    {"a document that says no", SET("Optimize", "\"required\":false,", "\"ips\":[\"192.0.2.0/24\"]"),
     "default  192.0.2.0/24 id=1 area=X published=optimize source=p\n", "optimize 192.0.2.0/24 id=1 area=X source=p\n"},
    {"a document that says yes", SET("Allow", "\"required\":true,", "\"urls\":[\"a.example\"]"),
     "allow    a.example id=1 area=X required source=p\n", "allow    a.example id=1 area=X required source=p\n"},
    {"a row of a bypassed set may be left out", SET("Allow", "\"required\":true,", "\"urls\":[\"a.example\",\"b!\"]"),
     "allow    a.example id=1 area=X required source=p\n", "allow    a.example id=1 area=X required source=p\n"},
    {"no row of what keeps closed may be", SET("Allow", "", "\"urls\":[\"a.example\",\"b!\"]"), NULL,
     "allow    a.example id=1 area=X source=p\n"},
};

static void
check_read(const char *why, const char *in, const char *want, bool required_only)
{
    struct table *table = table_new();
    struct err err = {0};
    table->required_only = required_only;
    int result = table_read_bytes(table, "p", in, strlen(in), &err);
    CHECK(why, (result == 0) == (want != NULL));
    if (result == 0)
        check_table(why, table, want);
    else
        check_says(why, err.text, "id 1: urls[1]: 'b!'");
    table_free(table);
}

static void
optional_lines_are_default(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(lines); i++) {
        check_read(lines[i].why, lines[i].in, lines[i].want, true);
        check_read(lines[i].why, lines[i].in, lines[i].want_without, false);
    }
}

/* A list has no endpoint sets. */
static void
lists_stay(void **state)
{
    (void)state;
    struct table *table = table_new();
    struct err err = {0};
    table->required_only = true;
    assert_int_equal(table_read_bytes(table, "allow:p", "a.example\n", 10, &err), 0);
    check_table("a list", table, "allow    a.example source=p\n");
    table_free(table);
}

static const struct {
    const char *why, *in, *says;
} wrong[] = {
    {"not lowered", "allow a.example id=1 published=allow", "belongs to a default line with an id; leave it out"},
    {"local", "default a.example published=allow", "belongs to a default line with an id; leave it out"},
    {"Default", "default a.example id=1 published=default", "published 'default' is neither 'allow' nor 'optimize'"},
    {"a category", "default a.example id=1 published=Allow", "published 'Allow' is neither 'allow' nor 'optimize'"},
    {"empty", "default a.example id=1 published=", "published '' is neither"},
    {"twice", "default a.example id=1 published=allow published=allow", "the key 'published' is given twice"},
};

static void
wrong_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(wrong); i++)
        check_says(wrong[i].why, table_refusal("p", wrong[i].in, strlen(wrong[i].in)), wrong[i].says);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(optional_lines_are_default), cmocka_unit_test(lists_stay),
                                       cmocka_unit_test(wrong_keys)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

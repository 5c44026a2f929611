// SPDX-License-Identifier: GPL-2.0-or-later
/* held_concern_test.c - held.h: which held rows are about a name or an address, and which rows a key has. */
#include "table/held.h"

#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "name/addr.h"
#include "table/table.h"
#include "tables.h"

static const struct {
    const char *pattern, *asked;
    bool want;
} rows[] = {
    {"a.example", "a.example", true},
    {"a.example", "x.a.example", false},
    {"*.a.example", "x.y.a.example", true},
    {"*.a.example", "a.example", false},
    {".a.example", "a.example", true},
    {"*-files.a.example", "x-files.a.example", true},
    {"a.*.b.example", "a.x.b.example", true},
    {"a.*.b.example", "a.x.y.b.example", false},
    {"<tenant>.a.example", "contoso.a.example", true},
    {"<tenant>-my.a.example", "x.contoso.a.example", false},
    {"*.<tenant>.a.example", "x.contoso.a.example", true},
    {"~x[0-9]+\\.example", "x7.example", true},
    {"~x[0-9]+\\.example", "x.example", false},
    {"~x/y", "192.0.2.1", false},
    {"192.0.2.0/24", "192.0.2.255", true},
    {"192.0.2.0/24", "192.0.3.0", false},
    {"192.0.2.0/24", "a.example", false},
    {"2001:db8::/32", "2001:db8::1", true},
    {"2001:db8::/32", "192.0.2.1", false},
    {"*.example", "192.0.2.1", false},
};

static void
concerns(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        const struct held_key key = {.source = "worldwide", .pattern = rows[i].pattern};
        struct addr addr;
        size_t len = strlen(rows[i].asked);
        bool got = addr_parse(&addr, rows[i].asked, len) ? held_concerns_addr(&key, &addr)
                                                         : held_concerns_name(&key, rows[i].asked, len);
        CHECK(rows[i].pattern, got == rows[i].want);
    }
}

static void
prefixes(void **state)
{
    (void)state;
    static const struct {
        const char *held, *asked;
        bool want;
    } pairs[] = {
        {"192.0.2.0/24", "192.0.2.0/24", true},   {"192.0.2.0/24", "192.0.2.128/25", true},
        {"192.0.2.0/24", "192.0.0.0/16", true},   {"192.0.2.0/24", "192.0.3.0/24", false},
        {"192.0.2.0/24", "2001:db8::/32", false}, {"2001:db8::/32", "2001:db8:1::/48", true},
        {"*.example", "192.0.2.0/24", false},     {"~x/y", "192.0.2.0/24", false},
    };
    for (size_t i = 0; i < ROWS(pairs); i++) {
        const struct held_key key = {.source = "worldwide", .pattern = pairs[i].held};
        struct prefix prefix;
        assert_int_equal(prefix_parse(&prefix, pairs[i].asked, strlen(pairs[i].asked), NULL), 0);
        CHECK(pairs[i].asked, held_concerns_prefix(&key, &prefix) == pairs[i].want);
    }
}

/* All rows with the pattern and the source of a key, and no other. */
static void
rows_of_a_key(void **state)
{
    (void)state;
    static const char text[] = "allow a.example id=1 source=worldwide\ndefault a.example id=2 source=worldwide\n"
                               "allow a.example id=1 source=china\nallow b.example id=1 source=worldwide\n"
                               "allow 192.0.2.0/24 id=1 source=worldwide\n";
    static const struct {
        struct held_key key;
        size_t want;
    } keys[] = {
        {{.source = "worldwide", .pattern = "a.example"}, 2},
        {{.source = "china", .pattern = "a.example"}, 1},
        {{.source = "worldwide", .pattern = "192.0.2.0/24"}, 1},
        {{.source = "worldwide", .pattern = "*.example"}, 0},
    };
    struct table *table = table_of("t", text);
    for (size_t i = 0; i < ROWS(keys); i++) {
        size_t at = 0, count = 0;
        const struct rule *rule;
        char room[64];
        while ((rule = held_next_row(table, &keys[i].key, &at)) != NULL) {
            assert_string_equal(table_rule_text(rule, room), keys[i].key.pattern);
            count++;
        }
        CHECK(keys[i].key.pattern, count == keys[i].want);
    }
    table_free(table);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(concerns), cmocka_unit_test(prefixes),
                                       cmocka_unit_test(rows_of_a_key)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * table_exceptions_test.c - table.h: no line is left out that keeps something closed.
 *
 * Which lines can be read is table_test.c's and table_json_test.c's business.
 */
#include "table/table.h"

#include <string.h>

#include "base/err.h"
#include "tables.h"

#define SET(rows) "{\"id\":1,\"serviceArea\":\"X\",\"category\":\"Allow\"," rows "}"

static const struct {
    const char *why, *spec, *in;
    uint32_t bypass;
    bool taken;
} exceptions[] = {
    {"Allow is bypassed", "allow:p", "a.example\nb!", VERB_BYPASS_USUAL, true},
    {"Allow is not", "allow:p", "a.example\nb!", 1u << VERB_OPTIMIZE, false},
    {"Optimize is", "optimize:p", "a.example\nb!", 1u << VERB_OPTIMIZE, true},
    {"Optimize is not", "optimize:p", "a.example\nb!", 1u << VERB_ALLOW, false},
    {"Default is not", "default:p", "a.example\nb!", VERB_BYPASS_USUAL, false},
    {"Default is, today", "default:p", "a.example\nb!", VERB_BYPASS_USUAL | 1u << VERB_DEFAULT, false},
    {"a set that is bypassed", "p", "[" SET("\"urls\":[\"a.example\",\"b!\"]") "]", VERB_BYPASS_USUAL, true},
    {"a set that is not", "p", "[" SET("\"urls\":[\"a.example\",\"b!\"]") "]", 1u << VERB_OPTIMIZE, false},
    {"its prefixes", "p", "[" SET("\"ips\":[\"192.0.2.0/24\",\"b/8\"]") "]", 1u << VERB_OPTIMIZE, false},
    {"its prefixes, bypassed", "p", "[" SET("\"ips\":[\"192.0.2.0/24\",\"b/8\"]") "]", VERB_BYPASS_USUAL, true},
};

/* What is not bypassed keeps wider lines closed, and so no line of it is left out. */
static void
no_exception_is_left_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(exceptions); i++) {
        struct table *table = table_new();
        struct err err = {0};
        table->bypass = exceptions[i].bypass;
        int result = table_read_bytes(table, exceptions[i].spec, exceptions[i].in, strlen(exceptions[i].in), &err);
        CHECK(exceptions[i].why, (result == 0) == exceptions[i].taken);
        if (result != 0)
            check_says(exceptions[i].why, err.text, exceptions[i].in[0] == '[' ? "id 1: " : "line 2: 'b!'");
        table_free(table);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_exception_is_left_out)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

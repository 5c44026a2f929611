// SPDX-License-Identifier: GPL-2.0-or-later
/* held_taker_test.c - held.h: rows that only make sense together. */
#include "table/held.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "name/verb.h"
#include "table/policy.h"
#include "tables.h"

#define ROW(text) text " source=w\n"

static const struct {
    const char *why, *key, *was, *taker, *is;
    bool tenant, all_bypassed;
    bool makes_room, takes_over;
} cases[] = {
    {"a wildcard in place of a name", "a.b.example", ROW("allow a.b.example"), "*.b.example", ROW("allow *.b.example"),
     .makes_room = true, .takes_over = true},
    {"a name in place of a wildcard", "*.b.example", ROW("allow *.b.example"), "a.b.example", ROW("allow a.b.example"),
     .makes_room = true, .takes_over = true},
    {"another name", "a.b.example", ROW("allow a.b.example"), "c.b.example", ROW("allow c.b.example"),
     .makes_room = true},
    {"what takes its place is not bypassed", "a.b.example", ROW("allow a.b.example"), "*.b.example",
     ROW("default *.b.example"), .makes_room = true},
    {"Default is bypassed", "a.b.example", ROW("default a.b.example"), "*.b.example", ROW("default *.b.example"),
     .all_bypassed = true, .makes_room = true, .takes_over = true},
    {"it was not bypassed", "a.b.example", ROW("default a.b.example"), "*.b.example", ROW("allow *.b.example"),
     .takes_over = true},
    {"it stays", "a.b.example", ROW("allow a.b.example"), "*.b.example",
     ROW("allow *.b.example") ROW("optimize a.b.example"), .takes_over = true},
    {"it is lowered", "a.b.example", ROW("allow a.b.example"), "*.b.example",
     ROW("allow *.b.example") ROW("default a.b.example"), .makes_room = true, .takes_over = true},
    {"tenants", "<tenant>-my.sharepoint.com", "allow <tenant>-my.sharepoint.com id=1 source=w\n", "*.sharepoint.com",
     ROW("allow *.sharepoint.com"), .tenant = true, .makes_room = true, .takes_over = true},
    {"another name of the tenant", "<tenant>-my.sharepoint.com", "allow <tenant>-my.sharepoint.com id=1 source=w\n",
     "fabrikam-my.sharepoint.com", ROW("allow fabrikam-my.sharepoint.com"), .tenant = true, .makes_room = true},
    {"without tenants it is anybody's", "<tenant>-my.sharepoint.com",
     "allow <tenant>-my.sharepoint.com id=1 source=w\n", "fabrikam-my.sharepoint.com",
     ROW("allow fabrikam-my.sharepoint.com"), .makes_room = true, .takes_over = true},
    {"a wider prefix", "192.0.2.0/24", ROW("allow 192.0.2.0/24"), "192.0.0.0/16", ROW("allow 192.0.0.0/16"),
     .makes_room = true, .takes_over = true},
    {"another prefix", "192.0.2.0/24", ROW("allow 192.0.2.0/24"), "192.0.3.0/24", ROW("allow 192.0.3.0/24"),
     .makes_room = true},
    {"a name and a prefix", "192.0.2.0/24", ROW("allow 192.0.2.0/24"), "*.example", ROW("allow *.example"),
     .makes_room = true},
    {"a regex is unknown", "a.b.example", ROW("allow a.b.example"), "~.*[.]b[.]example", ROW("allow ~.*[.]b[.]example"),
     .makes_room = true},
};

static void
together(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(cases); i++) {
        static const char *tenants[] = {"contoso"};
        const struct policy policy = {.tenants = tenants,
                                      .tenant_count = cases[i].tenant,
                                      .bypass = cases[i].all_bypassed ? VERB_BYPASS_USUAL | 1u << VERB_DEFAULT : 0};
        struct err err = {0};
        struct held held;
        struct buf text;
        buf_init(&text, 10000);
        buf_add_fmt(&text, "held 2026-11-29 waiting w %s\nheld 2026-11-29 waiting w %s\nin use\n%snewest\n%s",
                    cases[i].key, cases[i].taker, cases[i].was, cases[i].is);
        if (held_read(&held, text.data, text.len, &err) != 0)
            fail_msg("%s: %s", cases[i].why, err.text);
        const struct held_key *key = held_find_text(&held, "w", cases[i].key);
        const struct held_key *taker = held_find_text(&held, "w", cases[i].taker);
        CHECK(cases[i].why, held_makes_room(&held, key, &policy) == cases[i].makes_room);
        CHECK(cases[i].why, held_takes_over(&held, taker, key, &policy) == cases[i].takes_over);
        CHECK(cases[i].why, !held_takes_over(&held, key, key, &policy));
        held_clear(&held);
        buf_clear(&text);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(together)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* diff_summary_test.c - what the paragraph about a diff says, as a whole. */
#include "change/diff.h"

#include <string.h>

#include "base/buf.h"
#include "diff_stage.h"
#include "table/policy.h"
#include "unit.h"

#define W " source=worldwide tcp=443 "

static const struct {
    const char *why, *was, *is, *tenant, *want;
} cases[] = {
    {"a name that leaves two sets is named once",
     .was = "allow k.example id=1" W "\n"
            "default r.example id=82" W "\n"
            "default r.example id=116" W,
     .is = "allow k.example id=1" W,
     .want = "3 rules -> 1: 2 removed (r.example). Nothing is bypassed that was inspected."},
    {"also if a wildcard covers one of them",
     .was = "allow k.example id=1" W "\n"
            "default *.r.example id=82" W "\n"
            "default a.r.example id=82" W "\n"
            "default a.r.example id=116" W,
     .is = "allow k.example id=1" W "\n"
           "default *.r.example id=82" W,
     .want = "4 rules -> 2: 2 removed (a.r.example). Nothing is bypassed that was inspected."},
    {"what it replaces is named apart",
     .was = "allow a.b.example id=1" W "\n"
            "allow c.b.example id=1" W,
     .is = "allow *.b.example id=1" W,
     .want = "2 rules -> 1: 2 broadened (*.b.example for a.b.example, *.b.example for c.b.example). Bypassed now, "
             "inspected before: *.b.example port 443."},
    {"a line whose day has passed", .was = "",
     .is = "allow bar.example source=ours\n"
           "allow foo.example source=ours expires=2026-01-01",
     .want = "0 rules -> 2: 2 local (bar.example, foo.example, which has expired). Bypassed now, inspected before: "
             "bar.example port 1-65535."},
    {"an inspect line has no such day", .was = "", .is = "inspect foo.example source=ours expires=2026-01-01",
     .want = "0 rules -> 1: 1 local (foo.example). Nothing is bypassed that was inspected."},
    {"the name of the tenant that closes, and no other",
     .was = "allow <tenant>.sharepoint.com id=31" W "\n"
            "allow <tenant>-my.sharepoint.com id=31" W,
     .is = "allow <tenant>.sharepoint.com id=31" W "\n"
           "allow <tenant>-my.sharepoint.com id=31" W "\n"
           "inspect *-my.sharepoint.com source=ours",
     .tenant = "contoso",
     .want =
         "2 rules -> 3: 1 local (*-my.sharepoint.com). Inspected now, bypassed before: *-my.sharepoint.com (such as "
         "contoso-my.sharepoint.com) port 443, <tenant>-my.sharepoint.com port 443. Nothing is bypassed that was "
         "inspected."},
    {"the name of the tenant that opens", .was = "allow <tenant>.sharepoint.com id=31" W,
     .is = "allow *.sharepoint.com id=31" W, .tenant = "contoso",
     .want = "1 rule -> 1: 1 broadened (*.sharepoint.com for <tenant>.sharepoint.com). Bypassed now, inspected before: "
             "*.sharepoint.com (such as contoso-my.sharepoint.com) port 443."},
    {"a name passes with the addresses of another set",
     .was = "allow h.net id=1" W "\n"
            "optimize 52.96.0.0/14 id=2" W,
     .is = "optimize h.net id=2" W "\n"
           "optimize 52.96.0.0/14 id=2" W,
     .want = "2 rules -> 2: 1 raised (h.net Allow -> Optimize). Bypassed now with other original addresses: h.net port "
             "443."},
    {"a set loses all its addresses",
     .was = "allow h.net id=1" W "\n"
            "allow 192.0.2.0/24 id=1" W,
     .is = "allow h.net id=1" W,
     .want = "2 rules -> 1: 1 removed (192.0.2.0/24). Bypassed now with other original addresses: h.net port 443. "
             "Addresses inspected now, bypassed before: 192.0.2.0/24."},
    {"addresses pass as destination with those of another set",
     .was = "allow 192.0.2.1/32 id=1" W "\n"
            "allow 198.51.100.0/24 id=2" W,
     .is = "allow 192.0.2.1/32 id=2" W "\n"
           "allow 198.51.100.0/24 id=2" W,
     .want = "2 rules -> 2: 1 moved (192.0.2.1/32 set 1 -> 2). Bypassed now with other original addresses: "
             "192.0.2.1 port 443, 198.51.100.0 port 443."},
    {"a set that was bypassed already gets addresses that were bypassed already",
     .was = "allow h.net id=1" W "\n"
            "allow 192.0.2.0/24 id=1" W "\n"
            "allow 198.51.100.0/24 id=2" W,
     .is = "allow h.net id=1" W "\n"
           "allow 192.0.2.0/24 id=1" W "\n"
           "allow 198.51.100.0/24 id=1" W "\n"
           "allow 198.51.100.0/24 id=2" W,
     .want = "3 rules -> 4: 1 added (198.51.100.0/24). Bypassed now with other original addresses: 192.0.2.0 port 443, "
             "198.51.100.0 port 443, h.net port 443."},
    {"addresses join a set and are inspected without a name, but its names pass with them",
     .was = "allow h.net id=1" W "\n"
            "allow k.net id=1" W "\n"
            "allow 192.0.2.0/24 id=1" W "\n"
            "inspect k.net source=ours",
     .is = "allow h.net id=1" W "\n"
           "allow k.net id=1" W "\n"
           "allow 192.0.2.0/24 id=1" W "\n"
           "allow 198.51.100.0/24 id=1" W "\n"
           "inspect k.net source=ours",
     .want = "4 rules -> 5: 1 added (198.51.100.0/24)."},
    {"a regex that may open names", .was = "", .is = "allow ~x[0-9]+\\.net source=ours",
     .want = "0 rules -> 1: 1 local (~x[0-9]+\\.net). Regexes changed that may open names: ~x[0-9]+\\.net."},
    {"a regex that keeps names inspected no longer does", .was = "inspect ~x[0-9]+\\.net source=ours", .is = "",
     .want = "1 rule -> 0: 1 local (~x[0-9]+\\.net). Regexes changed that may open names: ~x[0-9]+\\.net."},
    {"a regex that only closes", .was = "", .is = "inspect ~x[0-9]+\\.net source=ours",
     .want = "0 rules -> 1: 1 local (~x[0-9]+\\.net). Nothing is bypassed that was inspected."},
    {"the same regex before and after", .was = "allow ~x[0-9]+\\.net source=ours",
     .is = "allow ~x[0-9]+\\.net source=ours\n"
           "inspect y.net source=ours",
     .want = "1 rule -> 2: 1 local (y.net). Nothing is bypassed that was inspected."},
};

static void
summary(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(cases); i++) {
        const char *tenants[] = {cases[i].tenant};
        const struct policy policy = {.tenants = tenants, .tenant_count = cases[i].tenant != NULL};
        struct stage stage;
        struct buf text;
        buf_init(&text, 100000);
        stage_diff_with(
            &stage,
            &(struct stage_input){.was = cases[i].was, .is = cases[i].is, .was_policy = &policy, .is_policy = &policy});
        diff_summary(stage.diff, &text);
        check_text(cases[i].why, text.data, text.len, cases[i].want);
        buf_clear(&text);
        stage_clear(&stage);
    }
}

/* A regex of both tables is one, also if lines of several sources have it. */
static void
regexes(void **state)
{
    (void)state;
    static const char was[] = "allow ~a\\.net source=ours\n"
                              "allow ~a\\.net source=theirs\n"
                              "allow ~b\\.net source=ours\n"
                              "allow ~c\\.net source=ours";
    static const char is[] = "inspect ~a\\.net source=ours\n"
                             "allow ~b\\.net source=ours\n"
                             "allow ~d\\.net source=ours\n"
                             "allow 192.0.2.0/24 source=ours";
    struct stage stage;
    struct buf text;
    buf_init(&text, 100000);
    stage_diff(&stage, was, is);
    diff_print(stage.diff, &text);
    buf_add_char(&text, '\0');
    check_says("a, b, c and d", text.data, "\nnot compared: 4 regexes, since nobody can list the names they match\n");
    buf_clear(&text);
    stage_clear(&stage);
}

/* Names are listed, addresses are grouped by set; notes, attributes and what only concerns Default are counts. */
static void
brief(void **state)
{
    (void)state;
    static const char was[] = "allow a.example id=1" W "\n"
                              "default b.example id=3" W "\n"
                              "default c.example id=3" W "\n"
                              "allow d.example id=1 note=x" W "\n"
                              "allow 192.0.2.0/24 id=1" W "\n"
                              "allow 198.51.100.0/24 id=2" W "\n"
                              "default 203.0.113.0/24 id=3" W;
    static const char is[] = "allow e.example id=1" W "\n"
                             "default b.example id=4" W "\n"
                             "allow d.example id=1 note=y" W "\n"
                             "allow 10.0.0.0/24 id=1" W "\n"
                             "allow 10.0.1.0/24 id=1" W "\n"
                             "allow 10.0.2.0/24 id=1" W "\n"
                             "allow 198.51.100.0/25 id=2" W;
    struct stage stage;
    struct buf text;
    buf_init(&text, 100000);
    stage_diff(&stage, was, is);
    diff_print_brief(stage.diff, SIZE_MAX, true, &text);
    check_text("brief", text.data, text.len,
               "inspected now, bypassed before:\n"
               "  - a.example  443        Allow, set 1, worldwide; rule -> no-rule\n"
               "added:\n"
               "  + e.example        Allow, set 1, worldwide\n"
               "removed:\n"
               "  - a.example        Allow, set 1, worldwide\n"
               "addresses inspected now, bypassed before: 192.0.2.0/24, 198.51.100.128/25\n"
               "addresses, by set:\n"
               "  set 1, worldwide: 3 added, 1 removed: 10.0.0.0/24, 10.0.1.0/24, 10.0.2.0/24 and 1 more\n"
               "  set 2, worldwide: 1 narrowed: 198.51.100.0/25\n"
               "not listed: 1 with other notes or attributes\n"
               "not listed: 3 that are bypassed neither before nor now\n");
    buf_clear(&text);
    stage_clear(&stage);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(summary), cmocka_unit_test(regexes), cmocka_unit_test(brief)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

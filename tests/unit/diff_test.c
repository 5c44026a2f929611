// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * diff_test.c - diff.h: what two tables say differently. Tables of cases, one line for each finding; then random
 * tables, where what many random names and addresses are told is the truth.
 */
#include "diff.h"

#include <stdio.h>
#include <string.h>

#include "addr.h"
#include "announced.h"
#include "buf.h"
#include "compile.h"
#include "diff_stage.h"
#include "err.h"
#include "image.h"
#include "pattern.h"
#include "request.h"
#include "unit.h"
#include "verdict.h"

#define W " source=w tcp=443 "

static const struct {
    const char *why, *was, *is, *want;
} cases[] = {
    {"nothing", "", "", ""},
    {"the same", "allow a.example id=1" W, "allow a.example id=1" W, ""},
    {"the order of lines is nothing", "allow a.example id=1" W "\nallow b.example id=1" W,
     "allow b.example id=1" W "\nallow a.example id=1" W, ""},
    {"added", "", "allow a.example id=1" W, "added a.example ->w1A\nopen a.example 443 no-rule>rule w1A\n"},
    {"added as Default opens nothing", "", "default a.example id=1" W, "added a.example ->w1D\n"},
    {"removed", "optimize a.example id=1" W, "", "removed a.example w1O->\nclose a.example 443 rule>no-rule w1O\n"},
    {"moved", "allow a.example id=1" W, "allow a.example id=2" W, "moved a.example w1A->w2A\n"},
    {"moved, with other ports", "allow a.example id=1 source=w tcp=80", "allow a.example id=2" W,
     "moved a.example w1A->w2A\nports a.example w1A->w2A\n"
     "open a.example 443 port>rule w2A\nclose a.example 80 rule>port w1A\n"},
    {"raised in its set", "default a.example id=1" W, "allow a.example id=1" W,
     "raised a.example w1D->w1A\nopen a.example 443 category>rule w1A\n"},
    {"raised in its set, both bypassed", "allow a.example id=1" W, "optimize a.example id=1" W,
     "raised a.example w1A->w1O\n"},
    {"raised into another set", "default a.example id=1" W, "allow a.example id=2" W,
     "raised a.example w1D->w2A\nopen a.example 443 category>rule w2A\n"},
    {"raised through another set", "default a.example id=1" W, "default a.example id=1" W "\nallow a.example id=2" W,
     "raised a.example w1D->w2A +\nopen a.example 443 category>rule w2A\n"},
    {"joined a weaker set too", "allow a.example id=1" W, "allow a.example id=1" W "\ndefault a.example id=2" W,
     "added a.example ->w2D +\n"},
    {"lowered in its set", "allow a.example id=1" W, "default a.example id=1" W,
     "lowered a.example w1A->w1D\nclose a.example 443 rule>category w1A\n"},
    {"lowered by leaving a set", "allow a.example id=1" W "\ndefault a.example id=2" W, "default a.example id=2" W,
     "lowered a.example w1A->w2D +\nclose a.example 443 rule>category w1A\n"},
    {"left one of two sets", "allow a.example id=1" W "\nallow a.example id=2" W, "allow a.example id=2" W,
     "removed a.example w1A-> +\n"},
    {"set by set: one stays, one moves, one is new", "allow a.example id=1" W "\ndefault a.example id=2" W,
     "allow a.example id=1" W "\ndefault a.example id=3" W "\ndefault a.example id=4" W,
     "added a.example ->w4D +\nmoved a.example w2D->w3D\n"},
    {"of two sources the ids differ", "allow a.example id=1" W, "allow a.example id=1 source=v tcp=443",
     "moved a.example w1A->v1A\n"},
    {"ports", "allow a.example id=1 source=w tcp=443", "allow a.example id=1 source=w tcp=80,443",
     "ports a.example w1A->w1A\nopen a.example 80 port>rule w1A\n"},
    {"UDP ports only", "allow a.example id=1 source=w tcp=443", "allow a.example id=1 source=w tcp=443 udp=443",
     "ports a.example w1A->w1A\n"},
    {"a range of ports", "allow a.example id=1 source=w tcp=443", "allow a.example id=1 source=w tcp=400-500",
     "ports a.example w1A->w1A\nopen a.example 400-442,444-500 port>rule w1A\n"},
    {"broadened: a name", "allow a.b.example id=1" W, "allow *.b.example id=1" W,
     "broadened *.b.example<a.b.example w1A->w1A\nopen *.b.example 443 no-rule>rule w1A\n"},
    {"broadened: a narrower wildcard, in another set", "default *.cdn.office.example id=47" W,
     "default *.office.example id=48" W, "broadened *.office.example<*.cdn.office.example w47D->w48D\n"},
    {"broadened: several names", "default a.b.example id=1" W "\ndefault *.c.b.example id=2" W,
     "default *.b.example id=3" W,
     "broadened *.b.example<*.c.b.example w2D->w3D\nbroadened *.b.example<a.b.example w1D->w3D\n"},
    {"broadened: by a wildcard that came from another set", "default *.b.example id=1" W "\ndefault a.b.example id=2" W,
     "default *.b.example id=2" W, "moved *.b.example w1D->w2D\nbroadened *.b.example<a.b.example w2D->w2D\n"},
    {"broadened: the tenant slot becomes a star", "default <tenant>-my.example id=1" W, "default *-my.example id=1" W,
     "broadened *-my.example<<tenant>-my.example w1D->w1D\n"},
    {"broadened: the same set before the narrower one", "default a.c.b.example id=1" W,
     "default *.b.example id=1" W "\ndefault *.c.b.example id=2" W,
     "added *.c.b.example ->w2D\nbroadened *.b.example<a.c.b.example w1D->w1D\n"},
    {"narrowed", "default *.b.example id=1" W, "default a.b.example id=1" W "\ndefault c.b.example id=2" W,
     "narrowed a.b.example<*.b.example w1D->w1D\nnarrowed c.b.example<*.b.example w1D->w2D\n"},
    {"removed, but still covered", "default *.b.example id=1" W "\ndefault a.b.example id=2" W,
     "default *.b.example id=1" W, "removed a.b.example<*.b.example w2D->\n"},
    {"added, but covered before", "allow *.b.example id=1" W, "allow *.b.example id=1" W "\nallow a.b.example id=2" W,
     "added a.b.example<*.b.example ->w2A\n"},
    {"the parent itself is not covered", "default b.example id=1" W, "default *.b.example id=1" W,
     "added *.b.example ->w1D\nremoved b.example w1D->\n"},
    {"a more specific Default closes a hole", "allow *.b.example id=1" W,
     "allow *.b.example id=1" W "\ndefault a.b.example id=2" W,
     "added a.b.example<*.b.example ->w2D\nclose a.b.example 443 rule>category w1A\n"},
    {"and opens it again", "allow *.b.example id=1" W "\ndefault a.b.example id=2" W, "allow *.b.example id=1" W,
     "removed a.b.example<*.b.example w2D->\nopen a.b.example 443 category>rule w1A\n"},
    {"attributes", "allow a.example id=1" W, "allow a.example id=1 required" W, "attribute a.example w1A->w1A\n"},
    {"the note", "allow a.example id=1 note=x" W, "allow a.example id=1 note=y" W, "attribute a.example w1A->w1A\n"},
    {"category, ports and attributes at once", "default a.example id=1 source=w tcp=80",
     "allow a.example id=1 required" W,
     "raised a.example w1D->w1A\nports a.example w1D->w1A\nattribute a.example w1D->w1A\n"
     "open a.example 443 port>rule w1A\n"},
    {"a local line comes", "", "allow .a.example source=l",
     "local .a.example ->lA\nopen .a.example 1-65535 no-rule>rule lA\n"},
    {"an inspect line goes", "allow *.a.example id=1" W "\ninspect b.a.example source=l", "allow *.a.example id=1" W,
     "local b.a.example lI->\nopen b.a.example 443 local-inspect>rule w1A\n"},
    {"a local line becomes inspect", "allow a.example source=l", "inspect a.example source=l",
     "local a.example lA->lI\nclose a.example 1-65535 rule>local-inspect lA\n"},
    {"a local line lives longer", "allow a.example source=l expires=2030-01-01",
     "allow a.example source=l expires=2031-01-01", "attribute a.example lA->lA\n"},
    {"a local line is over", "allow a.example source=l", "allow a.example source=l expires=2020-01-01",
     "attribute a.example lA->lA\nclose a.example 1-65535 rule>no-rule lA\n"},
    {"a regex is not asked", "", "inspect ~.*evil.* source=l", "local ~.*evil.* ->lI\n"},
    {"two wildcards that cross", "allow a-*.example id=1" W "\ndefault *-bcd.example id=2" W,
     "allow a-*.example id=1" W, "removed *-bcd.example w2D->\nopen *-bcd.example 443 category>rule w1A\n"},
    {"a prefix comes", "", "allow 192.0.2.0/24 id=1" W,
     "added 192.0.2.0/24 ->w1A\nopen 192.0.2.0/24 443 no-rule>rule w1A\n"},
    {"two neighbours are one range", "", "allow 192.0.2.0/25 id=1" W "\nallow 192.0.2.128/25 id=1" W,
     "added 192.0.2.0/25 ->w1A\nadded 192.0.2.128/25 ->w1A\nopen 192.0.2.0/24 443 no-rule>rule w1A\n"},
    {"of two sets they are two", "", "allow 192.0.2.0/25 id=1" W "\nallow 192.0.2.128/25 id=2" W,
     "added 192.0.2.0/25 ->w1A\nadded 192.0.2.128/25 ->w2A\nopen 192.0.2.0/25 443 no-rule>rule w1A\n"
     "open 192.0.2.128/25 443 no-rule>rule w2A\n"},
    {"a wider prefix opens the rest", "allow 192.0.2.64/26 id=1" W, "allow 192.0.2.0/24 id=1" W,
     "broadened 192.0.2.0/24<192.0.2.64/26 w1A->w1A\nopen 192.0.2.0/26 443 no-rule>rule w1A known\n"
     "open 192.0.2.128/25 443 no-rule>rule w1A known\n"},
    {"a narrower one closes it", "allow 2001:db8::/32 id=1" W, "allow 2001:db8::/33 id=1" W,
     "narrowed 2001:db8::/33<2001:db8::/32 w1A->w1A\nclose 2001:db8:8000::/33 443 rule>no-rule w1A known\n"},
    {"a range that is no prefix", "allow 192.0.2.0/24 id=1" W "\ninspect 192.0.2.0/32 source=l",
     "allow 192.0.2.0/24 id=1" W "\ninspect 192.0.2.0/24 source=l",
     "local 192.0.2.0/24 ->lI\nlocal 192.0.2.0/32 lI->\nclose 192.0.2.1-192.0.2.255 443 rule>local-inspect w1A "
     "known\n"},
    {"the last address of all", "", "allow ffff::/16 id=1" W,
     "added ffff::/16 ->w1A\nopen ffff::/16 443 no-rule>rule w1A\n"},
    {"both families", "", "allow 255.255.255.0/24 id=1" W "\nallow ::/24 id=1" W,
     "added 255.255.255.0/24 ->w1A\nadded ::/24 ->w1A\nopen 255.255.255.0/24 443 no-rule>rule w1A\n"
     "open ::/24 443 no-rule>rule w1A\n"},
    {"UDP-only addresses open nothing", "", "optimize 192.0.2.0/24 id=11 source=w udp=3478",
     "added 192.0.2.0/24 ->w11O\n"},
    {"a known set takes an address", "allow a.example id=1" W, "allow a.example id=1" W "\nallow 192.0.2.1 id=1" W,
     "added 192.0.2.1/32 ->w1A\nopen 192.0.2.1/32 443 no-rule>rule w1A known\n"},
};

static void
kinds(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(cases); i++) {
        struct stage stage;
        stage_diff(&stage, cases[i].was, cases[i].is);
        struct buf got;
        buf_init(&got, 100000);
        stage_render(&stage, &got);
        check_text(cases[i].why, got.len == 0 ? "" : got.data, got.len, cases[i].want);
        CHECK(cases[i].why, diff_is_empty(stage.diff) == (cases[i].want[0] == '\0'));
        buf_clear(&got);
        stage_clear(&stage);
    }
}

static void
options(void **state)
{
    (void)state;
    static const char *contoso[] = {"contoso"};
    static const struct {
        const char *why, *table, *options, *want;
        struct policy was, is;
    } rows[] = {
        {"tenants come",
         "optimize *.sharepoint.com id=31" W,
         "tenants none -> contoso",
         "close *.sharepoint.com 443 rule>foreign-tenant w31O\n",
         {0},
         {.tenants = contoso, .tenant_count = 1}},
        {"a tenant of ours is asked for, too",
         "optimize *.sharepoint.com id=31" W,
         "bypassed categories Optimize -> Allow",
         "close *.sharepoint.com 443 rule>category w31O\n",
         {.bypass = 1u << VERB_OPTIMIZE, .tenants = contoso, .tenant_count = 1},
         {.bypass = 1u << VERB_ALLOW, .tenants = contoso, .tenant_count = 1}},
        {"the tenant slot",
         "optimize <tenant>-my.sharepoint.com id=31" W,
         "bypassed categories Allow -> Optimize,Allow,Default",
         "open <tenant>-my.sharepoint.com 443 category>rule w31O\n",
         {.bypass = 1u << VERB_ALLOW, .tenants = contoso, .tenant_count = 1},
         {.bypass = 7, .tenants = contoso, .tenant_count = 1}},
        {"precedence",
         "allow *.a.example id=1" W "\ndefault b.a.example id=2" W,
         "precedence specific -> highest",
         "open b.a.example 443 category>rule w1A\n",
         {0},
         {.highest = true}},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct stage stage;
        struct buf got;
        buf_init(&got, 100000);
        stage_diff_with(&stage, rows[i].table, &rows[i].was, rows[i].table, &rows[i].is, NULL, 0);
        stage_render(&stage, &got);
        check_text(rows[i].why, got.len == 0 ? "" : got.data, got.len, rows[i].want);
        CHECK(rows[i].why, stage.diff->options != NULL && strcmp(stage.diff->options, rows[i].options) == 0);
        CHECK(rows[i].why, !diff_is_empty(stage.diff));
        buf_clear(&got);
        stage_clear(&stage);
    }
}

static void
no_image_inspects_everything(void **state)
{
    (void)state;
    struct stage stage;
    struct diff *diff;
    struct err err = {0};
    struct table *empty = table_new();
    stage_diff(&stage, "", "allow a.example id=1" W);
    assert_int_equal(diff_tables(&diff, empty, NULL, stage.is, stage.is_image, STAGE_TODAY, NULL, 0, &err), 0);
    assert_int_equal(diff->verdict_count, 1);
    assert_true(diff->verdicts[0].opened && strcmp(diff->verdicts[0].old_why, "no-table") == 0);
    assert_int_equal(diff->old_rules, 0);
    assert_int_equal(diff->old_bypass, 0);
    diff_free(diff);
    diff_free(NULL);
    table_free(empty);
    stage_clear(&stage);
}

static bool
is_same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void
annotations(void **state)
{
    (void)state;
    static const struct announced changes[] = {
        {"a.example", "RemovedIpOrUrl", NULL, 1, true},        {"a.example", "AddedUrl", "20261130", 7, false},
        {"a.example", "AddedSubstituteUrl", NULL, 2, false},   {"192.0.2.0/24", "AddedIp", "20260101", 2, false},
        {"gone.example", "RemovedIpOrUrl", NULL, 1, true},     {"inner.example", "AddedUrl", "20270101", 1, false},
        {"new.example", "Added\033[2J", "2027-1-1", 2, false},
    };
    static const struct {
        const char *text, *impact, *effective;
    } want[] = {
        {"a.example", "AddedSubstituteUrl", NULL},
        {"new.example", NULL, NULL},
        {"192.0.2.0/24", "AddedIp", "20260101"},
        {"gone.example", "RemovedIpOrUrl", NULL},
        {"inner.example", NULL, NULL},
    };
    const struct policy none = {0};
    struct stage stage;
    stage_diff_with(&stage, "default gone.example id=1" W, &none,
                    "default a.example id=2" W "\ndefault 192.0.2.0/24 id=2" W "\ndefault new.example id=2" W
                    "\ninspect inner.example source=l",
                    &none, changes, ROWS(changes));
    assert_int_equal(stage.diff->entry_count, ROWS(want));
    for (size_t i = 0; i < ROWS(want); i++) {
        const struct diff_entry *entry = &stage.diff->entries[i];
        assert_string_equal(entry->text, want[i].text);
        CHECK(want[i].text, is_same_text(entry->impact, want[i].impact));
        CHECK(want[i].text, is_same_text(entry->effective, want[i].effective));
    }
    stage_clear(&stage);
}

/* Twice the same comparison gives the same bytes, and both printed forms say what must be said. */
static void
printing(void **state)
{
    (void)state;
    static const char was[] = "default *.cdn.office.example id=47" W "\nallow a.example id=1 area=Mail" W
                              "\ndefault b.example id=8 area=Mail" W "\nallow 192.0.2.0/24 id=1 area=Mail" W;
    static const char is[] =
        "default *.office.example id=47" W "\nallow b.example id=5 area=Mail" W "\nallow 192.0.2.0/23 id=1 area=Mail" W;
    static const char *const parts[] = {
        "bypassed now, inspected before:\n  + b.example",
        "inspected now, bypassed before:\n  - a.example",
        "category raised:\n  ~ b.example",
        "Default -> Allow, set 8 -> 5, Mail, w\n",
        "replaces *.cdn.office.example; Default, set 47, w\n",
        "addresses bypassed now, inspected before:\n  + 192.0.3.0/24",
    };
    struct buf first, again, summary, json;
    buf_init(&first, 100000);
    buf_init(&again, 100000);
    buf_init(&summary, 100000);
    buf_init(&json, 100000);
    struct stage stage;
    for (int i = 0; i < 2; i++) {
        stage_diff(&stage, was, is);
        diff_print(stage.diff, i == 0 ? &first : &again);
        if (i == 0) {
            diff_summary(stage.diff, &summary);
            diff_print_json(stage.diff, &json);
        }
        stage_clear(&stage);
    }
    buf_add_char(&first, '\0');
    buf_add_char(&again, '\0');
    buf_add_char(&summary, '\0');
    buf_add_char(&json, '\0');
    assert_string_equal(first.data, again.data);
    for (size_t i = 0; i < ROWS(parts); i++)
        check_says("text", first.data, parts[i]);
    check_says("summary", summary.data, "1 raised (b.example Default -> Allow)");
    check_says("summary", summary.data, "2 broadened (*.office.example for *.cdn.office.example, 192.0.2.0/23");
    check_says("summary", summary.data, "Bypassed now, inspected before: b.example port 443.");
    check_says("json", json.data, "{\"kind\":\"raised\",\"text\":\"b.example\",\"prefix\":false,");
    check_says("json", json.data, "\"replaces\":\"*.cdn.office.example\"");
    buf_clear(&first);
    buf_clear(&again);
    buf_clear(&summary);
    buf_clear(&json);
}

/* Ports of sets that change as a whole are said once. */
static void
a_whole_set(void **state)
{
    (void)state;
    struct buf was, is, text;
    buf_init(&was, 100000);
    buf_init(&is, 100000);
    buf_init(&text, 100000);
    for (int i = 0; i < 20; i++) {
        buf_add_fmt(&was, "default n%02d.example id=1 source=w tcp=443\n", i);
        buf_add_fmt(&is, "default n%02d.example id=1 source=w tcp=80,443\n", i);
    }
    buf_add_char(&was, '\0');
    buf_add_char(&is, '\0');
    struct stage stage;
    stage_diff(&stage, was.data, is.data);
    diff_print(stage.diff, &text);
    buf_add_char(&text, '\0');
    check_says("ports", text.data, "20 entries: n00.example, n01.example,");
    check_says("ports", text.data, "and 14 more\n      tcp 443 -> 80,443; Default, set 1, w\n");
    assert_int_equal(stage.diff->counts[DIFF_PORTS], 20);
    stage_clear(&stage);
    buf_clear(&was);
    buf_clear(&is);
    buf_clear(&text);
}

/* More port edges than there are pieces: said, not hidden. */
static void
too_many_ports(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, (size_t)1 << 20);
    for (unsigned line = 0; line < 10; line++) {
        buf_add_fmt(&text, "default n%u.example id=%u source=w tcp=", line, line);
        for (unsigned i = 0; i < 200; i++)
            buf_add_fmt(&text, "%s%u", i > 0 ? "," : "", 1000 + line * 2000 + i * 5);
        buf_add_char(&text, '\n');
    }
    buf_add_char(&text, '\0');
    struct stage stage;
    stage_diff(&stage, "allow a.example id=1" W, text.data);
    assert_true(stage.diff->partial);
    assert_int_equal(stage.diff->verdict_count, 1);
    stage_clear(&stage);
    buf_clear(&text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds),          cmocka_unit_test(options),  cmocka_unit_test(no_image_inspects_everything),
        cmocka_unit_test(annotations),    cmocka_unit_test(printing), cmocka_unit_test(a_whole_set),
        cmocka_unit_test(too_many_ports),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

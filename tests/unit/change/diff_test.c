// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * diff_test.c - diff.h: how two tables differ, and what that opens and closes: each kind of finding on the smallest
 * tables that show it. diff_random_test.c does the same with random tables.
 *
 * Findings are written in a little language, a line each (stage_render() of diff_stage.c):
 *
 *     line    = entry | answer
 *     entry   = KIND " " TEXT ["<" OTHER] " " [set] "->" [set] [" +"]
 *     answer  = ("open" | "close") " " TEXT " " PORTS " " WHY ">" WHY " " [set] [" joins"]
 *     set     = SOURCE [ID] VERB
 *
 *     KIND       the word for an enum diff_kind: added, removed, moved, ...
 *     TEXT       a host pattern, a prefix or a range of addresses
 *     <OTHER     the pattern or prefix that TEXT replaces, or the wider one that covers it
 *     set->set   its set in the old table and in the new one; left out where there is none
 *     +          TEXT is also in another set, which did not change
 *     open       inspected before, bypassed now, by this set of the new table
 *     close      bypassed before, by this set of the old table, and inspected now
 *     PORTS      the TCP ports that this is true for
 *     WHY>WHY    the reason before and the reason now, in the words of m365_why_
 *     joins      the address only joined a set that was bypassed before
 *     w1A        source worldwide (its first letter), id 1, verb Allow; the letters are O, A, D and I for inspect
 *
 * For example a.example is in Allow set 1 with port 80, then in Allow set 2 with port 443:
 *
 *     moved a.example w1A->w2A           left set 1, joined set 2, same category
 *     ports a.example w1A->w2A           its ports differ
 *     open a.example 443 port>rule w2A   no set spoke for port 443, now set 2 does
 *     close a.example 80 rule>port w1A   and the reverse for port 80
 */
#include "change/diff.h"
#include "change/later.h"

#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "change/announced.h"
#include "diff_stage.h"
#include "name/addr.h"
#include "table/policy.h"
#include "table/table.h"
#include "unit.h"
#include "verdict/verdict.h"

#define W " source=worldwide tcp=443 " /* ends most lines of the tables */

static const struct {
    const char *why, *was, *is, *want;
} cases[] = {
    {"nothing", .was = "", .is = "", .want = ""},
    {"the same", .was = "allow a.example id=1" W, .is = "allow a.example id=1" W, .want = ""},
    {"the order of lines does not matter",
     .was = "allow a.example id=1" W "\n"
            "allow b.example id=1" W,
     .is = "allow b.example id=1" W "\n"
           "allow a.example id=1" W,
     .want = ""},
    {"added", .was = "", .is = "allow a.example id=1" W,
     .want = "added a.example ->w1A\n"
             "open a.example 443 no-rule>rule w1A\n"},
    {"added as Default opens nothing", .was = "", .is = "default a.example id=1" W, .want = "added a.example ->w1D\n"},
    {"removed", .was = "optimize a.example id=1" W, .is = "",
     .want = "removed a.example w1O->\n"
             "close a.example 443 rule>no-rule w1O\n"},
    {"moved", .was = "allow a.example id=1" W, .is = "allow a.example id=2" W, .want = "moved a.example w1A->w2A\n"},
    {"moved, with other ports", .was = "allow a.example id=1 source=worldwide tcp=80", .is = "allow a.example id=2" W,
     .want = "moved a.example w1A->w2A\n"
             "ports a.example w1A->w2A\n"
             "open a.example 443 port>rule w2A\n"
             "close a.example 80 rule>port w1A\n"},
    {"raised in its set", .was = "default a.example id=1" W, .is = "allow a.example id=1" W,
     .want = "raised a.example w1D->w1A\n"
             "open a.example 443 category>rule w1A\n"},
    {"raised in its set, both bypassed", .was = "allow a.example id=1" W, .is = "optimize a.example id=1" W,
     .want = "raised a.example w1A->w1O\n"},
    {"raised into another set", .was = "default a.example id=1" W, .is = "allow a.example id=2" W,
     .want = "raised a.example w1D->w2A\n"
             "open a.example 443 category>rule w2A\n"},
    {"raised through another set", .was = "default a.example id=1" W,
     .is = "default a.example id=1" W "\n"
           "allow a.example id=2" W,
     .want = "raised a.example w1D->w2A +\n"
             "open a.example 443 category>rule w2A\n"},
    {"joined a weaker set too", .was = "allow a.example id=1" W,
     .is = "allow a.example id=1" W "\n"
           "default a.example id=2" W,
     .want = "added a.example ->w2D +\n"},
    {"lowered in its set", .was = "allow a.example id=1" W, .is = "default a.example id=1" W,
     .want = "lowered a.example w1A->w1D\n"
             "close a.example 443 rule>category w1A\n"},
    {"lowered by leaving a set",
     .was = "allow a.example id=1" W "\n"
            "default a.example id=2" W,
     .is = "default a.example id=2" W,
     .want = "lowered a.example w1A->w2D +\n"
             "close a.example 443 rule>category w1A\n"},
    {"entries that differ in their old sets only: by these",
     .was = "allow a.example id=1" W "\n"
            "allow a.example id=5" W,
     .is = "default a.example id=5" W,
     .want = "lowered a.example w1A->w5D +\n"
             "lowered a.example w5A->w5D\n"
             "close a.example 443 rule>category w1A\n"},
    {"left one of two sets",
     .was = "allow a.example id=1" W "\n"
            "allow a.example id=2" W,
     .is = "allow a.example id=2" W, .want = "removed a.example w1A-> +\n"},
    {"set by set: one stays, one moves, one is new",
     .was = "allow a.example id=1" W "\n"
            "default a.example id=2" W,
     .is = "allow a.example id=1" W "\n"
           "default a.example id=3" W "\n"
           "default a.example id=4" W,
     .want = "added a.example ->w4D +\n"
             "moved a.example w2D->w3D\n"},
    {"of two sources the ids differ", .was = "allow a.example id=1" W, .is = "allow a.example id=1 source=v tcp=443",
     .want = "moved a.example w1A->v1A\n"},
    {"ports", .was = "allow a.example id=1 source=worldwide tcp=443",
     .is = "allow a.example id=1 source=worldwide tcp=80,443",
     .want = "ports a.example w1A->w1A\n"
             "open a.example 80 port>rule w1A\n"},
    {"UDP ports only", .was = "allow a.example id=1 source=worldwide tcp=443",
     .is = "allow a.example id=1 source=worldwide tcp=443 udp=443", .want = "ports a.example w1A->w1A\n"},
    {"a range of ports", .was = "allow a.example id=1 source=worldwide tcp=443",
     .is = "allow a.example id=1 source=worldwide tcp=400-500",
     .want = "ports a.example w1A->w1A\n"
             "open a.example 400-442,444-500 port>rule w1A\n"},
    {"broadened: a name", .was = "allow a.b.example id=1" W, .is = "allow *.b.example id=1" W,
     .want = "broadened *.b.example<a.b.example w1A->w1A\n"
             "open *.b.example 443 no-rule>rule w1A\n"},
    {"broadened: a narrower wildcard, in another set", .was = "default *.cdn.office.example id=47" W,
     .is = "default *.office.example id=48" W, .want = "broadened *.office.example<*.cdn.office.example w47D->w48D\n"},
    {"broadened: several names",
     .was = "default a.b.example id=1" W "\n"
            "default *.c.b.example id=2" W,
     .is = "default *.b.example id=3" W,
     .want = "broadened *.b.example<*.c.b.example w2D->w3D\n"
             "broadened *.b.example<a.b.example w1D->w3D\n"},
    {"broadened: by a wildcard that came from another set",
     .was = "default *.b.example id=1" W "\n"
            "default a.b.example id=2" W,
     .is = "default *.b.example id=2" W,
     .want = "moved *.b.example w1D->w2D\n"
             "broadened *.b.example<a.b.example w2D->w2D\n"},
    {"broadened: the tenant slot becomes a star", .was = "default <tenant>-my.example id=1" W,
     .is = "default *-my.example id=1" W, .want = "broadened *-my.example<<tenant>-my.example w1D->w1D\n"},
    {"broadened: the same set before the narrower one", .was = "default a.c.b.example id=1" W,
     .is = "default *.b.example id=1" W "\n"
           "default *.c.b.example id=2" W,
     .want = "added *.c.b.example ->w2D\n"
             "broadened *.b.example<a.c.b.example w1D->w1D\n"},
    {"narrowed", .was = "default *.b.example id=1" W,
     .is = "default a.b.example id=1" W "\n"
           "default c.b.example id=2" W,
     .want = "narrowed a.b.example<*.b.example w1D->w1D\n"
             "narrowed c.b.example<*.b.example w1D->w2D\n"},
    {"removed, but still covered",
     .was = "default *.b.example id=1" W "\n"
            "default a.b.example id=2" W,
     .is = "default *.b.example id=1" W, .want = "removed a.b.example<*.b.example w2D->\n"},
    {"added, but covered before", .was = "allow *.b.example id=1" W,
     .is = "allow *.b.example id=1" W "\n"
           "allow a.b.example id=2" W,
     .want = "added a.b.example<*.b.example ->w2A\n"},
    {"the parent itself is not covered", .was = "default b.example id=1" W, .is = "default *.b.example id=1" W,
     .want = "added *.b.example ->w1D\n"
             "removed b.example w1D->\n"},
    {"a more specific Default closes a hole", .was = "allow *.b.example id=1" W,
     .is = "allow *.b.example id=1" W "\n"
           "default a.b.example id=2" W,
     .want = "added a.b.example<*.b.example ->w2D\n"
             "close a.b.example 443 rule>category w1A\n"},
    {"and opens it again",
     .was = "allow *.b.example id=1" W "\n"
            "default a.b.example id=2" W,
     .is = "allow *.b.example id=1" W,
     .want = "removed a.b.example<*.b.example w2D->\n"
             "open a.b.example 443 category>rule w1A\n"},
    {"attributes", .was = "allow a.example id=1" W, .is = "allow a.example id=1 required" W,
     .want = "attribute a.example w1A->w1A\n"},
    {"the note", .was = "allow a.example id=1 note=x" W, .is = "allow a.example id=1 note=y" W,
     .want = "attribute a.example w1A->w1A\n"},
    {"category, ports and attributes at once", .was = "default a.example id=1 source=worldwide tcp=80",
     .is = "allow a.example id=1 required" W,
     .want = "raised a.example w1D->w1A\n"
             "ports a.example w1D->w1A\n"
             "attribute a.example w1D->w1A\n"
             "open a.example 443 port>rule w1A\n"},
    {"a local line comes", .was = "", .is = "allow .a.example source=l",
     .want = "local .a.example ->lA\n"
             "open .a.example 1-65535 no-rule>rule lA\n"},
    {"an inspect line goes",
     .was = "allow *.a.example id=1" W "\n"
            "inspect b.a.example source=l",
     .is = "allow *.a.example id=1" W,
     .want = "local b.a.example lI->\n"
             "open b.a.example 443 local-inspect>rule w1A\n"},
    {"a local line becomes inspect", .was = "allow a.example source=l", .is = "inspect a.example source=l",
     .want = "local a.example lA->lI\n"
             "close a.example 1-65535 rule>local-inspect lA\n"},
    {"a local line lasts longer", .was = "allow a.example source=l expires=2030-01-01",
     .is = "allow a.example source=l expires=2031-01-01", .want = "attribute a.example lA->lA\n"},
    {"a local line is over", .was = "allow a.example source=l", .is = "allow a.example source=l expires=2020-01-01",
     .want = "attribute a.example lA->lA\n"
             "close a.example 1-65535 rule>no-rule lA\n"},
    {"a regex is not asked", .was = "", .is = "inspect ~.*evil.* source=l", .want = "local ~.*evil.* ->lI\n"},
    {"two wildcards that cross",
     .was = "allow a-*.example id=1" W "\n"
            "default *-bcd.example id=2" W,
     .is = "allow a-*.example id=1" W,
     .want = "removed *-bcd.example w2D->\n"
             "open *-bcd.example 443 category>rule w1A\n"},
    {"a prefix comes", .was = "", .is = "allow 192.0.2.0/24 id=1" W,
     .want = "added 192.0.2.0/24 ->w1A\n"
             "open 192.0.2.0/24 443 no-rule>rule w1A\n"},
    {"two neighbours are one range", .was = "",
     .is = "allow 192.0.2.0/25 id=1" W "\n"
           "allow 192.0.2.128/25 id=1" W,
     .want = "added 192.0.2.0/25 ->w1A\n"
             "added 192.0.2.128/25 ->w1A\n"
             "open 192.0.2.0/24 443 no-rule>rule w1A\n"},
    {"of two sets they are two", .was = "",
     .is = "allow 192.0.2.0/25 id=1" W "\n"
           "allow 192.0.2.128/25 id=2" W,
     .want = "added 192.0.2.0/25 ->w1A\n"
             "added 192.0.2.128/25 ->w2A\n"
             "open 192.0.2.0/25 443 no-rule>rule w1A\n"
             "open 192.0.2.128/25 443 no-rule>rule w2A\n"},
    {"a wider prefix opens the rest", .was = "allow 192.0.2.64/26 id=1" W, .is = "allow 192.0.2.0/24 id=1" W,
     .want = "broadened 192.0.2.0/24<192.0.2.64/26 w1A->w1A\n"
             "open 192.0.2.0/26 443 no-rule>rule w1A\n"
             "open 192.0.2.128/25 443 no-rule>rule w1A\n"},
    {"a narrower one closes it", .was = "allow 2001:db8::/32 id=1" W, .is = "allow 2001:db8::/33 id=1" W,
     .want = "narrowed 2001:db8::/33<2001:db8::/32 w1A->w1A\n"
             "close 2001:db8:8000::/33 443 rule>no-rule w1A\n"},
    {"a range that is not a prefix",
     .was = "allow 192.0.2.0/24 id=1" W "\n"
            "inspect 192.0.2.0/32 source=l",
     .is = "allow 192.0.2.0/24 id=1" W "\n"
           "inspect 192.0.2.0/24 source=l",
     .want = "local 192.0.2.0/24 ->lI\n"
             "local 192.0.2.0/32 lI->\n"
             "close 192.0.2.1-192.0.2.255 443 rule>local-inspect w1A\n"},
    {"the last address of all", .was = "", .is = "allow ffff::/16 id=1" W,
     .want = "added ffff::/16 ->w1A\n"
             "open ffff::/16 443 no-rule>rule w1A\n"},
    {"both families", .was = "",
     .is = "allow 255.255.255.0/24 id=1" W "\n"
           "allow ::/24 id=1" W,
     .want = "added 255.255.255.0/24 ->w1A\n"
             "added ::/24 ->w1A\n"
             "open 255.255.255.0/24 443 no-rule>rule w1A\n"
             "open ::/24 443 no-rule>rule w1A\n"},
    {"UDP-only addresses open nothing", .was = "", .is = "optimize 192.0.2.0/24 id=11 source=worldwide udp=3478",
     .want = "added 192.0.2.0/24 ->w11O\n"},
    {"a known set takes an address", .was = "allow a.example id=1" W,
     .is = "allow a.example id=1" W "\n"
           "allow 192.0.2.1 id=1" W,
     .want = "added 192.0.2.1/32 ->w1A\n"
             "open 192.0.2.1/32 443 no-rule>rule w1A joins\n"},
};

static void
kinds(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(cases); i++) {
        struct stage stage;
        stage_diff(&stage, cases[i].was, cases[i].is);
        stage_check(&stage, cases[i].why, cases[i].want);
        CHECK(cases[i].why, diff_is_empty(stage.diff) == (cases[i].want[0] == '\0'));
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
        {"tenants come", .table = "optimize *.sharepoint.com id=31" W, .options = "tenants none -> contoso",
         .want = "close *.sharepoint.com 443 rule>foreign-tenant w31O\n",
         .is = {.tenants = contoso, .tenant_count = 1}},
        {"a tenant of ours is asked about as well", .table = "optimize *.sharepoint.com id=31" W,
         .options = "bypassed categories Optimize -> Allow", .want = "close *.sharepoint.com 443 rule>category w31O\n",
         .was = {.bypass = 1u << VERB_OPTIMIZE, .tenants = contoso, .tenant_count = 1},
         .is = {.bypass = 1u << VERB_ALLOW, .tenants = contoso, .tenant_count = 1}},
        {"the tenant slot", .table = "optimize <tenant>-my.sharepoint.com id=31" W,
         .options = "bypassed categories Allow -> Optimize,Allow,Default",
         .want = "open <tenant>-my.sharepoint.com 443 category>rule w31O\n",
         .was = {.bypass = 1u << VERB_ALLOW, .tenants = contoso, .tenant_count = 1},
         .is = {.bypass = 7, .tenants = contoso, .tenant_count = 1}},
        {"precedence",
         .table = "allow *.a.example id=1" W "\n"
                  "default b.a.example id=2" W,
         .options = "precedence specific -> highest", .want = "open b.a.example 443 category>rule w1A\n",
         .is = {.highest = true}},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct stage stage;
        const struct stage_input input = {
            .was = rows[i].table, .was_policy = &rows[i].was, .is = rows[i].table, .is_policy = &rows[i].is};
        stage_diff_with(&stage, &input);
        stage_check(&stage, rows[i].why, rows[i].want);
        CHECK(rows[i].why, stage.diff->options != NULL && strcmp(stage.diff->options, rows[i].options) == 0);
        CHECK(rows[i].why, !diff_is_empty(stage.diff));
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
    const struct diff_input input = {
        .old_table = empty, .new_table = stage.is, .new_image = stage.is_image, .today = STAGE_TODAY};
    assert_int_equal(diff_tables(&diff, &input, &err), 0);
    assert_int_equal(diff->verdict_count, 1);
    assert_true(diff->verdicts[0].answer.opened && diff->verdicts[0].answer.old_why == WHY_NO_TABLE);
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
        {.value = "a.example", .impact = "RemovedIpOrUrl", .set = 1, .removed = true},
        {.value = "a.example", .impact = "AddedUrl", .effective = "20261130", .set = 7},
        {.value = "a.example", .impact = "AddedSubstituteUrl", .set = 2},
        {.value = "192.0.2.0/24", .impact = "AddedIp", .effective = "20260101", .set = 2},
        {.value = "gone.example", .impact = "RemovedIpOrUrl", .set = 1, .removed = true},
        {.value = "inner.example", .impact = "AddedUrl", .effective = "20270101", .set = 1},
        {.value = "new.example", .impact = "Added\033[2J", .effective = "2027-1-1", .set = 2},
    };
    static const struct {
        const char *text, *impact, *effective;
    } want[] = {
        {.text = "a.example", .impact = "AddedSubstituteUrl"},
        {.text = "new.example"},
        {.text = "192.0.2.0/24", .impact = "AddedIp", .effective = "20260101"},
        {.text = "gone.example", .impact = "RemovedIpOrUrl"},
        {.text = "inner.example"},
    };
    struct stage stage;
    stage_diff_with(&stage, &(struct stage_input){
                                .was = "default gone.example id=1" W,
                                .is = "default a.example id=2" W "\n"
                                      "default 192.0.2.0/24 id=2" W "\n"
                                      "default new.example id=2" W "\n"
                                      "inspect inner.example source=l",
                                .changes = changes,
                                .change_count = ROWS(changes),
                            });
    assert_int_equal(stage.diff->entry_count, ROWS(want));
    for (size_t i = 0; i < ROWS(want); i++) {
        const struct diff_entry *entry = &stage.diff->entries[i];
        assert_string_equal(entry->text, want[i].text);
        CHECK(want[i].text, is_same_text(entry->impact, want[i].impact));
        CHECK(want[i].text, is_same_text(entry->effective, want[i].effective));
    }
    stage_clear(&stage);
}

/* The same comparison twice gives the same bytes, and both printed forms contain what they must. */
static void
printing(void **state)
{
    (void)state;
    static const char was[] = "default *.cdn.office.example id=47" W "\n"
                              "allow a.example id=1 area=Mail" W "\n"
                              "default b.example id=8 area=Mail" W "\n"
                              "allow 192.0.2.0/24 id=1 area=Mail" W;
    static const char is[] = "default *.office.example id=47" W "\n"
                             "allow b.example id=5 area=Mail" W "\n"
                             "allow 192.0.2.0/23 id=1 area=Mail" W;
    static const char *const parts[] = {
        "bypassed now, inspected before:\n  + b.example",
        "inspected now, bypassed before:\n  - a.example",
        "category raised:\n  ~ b.example",
        "Default -> Allow, set 8 -> 5, Mail, worldwide\n",
        "replaces *.cdn.office.example; Default, set 47, worldwide\n",
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
            diff_print_json(stage.diff, &(struct later_found){0}, 1, 2, &json);
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

/* If all entries of a set change their ports together, that is printed once. */
static void
a_whole_set(void **state)
{
    (void)state;
    struct buf was, is, text;
    buf_init(&was, 100000);
    buf_init(&is, 100000);
    buf_init(&text, 100000);
    for (int i = 0; i < 20; i++) {
        buf_add_fmt(&was, "default n%02d.example id=1 source=worldwide tcp=443\n", i);
        buf_add_fmt(&is, "default n%02d.example id=1 source=worldwide tcp=80,443\n", i);
    }
    buf_add_char(&was, '\0');
    buf_add_char(&is, '\0');
    struct stage stage;
    stage_diff(&stage, was.data, is.data);
    diff_print(stage.diff, &text);
    buf_add_char(&text, '\0');
    check_says("ports", text.data, "20 entries: n00.example, n01.example,");
    check_says("ports", text.data, "and 14 more\n      tcp 443 -> 80,443; Default, set 1, worldwide\n");
    assert_int_equal(stage.diff->counts[DIFF_PORTS], 20);
    stage_clear(&stage);
    buf_clear(&was);
    buf_clear(&is);
    buf_clear(&text);
}

/* The diff says so if there are more port edges than pieces. */
static void
too_many_ports(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, (size_t)1 << 20);
    for (unsigned line = 0; line < 10; line++) {
        buf_add_fmt(&text, "default n%u.example id=%u source=worldwide tcp=", line, line);
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

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lead_test.c - lead.h: the five lines, the lines of the openings and their order, and that each line that is said to
 * keep something closed does. Random tables are in diff_random_test.c.
 */
#include "lead/lead.h"

#include <stdio.h>
#include <string.h>

#include "alloc_fails.h"
#include "base/buf.h"
#include "change/announced.h"
#include "change/later.h"
#include "diff_stage.h"
#include "table/policy.h"
#include "unit.h"

#define W " source=worldwide tcp=443 "
#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* Writes the lead of a diff as a text with a NUL. */
static void
lead(struct buf *ret, const struct stage *stage, const char *digest, size_t most)
{
    buf_init(ret, (size_t)16 << 20);
    lead_print(stage->diff, digest, most, ret);
    buf_add_char(ret, '\0');
    assert_true(buf_ok(ret));
}

static const struct {
    const char *why, *was, *is;
    const char *tenant;
    const char *want; /* from the first OPENS on */
} causes[] = {
    {"a name that no rule matched", .was = "", .is = "allow a.example id=2" W,
     .want = "OPENS a.example:443  was no rule, now Allow (set 2)\n"
             "  keep closed: inspect a.example\n"},
    {"Default is removed, and a wildcard decides",
     .was = "default quick.tips.example id=14" W "\n"
            "allow *.tips.example id=22" W,
     .is = "allow *.tips.example id=22" W,
     .want = "OPENS quick.tips.example:443  was Default (set 14, removed), now *.tips.example Allow (set 22)\n"
             "  keep closed: inspect quick.tips.example\n"},
    {"the row is removed, the set stays",
     .was = "default quick.tips.example id=14" W "\n"
            "default other.example id=14" W "\n"
            "allow *.tips.example id=22" W,
     .is = "default other.example id=14" W "\n"
           "allow *.tips.example id=22" W,
     .want = "OPENS quick.tips.example:443  was Default (set 14, removed), now *.tips.example Allow (set 22)\n"
             "  keep closed: inspect quick.tips.example\n"},
    {"raised through another set; the row stays", .was = "default a.example id=1" W,
     .is = "default a.example id=1" W "\n"
           "allow a.example id=2" W,
     .want = "OPENS a.example:443  was Default (set 1), now Allow (set 2)\n"
             "  keep closed: inspect a.example\n"},
    {"under a wildcard of Default", .was = "default *.example id=1" W,
     .is = "default *.example id=1" W "\n"
           "optimize a.example id=2" W,
     .want = "OPENS a.example:443  was *.example Default (set 1), now Optimize (set 2)\n"
             "  keep closed: inspect a.example\n"},
    {"sources are named if there are several",
     .was = "default a.example id=1" W "\n"
            "default c.example id=1 source=v tcp=443",
     .is = "allow a.example id=1" W "\n"
           "default c.example id=1 source=v tcp=443",
     .want = "OPENS a.example:443  was Default (set 1 of worldwide), now Allow (set 1 of worldwide)\n"
             "  keep closed: inspect a.example\n"},
    {"a local line", .was = "", .is = "allow .a.example source=partners tcp=8443",
     .want = "OPENS .a.example:8443  was no rule, now Allow (local partners)\n"
             "  keep closed: inspect .a.example\n"},
    {"another port of a name that is bypassed: the line is for that port", .was = "allow a.example id=1" W,
     .is = "allow a.example id=1 source=worldwide tcp=443,8443",
     .want = "OPENS a.example:8443  was for other ports only, now Allow (set 1)\n"
             "  keep closed: inspect a.example tcp=8443\n"},
    {"another port of a name that is not bypassed", .was = "default a.example id=1" W,
     .is = "allow a.example id=1 source=worldwide tcp=80",
     .want = "OPENS a.example:80  was for other ports only, now Allow (set 1)\n"
             "  keep closed: inspect a.example\n"},
    {"several ports share a line; the cause is that of 443", .was = "default a.example id=1" W,
     .is = "allow a.example id=2 source=worldwide tcp=80,443",
     .want = "OPENS a.example:80,443  was Default (set 1, removed), now Allow (set 2); at other ports for another "
             "reason\n"
             "  keep closed: inspect a.example\n"},
    {"an inspect line went",
     .was = "allow *.ex.example id=1" W "\n"
            "inspect a.*.ex.example",
     .is = "allow *.ex.example id=1" W,
     .want = "OPENS a.*.ex.example:443  was kept inspected by 'inspect a.*.ex.example', now *.ex.example Allow (set "
             "1)\n"
             "  keep closed: inspect a.*.ex.example\n"},
    {"a wildcard: what it would close as well",
     .was = "allow a.b.example id=1" W "\n"
            "allow c.b.example id=1" W "\n"
            "allow d.b.example id=1" W "\n"
            "allow e.b.example id=1" W "\n"
            "default f.b.example id=2" W,
     .is = "allow *.b.example id=1" W,
     .want = "OPENS *.b.example:443  was no rule, now Allow (set 1)\n"
             "  keep closed: inspect *.b.example  # also closes a.b.example, c.b.example, d.b.example, e.b.example\n"
             "OPENS f.b.example:443  was Default (set 2, removed), now *.b.example Allow (set 1)\n"
             "  keep closed: inspect f.b.example\n"},
    {"... beside a regex, of which nobody knows the names",
     .was = "allow ~cdn[0-9]\\.b\\.example source=l\nallow a.b.example id=1" W "\nallow 192.0.2.0/24 id=1" W,
     .is = "allow ~cdn[0-9]\\.b\\.example source=l\nallow *.b.example id=1" W "\nallow 192.0.2.0/24 id=1" W,
     .want =
         "OPENS *.b.example:443  was no rule, now Allow (set 1)\n"
         "  keep closed: inspect *.b.example tcp=443  # also closes a.b.example, addresses of set 1 without a name, "
         "perhaps also names that are bypassed today\n"
         "OPENS *.b.example:443  was only with an SNI, now also with 192.0.2.0/24, ~cdn[0-9]\\.b\\.example Allow "
         "(local "
         "l)\n"
         "  keep closed: inspect *.b.example tcp=443  # closes it with every address, also a.b.example, addresses of "
         "set "
         "1 without a name, perhaps also names that are bypassed today\n"
         "OPENS ~cdn[0-9]\\.b\\.example:443  was only with an SNI, now also with 192.0.2.0/24, Allow (local l)\n"
         "  keep closed: inspect ~cdn[0-9]\\.b\\.example tcp=443  # closes it with every address, perhaps "
         "also names that are bypassed today\n"},
    {"... that matches none of them", .was = "allow ~cdn[0-9]\\.q\\.org source=l\nallow a.b.example id=1" W,
     .is = "allow ~cdn[0-9]\\.q\\.org source=l\nallow *.b.example id=1" W,
     .want = "OPENS *.b.example:443  was no rule, now Allow (set 1)\n"
             "  keep closed: inspect *.b.example  # also closes a.b.example\n"},
    {"on a later day", .was = "allow p.example source=l expires=2030-01-01",
     .is = "allow p.example source=l expires=2031-01-01",
     .want = "OPENS p.example from 2030-01-01 on, when a line ends\n"},
    {"tenants: a line that a rules file takes", .was = "", .is = "allow <tenant>-my.sharepoint.com id=31" W,
     .want = "OPENS <tenant>-my.sharepoint.com:443  was no rule, now *-my.sharepoint.com Allow (set 31)\n"
             "  keep closed: inspect *-my.sharepoint.com\n"},
    {"the own tenant, in another set", .was = "default <tenant>.sharepoint.com id=31" W,
     .is = "default <tenant>.sharepoint.com id=31" W "\n"
           "allow <tenant>.sharepoint.com id=32" W,
     .tenant = "contoso",
     .want = "OPENS <tenant>.sharepoint.com:443  was contoso.sharepoint.com Default (set 31), now "
             "contoso.sharepoint.com Allow (set 32)\n"
             "  keep closed: inspect contoso.sharepoint.com\n"},
    {"the own tenant stays bypassed: only what opens is closed",
     .was = "allow <tenant>.sharepoint.com id=31" W "\n"
            "allow <tenant>-my.sharepoint.com id=31" W,
     .is = "allow *.sharepoint.com id=31" W, .tenant = "contoso",
     .want = "OPENS *.sharepoint.com:443 (such as contoso-admin.sharepoint.com)  was no rule, now Allow (set 31)\n"
             "  keep closed: inspect *.contoso.sharepoint.com\n"
             "  keep closed: inspect *.contoso-my.sharepoint.com\n"
             "  keep closed: inspect .contoso-admin.sharepoint.com\n"
             "  keep closed: inspect .contoso-files.sharepoint.com\n"
             "  keep closed: inspect .contoso-myfiles.sharepoint.com\n"},
    {"a name that leaves two sets is named once",
     .was = "allow a.b.example id=1" W "\n"
            "allow a.b.example id=2" W,
     .is = "allow *.b.example id=1" W,
     .want = "OPENS *.b.example:443  was no rule, now Allow (set 1)\n"
             "  keep closed: inspect *.b.example  # also closes a.b.example\n"},
    {"addresses of the set pass without a name only while none of its names is inspected",
     .was = "allow a.example id=1" W "\n"
            "allow 192.0.2.0/24 id=1" W,
     .is = "allow a.example id=1" W "\n"
           "allow b.example id=1" W "\n"
           "allow 192.0.2.0/24 id=1" W,
     .want = "OPENS b.example:443  was no rule, now Allow (set 1)\n"
             "  keep closed: inspect b.example  # also closes addresses of set 1 without a name\n"},
    {"an address of the set lies in a wider prefix that opens", .was = "allow 192.0.2.7/32 id=3" W,
     .is = "allow a.example id=4" W "\n"
           "allow 192.0.2.0/28 id=4" W,
     .want =
         "OPENS a.example:443  was no rule, now Allow (set 4)\n"
         "  keep closed: inspect a.example  # also closes addresses of set 4 without a name\n"
         "OPENS 192.0.2.0-192.0.2.6:443  was no rule, now 192.0.2.0/28 Allow (set 4)\n"
         "  keep closed: inspect 192.0.2.0/30\n"
         "  keep closed: inspect 192.0.2.4/31\n"
         "  keep closed: inspect 192.0.2.6/32\n"
         "OPENS 192.0.2.8/29:443  was no rule, now 192.0.2.0/28 Allow (set 4)\n"
         "  keep closed: inspect 192.0.2.8/29\n"
         "OPENS 192.0.2.7:443  was only with addresses of set 3, now also with 192.0.2.0-192.0.2.6 and 1 more range, "
         "192.0.2.0/28 Allow (set 4)\n"
         "  keep closed: no line can, without closing 192.0.2.7, which is bypassed today\n"},
    {"names of two wildcards pass with addresses that open",
     .was = "optimize *-b.ex.net id=4" W "\n"
            "inspect *b.*.ex.net source=ours",
     .is = "optimize a.*.ex.net id=1" W "\n"
           "optimize 192.0.2.0/24 id=4" W,
     .want = "OPENS a.*.ex.net:443  was no rule, now Optimize (set 1)\n"
             "  keep closed: inspect a.*.ex.net  # also closes *-b.ex.net\n"
             "OPENS 192.0.2.0/24:443  was no rule, now Optimize (set 4)\n"
             "  keep closed: inspect 192.0.2.0/24  # also closes sets without addresses at these addresses\n"},
    {"the SNI decides now: that side is closed, whatever the destination",
     .was = "optimize d.example id=1" W "\n"
            "optimize e.example id=1" W "\n"
            "allow 198.51.100.0/24 id=1" W "\n"
            "optimize s.example id=2" W "\n"
            "optimize 192.0.2.0/24 id=2" W,
     .is = "optimize d.example id=1" W "\n"
           "optimize e.example id=1" W "\n"
           "allow 198.51.100.0/24 id=1" W "\n"
           "allow s.example id=2" W "\n"
           "allow 192.0.2.0/24 id=2" W,
     .want = "OPENS s.example:443 as SNI, for destinations such as e.example  was only with addresses of the other "
             "name, now also with 192.0.2.0/24, Allow (set 2)\n"
             "  keep closed: inspect s.example  # closes it with every address, also addresses of set 2 without a "
             "name\n"},
    {"an address", .was = "", .is = "allow 192.0.2.0/24 id=1" W,
     .want = "OPENS 192.0.2.0/24:443  was no rule, now Allow (set 1)\n"
             "  keep closed: inspect 192.0.2.0/24\n"},
    {"IPv6", .was = "", .is = "allow 2001:db8::/32 id=1" W,
     .want = "OPENS 2001:db8::/32 port 443  was no rule, now Allow (set 1)\n"
             "  keep closed: inspect 2001:db8::/32\n"},
    {"a hole in a range is closed: the lines for the rest",
     .was = "allow 192.0.2.0/25 id=1 source=worldwide tcp=80\n"
            "inspect 192.0.2.64/26",
     .is = "allow 192.0.2.0/25 id=1 source=worldwide tcp=80,443\n"
           "inspect 192.0.2.96/27",
     .want = "OPENS 192.0.2.0/26:443  was for other ports only, now 192.0.2.0/25 Allow (set 1)\n"
             "  keep closed: inspect 192.0.2.0/26 tcp=443\n"
             "OPENS 192.0.2.64/27:80,443  was kept inspected by 'inspect 192.0.2.64/26', now 192.0.2.0/25 Allow (set "
             "1)\n"
             "  keep closed: inspect 192.0.2.64/27\n"
             "OPENS 192.0.2.0:80  was kept inspected with these addresses by an inspect line, now also with "
             "192.0.2.64/27, 192.0.2.0/25 Allow (set 1)\n"
             "  keep closed: inspect 192.0.2.64/27\n"},
    {"not a prefix: several lines", .was = "default 192.0.2.0/32 id=1" W,
     .is = "default 192.0.2.0/32 id=1" W "\n"
           "allow 192.0.2.0/29 id=2" W,
     .want = "OPENS 192.0.2.1-192.0.2.7:443  was no rule, now 192.0.2.0/29 Allow (set 2)\n"
             "  keep closed: inspect 192.0.2.1/32\n"
             "  keep closed: inspect 192.0.2.2/31\n"
             "  keep closed: inspect 192.0.2.4/30\n"},
    {"a name moves to a set with other addresses",
     .was = "allow h.example id=1" W "\n"
            "allow 192.0.2.0/24 id=1" W "\n"
            "allow k.example id=2" W "\n"
            "allow 198.51.100.0/24 id=2" W,
     .is = "allow 192.0.2.0/24 id=1" W "\n"
           "allow k.example id=2" W "\n"
           "allow h.example id=2" W "\n"
           "allow 198.51.100.0/24 id=2" W,
     .want = "OPENS h.example:443  was only with addresses of set 1, now also with 198.51.100.0/24, Allow (set 2)\n"
             "  keep closed: inspect h.example  # closes it with every address, also addresses of set 2 without a "
             "name\n"},
};

static void
cause(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(causes); i++) {
        const char *tenants[] = {causes[i].tenant};
        const struct policy policy = {.tenants = tenants, .tenant_count = causes[i].tenant != NULL};
        const struct stage_input input = {
            .was = causes[i].was, .is = causes[i].is, .was_policy = &policy, .is_policy = &policy};
        struct stage stage;
        struct buf text;
        stage_diff_with(&stage, &input);
        lead(&text, &stage, NULL, LEAD_ALL);
        const char *openings = strstr(text.data, "\n\nOPENS");
        CHECK(causes[i].why, openings != NULL);
        check_text(causes[i].why, openings + 2, strlen(openings + 2), causes[i].want);
        CHECK(causes[i].why, stage_openings_left(&input, text.data) == 0);
        buf_clear(&text);
        stage_clear(&stage);
    }
}

/* Nobody is told a line that does not work. */
static void
no_line(void **state)
{
    (void)state;
    static const char was[] = "default 192.0.2.0/32 id=1" W "\n"
                              "default 192.0.2.255/32 id=1" W;
    static const char is[] = "default 192.0.2.0/32 id=1" W "\n"
                             "default 192.0.2.255/32 id=1" W "\n"
                             "allow 192.0.2.0/24 id=2" W;
    struct stage stage;
    struct buf text;
    stage_diff(&stage, was, is);
    lead(&text, &stage, NULL, LEAD_ALL);
    check_says("14 prefixes", text.data,
               "keep closed: more than 8 inspect lines would be needed for exactly this range\n");
    buf_clear(&text);
    stage_clear(&stage);
}

static const struct {
    const char *why, *was, *is, *digest;
    const struct announced *changes;
    size_t change_count;
    const char *want; /* the whole text up to the first empty line */
} heads[] = {
    {"nothing waits and nothing differs", .was = "", .is = "", .want = "opens       nothing\ncloses      nothing\n"},
    {"what waits", .was = "allow a.example id=1" W, .is = "allow b.example id=1" W, .digest = DIGEST,
     .want = "decide by   no date is announced\nopens       1 name\ncloses      1 name\n"
             "approve     m365ctl approve 0123456789ab\nreject      m365ctl reject 0123456789ab\n"},
    {"the earliest date among what opens, not of what closes", .was = "allow c.example id=1" W,
     .is = "allow a.example id=1" W "\n"
           "allow b.example id=1" W,
     .changes = (const struct announced[]){{"a.example", "AddedUrl", "20270201", 1, false},
                                           {"b.example", "AddedUrl", "20270115", 1, false},
                                           {"c.example", "RemovedUrl", "20261201", 1, true}},
     .digest = DIGEST, .change_count = 3,
     .want = "decide by   2027-01-15\nopens       2 names\ncloses      1 name\n"
             "approve     m365ctl approve 0123456789ab\nreject      m365ctl reject 0123456789ab\n"},
    {"a date that is none", .was = "", .is = "allow a.example id=1" W,
     .changes = (const struct announced[]){{"a.example", "AddedUrl", "soon", 1, false}}, .change_count = 1,
     .digest = DIGEST,
     .want = "decide by   no date is announced\nopens       1 name\ncloses      nothing\n"
             "approve     m365ctl approve 0123456789ab\nreject      m365ctl reject 0123456789ab\n"},
    {"a row whose removal opens has a date, too",
     .was = "default a.b.example id=1" W "\n"
            "allow *.b.example id=2" W,
     .is = "allow *.b.example id=2" W,
     .changes = (const struct announced[]){{"a.b.example", "RemovedUrl", "20261224", 1, true}}, .change_count = 1,
     .digest = DIGEST,
     .want = "decide by   2026-12-24\nopens       1 name\ncloses      nothing\n"
             "approve     m365ctl approve 0123456789ab\nreject      m365ctl reject 0123456789ab\n"},
    {"nothing waits, so there is nothing to decide", .was = "allow c.example id=1" W, .is = "allow a.example id=1" W,
     .changes = (const struct announced[]){{"a.example", "AddedUrl", "20270201", 1, false}}, .change_count = 1,
     .want = "opens       1 name\ncloses      1 name\n"},
    {"addresses are counted apart", .was = "allow 198.51.100.0/24 id=1" W, .is = "allow 192.0.2.0/24 id=2" W,
     .want = "opens       1 address range\ncloses      1 address range\n"},
    {"a set gets its first addresses, so that its name no longer passes with others", .was = "allow h.net id=2" W,
     .is = "allow h.net id=2" W "\n"
           "allow 52.96.0.0/14 id=2" W,
     .want = "opens       nothing; 1 address range joins sets that are bypassed already\n"
             "closes      1 name together with some addresses\n"},
    {"a set loses them: the name passes with any, and nothing but the range closes",
     .was = "allow h.net id=2" W "\n"
            "allow 52.96.0.0/14 id=2" W,
     .is = "allow h.net id=2" W, .want = "opens       1 name\ncloses      1 address range\n"},
    {"a name goes to a set with other addresses",
     .was = "allow h.net id=1" W "\n"
            "allow 192.0.2.0/24 id=1" W "\n"
            "allow k.net id=2" W "\n"
            "allow 198.51.100.0/24 id=2" W,
     .is = "allow 192.0.2.0/24 id=1" W "\n"
           "allow h.net id=2" W "\n"
           "allow k.net id=2" W "\n"
           "allow 198.51.100.0/24 id=2" W,
     .want = "opens       1 name\ncloses      1 name together with some addresses\n"},
    {"addresses leave a set and close: its names are not counted again",
     .was = "allow h.net id=1" W "\n"
            "allow k.net id=1" W "\n"
            "allow 192.0.2.0/24 id=1" W "\n"
            "allow 198.51.100.0/24 id=1" W,
     .is = "allow h.net id=1" W "\n"
           "allow k.net id=1" W "\n"
           "allow 192.0.2.0/24 id=1" W,
     .want = "opens       nothing\ncloses      1 address range\n"},
    {"they leave a set, and another one keeps them",
     .was = "allow h.net id=1" W "\n"
            "allow 192.0.2.0/24 id=1" W "\n"
            "allow 198.51.100.0/24 id=1" W "\n"
            "allow k.net id=2" W "\n"
            "allow 198.51.100.0/24 id=2" W,
     .is = "allow h.net id=1" W "\n"
           "allow 192.0.2.0/24 id=1" W "\n"
           "allow k.net id=2" W "\n"
           "allow 198.51.100.0/24 id=2" W,
     .want =
         "opens       nothing\ncloses      1 name together with some addresses, 2 addresses together with others\n"},
    {"a rule decides above a regex that bypassed names", .was = "allow ~c[0-9]\\.ex\\.net source=ours",
     .is = "allow ~c[0-9]\\.ex\\.net source=ours\n"
           "default *.ex.net id=2" W,
     .want = "opens       nothing\ncloses      1 name\n"},
    {"a regex goes, another one comes", .was = "allow ~c\\.net source=ours",
     .is = "allow ~d\\.net source=ours\n"
           "allow ~e\\.net source=ours",
     .want = "opens       2 regexes whose names nobody can list\ncloses      1 regex whose names nobody can list\n"},
    {"the destination decides about a pair in place of its SNI",
     .was = "allow h.net id=1" W "\n"
            "allow 192.0.2.0/24 id=1" W "\n"
            "optimize k.net id=2" W "\n"
            "optimize 198.51.100.0/24 id=2" W,
     .is = "optimize h.net id=1" W "\n"
           "optimize 192.0.2.0/24 id=1" W "\n"
           "optimize k.net id=2" W "\n"
           "optimize 198.51.100.0/24 id=2" W,
     .want = "opens       1 name\ncloses      1 name together with some addresses\n"},
};

static void
head(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(heads); i++) {
        const struct stage_input input = {
            .was = heads[i].was, .is = heads[i].is, .changes = heads[i].changes, .change_count = heads[i].change_count};
        struct stage stage;
        struct buf text;
        stage_diff_with(&stage, &input);
        lead(&text, &stage, heads[i].digest, 0);
        const char *end = strstr(text.data, "and ");
        size_t len = end != NULL ? (size_t)(end - text.data) : strlen(text.data);
        check_text(heads[i].why, text.data, len, heads[i].want);
        buf_clear(&text);
        stage_clear(&stage);
    }
}

/* Wildcards, sign-in, names, ports, other addresses, addresses. */
static void
order(void **state)
{
    (void)state;
    static const char was[] = "allow port.example id=1 source=worldwide tcp=443\n"
                              "allow with.example id=2" W "\n"
                              "allow 192.0.2.0/24 id=2" W;
    static const char is[] = "allow port.example id=1 source=worldwide tcp=443,80\n"
                             "allow with.example id=3" W "\n"
                             "allow 192.0.2.0/24 id=3" W "\n"
                             "allow 203.0.113.0/24 id=3" W "\n"
                             "allow a-name.example id=4" W "\n"
                             "allow login.example id=4" W "\n"
                             "allow *.wild.example id=4" W "\n"
                             "allow x.msauth.example id=4" W;
    static const char *const wanted[] = {"OPENS *.wild.example", "OPENS login.example", "OPENS x.msauth.example",
                                         "OPENS a-name.example", "OPENS port.example",  "OPENS with.example",
                                         "OPENS 203.0.113.0/24"};
    struct stage stage;
    struct buf text;
    stage_diff(&stage, was, is);
    lead(&text, &stage, NULL, LEAD_ALL);
    const char *at = text.data;
    for (size_t i = 0; i < ROWS(wanted); i++) {
        const char *found = strstr(at, wanted[i]);
        CHECK(wanted[i], found != NULL);
        at = found;
    }
    buf_clear(&text);
    stage_clear(&stage);
}

static void
bounded(void **state)
{
    (void)state;
    struct buf is, text;
    struct stage stage;
    buf_init(&is, 1000000);
    for (int i = 0; i < 100; i++)
        buf_add_fmt(&is, "allow n%03d.example id=1 source=worldwide tcp=443\n", i);
    buf_add_char(&is, '\0');
    stage_diff(&stage, "", is.data);
    lead(&text, &stage, NULL, LEAD_SHOWN);
    check_says("the last one", text.data, "OPENS n059.example");
    check_says("the rest", text.data, "inspect n059.example\nand 40 more: m365ctl diff --all\n");
    assert_null(strstr(text.data, "n060"));
    buf_clear(&text);
    lead(&text, &stage, NULL, LEAD_ALL);
    check_says("all", text.data, "OPENS n099.example");
    buf_clear(&text);
    stage_clear(&stage);
    buf_clear(&is);
}

static const struct stage *printed;

static bool
print_both(const char *path)
{
    struct buf text;
    (void)path, buf_init(&text, (size_t)16 << 20);
    lead_report(printed->diff, DIGEST, &text);
    diff_print_brief(printed->diff, 10, true, &text);
    diff_print_json(printed->diff, &(struct later_found){0}, 1, 2, &text);
    bool good = buf_ok(&text);
    buf_clear(&text);
    return good;
}

/* Without memory nothing is left out in silence. */
static void
no_memory(void **state)
{
    (void)state;
    struct buf was, is;
    struct stage stage;
    buf_init(&was, 1 << 20);
    buf_init(&is, 1 << 20);
    for (int i = 0; i < 300; i++) {
        buf_add_fmt(&was, "default n%04d.example id=1 source=worldwide tcp=80,443\n", i);
        buf_add_fmt(&is, "allow n%04d.example id=%d source=worldwide tcp=80,443\nallow 10.%d.%d.0/24 id=2 source=w\n",
                    i, i % 2 + 1, i / 256, i % 256);
    }
    buf_add_char(&was, '\0');
    buf_add_char(&is, '\0');
    stage_diff(&stage, was.data, is.data);
    printed = &stage;
    alloc_each_fails(print_both, NULL, 5);
    stage_clear(&stage);
    buf_clear(&was);
    buf_clear(&is);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(cause), cmocka_unit_test(no_line), cmocka_unit_test(head),
                                       cmocka_unit_test(order), cmocka_unit_test(bounded), cmocka_unit_test(no_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

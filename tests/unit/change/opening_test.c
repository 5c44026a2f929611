// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * opening_test.c - opening.h: which requests open, each kind on the smallest tables that show it. opening_random_test.c
 * does the same with random tables.
 *
 * A row names a request as the helpers read it, `dst sni la port`, that is inspected with the old table and bypassed
 * with the new one, and the request by which the opening is told, if that is another one of its kind. Rows without a
 * request open nothing.
 */
#include "change/opening.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "change/diff.h"
#include "diff_stage.h"
#include "opening_oracle.h"
#include "table/policy.h"
#include "unit.h"
#include "verdict/verdict.h"

static const char *tenants[] = {"contoso"};
static const struct policy with_tenant = {.tenants = tenants, .tenant_count = 1};
static const struct policy highest = {.highest = true};

#define SET1 "allow 52.96.0.0/14 id=1\n"
#define SET2 "allow g.net id=2\nallow 40.96.0.0/13 id=2\n"

static const struct {
    const char *why, *was, *is;
    const char *request; /* NULL: nothing opens */
    const char *told;    /* NULL: the same */
    const struct policy *policy;
    bool hold_joins;
} cases[] = {
    /* Names by themselves. */
    {.why = "a new name", "", "allow h.net id=1", "h.net - - 443"},
    {.why = "... at its ports only", "", "allow h.net id=1 tcp=25", "h.net - - 25"},
    {.why = "a raised name", "default h.net id=1", "allow h.net id=1", "h.net h.net - 80", "h.net - - 443"},
    {.why = "a new wildcard", "allow h.net id=1", "allow *.h.net id=1", "q.h.net - - 443", "x.h.net - - 443"},
    {.why = "an exact Default name under a wildcard goes",
     "default a.h.net id=1\nallow *.h.net id=2",
     "allow *.h.net id=2",
     "a.h.net - - 443"},
    {.why = "... or only at a port",
     "default a.h.net id=1 tcp=80,443\nallow *.h.net id=2",
     "default a.h.net id=1 tcp=443\nallow *.h.net id=2",
     "a.h.net - - 80"},
    {.why = "... or only below a name",
     "default *.a.h.net id=1\nallow *.h.net id=2",
     "default b.a.h.net id=1\nallow *.h.net id=2",
     "x.a.h.net - - 443"},
    {.why = "the ports between two others",
     "allow h.net id=1 tcp=80,443",
     "allow h.net id=1 tcp=80-443",
     "h.net - - 442",
     "h.net - - 81"},
    {.why = "... with new addresses",
     "allow h.net id=1 tcp=80,443\n" SET1,
     "allow h.net id=1 tcp=80-443\nallow 52.96.0.0/14 id=1 tcp=80-443\nallow 20.1.0.0/16 id=1 tcp=80-443",
     "20.1.0.0 - - 81"},
    {.why = "an inspect line with two stars goes",
     "allow *.ex.net id=1\ninspect a.*.*.ex.net",
     "allow *.ex.net id=1",
     "a.b.c.ex.net - - 443",
     "a.xx.xx.ex.net - - 443"},
    {.why = "... one with less ports",
     "allow *.ex.net id=1\ninspect a.ex.net",
     "allow *.ex.net id=1\ninspect a.ex.net tcp=80",
     "a.ex.net - - 443"},
    {.why = "... one that becomes narrower",
     "allow *.ex.net id=1\ninspect .a.ex.net",
     "allow *.ex.net id=1\ninspect a.ex.net",
     "b.a.ex.net - - 443",
     "xx.a.ex.net - - 443"},
    {.why = "... one that becomes allow", "inspect a.ex.net", "allow a.ex.net", "a.ex.net - - 443"},
    {.why = "an expired line is renewed",
     "allow a.ex.net expires=2026-01-01",
     "allow a.ex.net expires=2027-01-01",
     "a.ex.net - - 443"},
    {.why = "two wildcards cross",
     "default bb*.ex.net id=1\nallow *a.ex.net id=2",
     "default b*.ex.net id=1\nallow *a.ex.net id=2",
     "bbcca.ex.net - - 443",
     "bbxxa.ex.net - - 443"},
    {.why = "... and overlap",
     "allow a*.ex.net id=1\nallow *.ex.net id=2\n" SET2,
     "allow a*b.ex.net\nallow *b.ex.net id=2\n" SET2,
     "ab.ex.net - 40.96.0.0 443"},

    /* Tenants. */
    {.why = "a tenant's name becomes a wildcard",
     "allow <tenant>.sharepoint.com id=1",
     "allow *.sharepoint.com id=1",
     "contoso-my.sharepoint.com - - 443",
     "contoso-my.sharepoint.com - - 443",
     .policy = &with_tenant},
    {.why = "... another ending",
     "allow <tenant>.sharepoint.com id=1",
     "allow *.sharepoint.com id=1",
     "contoso-admin.sharepoint.com - - 443",
     "contoso-my.sharepoint.com - - 443",
     .policy = &with_tenant},
    {.why = "... below the tenant's name",
     "allow <tenant>.sharepoint.com id=1",
     "allow *.sharepoint.com id=1",
     "q.contoso.sharepoint.com - - 443",
     "contoso-my.sharepoint.com - - 443",
     .policy = &with_tenant},
    {.why = "a tenant's other name",
     "allow <tenant>.sharepoint.com id=1",
     "allow <tenant>.sharepoint.com id=1\nallow <tenant>-my.sharepoint.com id=1",
     "contoso-my.sharepoint.com - - 443",
     .policy = &with_tenant},
    {.why = "a wildcard of others' names stays closed",
     "",
     "allow fabrikam.sharepoint.com id=1",
     .policy = &with_tenant},

    /* Other addresses of a name that stays bypassed. */
    {.why = "a name moves to a set without addresses",
     "allow h.net id=1\n" SET1,
     "allow h.net id=2\n" SET1,
     "203.0.113.5 h.net - 443",
     "h.net h.net 0.0.0.0 443"},
    {.why = "... is added to one of a stronger category",
     "allow h.net id=1\n" SET1,
     "allow h.net id=1\noptimize h.net id=2\n" SET1,
     "203.0.113.5 h.net - 443",
     "h.net h.net 0.0.0.0 443"},
    {.why = "... falls under its wildcard",
     "allow h.e.net id=1\nallow *.e.net id=2\n" SET1,
     "allow *.e.net id=2\n" SET1,
     "203.0.113.5 h.e.net - 443",
     "h.e.net h.e.net 0.0.0.0 443"},
    {.why = "a set goes, and a local line decides",
     "allow h.net id=1\nallow h.net\n" SET1,
     "allow h.net",
     "203.0.113.5 h.net - 443",
     "h.net h.net 0.0.0.0 443"},
    {.why = "an exact name without addresses under a wildcard with some",
     "allow *.e.net id=1\n" SET1,
     "allow *.e.net id=1\nallow h.e.net id=2\n" SET1,
     "203.0.113.5 h.e.net - 443",
     "h.e.net h.e.net 0.0.0.0 443"},
    {.why = "a set loses its addresses",
     "allow h.net id=1\n" SET1,
     "allow h.net id=1",
     "203.0.113.5 h.net - 443",
     "h.net h.net 0.0.0.0 443"},
    {.why = "a name moves to a set with addresses of its own",
     "allow h.net id=1\n" SET1 SET2,
     "allow h.net id=2\n" SET1 SET2,
     "h.net - 40.96.0.0 443"},
    {.why = "... and had none", "allow h.net id=1\n" SET2, "allow h.net id=2\n" SET2, "h.net - 40.96.0.0 443"},
    {.why = "... through a wildcard, when its set goes",
     "allow h.e.net id=1\nallow *.e.net id=2\n" SET1 SET2,
     "allow *.e.net id=2\n" SET2,
     "h.e.net - 40.96.0.0 443"},
    {.why = "... when its ports become fewer",
     "allow h.e.net id=1 tcp=80,443\nallow *.e.net id=2\n" SET1 SET2,
     "allow h.e.net id=1 tcp=80\nallow *.e.net id=2\n" SET1 SET2,
     "40.96.0.0 h.e.net - 443",
     "h.e.net - 40.96.0.0 443"},
    {.why = "a new number, that of another set",
     "allow h.net id=1\noptimize 52.96.0.0/14 id=2",
     "optimize h.net id=2\noptimize 52.96.0.0/14 id=2",
     "h.net - 52.96.0.0 443"},
    {.why = "a set joins a tie",
     "allow h.net id=1\n" SET1 SET2,
     "allow h.net id=1\nallow h.net id=2\n" SET1 SET2,
     "h.net - 40.96.0.0 443"},
    {.why = "dst becomes as weak as the SNI and decides",
     "optimize h.net id=1\noptimize 52.96.0.0/14 id=1\n" SET2,
     "allow h.net id=1\n" SET1 SET2,
     "h.net g.net 52.96.0.0 443"},
    {.why = "the SNI becomes as strong as dst, which decides",
     "optimize h.net id=1\noptimize 52.96.0.0/14 id=1\n" SET2,
     "optimize h.net id=1\noptimize 52.96.0.0/14 id=1\noptimize g.net id=2\noptimize 40.96.0.0/13 id=2",
     "h.net g.net 52.96.0.0 443"},
    {.why = "dst becomes stronger than the SNI, which decides",
     "allow h.net id=1\n" SET1 SET2,
     "optimize h.net id=1\noptimize 52.96.0.0/14 id=1\n" SET2,
     "h.net g.net 40.96.0.0 443"},
    {.why = "the SNI becomes weaker than dst and decides",
     "optimize h.net id=1\noptimize 52.96.0.0/14 id=1\noptimize g.net id=2\noptimize 40.96.0.0/13 id=2",
     "optimize h.net id=1\noptimize 52.96.0.0/14 id=1\n" SET2,
     "h.net g.net 40.96.0.0 443"},
    {.why = "precedence highest: a wildcard's set decides",
     "allow h.e.net id=1\n" SET1 SET2,
     "allow h.e.net id=1\noptimize *.e.net id=3\noptimize 20.1.0.0/16 id=3\n" SET1 SET2,
     "h.e.net - 20.1.0.0 443",
     .policy = &highest},

    /* Addresses. */
    {.why = "a Default prefix inside an Allow one goes",
     "allow 52.96.0.0/14 id=1\ndefault 52.98.0.0/16 id=2",
     "allow 52.96.0.0/14 id=1",
     "52.98.255.255 - - 443",
     "52.98.0.0 - - 443"},
    {.why = "... a local one",
     "allow 52.96.0.0/14 id=1\ndefault 52.98.0.0/16",
     "allow 52.96.0.0/14 id=1",
     "52.98.0.0 - - 443"},
    {.why = "... a local inspect line",
     "allow 52.96.0.0/14 id=1\ninspect 52.98.0.8/30",
     "allow 52.96.0.0/14 id=1",
     "52.98.0.8 - - 443"},
    {.why = "... becomes narrower",
     "allow 52.96.0.0/14 id=1\ninspect 52.98.0.8/30",
     "allow 52.96.0.0/14 id=1\ninspect 52.98.0.8/31",
     "52.98.0.11 - - 443",
     "52.98.0.10 - - 443"},
    {.why = "... has less ports",
     "allow 52.96.0.0/14 id=1\ninspect 52.98.0.8/30",
     "allow 52.96.0.0/14 id=1\ninspect 52.98.0.8/30 tcp=443",
     "52.98.0.8 - - 80"},
    {.why = "... for names of the set",
     "allow h.net id=1\nallow 52.96.0.0/14 id=1\ninspect 52.98.0.8/30",
     "allow h.net id=1\nallow 52.96.0.0/14 id=1",
     "h.net - 52.98.0.8 443"},
    {.why = "raised from Default in its set",
     "allow h.net id=1\ndefault 52.96.0.0/14 id=1",
     "allow h.net id=1\n" SET1,
     "52.96.0.0 - - 443"},
    {.why = "... by moving to another set",
     "default 52.98.0.0/16 id=3\n" SET2,
     "allow 52.98.0.0/16 id=2\n" SET2,
     "52.98.0.0 - - 443"},
    {.why = "... and for the names of that set",
     "default 52.98.0.0/16 id=3\n" SET2,
     "allow 52.98.0.0/16 id=2\n" SET2,
     "g.net - 52.98.0.0 443"},
    {.why = "a new set", SET2, "allow 52.96.0.0/14 id=1\n" SET2, "52.96.0.0 - - 443"},
    {.why = "a set at a new port",
     "allow h.net id=1 tcp=443",
     "allow h.net id=1 tcp=443\nallow 52.96.0.0/14 id=1 tcp=25",
     "52.96.0.0 - - 25"},
    {.why = "a set that was Default", "default h.net id=1", "allow 52.96.0.0/14 id=1", "52.96.0.0 - - 443"},
    {.why = "a set that had expired",
     "allow h.net id=1 expires=2026-01-01",
     "allow 52.96.0.0/14 id=1",
     "52.96.0.0 - - 443"},
    {.why = "a local line without a set", "", "allow 52.96.0.0/14", "52.96.0.0 - - 443"},
    {.why = "an inspect line about a name goes",
     "allow h.net id=1\ninspect h.net\n" SET1,
     "allow h.net id=1\n" SET1,
     "52.96.0.0 - - 443"},
    {.why = "a name that kept a set's first addresses inspected goes",
     "allow h.net id=1\ninspect h.net",
     "inspect h.net\nallow 52.96.0.0/14 id=1",
     "52.96.0.0 - - 443"},
    {.why = "... a foreign name",
     "allow *.sharepoint.com id=1",
     "allow 52.96.0.0/14 id=1",
     "52.96.0.0 - - 443",
     .policy = &with_tenant},
    {.why = "a local line for an address gets a set",
     "allow 52.98.7.0/30",
     "allow 52.98.7.0/30 id=1",
     "52.98.7.0 - 52.98.7.1 443",
     "52.98.7.0 - 52.98.7.3 443"},
    {.why = "an address joins a set with one that had been another's",
     "optimize 52.98.0.0/16 id=1\noptimize h.net id=2",
     "optimize 52.98.0.0/16 id=1\noptimize 52.96.0.0/14 id=2",
     "52.96.0.0 - 52.98.0.0 443"},

    /* Joins. */
    {.why = "addresses join a set", "allow h.net id=1\n" SET1, "allow h.net id=1\nallow 20.1.0.0/16 id=1\n" SET1},
    {.why = "... its first ones", "allow h.net id=1", "allow h.net id=1\n" SET1},
    {.why = "... a wider prefix in place of a narrower one",
     "allow h.net id=1\nallow 40.107.0.0/17 id=1",
     "allow h.net id=1\nallow 40.107.0.0/16 id=1"},
    {.why = "... of IPv6",
     "allow h.net id=1\nallow 2620:1ec:8::/54 id=1",
     "allow h.net id=1\nallow 2620:1ec:8::/48 id=1"},
    {.why = "... held, if asked for",
     "allow h.net id=1\n" SET1,
     "allow h.net id=1\nallow 20.1.0.0/16 id=1\n" SET1,
     "20.1.0.0 - - 443",
     .hold_joins = true},
    {.why = "... and with the names of the set",
     "allow h.net id=1\n" SET1,
     "allow h.net id=1\nallow 20.1.0.0/16 id=1\n" SET1,
     "h.net - 20.1.0.0 443",
     .hold_joins = true},

    /* Nothing opens. */
    {.why = "nothing changes", "allow h.net id=1\n" SET1, "allow h.net id=1\n" SET1},
    {.why = "a name goes", "allow h.net id=1\nallow g.net id=1", "allow h.net id=1"},
    {.why = "a set becomes Default", "allow h.net id=1\n" SET1, "default h.net id=1\ndefault 52.96.0.0/14 id=1"},
    {.why = "a prefix goes", "allow h.net id=1\nallow 20.1.0.0/16 id=1\n" SET1, "allow h.net id=1\n" SET1},
    {.why = "a set gets a new number", "allow h.net id=1\n" SET1, "allow h.net id=7\nallow 52.96.0.0/14 id=7"},
    {.why = "a set becomes Optimize", "allow h.net id=1\n" SET1, "optimize h.net id=1\noptimize 52.96.0.0/14 id=1"},
    {.why = "a new Default name", "", "default h.net id=1"},
    {.why = "a new set for UDP alone", "", "allow h.net id=1 udp=3478\nallow 52.96.0.0/14 id=1 udp=3478"},
    {.why = "a name under a wildcard of the same set",
     "allow *.e.net id=1\n" SET1,
     "allow *.e.net id=1\nallow h.e.net id=1\n" SET1},
    {.why = "a new inspect line", "allow h.net id=1\n" SET1, "allow h.net id=1\ninspect h.net\n" SET1},
};

static bool
bypassed(const struct image *image, const char *text)
{
    struct request request;
    struct verdict verdict;
    oracle_read(&request, text);
    verdict_decide(image, &request, STAGE_TODAY, &verdict);
    return verdict.bypass;
}

/* The requests of all openings, a line each. */
static void
list(struct buf *buf, const struct diff *diff)
{
    buf_add_char(buf, '\n');
    for (size_t i = 0; i < diff->opening_count; i++) {
        opening_print_request(buf, &diff->openings[i]);
        buf_add_char(buf, '\n');
    }
    buf_add_char(buf, '\0');
}

static void
check_told(size_t row, const struct stage *stage)
{
    struct buf told, want;
    buf_init(&told, 100000);
    buf_init(&want, 1000);
    list(&told, stage->diff);
    buf_add_fmt(&want, "\n%s\n", cases[row].told != NULL ? cases[row].told : cases[row].request);
    buf_add_char(&want, '\0');
    if (strstr(told.data, want.data) == NULL)
        fail_msg("%s: not told:%sbut:%s", cases[row].why, want.data, told.data);
    buf_clear(&told);
    buf_clear(&want);
}

static void
openings(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(cases); i++) {
        struct stage stage;
        stage_diff_with(&stage, &(struct stage_input){.was = cases[i].was,
                                                      .is = cases[i].is,
                                                      .was_policy = cases[i].policy,
                                                      .is_policy = cases[i].policy,
                                                      .hold_joins = cases[i].hold_joins});
        CHECK(cases[i].why, !stage.diff->partial);
        if (cases[i].request == NULL) {
            CHECK(cases[i].why, stage.diff->opening_count == 0);
        } else {
            CHECK(cases[i].why, !bypassed(stage.was_image, cases[i].request));
            CHECK(cases[i].why, bypassed(stage.is_image, cases[i].request));
            check_told(i, &stage);
        }
        stage_clear(&stage);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(openings)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

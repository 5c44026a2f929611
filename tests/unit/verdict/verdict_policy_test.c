// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * verdict_policy_test.c - verdict.h: what a whole set decides: sets that tie, foreign tenants, and names that a local
 * policy inspects although their addresses are published.
 */
#include "verdict/verdict.h"

#include "table/policy.h"
#include "verdict_stage.h"

static void
tied_sets(void **state)
{
    (void)state;
    static const char text[] = "allow a.example id=1\n"
                               "allow 1.0.0.0/8 id=1\n"
                               "allow a.example id=2\n"
                               "allow 2.0.0.0/8 id=2\n"
                               "allow a.example id=3\n"
                               "optimize 3.0.0.0/8 id=4 udp=1\n"
                               "allow b.example id=4\n"
                               "allow 4.0.0.0/8 id=5 expires=2026-01-01\n"
                               "allow c.example id=5\n"
                               "allow d.example id=6\n"
                               "allow d.example\n"
                               "allow 6.0.0.0/8 id=6\n";
    const struct row rows[] = {
        {"the reported set", "1.2.3.4", .sni = "a.example", .want = "OK rule Allow a.example 1"},
        {"any of the tied sets", "2.2.3.4", .sni = "a.example", .want = "OK rule Allow a.example 1"},
        {"none of them", "9.2.3.4", .sni = "a.example", .want = "ERR address-mismatch"},
        {"whatever ports the prefix has", "3.2.3.4", .sni = "b.example", .want = "OK rule Allow b.example 4"},
        {"an expired prefix contains nothing", "4.2.3.4", .sni = "c.example", .want = "ERR address-mismatch"},
        {"a local line next to it publishes none", "9.2.3.4", .sni = "d.example", .want = "ERR address-mismatch"},
        {"la in a tied set", "a.example", .la = "2.2.3.4", .want = "OK rule Allow a.example 1"},
    };
    ASK(text, NULL, rows);
}

static void
tenants(void **state)
{
    (void)state;
    const char *names[] = {"contoso", "fabrikam"};
    const struct policy options = {.tenants = names, .tenant_count = 2};
    static const char text[] = "optimize *.sharepoint.com id=31\n"
                               "optimize 13.107.136.0/22 id=31\n"
                               "allow <tenant>-my.sharepoint.com id=32\n"
                               "allow 20.0.0.0/8 id=32\n"
                               "inspect x.contoso.sharepoint.com\n"
                               "allow a.sharepoint.us tcp=1\n"
                               "allow <tenant>.long.example id=33\n";
    const struct row rows[] = {
        {"own", "contoso.sharepoint.com", .want = "OK rule Optimize *.sharepoint.com 31"},
        {"our own, tenant filled in", "fabrikam-my.sharepoint.com",
         .want = "OK rule Allow fabrikam-my.sharepoint.com 32"},
        {"own, deeper", "a.contoso-files.sharepoint.com", .want = "OK rule Optimize *.sharepoint.com 31"},
        {"foreign", "evil.sharepoint.com", .want = "ERR foreign-tenant"},
        {"our own in front of a foreign one", "contoso.evil.sharepoint.com", .want = "ERR foreign-tenant"},
        {"foreign where no rule matches", "evil.sharepoint.cn", .want = "ERR foreign-tenant"},
        {"foreign where no rule speaks", "a.sharepoint.us", .want = "ERR foreign-tenant"},
        {"the suffix is not guarded", "sharepoint.com", .want = "ERR no-rule"},
        {"inspect comes first", "x.contoso.sharepoint.com", .want = "ERR local-inspect - x.contoso.sharepoint.com"},
        {"an address of a set with foreign names", "13.107.136.1", .want = "ERR local-inspect"},
        {"an address of a set with own names only", "20.0.0.1", .want = "OK rule Allow 20.0.0.0/8 32"},
        {"an SNI that is foreign", "13.107.136.1", .sni = "evil.sharepoint.com", .want = "ERR foreign-tenant"},
        {"an SNI of our own", "13.107.136.1", .sni = "contoso.sharepoint.com",
         .want = "OK rule Optimize *.sharepoint.com 31"},
        {"a tenant is one label", "x.contoso.long.example", .want = "ERR no-rule"},
    };
    ASK(text, &options, rows);
    const struct row without[] = {
        {"without tenants nothing is foreign", "evil.sharepoint.com", .want = "OK rule Optimize *.sharepoint.com 31"},
        {"without tenants the slot is a star", "a-my.sharepoint.com", .want = "OK rule Allow *-my.sharepoint.com 32"},
    };
    ASK(text, NULL, without);
    const struct row foreign[] = {
        {"an address of a foreign set", "13.0.0.1", .want = "ERR foreign-tenant"},
    };
    ASK("allow *.sharepoint.de id=1\n"
        "allow 13.0.0.0/8 id=1\n",
        &options, foreign);
}

/* An address alone must not undo a policy about names. */
static void
policy_of_names(void **state)
{
    (void)state;
    static const char text[] = "allow *.a.example id=1\n"
                               "allow 1.0.0.0/8 id=1\n"
                               "allow b.example id=2\n"
                               "allow 2.0.0.0/8 id=2\n"
                               "allow *.c.example id=3\n"
                               "allow 3.0.0.0/8 id=3\n"
                               "allow d.example id=4\n"
                               "allow 4.0.0.0/8 id=4\n"
                               "allow 4.0.0.0/8\n"
                               "allow 5.0.0.0/8\n"
                               "allow *.e.example id=6 tcp=80,443\n"
                               "allow 6.0.0.0/8 id=6\n"
                               "inspect x.*.example tcp=8080\n"
                               "inspect y.a.example tcp=443\n"
                               "inspect .d.example udp=1\n"
                               "inspect ~b\\.example tcp=80\n"
                               "inspect z.e.example tcp=80\n"
                               "inspect zz.e.example tcp=443\n"
                               "allow *.f.example id=7\n"
                               "allow 7.0.0.0/8 id=7\n"
                               "inspect ~g[0-9]\\.g\\.example\n"
                               "allow *.h.net id=8\n"
                               "allow 8.0.0.0/8 id=8\n"
                               "inspect ~.*[a-f]\\.(h|i)\\.net tcp=443\n";
    const struct row rows[] = {
        {"a regex with another end", "7.2.3.4", .port = "443", .want = "OK rule Allow 7.0.0.0/8 7"},
        {"a regex with an end that is shared in part", "8.2.3.4", .port = "443", .want = "ERR local-inspect"},
        {"a name of the set is inspected", "1.2.3.4", .port = "443", .want = "ERR local-inspect"},
        {"not at this port", "1.2.3.4", .port = "80", .want = "ERR local-inspect"},
        {"a regex against a name that is not its", "2.2.3.4", .port = "443", .want = "OK rule Allow 2.0.0.0/8 2"},
        {"a regex against its name", "2.2.3.4", .port = "80", .want = "ERR local-inspect"},
        {"a regex whose end a wildcard allows", "3.2.3.4", .port = "80", .want = "ERR local-inspect"},
        {"but at its port", "3.2.3.4", .port = "443", .want = "OK rule Allow 3.0.0.0/8 3"},
        {"an inspect line that speaks for UDP only", "4.2.3.4", .port = "443", .want = "OK rule Allow 4.0.0.0/8 4"},
        {"local prefixes have no names", "5.2.3.4", .port = "80", .want = "OK rule Allow 5.0.0.0/8"},
        {"ports add up", "6.2.3.4", .port = "80", .want = "ERR local-inspect"},
        {"ports add up, the other", "6.2.3.4", .port = "443", .want = "ERR local-inspect"},
        {"with an SNI the name counts", "1.2.3.4", .sni = "q.a.example", .port = "443",
         .want = "OK rule Allow *.a.example 1"},
        {"with the SNI that is inspected", "1.2.3.4", .sni = "y.a.example", .port = "443",
         .want = "ERR local-inspect - y.a.example"},
    };
    ASK(text, NULL, rows);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tied_sets),
        cmocka_unit_test(tenants),
        cmocka_unit_test(policy_of_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * verdict_test.c - verdict.h: the matching contract, with an example of each of its rules: names, addresses, two names,
 * local rules, categories, what is reported. Sets, tenants and policies are verdict_policy_test.c's.
 */
#include "verdict/verdict.h"

#include "image/image.h"
#include "name/verb.h"
#include "table/policy.h"
#include "tables.h"
#include "verdict/request.h"
#include "verdict_stage.h"

static const char published[] =
    "optimize outlook.office365.com id=1 area=Exchange tcp=80,443 udp=443 required expressroute\n"
    "optimize outlook.office.com id=1 area=Exchange tcp=80,443 required\n"
    "optimize 13.107.6.152/31 id=1 area=Exchange tcp=80,443 required\n"
    "optimize 2603:1006::/40 id=1 area=Exchange tcp=80,443 required\n"
    "allow outlook.office365.com id=2 area=Exchange tcp=143,587,993,995 required\n"
    "allow 13.107.0.0/16 id=2 area=Exchange tcp=143,587,993,995 required\n"
    "allow *.officeapps.live.com id=46 area=Common tcp=443,80 required\n"
    "default officeapps.live.com id=47 area=Common\n"
    "default cdn.odc.officeapps.live.com id=48 area=Common tcp=443\n"
    "optimize 52.112.0.0/14 id=11 area=Skype udp=3478-3481 required\n"
    "allow *.lync.com id=12 area=Skype tcp=443\n"
    "allow 52.112.0.0/14 id=12 area=Skype tcp=443\n"
    "allow *cdn.onenote.net id=13\n"
    "allow autodiscover.*.onmicrosoft.com id=14\n"
    "allow autodiscover-*.outlook.com id=15\n"
    "allow noip.example id=16\n"
    "default web.example id=17\n";

static void
contract(void **state)
{
    (void)state;
    const struct row rows[] = {
        {"the first of all names", "outlook.office365.com", .port = "443",
         .want = "OK rule Optimize outlook.office365.com 1"},
        {"another port, another set", "outlook.office365.com", .port = "993",
         .want = "OK rule Allow outlook.office365.com 2"},
        {"a port of no set", "outlook.office365.com", .port = "8443", .want = "ERR port"},
        {"upper case and a dot", "OUTLOOK.Office365.COM.", .port = "443",
         .want = "OK rule Optimize outlook.office365.com 1"},
        {"no port is 443", "outlook.office365.com", .port = "-", .want = "OK rule Optimize outlook.office365.com 1"},
        {"below a wildcard", "word.officeapps.live.com", .port = "443",
         .want = "OK rule Allow *.officeapps.live.com 46"},
        {"the name itself", "officeapps.live.com", .port = "443",
         .want = "ERR category Default officeapps.live.com 47"},
        {"an exact Default under an Allow wildcard", "cdn.odc.officeapps.live.com", .port = "443",
         .want = "ERR category Default cdn.odc.officeapps.live.com 48"},
        {"the wildcard where the exact name does not speak", "cdn.odc.officeapps.live.com", .port = "80",
         .want = "OK rule Allow *.officeapps.live.com 46"},
        {"published without ports: 80", "web.example", .port = "80", .want = "ERR category Default web.example 17"},
        {"published without ports: not 8080", "web.example", .port = "8080", .want = "ERR port"},
        {"glued", "x.ycdn.onenote.net", .want = "OK rule Allow *cdn.onenote.net 13"},
        {"inside", "autodiscover.contoso.onmicrosoft.com", .want = "OK rule Allow autodiscover.*.onmicrosoft.com 14"},
        {"inside, two labels", "autodiscover.a.b.onmicrosoft.com", .want = "ERR no-rule"},
        {"a label's end", "autodiscover-s.outlook.com", .want = "OK rule Allow autodiscover-*.outlook.com 15"},
        {"no rule", "example.com", .port = "443", .want = "ERR no-rule"},
        {"a percent sign", "outlook%2eoffice365.com", .port = "443", .want = "ERR bad-name"},
        {"no destination", "-", .port = "443", .want = "ERR bad-name"},
        {"a bad port comes before a bad name", "-", .port = "0", .want = "ERR bad-port"},
        {"a port too large", "a.example", .port = "65536", .want = "ERR bad-port"},
        {"a port that is a word", "a.example", .port = "https", .want = "ERR bad-port"},
    };
    ASK(published, NULL, rows);
}

static void
addresses(void **state)
{
    (void)state;
    const struct row rows[] = {
        {"the longest prefix", "13.107.6.153", .port = "443", .want = "OK rule Optimize 13.107.6.152/31 1"},
        {"the longest that speaks", "13.107.6.153", .port = "993", .want = "OK rule Allow 13.107.0.0/16 2"},
        {"just outside it", "13.107.6.154", .port = "443", .want = "ERR port"},
        {"outside", "13.108.0.0", .port = "443", .want = "ERR no-rule"},
        {"IPv6", "2603:1006::1", .port = "443", .want = "OK rule Optimize 2603:1006::/40 1"},
        {"in brackets", "[2603:1006::1]", .port = "443", .want = "OK rule Optimize 2603:1006::/40 1"},
        {"in Squid's brackets", "%5B2603:1006::1%5D", .port = "443", .want = "OK rule Optimize 2603:1006::/40 1"},
        {"mapped", "::ffff:13.107.6.153", .port = "443", .want = "OK rule Optimize 13.107.6.152/31 1"},
        {"UDP only never decides", "52.112.0.1", .port = "3478", .want = "ERR port"},
        {"TCP next to it does", "52.112.0.1", .port = "443", .want = "OK rule Allow 52.112.0.0/14 12"},
        {"a zone is not an address", "fe80::1%eth0", .port = "443", .want = "ERR bad-name"},
        {"leading zeros are a name", "013.107.6.153", .port = "443", .want = "ERR no-rule"},
        {"with SNI inside the set", "13.107.6.153", .sni = "outlook.office365.com", .port = "443",
         .want = "OK rule Optimize outlook.office365.com 1"},
        {"with SNI, the other family", "2603:1006::1", .sni = "outlook.office365.com", .port = "443",
         .want = "OK rule Optimize outlook.office365.com 1"},
        {"with SNI outside", "13.107.7.1", .sni = "outlook.office365.com", .port = "443",
         .want = "ERR address-mismatch"},
        {"with the SNI of another set", "13.107.6.153", .sni = "x.lync.com", .port = "443",
         .want = "ERR address-mismatch"},
        {"with an SNI whose set publishes none", "1.2.3.4", .sni = "noip.example", .port = "443",
         .want = "OK rule Allow noip.example 16"},
        {"with an SNI that is inspected", "13.107.6.153", .sni = "example.com", .port = "443", .want = "ERR no-rule"},
        {"with an SNI of category Default", "13.107.6.153", .sni = "web.example", .port = "443",
         .want = "ERR category Default web.example 17"},
        {"with an SNI that is an address", "13.107.6.153", .sni = "13.107.6.153", .port = "443",
         .want = "ERR bad-name"},
        {"with an SNI of odd bytes", "13.107.6.153", .sni = "a b", .port = "443", .want = "ERR bad-name"},
        {"la agrees", "13.107.6.153", .la = "13.107.6.153", .port = "443",
         .want = "OK rule Optimize 13.107.6.152/31 1"},
        {"la next to it in the set", "13.107.6.153", .la = "13.107.6.152", .port = "443",
         .want = "OK rule Optimize 13.107.6.152/31 1"},
        {"la elsewhere", "13.107.6.153", .la = "1.2.3.4", .port = "443", .want = "ERR address-mismatch"},
        {"la and SNI without addresses", "1.2.3.4", .sni = "noip.example", .la = "5.6.7.8", .port = "443",
         .want = "OK rule Allow noip.example 16"},
    };
    ASK(published, NULL, rows);
}

static void
two_names(void **state)
{
    (void)state;
    const struct row rows[] = {
        {"both the same", "outlook.office365.com", .sni = "outlook.office365.com",
         .want = "OK rule Optimize outlook.office365.com 1"},
        {"the weaker is reported: SNI", "outlook.office365.com", .sni = "x.lync.com",
         .want = "OK rule Allow *.lync.com 12"},
        {"the weaker is reported: dst", "x.lync.com", .sni = "outlook.office365.com",
         .want = "OK rule Allow *.lync.com 12"},
        {"a tie: dst", "x.lync.com", .sni = "noip.example", .want = "OK rule Allow *.lync.com 12"},
        {"SNI inspected", "outlook.office365.com", .sni = "example.com", .want = "ERR sni-mismatch"},
        {"SNI Default", "outlook.office365.com", .sni = "web.example", .want = "ERR sni-mismatch"},
        {"SNI bad", "outlook.office365.com", .sni = "a%b", .want = "ERR sni-mismatch"},
        {"SNI an address", "outlook.office365.com", .sni = "13.107.6.153", .want = "ERR sni-mismatch"},
        {"dst inspected first", "example.com", .sni = "outlook.office365.com", .want = "ERR no-rule"},
        {"dst Default first", "web.example", .sni = "example.com", .want = "ERR category Default web.example 17"},
        {"no SNI as a hyphen", "x.lync.com", .sni = "-", .want = "OK rule Allow *.lync.com 12"},
        {"la inside", "outlook.office365.com", .la = "13.107.6.152",
         .want = "OK rule Optimize outlook.office365.com 1"},
        {"la outside", "outlook.office365.com", .la = "1.2.3.4", .want = "ERR address-mismatch"},
        {"la in another set", "outlook.office365.com", .la = "52.112.0.1", .want = "ERR address-mismatch"},
        {"la no address", "outlook.office365.com", .la = "x", .want = "ERR address-mismatch"},
        {"la, nothing published, no SNI", "noip.example", .la = "1.2.3.4", .want = "ERR address-mismatch"},
        {"la, nothing published, SNI", "noip.example", .sni = "noip.example", .la = "1.2.3.4",
         .want = "OK rule Allow noip.example 16"},
        {"la must fit the weaker one", "outlook.office365.com", .sni = "x.lync.com", .la = "13.107.6.152",
         .want = "ERR address-mismatch"},
        {"la fits the weaker one", "outlook.office365.com", .sni = "x.lync.com", .la = "52.112.0.1",
         .want = "OK rule Allow *.lync.com 12"},
        {"la counts on bypass only", "example.com", .la = "x", .want = "ERR no-rule"},
    };
    ASK(published, NULL, rows);
}

static const char local[] = "allow .partner.example tcp=443,8443\n"
                            "inspect *.login.example id=3\n"
                            "allow a.login.example id=3\n"
                            "inspect secret.example tcp=8443\n"
                            "allow secret.example\n"
                            "allow old.example expires=2026-06-01\n"
                            "allow *.old.example expires=2026-06-02\n"
                            "default *.mixed.example\n"
                            "allow x.mixed.example tcp=443 expires=2026-01-01\n"
                            "inspect ever.example expires=2020-01-01\n"
                            "allow ever.example\n"
                            "optimize ~[a-z]+\\.re\\.example\n"
                            "allow *.re.example\n"
                            "inspect ~(a|aa)+[bc]\\.lim\\.example\n"
                            "allow ~(a|aa)+[de]\\.lim\\.example\n"
                            "allow 10.0.0.0/8\n"
                            "inspect 10.1.0.0/16 tcp=443\n"
                            "optimize 10.1.2.0/24\n"
                            "optimize *.tie.example required ticket=1\n"
                            "allow *.tie.example\n"
                            "allow x.*.deep.example\n"
                            "optimize *.y.deep.example\n";

static void
local_rules(void **state)
{
    (void)state;
    const char slow[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.lim.example";
    const struct row rows[] = {
        {"the dot form, itself", "partner.example", .port = "8443", .want = "OK rule Allow .partner.example"},
        {"the dot form, below", "a.b.partner.example", .port = "443", .want = "OK rule Allow .partner.example"},
        {"the dot form, port", "partner.example", .port = "80", .want = "ERR port"},
        {"an inspect wildcard beats an exact allow", "a.login.example",
         .want = "ERR local-inspect - *.login.example 3"},
        {"an inspect rule that does not speak", "secret.example", .port = "443",
         .want = "OK rule Allow secret.example"},
        {"an inspect rule that speaks", "secret.example", .port = "8443", .want = "ERR local-inspect - secret.example"},
        {"a local line without ports speaks for all", "secret.example", .port = "1",
         .want = "OK rule Allow secret.example"},
        {"the day before", "old.example", .want = "OK rule Allow old.example", .day = "2026-05-31"},
        {"the day itself", "old.example", .want = "ERR no-rule", .day = "2026-06-01"},
        {"another line's day", "x.old.example", .want = "OK rule Allow *.old.example", .day = "2026-06-01"},
        {"expired and of no port: as if it were not there", "old.example", .port = "1", .want = "ERR no-rule"},
        {"the next best after one that expired", "x.mixed.example", .want = "ERR category Default *.mixed.example"},
        {"an inspect line never expires", "ever.example", .want = "ERR local-inspect - ever.example"},
        {"a regex comes last", "a.re.example", .want = "OK rule Allow *.re.example"},
        {"a regex is anchored", "re.example", .want = "ERR no-rule"},
        {"a regex at its limit inspects", slow, .want = "ERR local-inspect - ~(a|aa)+[bc]\\.lim\\.example"},
        {"an inspect prefix beats a longer one", "10.1.2.3", .port = "443", .want = "ERR local-inspect - 10.1.0.0/16"},
        {"not at another port", "10.1.2.3", .port = "80", .want = "OK rule Optimize 10.1.2.0/24"},
        {"outside the longer ones", "10.2.2.3", .port = "443", .want = "OK rule Allow 10.0.0.0/8"},
        {"an inspect prefix and an SNI", "10.1.2.3", .sni = "partner.example", .port = "443",
         .want = "ERR local-inspect - 10.1.0.0/16"},
        {"an inspect prefix around la", "partner.example", .sni = "partner.example", .la = "10.1.0.1", .port = "443",
         .want = "ERR local-inspect - 10.1.0.0/16"},
        {"an inspect prefix around la, other port", "partner.example", .sni = "partner.example", .la = "10.1.0.1",
         .port = "8443", .want = "OK rule Allow .partner.example"},
        {"local addresses bind no local name", "10.1.2.3", .sni = "partner.example", .port = "8443",
         .want = "OK rule Allow .partner.example"},
        {"the stronger category at a tie", "a.tie.example", .want = "OK rule Optimize *.tie.example"},
        {"the stronger category at equal literals", "x.y.deep.example", .want = "OK rule Optimize *.y.deep.example"},
    };
    ASK(local, NULL, rows);
}

static void
highest(void **state)
{
    (void)state;
    const struct policy options = {.highest = true};
    const struct row rows[] = {
        {"the strongest of all matches", "cdn.odc.officeapps.live.com",
         .want = "OK rule Allow *.officeapps.live.com 46"},
        {"then the most specific", "outlook.office365.com", .want = "OK rule Optimize outlook.office365.com 1"},
        {"addresses too", "13.107.6.153", .want = "OK rule Optimize 13.107.6.152/31 1"},
        {"ports as before", "outlook.office365.com", .port = "993", .want = "OK rule Allow outlook.office365.com 2"},
    };
    ASK(published, &options, rows);
    const struct row local_rows[] = {
        {"inspect as ever", "a.login.example", .want = "ERR local-inspect - *.login.example 3"},
        {"a regex may win", "a.re.example", .want = "OK rule Optimize ~[a-z]+\\.re\\.example"},
        {"a shorter prefix may win", "10.2.2.3", .want = "OK rule Allow 10.0.0.0/8"},
    };
    ASK(local, &options, local_rows);
    const struct row strong[] = {{"the shorter, stronger prefix", "10.1.2.3", .want = "OK rule Optimize 10.0.0.0/8"}};
    ASK("optimize 10.0.0.0/8\nallow 10.1.0.0/16\n", &options, strong);
}

static void
categories(void **state)
{
    (void)state;
    const struct policy only = {.bypass = 1u << VERB_OPTIMIZE};
    const struct row rows[] = {
        {"Allow is not bypassed", "x.lync.com", .want = "ERR category Allow *.lync.com 12"},
        {"Optimize is", "outlook.office365.com", .want = "OK rule Optimize outlook.office365.com 1"},
        {"an SNI of Allow", "outlook.office365.com", .sni = "x.lync.com", .want = "ERR sni-mismatch"},
    };
    ASK(published, &only, rows);
    const struct policy all = {.bypass = 7};
    const struct row more[] = {
        {"Default is bypassed", "web.example", .want = "OK rule Default web.example 17"},
        {"the weakest is reported", "outlook.office365.com", .sni = "web.example",
         .want = "OK rule Default web.example 17"},
    };
    ASK(published, &all, more);
}

/* Rule 4: required, lowest id, lines without id last, order of the sources, order of the normal form. */
static void
reported(void **state)
{
    (void)state;
    const struct {
        const char *text;
        struct row row;
    } rows[] = {
        {"allow a.example id=1\n"
         "allow a.example id=2 required\n",
         {"required first", "a.example", .want = "OK rule Allow a.example 2"}},
        {"allow a.example id=3\nallow a.example id=2\n",
         {"then the lowest id", "a.example", .want = "OK rule Allow a.example 2"}},
        {"allow a.example\nallow a.example id=9\n",
         {"lines without id last", "a.example", .want = "OK rule Allow a.example 9"}},
        {"allow x.*.b.example source=b\n"
         "allow *.a.b.example source=a\n",
         {"the order of the sources", "x.a.b.example", .want = "OK rule Allow x.*.b.example"}},
        {"allow a*.b.example ticket=1\n"
         "allow *a.b.example ticket=2\n",
         {"the order of the normal form", "aa.b.example", .want = "OK rule Allow *a.b.example"}},
        {"allow x.*.b.example\nallow *.a.b.example\n",
         {"the same across keys", "x.a.b.example", .want = "OK rule Allow *.a.b.example"}},
        {"allow *.a.b.example ticket=1\n"
         "allow x.*.b.example ticket=2\n"
         "allow q.example ticket=2\n",
         {"a line of many does not come first", "x.a.b.example", .want = "OK rule Allow *.a.b.example"}},
    };
    for (size_t i = 0; i < ROWS(rows); i++)
        ask_rows(rows[i].text, NULL, &rows[i].row, 1);
}

static void
nothing(void **state)
{
    (void)state;
    struct request request;
    struct verdict verdict;
    size_t count = 0;
    const struct row row = {"", "a.example", .want = ""};
    row_request(&request, &row);
    verdict_decide(NULL, &request, 1, &verdict);
    assert_true(!verdict.bypass && verdict.why == WHY_NO_TABLE && !verdict.has_rule);
    verdict_explain(NULL, &request, 1, count_side, &count);
    struct image *image = image_of("allow a.example\n", NULL);
    request.line_ok = false;
    request.port = 0;
    verdict_decide(image, &request, 1, &verdict);
    assert_true(!verdict.bypass && verdict.why == WHY_BAD_LINE);
    verdict_explain(image, &request, 1, count_side, &count);
    assert_int_equal(count, 0);
    image_close(image);
    const struct row empty[] = {{"an empty table", "a.example", .want = "ERR no-rule"},
                                {"an empty table, an address", "1.2.3.4", .want = "ERR no-rule"},
                                {"an empty table, IPv6", "::1", .want = "ERR no-rule"}};
    ASK("#", NULL, empty);
    const struct row star[] = {{"everything", "a", .want = "ERR local-inspect - *"},
                               {"every address", "1.2.3.4", .want = "ERR local-inspect - 0.0.0.0/0"},
                               {"every address, IPv6", "ffff::1", .want = "ERR local-inspect - ::/0"}};
    ASK("inspect *\n"
        "inspect 0.0.0.0/0\n"
        "inspect ::/0\n"
        "allow a.example\n",
        NULL, star);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contract),    cmocka_unit_test(addresses), cmocka_unit_test(two_names),
        cmocka_unit_test(local_rules), cmocka_unit_test(highest),   cmocka_unit_test(categories),
        cmocka_unit_test(reported),    cmocka_unit_test(nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

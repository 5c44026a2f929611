// SPDX-License-Identifier: GPL-2.0-or-later
/* verdict_test.c - verdict.h: the matching contract, each rule of it with an example. */
#include "verdict.h"

#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "compile.h"
#include "day.h"
#include "image.h"
#include "request.h"
#include "tables.h"
#include "verb.h"

/* One question; NULL is absent. The day is 2026-06-01 unless the row says another. */
struct row {
    const char *why, *dst, *sni, *la, *port, *want;
    const char *day;
};

static void
print_verdict(char ret[512], const struct image *image, const struct verdict *verdict)
{
    struct image_set set;
    char room[IMAGE_RULE_MAX];
    int n = snprintf(ret, 512, "%s %s", verdict->bypass ? "OK" : "ERR", why_word(verdict->why));
    if (!verdict->has_rule)
        return;
    struct image_text rule = image_rule_text(image, verdict->rule, room);
    image_get_set(image, verdict->set, &set);
    const char *category = verb_category(set.verb);
    n += snprintf(ret + n, 512 - (size_t)n, " %s %.*s", category == NULL ? "-" : category, (int)rule.len, rule.text);
    if (set.has_id)
        snprintf(ret + n, 512 - (size_t)n, " %u", set.id);
}

static void
fill(struct request *request, const struct row *row)
{
    request_init(request);
    if (row->dst != NULL)
        request_set_dst(request, row->dst, strlen(row->dst));
    if (row->sni != NULL)
        request_set_sni(request, row->sni, strlen(row->sni));
    if (row->la != NULL)
        request_set_la(request, row->la, strlen(row->la));
    if (row->port != NULL)
        request_set_port(request, row->port, strlen(row->port));
}

static void
count_side(void *arg, const struct explained *explained)
{
    size_t *count = arg;
    assert_non_null(lost_word(explained->lost));
    ++*count;
}

static void
ask_rows(const char *text, const struct policy *options, const struct row *rows, size_t count)
{
    struct image *image = image_of(text, options);
    for (size_t i = 0; i < count; i++) {
        struct request request;
        struct verdict verdict;
        char got[512];
        uint32_t today = 0;
        const char *day = rows[i].day == NULL ? "2026-06-01" : rows[i].day;
        size_t explained = 0;
        assert_true(day_parse(&today, day, strlen(day)));
        fill(&request, &rows[i]);
        verdict_decide(image, &request, today, &verdict);
        print_verdict(got, image, &verdict);
        check_text(rows[i].why, got, strlen(got), rows[i].want);
        CHECK(rows[i].why, !verdict.has_rule || verdict.why == WHY_RULE || verdict.why == WHY_CATEGORY ||
                               verdict.why == WHY_LOCAL_INSPECT);
        verdict_explain(image, &request, today, count_side, &explained);
        CHECK(rows[i].why, explained > 0 || !verdict.has_rule);
    }
    image_close(image);
}

#define ASK(text, options, rows) ask_rows(text, options, rows, ROWS(rows))

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
        {"the first of all names", "outlook.office365.com", 0, 0, "443", "OK rule Optimize outlook.office365.com 1", 0},
        {"another port, another set", "outlook.office365.com", 0, 0, "993", "OK rule Allow outlook.office365.com 2", 0},
        {"a port of no set", "outlook.office365.com", 0, 0, "8443", "ERR port", 0},
        {"upper case and a dot", "OUTLOOK.Office365.COM.", 0, 0, "443", "OK rule Optimize outlook.office365.com 1", 0},
        {"no port is 443", "outlook.office365.com", 0, 0, "-", "OK rule Optimize outlook.office365.com 1", 0},
        {"below a wildcard", "word.officeapps.live.com", 0, 0, "443", "OK rule Allow *.officeapps.live.com 46", 0},
        {"the name itself", "officeapps.live.com", 0, 0, "443", "ERR category Default officeapps.live.com 47", 0},
        {"an exact Default under an Allow wildcard", "cdn.odc.officeapps.live.com", 0, 0, "443",
         "ERR category Default cdn.odc.officeapps.live.com 48", 0},
        {"the wildcard where the exact name does not speak", "cdn.odc.officeapps.live.com", 0, 0, "80",
         "OK rule Allow *.officeapps.live.com 46", 0},
        {"published without ports: 80", "web.example", 0, 0, "80", "ERR category Default web.example 17", 0},
        {"published without ports: not 8080", "web.example", 0, 0, "8080", "ERR port", 0},
        {"glued", "x.ycdn.onenote.net", 0, 0, 0, "OK rule Allow *cdn.onenote.net 13", 0},
        {"inside", "autodiscover.contoso.onmicrosoft.com", 0, 0, 0, "OK rule Allow autodiscover.*.onmicrosoft.com 14",
         0},
        {"inside, two labels", "autodiscover.a.b.onmicrosoft.com", 0, 0, 0, "ERR no-rule", 0},
        {"a label's end", "autodiscover-s.outlook.com", 0, 0, 0, "OK rule Allow autodiscover-*.outlook.com 15", 0},
        {"no rule", "example.com", 0, 0, "443", "ERR no-rule", 0},
        {"a percent sign", "outlook%2eoffice365.com", 0, 0, "443", "ERR bad-name", 0},
        {"no destination", "-", 0, 0, "443", "ERR bad-name", 0},
        {"a bad port comes before a bad name", "-", 0, 0, "0", "ERR bad-port", 0},
        {"a port too large", "a.example", 0, 0, "65536", "ERR bad-port", 0},
        {"a port that is a word", "a.example", 0, 0, "https", "ERR bad-port", 0},
    };
    ASK(published, NULL, rows);
}

static void
addresses(void **state)
{
    (void)state;
    const struct row rows[] = {
        {"the longest prefix", "13.107.6.153", 0, 0, "443", "OK rule Optimize 13.107.6.152/31 1", 0},
        {"the longest that speaks", "13.107.6.153", 0, 0, "993", "OK rule Allow 13.107.0.0/16 2", 0},
        {"just outside it", "13.107.6.154", 0, 0, "443", "ERR port", 0},
        {"outside", "13.108.0.0", 0, 0, "443", "ERR no-rule", 0},
        {"IPv6", "2603:1006::1", 0, 0, "443", "OK rule Optimize 2603:1006::/40 1", 0},
        {"in brackets", "[2603:1006::1]", 0, 0, "443", "OK rule Optimize 2603:1006::/40 1", 0},
        {"in Squid's brackets", "%5B2603:1006::1%5D", 0, 0, "443", "OK rule Optimize 2603:1006::/40 1", 0},
        {"mapped", "::ffff:13.107.6.153", 0, 0, "443", "OK rule Optimize 13.107.6.152/31 1", 0},
        {"UDP only never decides", "52.112.0.1", 0, 0, "3478", "ERR port", 0},
        {"beside it, TCP does", "52.112.0.1", 0, 0, "443", "OK rule Allow 52.112.0.0/14 12", 0},
        {"a zone is no address", "fe80::1%eth0", 0, 0, "443", "ERR bad-name", 0},
        {"leading zeros are a name", "013.107.6.153", 0, 0, "443", "ERR no-rule", 0},
        {"with SNI inside the set", "13.107.6.153", "outlook.office365.com", 0, "443",
         "OK rule Optimize outlook.office365.com 1", 0},
        {"with SNI, the other family", "2603:1006::1", "outlook.office365.com", 0, "443",
         "OK rule Optimize outlook.office365.com 1", 0},
        {"with SNI outside", "13.107.7.1", "outlook.office365.com", 0, "443", "ERR address-mismatch", 0},
        {"with the SNI of another set", "13.107.6.153", "x.lync.com", 0, "443", "ERR address-mismatch", 0},
        {"with an SNI whose set publishes none", "1.2.3.4", "noip.example", 0, "443", "OK rule Allow noip.example 16",
         0},
        {"with an SNI that is inspected", "13.107.6.153", "example.com", 0, "443", "ERR no-rule", 0},
        {"with an SNI of category Default", "13.107.6.153", "web.example", 0, "443",
         "ERR category Default web.example 17", 0},
        {"with an SNI that is an address", "13.107.6.153", "13.107.6.153", 0, "443", "ERR bad-name", 0},
        {"with an SNI of odd bytes", "13.107.6.153", "a b", 0, "443", "ERR bad-name", 0},
        {"la agrees", "13.107.6.153", 0, "13.107.6.153", "443", "OK rule Optimize 13.107.6.152/31 1", 0},
        {"la beside it in the set", "13.107.6.153", 0, "13.107.6.152", "443", "OK rule Optimize 13.107.6.152/31 1", 0},
        {"la elsewhere", "13.107.6.153", 0, "1.2.3.4", "443", "ERR address-mismatch", 0},
        {"la and SNI without addresses", "1.2.3.4", "noip.example", "5.6.7.8", "443", "OK rule Allow noip.example 16",
         0},
    };
    ASK(published, NULL, rows);
}

static void
two_names(void **state)
{
    (void)state;
    const struct row rows[] = {
        {"both the same", "outlook.office365.com", "outlook.office365.com", 0, 0,
         "OK rule Optimize outlook.office365.com 1", 0},
        {"the weaker is reported: SNI", "outlook.office365.com", "x.lync.com", 0, 0, "OK rule Allow *.lync.com 12", 0},
        {"the weaker is reported: dst", "x.lync.com", "outlook.office365.com", 0, 0, "OK rule Allow *.lync.com 12", 0},
        {"a tie: dst", "x.lync.com", "noip.example", 0, 0, "OK rule Allow *.lync.com 12", 0},
        {"SNI inspected", "outlook.office365.com", "example.com", 0, 0, "ERR sni-mismatch", 0},
        {"SNI Default", "outlook.office365.com", "web.example", 0, 0, "ERR sni-mismatch", 0},
        {"SNI bad", "outlook.office365.com", "a%b", 0, 0, "ERR sni-mismatch", 0},
        {"SNI an address", "outlook.office365.com", "13.107.6.153", 0, 0, "ERR sni-mismatch", 0},
        {"dst inspected first", "example.com", "outlook.office365.com", 0, 0, "ERR no-rule", 0},
        {"dst Default first", "web.example", "example.com", 0, 0, "ERR category Default web.example 17", 0},
        {"no SNI as a hyphen", "x.lync.com", "-", 0, 0, "OK rule Allow *.lync.com 12", 0},
        {"la inside", "outlook.office365.com", 0, "13.107.6.152", 0, "OK rule Optimize outlook.office365.com 1", 0},
        {"la outside", "outlook.office365.com", 0, "1.2.3.4", 0, "ERR address-mismatch", 0},
        {"la in another set", "outlook.office365.com", 0, "52.112.0.1", 0, "ERR address-mismatch", 0},
        {"la no address", "outlook.office365.com", 0, "x", 0, "ERR address-mismatch", 0},
        {"la, nothing published, no SNI", "noip.example", 0, "1.2.3.4", 0, "ERR address-mismatch", 0},
        {"la, nothing published, SNI", "noip.example", "noip.example", "1.2.3.4", 0, "OK rule Allow noip.example 16",
         0},
        {"la must fit the weaker one", "outlook.office365.com", "x.lync.com", "13.107.6.152", 0, "ERR address-mismatch",
         0},
        {"la fits the weaker one", "outlook.office365.com", "x.lync.com", "52.112.0.1", 0,
         "OK rule Allow *.lync.com 12", 0},
        {"la counts on bypass only", "example.com", 0, "x", 0, "ERR no-rule", 0},
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
        {"the dot form, itself", "partner.example", 0, 0, "8443", "OK rule Allow .partner.example", 0},
        {"the dot form, below", "a.b.partner.example", 0, 0, "443", "OK rule Allow .partner.example", 0},
        {"the dot form, port", "partner.example", 0, 0, "80", "ERR port", 0},
        {"an inspect wildcard beats an exact allow", "a.login.example", 0, 0, 0,
         "ERR local-inspect - *.login.example 3", 0},
        {"an inspect rule that does not speak", "secret.example", 0, 0, "443", "OK rule Allow secret.example", 0},
        {"an inspect rule that speaks", "secret.example", 0, 0, "8443", "ERR local-inspect - secret.example", 0},
        {"a local line without ports speaks for all", "secret.example", 0, 0, "1", "OK rule Allow secret.example", 0},
        {"the day before", "old.example", 0, 0, 0, "OK rule Allow old.example", "2026-05-31"},
        {"the day itself", "old.example", 0, 0, 0, "ERR no-rule", "2026-06-01"},
        {"another line's day", "x.old.example", 0, 0, 0, "OK rule Allow *.old.example", "2026-06-01"},
        {"expired and of no port: as if it were not there", "old.example", 0, 0, "1", "ERR no-rule", 0},
        {"the next best after one that expired", "x.mixed.example", 0, 0, 0, "ERR category Default *.mixed.example", 0},
        {"an inspect line never expires", "ever.example", 0, 0, 0, "ERR local-inspect - ever.example", 0},
        {"a regex comes last", "a.re.example", 0, 0, 0, "OK rule Allow *.re.example", 0},
        {"a regex is anchored", "re.example", 0, 0, 0, "ERR no-rule", 0},
        {"a regex at its limit inspects", slow, 0, 0, 0, "ERR local-inspect - ~(a|aa)+[bc]\\.lim\\.example", 0},
        {"an inspect prefix beats a longer one", "10.1.2.3", 0, 0, "443", "ERR local-inspect - 10.1.0.0/16", 0},
        {"not at another port", "10.1.2.3", 0, 0, "80", "OK rule Optimize 10.1.2.0/24", 0},
        {"outside the longer ones", "10.2.2.3", 0, 0, "443", "OK rule Allow 10.0.0.0/8", 0},
        {"an inspect prefix and an SNI", "10.1.2.3", "partner.example", 0, "443", "ERR local-inspect - 10.1.0.0/16", 0},
        {"an inspect prefix around la", "partner.example", "partner.example", "10.1.0.1", "443",
         "ERR local-inspect - 10.1.0.0/16", 0},
        {"an inspect prefix around la, other port", "partner.example", "partner.example", "10.1.0.1", "8443",
         "OK rule Allow .partner.example", 0},
        {"local addresses bind no local name", "10.1.2.3", "partner.example", 0, "8443",
         "OK rule Allow .partner.example", 0},
        {"the stronger category at a tie", "a.tie.example", 0, 0, 0, "OK rule Optimize *.tie.example", 0},
        {"the stronger category at equal literals", "x.y.deep.example", 0, 0, 0, "OK rule Optimize *.y.deep.example",
         0},
    };
    ASK(local, NULL, rows);
}

static void
highest(void **state)
{
    (void)state;
    const struct policy options = {.highest = true};
    const struct row rows[] = {
        {"the strongest of all matches", "cdn.odc.officeapps.live.com", 0, 0, 0,
         "OK rule Allow *.officeapps.live.com 46", 0},
        {"then the most specific", "outlook.office365.com", 0, 0, 0, "OK rule Optimize outlook.office365.com 1", 0},
        {"addresses too", "13.107.6.153", 0, 0, 0, "OK rule Optimize 13.107.6.152/31 1", 0},
        {"ports as ever", "outlook.office365.com", 0, 0, "993", "OK rule Allow outlook.office365.com 2", 0},
    };
    ASK(published, &options, rows);
    const struct row local_rows[] = {
        {"inspect as ever", "a.login.example", 0, 0, 0, "ERR local-inspect - *.login.example 3", 0},
        {"a regex may win", "a.re.example", 0, 0, 0, "OK rule Optimize ~[a-z]+\\.re\\.example", 0},
        {"a shorter prefix may win", "10.2.2.3", 0, 0, 0, "OK rule Allow 10.0.0.0/8", 0},
    };
    ASK(local, &options, local_rows);
    const struct row strong[] = {
        {"the shorter, stronger prefix", "10.1.2.3", 0, 0, 0, "OK rule Optimize 10.0.0.0/8", 0}};
    ASK("optimize 10.0.0.0/8\nallow 10.1.0.0/16\n", &options, strong);
}

static void
categories(void **state)
{
    (void)state;
    const struct policy only = {.bypass = 1u << VERB_OPTIMIZE};
    const struct row rows[] = {
        {"Allow is not bypassed", "x.lync.com", 0, 0, 0, "ERR category Allow *.lync.com 12", 0},
        {"Optimize is", "outlook.office365.com", 0, 0, 0, "OK rule Optimize outlook.office365.com 1", 0},
        {"an SNI of Allow", "outlook.office365.com", "x.lync.com", 0, 0, "ERR sni-mismatch", 0},
    };
    ASK(published, &only, rows);
    const struct policy all = {.bypass = 7};
    const struct row more[] = {
        {"Default is bypassed", "web.example", 0, 0, 0, "OK rule Default web.example 17", 0},
        {"the weakest is reported", "outlook.office365.com", "web.example", 0, 0, "OK rule Default web.example 17", 0},
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
        {"allow a.example id=1\nallow a.example id=2 required\n",
         {"required first", "a.example", 0, 0, 0, "OK rule Allow a.example 2", 0}},
        {"allow a.example id=3\nallow a.example id=2\n",
         {"then the lowest id", "a.example", 0, 0, 0, "OK rule Allow a.example 2", 0}},
        {"allow a.example\nallow a.example id=9\n",
         {"lines without id last", "a.example", 0, 0, 0, "OK rule Allow a.example 9", 0}},
        {"allow x.*.b.example source=b\nallow *.a.b.example source=a\n",
         {"the order of the sources", "x.a.b.example", 0, 0, 0, "OK rule Allow x.*.b.example", 0}},
        {"allow a*.b.example ticket=1\nallow *a.b.example ticket=2\n",
         {"the order of the normal form", "aa.b.example", 0, 0, 0, "OK rule Allow *a.b.example", 0}},
        {"allow x.*.b.example\nallow *.a.b.example\n",
         {"the same across keys", "x.a.b.example", 0, 0, 0, "OK rule Allow *.a.b.example", 0}},
        {"allow *.a.b.example ticket=1\nallow x.*.b.example ticket=2\nallow q.example ticket=2\n",
         {"a line of many does not come first", "x.a.b.example", 0, 0, 0, "OK rule Allow *.a.b.example", 0}},
    };
    for (size_t i = 0; i < ROWS(rows); i++)
        ask_rows(rows[i].text, NULL, &rows[i].row, 1);
}

static void
tied_sets(void **state)
{
    (void)state;
    static const char text[] =
        "allow a.example id=1\nallow 1.0.0.0/8 id=1\nallow a.example id=2\nallow 2.0.0.0/8 id=2\n"
        "allow a.example id=3\noptimize 3.0.0.0/8 id=4 udp=1\nallow b.example id=4\n"
        "allow 4.0.0.0/8 id=5 expires=2026-01-01\nallow c.example id=5\n"
        "allow d.example id=6\nallow d.example\nallow 6.0.0.0/8 id=6\n";
    const struct row rows[] = {
        {"the reported set", "1.2.3.4", "a.example", 0, 0, "OK rule Allow a.example 1", 0},
        {"any of the tied sets", "2.2.3.4", "a.example", 0, 0, "OK rule Allow a.example 1", 0},
        {"none of them", "9.2.3.4", "a.example", 0, 0, "ERR address-mismatch", 0},
        {"whatever ports the prefix has", "3.2.3.4", "b.example", 0, 0, "OK rule Allow b.example 4", 0},
        {"an expired prefix holds nothing", "4.2.3.4", "c.example", 0, 0, "ERR address-mismatch", 0},
        {"a local line beside it publishes none", "9.2.3.4", "d.example", 0, 0, "ERR address-mismatch", 0},
        {"la in a tied set", "a.example", 0, "2.2.3.4", 0, "OK rule Allow a.example 1", 0},
    };
    ASK(text, NULL, rows);
}

static void
tenants(void **state)
{
    (void)state;
    const char *names[] = {"contoso", "fabrikam"};
    const struct policy options = {.tenants = names, .tenant_count = 2};
    static const char text[] = "optimize *.sharepoint.com id=31\noptimize 13.107.136.0/22 id=31\n"
                               "allow <tenant>-my.sharepoint.com id=32\nallow 20.0.0.0/8 id=32\n"
                               "inspect x.contoso.sharepoint.com\nallow a.sharepoint.us tcp=1\n"
                               "allow <tenant>.long.example id=33\n";
    const struct row rows[] = {
        {"own", "contoso.sharepoint.com", 0, 0, 0, "OK rule Optimize *.sharepoint.com 31", 0},
        {"own, tenant filled in", "fabrikam-my.sharepoint.com", 0, 0, 0, "OK rule Allow fabrikam-my.sharepoint.com 32",
         0},
        {"own, deeper", "a.contoso-files.sharepoint.com", 0, 0, 0, "OK rule Optimize *.sharepoint.com 31", 0},
        {"foreign", "evil.sharepoint.com", 0, 0, 0, "ERR foreign-tenant", 0},
        {"own in front of foreign", "contoso.evil.sharepoint.com", 0, 0, 0, "ERR foreign-tenant", 0},
        {"foreign where no rule matches", "evil.sharepoint.cn", 0, 0, 0, "ERR foreign-tenant", 0},
        {"foreign where no rule speaks", "a.sharepoint.us", 0, 0, 0, "ERR foreign-tenant", 0},
        {"the suffix is not guarded", "sharepoint.com", 0, 0, 0, "ERR no-rule", 0},
        {"inspect comes first", "x.contoso.sharepoint.com", 0, 0, 0, "ERR local-inspect - x.contoso.sharepoint.com", 0},
        {"an address of a set with foreign names", "13.107.136.1", 0, 0, 0, "ERR local-inspect", 0},
        {"an address of a set with own names only", "20.0.0.1", 0, 0, 0, "OK rule Allow 20.0.0.0/8 32", 0},
        {"an SNI that is foreign", "13.107.136.1", "evil.sharepoint.com", 0, 0, "ERR foreign-tenant", 0},
        {"an SNI that is own", "13.107.136.1", "contoso.sharepoint.com", 0, 0, "OK rule Optimize *.sharepoint.com 31",
         0},
        {"a tenant is one label", "x.contoso.long.example", 0, 0, 0, "ERR no-rule", 0},
    };
    ASK(text, &options, rows);
    const struct row without[] = {
        {"without tenants nothing is foreign", "evil.sharepoint.com", 0, 0, 0, "OK rule Optimize *.sharepoint.com 31",
         0},
        {"without tenants the slot is a star", "a-my.sharepoint.com", 0, 0, 0, "OK rule Allow *-my.sharepoint.com 32",
         0},
    };
    ASK(text, NULL, without);
    const struct row foreign[] = {
        {"an address of a foreign set", "13.0.0.1", 0, 0, 0, "ERR foreign-tenant", 0},
    };
    ASK("allow *.sharepoint.de id=1\nallow 13.0.0.0/8 id=1\n", &options, foreign);
}

/* An address alone must not undo a policy about names. */
static void
policy_of_names(void **state)
{
    (void)state;
    static const char text[] =
        "allow *.a.example id=1\nallow 1.0.0.0/8 id=1\nallow b.example id=2\nallow 2.0.0.0/8 id=2\n"
        "allow *.c.example id=3\nallow 3.0.0.0/8 id=3\nallow d.example id=4\nallow 4.0.0.0/8 id=4\n"
        "allow 4.0.0.0/8\nallow 5.0.0.0/8\nallow *.e.example id=6 tcp=80,443\nallow 6.0.0.0/8 id=6\n"
        "inspect x.*.example tcp=8080\ninspect y.a.example tcp=443\ninspect .d.example udp=1\n"
        "inspect ~b\\.example tcp=80\ninspect z.e.example tcp=80\ninspect zz.e.example tcp=443\n"
        "allow *.f.example id=7\nallow 7.0.0.0/8 id=7\ninspect ~g[0-9]\\.g\\.example\n"
        "allow *.h.net id=8\nallow 8.0.0.0/8 id=8\ninspect ~.*[a-f]\\.(h|i)\\.net tcp=443\n";
    const struct row rows[] = {
        {"a regex with another end", "7.2.3.4", 0, 0, "443", "OK rule Allow 7.0.0.0/8 7", 0},
        {"a regex with an end that is shared in part", "8.2.3.4", 0, 0, "443", "ERR local-inspect", 0},
        {"a name of the set is inspected", "1.2.3.4", 0, 0, "443", "ERR local-inspect", 0},
        {"not at this port", "1.2.3.4", 0, 0, "80", "ERR local-inspect", 0},
        {"a regex against a name that is not its", "2.2.3.4", 0, 0, "443", "OK rule Allow 2.0.0.0/8 2", 0},
        {"a regex against its name", "2.2.3.4", 0, 0, "80", "ERR local-inspect", 0},
        {"a regex whose end a wildcard allows", "3.2.3.4", 0, 0, "80", "ERR local-inspect", 0},
        {"but at its port", "3.2.3.4", 0, 0, "443", "OK rule Allow 3.0.0.0/8 3", 0},
        {"an inspect line that speaks for UDP only", "4.2.3.4", 0, 0, "443", "OK rule Allow 4.0.0.0/8 4", 0},
        {"local prefixes have no names", "5.2.3.4", 0, 0, "80", "OK rule Allow 5.0.0.0/8", 0},
        {"ports add up", "6.2.3.4", 0, 0, "80", "ERR local-inspect", 0},
        {"ports add up, the other", "6.2.3.4", 0, 0, "443", "ERR local-inspect", 0},
        {"with an SNI the name counts", "1.2.3.4", "q.a.example", 0, "443", "OK rule Allow *.a.example 1", 0},
        {"with the SNI that is inspected", "1.2.3.4", "y.a.example", 0, "443", "ERR local-inspect - y.a.example", 0},
    };
    ASK(text, NULL, rows);
}

static void
nothing(void **state)
{
    (void)state;
    struct request request;
    struct verdict verdict;
    size_t count = 0;
    const struct row row = {"", "a.example", 0, 0, 0, "", 0};
    fill(&request, &row);
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
    const struct row empty[] = {{"an empty table", "a.example", 0, 0, 0, "ERR no-rule", 0},
                                {"an empty table, an address", "1.2.3.4", 0, 0, 0, "ERR no-rule", 0},
                                {"an empty table, IPv6", "::1", 0, 0, 0, "ERR no-rule", 0}};
    ASK("#", NULL, empty);
    const struct row star[] = {{"everything", "a", 0, 0, 0, "ERR local-inspect - *", 0},
                               {"every address", "1.2.3.4", 0, 0, 0, "ERR local-inspect - 0.0.0.0/0", 0},
                               {"every address, IPv6", "ffff::1", 0, 0, 0, "ERR local-inspect - ::/0", 0}};
    ASK("inspect *\ninspect 0.0.0.0/0\ninspect ::/0\nallow a.example\n", NULL, star);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contract),        cmocka_unit_test(addresses), cmocka_unit_test(two_names),
        cmocka_unit_test(local_rules),     cmocka_unit_test(highest),   cmocka_unit_test(categories),
        cmocka_unit_test(reported),        cmocka_unit_test(tied_sets), cmocka_unit_test(tenants),
        cmocka_unit_test(policy_of_names), cmocka_unit_test(nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

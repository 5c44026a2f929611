// SPDX-License-Identifier: GPL-2.0-or-later
/* lint_test.c - lint.h: one claim per row: what is found in local lines, and what is not. */
#include "lint/lint.h"

#include <string.h>

#include "base/buf.h"
#include "base/day.h"
#include "base/err.h"
#include "base/say.h"
#include "table/policy.h"
#include "table/table.h"
#include "tables.h"

#define TODAY "2026-06-15"
#define SET " source=worldwide tcp=443 "

/* Which texts a row has: a published table, a preset, local lines. */
#define M                                                                                                              \
    "optimize mail.example id=1" SET "\n"                                                                              \
    "optimize 192.0.2.0/24 id=1" SET "\n"                                                                              \
    "allow *.files.example id=2" SET "\n"
#define NESTED "allow *.x.example id=2" SET "\ndefault *.a.x.example id=3" SET "\n"

static const char *contoso[] = {"contoso"};

static const struct {
    const char *why, *published, *preset, *local; /* NULL: an empty source */
    const char *want;                             /* part of the one sentence; NULL: nothing is found */
    struct policy policy;
} rows[] = {
    {"a line that does something", .published = M, .local = "allow partner.example"},
    {"a table without rules", .published = M, .local = "# nothing", .want = "'local' contains no rules"},

    {"given twice",
     .local = "allow a.example\n"
              "allow A.example.",
     .want = "line 2: 'a.example' says the same as line 1"},
    {"given twice as a prefix",
     .local = "allow 192.0.2.0/24\n"
              "allow 192.0.2.0/24",
     .want = "line 2: '192.0.2.0/24' says"},
    {"a default line that a stronger published rule beats on its ports", .published = M,
     .local = "default mail.example",
     .want = "line 1: 'mail.example' closes less than it says: on the ports of both 'mail.example' (Optimize, set 1, "
             "'published' line 1) wins, being stronger, and is bypassed; write 'inspect'"},
    {"the same for a prefix", .published = M, .local = "default 192.0.2.0/24", .want = "'192.0.2.0/24' closes less"},
    {"below a published wildcard it decides", .published = M, .local = "default a.files.example"},
    {"unless the stronger category wins", .published = M, .local = "default a.files.example",
     .want = "'a.files.example' closes less than it says: on the ports of both '*.files.example' (Allow, set 2",
     .policy = {.highest = true}},
    {"for another port it decides", .published = M, .local = "default mail.example tcp=25"},
    {"an allow line for names that are bypassed anyway", .published = M, .local = "allow mail.example"},
    {"an allow line that is not bypassed", .published = M, .local = "allow mail.example", .want = "closes less",
     .policy = {.bypass = 1u << VERB_OPTIMIZE}},
    {"a default line while Default is bypassed", .published = M, .local = "default mail.example",
     .policy = {.bypass = VERB_BYPASS_USUAL | 1u << VERB_DEFAULT}},
    {"a line with an id", .local = "allow a.example id=5",
     .want =
         "line 1: 'a.example' has an id= and so is a row of endpoint set 5 of 'local', as if Microsoft had published "
         "it, and not a line of your own; leave out 'id=5'"},
    {"held", .local = "allow a.example held", .want = "line 1: 'a.example' has the flag 'held', which marks rows"},
    {"given for other ports", .local = "allow a.example tcp=80\n"
                                       "allow a.example tcp=443"},
    {"given twice by the published document",
     .published = "allow a.example id=7\n"
                  "allow a.example id=7",
     .local = "allow b.example", .want = "'published': line 2: 'a.example' says the same as line 1"},

    {"an inspect line wins over a name",
     .local = "allow x.lab.example\n"
              "inspect *.lab.example",
     .want = "line 1: 'x.lab.example' never decides: the inspect rule '*.lab.example' (inspect, 'local' line 2)"},
    {"an inspect line wins over an address",
     .local = "allow 10.1.0.0/16\n"
              "inspect 10.0.0.0/8",
     .want = "line 1: '10.1.0.0/16' never decides"},
    {"an inspect line that is a regex",
     .local = "allow srv7.a.example\n"
              "inspect ~srv[0-9]\\.a\\.example",
     .want = "line 1: 'srv7.a.example' never decides"},
    {"an inspect line with a regex that is not parsed", .local = "inspect ~(?<n>.*)\\.a\\.example", .want = NULL},
    {"a default line with one", .local = "default ~(?<n>.*)\\.a\\.example",
     .want =
         "line 1: '~(?<n>.*)\\.a\\.example' is a regex whose end cannot be told, perhaps very wide: that is harmless "
         "until Default is bypassed"},
    {"a default line with a regex of strangers' names", .local = "default ~.*a.*",
     .want = "line 1: '~.*a.*' is very wide, anybody can register a name that matches: that is harmless"},
    {"an inspect line for some of the ports", .local = "allow x.lab.example\n"
                                                       "inspect *.lab.example tcp=80"},
    {"an inspect line for a part of the names", .local = "allow .b.example\n"
                                                         "inspect *.b.example"},
    {"a stronger published rule that is as specific", .published = M, .local = "allow mail.example tcp=443",
     .want = "'mail.example' (Optimize, set 1, 'published' line 1) wins, being stronger"},
    {"a stronger rule that is less specific", .published = M, .local = "default a.files.example tcp=443"},
    {"the same with precedence highest", .published = M, .local = "default a.files.example tcp=443",
     .want = "'*.files.example' (Allow, set 2, 'published' line 3) wins, being stronger", .policy = {.highest = true}},
    {"UDP ports only", .local = "allow media.example udp=3478", .want = "never decides: it speaks for UDP ports only"},
    {"another tenant without the guard", .local = "allow fabrikam.sharepoint.com"},
    {"another tenant with the guard", .local = "allow fabrikam.sharepoint.com", .want = "never decides: it is another",
     .policy = {.tenants = contoso, .tenant_count = 1}},
    {"the own tenant with the guard", .local = "allow contoso.sharepoint.com",
     .policy = {.tenants = contoso, .tenant_count = 1}},

    {"covered by a published rule", .published = M, .local = "allow a.files.example tcp=443",
     .want = "changes nothing: the published '*.files.example'"},
    {"covered, but a more specific rule would decide without it", .published = NESTED,
     .local = "allow n.a.x.example tcp=443"},
    {"with precedence highest that rule would not", .published = NESTED, .local = "allow n.a.x.example tcp=443",
     .want = "changes nothing: the published '*.x.example'", .policy = {.highest = true}},
    {"covered, but for more ports", .published = M, .local = "allow a.files.example tcp=443,8443"},
    {"covered, but stronger", .published = M, .local = "optimize a.files.example tcp=443"},
    {"covered by a local line",
     .local = "allow .p.example\n"
              "allow a.p.example",
     .want = "line 2: 'a.p.example' changes nothing: '.p.example' (Allow, 'local' line 1)"},
    {"covered by a shorter prefix", .published = M, .local = "optimize 192.0.2.128/25 tcp=443",
     .want = "changes nothing: the published '192"},
    {"covered by a line that has expired",
     .local = "allow .p.example expires=2026-01-01\n"
              "allow a.p.example",
     .want = "line 1: '.p.example' expired: it has been left out since 2026-01-01"},

    {"expires within 30 days", .local = "allow a.example expires=2026-07-15 owner=alice ticket=NET-1",
     .want = "expires on 2026-07-15, in 30 days, owner 'alice', ticket NET-1; set a later day"},
    {"expires tomorrow", .local = "allow a.example expires=2026-06-16 ticket=NET-1",
     .want = "in 1 day, ticket NET-1; set"},
    {"expires after more than 30 days", .local = "allow a.example expires=2026-07-16"},
    {"expired today", .local = "allow a.example expires=" TODAY, .want = "expired: it has been left out since " TODAY},
    {"an inspect line never expires", .local = "inspect a.example expires=2026-01-01 owner=bob",
     .want = "stays in force although its day was 2026-01-01, as an inspect line does, owner 'bob'"},
    {"nor will it", .local = "inspect a.example expires=2026-06-17 owner=bob",
     .want = "'a.example' stays in force after 2026-06-17, owner 'bob'; remove the line, or set a later day"},

    {"a wide default line", .local = "default *.com", .want = "is very wide, anybody can register"},
    {"a wide inspect line", .local = "inspect 0.0.0.0/0", .want = "is very wide: an inspect line does no harm"},
    {"names of a cloud's customers", .local = "default *.azureedge.net",
     .want = "any customer of the cloud 'azureedge.net'"},
    {"a published bypass of such names", .published = "allow *.azureedge.net id=7", .local = "allow b.example",
     .want = "inspect it with a line of your own until the document names hosts"},
    {"names of a cloud's tenants", .published = "allow <tenant>.azureedge.net id=7", .local = "allow b.example",
     .want = "any customer of the cloud 'azureedge.net'"},
    {"names below any tenant", .published = "allow *.<tenant>.com id=7", .local = "allow b.example",
     .want = "is very wide, anybody can register a name that matches: inspect it with a line of your own"},
    {"a preset may be wide", .preset = "inspect *.azureedge.net", .local = "allow b.example"},

    {"a bypass of what a preset inspects", .preset = "inspect login.example",
     .local = "allow *.example.net\n"
              "allow login.example",
     .want = "would re-open 'login.example', which a preset keeps inspected ('preset' line 1)"},
    {"Default is not a bypass", .preset = "inspect login.example", .local = "default login.example"},
    {"unless it is configured", .preset = "inspect login.example", .local = "default login.example",
     .want = "would re-open 'login.example'", .policy = {.bypass = VERB_BYPASS_USUAL | 1u << VERB_DEFAULT}},
    {"an inspect line for what a preset leaves alone", .preset = "allow crl.example",
     .local = "inspect *.example.net\n"
              "inspect crl.example",
     .want = "inspects 'crl.example', which a preset leaves alone ('preset' line 1)"},
    {"an address of a set whose name a preset inspects", .published = M, .preset = "inspect mail.example",
     .local = "allow 192.0.2.128/25",
     .want = "opens addresses of set 1, whose 'mail.example' a preset keeps inspected"},
    {"an address of no set", .published = M, .preset = "inspect mail.example", .local = "allow 198.51.100.0/24"},
};

static void
hear(void *arg, const char *sentence)
{
    struct buf *heard = arg;
    buf_add_text(heard, sentence);
    buf_add_char(heard, '\n');
}

/* Runs the linter over those texts that are not empty; what it says is in `heard`, ended with a NUL. */
static size_t
run(struct lint *lint, const char *published, const char *preset, const char *local, struct buf *heard)
{
    const char *const texts[] = {published, preset, local}, *const names[] = {"published", "preset", "local"};
    static struct lint_source sources[3];
    static struct listener listener;
    struct err err = {0};
    buf_init(heard, 1 << 20);
    listener = (struct listener){hear, heard};
    lint->sources = sources;
    lint->listener = &listener;
    assert_true(day_parse(&lint->today, TODAY, strlen(TODAY)));
    for (size_t i = 0; i < ROWS(texts); i++) {
        if (texts[i][0] != '\0')
            sources[lint->source_count++] = (struct lint_source){
                .path = names[i], .table = table_of(names[i], texts[i]), .preset = i == 1, .local = i == 2};
    }
    assert_int_equal(lint_run(lint, &err), 0);
    buf_add_char(heard, '\0');
    assert_true(buf_ok(heard));
    for (size_t i = 0; i < lint->source_count; i++)
        table_free(sources[i].table);
    return lint->findings;
}

static const char *
text_of(const char *source)
{
    return source != NULL ? source : "";
}

static void
claims(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct lint lint = {.policy = &rows[i].policy};
        struct buf heard;
        size_t found = run(&lint, text_of(rows[i].published), text_of(rows[i].preset), rows[i].local, &heard);
        if (rows[i].want == NULL) {
            check_text(rows[i].why, heard.data, heard.len - 1, "");
            CHECK(rows[i].why, found == 0);
        } else {
            check_says(rows[i].why, heard.data, rows[i].want);
            CHECK(rows[i].why, found == 1 && strchr(heard.data, '\n') == heard.data + heard.len - 2);
        }
        buf_clear(&heard);
    }
}

/* A published rule that is not bypassed is reported but not counted: nobody here can change it. */
static void
remark(void **state)
{
    (void)state;
    const struct policy usual = {0};
    struct lint lint = {.policy = &usual};
    struct buf heard;
    assert_int_equal(run(&lint, "default *.azureedge.net id=8", "", "", &heard), 0);
    check_says("a remark", heard.data, "'published': line 1: '*.azureedge.net' covers names");
    buf_clear(&heard);
}

/* A wide line with an id is not judged when it is read, so the advice must help. */
static void
wide_with_id(void **state)
{
    (void)state;
    const struct policy usual = {0};
    for (int local_only = 0; local_only < 2; local_only++) {
        struct lint lint = {.policy = &usual, .local_only = local_only == 1};
        struct buf heard;
        assert_int_equal(run(&lint, "", "", "allow *.com id=5", &heard), 2);
        check_says("wide", heard.data, "anybody can register a name that matches: name the hosts that are meant\n");
        check_says("an id", heard.data, "leave out 'id=5'\n");
        buf_clear(&heard);
    }
}

#define SHOP                                                                                                           \
    "default pay.shop.example id=3\n"                                                                                  \
    "default *.cdn.shop.example id=4 tcp=443\n"                                                                        \
    "allow mail.shop.example id=5\n"

/* Published names that stay inspected below a local wildcard are said, but do not count. */
static const struct {
    const char *why, *published, *local, *want; /* NULL: nothing is said */
} kept[] = {
    {"below a local wildcard", SHOP, "allow .shop.example",
     "'local': line 1: '.shop.example' leaves 2 published names inspected, because a more specific rule wins: "
     "'*.cdn.shop.example', 'pay.shop.example'; write a line 'allow NAME' for each "
     "that is meant as well\n"},
    {"one name, optimize", SHOP, "optimize *.shop.example tcp=80,443\nallow *.cdn.shop.example",
     "line 1: '*.shop.example' leaves 1 published name inspected, because a more specific rule wins: "
     "'pay.shop.example'; write a line 'optimize NAME' for each that is meant as well\n"},
    {"the advice was followed", SHOP, "allow .shop.example\nallow pay.shop.example\nallow *.cdn.shop.example", NULL},
    {"a line says that they stay", SHOP, "allow .shop.example\ninspect pay.shop.example\ninspect .cdn.shop.example",
     NULL},
    {"a local line for other ports", SHOP, "allow .shop.example tcp=8080", NULL},
    {"a published wildcard is no local one", "allow *.shop.example id=1\n" SHOP, "allow b.example", NULL},
    {"the same name in two sets is one", "default a.x.example id=1\ndefault a.x.example id=2", "allow .x.example",
     "leaves 1 published name inspected"},
    {"a published rule of a bypassed category is as specific", "default a.x.example id=1\nallow a.x.example id=2",
     "allow .x.example", NULL},
    {"the most specific local line is named", "default a.b.x.example id=1", "allow .x.example\noptimize .b.x.example",
     "line 2: '.b.x.example' leaves 1"},
    {"a regex too", "default a.x.example id=1", "allow ~.*\\.x\\.example", "line 1: '~.*\\.x\\.example' leaves 1"},
    {"a line that has expired leaves nothing", SHOP, "allow .shop.example expires=2026-01-01\nallow .y.example",
     "expired: it has been left out"},
};

static void
names_kept(void **state)
{
    (void)state;
    const struct policy usual = {0};
    for (size_t i = 0; i < ROWS(kept); i++) {
        struct lint lint = {.policy = &usual};
        struct buf heard;
        size_t found = run(&lint, kept[i].published, "", kept[i].local, &heard);
        if (kept[i].want == NULL)
            check_text(kept[i].why, heard.data, heard.len - 1, "");
        else
            check_says(kept[i].why, heard.data, kept[i].want);
        CHECK(kept[i].why, found == (kept[i].want != NULL && strstr(kept[i].want, "expired") != NULL));
        CHECK(kept[i].why, strchr(heard.data, '\n') == (heard.len > 1 ? heard.data + heard.len - 2 : NULL));
        buf_clear(&heard);
    }
}

/* They do not stay with these policies. */
static void
none_kept(void **state)
{
    (void)state;
    static const struct policy policies[] = {{.highest = true}, {.bypass = 1u << VERB_DEFAULT | 1u << VERB_ALLOW}};
    for (size_t i = 0; i < ROWS(policies); i++) {
        struct lint lint = {.policy = &policies[i]};
        struct buf heard;
        run(&lint, SHOP, "", "allow .shop.example", &heard);
        assert_null(strstr(heard.data, "leaves"));
        buf_clear(&heard);
    }
}

/* However many there are, one sentence names some and counts the rest. */
static void
many_kept(void **state)
{
    (void)state;
    const struct policy usual = {0};
    struct lint lint = {.policy = &usual};
    struct buf text, heard;
    buf_init(&text, 1 << 20);
    for (int i = 0; i < 500; i++)
        buf_add_fmt(&text, "default host-with-a-long-name-%03d.shop.example id=1\n", i);
    buf_add_char(&text, '\0');
    run(&lint, text.data, "", "allow .shop.example", &heard);
    check_says("the number", heard.data, "leaves 500 published names inspected");
    check_says("the first", heard.data, "'host-with-a-long-name-000.shop.example', ");
    check_says("the rest", heard.data, " more; write a line 'allow NAME'");
    buf_clear(&heard);
    buf_clear(&text);
}

/* Domains in a list without what is below them: one sentence per list, which does not count. */
static const struct {
    const char *why, *spec, *list, *want;
} bare[] = {
    {"one domain", "allow:l", "example.com",
     "'l': line 1: 'example.com' is that name alone, without the names below it; if those are meant as well, name the "
     "list as 'domains:allow:l', in m365.conf 'list domains:allow l', or write '.example.com'\n"},
    {"several, and names that are no domain", "inspect:l", "www.example.com\nexample.co.uk\nexample.org\nexample.net",
     "'l': line 2: 'example.co.uk' is that name alone, without the names below it, and so are 2 more lines; if"},
    {"hosts", "allow:l", "www.example.com\nlogin.example.co.uk", NULL},
    {"the names below are in the list", "allow:l", "example.com\n*.example.com\nexample.org\n.example.org", NULL},
    {"a public suffix", "inspect:l", "co.uk", NULL},
    {"the name of a customer of a cloud", "allow:l", "shop.azurewebsites.net", NULL},
    {"wildcards and addresses", "allow:l", "*.example.com\n192.0.2.1", NULL},
};

static void
bare_lists(void **state)
{
    (void)state;
    const struct policy usual = {0};
    for (size_t i = 0; i < ROWS(bare); i++) {
        struct err err = {0};
        struct buf heard;
        const struct listener listener = {hear, &heard};
        struct lint_source source = {"l", table_of(bare[i].spec, bare[i].list), .bare = true};
        struct lint lint = {.sources = &source, .source_count = 1, .policy = &usual, .listener = &listener};
        buf_init(&heard, 1 << 20);
        for (int as_bare = 1; as_bare >= 0; as_bare--) {
            buf_reset(&heard);
            source.bare = as_bare == 1;
            assert_int_equal(lint_run(&lint, &err), 0);
            buf_add_char(&heard, '\0');
            const char *domain = strstr(heard.data, "without the names below it");
            CHECK(bare[i].why, (domain != NULL) == (bare[i].want != NULL && as_bare == 1));
            if (domain != NULL)
                check_says(bare[i].why, heard.data, bare[i].want);
            CHECK(bare[i].why, domain == NULL || lint.findings == 0);
        }
        buf_clear(&heard);
        table_free(source.table);
    }
}

/* For publish: only local lines, and fewer of one kind. */
static void
local_only(void **state)
{
    (void)state;
    const struct policy usual = {0};
    struct lint lint = {.policy = &usual, .local_only = true, .said_max = 2};
    struct buf heard;
    size_t found = run(&lint, "allow *.azureedge.net id=7\nallow a.example id=8\nallow a.example id=8", "",
                       "default *.com\ndefault *.net\ndefault *.org", &heard);
    assert_int_equal(found, 3);
    assert_null(strstr(heard.data, "'published'"));
    check_says("the second", heard.data, "line 2: '*.net' is very wide");
    check_says("the rest", heard.data, "'local': and 1 more lines are wide\n");
    assert_null(strstr(heard.data, "'*.org'"));
    buf_clear(&heard);
}

/* Of many findings of one kind the first fifty are reported and all are counted. Other kinds are still reported. */
static void
many(void **state)
{
    (void)state;
    const struct policy usual = {0};
    struct lint lint = {.policy = &usual};
    struct buf text, heard;
    buf_init(&text, 1 << 20);
    for (int i = 0; i < 57; i++)
        buf_add_fmt(&text, "default h%d.example expires=2026-06-20\n", i);
    buf_add_text(&text, "default *.com");
    buf_add_char(&text, '\0');
    assert_int_equal(run(&lint, "", "", text.data, &heard), 58);
    check_says("the last that is said", heard.data, "'h49.example' expires");
    check_says("the rest", heard.data, "'local': and 7 more lines expire or have a day to look at them\n");
    assert_null(strstr(heard.data, "'h50.example' expires"));
    check_says("another kind", heard.data, "'*.com' is very wide");
    buf_clear(&heard);
    buf_clear(&text);
}

/* What a list left out is reported once, unless the refusal of the file says it already. */
static void
complaints(void **state)
{
    (void)state;
    struct buf heard;
    const struct listener listener = {hear, &heard};
    struct lint lint = {.listener = &listener};
    struct lint_source source = {"list",
                                 table_of("allow:list", "good.example\n"
                                                        "*.com\nbad..name\n"),
                                 .bare = true};
    buf_init(&heard, 4096);
    lint_complaints(&lint, &source, source.table->complaints[0]);
    buf_add_char(&heard, '\0');
    assert_int_equal(lint.findings, source.table->complaint_count);
    assert_null(strstr(heard.data, "*.com"));
    check_says("the other", heard.data, "bad..name");
    buf_clear(&heard);
    table_free(source.table);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(claims),       cmocka_unit_test(remark),
                                       cmocka_unit_test(wide_with_id), cmocka_unit_test(names_kept),
                                       cmocka_unit_test(none_kept),    cmocka_unit_test(many_kept),
                                       cmocka_unit_test(bare_lists),   cmocka_unit_test(local_only),
                                       cmocka_unit_test(many),         cmocka_unit_test(complaints)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

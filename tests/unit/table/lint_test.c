// SPDX-License-Identifier: GPL-2.0-or-later
/* lint_test.c - lint.h: one claim a row: what is found in local lines, and what is not. */
#include "lint.h"

#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "day.h"
#include "err.h"
#include "policy.h"
#include "say.h"
#include "table.h"
#include "tables.h"
#include "verb.h"

#define TODAY "2026-06-15"
#define SET " source=worldwide tcp=443 "

/* Which texts a row has: a published table, a preset, local lines. */
#define M "optimize mail.example id=1" SET "\noptimize 192.0.2.0/24 id=1" SET "\nallow *.files.example id=2" SET "\n"

static const char *contoso[] = {"contoso"};

static const struct {
    const char *why, *published, *preset, *local;
    const char *want; /* part of the one sentence; NULL: nothing is found */
    struct policy policy;
} rows[] = {
    {"a line that does something", M, "", "allow partner.example", NULL, {0}},
    {"a table without rules", M, "", "# nothing", "'local': holds no rule", {0}},

    {"said twice", "", "", "allow a.example\nallow A.example.", "line 2: 'a.example' says the same as line 1", {0}},
    {"said twice as a prefix", "", "", "allow 192.0.2.0/24\nallow 192.0.2.0/24", "line 2: '192.0.2.0/24' says", {0}},
    {"said for other ports", "", "", "allow a.example tcp=80\nallow a.example tcp=443", NULL, {0}},
    {"said twice by the published document",
     "allow a.example id=7\nallow a.example id=7",
     "",
     "allow b.example",
     "'published': line 2: 'a.example' says the same as line 1",
     {0}},

    {"an inspect line wins over a name",
     "",
     "",
     "allow x.lab.example\ninspect *.lab.example",
     "line 1: 'x.lab.example' never decides: the inspect rule '*.lab.example' (inspect, 'local' line 2)",
     {0}},
    {"an inspect line wins over an address",
     "",
     "",
     "allow 10.1.0.0/16\ninspect 10.0.0.0/8",
     "line 1: '10.1.0.0/16' never decides",
     {0}},
    {"an inspect line that is a regex",
     "",
     "",
     "allow srv7.example\ninspect ~srv[0-9]\\.example",
     "line 1: 'srv7.example' never decides",
     {0}},
    {"an inspect line for some of the ports", "", "", "allow x.lab.example\ninspect *.lab.example tcp=80", NULL, {0}},
    {"an inspect line for a part of the names", "", "", "allow .b.example\ninspect *.b.example", NULL, {0}},
    {"a stronger published rule that is as specific",
     M,
     "",
     "allow mail.example tcp=443",
     "'mail.example' (Optimize, set 1, 'published' line 1) wins, being stronger",
     {0}},
    {"a stronger rule that is less specific", M, "", "default a.files.example tcp=443", NULL, {0}},
    {"the same with precedence highest",
     M,
     "",
     "default a.files.example tcp=443",
     "'*.files.example' (Allow, set 2, 'published' line 3) wins, being stronger",
     {.highest = true}},
    {"UDP ports only", "", "", "allow media.example udp=3478", "never decides: it speaks for UDP ports only", {0}},
    {"another tenant without the guard", "", "", "allow fabrikam.sharepoint.com", NULL, {0}},
    {"another tenant with the guard",
     "",
     "",
     "allow fabrikam.sharepoint.com",
     "never decides: it is another",
     {.tenants = contoso, .tenant_count = 1}},
    {"the own tenant with the guard",
     "",
     "",
     "allow contoso.sharepoint.com",
     NULL,
     {.tenants = contoso, .tenant_count = 1}},

    {"covered by a published rule",
     M,
     "",
     "allow a.files.example tcp=443",
     "changes nothing: the published '*.files.example'",
     {0}},
    {"covered, but for more ports", M, "", "allow a.files.example tcp=443,8443", NULL, {0}},
    {"covered, but stronger", M, "", "optimize a.files.example tcp=443", NULL, {0}},
    {"covered by a local line",
     "",
     "",
     "allow .p.example\nallow a.p.example",
     "line 2: 'a.p.example' changes nothing: '.p.example' (Allow, 'local' line 1)",
     {0}},
    {"covered by a shorter prefix",
     M,
     "",
     "optimize 192.0.2.128/25 tcp=443",
     "changes nothing: the published '192",
     {0}},
    {"covered by a line that has expired",
     "",
     "",
     "allow .p.example expires=2026-01-01\nallow a.p.example",
     "line 1: '.p.example' expired: it is left out since 2026-01-01",
     {0}},

    {"expires within 30 days",
     "",
     "",
     "allow a.example expires=2026-07-15 owner=alice ticket=NET-1",
     "expires on 2026-07-15, in 30 days, owner 'alice', ticket NET-1; set a later day",
     {0}},
    {"expires tomorrow", "", "", "allow a.example expires=2026-06-16 ticket=NET-1", "in 1 day, ticket NET-1; set", {0}},
    {"expires after more than 30 days", "", "", "allow a.example expires=2026-07-16", NULL, {0}},
    {"expired today", "", "", "allow a.example expires=" TODAY, "expired: it is left out since " TODAY, {0}},
    {"an inspect line never expires",
     "",
     "",
     "inspect a.example expires=2026-01-01 owner=bob",
     "expired on 2026-01-01 and stays in force, as an inspect line does, owner 'bob'",
     {0}},

    {"a wide default line", "", "", "default *.com", "is very wide, anybody can register", {0}},
    {"a wide inspect line", "", "", "inspect 0.0.0.0/0", "is very wide: an inspect line does no harm", {0}},
    {"names of a cloud's customers",
     "",
     "",
     "default *.azureedge.net",
     "any customer of the cloud 'azureedge.net'",
     {0}},
    {"a published bypass of such names",
     "allow *.azureedge.net id=7",
     "",
     "allow b.example",
     "inspect it with a line of your own until the document names hosts",
     {0}},
    {"a preset may be wide", "", "inspect *.azureedge.net", "allow b.example", NULL, {0}},

    {"a bypass of what a preset inspects",
     "",
     "inspect login.example",
     "allow *.example.net\nallow login.example",
     "would re-open 'login.example', which a preset keeps inspected ('preset' line 1)",
     {0}},
    {"Default is no bypass", "", "inspect login.example", "default login.example", NULL, {0}},
    {"unless it is configured",
     "",
     "inspect login.example",
     "default login.example",
     "would re-open 'login.example'",
     {.bypass = VERB_BYPASS_USUAL | 1u << VERB_DEFAULT}},
    {"an inspect line for what a preset leaves alone",
     "",
     "allow crl.example",
     "inspect *.example.net\ninspect crl.example",
     "inspects 'crl.example', which a preset leaves alone ('preset' line 1)",
     {0}},
    {"an address of a set whose name a preset inspects",
     M,
     "inspect mail.example",
     "allow 192.0.2.128/25",
     "opens addresses of set 1, whose 'mail.example' a preset keeps inspected",
     {0}},
    {"an address of nobody's", M, "inspect mail.example", "allow 198.51.100.0/24", NULL, {0}},
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
    struct lint_source sources[3];
    const struct listener listener = {hear, heard};
    struct err err = {0};
    lint->sources = sources;
    lint->listener = &listener;
    assert_true(day_parse(&lint->today, TODAY, strlen(TODAY)));
    for (size_t i = 0; i < ROWS(texts); i++) {
        if (texts[i][0] != '\0')
            sources[lint->source_count++] = (struct lint_source){names[i], table_of(names[i], texts[i]), i == 1};
    }
    buf_init(heard, 1 << 20);
    assert_int_equal(lint_run(lint, &err), 0);
    buf_add_char(heard, '\0');
    assert_true(buf_ok(heard));
    for (size_t i = 0; i < lint->source_count; i++)
        table_free(sources[i].table);
    return lint->findings;
}

static void
claims(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct lint lint = {.policy = &rows[i].policy};
        struct buf heard;
        size_t found = run(&lint, rows[i].published, rows[i].preset, rows[i].local, &heard);
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

/* A published rule that nobody here can change and that is not bypassed is worth a sentence, but no exit code. */
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

/* Of many findings of one kind the first fifty are said, all are counted, and the other kinds still get their say. */
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
    check_says("the rest", heard.data, "'local': and 7 more lines expire\n");
    assert_null(strstr(heard.data, "'h50.example' expires"));
    check_says("another kind", heard.data, "'*.com' is very wide");
    buf_clear(&heard);
    buf_clear(&text);
}

/* What a list left out is said once, unless the refusal of the file has said it already. */
static void
complaints(void **state)
{
    (void)state;
    struct buf heard;
    const struct listener listener = {hear, &heard};
    struct lint lint = {.listener = &listener};
    struct lint_source source = {"list", table_of("allow:list", "good.example\n*.com\nbad..name\n"), false};
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
    const struct CMUnitTest tests[] = {cmocka_unit_test(claims), cmocka_unit_test(remark), cmocka_unit_test(many),
                                       cmocka_unit_test(complaints)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

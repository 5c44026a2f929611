// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * compile_test.c - compile.h: the same table compiles to the same bytes, what cannot be compiled is refused with a
 * sentence, and the words of its options are read.
 */
#include "compile/compile.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "image/image_find.h"
#include "table/policy.h"
#include "table/table.h"
#include "tables.h"

static const char *const lines[] = {
    "# version: 7",
    "optimize a.example id=1 area=Exchange tcp=80,443 udp=443 required",
    "optimize 10.0.0.0/8 id=1 area=Exchange tcp=80,443 udp=443 required",
    "allow *.a.example id=2 area=Common tcp=443",
    "allow 10.1.0.0/16 id=2 area=Common tcp=443",
    "allow <tenant>.sharepoint.com id=3 area=SharePoint",
    "default *cdn.c.example",
    "inspect x.*.b.example expires=2027-03-01 ticket=2",
    "inspect x.*.c.example expires=2027-03-01 ticket=1",
    "inspect ~[ab]+ owner=o",
    "inspect ~[cd]+ owner=n",
    "allow .b.example tcp=8080 note=\"x y\"",
    "allow 2603:1006::/40",
};

static void
shuffled(struct buf *ret, uint64_t *seed)
{
    size_t order[ROWS(lines)];
    for (size_t i = 0; i < ROWS(lines); i++)
        order[i] = i;
    buf_init(ret, 1 << 16);
    for (size_t i = ROWS(lines); i > 0; i--) {
        size_t at = next_random(seed) % i;
        buf_add_text(ret, lines[order[at]]);
        buf_add_char(ret, '\n');
        if (next_random(seed) % 4 == 0) { /* a line given twice is one */
            buf_add_text(ret, lines[order[at]]);
            buf_add_char(ret, '\n');
        }
        order[at] = order[i - 1];
    }
    buf_add_char(ret, '\0');
}

static void
same_bytes(void **state)
{
    (void)state;
    const char *tenants[] = {"contoso"};
    const struct policy options = {.tenants = tenants, .tenant_count = 1};
    struct buf text, want, got;
    uint64_t seed = 41;
    shuffled(&text, &seed);
    image_bytes(&want, text.data, &options);
    for (int round = 0; round < 200; round++) {
        buf_clear(&text);
        shuffled(&text, &seed);
        image_bytes(&got, text.data, &options);
        if (got.len != want.len || memcmp(got.data, want.data, got.len) != 0)
            fail_msg("another image of\n%s", text.data);
        buf_clear(&got);
    }
    buf_clear(&text);
    buf_clear(&want);
}

/* The printed table compiles to the same bytes. */
static void
same_from_normal_form(void **state)
{
    (void)state;
    struct buf text, printed, want, got;
    uint64_t seed = 43;
    shuffled(&text, &seed);
    struct table *table = table_of("t.rules", text.data);
    table_to_text(&printed, table);
    image_bytes(&want, text.data, NULL);
    image_bytes(&got, printed.data, NULL);
    assert_true(got.len == want.len && memcmp(got.data, want.data, got.len) == 0);
    table_free(table);
    buf_clear(&text);
    buf_clear(&printed);
    buf_clear(&want);
    buf_clear(&got);
}

static void
options_show(void **state)
{
    (void)state;
    const char *tenants[] = {"contoso"};
    const struct policy rows[] = {
        {0}, {.label = "x"}, {.bypass = 4}, {.highest = true}, {.tenants = tenants, .tenant_count = 1},
    };
    struct buf first, other;
    image_bytes(&first, "allow a.example\n", NULL);
    for (size_t i = 0; i < ROWS(rows); i++) {
        image_bytes(&other, "allow a.example\n", &rows[i]);
        bool same = other.len == first.len && memcmp(other.data, first.data, other.len) == 0;
        assert_true(same == (i == 0));
        buf_clear(&other);
    }
    buf_clear(&first);
}

static void
refuse(const char *why, const char *text, const struct policy *options, enum err_kind kind, const char *want)
{
    struct err err = {0};
    struct buf buf = {.len = 4711};
    struct table *table = table_of("l.rules", text);
    CHECK(why, compile_table(&buf, table, options, &err) == -1 && err.kind == kind && buf.len == 4711);
    check_says(why, err.text, want);
    table_free(table);
}

static void
refusals(void **state)
{
    (void)state;
    const struct policy all = {.bypass = 7};
    refuse("Default bypassed, wide wildcard",
           "allow a.example\n"
           "default *.com\n",
           &all, ERR_SYNTAX, "source 'l': line 2: '*.com' lets anybody register a name that matches");
    refuse("Default bypassed, wide prefix", "default 0.0.0.0/0\n", &all, ERR_SYNTAX, "(Default is bypassed here)");
    const char *tenants[] = {"contosocontosocontosocontosocontosocontosocontosocontosoco"};
    const struct policy tenant = {.tenants = tenants, .tenant_count = 1};
    char text[400];
    snprintf(text, sizeof text, "allow <tenant>.%0*d.%0*d.%0*d.x id=1\n", 60, 0, 60, 0, 60, 0);
    struct buf buf;
    image_bytes(&buf, text, &tenant);
    buf_clear(&buf);
    snprintf(text, sizeof text, "allow <tenant>.%0*d.%0*d.%0*d.%0*d id=1\n", 60, 0, 60, 0, 60, 0, 20, 0);
    refuse("a tenant too long", text, &tenant, ERR_LIMIT, "is too long with a tenant's name in it");
    struct buf many;
    buf_init(&many, 1 << 20);
    for (int i = 0; i <= IMAGE_REGEX_MAX; i++)
        buf_add_fmt(&many, "inspect ~%d\n", i);
    buf_add_char(&many, '\0');
    refuse("too many regexes", many.data, &(struct policy){0}, ERR_LIMIT, "more than 4096 regexes");
    buf_clear(&many);
}

/* Many names under many keys: all of them are found, nothing else is. */
static void
many_names(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, 1 << 20);
    for (int i = 0; i < 5000; i++)
        buf_add_fmt(&text, "allow %s%d.b%d.example ticket=%d\n", i % 3 == 0 ? "*.a" : "a", i, i % 7, i % 100);
    buf_add_char(&text, '\0');
    struct image *image = image_of(text.data, NULL);
    assert_int_equal(image_verify(image, NULL), 0);
    for (int i = 0; i < 5001; i++) {
        char name[64];
        struct host host;
        struct image_cursor cursor;
        struct image_hit hit;
        int n = snprintf(name, sizeof name, "%sa%d.b%d.example", i % 3 == 0 ? "x." : "", i, i % 7);
        assert_true(host_parse(&host, name, (size_t)n));
        image_find_name(image, &host, &cursor);
        assert_true(image_next(&cursor, &hit) == (i < 5000));
        assert_true(i == 5000 || !image_next(&cursor, &hit));
    }
    image_close(image);
    buf_clear(&text);
}

static void
words(void **state)
{
    (void)state;
    const struct {
        const char *why, *in;
        uint32_t want; /* 0: refused */
    } bypass[] = {
        {"one", "Optimize", 4},
        {"two", "Allow,Optimize", 6},
        {"all, twice", "Default,Allow,Optimize,Allow", 7},
        {"nothing", "", 0},
        {"lower case", "allow", 0},
        {"a comma too many", "Allow,", 0},
        {"a space", "Allow, Default", 0},
        {"inspect", "Inspect", 0},
    };
    for (size_t i = 0; i < ROWS(bypass); i++) {
        uint32_t got = 0;
        struct err err = {0};
        CHECK(bypass[i].why, (policy_parse_bypass(&got, bypass[i].in, &err) == 0) == (bypass[i].want != 0));
        CHECK(bypass[i].why, got == bypass[i].want && (got != 0 || err.kind == ERR_USAGE));
    }
    bool highest = false;
    assert_int_equal(policy_parse_precedence(&highest, "Highest", NULL), -1);
    assert_int_equal(policy_parse_precedence(&highest, "highest", NULL), 0);
    assert_true(highest);
    assert_int_equal(policy_parse_precedence(&highest, "specific", NULL), 0);
    assert_false(highest);
    assert_int_equal(policy_parse_label("2025-12.a_B", NULL), 0);
    assert_int_equal(policy_parse_label("", NULL), -1);
    assert_int_equal(policy_parse_label("a b", NULL), -1);
    assert_int_equal(policy_parse_label("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL), -1);
}

static void
tenant_words(void **state)
{
    (void)state;
    char long_name[TENANT_MAX + 2];
    memset(long_name, 'a', sizeof long_name);
    long_name[TENANT_MAX + 1] = '\0';
    const char *refused[] = {"", "a.b", "a_b", "a b", "*", long_name, "\xc3\xbc"};
    char got[TENANT_MAX + 1] = "left";
    for (size_t i = 0; i < ROWS(refused); i++) {
        struct err err = {0};
        CHECK(refused[i], policy_parse_tenant(got, refused[i], &err) == -1 && strcmp(got, "left") == 0);
        check_says(refused[i], err.text, "is not a tenant name; write 'contoso' for contoso.sharepoint.com");
    }
    assert_int_equal(policy_parse_tenant(got, long_name + 1, NULL), 0);
    assert_int_equal(policy_parse_tenant(got, "Contoso-1", NULL), 0);
    assert_string_equal(got, "contoso-1");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_bytes),   cmocka_unit_test(same_from_normal_form),
        cmocka_unit_test(options_show), cmocka_unit_test(refusals),
        cmocka_unit_test(many_names),   cmocka_unit_test(words),
        cmocka_unit_test(tenant_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

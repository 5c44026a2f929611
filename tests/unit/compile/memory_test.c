// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * memory_test.c - the n-th allocation fails, for every n, on the way from lines of text to a verdict.
 *
 * Each failure must be a sentence, and nothing may be lost; the sanitizers and valgrind watch.
 */
#include "compile/compile.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc_fails.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/say.h"
#include "compile/load.h"
#include "compile/sealed.h"
#include "image/image.h"
#include "name/verb.h"
#include "squid/rewrite.h"
#include "table/policy.h"
#include "table/table.h"
#include "unit.h"
#include "verdict/request.h"
#include "verdict/verdict.h"

static unsigned built; /* allocations when the image was open */

static const char text[] = "# version: 7\n"
                           "optimize a.example id=1 area=Exchange tcp=80,443 udp=443 required note=\"x y\"\n"
                           "optimize 10.0.0.0/8 id=1 area=Exchange tcp=80,443 udp=443 required note=\"x y\"\n"
                           "allow <tenant>.sharepoint.com id=3\n"
                           "allow 10.1.0.0/16 id=3\n"
                           "default *cdn.c.example\n"
                           "inspect ~[ab]+\\.example tcp=80\n"
                           "inspect ~c+ tcp=81\n"
                           "inspect x.*.b.example expires=2027-03-01\n"
                           "allow .b.example tcp=8080\n";

static const char document[] =
    "[{\"id\":1,\"serviceArea\":\"Exchange\",\"category\":\"Optimize\",\"tcpPorts\":\"80,443\","
    "\"urls\":[\"a.example\",\"*.b.example\"],\"ips\":[\"10.0.0.0/8\"],\"notes\":\"n\"}]";

static const char filters[] = "||a.example^\n"
                              "||b.example^\n"
                              "||c.example^$third-party\n"
                              "@@||x.b.example^\n"
                              "@@||192.0.2.1^\n"
                              "##.ad\n";

static const char list[] = "a.b.example\n"
                           "10.0.0.0/8\n~(x(a(b(c(d(e(f)?g)?h)?i)?j)?k)?){100,200}\nnot!\n"
                           "*.com\n";

static void
hear(void *unused, const char *sentence)
{
    (void)unused;
    check_says("a complaint", sentence, "'t.txt': ");
}

static const struct listener listener = {hear, NULL};

/* The whole way from lines to a verdict; true if it got there. */
static bool
go(const char *spec, const char *bytes)
{
    const char *tenants[] = {"contoso"};
    const struct policy options = {.tenants = tenants, .tenant_count = 1};
    struct err err = {0};
    struct buf compiled = {0};
    struct image *image = NULL;
    struct table *table = table_new();
    if (table == NULL)
        return false;
    int result = table_read_bytes(table, spec, bytes, strlen(bytes), &err);
    if (result == 0) {
        table_sort(table);
        result = compile_table(&compiled, table, &options, &err);
    }
    table_free(table);
    if (result == 0)
        result = image_from_buf(&image, &compiled, &err);
    buf_clear(&compiled);
    if (result != 0) {
        assert_true(image == NULL && err.kind != ERR_NONE && err.text[0] != '\0');
        return false;
    }
    assert_int_equal(err.kind, ERR_NONE);
    struct request request;
    struct verdict verdict;
    request_init(&request);
    request_set_dst(&request, "a.b.example", 11);
    request_set_port(&request, "8080", 4);
    built = alloc_calls;
    verdict_decide(image, &request, 1, &verdict);
    unsigned before = alloc_calls; /* the first use of a regex allocates memory that later ones share */
    verdict_decide(image, &request, 1, &verdict);
    assert_int_equal(alloc_calls, before);
    assert_int_equal(image_verify(image, NULL), 0);
    image_close(image);
    return true;
}

static void
every(const char *spec, const char *bytes)
{
    alloc_failing = 0;
    alloc_calls = 0;
    assert_true(go(spec, bytes));
    unsigned needed = built;
    assert_true(needed > 5);
    for (alloc_failing = 1; alloc_failing <= needed; alloc_failing++) {
        alloc_calls = 0;
        if (go(spec, bytes))
            fail_msg("'%s': allocation %u of %u failed and nobody said so", spec, alloc_failing, needed);
    }
    alloc_calls = 0;
    assert_true(go(spec, bytes));
    alloc_failing = 0;
}

static void
table_text(void **state)
{
    (void)state;
    every("t.rules", text);
}

static void
json(void **state)
{
    (void)state;
    every("t.json", document);
}

static void
bare_list(void **state)
{
    (void)state;
    every("allow:t.txt", list);
}

/* With exceptions, which are a table of their own. */
static void
filter_list(void **state)
{
    (void)state;
    every("allow:t.txt", filters);
}

/* After a failure, too, every complaint that is counted can be read. */
static void
complaints(void **state)
{
    (void)state;
    struct buf lines;
    bool good = false;
    buf_init(&lines, (size_t)1 << 20);
    for (int i = 0; i < TABLE_COMPLAINTS_MAX - 1; i++)
        buf_add_fmt(&lines, "%020d!\n", i);
    buf_add_text(&lines, "a.example\n"); /* a list of which no rule comes is refused */
    for (alloc_failing = 1; !good; alloc_failing++) {
        assert_in_range(alloc_failing, 1, 1000000);
        struct err err = {0};
        alloc_calls = 0;
        struct table *table = table_new();
        if (table == NULL)
            continue;
        good = table_read_bytes(table, "allow:t.txt", lines.data, lines.len, &err) == 0;
        table_say_complaints(table, &listener);
        table_free(table);
    }
    alloc_failing = 0;
    buf_clear(&lines);
}

static struct table *
many_rules(void)
{
    struct err err = {0};
    struct buf lines;
    struct table *table = table_new();
    buf_init(&lines, (size_t)1 << 20);
    for (unsigned i = 0; i < 3000; i++)
        buf_add_fmt(&lines, "inspect n%u.example\n", i * 7919 % 3000);
    assert_int_equal(table_read_bytes(table, "t", lines.data, lines.len, &err), 0);
    buf_clear(&lines);
    return table;
}

/* Sorting cannot fail: without memory it is only slower. */
static void
sorted(void **state)
{
    (void)state;
    unsigned needed = 1;
    for (unsigned n = 0; n <= needed; n++) {
        alloc_failing = 0;
        struct table *table = many_rules();
        alloc_calls = 0;
        alloc_failing = n;
        table_sort(table);
        needed = n == 0 ? alloc_calls : needed;
        alloc_failing = 0;
        assert_int_equal(table->rule_count, 3000);
        for (size_t i = 1; i < table->rule_count; i++)
            assert_true(strcmp(table->rules[i - 1].text, table->rules[i].text) < 0);
        table_free(table);
    }
    assert_true(needed >= 5);
}

/* Through load.h, with the file read too. */
static bool
refresh(const char *path)
{
    const char *sources[] = {path};
    const struct load_options options = {.sources = sources, .source_count = 1};
    struct err err = {0};
    struct load *load = load_new(&options);
    if (load == NULL)
        return false;
    enum load_change change = load_refresh(load, 1, &err);
    assert_true((change == LOAD_NEW) == (load_current(load) != NULL) && (change == LOAD_NEW) == (err.kind == ERR_NONE));
    load_free(load);
    return change == LOAD_NEW;
}

static void
loaded(void **state)
{
    (void)state;
    folder_make();
    folder_write("t.rules", text, sizeof text - 1);
    alloc_each_fails(refresh, folder_path("t.rules"), 1);
    folder_remove();
}

/* Rewrite rules, read from a file that is watched. */
static bool
watch_rules(const char *path)
{
    struct err err = {0};
    struct rewrite_watch *watch = rewrite_watch_new(path);
    if (watch == NULL)
        return false;
    enum rewrite_change change = rewrite_refresh(watch, 1, &err);
    assert_true((change == REWRITE_NEW) == (err.kind == ERR_NONE));
    rewrite_watch_free(watch);
    return change == REWRITE_NEW;
}

static void
rewrite_rules(void **state)
{
    (void)state;
    static const char rules[] = "block a.example https://b.example/\n"
                                "redirect 301 ~x(.*) https://c.example/$1\n"
                                "rewrite ~y(.*) https://d.example/$1\n";
    folder_make();
    folder_write("rules", rules, sizeof rules - 1);
    alloc_each_fails(watch_rules, folder_path("rules"), 1);
    folder_remove();
}

/* A generation of an old layout (sealed.h): its table is compiled whole, with its policy, or not at all. */
static void
old_generation(void **state)
{
    (void)state;
    char path[PATH_MAX];
    struct image *image;
    const char *top = getenv("top_srcdir");
    snprintf(path, sizeof path, "%s/tests/generations/layout-1/image", top == NULL ? "." : top);
    unsigned refused = 0;
    for (alloc_failing = 1; alloc_failing == 1 || alloc_calls >= alloc_failing - 1; alloc_failing++) {
        struct err err = {0};
        alloc_calls = 0;
        if (sealed_open(&image, path, NULL, &err) != 0) {
            refused++;
            assert_true(err.kind != ERR_NONE && err.text[0] != '\0');
            continue;
        }
        assert_int_equal(err.kind, ERR_NONE);
        const struct image_info *info = image_info(image);
        assert_true(info->rules == 7 && info->tenants == 1 && info->highest && info->bypass == 1u << VERB_OPTIMIZE);
        image_close(image);
    }
    assert_true(refused > 10 && alloc_failing > refused + 1);
    alloc_failing = 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_text),    cmocka_unit_test(json),       cmocka_unit_test(bare_list),
        cmocka_unit_test(filter_list),   cmocka_unit_test(sorted),     cmocka_unit_test(loaded),
        cmocka_unit_test(rewrite_rules), cmocka_unit_test(complaints), cmocka_unit_test(old_generation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* also_test.c - also.h: which files are taken, and that every address finds what a loop over all prefixes finds. */
#include "also/also.h"

#include <stdio.h>
#include <string.h>

#include "alloc_fails.h"
#include "base/buf.h"
#include "base/err.h"
#include "unit.h"

#define ANY (ALSO_TAGS | ALSO_PUBLIC)
#define TAG(properties) "{\"values\":[{\"name\":\"A\",\"properties\":{" properties "}}]}"

static const struct {
    const char *why, *in;
    unsigned kinds;
    size_t count;
    const char *says; /* if it is refused */
} files[] = {
    {"a CSV", "Prefix,Type\n192.0.2.0/24, Block\n2001:db8::/32,Block\n", ANY, 2, NULL},
    {"a header in capitals, CRLF, no last line end", "PREFIX,TYPE\r\n192.0.2.0/24,Block", ALSO_PUBLIC, 1, NULL},
    {"a mark before it", "\xef\xbb\xbfPrefix,Type\n192.0.2.0/24\n", ANY, 1, NULL},
    {"an address alone", "Prefix,Type\n192.0.2.1,Block\n", ANY, 1, NULL},
    {"empty lines", "Prefix,Type\n\n192.0.2.0/24,Block\n\n", ANY, 1, NULL},
    {"the same prefix twice", "Prefix,Type\n192.0.2.0/24,A\n192.0.2.0/24,B\n", ANY, 2, NULL},
    {"a tag", TAG("\"addressPrefixes\":[\"192.0.2.0/24\",\"2001:db8::/32\"]"), ANY, 2, NULL},
    {"a tag with all that is read",
     TAG("\"region\":\"r\",\"platform\":\"Azure\",\"systemService\":\"s\",\"addressPrefixes\":[\"192.0.2.0/24\"]"),
     ALSO_TAGS, 1, NULL},
    {"spaces before it", " \r\n\t" TAG("\"addressPrefixes\":[\"192.0.2.0/24\"]"), ANY, 1, NULL},
    {"nothing", "", ANY, 0, "neither"},
    {"only a header", "Prefix,Type\n", ANY, 0, "it has no prefix"},
    {"a header that goes on", "Prefix,Types\n192.0.2.0/24,Block\n", ANY, 0, "neither"},
    {"no header", "192.0.2.0/24,Block\n", ANY, 0, "neither"},
    {"a CSV where tags are wanted", "Prefix,Type\n192.0.2.0/24,Block\n", ALSO_TAGS, 0, "neither"},
    {"tags where a CSV is wanted", TAG("\"addressPrefixes\":[\"192.0.2.0/24\"]"), ALSO_PUBLIC, 0,
     "it is not the CSV of Microsoft's public prefixes"},
    {"a bad prefix", "Prefix,Type\n192.0.2.0/24,Block\n192.0.2.0/x,Block\n", ANY, 0, "line 3: '192.0.2.0/x'"},
    {"bits beyond the length", "Prefix,Type\n192.0.2.1/24,Block\n", ANY, 0, "write '192.0.2.0/24'"},
    {"a row that begins with a comma", "Prefix,Type\n,192.0.2.0/24\n", ANY, 0, "line 2"},
    {"a control character", "Prefix,Type\n192.0.2.0/24,B\x1b[1m\n", ANY, 0, "not printable ASCII"},
    {"no prefix in any tag", TAG("\"addressPrefixes\":[]"), ANY, 0, "it has no prefix"},
    {"no prefixes", TAG("\"region\":\"r\""), ANY, 0, "values[0]: it has no 'addressPrefixes'"},
    {"prefixes that are no array", TAG("\"addressPrefixes\":\"192.0.2.0/24\""), ANY, 0, "no 'addressPrefixes'"},
    {"a prefix that is a number", TAG("\"addressPrefixes\":[1]"), ANY, 0, "addressPrefixes[0] is not text"},
    {"a prefix that is too long", TAG("\"addressPrefixes\":[\"192.0.2.0/33\"]"), ANY, 0, "larger than 32"},
    {"a region that is a number", TAG("\"region\":1,\"addressPrefixes\":[\"192.0.2.0/24\"]"), ANY, 0,
     "'region' is not text"},
    {"a tag without a name", "{\"values\":[{\"properties\":{\"addressPrefixes\":[\"192.0.2.0/24\"]}}]}", ANY, 0,
     "values[0]: it has no 'name'"},
    {"a tag that is a number", "{\"values\":[1]}", ANY, 0, "values[0]"},
    {"another object", "{\"value\":[]}", ANY, 0, "it has no 'values'"},
    {"half an object", "{\"values\":[", ANY, 0, "not JSON"},
    {"an answer of the web service", "[{\"id\":1}]", ANY, 0, "a table for -t"},
    {"a page", "<!DOCTYPE html>", ANY, 0, "an HTML or XML page"},
};

static void
each_file(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(files); i++) {
        struct also *also = also_new();
        struct err err = {0};
        size_t len = strlen(files[i].in), count;
        char *bytes = guard_new(files[i].in, len);
        int result = also_read_bytes(also, "x.file", bytes, len, files[i].kinds, &err);
        guard_free(bytes, len);
        CHECK(files[i].why, (result == 0) == (files[i].says == NULL));
        if (result != 0) {
            check_says(files[i].why, err.text, "'x.file': ");
            check_says(files[i].why, err.text, files[i].says);
        } else {
            assert_int_equal(also_sort(also, &err), 0);
            also_all(also, &count);
            CHECK(files[i].why, count == files[i].count);
        }
        also_free(also);
    }
}

/* What a tag and a row of a CSV say, and limits of a name. */
static void
owners(void **state)
{
    (void)state;
    struct also *also = also_new();
    struct addr addr;
    struct err err = {0};
    char text[256], name[ALSO_TEXT_MAX + 2];
    static const char tags[] = TAG("\"region\":\"r\",\"platform\":\"P\",\"systemService\":\"s\",\"addressPrefixes\":"
                                   "[\"192.0.2.0/24\"]");
    memset(name, 'n', sizeof name);
    snprintf(text, sizeof text, "Prefix,Type\n192.0.2.0/25, \"%.*s\" ,x\n", ALSO_TEXT_MAX, name);
    assert_int_equal(also_read_bytes(also, "tags", tags, sizeof tags - 1, ANY, &err), 0);
    assert_int_equal(also_read_bytes(also, "csv", text, strlen(text), ANY, &err), 0);
    snprintf(text, sizeof text, "Prefix,Type\n192.0.2.0/25,%.*s\n", ALSO_TEXT_MAX + 1, name);
    assert_int_equal(also_read_bytes(also, "csv", text, strlen(text), ANY, &err), -1);
    check_says("a long name", err.text, "longer than 128 bytes");
    assert_int_equal(also_sort(also, &err), 0);
    assert_true(addr_parse(&addr, "192.0.2.1", 9));
    const struct also_prefix *row = also_around(also, &addr), *tag = also_wider(also, row);
    assert_int_equal(row->owner->kind, ALSO_PUBLIC);
    assert_int_equal(strspn(row->owner->name, "n"), ALSO_TEXT_MAX);
    assert_int_equal(strlen(row->owner->name), ALSO_TEXT_MAX);
    assert_string_equal(row->owner->file, "csv");
    assert_int_equal(tag->owner->kind, ALSO_TAGS);
    assert_string_equal(tag->owner->name, "A");
    assert_string_equal(tag->owner->region, "r");
    assert_string_equal(tag->owner->platform, "P");
    assert_string_equal(tag->owner->service, "s");
    assert_null(also_wider(also, tag));
    also_free(also);
}

/* ---- random lists ---- */

#define LIST 300

/* Prefixes in a narrow space, so that many are inside each other, some equal, and all of a family among them. */
static void
random_prefix(struct prefix *ret, uint64_t *seed)
{
    struct addr addr = {.v6 = next_random(seed) % 3 == 0};
    addr.bytes[0] = (uint8_t)(next_random(seed) % 4 * 64);
    addr.bytes[1] = (uint8_t)(next_random(seed) % 4);
    addr.bytes[2] = (uint8_t)next_random(seed);
    addr.bytes[3] = (uint8_t)next_random(seed);
    prefix_around(ret, &addr, (uint8_t)(next_random(seed) % 33));
}

static struct also *
random_list(struct prefix list[LIST], uint64_t *seed)
{
    struct also *also = also_new();
    struct buf csv;
    struct err err = {0};
    buf_init(&csv, 1 << 20);
    buf_add_text(&csv, "Prefix,Type\n");
    for (size_t i = 0; i < LIST; i++) {
        char text[PREFIX_TEXT_MAX];
        random_prefix(&list[i], seed);
        prefix_format(text, &list[i]);
        buf_add_fmt(&csv, "%s,type %zu\n", text, i);
    }
    assert_int_equal(also_read_bytes(also, "random", csv.data, csv.len, ANY, &err), 0);
    buf_clear(&csv);
    assert_int_equal(also_sort(also, &err), 0);
    return also;
}

/* Each prefix around the address is met once, and none is followed by a narrower one. */
static void
check_around(const struct also *also, const struct prefix list[LIST], const struct addr *addr)
{
    size_t wanted = 0, got = 0, len = 129;
    for (size_t i = 0; i < LIST; i++)
        wanted += prefix_holds(&list[i], addr);
    for (const struct also_prefix *at = also_around(also, addr); at != NULL; at = also_wider(also, at)) {
        unsigned number;
        assert_int_equal(sscanf(at->owner->name, "type %u", &number), 1);
        assert_int_equal(prefix_compare(&at->prefix, &list[number]), 0);
        assert_true(prefix_holds(&at->prefix, addr) && at->prefix.len <= len);
        len = at->prefix.len;
        got++;
    }
    assert_int_equal(got, wanted);
}

static void
check_inside(const struct also *also, const struct prefix list[LIST], const struct prefix *prefix)
{
    size_t wanted = 0, got;
    for (size_t i = 0; i < LIST; i++)
        wanted += list[i].len >= prefix->len && prefix_holds(prefix, &list[i].addr);
    const struct also_prefix *first = also_inside(also, prefix, &got);
    assert_int_equal(got, wanted);
    for (size_t i = 0; i < got; i++)
        assert_true(first[i].prefix.len >= prefix->len && prefix_holds(prefix, &first[i].prefix.addr));
}

static void
same_as_a_loop(void **state)
{
    (void)state;
    uint64_t seed = 12;
    for (int round = 0; round < 20; round++) {
        struct prefix list[LIST];
        struct also *also = random_list(list, &seed);
        for (int i = 0; i < 2000; i++) {
            struct prefix asked;
            struct addr last;
            random_prefix(&asked, &seed);
            prefix_last(&last, &list[next_random(&seed) % LIST]);
            check_around(also, list, &asked.addr);
            check_around(also, list, &last);
            addr_step(&last);
            check_around(also, list, &last);
            check_inside(also, list, &asked);
        }
        also_free(also);
    }
}

/* As many owners of one prefix as are allowed, and one more. */
static void
owners_of_one(void **state)
{
    (void)state;
    for (int more = 0; more < 2; more++) {
        struct also *also = also_new();
        struct buf csv;
        struct err err = {0};
        buf_init(&csv, 1 << 20);
        buf_add_text(&csv, "Prefix,Type\n192.0.2.0/25,a\n192.0.2.0/24,a\n");
        for (int i = 1; i < ALSO_SAME_MAX + more; i++)
            buf_add_fmt(&csv, "192.0.2.0/24,%d\n", i);
        assert_int_equal(also_read_bytes(also, "same", csv.data, csv.len, ANY, &err), 0);
        assert_int_equal(also_sort(also, &err), -more);
        if (more != 0)
            check_says("too many", err.text, "'same': the prefix '192.0.2.0/24' appears more than 1000 times");
        buf_clear(&csv);
        also_free(also);
    }
}

static bool
read_both(const char *path)
{
    static const char tags[] = TAG("\"addressPrefixes\":[\"192.0.2.0/24\"]");
    struct also *also = also_new();
    struct err err;
    bool good = also != NULL && also_read(also, path, ANY, &err) == 0 &&
                also_read_bytes(also, "tags", tags, sizeof tags - 1, ANY, &err) == 0 && also_sort(also, &err) == 0;
    also_free(also);
    return good;
}

static void
no_memory(void **state)
{
    (void)state;
    struct buf csv;
    buf_init(&csv, 1 << 20);
    buf_add_text(&csv, "Prefix,Type\n");
    for (int i = 0; i < 5000; i++)
        buf_add_fmt(&csv, "10.%d.%d.0/24,type %d\n", i / 256, i % 256, i);
    folder_write("large.csv", csv.data, csv.len);
    buf_clear(&csv);
    alloc_each_fails(read_both, folder_path("large.csv"), 4);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_file), cmocka_unit_test(owners),
                                       cmocka_unit_test(same_as_a_loop), cmocka_unit_test(owners_of_one),
                                       cmocka_unit_test_setup_teardown(no_memory, folder_set_up, folder_tear_down)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

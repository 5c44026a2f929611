// SPDX-License-Identifier: GPL-2.0-or-later
/* table_json_test.c - table.h: the web service's documents; what is taken, what is left out, what refuses the whole. */
#include "table/table.h"

#include <string.h>

#include "base/buf.h"
#include "tables.h"

#define SET(more) "{\"id\":1,\"serviceArea\":\"Exchange\",\"category\":\"Allow\"" more "}"
#define DEFAULT_SET(more) "{\"id\":9,\"serviceArea\":\"Common\",\"category\":\"Default\"" more "}"

#define EVERY_KEY "id=1 area=Exchange tcp=80,443 udp=443 required expressroute source=worldwide note=\"a b\""

static const struct {
    const char *why, *path, *in, *want;
    size_t complaints;
} documents[] = {
    {"everything", .path = "worldwide.json",
     .in = "[{\"id\":1,\"serviceArea\":\"Exchange\",\"serviceAreaDisplayName\":\"Exchange Online\","
           "\"urls\":[\"Outlook.example\",\"*.o.example\"],\"ips\":[\"13.107.6.152/31\","
           "\"2603:1006::/40\"],\"tcpPorts\":\"80,443\",\"udpPorts\":\"443\",\"expressRoute\":true,"
           "\"category\":\"Optimize\",\"required\":true,\"notes\":\"a\\nb\"}]",
     .want = "optimize *.o.example     " EVERY_KEY "\n"
             "optimize outlook.example " EVERY_KEY "\n"
             "optimize 13.107.6.152/31 " EVERY_KEY "\n"
             "optimize 2603:1006::/40  " EVERY_KEY "\n"},
    {"any order of members", .path = "t",
     .in = "[{\"urls\":[\"a.example\"],\"category\":\"Default\",\"serviceArea\":\"X\",\"id\":0}]",
     .want = "default  a.example id=0 area=X source=t\n"},
    {"unknown members", .path = "t", .in = "[" SET(",\"x\":[{}],\"urls\":[\"a.example\"]") "]",
     .want = "allow    a.example id=1 area=Exchange source=t\n"},
    {"a mark and white space in front", .path = "t", .in = "\xef\xbb\xbf \n[" SET(",\"urls\":[\"a.example\"]") "]\n",
     .want = "allow    a.example id=1 area=Exchange source=t\n"},
    {"a set without rows", .path = "t", .in = "[" SET("") "]", .want = "# no rule\n"},
    {"empty members", .path = "t", .in = "[" SET(",\"urls\":[],\"ips\":[],\"tcpPorts\":\"\",\"notes\":\"\"") "]",
     .want = "# no rule\n"},
    {"wide rows are the review's business", .path = "t", .in = "[" SET(",\"urls\":[\"*.com\"]") "]",
     .want = "allow    *.com id=1 area=Exchange source=t\n"},
    {"a bad url is left out", .path = "t", .in = "[" SET(",\"urls\":[\"a b\",\"a.example\",\"x/y\"]") "]",
     .want = "allow    a.example id=1 area=Exchange source=t\n", .complaints = 3},
    {"a bad prefix is left out", .path = "t", .in = "[" SET(",\"ips\":[\"1.2.3.4/8\",\"1.2.3.4\",\"10.0.0.0/8\"]") "]",
     .want = "allow    10.0.0.0/8 id=1 area=Exchange source=t\n", .complaints = 3},
    {"a version by number", .path = "x/endpoints-2025120100.json", .in = "[" SET("") "]",
     .want = "# version: 2025120100\n"},
    {"a version by month", .path = "m365-2025-12.json", .in = "[" SET("") "]", .want = "# version: 2025-12\n"},
    {"a version by day", .path = "2025-12-01.json", .in = "[" SET("") "]", .want = "# version: 2025-12-01\n"},
    {"numbers that are not a version", .path = "a-12345-2025-1-20251201001.json", .in = "[" SET("") "]",
     .want = "# no rule\n"},
};

static void
taken(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(documents); i++) {
        struct table *table = table_of(documents[i].path, documents[i].in);
        check_table(documents[i].why, table, documents[i].want);
        CHECK(documents[i].why, table->complaint_count == documents[i].complaints);
        table_free(table);
    }
}

static void
left_out(void **state)
{
    (void)state;
    struct table *table =
        table_of("d/t.json", "[" SET(",\"urls\":[\"ok.example\",\"a!\"],\"ips\":[\"x/8\",\"10.0.0.0/8\"]") "]");
    assert_int_equal(table->complaint_count, 3);
    check_says("url", table->complaints[0],
               "'d/t.json': set 1, urls[1]: 'a!' has a byte that is not allowed in a host name");
    check_says("prefix", table->complaints[1], "'d/t.json': set 1, ips[0]: 'x/8' is not an IP prefix");
    check_says("sum", table->complaints[2], "'d/t.json': 2 refused, the rest is loaded");
    table_free(table);
}

static const struct {
    const char *why, *in, *want;
} refused[] = {
    {"no JSON", "[{", "cannot load 't': line 1: not JSON"},
    {"an object", "{\"a\":1}", "the document is not an array; is this an answer of /endpoints?"},
    {"service tags",
     "{\"cloud\":\"Public\",\"values\":[{\"name\":\"A\",\"properties\":{\"addressPrefixes\":[\"192.0.2.0/24\"]}}]}",
     "it is a document of service tags; name it with a verb and one of them, as in allow:FILE#AzureActiveDirectory"},
    {"an empty array", "[]", "the document contains no endpoint sets"},
    {"a text", "[\"a\"]", "endpoint set [0]: not an object; is this an answer of /endpoints?"},
    {"no id", "[" SET("") ",{\"serviceArea\":\"X\",\"category\":\"Allow\"}]", "endpoint set [1]: 'id' is missing"},
    {"a broken id", "[{\"id\":1.5,\"serviceArea\":\"X\",\"category\":\"Allow\"}]",
     "'id' is missing or not a whole number"},
    {"an id too large", "[{\"id\":4294967296,\"serviceArea\":\"X\",\"category\":\"Allow\"}]", "'id' is missing or no"},
    {"no area", "[{\"id\":1,\"category\":\"Allow\"}]", "'serviceArea' is missing or not a word"},
    {"an area that is not a word", "[{\"id\":1,\"serviceArea\":\"a b\",\"category\":\"Allow\"}]",
     "'serviceArea' is missing"},
    {"no category", "[{\"id\":1,\"serviceArea\":\"X\"}]", "'category' is missing or not text"},
    {"an unknown category", "[{\"id\":1,\"serviceArea\":\"X\",\"category\":\"allow\"}]", "unknown category 'allow'"},
    {"ports that cannot be read", "[" SET(",\"tcpPorts\":\"80-\"") "]", "'tcpPorts': "},
    {"ports that are not text", "[" SET(",\"udpPorts\":443") "]", "'udpPorts' is not text"},
    {"a flag that is text", "[" SET(",\"required\":\"true\"") "]", "'required' is neither true nor false"},
    {"urls that are not an array", "[" SET(",\"urls\":\"a.example\"") "]", "id 1: 'urls' is not an array"},
    {"a url that is not text", "[" SET(",\"urls\":[1]") "]", "id 1: 'urls' contains something that is not text"},
    {"a member twice", "[" SET(",\"id\":2") "]", "'id' appears twice"},
    {"no address of a set can be read", "[" SET(",\"urls\":[\"a.example\"],\"ips\":[\"x/8\",\"y\"]") "]",
     "endpoint set [0]: id 1: none of its 2 'ips' can be read"},
    {"a bad url of a Default set", "[" DEFAULT_SET(",\"urls\":[\"a!\"]") "]", "id 9: urls[0]: 'a!' has a byte"},
    {"one id twice: addresses of a Default set would speak for the names of an Allow set",
     "[" SET(",\"urls\":[\"a.example\"]") "," DEFAULT_SET(
         "") ","
             "{\"id\":1,\"serviceArea\":\"Exchange\",\"category\":\"Default\",\"ips\":[\"0.0.0.0/0\"]}]",
     "the endpoint sets [0] and [2] have the same id 1"},
    {"... or for UDP only",
     "[" SET(",\"urls\":[\"a.example\"]") "," SET(",\"ips\":[\"0.0.0.0/0\"],\"udpPorts\":\"443\"") "]",
     "the endpoint sets [0] and [1] have the same id 1"},
    {"... even if they say the same", "[" SET("") "," SET("") "]", "have the same id 1"},
    {"... or one says nothing, and the id is zero",
     "[" DEFAULT_SET("") ",{\"id\":0,\"serviceArea\":\"X\",\"category\":\"Allow\"},"
                         "{\"id\":0,\"serviceArea\":\"X\",\"category\":\"Allow\",\"urls\":[\"a.example\"]}]",
     "the endpoint sets [1] and [2] have the same id 0"},
    {"a bad prefix of a Default set", "[" DEFAULT_SET(",\"ips\":[\"10.0.0.0/8\",\"192.0.2.1/8\"]") "]",
     "id 9: ips[1]: "},
    {"a second set refuses the first too", "[" SET(",\"urls\":[\"a.example\"]") ",1]",
     "endpoint set [1]: not an object"},
};

static void
refusals(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(refused); i++) {
        const char *got = table_refusal("t", refused[i].in, strlen(refused[i].in));
        CHECK(refused[i].why, got != NULL);
        check_says(refused[i].why, got, refused[i].want);
    }
}

/* A long note is cut, but never inside a character. */
static void
long_note(void **state)
{
    (void)state;
    struct buf in, out;
    buf_init(&in, 1 << 16);
    buf_add_text(&in, "[{\"id\":1,\"serviceArea\":\"X\",\"category\":\"Allow\",\"urls\":[\"a.example\"],\"notes\":\"x");
    for (int i = 0; i < 600; i++)
        buf_add_text(&in, "\xc3\xbc");
    buf_add_text(&in, "\"}]");
    buf_add_char(&in, '\0');
    struct table *table = table_of("t", in.data);
    table_to_text(&out, table);
    const char *note = strstr(out.data, "note=x");
    assert_non_null(note);
    assert_int_equal(strlen(note), strlen("note=x") + (size_t)2 * 499 + 1);
    buf_clear(&in);
    buf_clear(&out);
    table_free(table);
}

/* A document and its printed form are the same table. */
static void
read_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(documents); i++) {
        struct buf first, second;
        struct table *table = table_of(documents[i].path, documents[i].in);
        table_to_text(&first, table);
        struct table *again = table_of("other.rules", first.data);
        table_to_text(&second, again);
        check_text(documents[i].why, second.data, second.len, first.data);
        buf_clear(&first);
        buf_clear(&second);
        table_free(table);
        table_free(again);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(taken),     cmocka_unit_test(left_out),  cmocka_unit_test(refusals),
        cmocka_unit_test(long_note), cmocka_unit_test(read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

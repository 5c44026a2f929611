// SPDX-License-Identifier: GPL-2.0-or-later
/* table_test.c - table.h: table text and bare lists; every shape, every refusal, the normal form. Documents have
 * table_json_test.c. */
#include "table/table.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "name/pattern.h"
#include "tables.h"

static const struct {
    const char *why, *in, *want; /* the normal form, or a part of the refusal's sentence */
} lines[] = {
    {"a local line", "allow a.example", "allow    a.example source=t\n"},
    {"every verb",
     "default b.example\n"
     "inspect a.example\n"
     "optimize c.example\n",
     "inspect  a.example source=t\n"
     "default  b.example source=t\n"
     "optimize c.example source=t\n"},
    {"every key",
     "allow a.example note=\"x y\" gen=g expires=2027-03-01 ticket=T owner=O expressroute required udp=5 "
     "tcp=443,80 area=Exchange id=7 source=s",
     "allow    a.example id=7 area=Exchange tcp=80,443 udp=5 required expressroute source=s owner=O ticket=T "
     "expires=2027-03-01 gen=g note=\"x y\"\n"},
    {"no rule", "# nothing here\n", "# no rule\n"},
    {"comments and empty lines", "\n# x\n   \t\n  # y\nallow a.example # z\n", "allow    a.example source=t\n"},
    {"CRLF", "allow a.example\r\nallow b.example\r\n",
     "allow    a.example source=t\n"
     "allow    b.example source=t\n"},
    {"a byte order mark",
     "\xef\xbb\xbf"
     "allow a.example",
     "allow    a.example source=t\n"},
    {"tabs", "\tallow\ta.example\ttcp=1", "allow    a.example tcp=1 source=t\n"},
    {"a pattern in quotes", "allow \"a.example\"", "allow    a.example source=t\n"},
    {"a regex with a space", "inspect \"~a b\"", "inspect  \"~a b\" source=t\n"},
    {"a regex with a quote and a backslash", "inspect \"~a\\\"\\\\d\"", "inspect  \"~a\\\"\\\\d\" source=t\n"},
    {"a regex with a backslash", "inspect ~\\d+", "inspect  ~\\d+ source=t\n"},
    {"a regex with an equals sign and a number sign", "inspect ~a=#b", "inspect  ~a=#b source=t\n"},
    {"quotes in a value", "allow a.example note=\"a \\\"b\\\" \\\\ c\"",
     "allow    a.example source=t note=\"a \\\"b\\\" \\\\ c\"\n"},
    {"an empty value", "allow a.example note=\"\"", "allow    a.example source=t note=\"\"\n"},
    {"a value in UTF-8", "allow a.example owner=M\xc3\xbcller", "allow    a.example source=t owner=M\xc3\xbcller\n"},
    {"a value with an equals sign", "allow a.example note=a=b", "allow    a.example source=t note=a=b\n"},
    {"a name in UTF-8",
     "inspect b\xc3\xbc"
     "cher.example",
     "inspect  xn--bcher-kva.example source=t\n"},
    {"ports are merged", "allow a.example tcp=3481,3478-3480,80,81",
     "allow    a.example tcp=80-81,3478-3481 source=t\n"},
    {"a flag twice", "allow a.example required required", "allow    a.example required source=t\n"},
    {"addresses after names",
     "allow 10.0.0.0/8\n"
     "allow a.example\n"
     "allow 2603:1000::/24\n"
     "allow 10.0.0.1\n",
     "allow    a.example       source=t\n"
     "allow    10.0.0.0/8      source=t\n"
     "allow    10.0.0.1/32     source=t\n"
     "allow    2603:1000::/24 source=t\n"},
    {"an address with a dot after it", "allow 10.0.0.1.", "allow 10.0.0.1/32 source=t\n"},
    {"an address in wide digits", "allow \xef\xbc\x91\x30.0.0.1", "allow 10.0.0.1/32 source=t\n"},
    {"mapped prefixes are IPv4", "inspect ::ffff:10.0.0.0/104", "inspect  10.0.0.0/8 source=t\n"},
    {"a line given twice", "allow a.example\nallow A.example.\n", "allow    a.example source=t\n"},
    {"published before local, by id",
     "allow z.example\n"
     "allow a.example id=2\n"
     "allow b.example id=1",
     "allow    b.example id=1 source=t\n"
     "allow    a.example id=2 source=t\n"
     "allow    z.example source=t\n"},
    {"a version", "# version: 2025120100\nallow a.example",
     "# version: 2025120100\n"
     "allow    a.example source=t\n"},
    {"the first version counts", "# version: 1\n# version: 2\n", "# version: 1\n"},
    {"a label with spaces around it", "# version:\t 2025-12.a_B \n", "# version: 2025-12.a_B\n"},
    {"a version that is not a label", "# version: a b\n", "# no rule\n"},
    {"no version",
     "# version:\n"
     "# version: \n"
     "#version: 1\n"
     "# versions: 1\n",
     "# no rule\n"},
    {"published lines may be wide", "allow *.com id=1\nallow 0.0.0.0/0 id=1",
     "allow    *.com     id=1 source=t\n"
     "allow    0.0.0.0/0 id=1 source=t\n"},
    {"default and inspect lines may be wide", "default *.com\ninspect *\ninspect 0.0.0.0/0",
     "inspect  *         source=t\n"
     "default  *.com     source=t\n"
     "inspect  0.0.0.0/0 source=t\n"},
    {"a regex of a few names", "allow ~(a|b)\\.com", "allow    ~(a|b)\\.com source=t\n"},
    {"a regex below a domain", "allow ~(.*\\.)?a\\.com", "allow    ~(.*\\.)?a\\.com source=t\n"},
    {"a regex of names without a dot", "allow ~srv[0-9]+", "allow    ~srv[0-9]+ source=t\n"},
    {"an inspected regex is not judged", "inspect ~.*\\.com", "inspect  ~.*\\.com source=t\n"},
    {"a name of digits alone", "inspect 12345", "inspect  12345 source=t\n"},
    {"digits below a star and a name", "inspect 1.2.*.example", "inspect  1.2.*.example source=t\n"},
    {"as wide as allowed", "allow 10.0.0.0/8\noptimize 2603:1000::/24",
     "allow    10.0.0.0/8      source=t\n"
     "optimize 2603:1000::/24 source=t\n"},
    {"a published tenant", "allow <tenant>.sharepoint.com id=9", "allow    <tenant>.sharepoint.com id=9 source=t\n"},
};

static void
text(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(lines); i++) {
        size_t len = strlen(lines[i].in);
        char *in = guard_new(lines[i].in, len);
        struct table *table = table_new();
        struct err err = {0};
        if (table_read_bytes(table, "/some/where/t.rules", in, len, &err) != 0)
            fail_msg("%s: %s", lines[i].why, err.text);
        guard_free(in, len);
        check_table(lines[i].why, table, lines[i].want);
        table_free(table);
    }
}

static const struct {
    const char *why, *in, *want;
} refused[] = {
    {"an unknown verb", "bypass a.example", "line 1: unknown verb 'bypass'; a line begins with optimize"},
    {"a verb in capitals", "\nAllow a.example", "line 2: unknown verb 'Allow'"},
    {"a verb alone", "allow # x", "'allow' has nothing after it; a host pattern or prefix follows the verb"},
    {"an unknown key", "allow a.example colour=red", "unknown key 'colour'"},
    {"an unknown word", "allow a.example Required", "unknown word 'Required'"},
    {"a port alone", "allow a.example 443", "unknown word '443'; for a port write 'tcp=443'"},
    {"a number that is not a port", "allow a.example 70000", "unknown word '70000'"},
    {"a word in quotes", "allow a.example \"required\"", "unknown word 'required'"},
    {"a key twice", "allow a.example id=1 id=1", "the key 'id' is given twice"},
    {"an id that is not a number", "allow a.example id=x", "id 'x' is not a number from 0 to 4294967295"},
    {"an empty id", "allow a.example id=", "id '' is not a number"},
    {"an id of 33 bits", "allow a.example id=4294967296", "id '4294967296' is not a number"},
    {"an area that is not a word", "allow a.example area=\"a b\"", "area 'a b' is not a word of 1 to 32 letters"},
    {"a source too long", "allow a.example source=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "is not a word of 1 to 32"},
    {"no ports", "allow a.example tcp=", "a port list is empty; leave the key out"},
    {"a port that is not one", "allow a.example udp=0", "'0' is not a list of ports"},
    {"a day that does not exist", "allow a.example expires=2027-02-30",
     "expires '2027-02-30' is not a day like 2027-03-01"},
    {"the first of all days", "allow a.example expires=1970-01-01", "expires '1970-01-01' is not a day"},
    {"an open quote", "allow a.example note=\"x", "a quote is not closed"},
    {"something after a quote", "allow a.example note=\"x\"y", "something follows a closing quote"},
    {"a backslash in quotes", "allow a.example note=\"\\n\"", "in quotes a backslash may only come before"},
    {"a backslash at the end", "allow a.example note=\"\\", "in quotes a backslash may only come before"},
    {"a control byte in a value", "allow a.example note=\x01", "a value contains a control character"},
    {"a return inside", "allow a.example note=a\rb", "a value contains a control character"},
    {"a byte that no host name has", "allow a%62.example",
     "'a%62.example' has a byte that is not allowed in a host name"},
    {"a URL", "allow https://a.example", "is a URL; write 'a.example'"},
    {"a port", "allow a.example:8443", "has a port; write 'a.example tcp=8443'"},
    {"a regex that takes anything", "allow ~.*", "matches names of strangers"},
    {"a regex that takes anything under one top-level name", "allow ~.*\\.com", "matches names of strangers"},
    {"one of several", "allow ~[a-z.-]+\\.(org|de)", "matches names of strangers"},
    {"a regex of any name with a word", "allow ~.*a.*",
     "line 1: '~.*a.*' matches names of strangers, too wide for a bypass; name the domains, or let it end with a dot "
     "and one, as in '~cdn[0-9]+\\.b\\.example'"},
    {"a regex of names that begin so", "optimize ~a.*", "matches names of strangers"},
    {"a few names, and any with such an end", "allow ~.*microsoft\\.com", "matches names of strangers"},
    {"names directly below a top-level name", "allow ~cdn[0-9]+\\.com", "matches names of strangers"},
    {"a regex that is not parsed", "allow ~(?<n>.*)\\.a\\.com",
     "is a regex whose end cannot be told, perhaps too wide for a bypass; name the domains, or"},
    {"under a public suffix", "optimize ~.+\\.co\\.uk", "matches names of strangers"},
    {"under names for rent", "allow ~.*\\.azureedge\\.net", "matches names of strangers"},
    {"a range of addresses", "inspect 10.0.0.1-10.0.0.9",
     "'10.0.0.1-10.0.0.9' is neither a name nor an address; write"},
    {"an address out of range", "inspect 300.1.1.1", "'300.1.1.1' is neither a name nor an address"},
    {"an address cut short", "inspect 52.97.2", "'52.97.2' is neither a name nor an address"},
    {"an address with a star", "inspect 52.97.3.*", "'52.97.3.*' is neither a name nor an address"},
    {"an address with zeros in front", "inspect 052.097.004.001", "is neither a name nor an address"},
    {"host bits", "allow 10.0.0.1/8", "'10.0.0.1/8'"},
    {"a length too long", "inspect 10.0.0.0/33", "'10.0.0.0/33'"},
    {"a published regex", "allow ~a id=1", "a regex cannot belong to a published endpoint set; leave out 'id='"},
    {"a bad regex", "inspect ~a(", "line 1: the regex '~a(' is wrong at byte 3"},
    {"a wide prefix", "allow 10.0.0.0/7", "is wider than /8, too wide for a bypass; name smaller prefixes"},
    {"a wide prefix, IPv6", "optimize 2600::/23", "is wider than /24"},
    {"a wide wildcard", "allow *.com", "'*.com' lets anybody register a name that matches, too wide for a bypass"},
    {"a wide wildcard of two labels", "allow *.co.uk", "lets anybody register"},
    {"a wildcard glued to text", "optimize *cdn.com", "lets anybody register"},
    {"several lines", "x\nallow a.example\ny\nz",
     "line 1: unknown verb 'x'; a line begins with optimize, allow, default or inspect (and 2 more lines are refused)"},
};

static void
refusals(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(refused); i++) {
        const char *got = table_refusal("x/t.rules", refused[i].in, strlen(refused[i].in));
        CHECK(refused[i].why, got != NULL);
        check_says(refused[i].why, got, refused[i].want);
        check_says(refused[i].why, got, "cannot load 'x/t.rules': line ");
    }
}

static void
long_lines(void **state)
{
    (void)state;
    static char text_of_line[TABLE_LINE_MAX + 2];
    memset(text_of_line, '#', sizeof text_of_line);
    assert_null(table_refusal("t", text_of_line, TABLE_LINE_MAX));
    check_says("one byte more", table_refusal("t", text_of_line, TABLE_LINE_MAX + 1),
               "line 1: the line is longer than");
    memset(text_of_line, 'a', sizeof text_of_line);
    check_says("one word", table_refusal("t", text_of_line, TABLE_LINE_MAX), "unknown verb 'aaaa");
    for (size_t i = 0; i < 200; i += 2)
        text_of_line[i] = ' ';
    check_says("words", table_refusal("t", text_of_line, 200), "more than 64 words");
    check_says("a NUL", table_refusal("t", "allow a\0b.example", 17), "has a byte that is not allowed in a host name");
    check_says("a NUL in a Unicode label", table_refusal("t", "allow \xc3\xbc\0.example", 17),
               "has a byte that is not allowed in a host name");
    check_says("a NUL after the verb", table_refusal("t", "allow\0 a.example", 16), "unknown verb");
}

/* A value of which every byte must be escaped in quotes prints a line that can be read. */
static void
long_values(void **state)
{
    (void)state;
    struct buf buf;
    static const char *const keys[] = {"owner", "ticket", "gen", "note"};
    for (size_t more = 0; more < 2; more++) {
        buf_init(&buf, 1 << 20);
        buf_add_text(&buf, "allow a.example");
        for (size_t i = 0; i < ROWS(keys); i++) {
            buf_add_fmt(&buf, " %s=", keys[i]);
            buf_add_fill(&buf, '\\', TABLE_VALUE_MAX + more);
        }
        buf_add_char(&buf, '\0');
        const char *refusal = table_refusal("t", buf.data, buf.len - 1);
        if (more > 0) {
            check_says("one byte more", refusal, "a value is longer than 4096 bytes");
        } else {
            assert_null(refusal);
            struct buf printed;
            struct table *table = table_of("t", buf.data);
            table_to_text(&printed, table);
            assert_null(table_refusal("t", printed.data, printed.len));
            buf_clear(&printed);
            table_free(table);
        }
        buf_clear(&buf);
    }
}

/* Too many sources, named or as keys. */
static void
sources(void **state)
{
    (void)state;
    struct table *table = table_new();
    char line[64];
    struct err err = {0};
    for (unsigned i = 0; i < TABLE_SOURCES_MAX; i++) {
        int n = snprintf(line, sizeof line, "s%u", i);
        assert_int_equal(table_read_bytes(table, line, "allow a.example", 15, &err), 0);
        assert_true(n > 0);
    }
    assert_int_equal(table_read_bytes(table, "more", "allow a.example", 15, &err), -1);
    check_says("files", err.text, "more than 256 sources");
    assert_int_equal(table_read_bytes(table, "s1", "allow b.example source=more", 27, &err), -1);
    check_says("keys", err.text, "more than 256 sources");
    table_free(table);
}

static const struct {
    const char *why, *path, *want;
} stems[] = {
    {"folders and ending", "/a.b/local.rules", "local"},
    {"no ending", "local", "local"},
    {"two endings", "x/a.b.rules", "a-b"},
    {"other bytes", "a b\xc3\xbc.rules", "a-b--"},
    {"a hidden file", "/x/.rules", "-rules"},
    {"a long name", "abcdefghijabcdefghijabcdefghijabcdefghij.rules", "abcdefghijabcdefghijabcdefghijab"},
    {"a folder", "a/", "unnamed"},
    {"a list", "allow:/x/partners.txt", "partners"},
};

static void
stem(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(stems); i++) {
        struct table *table =
            table_of(stems[i].path, strncmp(stems[i].path, "allow:", 6) == 0 ? "a.example" : "allow a.example");
        check_text(stems[i].why, table->sources[0], strlen(table->sources[0]), stems[i].want);
        table_free(table);
    }
}

static void
lists(void **state)
{
    (void)state;
    struct table *table = table_of("allow:p.txt", "a.example\r\n"
                                                  "# x\n\n"
                                                  "  .b.example  # y\n"
                                                  "10.0.0.0/8\n"
                                                  "~x\n"
                                                  "*.com\nbad!\n");
    check_table("a list", table,
                "allow    .b.example source=p\n"
                "allow    a.example  source=p\n"
                "allow    ~x         source=p\n"
                "allow    10.0.0.0/8 source=p\n");
    assert_int_equal(table->complaint_count, 3);
    check_says("first", table->complaints[0], "'p.txt': line 7: '*.com' lets anybody register");
    check_says("second", table->complaints[1], "'p.txt': line 8: 'bad!' has a byte");
    check_says("sum", table->complaints[2], "'p.txt': 2 refused, the rest is loaded");
    table_free(table);
    check_says("two words", table_refusal("inspect:p.txt", "c.example\na.example b.example", 29),
               "cannot load 'p.txt': line 2: a list has one domain or prefix per line; 'b.example' follows");
    check_says("an inspect list is whole", table_refusal("inspect:p", "a!\nb\nc!", 7), "(and 1 more line is refused)");
    check_says("a Default list is whole", table_refusal("default:p", "*.com\n[\n", 8), "cannot load 'p': line 2: '['");
    assert_null(table_refusal("optimize:p", "#", 1));
    check_says("nothing", table_refusal("optimize:p", "", 0), "cannot load 'p': the file is empty; is the disk full?");
    check_says("nothing", table_refusal("p", "", 0), "cannot load 'p': the file is empty; is the disk full?");
    check_says("no verb: a file of that name", table_refusal("Allow:p", "a.example", 9), "cannot load 'Allow:p'");
}

/* Complaints beyond the hundredth are only counted. */
static void
many_complaints(void **state)
{
    (void)state;
    struct table *table = table_new();
    char text_of_list[1000];
    for (size_t i = 0; i < sizeof text_of_list; i += 2)
        memcpy(text_of_list + i, "!\n", 2);
    assert_int_equal(table_read_bytes(table, "allow:p", text_of_list, sizeof text_of_list, NULL), 0);
    assert_int_equal(table->complaint_count, 501);
    check_says("the last kept", table->complaints[TABLE_COMPLAINTS_MAX - 1], "line 100:");
    table_free(table);
}

static void
merged(void **state)
{
    (void)state;
    struct table *table = table_of("first.rules", "allow b.example\n# version: 7\n");
    const char *second = "# version: 8\n"
                         "allow a.example\n"
                         "allow c.example source=first\n";
    assert_int_equal(table_read_bytes(table, "second.rules", second, strlen(second), NULL), 0);
    check_table("merged", table,
                "# version: 7\n"
                "allow    b.example source=first\n"
                "allow    c.example source=first\n"
                "allow    a.example source=second\n");
    table_free(table);
}

static void
aligned(void **state)
{
    (void)state;
    struct table *table = table_of("t", "allow b.example\n"
                                        "inspect longer.example\n"
                                        "default aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example\n");
    struct buf buf;
    table_to_text(&buf, table);
    check_text("aligned", buf.data, buf.len,
               "default  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example  source=t\n"
               "allow    b.example                                         source=t\n"
               "inspect  longer.example                                    source=t\n");
    buf_clear(&buf);
    table_free(table);
}

/* Another source may be read into a sorted table. */
static void
sorted_and_more(void **state)
{
    (void)state;
    struct table *table = table_of("t", "allow c.example ticket=2\n"
                                        "allow b.example ticket=1\n");
    table_sort(table);
    const char *more = "allow a.example ticket=1\n"
                       "allow d.example ticket=2\n"
                       "allow e.example ticket=3";
    assert_int_equal(table_read_bytes(table, "t", more, strlen(more), NULL), 0);
    check_table("all", table,
                "allow    a.example source=t ticket=1\n"
                "allow    b.example source=t ticket=1\n"
                "allow    c.example source=t ticket=2\n"
                "allow    d.example source=t ticket=2\n"
                "allow    e.example source=t ticket=3\n");
    assert_int_equal(table->terms_count, 3);
    table_free(table);
}

static void
files(void **state)
{
    (void)state;
    struct table *table = table_new();
    struct err err = {0};
    folder_make();
    folder_write("t.rules", "allow a.example\n", 16);
    folder_write("empty", "#\n", 2);
    char list[5000];
    snprintf(list, sizeof list, "inspect:%s", folder_path("empty"));
    assert_int_equal(table_read(table, folder_path("t.rules"), &err), 0);
    assert_int_equal(table_read(table, list, &err), 0);
    assert_int_equal(table->rule_count, 1);
    assert_int_equal(table_read(table, folder_path("absent"), &err), -1);
    assert_int_equal(err.kind, ERR_IO);
    check_says("absent", err.text, "absent': No such file");
    folder_remove();
    table_free(table);
    table_free(NULL);
}

static const char *
pick(uint64_t *seed, const char *const *words, size_t count)
{
    return words[next_random(seed) % count];
}

static void
invent_line(struct buf *buf, uint64_t *seed)
{
    static const char *const verbs[] = {"optimize", "allow", "default", "inspect"};
    static const char *const names[] = {
        "a.example",   "*.b.a.example", ".c.example", "*x.c.example", "a.*.c.example",  "~[a-z]+=x", "\"~a b\\\"\"",
        "\"~\\\\d#\"", "10.0.0.0/8",    "10.1.2.3",   "2603::/24",    "::ffff:1.2.3.4", "b.example", "~\\d\\\\",
    };
    static const char *const words[] = {
        " area=A",     " tcp=80,443",         " tcp=1-9,5,443", " udp=1",      " required",     " expressroute",
        " source=two", " owner=\"o \\\"q\"",  " ticket=a=b",    " note=\"\"",  " note=#",       " note=a#\\b",
        " gen=\\",     " expires=2027-03-01", " note=\xc3\xbc", " source=one", " source=three", " area=B",
    };
    static const char *const ids[] = {"", "", " id=1", " id=2"};
    const char *name = pick(seed, names, ROWS(names));
    bool local = strchr(name, '~') != NULL || name[0] == '.';
    buf_add_fmt(buf, "%s %s%s", pick(seed, verbs, ROWS(verbs)), name, local ? "" : pick(seed, ids, ROWS(ids)));
    size_t from = next_random(seed) % ROWS(words);
    for (size_t i = 0; i < next_random(seed) % 5; i++) {
        const char *word = words[(from + 5 * i) % ROWS(words)];
        buf_add_char(buf, '\0');
        buf->len--;
        const char *line = buf->data + buf->len;
        while (line > buf->data && line[-1] != '\n')
            line--;
        char key[16];
        snprintf(key, sizeof key, "%.*s", (int)strcspn(word, "="), word);
        if (strstr(line, key) == NULL)
            buf_add_text(buf, word);
    }
    buf_add_char(buf, '\n');
}

/* The normal form reads back as the same table, whatever the file is called. */
static void
normal_form(void **state)
{
    (void)state;
    uint64_t seed = 17;
    static const char *const paths[] = {"t.rules", "one", "two.x", "three", "four"};
    for (int round = 0; round < 400; round++) {
        struct buf in, first, second;
        buf_init(&in, 1 << 16);
        buf_add_text(&in, "# invented\n");
        unsigned count = next_random(&seed) % 12;
        for (unsigned i = 0; i < count; i++)
            invent_line(&in, &seed);
        buf_add_char(&in, '\0');
        struct table *table = table_of(pick(&seed, paths, ROWS(paths)), in.data);
        table_to_text(&first, table);
        struct table *again = table_of(pick(&seed, paths, ROWS(paths)), first.data);
        table_to_text(&second, again);
        if (strcmp(first.data, second.data) != 0)
            fail_msg("in:\n%s\nfirst:\n%s\nsecond:\n%s", in.data, first.data, second.data);
        table_free(table);
        table_free(again);
        buf_clear(&in);
        buf_clear(&first);
        buf_clear(&second);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text),        cmocka_unit_test(refusals),        cmocka_unit_test(long_lines),
        cmocka_unit_test(long_values), cmocka_unit_test(sources),         cmocka_unit_test(stem),
        cmocka_unit_test(lists),       cmocka_unit_test(many_complaints), cmocka_unit_test(merged),
        cmocka_unit_test(aligned),     cmocka_unit_test(sorted_and_more), cmocka_unit_test(files),
        cmocka_unit_test(normal_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

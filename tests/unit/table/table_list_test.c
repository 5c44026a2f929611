// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * table_list_test.c - table.h: lists of domains, and the advice for what people paste into lists and table text.
 *
 * Advice is followed: what a refusal says in quotes after "write" is read again, and must be accepted.
 */
#include "table/table.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "tables.h"

static const struct {
    const char *why, *spec, *in, *want; /* the sorted table without what all lines share */
} lists[] = {
    {"a list names exactly what it says", "allow:t", "example.com\nwww.example.com", "example.com www.example.com"},
    {"a list of domains includes what is below", "domains:allow:t", "example.com\nwww.example.com",
     ".example.com .www.example.com"},
    {"in any spelling", "domains:allow:t",
     "EXAMPLE.com.\nb\xc3\xbc"
     "cher.example",
     ".example.com .xn--bcher-kva.example"},
    {"a line that says so already", "domains:allow:t", ".example.com\nb.example", ".b.example .example.com"},
    {"a wildcard stays one", "domains:allow:t", "*.example.com\na*.example.com\nb.example",
     "*.example.com .b.example a*.example.com"},
    {"an address stays one", "domains:inspect:t", "192.0.2.1\n2001:db8::/32\n192.0.2.2.",
     "192.0.2.1/32 192.0.2.2/32 2001:db8::/32"},
    {"a regex stays one", "domains:inspect:t", "~a\\.example", "~a\\.example"},
    {"the longest name", "domains:inspect:t",
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     ".aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
    {"a domain where anybody registers names is too wide for a bypass", "domains:allow:t",
     "com\nb.example\nco.uk\nazurewebsites.net", ".b.example"},
    {"on the first line and on others", "domains:allow:t", "b.example\ncom\nco.uk\nazurewebsites.net", ".b.example"},
    {"without domains such a name is only itself", "allow:t", "com\nco.uk", "co.uk com"},
};

static void
describe(char *ret, size_t room, const char *spec, const char *in)
{
    struct err err = {0};
    struct table *table = table_new();
    assert_non_null(table);
    ret[0] = '\0';
    if (table_read_bytes(table, spec, in, strlen(in), &err) != 0)
        snprintf(ret, room, "%s", err.text);
    table_sort(table);
    for (size_t i = 0; err.kind == ERR_NONE && i < table->rule_count; i++) {
        char prefix[64];
        size_t used = strlen(ret);
        snprintf(ret + used, room - used, "%s%s", i == 0 ? "" : " ", table_rule_text(&table->rules[i], prefix));
    }
    table_free(table);
}

static void
domains(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(lists); i++) {
        char got[1000];
        describe(got, sizeof got, lists[i].spec, lists[i].in);
        check_text(lists[i].why, got, strlen(got), lists[i].want);
    }
}

static const struct {
    const char *why, *spec, *in, *want;
    const char *then; /* the pattern or prefix of a line that is written as advised */
} pasted[] = {
    {"a port", "t", "allow h.example:443", "has a port; write 'h.example tcp=443'", "h.example"},
    {"a URL", "t", "allow https://h.example/x", "is a URL; write 'h.example'", "h.example"},
    {"a URL with a port and a user", "t", "allow https://u:p@h.example:8443/x", "write 'h.example tcp=8443'",
     "h.example"},
    {"a URL without scheme", "t", "allow h.example/mail/inbox", "is a URL; write 'h.example'", "h.example"},
    {"a URL of an address", "t", "allow https://192.0.2.1/", "is a URL; write '192.0.2.1'", "192.0.2.1/32"},
    {"an address with a port", "t", "inspect 192.0.2.1:8443", "write '192.0.2.1 tcp=8443'", "192.0.2.1/32"},
    {"an IPv6 address with a port", "t", "inspect [2001:db8::1]:443", "write '2001:db8::1 tcp=443'", "2001:db8::1/128"},
    {"an IPv6 address in brackets", "t", "inspect [2001:db8::1]", "write '2001:db8::1'", "2001:db8::1/128"},
    {"a prefix with a port", "t", "inspect 10.0.0.0/8:443", "write '10.0.0.0/8 tcp=443'", "10.0.0.0/8"},
    {"an IPv6 prefix with a port", "t", "inspect 2001:db8::/32:443", "write '2001:db8::/32 tcp=443'", "2001:db8::/32"},
    {"a wildcard with a port", "t", "allow *.h.example:443", "write '*.h.example tcp=443'", "*.h.example"},
    {"two ports", "t", "allow h.example:80,443", "'h.example:80,443' has a port; write 'h.example tcp=80,443'",
     "h.example"},
    {"ports in any order", "t", "allow *.h.example:443,80", "write '*.h.example tcp=443,80'", "*.h.example"},
    {"a range of ports", "t", "inspect h.example:5000-5010,443", "write 'h.example tcp=5000-5010,443'", "h.example"},
    {"an address with ports", "t", "inspect 192.0.2.1:80,443", "write '192.0.2.1 tcp=80,443'", "192.0.2.1/32"},
    {"an IPv6 address with ports", "t", "inspect [2001:db8::1]:80,443", "write '2001:db8::1 tcp=80,443'",
     "2001:db8::1/128"},
    {"a prefix with ports", "t", "inspect 10.0.0.0/8:80,443", "write '10.0.0.0/8 tcp=80,443'", "10.0.0.0/8"},
    {"a URL with ports", "t", "allow https://h.example:80,443/x", "is a URL; write 'h.example tcp=80,443'",
     "h.example"},
    {"a comma", "t", "allow h.example,", "has more than a host in it; write 'h.example'", "h.example"},
    {"typographic quotes", "t", "allow \u2018h.example\u2019", "write 'h.example'", "h.example"},
    {"a missing slash", "t", "allow https:/h.example/", "is a URL; write 'h.example'", "h.example"},
    {"ports in a list", "allow:t", "h.example:80,443",
     "write 'h.example' for all ports, or in a rules file the line 'allow h.example tcp=80,443'", "h.example"},
    {"a URL with a wildcard", "t", "allow https://*.h.example/*", "write '*.h.example'", "*.h.example"},
    {"an address of mail", "t", "allow user@h.example", "has more than a host in it; write 'h.example'", "h.example"},

    {"a port in a list", "allow:t", "h.example:443",
     "has a port; write 'h.example' for all ports, or in a rules file the line 'allow h.example tcp=443'", "h.example"},
    {"in an inspect list", "inspect:t", "h.example:443", "in a rules file the line 'inspect h.example tcp=443'",
     "h.example"},
    {"in a list of domains", "domains:optimize:t", "h.example:443",
     "write 'h.example' for all ports, or in a rules file the line 'optimize .h.example tcp=443'", ".h.example"},
    {"an address in a list of domains", "domains:default:t", "192.0.2.1:443", "the line 'default 192.0.2.1/32 tcp=443'",
     "192.0.2.1/32"},
    {"a URL in a list", "allow:t", "https://h.example/x", "is a URL; write 'h.example'", "h.example"},
    {"what the old advice was, in a list", "allow:t", "h.example tcp=443",
     "a list has no 'tcp='; write in a rules file the line 'allow h.example tcp=443'", "h.example"},
    {"the same in a list of domains", "domains:allow:t", "  h.example tcp=80,443",
     "the line 'allow .h.example tcp=80,443'", ".h.example"},
    {"and for a wildcard", "domains:allow:t", "*.h.example tcp=443", "the line 'allow *.h.example tcp=443'",
     "*.h.example"},
};

/* Reads a line and copies the refusal of it. */
static void
refuse(char *ret, size_t room, const char *spec, const char *line)
{
    struct err err = {0};
    struct table *table = table_new();
    assert_non_null(table);
    int result = table_read_bytes(table, spec, line, strlen(line), &err);
    snprintf(ret, room, "%s", result != 0 ? err.text : table->complaint_count > 0 ? table->complaints[0] : "");
    table_free(table);
}

/* Takes the next text in quotes; NULL if there is none. */
static const char *
next_quoted(char ret[300], const char *from)
{
    const char *open = strchr(from, '\''), *close = open == NULL ? NULL : strchr(open + 1, '\'');
    if (close == NULL)
        return NULL;
    snprintf(ret, 300, "%.*s", (int)(close - open - 1), open + 1);
    return close + 1;
}

/* What comes after "write" are lines for the same file; what comes after "rules file" is a line of table text. */
static void
follow(size_t row, const char *advice)
{
    char quoted[300], line[600], got[600];
    const char *rules = strstr(advice, "in a rules file the line");
    size_t lines = 0;
    for (const char *at = advice; (at = next_quoted(quoted, at)) != NULL; lines++) {
        bool is_rule = rules != NULL && at > rules;
        bool is_text = strcmp(pasted[row].spec, "t") == 0;
        snprintf(line, sizeof line, "%.*s%s", is_text ? (int)strcspn(pasted[row].in, " ") + 1 : 0, pasted[row].in,
                 quoted);
        describe(got, sizeof got, is_rule ? "t" : pasted[row].spec, is_rule ? quoted : line);
        check_text(pasted[row].why, got, strlen(got), pasted[row].then);
    }
    CHECK(pasted[row].why, lines > 0);
}

static void
advice_works(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(pasted); i++) {
        char said[1000];
        refuse(said, sizeof said, pasted[i].spec, pasted[i].in);
        check_says(pasted[i].why, said, pasted[i].want);
        const char *advice = strstr(said, "write ");
        CHECK(pasted[i].why, advice != NULL);
        follow(i, advice);
    }
}

/* Nothing is advised that would be refused in its turn. */
static const struct {
    const char *why, *spec, *in, *want;
} hopeless[] = {
    {"too wide without its port", "t", "allow *.com:443",
     "has a port, and the host alone is refused as well: '*.com' lets anybody register"},
    {"no host in it", "t", "allow https:///x", "is a URL; write the host name alone"},
    {"a range that runs backwards", "t", "allow h.example:90-80", "has a byte that is not allowed in a host name"},
    {"no port between commas", "t", "allow h.example:80,,443", "has a byte that is not allowed in a host name"},
    {"one of them too high", "t", "allow h.example:443,65536", "has a byte that is not allowed in a host name"},
    {"not a port", "t", "allow h.example:https", "has a byte that is not allowed in a host name"},
    {"an address that is none", "t", "inspect 2603:1:2", "has a byte that is not allowed in a host name"},
    {"host bits", "t", "inspect 10.0.0.1/8", "has host bits set; write '10.0.0.0/8' if that is meant"},
    {"a length too long", "t", "inspect 10.0.0.0/33", "the prefix length 33 is larger than 32"},
    {"a short prefix", "t", "inspect 10.0.0/8", "'10.0.0/8' is not an IP prefix"},
    {"a list of a kind that does not exist", "domain:allow:t", "h.example",
     "'domain' is no format of lists; known are "},
    {"domains without a verb", "domains:t", "h.example", "unknown verb 'h.example'"},
};

static void
no_false_advice(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(hopeless); i++) {
        char said[1000];
        refuse(said, sizeof said, hopeless[i].spec, hopeless[i].in);
        check_says(hopeless[i].why, said, hopeless[i].want);
    }
}

/* A range is one line: it is taken as a whole, or refused in one sentence and counted once. */
static const struct {
    const char *spec, *in, *want, *complaint;
    size_t refused;
} ranges[] = {
    {"allow:t", "198.51.100.0/24\n11.0.0.1-14.255.255.255\n", "198.51.100.0/24",
     "'t': line 2: '11.0.0.1-14.255.255.255': the range is left out as a whole, because '12.0.0.0/7' is wider than /8, "
     "too "
     "wide for a bypass; name smaller prefixes",
     1},
    {"addresses:optimize:t", "::1 - ffff::\n2001:db8::/32\n", "2001:db8::/32",
     "line 1: '::1 - ffff::': the range is left out as a whole, because '", 1},
    {"allow:t", "create s hash:net\nadd s 11.0.0.1-14.255.255.255\nadd s 192.0.2.1\n", "192.0.2.1/32",
     "line 2: 'add s 11.0.0.1-14.255.255.255': the range is left out as a whole", 1},
    {"allow:t", "11.0.0.0-12.255.255.255\n192.0.2.0-192.0.2.2\n", "11.0.0.0/8 12.0.0.0/8 192.0.2.0/31 192.0.2.2/32", "",
     0},
    {"inspect:t", "11.0.0.1-11.0.0.3\n12.0.0.0-15.255.255.255\n", "11.0.0.1/32 11.0.0.2/31 12.0.0.0/6", "", 0},
};

static void
whole_ranges(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(ranges); i++) {
        char got[1000];
        struct err err = {0};
        struct table *table = table_new();
        describe(got, sizeof got, ranges[i].spec, ranges[i].in);
        check_text(ranges[i].in, got, strlen(got), ranges[i].want);
        assert_int_equal(table_read_bytes(table, ranges[i].spec, ranges[i].in, strlen(ranges[i].in), &err), 0);
        CHECK(ranges[i].in, table->refused == ranges[i].refused);
        check_says(ranges[i].in, table->complaint_count > 0 ? table->complaints[0] : "", ranges[i].complaint);
        table_free(table);
    }
}

/* A list that says something, but of which nothing is left, is refused whatever its verb is. */
static const struct {
    const char *spec, *in, *want; /* NULL: accepted */
} nothing[] = {
    {"inspect:t", "# no partners today\n\n  # b.example\n", NULL},
    {"hosts:inspect:t", "# none\n \n", NULL},
    {"adblock:inspect:t", "! none\n", NULL},
    {"rpz:inspect:t", " ; none\n", NULL},
    {"allow:t", "*.com\nb!\n",
     "cannot load 't': no rule comes of it, read as a bare list: line 1: '*.com' lets anybody register a name that "
     "matches, too wide for a bypass; name the domains (and 1 more line is refused)"},
    {"inspect:t", "# x\nserver=/a.example/#\nlocal=/b.example/#\n",
     "cannot load 't': no rule comes of it, read as a configuration of dnsmasq: exceptions (2) are left out, the first "
     "in "
     "line 2: 'server=/a.example/#'; is it the list that is meant?"},
    {"allow:t", "server=/a.example/#\n", "exceptions (1) are left out, the first in line 1"},
    {"inspect:t", "@@||a.example^\n", "read as a filter list of ad blockers: exceptions (1) are left out"},
    {"allow:t", "||a.example^\n||b.example^\n@@||x.a.example^\n@@||b.example^\n",
     "its exceptions concern part of what each of its rules matches (2)"},
    {"inspect:t", "127.0.0.1 localhost\n::1 localhost\n", "names of the machine itself (2) are left out"},
    {"inspect:t", "local-zone: a.example transparent\n", "exceptions (1) are left out, the first in line 1"},
    {"inspect:t", "a.example CNAME rpz-passthru.\n", "read as a response policy zone: exceptions (1) are left out"},
    {"inspect:t", "$TTL 60\n@ SOA a. b. 1 2 3 4 5\n@ NS a.\n",
     "read as a response policy zone: it names no host or address"},
    {"inspect:t", "create a hash:net\nadd a 192.0.2.0/24 nomatch\n",
     "exceptions (1) are left out, the first in line 2"},
    {"inspect:t", "create a hash:net\ncreate b hash:net\n",
     "read as a saved set of ipset: it names no host or address"},
    {"allow:t", "PROCESS-NAME,a\nGEOIP,CN\n",
     "line 1: 'PROCESS-NAME,a': a table cannot express programs (PROCESS-NAME) (and 1 more line is refused)"},
    {"edl:allow:t", "a.example/x\n", "line 1: 'a.example/x': a table cannot express paths"},
    {"allow:t", "0.0.0.0-255.255.255.255\n", "line 1: '0.0.0.0-255.255.255.255': '0.0.0.0/0' is wider than /8"},
    {"allow:t", "DOMAIN-KEYWORD,a\n",
     "line 1: 'DOMAIN-KEYWORD,a': '~.*a.*' matches names of strangers, too wide for a bypass"},
    {"optimize:t", "||com^\n", "line 1: '||com^': '.com' lets anybody register a name that matches"},
};

static void
no_list_without_rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(nothing); i++) {
        char got[1000];
        describe(got, sizeof got, nothing[i].spec, nothing[i].in);
        if (nothing[i].want == NULL)
            check_text(nothing[i].in, got, strlen(got), "");
        else
            check_says(nothing[i].in, got, nothing[i].want);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(domains), cmocka_unit_test(advice_works),
                                       cmocka_unit_test(no_false_advice), cmocka_unit_test(no_list_without_rules),
                                       cmocka_unit_test(whole_ranges)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

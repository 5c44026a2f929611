// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * list_test.c - list.h: formats told by their content, and what single lines hand over.
 *
 * Every byte of a line lies before a guard, so that no format reads further. What whole lists mean is compared in
 * tests/lists with the programs that the formats come from.
 */
#include "list/list.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "name/addr.h"
#include "unit.h"

#define GOT_MAX 600

static const struct {
    const char *why, *in, *want; /* a format */
} files[] = {
    {"nothing", "", "bare"},
    {"comments only", "# a\n! b\n; c\n// d\n\n", "bare"},
    {"names", "a.example\n.b.example # x\n*.c.example\n", "bare"},
    {"prefixes", "192.0.2.0/24\n2001:db8::/32\n", "bare"},
    {"prefixes with a number of people", "192.0.2.0/24 ; SBL1\n198.51.100.0/24 ; SBL2\n", "addresses"},
    {"one range among prefixes", "192.0.2.0/24\n198.51.100.0/24\n203.0.113.1-203.0.113.9\n", "addresses"},
    {"netmasks", "192.0.2.0/255.255.255.0\n", "addresses"},
    {"netmasks after a blank", "192.0.2.0 255.255.255.0\n", "addresses"},
    {"URLs are pasted into a bare list", "https://a.example/x\nb.example/y\n", "bare"},
    {"a slash after each host", "a.example/\n*.b.example/\n", "edl"},
    {"and hosts without", "a.example/\nb.example\nc.example\n", "edl"},
    {"hosts", "127.0.0.1 localhost\n0.0.0.0 a.example\n::1 b.example c.example\n", "hosts"},
    {"dnsmasq", "server=/a.example/192.0.2.1\ncache-size=1\naddress=/b.example/\n", "dnsmasq"},
    {"adblock", "||a.example^\n@@||b.example^\n##.ad\n", "adblock"},
    {"adblock, by its head", "[Adblock Plus 2.0]\n.ads.x\n_ads.y\na.example\nb.example\n", "adblock"},
    {"adblock with names", "[Adblock Plus 2.0]\n||a.example^\n||b.example^\n/x/y\n", "adblock"},
    {"clash", "DOMAIN-SUFFIX,a.example\nIP-CIDR,192.0.2.0/24,no-resolve\n", "clash"},
    {"clash in YAML", "payload:\n  - DOMAIN-SUFFIX,a.example\n  - 'DOMAIN,b.example'\n", "clash"},
    {"a zone", "$TTL 60\n@ SOA a. b. 1 2 3 4 5\na.example CNAME .\n*.a.example IN CNAME .\n", "rpz"},
    {"a zone with its numbers in lines",
     "@ IN SOA a. b. (\n1 ; serial\n2h\n3h\n4h\n5h )\n NS a.\n"
     "a.example 60 IN CNAME .\n",
     "rpz"},
    {"local zones", "server:\nlocal-zone: \"a.example\" static\nlocal-data: \"b.example A 192.0.2.1\"\n", "unbound"},
    {"a saved set", "create a hash:net family inet\nadd a 192.0.2.0/24\n", "ipset"},
    {"a saved set with the name of a type of records",
     "create a hash:net family inet\nadd a 192.0.2.0/24\nadd a 198.51.100.1\n", "ipset"},
    {"... with ports, and ranges", "create a hash:ip,port\nadd a 192.0.2.1,tcp:443\nadd a 192.0.2.4-192.0.2.9\n",
     "ipset"},
    {"... without the line that creates it", "add aaaa 2001:db8::1\nadd aaaa 2001:db8::2,udp:53\n", "ipset"},
    {"a zone of addresses", "add A 192.0.2.1\nb.example A 192.0.2.1\nc.example AAAA 2001:db8::1\n", "rpz"},
    {"a label that begins with a hyphen", "a.example\n-lead.example\n", "bare"},
    {"... which filters do, too", "||a.example^\n-ads.x\n-banner-\n", "adblock"},
    {"few lines of another format are mistakes",
     "a.example\nb.example\nc.example\nk.example\ne.example\nf.example\ng.example\nh.example\ni.example\nj.example\n"
     "0.0.0.0 k.example\n",
     "bare"},
    {"the last line is complete", "# x\n0.0.0.0 a.example", "hosts"},
};

/* The sentence of a refusal may name every format, so these are apart. */
static const struct {
    const char *why, *in, *says;
} unclear[] = {
    {"filters that begin with a hyphen among names", "a.example\nb.example\n-banner-\n",
     "line 3 of a filter list of ad blockers"},
    {"many are a mixture", "a.example\nb.example\n0.0.0.0 c.example\n",
     "line 1 is of a bare list, line 3 of a hosts file; split the file, or write bare:VERB:FILE or hosts:VERB:FILE"},
    {"prose", "These are our partners:\nas of 2026\na.example\n",
     "line 1, 'These are our partners:', is none that is known"},
    {"table text", "allow a.example\ninspect b.example\n", "write FORMAT:VERB:FILE, with bare, dstdomain, "},
    {"sets of nft", "table inet m365 {\n set a {\n  elements = {\n   192.0.2.0/24,\n   198.51.100.0/24,\n  }\n }\n}\n",
     "its format cannot be told: line 1, 'table inet m365 {'"},
    {"CSV", "1,a.example,yes\n2,b.example,no\n", "its format cannot be told"},
};

static int
recognise(const struct list_format **ret, const char *text, struct err *err)
{
    size_t len = strlen(text);
    char *in = guard_new(text, len);
    int result = list_recognise(ret, in, len, true, err);
    guard_free(in, len);
    return result;
}

static void
tell(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(files); i++) {
        struct err err = {0};
        const struct list_format *format = NULL;
        if (recognise(&format, files[i].in, &err) != 0)
            fail_msg("%s: %s", files[i].why, err.text);
        check_text(files[i].why, format->name, strlen(format->name), files[i].want);
    }
}

static void
not_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(unclear); i++) {
        struct err err = {0};
        const struct list_format *format = NULL;
        CHECK(unclear[i].why, recognise(&format, unclear[i].in, &err) == -1 && format == NULL);
        check_says(unclear[i].why, err.text, unclear[i].says);
    }
}

/* Of a file that is cut off, the last line does not count. */
static void
cut_off(void **state)
{
    (void)state;
    static const char in[] = "0.0.0.0 a.example\n0.0.0.";
    struct err err = {0};
    const struct list_format *format;
    assert_int_equal(list_recognise(&format, in, sizeof in - 1, false, &err), 0);
    assert_string_equal(format->name, "hosts");
    assert_int_equal(list_recognise(&format, in, sizeof in - 1, true, &err), -1);
}

static void
by_name(void **state)
{
    (void)state;
    char names[LIST_FORMAT_NAMES_MAX], *at = names;
    list_names(names);
    assert_true(strlen(names) < LIST_FORMAT_NAMES_MAX - 1);
    unsigned count = 0;
    for (; *at != '\0'; count++) {
        size_t len = strcspn(at, ", ");
        const struct list_format *format = list_find(at, len);
        assert_true(format != NULL && strlen(format->name) == len && format->title != NULL);
        at += len;
        at += strncmp(at, " or ", 4) == 0 ? 4 : strspn(at, ", ");
    }
    assert_int_equal(count, 12);
    assert_null(list_find("host", 4));
    assert_null(list_find("hosts ", 6));
    assert_null(list_find("", 0));
}

/* ---- what lines hand over: `+` a pattern, `-` an exception, `(` part of a host, `?` aside, `!` lost, `#` stop ---- */

static void
note(void *arg, const char *sign, const char *text, size_t len)
{
    char *got = arg;
    size_t used = strlen(got);
    snprintf(got + used, GOT_MAX - used, "%s%s%.*s", used == 0 ? "" : " ", sign, (int)len, text);
}

static int
add(void *arg, const char *text, size_t len, struct err *err)
{
    (void)err;
    note(arg, "+", text, len);
    return 0;
}

static int
add_range(void *arg, const struct prefix *prefixes, size_t count, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        char text[PREFIX_TEXT_MAX];
        prefix_format(text, &prefixes[i]);
        add(arg, text, strlen(text), err);
    }
    return 0;
}

static int
except(void *arg, const char *text, size_t len, struct err *err)
{
    (void)err;
    note(arg, "-", text, len);
    return 0;
}

static int
add_part(void *arg, const char *text, size_t len, const char *kind, struct err *err)
{
    (void)err;
    assert_true(kind[0] != '\0');
    note(arg, "(", text, len);
    return 0;
}

static int
leave(void *arg, enum list_left left, const char *kind, struct err *err)
{
    (void)err;
    assert_true(kind[0] != '\0');
    note(arg, left == LIST_ASIDE ? "?" : left == LIST_LOST ? "!" : "#", "", 0);
    return 0;
}

static const struct {
    const char *format, *in, *want; /* `E`: the line is malformed */
} lines[] = {
    {"addresses", "192.0.2.1 # x", "+192.0.2.1"},
    {"addresses", "0.0.0.0-255.255.255.255", "+0.0.0.0/0"},
    {"addresses", "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "+::/0"},
    {"addresses", "255.255.255.254-255.255.255.255", "+255.255.255.254/31"},
    {"addresses", "192.0.2.9-192.0.2.1", "E"},
    {"addresses", "192.0.2.1-2001:db8::", "E"},
    {"addresses", "192.0.2.0/255.0.255.0", "E"},
    {"addresses", "192.0.2.0/2001:db8::", "E"},
    {"addresses", "2001:db8::/ffff:ffff::", "+2001:db8::/32"},
    {"addresses", "192.0.2.0 255.255.255.0 x", "E"},
    {"addresses", "a.example", "E"},
    {"addresses", "; x", ""},
    {"edl", "a.example/", "+a.example"},
    {"edl", "a.example/x", "(a.example"},
    {"edl", "a.example:80/", "(a.example"},
    {"edl", "^.a.example/", "!"},
    {"edl", "192.0.2.0/24", "+192.0.2.0/24"},
    {"hosts", "0.0.0.0 a.example b.example#c # d", "+a.example +b.example#c"},
    {"hosts", "fe80::1%lo0 localhost", "?"},
    {"hosts", "0.0.0.0", "E"},
    {"hosts", "0.0.0.0 192.0.2.1", "E"},
    {"hosts", "a.example b.example", "E"},
    {"hosts", " # x", ""},
    {"dnsmasq", "server=/a.example/b.example/192.0.2.1", "+.a.example +.b.example"},
    {"dnsmasq", "server=/a.example/#", "-.a.example"},
    {"dnsmasq", "local=/a.example/#", "-.a.example"},
    {"dnsmasq", "address=/a.example/#", "+.a.example"},
    {"dnsmasq", "address=/a.example/b.example/#", "+.a.example +.b.example"},
    {"dnsmasq", "address=/a.example/ # x", "+.a.example"},
    {"dnsmasq", "local=/a.example/", "+.a.example"},
    {"dnsmasq", "server=/a.example/", "+.a.example"},
    {"dnsmasq", "address=/#/#", "!"},
    {"dnsmasq", "ipset=/a.example/#", "+.a.example"},
    {"dnsmasq", "server=/#/192.0.2.1", "!"},
    {"dnsmasq", "server=//192.0.2.1", "!"},
    {"dnsmasq", "server=/a.example", "E"},
    {"dnsmasq", "server=192.0.2.1", "?"},
    {"dnsmasq", "address=/*.a.example/", "+*.a.example"},
    {"adblock", "||a.example^", "+.a.example"},
    {"adblock", "||a.example^|", "+.a.example"},
    {"adblock", "||a.example", "+.a.example"},
    {"adblock", "||*.a.example^", "+*.a.example"},
    {"adblock", "||192.0.2.1^", "+192.0.2.1"},
    {"adblock", "||a.example^$important,all", "+.a.example"},
    {"adblock", "||a.example^$third-party", "(.a.example"},
    {"adblock", "||a.example^$badfilter", "-.a.example"},
    {"adblock", "@@||a.example^$badfilter", "!"},
    {"adblock", "||a.example/x", "(.a.example"},
    {"adblock", "||a.example:8080^", "(.a.example"},
    {"adblock", "||a*.example^", "!"},
    {"adblock", "||ads.", "!"},
    {"adblock", "||^", "!"},
    {"adblock", "||", "!"},
    {"adblock", "@@||a.example/x$image", "-.a.example"},
    {"adblock", "@@/x/", "#"},
    {"adblock", "@@", "#"},
    {"adblock", "/a$/", "!"},
    {"adblock", "a.example##.x", "?"},
    {"adblock", "|https://a.example/", "!"},
    {"clash", "DOMAIN-SUFFIX,a.example", "+.a.example"},
    {"clash", "domain,a.example", "+a.example"},
    {"clash", "IP-CIDR,192.0.2.0/24,no-resolve // x", "+192.0.2.0/24"},
    {"clash", "IP-CIDR,a.example", "E"},
    {"clash", "DOMAIN-KEYWORD,a.b", "+~.*a\\.b.*"},
    {"clash", "DOMAIN-KEYWORD,a(", "E"},
    {"clash", "DOMAIN,", "E"},
    {"clash", "GEOIP,CN", "!"},
    {"clash", "  - 'DOMAIN,a.example'", "+a.example"},
    {"clash", "payload:", "?"},
    {"clash", "a.example", "E"},
    {"rpz", "a.example CNAME .", "+a.example"},
    {"rpz", "*.a.example 1h IN CNAME *.", "+*.a.example"},
    {"rpz", "a.example. CNAME .", "E"},
    {"rpz", "a.example CNAME rpz-passthru.", "-a.example"},
    {"rpz", "a.example CNAME a.example.", "-a.example"},
    {"rpz", "A.example IN CNAME a.EXAMPLE.", "-A.example"},
    {"rpz", "*.a.example CNAME *.a.example.", "-*.a.example"},
    {"rpz", "a.example CNAME a.example", "+a.example"},
    {"rpz", "a.example CNAME b.example.", "+a.example"},
    {"rpz", "a.example CNAME x.a.example.", "+a.example"},
    {"rpz", "a.example A 192.0.2.1", "+a.example"},
    {"rpz", "24.0.2.0.192.rpz-ip CNAME 24.0.2.0.192.", "-192.0.2.0/24"},
    {"rpz", "24.0.2.0.192.rpz-ip CNAME 24.0.3.0.192.", "+192.0.2.0/24"},
    {"rpz", "8.0.0.0.10.rpz-ip CNAME .", "+10.0.0.0/8"},
    {"rpz", "128.1.zz.rpz-ip CNAME .", "+::1/128"},
    {"rpz", "32.1.0.rpz-ip CNAME .", "E"},
    {"rpz", "* CNAME .", "!"},
    {"rpz", "  CNAME .", "E"},
    {"rpz", "a.example", "E"},
    {"rpz", "$INCLUDE x", "#"},
    {"rpz", "@ NS a.", ""},
    {"unbound", " local-zone: 'a.example.' deny", "+.a.example."},
    {"unbound", "local-zone: a.example transparent", "-.a.example"},
    {"unbound", "local-zone: a.example noview", "-.a.example"},
    {"unbound", "local-zone: a.example INFORM_deny", "+.a.example"},
    {"unbound", "local-zone: a.example \"static\" # x", "+.a.example"},
    {"unbound", "local-zone: a.example truncate", "!"},
    {"unbound", "local-zone: a.example foo", "E"},
    {"unbound", "local-zone: a.example \"\"", "E"},
    {"unbound", "local-zone: \".\" refuse", "!"},
    {"unbound", "local-zone: \"a.example\"", "E"},
    {"unbound", "local-zone: \"", "E"},
    {"unbound", "local-data: \"a.example. A 192.0.2.1\"", "+a.example."},
    {"unbound", "forward-addr: 192.0.2.1", "?"},
    {"unbound", "a.example", "E"},
    {"ipset", "add a 192.0.2.1", "+192.0.2.1"},
    {"ipset", "add a 192.0.2.0/24 timeout 5 comment \"x nomatch y\"", "+192.0.2.0/24"},
    {"ipset", "add a 192.0.2.0/24 comment \"x\" nomatch", "-192.0.2.0/24"},
    {"ipset", "add a 192.0.2.0/24,tcp:80", "(192.0.2.0/24"},
    {"ipset", "add a", "E"},
    {"ipset", "destroy a", "E"},
    {"ipset", "create a hash:ip", ""},
};

static void
take(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(lines); i++) {
        char got[GOT_MAX] = "";
        struct err err = {0};
        const struct list_sink sink = {add, add_range, except, add_part, leave, got};
        struct list list = {.format = list_find(lines[i].format, strlen(lines[i].format)), .sink = &sink};
        size_t len = strlen(lines[i].in);
        char *in = guard_new(lines[i].in, len);
        int result = list.format->take(&list, in, len, &err);
        guard_free(in, len);
        CHECK(lines[i].in, (result != 0) == (err.kind != ERR_NONE));
        check_text(lines[i].in, result != 0 ? "E" : got, result != 0 ? 1 : strlen(got), lines[i].want);
    }
}

/* Lines that depend on those before. */
static const struct {
    const char *why, *format, *part, *in, *want;
} several[] = {
    {"a name of the zone", "rpz", NULL, "$ORIGIN z.test.\na.example.z.test. CNAME .\nb.example CNAME .\n",
     "+a.example +b.example"},
    {"of its first record", "rpz", NULL, "z.test. SOA a. b. 1 1 1 1 1\na.example.z.test. CNAME .\n", "+a.example"},
    {"an exception of the zone", "rpz", NULL,
     "$ORIGIN z.test.\na.example.z.test. CNAME a.example.\nb.example.z.test. CNAME b.example.z.test.\n",
     "-a.example +b.example"},
    {"a name that only ends so", "rpz", NULL, "$ORIGIN z.test.\na.exz.test. CNAME .\n", "E"},
    {"a second zone", "rpz", NULL, "$ORIGIN z.test.\n$ORIGIN y.test.\n", "#"},
    {"the owner of the line before", "rpz", NULL, "a.example A 192.0.2.1\n  AAAA ::1\n", "+a.example +a.example"},
    {"brackets", "rpz", NULL, "@ SOA a. b. (\n1\n2 ) ; x\na.example CNAME .\n", "+a.example"},
    {"two policies", "clash", NULL, "DOMAIN,a.example,DIRECT\nDOMAIN,b.example,REJECT\n", "+a.example #"},
    {"none, then one", "clash", NULL, "DOMAIN,a.example\nDOMAIN,b.example,REJECT\n", "+a.example #"},
    {"one policy", "clash", NULL, "DOMAIN,a.example,DIRECT\nIP-CIDR,192.0.2.0/24,DIRECT,no-resolve\n",
     "+a.example +192.0.2.0/24"},
    {"two sets", "ipset", NULL, "add a 192.0.2.1\nadd b 192.0.2.2\n", "+192.0.2.1 #"},
    {"one of two sets", "ipset", "b", "add a 192.0.2.1\nadd b 192.0.2.2\n", "+192.0.2.2"},
    {"another address", "hosts", NULL, "0.0.0.0 a.example\n:: b.example\nx c.example\n", "+a.example +b.example E"},
};

static void
take_several(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(several); i++) {
        char got[GOT_MAX] = "";
        const struct list_sink sink = {add, add_range, except, add_part, leave, got};
        struct list list = {
            .format = list_find(several[i].format, strlen(several[i].format)), .sink = &sink, .part = several[i].part};
        for (const char *at = several[i].in; *at != '\0'; at += strcspn(at, "\n") + 1) {
            struct err err = {0};
            if (list.format->take(&list, at, strcspn(at, "\n"), &err) != 0)
                note(got, "E", "", 0);
        }
        check_text(several[i].why, got, strlen(got), several[i].want);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(tell),    cmocka_unit_test(not_told),
                                       cmocka_unit_test(cut_off), cmocka_unit_test(by_name),
                                       cmocka_unit_test(take),    cmocka_unit_test(take_several)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rewrite_test.c - rewrite.h: rules are read, or refused with a message; the first matching rule wins; every result is
 * a URL.
 */
#include "squid/rewrite.h"

#include "unit.h"

#include <string.h>

#include "base/err.h"
#include "verdict/request.h"

static struct rewrite *
read_rules(const char *why, const char *text)
{
    struct err err = {0};
    struct rewrite *rules = NULL;
    char *guarded = guard_new(text, strlen(text));
    if (rewrite_read_bytes(&rules, "r", guarded, strlen(text), &err) != 0)
        fail_msg("%s: %s", why, err.text);
    guard_free(guarded, strlen(text));
    return rules;
}

static size_t
ask(const struct rewrite *rules, const char *url, size_t len, char ret[REWRITE_RESULT_MAX])
{
    struct request request;
    request_init(&request);
    request_set_url(&request, url, len);
    char *guarded = guard_new(url, len);
    size_t done = rewrite_apply(rules, &request, guarded, len, ret);
    guard_free(guarded, len);
    return done;
}

static const struct {
    const char *why, *rules, *url, *want; /* "": no rule matches */
} requests[] = {
    {"exact host", .rules = "redirect 301 a.example https://b.example/", .url = "http://a.example/x?y",
     .want = "OK status=301 url=\"https://b.example/\" m365_line_=1"},
    {"case, port, dot", .rules = "redirect 301 A.Example. https://b.example/", .url = "http://a.EXAMPLE.:8080/",
     .want = "OK status=301 url=\"https://b.example/\" m365_line_=1"},
    {"another host", .rules = "redirect 301 a.example https://b.example/", .url = "http://xa.example/", .want = ""},
    {"below", .rules = "redirect 302 *.a.example https://b.example/", .url = "http://x.y.a.example/",
     .want = "OK status=302 url=\"https://b.example/\" m365_line_=1"},
    {"below is not itself", .rules = "redirect 302 *.a.example https://b.example/", .url = "http://a.example/",
     .want = ""},
    {"itself and below", .rules = "redirect 303 .a.example https://b.example/", .url = "https://a.example/",
     .want = "OK status=303 url=\"https://b.example/\" m365_line_=1"},
    {"the user part is not the host", .rules = "block a.example https://b.example/",
     .url = "http://a.example@c.example/", .want = ""},
    {"the host after a user part", .rules = "block a.example https://b.example/", .url = "http://c.example@a.example/",
     .want = "OK status=302 url=\"https://b.example/\" m365_line_=1"},
    {"a host pattern does not match addresses", .rules = "block * https://192.0.2.9/", .url = "http://192.0.2.1/",
     .want = ""},
    {"a bad host", .rules = "block * https://192.0.2.9/", .url = "http://a%00.example/", .want = ""},
    {"block with a status",
     .rules = "# page\n\n"
              "block 307 a.example https://b.example/p?q=$$1\n",
     .url = "http://a.example/", .want = "OK status=307 url=\"https://b.example/p?q=$1\" m365_line_=3"},
    {"groups", .rules = "redirect 308 ~http://a\\.example/(.*)/(\\d+) https://b.example/$2/$1",
     .url = "http://a.example/x/y/7", .want = "OK status=308 url=\"https://b.example/7/x/y\" m365_line_=1"},
    {"anchored at both ends", .rules = "block ~http://a\\.example https://b.example/", .url = "http://a.example/",
     .want = ""},
    {"caseless", .rules = "block ~http://a\\.example/X https://b.example/", .url = "http://a.example/x",
     .want = "OK status=302 url=\"https://b.example/\" m365_line_=1"},
    {"a group keeps its case", .rules = "redirect 302 ~http://a\\.example/(.*) https://b.example/$1",
     .url = "http://a.example/XyZ%2f", .want = "OK status=302 url=\"https://b.example/XyZ%2f\" m365_line_=1"},
    {"a group that captured nothing", .rules = "redirect 302 ~http://a\\.example/(x)?(.*) https://b.example/[$1][$2]",
     .url = "http://a.example/y", .want = "OK status=302 url=\"https://b.example/[][y]\" m365_line_=1"},
    {"all nine groups", .rules = "redirect 302 ~http://a/(.)(.)(.)(.)(.)(.)(.)(.)(.) https://b/$9$8$7$6$5$4$3$2$1",
     .url = "http://a/123456789", .want = "OK status=302 url=\"https://b/987654321\" m365_line_=1"},
    {"quotes, braces and white space are encoded", .rules = "redirect 302 ~http://a/(.*) https://b/$1",
     .url = "http://a/{a}\"\\\t<x>^`|",
     .want = "OK status=302 url=\"https://b/%7Ba%7D%22%5C%09%3Cx%3E%5E%60%7C\" m365_line_=1"},
    {"bytes above ASCII and control characters too", .rules = "redirect 302 ~http://a/(.*) https://b/$1",
     .url = "http://a/\xc3\xa4\r\x7f", .want = "OK status=302 url=\"https://b/%C3%A4%0D%7F\" m365_line_=1"},
    {"rewrite", .rules = "rewrite ~http://(cdn\\d)\\.example/(.*) http://$1.cache.example:8080/$2",
     .url = "http://cdn1.example/a?b=c",
     .want = "OK rewrite-url=\"http://cdn1.cache.example:8080/a?b=c\" m365_line_=1"},
    {"the first matching rule",
     .rules = "block b.example https://x/\n"
              "redirect 301 .example https://y/\n"
              "block a.example https://z/",
     .url = "http://a.example/", .want = "OK status=301 url=\"https://y/\" m365_line_=2"},
    {"CONNECT gets host:port", .rules = "rewrite a.example b.example:8443", .url = "a.example:443",
     .want = "OK rewrite-url=\"b.example:8443\" m365_line_=1"},
    {"an address", .rules = "rewrite a.example [2001:db8::1]:443", .url = "a.example:443",
     .want = "OK rewrite-url=\"[2001:db8::1]:443\" m365_line_=1"},
    {"host:port is for CONNECT only", .rules = "rewrite a.example b.example:8443", .url = "http://a.example/",
     .want = ""},
    {"CONNECT never gets a URL",
     .rules = "redirect 302 a.example https://b.example/\n"
              "block .example https://c.test/\n"
              "rewrite a.example http://d.test/",
     .url = "a.example:443", .want = ""},
    {"CONNECT with groups", .rules = "rewrite ~(\\w+)\\.example:(\\d+) $1.inside.example:$2", .url = "a.example:993",
     .want = "OK rewrite-url=\"a.inside.example:993\" m365_line_=1"},
    {"a result that is not host:port", .rules = "rewrite ~(.*):443 $1.inside:443", .url = "a..b:443", .want = ""},
    {"a result without a valid host", .rules = "redirect 302 ~http://a/(.*) https://$1/", .url = "http://a/x{y",
     .want = ""},
    {"a result with a user part", .rules = "redirect 302 ~http://a/(.*) https://b$1/",
     .url = "http://a/:80@evil.example", .want = ""},
    {"a result with a bad port", .rules = "redirect 302 ~http://a/(.*) https://b:$1/", .url = "http://a/65536",
     .want = ""},
    {"a group after the host may extend it", .rules = "redirect 302 ~http://a/(.*) https://b.example$1",
     .url = "http://a/.evil.example/", .want = "OK status=302 url=\"https://b.example.evil.example/\" m365_line_=1"},
    {"the next rule, if a result cannot be used",
     .rules = "redirect 302 ~http://a/(.*) https://$1/\n"
              "block a https://c/",
     .url = "http://a/{", .want = "OK status=302 url=\"https://c/\" m365_line_=2"},
    {"the target is the URL itself", .rules = "redirect 302 ~https?://a/(.*) https://a/$1", .url = "https://a/x",
     .want = ""},
    {"the target differs from the URL", .rules = "redirect 302 ~https?://a/(.*) https://a/$1", .url = "http://a/x",
     .want = "OK status=302 url=\"https://a/x\" m365_line_=1"},
    {"a regex over its limit: block", .rules = "block ~http://a/(x+x+)+[yz] https://b/",
     .url = "http://a/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
     .want = "OK status=302 url=\"https://b/\" m365_line_=1"},
    {"a regex over its limit: redirect", .rules = "redirect 302 ~http://a/(x+x+)+[yz] https://b/$1",
     .url = "http://a/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", .want = ""},
    {"no rules", .rules = "# nothing\n", .url = "http://a/", .want = ""},
    {"CR LF, and a comment after the rule", .rules = "block a https://b/ # why\r\n", .url = "http://a/",
     .want = "OK status=302 url=\"https://b/\" m365_line_=1"},
};

static void
test_requests(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(requests); i++) {
        char got[REWRITE_RESULT_MAX];
        struct rewrite *rules = read_rules(requests[i].why, requests[i].rules);
        size_t len = ask(rules, requests[i].url, strlen(requests[i].url), got);
        check_text(requests[i].why, got, len, requests[i].want);
        rewrite_free(rules);
    }
}

static const struct {
    const char *why, *in, *want;
} refused[] = {
    {"unknown verb", "allow a https://b/",
     "cannot load 'r': line 1: unknown verb 'allow'; a line begins with redirect"},
    {"no status", "redirect a https://b/", "'redirect' needs a status: 301, 302, 303, 307 or 308"},
    {"a wrong status", "redirect 200 a https://b/", "'redirect' needs a status"},
    {"a status of a rewrite", "rewrite 302 a https://b/", "'rewrite' takes a pattern and a target, and nothing else"},
    {"a wrong status of a block", "block 403 a https://b/", "and nothing else; a status is 301, 302, 303, 307 or 308"},
    {"no target", "block a", "'block' takes a pattern and a page"},
    {"too many words", "redirect 301 a https://b/ c",
     "'redirect STATUS' takes a pattern and a target, and nothing else"},
    {"far too many words", "redirect 301 a https://b/ c d e f", "and nothing else"},
    {"relative target", "redirect 301 a /x", "'/x' is not an absolute http or https URL"},
    {"another relative target", "redirect 301 a //b/x", "is not an absolute http or https URL"},
    {"bare host", "redirect 301 a b.example", "is not an absolute http or https URL"},
    {"host:port of a redirect", "redirect 301 a b.example:443", "is not an absolute http or https URL"},
    {"host:port of a block", "block a b.example:443", "is not an absolute http or https URL"},
    {"bare host of a rewrite", "rewrite a b.example",
     "is not an absolute http or https URL, or host:port for a CONNECT"},
    {"another scheme", "redirect 301 a javascript:alert", "is not an absolute http or https URL"},
    {"yet another scheme", "redirect 301 a ftp://b/", "is not an absolute http or https URL"},
    {"no host", "redirect 301 a https:///x", "is not an absolute http or https URL"},
    {"user part", "redirect 301 a https://user@b/", "is not an absolute http or https URL"},
    {"bad port", "redirect 301 a https://b:0/", "is not an absolute http or https URL"},
    {"scheme from a group", "redirect 301 ~(.*) $1", "is not an absolute http or https URL"},
    {"quote", "redirect 301 a https://b/\"x", "the target contains a byte that a URL cannot have; write it as %22"},
    {"backslash", "redirect 301 a https://b/\\x", "write it as %5C"},
    {"control", "redirect 301 a https://b/\x01", "write it as %01"},
    {"above ASCII", "redirect 301 a https://b/\xc3\xa4", "write it as %C3"},
    {"half an encoding", "redirect 301 a https://b/%2",
     "a '%' in the target is not followed by two hexadecimal digits"},
    {"no encoding", "redirect 301 a https://b/100%!!", "write %25"},
    {"group of a host pattern", "redirect 301 a https://b/$1", "the target uses $1, but only a ~REGEX has groups"},
    {"too few groups", "redirect 301 ~(a)(b) https://b/$3", "the target uses $3, but the regex has fewer groups"},
    {"lone dollar", "redirect 301 ~(a) https://b/$x", "a '$' in the target must be followed by 1 to 9"},
    {"dollar at the end", "redirect 301 ~(a) https://b/$", "a '$' in the target must be followed by 1 to 9"},
    {"groups in a page", "block ~(a) https://b/$1", "the page of a block cannot have groups"},
    {"fragment of a rewrite", "rewrite a http://b/#x", "a fragment ('#') is never sent to a server"},
    {"bad regex", "block ~( https://b/", "the regex '~(' is wrong at byte 2"},
    {"bad pattern", "block a..b https://b/", "has an empty label"},
    {"address as pattern", "block 192.0.2.1 https://b/",
     "is not a host pattern; write a host name, or ~REGEX for the whole URL"},
    {"address with a dot", "block 192.0.2.1. https://b/", "is not a host pattern"},
    {"UTF-16",
     "\xff\xfe"
     "b",
     "cannot load 'r': it is UTF-16 text; save it as UTF-8"},
    {"a PAC file", "function FindProxyForURL(url, host)\n{\n}\n", "it is a PAC file"},
    {"URL as pattern", "block http://a/ https://b/", "has a byte that is not allowed in a host name"},
    {"circle", "redirect 301 .a.example https://www.a.example/", "the redirect would never end"},
    {"circle of a block", "block *.example https://page.example/", "the redirect would never end"},
    {"an empty file", "", "cannot load 'r': the file is empty; is the disk full?"},
    {"position and count",
     "block a https://b/\n\n"
     "block x\n"
     "block y\nfoo",
     "cannot load 'r': line 3: 'block' takes a pattern and a page, and nothing else (and 2 more lines are refused)"},
};

static void
test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(refused); i++) {
        struct err err = {0};
        struct rewrite *rules = NULL;
        CHECK(refused[i].why, rewrite_read_bytes(&rules, "r", refused[i].in, strlen(refused[i].in), &err) == -1);
        CHECK(refused[i].why, rules == NULL);
        check_says(refused[i].why, err.text, refused[i].want);
    }
    struct err err = {0};
    struct rewrite *rules = NULL;
    assert_int_equal(rewrite_read_bytes(&rules, "r", "block a\0b https://b/", 20, &err), -1);
    check_says("NUL", err.text, "the line contains a NUL byte");
}

/* A target of the maximum length, one a byte longer, and a URL longer than any that Squid accepts. */
static void
test_lengths(void **state)
{
    (void)state;
    static char url[2 * REWRITE_URL_MAX], got[REWRITE_RESULT_MAX];
    const char head[] = "http://a/";
    struct rewrite *rules = read_rules("lengths", "redirect 301 ~http://a/(.*) http://bb/$1\n"
                                                  "block ~http://c/.* https://d/");
    memset(url, 'x', sizeof url);
    memcpy(url, head, sizeof head - 1);
    size_t most = REWRITE_URL_MAX - 1; /* the target is a byte longer */
    size_t len = ask(rules, url, most, got);
    assert_true(len > REWRITE_URL_MAX && len <= REWRITE_RESULT_MAX);
    assert_int_equal(ask(rules, url, most + 1, got), 0);
    url[most - 1] = '"';
    assert_int_equal(ask(rules, url, most, got), 0);
    url[7] = 'c';
    check_text("over-long URL is blocked", got, ask(rules, url, sizeof url, got),
               "OK status=302 url=\"https://d/\" m365_line_=2");
    rewrite_free(rules);
    static char line[REWRITE_LINE_MAX + 2];
    struct err err = {0};
    memset(line, ' ', sizeof line);
    assert_int_equal(rewrite_read_bytes(&rules, "r", line, REWRITE_LINE_MAX + 1, &err), -1);
    check_says("long line", err.text, "line 1: the line is longer than 16384 bytes");
    memset(line, 'x', sizeof line);
    memcpy(line, "block a http://b/", 17);
    assert_int_equal(rewrite_read_bytes(&rules, "r", line, 16 + REWRITE_URL_MAX, &err), -1);
    check_says("long target", err.text, "the target is longer than 8191 bytes");
}

/* Whatever a client sends, the result is one value between two quotes, made of URL bytes. */
static void
test_noise(void **state)
{
    (void)state;
    uint64_t seed = 365;
    char url[300], got[REWRITE_RESULT_MAX + 1];
    struct rewrite *rules = read_rules("noise", "redirect 301 ~(?s)http://a/(.*) http://b/$1\n"
                                                "rewrite ~(?s)(.*) $1:1\n"
                                                "rewrite ~(?s)(.*) http://$1");
    for (int round = 0; round < 20000; round++) {
        size_t len = next_random(&seed) % sizeof url;
        for (size_t i = 0; i < len; i++)
            url[i] = (char)next_random(&seed);
        if (len > 9 && round % 2 == 0)
            memcpy(url, "http://a/", 9);
        size_t n = ask(rules, url, len, got);
        got[n] = '\0';
        if (n == 0)
            continue;
        size_t from = strcspn(got, "\"") + 1;
        assert_true(from < n);
        size_t value = strcspn(got + from, "\"");
        assert_true(value > 0 && strncmp(got + from + value, "\" m365_line_=", 13) == 0);
        for (size_t i = from; i < from + value; i++)
            assert_true(got[i] > ' ' && got[i] < 0x7f && got[i] != '\\');
    }
    rewrite_free(rules);
}

/* The file is read at once at first, later only when it has stopped changing. A bad file changes nothing. */
static void
test_watch(void **state)
{
    (void)state;
    struct err err = {0};
    folder_make();
    struct rewrite_watch *watch = rewrite_watch_new(folder_path("rules"));
    assert_non_null(watch);
    assert_null(rewrite_current(watch));
    assert_int_equal(rewrite_refresh(watch, 1000, &err), REWRITE_FAILED);
    check_says("missing", err.text, "No such file or directory, no rules are in use");
    assert_int_equal(rewrite_refresh(watch, 2000, &err), REWRITE_SAME);
    folder_write("rules", "block a http://b/\n", 18);
    assert_int_equal(rewrite_refresh(watch, 3000, &err), REWRITE_SAME);
    assert_int_equal(rewrite_refresh(watch, 4999, &err), REWRITE_SAME);
    assert_int_equal(rewrite_refresh(watch, 5000, &err), REWRITE_NEW);
    assert_int_equal(rewrite_count(rewrite_current(watch)), 1);
    folder_write("rules", "block a\n", 8);
    assert_int_equal(rewrite_refresh(watch, 6000, &err), REWRITE_SAME);
    assert_int_equal(rewrite_refresh(watch, 8000, &err), REWRITE_FAILED);
    check_says("bad", err.text, "line 1: 'block' takes a pattern and a page, and nothing else, keeping the old rules");
    assert_int_equal(rewrite_count(rewrite_current(watch)), 1);
    assert_int_equal(rewrite_refresh(watch, 18000, &err), REWRITE_SAME);
    folder_write("rules", "# none\n", 7);
    assert_int_equal(rewrite_refresh(watch, 19000, &err), REWRITE_SAME);
    assert_int_equal(rewrite_refresh(watch, 21000, &err), REWRITE_NEW);
    assert_int_equal(rewrite_count(rewrite_current(watch)), 0);
    rewrite_watch_free(watch);
    rewrite_watch_free(NULL);
    rewrite_free(NULL);
    folder_remove();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests), cmocka_unit_test(test_refused), cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_noise),    cmocka_unit_test(test_watch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

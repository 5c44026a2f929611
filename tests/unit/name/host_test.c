// SPDX-License-Identifier: GPL-2.0-or-later
/* host_test.c - host.h: which bytes are a name, what Unicode is converted to, where anybody can register names. */
#include "name/host.h"

#include <string.h>

#include "base/err.h"
#include "unit.h"

#define L10 "abcdefghij"
#define L60 L10 L10 L10 L10 L10 L10
#define L63 L60 "abc"
#define N192 L63 "." L63 "." L63 "."

static const struct {
    const char *why, *in, *want; /* want NULL: no name */
} names[] = {
    {"a name", "outlook.office365.com", "outlook.office365.com"},
    {"capitals", "OutLook.OFFICE365.Com", "outlook.office365.com"},
    {"every letter", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"},
    {"one label", "localhost", "localhost"},
    {"digits, dashes, underscores", "_a-1.b_2-", "_a-1.b_2-"},
    {"a trailing dot", "example.com.", "example.com"},
    {"two trailing dots", "example.com..", NULL},
    {"a leading dot", ".example.com", NULL},
    {"an empty label", "a..b", NULL},
    {"a dot", ".", NULL},
    {"nothing", "", NULL},
    {"a label of 63", L63 ".com", L63 ".com"},
    {"a label of 64", L63 "d.com", NULL},
    {"a last label of 64", "com." L63 "d", NULL},
    {"a name of 253", N192 L60 "a", N192 L60 "a"},
    {"a name of 253 and its dot", N192 L60 "a.", N192 L60 "a"},
    {"a name of 254", N192 L60 "ab", NULL},
    {"a percent is never decoded", "a%2ecom", NULL},
    {"an escaped dot", "outlook%2Eoffice365.com", NULL},
    {"a star", "*.example.com", NULL},
    {"a space", "a b.com", NULL},
    {"a tab", "a\tb.com", NULL},
    {"a line end", "a.com\n", NULL},
    {"a port", "a.com:443", NULL},
    {"a slash", "a.com/", NULL},
    {"an at sign", "u@a.com", NULL},
    {"a byte above ASCII",
     "b\xc3\xbc"
     "cher.example",
     NULL},
    {"a Kelvin sign", "\xe2\x84\xaa.example", NULL},
    {"DEL", "a\x7f.com", NULL},
    {"brackets", "[::1]", NULL},
    {"the bytes around the letters", "`.com", NULL},
    {"... and after them", "{.com", NULL},
    {"... and around the capitals", "@.com", NULL},
    {"... and after those", "[.com", NULL},
};

static void
parse(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(names); i++) {
        size_t len = strlen(names[i].in);
        char *in = guard_new(names[i].in, len);
        struct host got, before;
        memset(&before, 0x5a, sizeof before);
        memcpy(&got, &before, sizeof got);
        bool ok = host_parse(&got, in, len);
        CHECK(names[i].why, ok == (names[i].want != NULL));
        if (ok) {
            check_text(names[i].why, got.text, got.len, names[i].want);
            CHECK(names[i].why, got.text[got.len] == '\0');
        } else {
            CHECK(names[i].why, memcmp(&got, &before, sizeof got) == 0);
        }
        guard_free(in, len);
    }
    struct host host;
    assert_false(host_parse(&host, "a\0b", 3));
}

/* The definition of a name, a byte at a time. */
static bool
naive_parse(char ret[HOST_MAX + 1], const char *text, size_t len)
{
    if (len > 0 && text[len - 1] == '.')
        len--;
    if (len == 0 || len > HOST_MAX)
        return false;
    for (size_t i = 0, label = 0; i < len; i++) {
        bool dot = text[i] == '.';
        if (dot ? label == 0 || i + 1 == len : host_byte[(unsigned char)text[i]] == 0 || label == HOST_LABEL_MAX)
            return false;
        label = dot ? 0 : label + 1;
        ret[i] = dot ? '.' : (char)host_byte[(unsigned char)text[i]];
    }
    ret[len] = '\0';
    return true;
}

/* Names of all lengths, some with a mistake. */
static void
random_names(void **state)
{
    (void)state;
    static const char usual[] = "abcxyz09-_AZ....", bad[] = "/@`{[%:* \x7f\x80\xae\xff\n";
    uint64_t seed = 3;
    size_t good = 0;
    for (int round = 0; round < 200000; round++) {
        char text[300], want[HOST_MAX + 1];
        size_t len = next_random(&seed) % (round % 4 == 0 ? 270 : 70);
        for (size_t i = 0; i < len; i++) {
            bool dot = next_random(&seed) % 12 == 0;
            text[i] = dot ? '.' : usual[next_random(&seed) % 12];
        }
        if (len > 0 && next_random(&seed) % 4 == 0)
            text[next_random(&seed) % len] = bad[next_random(&seed) % (sizeof bad)];
        if (len > 0 && next_random(&seed) % 4 == 0)
            text[next_random(&seed) % 2 == 0 ? 0 : len - 1] = usual[next_random(&seed) % (sizeof usual - 1)];
        char *in = guard_new(text, len);
        struct host got;
        bool ok = host_parse(&got, in, len);
        assert_true(ok == naive_parse(want, text, len));
        if (ok)
            check_text("a random name", got.text, got.len, want);
        good += ok;
        guard_free(in, len);
    }
    assert_true(good > 20000);
}

/* Exactly the bytes of the contract, each alone and in the middle of a name. */
static void
every_byte(void **state)
{
    (void)state;
    static const char good[] = "abcdefghijklmnopqrstuvwxyz0123456789-_";
    for (int c = 0; c < 256; c++) {
        int lower = c >= 'A' && c <= 'Z' ? c + 32 : c;
        bool want = lower != 0 && strchr(good, lower) != NULL;
        assert_int_equal(host_byte[c], want ? lower : 0);
        char text[3] = {'a', (char)c, 'b'};
        struct host host;
        assert_int_equal(host_parse(&host, text, 3), want || c == '.');
        assert_int_equal(host_parse(&host, text + 1, 1), want);
    }
}

static const struct {
    const char *why, *in, *want; /* want NULL: refused */
} unicode[] = {
    {"ASCII is copied", "Example.COM", "Example.COM"},
    {"wildcards are copied", "*.example.com", "*.example.com"},
    {"dots stay", ".a..b.", ".a..b."},
    {"an umlaut",
     "b\xc3\xbc"
     "cher.example",
     "xn--bcher-kva.example"},
    {"a capital umlaut",
     "B\xc3\x9c"
     "cher.example",
     "xn--bcher-kva.example"},
    {"an umlaut in two characters",
     "b"
     "u\xcc\x88"
     "cher.example",
     "xn--bcher-kva.example"},
    {"a sharp s stays one",
     "stra\xc3\x9f"
     "e.example",
     "xn--strae-oqa.example"},
    {"below a wildcard",
     "*.b\xc3\xbc"
     "cher.example",
     "*.xn--bcher-kva.example"},
    {"Chinese", "\xe4\xbe\x8b\xe5\xad\x90.cn", "xn--fsqu00a.cn"},
    {"a wildcard inside", "b\xc3\xbc*.example", NULL},
    {"not UTF-8",
     "b\xfc"
     "cher.example",
     NULL},
    {"an overlong slash", "a\xc0\xaf.example", NULL},
    {"a cut character", "a\xc3", NULL},
    {"a surrogate", "a\xed\xa0\x80.example", NULL},
    {"a full-width dot is a dot (UTS 46, 4)",
     "a\xef\xbc\x8e"
     "b.example",
     "a.b.example"},
    {"an ideographic dot too",
     "a\xe3\x80\x82"
     "b.example",
     "a.b.example"},
    {"a zero width joiner",
     "a\xe2\x80\x8d"
     "b.example",
     NULL},
    {"an emoji of old rules", "\xe2\x98\x83\xef\xb8\x8f\xe2\x80\x8d.example", NULL},
};

static void
to_ascii(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(unicode); i++) {
        size_t len = strlen(unicode[i].in);
        char *in = guard_new(unicode[i].in, len);
        char room[300];
        size_t got = 0;
        struct err err = {0};
        int rc = host_to_ascii(room, sizeof room, &got, in, len, &err);
        if ((rc == 0) != (unicode[i].want != NULL))
            fail_msg("%s: %s", unicode[i].why, rc == 0 ? room : err.text);
        if (rc == 0) {
            check_text(unicode[i].why, room, got, unicode[i].want);
            CHECK(unicode[i].why, room[got] == '\0');
        } else {
            CHECK(unicode[i].why, err.text[0] != '\0');
        }
        guard_free(in, len);
    }
}

static void
to_ascii_stays_in_its_room(void **state)
{
    (void)state;
    const char *text = "b\xc3\xbc"
                       "cher.ab";
    const size_t need = strlen("xn--bcher-kva.ab") + 1;
    for (size_t room = 1; room < need + 2; room++) {
        char bytes[64];
        memset(bytes, 'x', sizeof bytes);
        size_t len = 4711;
        struct err err = {0};
        int rc = host_to_ascii(bytes, room, &len, text, strlen(text), &err);
        assert_int_equal(rc, room >= need ? 0 : -1);
        assert_int_equal(bytes[room], 'x');
        assert_int_equal(len, rc == 0 ? need - 1 : 4711);
    }
    char longest[600], bytes[64];
    memset(longest, 'a', sizeof longest);
    memcpy(longest + 300, "\xc3\xbc", 2);
    size_t len;
    assert_int_equal(host_to_ascii(bytes, sizeof bytes, &len, longest, sizeof longest, NULL), -1);
}

static const struct {
    const char *why, *in;
    bool want;
} suffixes[] = {
    {"a top level", "com", true},
    {"a second level of a country", "co.uk", true},
    {"a registered domain", "example.com", false},
    {"a name below", "a.example.com", false},
    {"below a country's second level", "example.co.uk", false},
    {"a private suffix", "blogspot.com", true},
    {"another, of many strangers", "azurewebsites.net", true},
    {"an unknown top level", "corpintern", true},
    {"below an unknown top level", "proxy.corpintern", false},
    {"a wildcard rule", "anything.ck", true},
    {"its exception", "www.ck", false},
    {"a suffix in ASCII of Unicode", "xn--fiqs8s", true},
    {"Microsoft's own", "office.com", false},
};

static void
public_suffixes(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(suffixes); i++)
        CHECK(suffixes[i].why, host_is_public_suffix(suffixes[i].in) == suffixes[i].want);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parse),
        cmocka_unit_test(random_names),
        cmocka_unit_test(every_byte),
        cmocka_unit_test(to_ascii),
        cmocka_unit_test(to_ascii_stays_in_its_room),
        cmocka_unit_test(public_suffixes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

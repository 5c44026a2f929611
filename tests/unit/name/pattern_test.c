// SPDX-License-Identifier: GPL-2.0-or-later
/* pattern_test.c - pattern.h: what a pattern is, what it matches, whether two of them share a name. */
#include "name/pattern.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "tables.h"

#define TEN "aaaaaaaaaa"
#define SIXTY TEN TEN TEN TEN TEN TEN
#define LABEL63 SIXTY "aaa"
#define NAME253 LABEL63 "." LABEL63 "." LABEL63 "." SIXTY "a"

static const struct {
    const char *why, *in;
    bool published;
    enum pattern_kind kind;
    const char *want; /* the canonical text, or, if it has a space, a part of the refusal */
} patterns[] = {
    {"a name", "a.b.c", .published = true, .kind = PATTERN_EXACT, .want = "a.b.c"},
    {"upper case", "A.B.Example", .kind = PATTERN_EXACT, .want = "a.b.example"},
    {"a trailing dot", "a.b.", .kind = PATTERN_EXACT, .want = "a.b"},
    {"below a name", "*.b.c", .published = true, .kind = PATTERN_UNDER, .want = "*.b.c"},
    {"the longest name", NAME253, .published = true, .kind = PATTERN_EXACT, .want = NAME253},
    {"the longest label", LABEL63 ".c", .published = true, .kind = PATTERN_EXACT, .want = LABEL63 ".c"},
    {"a name and all below", ".b.c", .kind = PATTERN_DOT, .want = ".b.c"},
    {"a star glued to text", "*cdn.b.c", .published = true, .kind = PATTERN_GLOB, .want = "*cdn.b.c"},
    {"a star inside", "a.*.b.c", .published = true, .kind = PATTERN_GLOB, .want = "a.*.b.c"},
    {"a star at the end of a label", "a-*.b.c", .published = true, .kind = PATTERN_GLOB, .want = "a-*.b.c"},
    {"a star alone", "*", .kind = PATTERN_GLOB, .want = "*"},
    {"two stars, local", "*.a.*.c", .kind = PATTERN_GLOB, .want = "*.a.*.c"},
    {"two stars, published", "*.a.*.c", .published = true, .want = "has more than one '*'"},
    {"a tenant", "<tenant>.b.c", .published = true, .kind = PATTERN_GLOB, .want = "<tenant>.b.c"},
    {"a tenant glued to text", "<TENANT>-my.b.c", .published = true, .kind = PATTERN_GLOB, .want = "<tenant>-my.b.c"},
    {"a tenant below a star", "*.<tenant>.b.c", .published = true, .kind = PATTERN_GLOB, .want = "*.<tenant>.b.c"},
    {"a tenant in a local line", "<tenant>.b.c", .want = "has a byte that is not allowed in a host name"},
    {"a dot in front, published", ".b.c", .published = true, .want = "a published pattern is written '*.b.c'"},
    {"a dot and a star", ".b*.c", .want = "begins with a dot and has a wildcard"},
    {"a dot alone", ".", .want = "is not a host name"},
    {"two dots", "a..b", .want = "has an empty label"},
    {"two dots in front", "..b", .want = "has an empty label"},
    {"two dots at the end", "a..", .want = "is not a host name"},
    {"nothing", "", .want = "is not a host name"},
    {"a percent sign", "a%2eb.c", .want = "'a%2eb.c' has a byte that is not allowed in a host name: '%' at position 2"},
    {"a port", "a.b:443", .want = "has a byte that is not allowed in a host name"},
    {"a space", "a b", .want = "has a byte that is not allowed in a host name: the byte 0x20 at position 2"},
    {"a label of 64", LABEL63 "a.c", .want = "a label of more than 63 bytes"},
    {"a name of 254", NAME253 "a", .want = "is longer than 253 bytes"},
    {"much too long", NAME253 NAME253, .want = "is longer than 253 bytes"},
    {"Unicode",
     "b\xc3\xbc"
     "cher.example",
     .kind = PATTERN_EXACT, .want = "xn--bcher-kva.example"},
    {"Unicode below a star",
     "*.b\xc3\xbc"
     "cher.example",
     .kind = PATTERN_UNDER, .want = "*.xn--bcher-kva.example"},
    {"Unicode glued to a star", "*\xc3\xbc.example", .want = "mixes a wildcard with letters outside ASCII"},
    {"Latin-1", "a.caf\xe9.example", .want = "0xE9 at position 4 is not UTF-8"},
    {"a space that does not break", "a\xc2\xa0.example", .want = "name: it contains U+00A0, at byte 2"},
    {"a mark of direction", "\xc3\xbc\xe2\x80\xae.example", .want = "name: it contains U+202E, at byte 3"},
    {"no UTF-8", "\xff.example",
     .want = "is not an international name: the byte 0xFF at position 1 is not UTF-8; save the text as UTF-8"},
    {"a regex", "~[a-z]+\\.b", .kind = PATTERN_REGEX, .want = "~[a-z]+\\.b"},
    {"a regex keeps its case", "~\\D+", .kind = PATTERN_REGEX, .want = "~\\D+"},
    {"a published regex", "~a", .published = true, .want = "a regex cannot belong to a published endpoint set"},
    {"a regex without text", "~", .want = "'~' has no regex"},
    {"a regex of other bytes", "~\xc3\xbc",
     .want = "the regex has a byte that is not allowed in a host name: the byte 0xC3 at position 2; write it in ASCII"},
};

static void
parse(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(patterns); i++) {
        struct pattern got = {.len = 4711, .kind = PATTERN_PREFIX};
        struct err err = {0};
        size_t in_len = strlen(patterns[i].in);
        char *in = guard_new(patterns[i].in, in_len);
        int result = pattern_parse(&got, in, in_len, patterns[i].published, &err);
        guard_free(in, in_len);
        if (strchr(patterns[i].want, ' ') != NULL) {
            CHECK(patterns[i].why, result == -1);
            check_says(patterns[i].why, err.text, patterns[i].want);
            continue;
        }
        CHECK(patterns[i].why, result == 0 && got.kind == patterns[i].kind && err.kind == ERR_NONE);
        check_text(patterns[i].why, got.text, got.len, patterns[i].want);
        CHECK(patterns[i].why, got.text[got.len] == '\0' && pattern_kind(got.text, got.len) == got.kind);
    }
}

static void
long_regex(void **state)
{
    (void)state;
    char in[REGEX_MAX + 3];
    struct pattern got;
    struct err err = {0};
    memset(in, 'a', sizeof in);
    in[0] = '~';
    assert_int_equal(pattern_parse(&got, in, REGEX_MAX + 1, false, &err), 0);
    assert_int_equal(got.len, REGEX_MAX + 1);
    assert_int_equal(pattern_parse(&got, in, REGEX_MAX + 2, false, &err), -1);
    check_says("one byte more", err.text, "the regex is longer than 1024 bytes");
    assert_int_equal(err.kind, ERR_LIMIT);
}

static const struct {
    const char *why, *pattern, *name;
    bool want;
} matches[] = {
    {"itself", .pattern = "a.b.c", .name = "a.b.c", .want = true},
    {"not what is below", .pattern = "b.c", .name = "a.b.c", .want = false},
    {"below", .pattern = "*.b.c", .name = "a.b.c", .want = true},
    {"deep below", .pattern = "*.b.c", .name = "x.y.a.b.c", .want = true},
    {"never the name itself", .pattern = "*.b.c", .name = "b.c", .want = false},
    {"no half label", .pattern = "*.b.c", .name = "xb.c", .want = false},
    {"the dot: itself", .pattern = ".b.c", .name = "b.c", .want = true},
    {"the dot: below", .pattern = ".b.c", .name = "x.a.b.c", .want = true},
    {"the dot: no half label", .pattern = ".b.c", .name = "xb.c", .want = false},
    {"glued: zero characters", .pattern = "*cdn.onenote.net", .name = "cdn.onenote.net", .want = true},
    {"glued: dots allowed", .pattern = "*cdn.onenote.net", .name = "x.ycdn.onenote.net", .want = true},
    {"glued: not without the text", .pattern = "*cdn.onenote.net", .name = "x.onenote.net", .want = false},
    {"glued: a hyphen", .pattern = "*-files.sharepoint.com", .name = "contoso-files.sharepoint.com", .want = true},
    {"inside: one label", .pattern = "autodiscover.*.onmicrosoft.com", .name = "autodiscover.contoso.onmicrosoft.com",
     .want = true},
    {"inside: no two labels", .pattern = "autodiscover.*.onmicrosoft.com", .name = "autodiscover.a.b.onmicrosoft.com",
     .want = false},
    {"inside: not nothing", .pattern = "autodiscover-*.outlook.com", .name = "autodiscover-.outlook.com",
     .want = false},
    {"inside: a part", .pattern = "autodiscover-*.outlook.com", .name = "autodiscover-s.outlook.com", .want = true},
    {"all", .pattern = "*", .name = "a", .want = true},
    {"all, deep", .pattern = "*", .name = "a.b.c", .want = true},
    {"two stars in a label", .pattern = "a*b*c.d", .name = "axbxc.d", .want = true},
    {"two stars in a label need two characters", .pattern = "a*b*c.d", .name = "axbc.d", .want = false},
    {"back to the last star", .pattern = "*ab.c", .name = "aab.c", .want = true},
    {"back over several", .pattern = "x*ab*ab.c", .name = "xabaabyab.c", .want = true},
    {"two stars side by side", .pattern = "a.**.c", .name = "a.xy.c", .want = true},
    {"two stars side by side need two", .pattern = "a.**.c", .name = "a.x.c", .want = false},
};

static void
match(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(matches); i++) {
        const char *pattern = matches[i].pattern, *name = matches[i].name;
        bool got = pattern_match(pattern, strlen(pattern), name, strlen(name));
        CHECK(matches[i].why, got == matches[i].want);
        CHECK(matches[i].why, naive_match(pattern, name) == matches[i].want);
    }
}

/* A random pattern or name of few letters, which often match. */
static size_t
invent(char *ret, const char *letters, uint64_t *seed, size_t most)
{
    size_t len = 1 + next_random(seed) % most;
    for (size_t i = 0; i < len; i++)
        ret[i] = letters[next_random(seed) % strlen(letters)];
    ret[len] = '\0';
    return len;
}

static void
match_like_naive(void **state)
{
    (void)state;
    uint64_t seed = 11;
    unsigned yes = 0, asked = 0;
    while (asked < 20000) {
        char raw[16], text[16];
        struct pattern pattern;
        struct host name;
        size_t raw_len = invent(raw, "ab..**a", &seed, 9);
        size_t text_len = invent(text, "aabb..", &seed, 10);
        if (pattern_parse(&pattern, raw, raw_len, false, NULL) != 0 || !host_parse(&name, text, text_len))
            continue;
        asked++;
        char *in = guard_new(name.text, name.len);
        char *exact = guard_new(pattern.text, pattern.len);
        bool got = pattern_match(exact, pattern.len, in, name.len);
        guard_free(exact, pattern.len);
        guard_free(in, name.len);
        yes += got;
        if (got != naive_match(pattern.text, name.text))
            fail_msg("'%s' against '%s' is %d", pattern.text, name.text, got);
    }
    assert_true(yes > 1000 && yes < 15000);
}

/* All patterns of up to four bytes of this alphabet, and of all texts of up to eight bytes those that they match. */
enum { PATTERNS_MAX = 400, TEXTS_MAX = 10000, WORDS = TEXTS_MAX / 64 + 1 };

static struct {
    char pattern[PATTERNS_MAX][8];
    uint64_t texts[PATTERNS_MAX][WORDS]; /* texts with empty labels too */
    uint64_t names[WORDS];               /* those that are host names */
    size_t count;
} all;

static void
spell(char *ret, const char *letters, size_t number, size_t len)
{
    for (size_t i = 0; i < len; i++, number /= strlen(letters))
        ret[i] = letters[number % strlen(letters)];
    ret[len] = '\0';
}

static void
list_patterns(void)
{
    for (size_t len = 1, power = 4; len <= 4; len++, power *= 4) {
        for (size_t number = 0; number < power; number++) {
            char raw[8];
            struct pattern pattern;
            spell(raw, "ab.*", number, len);
            if (pattern_parse(&pattern, raw, len, false, NULL) == 0 && pattern.len == len)
                memcpy(all.pattern[all.count++], pattern.text, len + 1);
        }
    }
    assert_true(all.count > 100 && all.count <= PATTERNS_MAX);
}

static void
list_texts(void)
{
    size_t at = 0;
    for (size_t len = 1, power = 3; len <= 8; len++, power *= 3) {
        for (size_t number = 0; number < power; number++, at++) {
            char text[16];
            struct host host;
            spell(text, "ab.", number, len);
            assert_true(at < TEXTS_MAX);
            if (host_parse(&host, text, len) && host.len == len)
                all.names[at / 64] |= (uint64_t)1 << at % 64;
            for (size_t i = 0; i < all.count; i++) {
                if (naive_match(all.pattern[i], text))
                    all.texts[i][at / 64] |= (uint64_t)1 << at % 64;
            }
        }
    }
}

/* Never false if the patterns share a name. True only if they share a text, perhaps with empty labels. */
static void
meets_like_brute_force(void **state)
{
    (void)state;
    list_patterns();
    list_texts();
    for (size_t a = 0; a < all.count; a++) {
        for (size_t b = a; b < all.count; b++) {
            uint64_t text = 0, name = 0;
            for (size_t i = 0; i < WORDS; i++) {
                uint64_t both = all.texts[a][i] & all.texts[b][i];
                text |= both;
                name |= both & all.names[i];
            }
            const char *x = all.pattern[a], *y = all.pattern[b];
            bool got = pattern_meets(x, strlen(x), y, strlen(y));
            bool back = pattern_meets(y, strlen(y), x, strlen(x));
            if (got != back || (name != 0 && !got) || (text == 0 && got))
                fail_msg("'%s' meets '%s': %d, the other way %d", x, y, got, back);
        }
    }
}

static void
meets_long(void **state)
{
    (void)state;
    char stars[PATTERN_MAX + 1], letters[PATTERN_MAX + 1];
    memset(stars, '*', HOST_MAX);
    memset(letters, 'a', HOST_MAX);
    letters[100] = '.';
    assert_true(pattern_meets(stars, HOST_MAX, stars, HOST_MAX));
    assert_true(pattern_meets(letters, HOST_MAX, letters, HOST_MAX));
    assert_true(pattern_meets(letters, HOST_MAX, stars, 1));
    stars[0] = 'a'; /* only a star at the start matches dots */
    assert_false(pattern_meets(letters, HOST_MAX, stars, 50));
    assert_false(pattern_meets(letters, HOST_MAX, letters, HOST_MAX - 1));
}

static const struct {
    const char *why, *in;
    bool want;
} open_patterns[] = {
    {"a name", "example.com", false},
    {"a public suffix as a name", "com", false},
    {"below a domain", "*.example.com", false},
    {"below a top level", "*.com", true},
    {"below a suffix of two labels", "*.co.uk", true},
    {"below a private suffix", "*.github.io", true},
    {"below a name of a private suffix", "*.x.github.io", false},
    {"a dot before a top level", ".com", true},
    {"a dot before a domain", ".example.com", false},
    {"a star glued to text before a top level", "*cdn.com", true},
    {"a star glued to text in a domain", "*cdn.example.com", false},
    {"a star as domain", "www.*.com", true},
    {"a star inside a domain", "www.ex*.com", true},
    {"a star at the end", "www.*", true},
    {"a star alone", "*", true},
    {"stars, the last one counts", "*.*.com", true},
    {"stars within a domain", "*.*.example.com", false},
    {"an unknown top level", "*.example", true},
    {"below an unknown top level", "*.partner.example", false},
    {"a regex is not judged", "~.*", false},
    {"a tenant below a top level", "<tenant>.com", true},
    {"a star above it", "*.<tenant>.com", true},
    {"a name above it", "foo.<tenant>.com", true},
    {"a star glued to it", "*<tenant>.com", true},
    {"text glued to it", "my-<tenant>.co.uk", true},
    {"a tenant as top level", "www.<tenant>", true},
    {"a tenant in a cloud", "<tenant>.blob.core.windows.net", true},
    {"a tenant in a domain", "<tenant>.example.com", false},
    {"a tenant in a domain, below a star", "*.<tenant>.example.com", false},
    {"a tenant to the left of a star", "<tenant>.*.com", true},
};

static void
is_open(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(open_patterns); i++)
        CHECK(open_patterns[i].why,
              pattern_is_open(open_patterns[i].in, strlen(open_patterns[i].in)) == open_patterns[i].want);
}

static void
tenants_and_literals(void **state)
{
    (void)state;
    char got[PATTERN_MAX + 1];
    const char in[] = "<tenant>-my.<tenant>.com";
    check_text("a tenant", got, pattern_fill_tenant(got, in, strlen(in), "contoso"), "contoso-my.contoso.com");
    check_text("no tenant", got, pattern_fill_tenant(got, in, strlen(in), NULL), "*-my.*.com");
    check_text("no slot", got, pattern_fill_tenant(got, "a.b", 3, "contoso"), "a.b");
    char wide[PATTERN_MAX + 1] = "<tenant>.";
    memset(wide + 9, 'a', 240);
    assert_int_equal(pattern_fill_tenant(got, wide, 249, "contoso"), 248);
    assert_int_equal(pattern_fill_tenant(got, wide, 249, "contosocontoso"), 0);
    assert_int_equal(pattern_literals("*.b.c", 5), 4);
    assert_int_equal(pattern_literals("a*b*", 4), 2);
    assert_false(pattern_match("~a", 2, "a", 1));
    assert_false(pattern_match("", 0, "a", 1));
}

static const struct {
    const char *why, *regex, *name;
    enum regex_answer want;
} regexes[] = {
    {"anchored in front", .regex = "b\\.c", .name = "a.b.c", .want = REGEX_NO},
    {"anchored at the end", .regex = "a\\.b", .name = "a.b.c", .want = REGEX_NO},
    {"an alternative is anchored as a whole", .regex = "a|b\\.c", .name = "ax", .want = REGEX_NO},
    {"a match", .regex = "[a-z]+\\.b\\.c", .name = "aa.b.c", .want = REGEX_YES},
    {"caseless", .regex = "A\\.B", .name = "a.b", .want = REGEX_YES},
    {"a dollar sign is the very end", .regex = "a$", .name = "a", .want = REGEX_YES},
    {"the match limit", .regex = "(a|aa)+[bc]", .name = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     .want = REGEX_LIMIT},
    {"a lookahead is allowed", .regex = "(?=a).*", .name = "ab", .want = REGEX_YES},
    {"a reference is allowed", .regex = "(a)\\1", .name = "aa", .want = REGEX_YES},
    {"recursion without end", .regex = "(?R)?a|a(?R)b",
     .name = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", .want = REGEX_LIMIT},
    {"an empty regex", .regex = "", .name = "a", .want = REGEX_NO},
};

static void
regex(void **state)
{
    (void)state;
    struct arena *arena = arena_new((size_t)16 << 20);
    struct regex *first = NULL;
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < ROWS(regexes); i++) {
            struct regex *made;
            struct err err = {0};
            size_t len = strlen(regexes[i].regex), name_len = strlen(regexes[i].name);
            assert_int_equal(regex_new(&made, first, arena, regexes[i].regex, len, &err), 0);
            if (first == NULL)
                first = made;
            char *name = guard_new(regexes[i].name, name_len);
            enum regex_answer got = regex_match(made, name, name_len);
            guard_free(name, name_len);
            if (got != regexes[i].want)
                fail_msg("%s: %d", regexes[i].why, (int)got);
        }
    }
    arena_free(arena);
}

static void
regex_suffix(void **state)
{
    (void)state;
    const struct {
        const char *why, *in, *want;
    } rows[] = {
        {"a literal end", "[a-z]+\\.b\\.c", "b.c"},
        {"all of it", "A\\.B\\.c", "b.c"},
        {"after a group", "(a|b)\\.x-y_z\\.c$", "x-y_z.c"},
        {"part of a label", ".*b\\.c", "c"},
        {"no dot", ".*example", ""},
        {"any byte is not a dot", "a.b", ""},
        {"a dot at the end", "a\\.", ""},
        {"an empty label", "a\\.b\\.\\.c", ""},
        {"an optional letter", "a\\.com?", ""},
        {"a repeated one", "a\\.b\\.cc*", ""},
        {"a counted one", "a\\.b{2}", ""},
        {"after a count", "a{2,3}\\.b", "b"},
        {"an alternative", "a\\.b|c\\.d", ""},
        {"an alternative in a group at the end", "a\\.(b|c)", ""},
        {"a dollar sign inside", "a$\\.b", ""},
        {"comments and the like", "(?x)a#\\.b", ""},
        {"a verb", "(*ANYCRLF)a\\.b", ""},
        {"a quoted part", "a\\Q\\.b.c\\E", ""},
        {"a byte by its number", "a\\.b\\x41", ""},
        {"an end that is not the end", "a\\.b\\Z", ""},
        {"a reference", "(a)\\.b\\1", ""},
        {"a kind of byte", "\\w+\\.b", "b"},
        {"a bracket in a class", "[]a]\\.b", "b"},
        {"a bracket in a negated class", "[^]a]\\.b", "b"},
        {"an escaped one", "[\\]a]\\.b", "b"},
        {"a named class", "[[:alpha:]]\\.b", ""},
        {"an open class", "[a\\.b", ""},
        {"an open group", "(a\\.b", ""},
        {"a closing parenthesis too many", "a)\\.b", ""},
        {"a lone backslash", "a\\.b\\", ""},
        {"a byte that no host name has", "a\\.b/c", ""},
        {"nothing", "", ""},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char got[HOST_MAX + 1] = "";
        size_t len = strlen(rows[i].in);
        char *text = guard_new(rows[i].in, len);
        check_text(rows[i].why, got, pattern_regex_suffix(got, text, len), rows[i].want);
        guard_free(text, len);
    }
}

static void
bad_regex(void **state)
{
    (void)state;
    const struct {
        const char *why, *in, *want;
    } rows[] = {
        {"an open bracket", "a[b", "the regex '~a[b' is wrong at byte 4: missing terminating ]"},
        {"an open group", "(a", "missing closing parenthesis"},
        {"one code unit", "\\C", "using \\C is disabled"},
        {"UTF", "(*UTF)a", "using UTF is disabled"},
        {"nothing to repeat", "*a", "quantifier does not follow a repeatable item"},
    };
    struct arena *arena = arena_new((size_t)1 << 20);
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct regex *made = NULL;
        struct err err = {0};
        CHECK(rows[i].why, regex_new(&made, NULL, arena, rows[i].in, strlen(rows[i].in), &err) == -1 && made == NULL);
        check_says(rows[i].why, err.text, rows[i].want);
        CHECK(rows[i].why, err.kind == ERR_SYNTAX);
    }
    arena_free(arena);
    struct arena *none = arena_new(0);
    struct regex *made;
    struct err err = {0};
    assert_int_equal(regex_new(&made, NULL, none, "a", 1, &err), -1);
    assert_int_equal(err.kind, ERR_MEM);
    arena_free(none);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parse),
        cmocka_unit_test(long_regex),
        cmocka_unit_test(match),
        cmocka_unit_test(match_like_naive),
        cmocka_unit_test(meets_like_brute_force),
        cmocka_unit_test(meets_long),
        cmocka_unit_test(is_open),
        cmocka_unit_test(tenants_and_literals),
        cmocka_unit_test(regex),
        cmocka_unit_test(regex_suffix),
        cmocka_unit_test(bad_regex),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

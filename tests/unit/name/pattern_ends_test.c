// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pattern_ends_test.c - pattern.h: how wide a regex is.
 *
 * The truth is PCRE2 itself: a regex that is closed matches no more domains of strangers than it could list.
 */
#include "name/pattern.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "unit.h"

static const struct {
    const char *why, *regex;
    enum regex_width want;
} rows[] = {
    {"anything", ".*", REGEX_OPEN},
    {"a word anywhere", ".*a.*", REGEX_OPEN},
    {"... that looks like a domain", ".*microsoft\\.com.*", REGEX_OPEN},
    {"a beginning", "a.*", REGEX_OPEN},
    {"... and an end without a domain", ".+\\..+a.*", REGEX_OPEN},
    {"an end that is a top-level name", "cdn[0-9]+\\.com", REGEX_OPEN},
    {"... a public suffix", "cdn[0-9]+\\.co\\.uk", REGEX_OPEN},
    {"... names for rent", "cdn[0-9]+\\.azureedge\\.net", REGEX_OPEN},
    {"... one of them", "[a-z]+\\.contoso\\.azureedge\\.net", REGEX_CLOSED},
    {"a domain that others end with, too", ".*b\\.net", REGEX_OPEN},
    {"... with a dot that may be missing", ".*\\.?b\\.net", REGEX_OPEN},
    {"... or is any byte", ".*.b\\.net", REGEX_OPEN},
    {"... or dots that are any bytes", ".*\\.b.net", REGEX_OPEN},
    {"below a domain", ".*\\.b\\.net", REGEX_CLOSED},
    {"... and the domain itself", "(.*\\.)?b\\.net", REGEX_CLOSED},
    {"... by labels", "([a-z0-9-]+\\.)*b\\.net", REGEX_CLOSED},
    {"... by other labels", "(?:[^.]+\\.)*b\\.net", REGEX_CLOSED},
    {"... by one label at most", "(www\\.){0,1}b\\.net", REGEX_CLOSED},
    {"... by labels of which one has no dot", "(www\\.|x)*b\\.net", REGEX_OPEN},
    {"... in another way", "b\\.net|.+\\.b\\.net", REGEX_CLOSED},
    {"... anchored", "^.*\\.b\\.net$", REGEX_CLOSED},
    {"... with dots in brackets", ".*[.]b[.]net", REGEX_CLOSED},
    {"... in capitals", ".*\\.B\\.NET", REGEX_CLOSED},
    {"a name", "www\\.b\\.net", REGEX_CLOSED},
    {"a few names", "(www|ftp)\\.(b|c)\\.net", REGEX_CLOSED},
    {"... even of a top-level name", "(b|c)\\.net", REGEX_CLOSED},
    {"two domains", ".*\\.(b|c)\\.net", REGEX_CLOSED},
    {"... of which one is for rent", ".*\\.(b|azureedge)\\.net", REGEX_OPEN},
    {"... of which one is missing", ".*\\.(b|)\\.net", REGEX_OPEN},
    {"... of which one is any", ".*\\.(b|c.)\\.net", REGEX_OPEN},
    {"one of two top-level names", "[a-z.-]+\\.(org|de)", REGEX_OPEN},
    {"a choice at the top", ".*\\.b\\.net|.*", REGEX_OPEN},
    {"a part that may be missing", ".*\\.b\\.net(\\.evil\\.example)?", REGEX_CLOSED},
    {"... which is any", ".*\\.b\\.net(.*)?", REGEX_OPEN},
    {"a part that comes again", ".*(\\.b\\.net)+", REGEX_CLOSED},
    {"... or never", ".*(\\.b\\.net)*", REGEX_OPEN},
    {"... a number of times", ".*(\\.b\\.net){2}", REGEX_CLOSED},
    {"... perhaps none", ".*(\\.b\\.net){0,2}", REGEX_OPEN},
    {"a byte that may be missing", ".*\\.b\\.nets?", REGEX_CLOSED},
    {"names without a dot", "srv[0-9]+", REGEX_CLOSED},
    {"... of a class that has one", "srv[0-9.]+", REGEX_OPEN},
    {"... of a range that has one", "srv[+-9]+", REGEX_OPEN},
    {"... of a class of all but some", "srv[^a]+", REGEX_OPEN},
    {"... of a word", "\\w+", REGEX_CLOSED},
    {"... of all but a word", "\\W+", REGEX_OPEN},
    {"groups that capture nothing", ".*\\.(?:b|c)\\.net", REGEX_CLOSED},
    {"... with a setting", "(?i:a).*\\.b\\.net", REGEX_CLOSED},
    {"a setting", "(?i)[a-z]+\\.b\\.net", REGEX_CLOSED},
    {"what is around", "(?!www\\.).*\\.b\\.net(?<=t)", REGEX_CLOSED},
    {"... is no end", ".*(?<=\\.b\\.net)", REGEX_OPEN},
    {"a named class", "[[:alnum:]-]+\\.b\\.net", REGEX_CLOSED},
    {"more alternatives than are followed",
     ".*\\.(a|b|c|d|e|f|g|h|i|j|k|l|m|n|o|p|q|r|s|t|u|v|w|x|y|z|1|2|3|4|5|6|7|8)\\.net", REGEX_OPEN},
    {"... before the end", "(a|b|c|d|e|f|g|h|i|j|k|l|m|n|o|p|q|r|s|t|u|v|w|x|y|z|1|2|3|4|5|6|7|8)[0-9]\\.b\\.net",
     REGEX_CLOSED},
    {"bytes that no name has", "[a-z]+=x,y\\.b\\.net", REGEX_CLOSED},
    {"... and no end", "[a-z.]+=x", REGEX_OPEN},
    {"braces that are bytes", "[a-z.]{,x}\\.b\\.net", REGEX_UNTOLD},
    {"a verb of PCRE2", "(*ACCEPT).*\\.b\\.net", REGEX_UNTOLD},
    {"a hexadecimal byte", ".*\\x2eb\\.net", REGEX_UNTOLD},
    {"a named group", "(?<n>.*)\\.b\\.net", REGEX_UNTOLD},
    {"a condition", "(a)?(?(1)b|.*)\\.b\\.net", REGEX_UNTOLD},
    {"a new start", ".*\\Kb\\.net", REGEX_UNTOLD},
    {"text as it is", ".*\\Q.b.net\\E", REGEX_UNTOLD},
    {"free spacing", "(?x).* \\.b\\.net", REGEX_UNTOLD},
    {"groups in groups in groups", "((((((((((((((a))))))))))))))\\.b\\.net", REGEX_UNTOLD},
};

static void
widths(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        size_t len = strlen(rows[i].regex);
        char *in = guard_new(rows[i].regex, len);
        CHECK(rows[i].why, pattern_regex_width(in, len) == rows[i].want);
        guard_free(in, len);
    }
}

/* Longer than any name. */
static void
long_ends(void **state)
{
    (void)state;
    char text[REGEX_MAX] = ".*\\.b\\.";
    memset(text + strlen(text), 'a', 600);
    assert_int_equal(pattern_regex_width(text, strlen(text)), REGEX_OPEN);
    memcpy(text + strlen(text), "\\.net", 6);
    assert_int_equal(pattern_regex_width(text, strlen(text)), REGEX_OPEN);
    memcpy(text + strlen(text), "\\.b\\.net", 9);
    assert_int_equal(pattern_regex_width(text, strlen(text)), REGEX_CLOSED);
}

/* ---- the same of random regexes ---- */

static const char *const pieces[] = {
    "a",   "b",   "ab",    "\\.",       "\\.b",   "\\.com",   "\\.com", "\\.a\\.com",  ".*",  ".+",    ".",   "[ab]",
    "?",   "+",   "*",     "{2}",       "{0,1}",  "(",        ")",      "|",           "(?:", "[^a]+", "^",   "$",
    "\\w", "[.]", "(a|b)", "(?=.*com)", "(\\.)?", "(.*\\.)?", "[a.]+",  "(b\\.com|a)", "\\b", "(?!b)", "\\1", "[+-z]*",
};

#define DOMAINS 120 /* names of one to four bytes, each `a`, `b` or both, below com */

static void
put_domain(char ret[16], size_t number)
{
    static const char bytes[] = "ab-";
    char label[8] = "";
    size_t len = 0;
    for (number++; number > 0; number = (number - 1) / 3)
        label[len++] = bytes[(number - 1) % 3];
    snprintf(ret, 16, "%s.com", label);
}

/* How many domains have a name that is matched: the domain itself, or one below it. */
static size_t
count_domains(const struct regex *regex)
{
    static const char *const below[] = {"", "a.", "b.", "xa.com."};
    size_t count = 0;
    for (size_t i = 0; i < DOMAINS; i++) {
        bool found = false;
        for (size_t j = 0; j < ROWS(below) && !found; j++) {
            char domain[16], name[32];
            put_domain(domain, i);
            int len = snprintf(name, sizeof name, "%s%s", below[j], domain);
            found = regex_match(regex, name, (size_t)len) == REGEX_YES;
        }
        count += found;
    }
    return count;
}

static void
closed_is_closed(void **state)
{
    (void)state;
    uint64_t seed = 4711;
    size_t closed = 0, open = 0;
    for (size_t round = 0; round < 30000; round++) {
        char text[200] = "";
        size_t len = 0;
        for (size_t n = 1 + next_random(&seed) % 8; n > 0; n--)
            len += (size_t)snprintf(text + len, sizeof text - len, "%s", pieces[next_random(&seed) % ROWS(pieces)]);
        struct arena *arena = arena_new((size_t)1 << 20);
        struct regex *regex;
        struct err err;
        if (regex_new(&regex, NULL, arena, text, len, &err) == 0) {
            size_t domains = count_domains(regex);
            enum regex_width width = pattern_regex_width(text, len);
            CHECK(text, width != REGEX_CLOSED || domains <= 32);
            closed += width == REGEX_CLOSED && domains > 0;
            open += width == REGEX_OPEN && domains > 32;
        }
        arena_free(arena);
    }
    assert_true(closed > 300 && open > 1000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(widths), cmocka_unit_test(long_ends),
                                       cmocka_unit_test(closed_is_closed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

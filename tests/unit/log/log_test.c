// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * log_test.c - log.h: what each value of a line becomes, which formats are refused, and that no line reads further than
 * it is long. Whole logs are compared with a plain reader in tests/replay.
 */
#include "log/log.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "unit.h"

#define MEMORY ((size_t)1 << 20)

static const struct {
    const char *why, *format, *line, *want; /* NULL: no line of the format */
} rows[] = {
    {"squid", "squid",
     "1790000000.123     90 10.0.0.1 TCP_TUNNEL/200 4200 CONNECT a.example:443 bob HIER_DIRECT/1.2.3.4 -",
     "1790000000123 90 4200 200 10.0.0.1 bob CONNECT a.example:443 - - TCP_TUNNEL - - -"},
    {"no user, status 0", "squid", "1790000000.003      0 ::1 NONE/000 0 NONE error:x - HIER_NONE/- -",
     "1790000000003 0 0 0 ::1 - NONE error:x - - NONE - - -"},
    {"headers after the line", "squid", "1.000 1 h TCP_MISS/200 1 GET http://a/ - HIER_NONE/- text/html [Host: a] [x]",
     "1000 1 1 200 h - GET http://a/ - - TCP_MISS - - -"},
    {"a word where digits are", "squid", "17x.123 90 10.0.0.1 TCP/200 4200 CONNECT a:443 - H/- -", NULL},
    {"cut off", "squid", "1790000000.123 90 10.0.0.1 TCP_TUNNEL/200 4200 CONNECT a.example:443", NULL},
    {"nothing", "squid", "", NULL},
    {"common", "common",
     "10.0.0.1 - bob [21/Sep/2026:14:13:20 +0000] \"GET http://a/ HTTP/1.1\" 200 7 TCP_MISS:HIER_DIRECT",
     "1790000000000 0 7 200 10.0.0.1 bob GET http://a/ - - TCP_MISS - - -"},
    {"another zone", "common", "10.0.0.1 - - [21/Sep/2026:16:43:20 +0230] \"GET http://a/ HTTP/1.1\" 200 7 TCP_MISS:X",
     "1790000000000 0 7 200 10.0.0.1 - GET http://a/ - - TCP_MISS - - -"},
    {"west", "common", "10.0.0.1 - - [20/Sep/2026:23:13:20 -1500] \"GET http://a/ HTTP/1.1\" 200 7 TCP_MISS:X",
     "1790000000000 0 7 200 10.0.0.1 - GET http://a/ - - TCP_MISS - - -"},
    {"no such month", "common", "10.0.0.1 - - [21/Sex/2026:14:13:20 +0000] \"GET http://a/ HTTP/1.1\" 200 7 X:Y", NULL},
    {"no such day", "common", "10.0.0.1 - - [31/Sep/2026:14:13:20 +0000] \"GET http://a/ HTTP/1.1\" 200 7 X:Y", NULL},
    {"quotes in a header", "combined",
     "h - - [21/Sep/2026:14:13:20 +0000] \"GET http://a/ HTTP/1.1\" 200 7 \"http://b/\\\"c\" \"M (\\\"x\\\")\" T:H",
     "1790000000000 0 7 200 h - GET http://a/ - - T - - -"},
    {"combined is not common", "combined", "h - - [21/Sep/2026:14:13:20 +0000] \"GET http://a/ HTTP/1.1\" 200 7 T:H",
     NULL},
    {"SNI and mode", "m365",
     "1.000 h bob CONNECT 192.0.2.1:443 200 splice sni=a.example cat=- area=- id=- why=no-rule gen=x ms=5 bytes=9",
     "1000 5 9 200 h bob CONNECT 192.0.2.1:443 - - - a.example splice -"},
    {"one's own", "%>rd|%>rP|%>la", "a.example|8443|192.0.2.9", "0 0 0 0 - - - - a.example 8443 - - - 192.0.2.9"},
    {"a width pads in front", "%5>rP %ru", "   80 x", "0 0 0 0 - - - x - 80 - - - -"},
    {"the better user", "%ul %un %ui %ru", "a b c x", "0 0 0 0 - b - x - - - - - -"},
    {"text around", "<%ru> 100%%", "<x> 100%", "0 0 0 0 - - - x - - - - - -"},
    {"other text", "<%ru> 100%%", "<x> 100", NULL},
    {"more than the format", "<%ru>", "<x>y", NULL},
    {"the last second of 9999", "squid", "253402300799.999 1 h T/200 1 GET http://a/ - H/- -",
     "253402300799999 1 1 200 h - GET http://a/ - - T - - -"},
    {"the year 10000", "squid", "253402300800.000 1 h T/200 1 GET http://a/ - H/- -",
     "0 1 1 200 h - GET http://a/ - - T - - -"},
    {"more than 2^40", "squid", "1099511627777.500 1 h T/200 1 GET http://a/ - H/- -",
     "0 1 1 200 h - GET http://a/ - - T - - -"},
    {"as large as a number may be", "squid", "9999999999999999999.500 1 h T/200 1 GET http://a/ - H/- -",
     "0 1 1 200 h - GET http://a/ - - T - - -"},
    {"10000 by its zone", "[%tl] %ru", "[31/Dec/9999:23:59:59 -0100] x", "0 0 0 0 - - - x - - - - - -"},
    {"1969 by its zone", "[%tl] %ru", "[01/Jan/1970:00:00:00 +0100] x", "0 0 0 0 - - - x - - - - - -"},
    {"seconds and local time", "[%tl] %ts.%03tu %ru", "[21/Sep/2026:14:13:20 +0000] 1790000001.002 x",
     "1790000001002 0 0 0 - - - x - - - - - -"},
    {"in the other order", "%ts [%tl] %ru", "1790000001 [21/Sep/2026:14:13:20 +0000] x",
     "1790000001000 0 0 0 - - - x - - - - - -"},
    {"local time that is not needed", "%ts [%tl] %ru", "1790000001 [-] x", "1790000001000 0 0 0 - - - x - - - - - -"},
    {"local time and ms", "[%tl] %03tu %ru", "[21/Sep/2026:14:13:20 +0000] 007 x",
     "1790000000007 0 0 0 - - - x - - - - - -"},
    {"ms alone", "%03tu %ru", "007 x", "0 0 0 0 - - - x - - - - - -"},
    {"the start", "%tS %ru", "1790000001.042 x", "1790000001042 0 0 0 - - - x - - - - - -"},
    {"the start in whole seconds", "%.0tS %ru", "1790000001 x", "1790000001000 0 0 0 - - - x - - - - - -"},
    {"one decimal", "%.1tS %ru", "1790000001.4 x", "1790000001400 0 0 0 - - - x - - - - - -"},
    {"six decimals", "%.6tS %ru", "1790000001.042999 x", "1790000001042 0 0 0 - - - x - - - - - -"},
    {"a start in the year 10000", "%tS %ru", "253402300800.000 x", "0 0 0 0 - - - x - - - - - -"},
    {"no start", "%tS %ru", "17x.042 x", NULL},
    {"nothing after the point", "%tS %ru", "17. x", NULL},
    {"start and seconds", "%tS %ts.%03tu %ru", "1790000001.042 1790000002.100 x",
     "1790000002100 0 0 0 - - - x - - - - - -"},
    {"start, local time and ms", "%03tu [%tl] %tS %ru", "500 [21/Sep/2026:14:13:20 +0000] 1790000001.042 x",
     "1790000001042 0 0 0 - - - x - - - - - -"},
    {"a form of its own", "[%{%H:%M}tl] %ru", "[14:13] x", "0 0 0 0 - - - x - - - - - -"},
    {"the usual form, written out", "[%{%d/%b/%Y:%H:%M:%S %z}tl] %ru", "[21/Sep/2026:14:13:20 +0000] x",
     "1790000000000 0 0 0 - - - x - - - - - -"},
    {"a width pads behind", "%-6tr|%>a %ru", "90    |h x", "0 90 0 0 h - - x - - - - - -"},
    {"and a space comes after", "%-6tr %>a %ru", "90     h x", "0 90 0 0 h - - x - - - - - -"},
    {"and a space and more", "%-6tr \"%>a\" %ru", "90     \"h\" x", "0 90 0 0 h - - x - - - - - -"},
    {"at the end", "%ru %-6tr", "x 90    ", "0 90 0 0 - - - x - - - - - -"},
    {"a word", "%-8un|%ru", "bob     |x", "0 0 0 0 - bob - x - - - - - -"},
    {"no word", "%-8un|%ru", "-       |x", "0 0 0 0 - - - x - - - - - -"},
    {"codes that do not count", "%{X-Y}>h %<A %ru %note", "a b x c", "0 0 0 0 - - - x - - - - - -"},
};

static void
print_word(char *to, size_t room, struct squid_word word)
{
    size_t len = strlen(to);
    snprintf(to + len, room - len, " %.*s", word.len == 0 ? 1 : (int)word.len, word.len == 0 ? "-" : word.text);
}

static void
lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct arena *arena = arena_new(MEMORY);
        struct log_format *format;
        struct log_line line;
        const char *text = log_format_named(rows[i].format);
        assert_int_equal(log_format_new(&format, arena, text != NULL ? text : rows[i].format, NULL), 0);
        size_t len = strlen(rows[i].line);
        char *guarded = guard_new(rows[i].line, len);
        bool good = log_read(format, guarded, len, &line);
        CHECK(rows[i].why, good == (rows[i].want != NULL));
        if (good) {
            char got[1024];
            snprintf(got, sizeof got, "%lld %llu %llu %u", (long long)line.when, (unsigned long long)line.took,
                     (unsigned long long)line.bytes, line.status);
            const struct squid_word words[] = {line.client, line.user,   line.method, line.url,  line.host,
                                               line.port,   line.result, line.sni,    line.bump, line.address};
            for (size_t j = 0; j < ROWS(words); j++)
                print_word(got, sizeof got, words[j]);
            check_text(rows[i].why, got, strlen(got), rows[i].want);
        }
        guard_free(guarded, len);
        arena_free(arena);
    }
}

/* Every line cut off anywhere and with any byte changed, by every format: nothing is read beyond it. */
static void
damage(void **state)
{
    (void)state;
    struct arena *arena = arena_new(MEMORY);
    struct log_format *formats[4] = {0};
    struct log_line line;
    uint64_t seed = 7;
    for (size_t i = 0; log_format_names[i] != NULL; i++)
        assert_int_equal(log_format_new(&formats[i], arena, log_format_named(log_format_names[i]), NULL), 0);
    for (size_t i = 0; i < ROWS(rows); i++) {
        for (size_t len = strlen(rows[i].line); len > 0; len--) {
            char *guarded = guard_new(rows[i].line, len);
            guarded[next_random(&seed) % len] = (char)next_random(&seed);
            for (size_t j = 0; j < ROWS(formats); j++) {
                if (!log_read(formats[j], guarded, len, &line))
                    continue;
                const struct squid_word words[] = {line.client, line.user, line.method, line.url, line.result};
                for (size_t k = 0; k < ROWS(words); k++)
                    CHECK(rows[i].line, words[k].len == 0 || (words[k].text >= guarded &&
                                                              words[k].text + words[k].len <= guarded + len));
            }
            guard_free(guarded, len);
        }
    }
    arena_free(arena);
}

static void
refused(void **state)
{
    (void)state;
    static const struct {
        const char *why, *in, *want;
    } bad[] = {
        {"no host", "%>a %rm", "neither %ru nor %>rd"},
        {"nothing between", "%ru%rm", "nothing separates two codes"},
        {"no code", "%ru %zz", "'%zz' is no % code"},
        {"nothing", "", "neither %ru nor %>rd"},
    };
    struct err err;
    struct log_format *format = NULL;
    for (size_t i = 0; i < ROWS(bad); i++) {
        struct arena *arena = arena_new(MEMORY);
        CHECK(bad[i].why, log_format_new(&format, arena, bad[i].in, &err) == -1 && format == NULL);
        check_says(bad[i].why, err.text, bad[i].want);
        arena_free(arena);
    }
    char many[3000] = "%ru";
    for (size_t i = 0; i < 70; i++)
        strncat(many, " %rm", sizeof many - strlen(many) - 1);
    struct arena *arena = arena_new(MEMORY);
    assert_int_equal(log_format_new(&format, arena, many, &err), -1);
    check_says("many codes", err.text, "more than 64 codes");
    memset(many, 'x', sizeof many - 1);
    memcpy(many, "%ru", 3);
    assert_int_equal(log_format_new(&format, arena, many, &err), -1);
    check_says("much text", err.text, "more than 2048 bytes");
    arena_free(arena);
    assert_null(log_format_named("apache"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines),
        cmocka_unit_test(damage),
        cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

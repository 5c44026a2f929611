// SPDX-License-Identifier: GPL-2.0-or-later
/* ports_test.c - ports.h: lists of ports are read and printed as endpoint sets write them. A bitmap is the reference.
 */
#include "name/ports.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "unit.h"

static const struct {
    const char *why, *in, *want; /* want NULL: refused */
} lists[] = {
    {"one port", "443", "443"},
    {"two, as published", "80,443", "80,443"},
    {"with spaces, as published", "80, 443", "80,443"},
    {"with tabs", "80\t,\t443\t", "80,443"},
    {"a range", "50000-59999", "50000-59999"},
    {"sorted", "443,80", "80,443"},
    {"neighbours touch", "3478,3479,3480,3481", "3478-3481"},
    {"two neighbours", "80,81", "80-81"},
    {"given twice", "443,443", "443"},
    {"a port inside a range", "100-200,150", "100-200"},
    {"ranges that overlap", "100-200,150-300", "100-300"},
    {"a range inside a range", "100-400,200-300", "100-400"},
    {"ranges that touch", "100-199,200-300", "100-300"},
    {"ranges that nearly touch", "100-198,200-300", "100-198,200-300"},
    {"a range of one", "7-7", "7"},
    {"the whole space", "1-65535", "1-65535"},
    {"the edges", "1,65535", "1,65535"},
    {"the upper edge touches", "65534,65535", "65534-65535"},
    {"leading zeros", "0443", "443"},
    {"nothing is not a port", "", ""},
    {"spaces only", "  ", ""},
    {"port 0", "0", NULL},
    {"a range from 0", "0-5", NULL},
    {"65536", "65536", NULL},
    {"a number that wraps", "65979", NULL},
    {"a number that wraps 32 bits", "4294967739", NULL},
    {"backwards", "200-100", NULL},
    {"a sign", "+443", NULL},
    {"negative", "-443", NULL},
    {"an open range", "443-", NULL},
    {"three ends", "1-2-3", NULL},
    {"a comma at the end", "80,", NULL},
    {"a comma at the start", ",80", NULL},
    {"two commas", "80,,443", NULL},
    {"only a comma", ",", NULL},
    {"words", "http", NULL},
    {"hexadecimal", "0x50", NULL},
    {"a star", "*", NULL},
    {"two numbers without a comma", "80 443", NULL},
    {"a byte above ASCII", "80\xa0", NULL},
};

static void
parse_and_print(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(lists); i++) {
        size_t len = strlen(lists[i].in);
        char *in = guard_new(lists[i].in, len);
        struct arena *arena = arena_new(65536);
        struct ports ports = {.count = 4711};
        struct err err = {0};
        int rc = ports_parse(&ports, arena, in, len, &err);
        CHECK(lists[i].why, (rc == 0) == (lists[i].want != NULL));
        if (rc == 0) {
            struct buf buf;
            buf_init(&buf, 1000);
            ports_print(&buf, &ports);
            check_text(lists[i].why, buf.data != NULL ? buf.data : "", buf.len, lists[i].want);
            CHECK(lists[i].why, err.kind == ERR_NONE);
            buf_clear(&buf);
        } else {
            CHECK(lists[i].why, ports.count == 4711 && err.kind == ERR_SYNTAX && err.text[0] != '\0');
        }
        arena_free(arena);
        guard_free(in, len);
    }
}

static void
limits(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, 100000);
    for (unsigned i = 1; i <= PORTS_MAX + 1; i++) {
        buf_add_fmt(&text, i == 1 ? "%u" : ",%u", i * 2);
        struct arena *arena = arena_new(65536);
        struct ports ports = {0};
        struct err err = {0};
        int rc = ports_parse(&ports, arena, text.data, text.len, &err);
        assert_int_equal(rc, i <= PORTS_MAX ? 0 : -1);
        assert_int_equal(rc == 0 ? ports.count : (uint32_t)err.kind, rc == 0 ? i : (uint32_t)ERR_LIMIT);
        arena_free(arena);
    }
    buf_clear(&text);
    struct arena *arena = arena_new(0);
    struct ports ports = {0};
    struct err err = {0};
    assert_int_equal(ports_parse(&ports, arena, "80", 2, &err), -1);
    assert_int_equal(err.kind, ERR_MEM);
    arena_free(arena);
}

static const struct {
    const char *why, *in;
    int want;
} numbers[] = {
    {"one", "1", 1},         {"most", "65535", 65535}, {"none", "0", -1},     {"too large", "65536", -1},
    {"nothing", "", -1},     {"a space", "80 ", -1},   {"a minus", "-1", -1}, {"a dash is not a port", "-", -1},
    {"digits", "00080", 80}, {"six", "000080", -1},    {"a dot", "80.", -1},  {"five nines", "99999", -1},
};

static void
one_port(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(numbers); i++) {
        size_t len = strlen(numbers[i].in);
        char *in = guard_new(numbers[i].in, len);
        uint16_t port = 4711;
        CHECK(numbers[i].why, port_parse(&port, in, len) == (numbers[i].want >= 0));
        CHECK(numbers[i].why, port == (numbers[i].want >= 0 ? numbers[i].want : 4711));
        guard_free(in, len);
    }
}

/* A random list of ranges, marked in a bitmap too. */
static void
make_list(uint64_t *seed, struct buf *text, bool marked[65536])
{
    memset(marked, 0, 65536);
    buf_reset(text);
    unsigned count = 1 + next_random(seed) % 12;
    for (unsigned i = 0; i < count; i++) {
        unsigned low = 1 + next_random(seed) % (next_random(seed) % 2 ? 65535 : 60);
        unsigned high = low + next_random(seed) % 20;
        high = high > 65535 ? 65535 : high;
        buf_add_fmt(text, i == 0 ? "%u-%u" : ",%u-%u", low, high);
        memset(marked + low, 1, high - low + 1);
    }
}

static void
random_lists_hold_what_they_say(void **state)
{
    (void)state;
    bool *marked = calloc(1, 65536);
    uint64_t seed = 20;
    struct buf text, printed;
    buf_init(&text, 10000);
    buf_init(&printed, 10000);
    for (int round = 0; round < 300; round++) {
        make_list(&seed, &text, marked);
        struct arena *arena = arena_new(65536);
        struct ports ports, again;
        assert_int_equal(ports_parse(&ports, arena, text.data, text.len, NULL), 0);
        for (unsigned port = 1; port <= 65535; port++) {
            if (ports_hold(&ports, (uint16_t)port) != marked[port])
                fail_msg("'%.*s' and port %u", (int)text.len, text.data, port);
        }
        for (uint32_t i = 1; i < ports.count; i++)
            assert_true(ports.range[i].low > ports.range[i - 1].high + 1);
        buf_reset(&printed);
        ports_print(&printed, &ports);
        assert_int_equal(ports_parse(&again, arena, printed.data, printed.len, NULL), 0);
        assert_true(ports_equal(&ports, &again));
        arena_free(arena);
    }
    buf_clear(&text);
    buf_clear(&printed);
    free(marked);
}

static void
equal(void **state)
{
    (void)state;
    struct arena *arena = arena_new(65536);
    struct ports a, b, c, none = {0};
    assert_int_equal(ports_parse(&a, arena, "80,443", 6, NULL), 0);
    assert_int_equal(ports_parse(&b, arena, "443,80", 6, NULL), 0);
    assert_int_equal(ports_parse(&c, arena, "80,444", 6, NULL), 0);
    assert_true(ports_equal(&a, &b));
    assert_false(ports_equal(&a, &c));
    assert_false(ports_equal(&a, &none));
    assert_true(ports_equal(&none, &none));
    assert_false(ports_hold(&none, 443));
    arena_free(arena);
}

static const struct {
    const char *why, *a, *b, *want;
} unions[] = {
    {"nothing and nothing", "", "", ""},
    {"nothing and one", "", "443", "443"},
    {"one and nothing", "443", "", "443"},
    {"apart", "80", "443", "80,443"},
    {"the other way round", "443", "80", "80,443"},
    {"the same", "80,443", "80,443", "80,443"},
    {"between", "1-10,30-40", "20", "1-10,20,30-40"},
    {"a bridge", "1-10,30-40", "11-29", "1-40"},
    {"an overlap", "100-200", "150-300", "100-300"},
    {"one inside the other", "100-400", "200-300", "100-400"},
    {"everything", "1-100", "101-65535", "1-65535"},
};

static void
both(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 1000);
    for (size_t i = 0; i < ROWS(unions); i++) {
        struct arena *arena = arena_new(65536);
        struct ports a, b, c;
        assert_int_equal(ports_parse(&a, arena, unions[i].a, strlen(unions[i].a), NULL), 0);
        assert_int_equal(ports_parse(&b, arena, unions[i].b, strlen(unions[i].b), NULL), 0);
        CHECK(unions[i].why, ports_union(&c, arena, &a, &b, NULL) == 0);
        CHECK(unions[i].why, ports_cover(&c, &a) && ports_cover(&c, &b));
        CHECK(unions[i].why, ports_union(&a, arena, &a, &b, NULL) == 0 && ports_equal(&a, &c));
        buf_reset(&buf);
        ports_print(&buf, &c);
        check_text(unions[i].why, buf.data != NULL ? buf.data : "", buf.len, unions[i].want);
        arena_free(arena);
    }
    buf_clear(&buf);
}

static void
limits_of_both(void **state)
{
    (void)state;
    struct port_range range[PORTS_MAX];
    for (uint32_t i = 0; i < PORTS_MAX; i++)
        range[i] = (struct port_range){(uint16_t)(2 * i + 1), (uint16_t)(2 * i + 1)};
    struct arena *arena = arena_new(65536), *nothing = arena_new(0);
    struct ports all = {range, PORTS_MAX}, less = {range, PORTS_MAX - 1}, one = {range, 1}, got = {.count = 4711};
    struct err err = {0};
    assert_int_equal(ports_union(&got, arena, &all, &one, &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    assert_int_equal(got.count, 4711);
    assert_int_equal(ports_union(&got, nothing, &one, &one, &err), -1);
    assert_int_equal(err.kind, ERR_MEM);
    assert_int_equal(got.count, 4711);
    assert_int_equal(ports_union(&got, arena, &less, &one, &err), 0);
    assert_int_equal(got.count, PORTS_MAX - 1);
    arena_free(nothing);
    arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parse_and_print), cmocka_unit_test(limits),
        cmocka_unit_test(one_port),        cmocka_unit_test(random_lists_hold_what_they_say),
        cmocka_unit_test(equal),           cmocka_unit_test(both),
        cmocka_unit_test(limits_of_both),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

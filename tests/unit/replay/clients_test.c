// SPDX-License-Identifier: GPL-2.0-or-later
/* clients_test.c - clients.h: exact up to the limit, then within the error; and that adding up parts is the whole. */
#include "replay/clients.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "unit.h"

#define MEMORY ((size_t)4 << 20)
#define TEXT_MAX ((size_t)64 << 10)

/* A hash as good as SipHash for this: splitmix64. */
static uint64_t
hash(uint64_t number)
{
    uint64_t z = number * 0x9e3779b97f4a7c15u + 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static void
counts(void **state)
{
    (void)state;
    static const uint64_t sizes[] = {0, 1, 2, 4, 5, 255, 256, 257, 300, 1000, 5000, 12000, 50000, 1000000};
    for (size_t i = 0; i < ROWS(sizes); i++) {
        struct arena *arena = arena_new(MEMORY);
        struct clients set = {0};
        bool exact;
        for (int again = 0; again < 2; again++) {
            for (uint64_t number = 0; number < sizes[i]; number++)
                assert_true(clients_add(&set, arena, hash(number)));
        }
        uint64_t count = clients_count(&set, &exact);
        assert_int_equal(exact, sizes[i] <= CLIENTS_EXACT);
        double off = (double)count - (double)sizes[i], most = exact ? 0 : 0.05 * (double)sizes[i]; /* three errors */
        CHECK("within three standard errors", off <= most && -off <= most);
        arena_free(arena);
    }
}

static void
check_equal(const struct clients *a, const struct clients *b)
{
    struct buf one, other;
    buf_init(&one, TEXT_MAX);
    buf_init(&other, TEXT_MAX);
    clients_print(&one, a, true);
    clients_print(&other, b, true);
    CHECK("the same set", one.len == other.len && memcmp(one.data, other.data, one.len) == 0);
    buf_clear(&one);
    buf_clear(&other);
}

/* Random parts, merged in random order, through text and not, are the whole. */
static void
merges(void **state)
{
    (void)state;
    uint64_t seed = 11;
    for (unsigned round = 0; round < 60; round++) {
        struct arena *arena = arena_new(MEMORY);
        struct clients whole = {0}, parts[5] = {0}, sum = {0};
        unsigned size = 1 + next_random(&seed) % (round % 2 == 0 ? 400 : 4000);
        for (unsigned i = 0; i < size; i++) {
            uint64_t one = hash(next_random(&seed) % 3000);
            clients_add(&whole, arena, one);
            clients_add(&parts[next_random(&seed) % ROWS(parts)], arena, one);
        }
        unsigned first = next_random(&seed) % ROWS(parts);
        for (unsigned i = 0; i < ROWS(parts); i++) {
            const struct clients *part = &parts[(first + i) % ROWS(parts)];
            struct buf text;
            buf_init(&text, TEXT_MAX);
            clients_print(&text, part, false);
            if (i % 2 == 0)
                assert_true(clients_merge(&sum, arena, part));
            else
                assert_true(clients_read(&sum, arena, text.data, text.len));
            buf_clear(&text);
        }
        check_equal(&whole, &sum);
        clients_reset(&sum);
        assert_int_equal(clients_count(&sum, NULL), 0);
        clients_merge(&sum, arena, &whole);
        check_equal(&whole, &sum);
        arena_free(arena);
    }
}

static void
texts(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "x", "=0", "=000000000000000g", "=00000000000000000", "~", "~00"};
    struct arena *arena = arena_new(MEMORY);
    struct clients set = {0};
    char registers[CLIENTS_REGISTERS + 2] = "~";
    for (size_t i = 0; i < ROWS(bad); i++)
        CHECK(bad[i], !clients_read(&set, arena, bad[i], strlen(bad[i])));
    memset(registers + 1, '0', CLIENTS_REGISTERS);
    registers[100] = 'z'; /* 61: more than a hash has */
    assert_false(clients_read(&set, arena, registers, CLIENTS_REGISTERS + 1));
    registers[100] = '-';
    assert_false(clients_read(&set, arena, registers, CLIENTS_REGISTERS + 1));
    registers[100] = 'A';
    assert_true(clients_read(&set, arena, registers, CLIENTS_REGISTERS + 1));
    arena_free(arena);
}

/* Without memory a set stays as it was. */
static void
no_memory(void **state)
{
    (void)state;
    struct arena *arena = arena_new(256);
    struct clients set = {0};
    uint64_t number = 0;
    while (clients_add(&set, arena, hash(number)))
        number++;
    assert_true(number > 0 && clients_count(&set, NULL) == number);
    arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts),
        cmocka_unit_test(merges),
        cmocka_unit_test(texts),
        cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

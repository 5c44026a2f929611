// SPDX-License-Identifier: GPL-2.0-or-later
/* arena_test.c - arena.h: memory that is zeroed, aligned, bounded, and sticky in failure. */
#include "base/arena.h"

#include <stdalign.h>
#include <string.h>

#include "unit.h"

static void
memory_is_zeroed_and_aligned(void **state)
{
    (void)state;
    struct arena *arena = arena_new((size_t)1 << 20);
    assert_non_null(arena);
    unsigned char *before = NULL;
    for (size_t size = 0; size < 300; size++) {
        unsigned char *memory = arena_alloc(arena, size);
        assert_non_null(memory);
        assert_int_equal((uintptr_t)memory % alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(memory[i], 0);
        memset(memory, 0xee, size);
        assert_ptr_not_equal(memory, before);
        before = memory;
    }
    assert_true(arena_ok(arena));
    arena_free(arena);
    arena_free(NULL);
}

static const struct {
    const char *why;
    size_t ceiling, count, size;
    bool ok;
} arrays[] = {
    {"fits", .ceiling = 4096, .count = 16, .size = 16, .ok = true},
    {"exactly the ceiling", .ceiling = 4096, .count = 4096, .size = 1, .ok = true},
    {"a byte over the ceiling", .ceiling = 4096, .count = 4097, .size = 1, .ok = false},
    {"over a ceiling of nothing", .count = 1, .size = 1, .ok = false},
    {"the product does not fit a size_t", .ceiling = SIZE_MAX, .count = SIZE_MAX / 2, .size = 3, .ok = false},
    {"the product wraps to a small number", .ceiling = SIZE_MAX, .count = SIZE_MAX / 16 + 2, .size = 16, .ok = false},
    {"rounding up would wrap", .ceiling = SIZE_MAX, .count = SIZE_MAX, .size = 1, .ok = false},
    {"none of nothing", .ceiling = 4096, .ok = true},
    {"records of no size", .ceiling = 4096, .count = SIZE_MAX, .ok = true},
};

static void
ceilings_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(arrays); i++) {
        struct arena *arena = arena_new(arrays[i].ceiling);
        void *memory = arena_array(arena, arrays[i].count, arrays[i].size);
        CHECK(arrays[i].why, (memory != NULL) == arrays[i].ok);
        CHECK(arrays[i].why, arena_ok(arena) == arrays[i].ok);
        if (!arrays[i].ok)
            CHECK("failure sticks", arena_alloc(arena, 1) == NULL && arena_text(arena, "x", 1) == NULL);
        arena_free(arena);
    }
}

/* However the requests are sized, no more than the ceiling is handed out. */
static void
ceiling_counts_all_pieces(void **state)
{
    (void)state;
    for (size_t piece = 16; piece < 40000; piece = piece * 3) {
        struct arena *arena = arena_new(100000);
        size_t total = 0;
        while (arena_alloc(arena, piece) != NULL)
            total += piece;
        assert_false(arena_ok(arena));
        assert_true(total <= 100000);
        assert_true(total >= 100000 / 2 - piece);
        arena_free(arena);
    }
}

static void
text_is_copied_with_an_end(void **state)
{
    (void)state;
    struct arena *arena = arena_new(4096);
    char *guarded = guard_new("a\0b", 3);
    const char *copy = arena_text(arena, guarded, 3);
    guard_free(guarded, 3);
    assert_memory_equal(copy, "a\0b", 4);
    assert_string_equal(arena_text(arena, NULL, 0), "");
    arena_free(arena);
}

/* Packed closely: a million names take little more than their bytes, and each keeps its value. */
static void
bytes_lie_close(void **state)
{
    (void)state;
    struct arena *arena = arena_new((size_t)1 << 20);
    static char *kept[3000];
    size_t total = 0;
    for (size_t i = 0; i < ROWS(kept); i++) {
        size_t size = i % 97;
        kept[i] = arena_bytes(arena, size);
        assert_non_null(kept[i]);
        for (size_t k = 0; k < size; k++)
            assert_int_equal(kept[i][k], 0);
        memset(kept[i], (int)(i % 251), size);
        total += size;
        if (i % 5 == 0)
            assert_int_equal((uintptr_t)arena_alloc(arena, 24) % alignof(max_align_t), 0);
    }
    for (size_t i = 0; i < ROWS(kept); i++) {
        for (size_t k = 0; k < i % 97; k++)
            assert_int_equal((unsigned char)kept[i][k], i % 251);
    }
    arena_free(arena);
    arena = arena_new(2 * total);
    for (size_t i = 0; i < ROWS(kept); i++)
        assert_non_null(arena_bytes(arena, i % 97));
    arena_free(arena);
}

static void
grow_keeps_content(void **state)
{
    (void)state;
    struct arena *arena = arena_new((size_t)1 << 20);
    uint32_t *one = NULL, *two = NULL;
    size_t one_cap = 0, two_cap = 0;
    for (uint32_t i = 0; i < 5000; i++) {
        one = arena_grow(arena, one, &one_cap, i + 1, sizeof *one);
        assert_non_null(one);
        assert_true(one_cap > i);
        one[i] = i;
        if (i % 7 == 0) {
            two = arena_grow(arena, two, &two_cap, i / 7 + 1, sizeof *two);
            assert_non_null(two);
            two[i / 7] = ~i;
        }
    }
    assert_true(one != NULL && two != NULL);
    for (uint32_t i = 0; i < 5000; i++) {
        assert_int_equal(one[i], i);
        assert_int_equal(two[i / 7], ~(i - i % 7));
    }
    size_t cap = one_cap;
    assert_ptr_equal(arena_grow(arena, one, &one_cap, one_cap, sizeof *one), one);
    assert_int_equal(one_cap, cap);
    arena_free(arena);
}

static void
grow_that_fails_leaves_the_old(void **state)
{
    (void)state;
    const struct {
        const char *why;
        size_t need, size;
    } rows[] = {
        {"over the ceiling", .need = 10000, .size = 4},
        {"the product wraps", .need = SIZE_MAX / 4 + 2, .size = 4},
        {"as many as there are", .need = SIZE_MAX, .size = 1},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct arena *arena = arena_new(8192);
        size_t cap = 0;
        char *old = arena_grow(arena, NULL, &cap, 8, rows[i].size);
        assert_non_null(old);
        memset(old, 'x', 8 * rows[i].size);
        size_t had = cap;
        CHECK(rows[i].why, arena_grow(arena, old, &cap, rows[i].need, rows[i].size) == NULL);
        CHECK(rows[i].why, cap == had && old[8 * rows[i].size - 1] == 'x' && !arena_ok(arena));
        arena_free(arena);
    }
}

/* The new part of a grown array is zeroed, even where the array grows in place. */
static void
grown_room_is_zeroed(void **state)
{
    (void)state;
    struct arena *arena = arena_new((size_t)1 << 20);
    size_t cap = 0;
    char *memory = arena_grow(arena, NULL, &cap, 1, 1);
    for (int round = 0; round < 10; round++) {
        size_t had = cap;
        memset(memory, 0xee, had);
        if (round % 3 == 2)
            assert_non_null(arena_alloc(arena, 8));
        memory = arena_grow(arena, memory, &cap, had + 1, 1);
        for (size_t i = had; i < cap; i++)
            assert_int_equal(memory[i], 0);
    }
    arena_free(arena);
}

/* What was given back serves again, for its own size only, zeroed, and so the ceiling lasts. */
static void
given_back_serves_again(void **state)
{
    (void)state;
    const struct {
        size_t size;
        bool kept;
    } rows[] = {{64, true}, {512, true}, {4096, true}, {32, false}, {80, false}, {8192, false}};
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct arena *arena = arena_new((size_t)64 << 10);
        char *one = arena_alloc(arena, rows[i].size), *two = arena_alloc(arena, rows[i].size);
        memset(one, 'x', rows[i].size);
        memset(two, 'x', rows[i].size);
        arena_give_back(arena, one, rows[i].size);
        arena_give_back(arena, two, rows[i].size);
        char *other = arena_alloc(arena, 2 * rows[i].size);
        assert_true(other != one && other != two);
        char *last = arena_array(arena, rows[i].size / 8, 8), *first = arena_alloc(arena, rows[i].size);
        assert_true((last == two && first == one) == rows[i].kept);
        for (size_t j = 0; j < rows[i].size; j++)
            assert_true(last[j] == 0 && first[j] == 0);
        memset(last, 'y', rows[i].size);
        memset(first, 'z', rows[i].size);
        assert_true(last[rows[i].size - 1] == 'y' && arena_alloc(arena, rows[i].size) != first);
        arena_free(arena);
    }
    struct arena *arena = arena_new(8192);
    for (unsigned i = 0; i < 1000; i++) {
        void *memory = arena_alloc(arena, 1024);
        assert_non_null(memory);
        arena_give_back(arena, memory, 1024);
    }
    arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_and_aligned), cmocka_unit_test(ceilings_hold),
        cmocka_unit_test(given_back_serves_again),      cmocka_unit_test(ceiling_counts_all_pieces),
        cmocka_unit_test(text_is_copied_with_an_end),   cmocka_unit_test(bytes_lie_close),
        cmocka_unit_test(grow_keeps_content),           cmocka_unit_test(grow_that_fails_leaves_the_old),
        cmocka_unit_test(grown_room_is_zeroed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* alloc_fails.c - see alloc_fails.h. */
#include "alloc_fails.h"

#include "unit.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

unsigned alloc_calls, alloc_failing;

static bool
fails(void)
{
    return ++alloc_calls == alloc_failing;
}

void *
__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *
__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *
__wrap_realloc(void *old, size_t size)
{
    return fails() ? NULL : __real_realloc(old, size);
}

void
alloc_each_fails(bool (*work)(const char *path), const char *path, unsigned least)
{
    alloc_failing = 0;
    alloc_calls = 0;
    assert_true(work(path));
    unsigned needed = alloc_calls;
    assert_true(needed >= least);
    for (alloc_failing = 1; alloc_failing <= needed; alloc_failing++) {
        alloc_calls = 0;
        CHECK("an allocation failed, the work did not", !work(path));
    }
    alloc_failing = 0;
}

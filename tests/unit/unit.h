/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unit.h - what unit tests share: cmocka with its odd order of headers, checks that say why, bytes with a guard after
 * them, random numbers that are the same every time, a folder to write in.
 *
 * A test is a table of {why, in, want} and a loop; only public headers of common/ are included. What a module promises
 * in its header is tested, not how it keeps the promise.
 */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

/* Fails, and prints the reason given in the row. */
#define CHECK(why, condition)                                                                                          \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            fail_msg("%s: not so: %s", (why), #condition);                                                             \
    } while (0)

/* The `len` bytes at `got` are the text `want`. */
void check_text(const char *why, const char *got, size_t len, const char *want);

/* The sentence contains `part`. */
void check_says(const char *why, const char *sentence, const char *part);

/* A copy of the bytes that ends where readable memory ends: in any build, reading one byte further is a fault. The
 * start is aligned to 8 if the length is a multiple of 8. Valid until guard_free(). */
char *guard_new(const void *bytes, size_t len);
void guard_free(char *guarded, size_t len);

/* Pseudo-random numbers; `state` is the seed and never 0. */
uint32_t next_random(uint64_t *state);

/* A new temporary folder, removed with all that is in it by folder_remove(). The other two do this as fixtures. */
const char *folder_make(void);
void folder_remove(void);
int folder_set_up(void **state);
int folder_tear_down(void **state);

/* Path of `name` in that folder; the last four stay valid. */
const char *folder_path(const char *name);

/* Writes a file there. */
void folder_write(const char *name, const void *bytes, size_t len);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz.h - what fuzz programs share. One program for each door through which outside bytes enter.
 *
 * Where it sits: tests/fuzz/. NAME_fuzz.c is given any bytes and checks what its module promises for any bytes; with a
 * fuzzing engine it is driven by that, without one by main.c, which replays NAME.in/. A crash once found stays there.
 * The bytes are handed on as they are, in a buffer of exactly their size, so that a read beyond them is seen.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the program, so that engine, sanitizer and replay all call it a crash. */
#define MUST(condition)                                                                                                \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                                    \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

/* Reads the bytes as a source with this name. What is read must print, read back to the same print, compile, open and
 * answer; what is refused must have a sentence. */
void fuzz_source(const char *spec, const uint8_t *data, size_t size);

#endif

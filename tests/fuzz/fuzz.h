/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz.h - what the fuzz programs share. There is one program for each entrance for outside bytes.
 *
 * Where it sits: tests/fuzz/. NAME_fuzz.c gets arbitrary bytes and checks what its module promises for all bytes. A
 * fuzzing engine drives it if there is one; otherwise main.c replays NAME.in/. An input that once caused a crash stays
 * there. The bytes are passed in a buffer of exactly their size, so that reading past the end is detected.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the program in a way that engine, sanitizer and replay all report as a crash. */
#define MUST(condition)                                                                                                \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: this is false: %s\n", __FILE__, __LINE__, #condition);                             \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

/* Reads the bytes as a source with this name. If they are accepted, the table must print, read back to the same print,
 * compile, open and answer. If they are refused, there must be a sentence. */
void fuzz_source(const char *spec, const uint8_t *data, size_t size);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * head.h - reads `key value` lines at the start of a text, up to its first empty line.
 *
 * Where it sits: room base. The records of generations (store/record.h) and their policies (compile/sealed.h) have such
 * a head. Which keys there are is known there.
 */
#ifndef COMMON_HEAD_H
#define COMMON_HEAD_H

#include <stdbool.h>
#include <stddef.h>

/* The next value of a key, cut to `room` bytes including the NUL. Starts at *at (0 for the first) and advances it.
 * False at the end of the head. Cost: one pass. */
bool head_next(const char *text, size_t len, const char *key, size_t *at, char *ret, size_t room);

#endif

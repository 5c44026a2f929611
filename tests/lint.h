/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lint.h - lint.sh includes this before every source. clang's analyzer sees one file at a time and learns here that
 * err_set() and err_add() return -1. Not part of any build.
 */
#ifndef TESTS_LINT_H
#define TESTS_LINT_H

#include "base/err.h"

static inline int
lint_failed(void)
{
    return -1;
}

#define err_set(...) (err_set(__VA_ARGS__), lint_failed())
#define err_add(...) (err_add(__VA_ARGS__), lint_failed())

#endif

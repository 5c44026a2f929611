/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lint.h - put before every source by lint.sh, so that clang's analyzer, which sees one file at a time, knows what
 * err.h promises: err_set() and err_add() return -1. Not part of any build.
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

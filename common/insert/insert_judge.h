/* SPDX-License-Identifier: GPL-2.0-or-later */
/* insert_judge.h - whether the situations end as they must, and none less safe than before. Private to room insert. */
#ifndef COMMON_INSERT_JUDGE_H
#define COMMON_INSERT_JUDGE_H

#include "insert_build.h"

/* ---- insert_judge.c ---- */
/* True if every bypassed name gets through, and nothing else is worse than before; otherwise insert->why says what. */
bool insert_judge(struct insert *insert, const struct trial *trial);
/* True for a situation whose bypassed name must get through. */
bool judge_must(const struct outcome_case *one, const struct outcome *outcome);
/* True if a bypassed name does not end as it must, no rule of the administrator's that the lines go below is the
 * reason, and it was not refused before. A name that resolves to another address is refused wherever the lines are. */
bool judge_is_wrong(struct insert *insert, const struct outcome_case *one, const struct outcome *before,
                    const struct course *course);

/* ---- insert_worse.c ---- */
/* The number of courses that end with a refusal. */
size_t judge_denials(const struct outcome *outcome);
/* True if nobody is let in or asked, without a password. Who has one may be the wrong user. */
bool judge_is_denied(const struct outcome_case *one, const struct outcome *outcome);
/* True if the situation ends less safe than before. Not for those of judge_must(). */
bool judge_is_worse(struct insert *insert, const struct trial *trial, const struct outcome_case *one,
                    const struct outcome *before, const struct outcome *after);

#endif

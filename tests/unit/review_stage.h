/* SPDX-License-Identifier: GPL-2.0-or-later */
/* review_stage.h - two small tables as text, and what the review decides about the step from one to the other. A step
 * that fails, fails the test. */
#ifndef TESTS_UNIT_REVIEW_STAGE_H
#define TESTS_UNIT_REVIEW_STAGE_H

#include "diff_stage.h"
#include "review/review.h"
#include "store/candidate.h"
#include "store/document.h"

#define W " source=worldwide tcp=443 "
#define OFF "default_canaries off\n"
#define BASE                                                                                                           \
    "optimize mail.example id=1" W "\n"                                                                                \
    "optimize 52.112.2.0/24 id=1" W "\n"                                                                               \
    "allow *.files.example id=2" W "\n"                                                                                \
    "default www.example id=3" W "\n"                                                                                  \
    "default *.cdn.example id=3" W "\n"

struct decided {
    struct stage stage;
    struct conf *conf;
    struct arena *arena;
    struct candidate candidate;
    struct documents is, was;
    struct proposal proposal;
    struct review review;
};

/* `conf` is an m365.conf; without an old version it is the first table. */
void decided_make(struct decided *ret, const char *conf, const char *was, const char *is, const char *old_version,
                  const char *version);
void decided_clear(struct decided *decided);

/* Fails unless there is a reason with `want` in it and `more` others, or none if `want` is NULL. */
void decided_check(const char *why, const struct decided *decided, const char *want, size_t more);

#endif

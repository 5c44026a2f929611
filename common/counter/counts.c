// SPDX-License-Identifier: GPL-2.0-or-later
/* counts.c - see counts.h. */
#include "counts.h"

static const char *const programs[COUNTER_PROGRAMS] = {"ext_m365_acl", "url_m365_rewrite"};

const char *
counter_program_name(enum counter_program program)
{
    return programs[program];
}

const char *
counts_category(unsigned category)
{
    return category == 0 ? "None" : verb_category((enum verb)(category - 1));
}

uint64_t
counts_why(const struct counts *counts, enum why why)
{
    uint64_t sum = 0;
    for (unsigned category = 0; category < COUNTS_CATEGORIES; category++)
        sum += counts->at[counts_answers(why, category)];
    return sum;
}

void
counts_add(struct counts *to, const struct counts *more)
{
    for (unsigned i = 0; i < COUNTS_ALL; i++) {
        uint64_t a = to->at[i], b = more->at[i];
        if (i == COUNTS_LONGEST)
            to->at[i] = a > b ? a : b;
        else
            to->at[i] = a + b < COUNTS_MOST ? a + b : COUNTS_MOST;
    }
}

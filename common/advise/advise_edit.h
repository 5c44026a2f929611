/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * advise_edit.h - a correction: what happens to the lines of a squid.conf. Private to room advise.
 *
 * Which correction is tried is decided by advise_access.c, advise_bump.c and advise_own.c.
 */
#ifndef COMMON_ADVISE_EDIT_H
#define COMMON_ADVISE_EDIT_H

#include "base/buf.h"
#include "ruleset/ruleset.h"
#include "squidconf/squidconf_text.h"

#define EDIT_STEPS_MAX 12

struct advice;

/* What happens to a line. Lines are added before it or after it; it stays, is taken away or is replaced. */
enum edit_kind { EDIT_BEFORE, EDIT_AFTER, EDIT_REMOVE, EDIT_REPLACE };

struct edit_step {
    enum edit_kind kind;
    size_t line;      /* index */
    const char *text; /* NULL for EDIT_REMOVE */
};

struct edit {
    struct edit_step steps[EDIT_STEPS_MAX];
    size_t count;
    bool full;   /* there were more */
    bool helper; /* it is about what a helper is asked, so who gets in by that is let in by the rules as they are */
};

void edit_add(struct edit *edit, enum edit_kind kind, size_t line, const char *text);

/* Takes the line of `rule` to before or after the line of `other`. */
void edit_move(struct advice *advice, struct edit *edit, const struct rule *rule, enum edit_kind where,
               const struct rule *other);

/* The lines after the edit, into the arena. */
bool edit_apply(struct squidconf_text *ret, const struct squidconf_text *text, const struct edit *edit,
                struct arena *arena);

/* Appends the edit for people: each line that it touches, with what comes before and after. */
void edit_print(struct buf *ret, const struct squidconf_text *text, const struct edit *edit);

#endif

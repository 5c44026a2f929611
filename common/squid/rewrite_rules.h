/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rewrite_rules.h - rules in memory. Private to the rewrite*.c files; what they mean is in rewrite.h.
 */
#ifndef COMMON_REWRITE_RULES_H
#define COMMON_REWRITE_RULES_H

#include <stdbool.h>

#include "name/pattern.h"
#include "name/ports.h"
#include "rewrite.h"
#include "verdict/request.h"

enum rewrite_verb { REWRITE_REDIRECT, REWRITE_REWRITE, REWRITE_BLOCK };

struct rewrite_rule {
    enum rewrite_verb verb;
    unsigned status;
    uint32_t line;
    bool connect; /* true: for a CONNECT, the target is host:port; false: the target is a URL */
    const char *pattern;
    size_t pattern_len;
    struct regex *regex; /* NULL: a host pattern */
    const char *target;  /* URL bytes; every `$` is followed by the digit of an existing group or another `$` */
    size_t target_len;
};

struct rewrite {
    struct arena *arena; /* owns everything below, and this */
    struct rewrite_rule *rules;
    size_t count, room;
};

#endif

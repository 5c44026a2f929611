// SPDX-License-Identifier: GPL-2.0-or-later
/* precedence.c - see precedence.h. */
#include "precedence.h"

uint32_t
pattern_weight(const char *text, size_t len, enum pattern_kind as)
{
    switch (as) {
    case PATTERN_EXACT: return weight_exact(len > 0 && text[0] == '.' ? len - 1 : len);
    case PATTERN_REGEX: return 0;
    default: return weight_wildcard(pattern_literals(text, len));
    }
}

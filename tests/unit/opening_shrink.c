// SPDX-License-Identifier: GPL-2.0-or-later
/* opening_shrink.c - a pair of tables that fails, as small as possible; the loop over many pairs. Part of
 * opening_pairs.h. */
#include <stdlib.h>
#include <string.h>

#include "opening_pairs.h"
#include "unit.h"

/* Copies a text without one of its lines; false if it has no such line. */
static bool
leave_out(struct buf *ret, const struct buf *from, const char *line)
{
    const char *at = from->data;
    buf_reset(ret);
    for (const char *end; (end = strchr(at, '\n')) != NULL; at = end + 1) {
        if (line == NULL || strncmp(at, line, strcspn(line, "\n") + 1) != 0)
            buf_add(ret, at, (size_t)(end + 1 - at));
    }
    buf_add_char(ret, '\0');
    return ret->len < from->len;
}

/* Tries the pair without a line: of the old table (sides 1), the new one (2) or both (3). True if it still fails. */
static bool
fails_without(struct pair *pair, struct pair *smaller, const char *line, unsigned sides, pair_try *try_pair,
              struct buf *fault)
{
    bool fewer = leave_out(&smaller->was, &pair->was, (sides & 1) != 0 ? line : NULL);
    fewer = leave_out(&smaller->is, &pair->is, (sides & 2) != 0 ? line : NULL) || fewer;
    if (!fewer)
        return false;
    try_pair(smaller, fault);
    return fault->len > 0;
}

/* Takes one line away with which the pair fails as well; false if there is none. */
static bool
shrink_once(struct pair *pair, pair_try *try_pair, struct buf *fault)
{
    struct pair smaller = *pair;
    bool done = false;
    pair_init(&smaller);
    for (unsigned sides = 3; sides > 0 && !done; sides--) {
        const char *at = sides == 2 ? pair->is.data : pair->was.data;
        for (const char *end; !done && (end = strchr(at, '\n')) != NULL; at = end + 1)
            done = fails_without(pair, &smaller, at, sides, try_pair, fault);
    }
    if (done) {
        leave_out(&pair->was, &smaller.was, NULL);
        leave_out(&pair->is, &smaller.is, NULL);
    }
    pair_clear(&smaller);
    return done;
}

static void
say_policy(struct buf *buf, const char *side, const struct policy *policy)
{
    buf_add_fmt(buf, "--- %s: precedence %s, bypass %#x, tenants %zu\n", side, policy->highest ? "highest" : "specific",
                policy->bypass, policy->tenant_count);
}

static void
fail_with(unsigned number, struct pair *pair, pair_try *try_pair, struct buf *fault)
{
    struct buf all;
    buf_init(&all, 1000000);
    while (shrink_once(pair, try_pair, fault))
        ;
    try_pair(pair, fault);
    say_policy(&all, "old", &pair->was_policy);
    buf_add_text(&all, pair->was.data);
    say_policy(&all, "new", &pair->is_policy);
    buf_add_text(&all, pair->is.data);
    buf_add_char(&all, '\0');
    fail_msg("pair %u, joins %s: %.*s\n%s", number, pair->hold_joins ? "held" : "not held", (int)fault->len,
             fault->data, all.data);
}

unsigned
number_from(const char *variable, unsigned otherwise)
{
    const char *text = getenv(variable);
    return text == NULL ? otherwise : (unsigned)strtoul(text, NULL, 10);
}

void
pairs_try(unsigned rounds, pair_try *try_pair)
{
    struct pair pair;
    struct buf fault;
    unsigned first = number_from("M365_FIRST", 0);
    unsigned count = number_from("M365_ROUNDS", getenv("UNDER_VALGRIND") == NULL ? rounds : rounds / 100);
    pair_init(&pair);
    buf_init(&fault, 100000);
    for (unsigned i = first; i < first + count; i++) {
        pair_make(&pair, i);
        try_pair(&pair, &fault);
        if (fault.len > 0)
            fail_with(i, &pair, try_pair, &fault);
    }
    buf_clear(&fault);
    pair_clear(&pair);
}

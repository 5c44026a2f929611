// SPDX-License-Identifier: GPL-2.0-or-later
/* generation_named.c - see generation_named.h. */
#include "generation_named.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/place.h"
#include "record.h"
#include "state/state.h"

#define DIGITS_MAX 9

static const char *const links[] = {
    [STATE_CURRENT] = "current", [STATE_PREVIOUS] = "previous", [STATE_PENDING] = "pending"};

static const char *
skip_prefix(const char *word)
{
    return strncmp(word, "gen-", 4) == 0 ? word + 4 : word;
}

static bool
is_number(const char *digits)
{
    size_t len = strlen(digits);
    return len > 0 && len <= DIGITS_MAX && strspn(digits, "0123456789") == len;
}

bool
generation_is_name(const char *word)
{
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
        if (strcmp(word, links[i]) == 0)
            return true;
    }
    return is_number(skip_prefix(word));
}

int
generation_by_number(uint32_t *ret, const struct state *state, const char *word, struct err *err)
{
    const char *digits = skip_prefix(word);
    unsigned long number = is_number(digits) ? strtoul(digits, NULL, 10) : 0;
    if (number == 0)
        return err_set(err, ERR_USAGE,
                       "'%.40s' is neither the number of a generation nor the first 8 or more digits of the digest of "
                       "one that waits; 'm365ctl history%s' lists the generations",
                       word, place_option());
    *ret = (uint32_t)number;
    if (!state_has(state, *ret, "review.txt"))
        return err_set(err, ERR_USAGE, "there is no generation %u; 'm365ctl history%s' lists those there are", *ret,
                       place_option());
    return 0;
}

int
generation_by_name(uint32_t *ret, const struct state *state, const char *word, struct err *err)
{
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
        if (strcmp(word, links[i]) != 0)
            continue;
        if (state_get(state, (enum state_link)i, ret, err) != 0)
            return -1;
        return *ret != 0 || i == STATE_CURRENT ? 0 : err_set(err, ERR_USAGE, "there is no %s generation", word);
    }
    return generation_by_number(ret, state, word, err);
}

int
generation_read_review(struct buf *ret, const struct state *state, uint32_t generation, struct err *err)
{
    buf_init(ret, RECORD_MAX);
    if (state_read(state, generation, "review.txt", ret, err) == 0)
        return 0;
    buf_clear(ret);
    return -1;
}

bool
generation_says(const struct state *state, uint32_t generation, const char *key, const char *value)
{
    struct buf review;
    char found[2 * DIGEST_TEXT_MAX];
    size_t at = 0;
    bool says = false;
    if (generation == 0 || generation_read_review(&review, state, generation, NULL) != 0)
        return false;
    while (!says && record_next(&review, key, &at, found, sizeof found))
        says = strcmp(found, value) == 0;
    buf_clear(&review);
    return says;
}

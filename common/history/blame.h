/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * blame.h - since which generation a rule has decided about a host: the answers of the generations that were in use.
 *
 * Where it sits: room change, above room store. The images of the published generations are asked, the latest first.
 * What differs between two whole tables is in diff.h; printing is left to the caller.
 */
#ifndef COMMON_BLAME_H
#define COMMON_BLAME_H

#include <stdbool.h>
#include <stdint.h>

#include "image/image.h"
#include "name/verb.h"
#include "verdict/verdict.h"

struct err;
struct held_key;
struct request;
struct state;

/* What an image answers. The members below `has_rule` are set only if it is true. */
struct blame_answer {
    bool bypass;
    enum why why;
    bool has_rule;
    bool has_id; /* false: a local line */
    uint32_t id;
    enum verb verb;
    char rule[IMAGE_RULE_MAX]; /* both with their NUL */
    char source[WORD_MAX + 1];
};

/* Generations in a row that give the same answer. */
struct blame_run {
    struct blame_answer answer;
    uint32_t since; /* the earliest of them */
    size_t later;   /* how many times it came into use again after that (act.h) */
    bool waits;     /* `since` is pending: it is not in use yet */
    bool oldest;    /* no earlier generation is kept, so the answer may be older */
};

struct blame {
    struct state *state;
    const struct request *request;
    uint32_t today;
    void (*found)(void *arg, const struct blame_run *run);
    void *arg;
};

/*
 * Calls found() for each run, the latest first; before them for the pending generation, if its answer differs from the
 * one in use. *ret is that answer. Stops at the first generation that is no longer kept. A pending generation that
 * cannot be read is left out. -1: ERR_USAGE (nothing is published), or an image cannot be opened; found() may have been
 * called by then. Cost: opens the image of each published generation.
 */
int blame_ask(const struct blame *blame, struct blame_answer *ret, struct err *err);

/* True if a held row matches the host or address of a request. */
bool blame_concerns(const struct request *request, const struct held_key *key);

#endif

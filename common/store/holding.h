/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * holding.h - which rows are held in a generation, and what waits for a decision about them: for people who ask.
 *
 *     gen-000041/held.txt      of what is in use
 *     gen-000042/waiting.txt   of what waits: newer, so it counts if there is one
 *
 * Where it sits: room store, above document.h; held.h has the rows. Which rows are held is found in room review.
 */
#ifndef COMMON_HOLDING_H
#define COMMON_HOLDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "table/held.h"

struct arena;
struct buf;
struct err;
struct state;

struct holding {
    struct held held;
    bool in_use;     /* the generation is in use now, so a decision would change these rows */
    uint32_t waits;  /* the generation that has what the newest sources say about these rows; 0: none waits */
    uint32_t whole;  /* one that waits and says nothing about single rows, so none can be decided about; 0: none */
    uint32_t newest; /* if it is in use: the generation that a decision about single rows names; 0: not known */
    struct rejection *rejections; /* of each key; NULL: nobody asked (holding_find_rejections()) */
    struct arena *arena;
};

/* Who rejected a row, when and why; "" if that is not known. */
struct rejection {
    char day[DAY_TEXT_MAX], by[64], note[300];
};

/* Reads the rows that are held in a generation. If it is in use, those of what waits count, because they are newer.
 * None for generation 0. -1 as documents_load_held() and held_read(), and there is nothing to clear. */
int holding_read(struct holding *ret, const struct state *state, uint32_t generation, struct err *err);
void holding_clear(struct holding *holding);

/* Finds who rejected the rows: on the list (rejected.h), and why in the decisions of the generations that are kept.
 * What cannot be read remains unknown. Cost: reads all decisions. */
void holding_find_rejections(struct holding *holding, struct state *state);

/* That of one key; NULL if nobody asked, or it is not known. */
const struct rejection *holding_rejection(const struct holding *holding, const struct held_key *key);

/* Appends `waits for a decision, in generation 42` or `was rejected on 2026-11-29 by alice: NOTE`. */
void holding_add_state(struct buf *buf, const struct holding *holding, const struct held_key *key);

struct holding_count {
    size_t waiting, rejected;
    uint32_t newest;                                                /* as above */
    char waiting_since[DAY_TEXT_MAX], rejected_since[DAY_TEXT_MAX]; /* the oldest; "" if there is none */
};

void holding_count(struct holding_count *ret, const struct holding *holding);

/* Appends comment lines for a table: what the newest sources say about each held row. Cost: a search for each row. -1
 * with ERR_MEM. */
int holding_add_comments(struct buf *buf, const struct holding *holding, struct err *err);

#endif

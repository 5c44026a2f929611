/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compile_addr.h - prefixes of a table on their way into an image. Private to compile_addr.c, compile_chain.c and
 * compile_tree.c: the first calls the other two, which do not know each other.
 */
#ifndef COMMON_COMPILE_ADDR_H
#define COMMON_COMPILE_ADDR_H

#include "compile_build.h"
#include "image/image_tree.h"

/* One prefix rule of the table. */
struct place {
    struct key key;
    uint32_t set;
    uint8_t len;
    bool v6;
};

/* From this address up to the next edge one chain (later one leaf) is in force. */
struct edge {
    struct key start;
    uint32_t leaf;
};

/* The rules of one prefix and of the prefixes around it. Prefixes with equal rules share one. */
struct chain {
    const struct place *rules;
    size_t count;
    uint32_t parent_1;
    uint32_t uses;
    uint32_t number; /* of its first rule in the image */
};

struct chains {
    struct arena *arena;
    struct chain *list;
    size_t count, room;
    uint32_t *slots; /* chain_1, by the chain's content; a power of two of them, at most half used */
    size_t slot_count;
};

/* Starts the chains of up to `most` prefixes. False without memory. */
bool chains_begin(struct chains *ret, struct arena *arena, size_t most);

/* The chain_1 of `count` rules of one prefix inside another chain; 0 without memory. */
uint32_t chains_find(struct chains *chains, const struct place *rules, size_t count, uint32_t parent_1);

/* Writes the rules, those of the most used chains first, and turns the edges' chain_1 into leaves. -1 with the
 * sentence. */
int chains_put(struct chains *chains, struct builder *builder, struct edge *edges, size_t count, struct err *err);

/* Fills the section of a tree from sorted edges, the first of which is at zero. -1 with ERR_LIMIT if the tree gets too
 * large. */
int compile_tree(struct builder *builder, enum section section, uint32_t first_rule, const struct edge *edges,
                 size_t count, struct err *err);

#endif

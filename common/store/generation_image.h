/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * generation_image.h - generations whose image has another layout than this program's, as after an upgrade.
 *
 *     gen-000041/image       never changed: the digest in review.txt is of it
 *     gen-000041/image.3     the same table in this program's layout, added by the first command that writes
 *
 * Where it sits: room store, next to candidate.h, above state.h and compile/sealed.h, which knows what proves a table.
 * If what is compiled is, by that digest, what was sealed, it takes the place of the image: only its layout byte was
 * damaged. Other damage is not repaired here: such an image is refused, and `publish` replaces the generation.
 */
#ifndef COMMON_GENERATION_IMAGE_H
#define COMMON_GENERATION_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

struct candidate;
struct err;
struct image;
struct listener;
struct state;

/* Opens the image of a generation and verifies it, or compiles the table again if it has another layout. Nothing that
 * lies elsewhere is read (state.h). -1: it cannot be read or is damaged, or the table is not proven (sealed.h). */
int generation_open_image(struct image **ret, const struct state *state, uint32_t generation, struct err *err);

/* True if a generation has the table and the policy of a candidate: the same digest, or if its image has another layout
 * and hence another digest, the same content. False also for generation 0, or if it cannot be read. */
bool generation_holds(const struct state *state, uint32_t generation, const struct candidate *candidate);

/* The layout version of the generation's image if that is not this program's and no image of this layout is beside it;
 * else -1. */
int generation_foreign_layout(const struct state *state, uint32_t generation);

/* Adds an image of this layout if one is missing, and says so to the listener (may be NULL). Without one helpers
 * compile the table each for itself, so a failure is only said: a command that decides must not fail because the disk
 * is full. */
void generation_mend(struct state *state, uint32_t generation, const struct listener *listener);

/* The same for what is in use and what waits, and silently for what was in use before. Every command that writes begins
 * with it. Cost: with nothing to do, a look at three files. */
void generation_mend_linked(struct state *state, const struct listener *listener);

#endif

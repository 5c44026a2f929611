/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * candidate_shipped.h - the shipped table, as long as it is what helpers answer from.
 *
 * Where it sits: room store, next to candidate.h. Before anything is published, helpers without settings and local
 * rules use the shipped table (load.h). What replaces it is compared with it, since that is what changes for users.
 */
#ifndef COMMON_CANDIDATE_SHIPPED_H
#define COMMON_CANDIDATE_SHIPPED_H

#include <stdbool.h>

struct candidate;
struct conf;
struct places;
struct state;

/*
 * True if helpers of these places (NULL: those of this build) now answer from the shipped table, and `state` is the
 * folder where a published one would replace it. Then *ret is the shipped table, read and compiled as it was when it
 * was shipped; its digest is empty, because it is never approved. False, with nothing to clear, also if it cannot be
 * read: helpers then answer no-table. Cost: as load_default_image(), and a build of the table.
 */
bool candidate_shipped(struct candidate *ret, const struct state *state, const struct places *places);

/* The same table for a configuration with one instance, wherever its state folder is: that of its data folder, compiled
 * with its settings. Nobody may answer from it; it is what a first table can be told against. False, with nothing to
 * clear, if it has several instances or there is no such table. */
bool candidate_shipped_beside(struct candidate *ret, const struct conf *conf);

#endif

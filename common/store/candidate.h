/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * candidate.h - from a configuration and documents to a sealed generation.
 *
 *     documents of the instances ---+
 *     local rules, lists, presets --+--> table --> image --> gen-N/ --> review --> pending or current
 *
 * Where it sits: room store, above source.h, document.h, record.h and compile.h. update, import and publish all build
 * their tables here. Whether a candidate may be published is decided in review.h.
 */
#ifndef COMMON_CANDIDATE_H
#define COMMON_CANDIDATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/digest.h"

struct conf;
struct documents;
struct err;
struct image;
struct listener;
struct sealed_policy;
struct state;
struct table;

/* What was built. Nobody has decided about it yet. */
struct candidate {
    struct table *table;
    struct buf table_text; /* normal form */
    struct buf image_bytes;
    struct image *image;          /* opened by the reader that helpers use; its checksum was verified */
    char digest[DIGEST_TEXT_MAX]; /* of table_text and of the image that was sealed; an approval is for exactly this */
};

/*
 * The table of a generation, so that its lines are not judged again when the same sources are read. NULL without one
 * that is proven to be what was sealed: then every line is judged. Free it with table_free().
 */
struct table *candidate_known(const struct state *state, uint32_t generation);

/*
 * Reads, merges and compiles all sources, then opens and verifies the image and reads the text of the table again.
 * A local line that is in `known` (may be NULL) is not judged for its width. Complaints go to the listener (may be
 * NULL). -1: the sentence says what is wrong with which source, and there is nothing to clear.
 */
int candidate_build(struct candidate *ret, const struct conf *conf, const struct documents *documents,
                    const struct table *known, const struct listener *listener, struct err *err);
void candidate_clear(struct candidate *candidate);

/* The same from a sorted table, which is taken over even after a failure. The label comes from the documents. */
int candidate_from_table(struct candidate *ret, struct table *table, const struct conf *conf,
                         const struct documents *documents, struct err *err);

/* The same for a table that is only compared: without its text and digest, so it cannot be committed. */
int candidate_to_compare(struct candidate *ret, struct table *table, const struct conf *conf,
                         const struct documents *documents, struct err *err);

/* Reads the table and image of a generation back, as the old side of a diff. If its image has another layout, the table
 * is compiled again (generation_image.h); the digest is then the one in its review.txt. For generation 0 the table is
 * empty and there is no image. -1: a file cannot be read or is damaged, and there is nothing to clear. */
int candidate_load(struct candidate *ret, const struct state *state, uint32_t generation, struct err *err);

/* The policy of a generation that has the table text and the image bytes of this candidate, and the digest in its
 * review.txt. -1 as state_read(), and with ERR_CORRUPT as sealed_policy_read(). */
int candidate_read_policy(struct sealed_policy *ret, char digest[DIGEST_TEXT_MAX], const struct candidate *candidate,
                          const struct state *state, uint32_t generation, struct err *err);

/* Prints the head of review.txt down to `documents` (record.h). The caller adds `result`, `reason` and the empty
 * line. */
void candidate_print_head(struct buf *buf, const struct candidate *candidate, const struct documents *documents,
                          uint32_t generation, const char *by, int64_t now);

/* What a generation is made of. */
struct generation_parts {
    const struct candidate *candidate;
    const struct documents *documents; /* that it was built from */
    const struct buf *review;          /* the whole review.txt */
};

/*
 * Seals a candidate as the next generation, then publishes it or makes it pending. Between the two its files are read
 * back and compared with what was verified when it was built; the write lock is held meanwhile. Its number is in *ret.
 * -1: nothing visible has changed; or, if only the last sync failed, the sentence says that the generation is in use.
 */
int generation_commit(uint32_t *ret, struct state *state, const struct generation_parts *parts, bool publish,
                      struct err *err);

/* -1 unless the generation is whole: its image opens as in a helper and has the right checksum, its table can be read,
 * and table, image and documents match the digests in its review.txt. An image of another layout need not open, but the
 * table must then be proven to be what was sealed, and compile (compile/sealed.h). */
int generation_verify(const struct state *state, uint32_t generation, struct err *err);

/* The same for its table and image alone: its documents and held rows may be damaged. */
int generation_verify_table(const struct state *state, uint32_t generation, struct err *err);

#endif

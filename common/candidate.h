/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * candidate.h - from a configuration and documents to a sealed generation.
 *
 *     documents of the instances --+
 *     local rules, lists, presets --+--> table --> image --> gen-N/ --> review --> pending or current
 *
 * Where it sits: floor 6, above state.h, compile.h and conf.h. update, import and publish all come through here, so
 * that there is one way in.
 */
#ifndef COMMON_CANDIDATE_H
#define COMMON_CANDIDATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "conf.h"
#include "digest.h"

struct err;
struct image;
struct state;
struct table;

/* The document of one instance, as fetched or imported or taken from a generation. */
struct document {
    const char *instance; /* canonical spelling */
    char version[11];     /* 10 digits, or "" if unknown (an import without version) */
    struct buf bytes;     /* JSON as it came; empty: the shipped table stands in for it */
    struct buf changes;   /* answer of /changes, or empty */
};

#define VERSION_SHIPPED "shipped"
#define DOCUMENT_MAX TABLE_JSON_MAX
#define REVIEW_MAX ((size_t)64 << 20) /* bytes of a review.txt */

struct documents {
    struct document of[INSTANCE_COUNT];
    size_t count;
};

void documents_clear(struct documents *documents);

/* File name of a document in its generation: source.json for the first instance, source-INSTANCE.json (lower case)
 * else. Its change feed, if there is one, is changes.json or changes-INSTANCE.json beside it. */
void document_name(char ret[64], const struct documents *documents, size_t index);
void document_changes_name(char ret[64], const struct documents *documents, size_t index);

/* SHA-256 of all documents with their instances; "" if every one of them is empty. */
void documents_digest(char ret[DIGEST_TEXT_MAX], const struct documents *documents);

/* Loads the documents of a generation (0: none; every instance then stands for the shipped table, and only Worldwide
 * and China have one). Versions come from its review.txt. */
int documents_load(struct documents *ret, const struct conf *conf, const struct state *state, uint32_t generation,
                   struct err *err);

/* All documents that a generation was made from, whatever is configured now. ERR_CORRUPT if they are not what was
 * sealed. */
int documents_load_all(struct documents *ret, const struct state *state, uint32_t generation, struct err *err);

/* What was built, before anybody decided about it. */
struct candidate {
    struct table *table;
    struct buf table_text; /* normal form */
    struct buf image_bytes;
    struct image *image;          /* opened by the helpers' own reader, checksum verified */
    char digest[DIGEST_TEXT_MAX]; /* of table_text followed by image_bytes: what an approval is for */
};

/* Reads, merges, compiles; opens the result and verifies it. Complaints go to `say`. -1: any source that does not load.
 */
int candidate_build(struct candidate *ret, const struct conf *conf, const struct documents *documents,
                    void (*say)(void *arg, const char *sentence), void *arg, struct err *err);
void candidate_clear(struct candidate *candidate);

/* The table and image of a generation, read back (old side of a diff). For generation 0 an empty table and no image. */
int candidate_load(struct candidate *ret, const struct state *state, uint32_t generation, struct err *err);

/*
 * The head of review.txt: key and value a line, up to the first blank line; behind it the text of the review.
 *     generation 42 | created 2026-11-21T03:00:00Z | by update | label 2025120100 | rules 489 | digest SHA256
 *     version Worldwide 2025120100 (a line for each document, in their order; `-`: without a version; `shipped`: there
 *         was none and the shipped table stood in)
 *     documents SHA256 (documents_digest(); left out if empty)
 *     result published|held | reason ... (one line each)
 * Gets the first value of a key, cut to the room; "" if there is none.
 */
void review_head_get(const struct buf *review, const char *key, char *ret, size_t room);

/* The next value of a key at or behind *at (0 to start); false at the end. */
bool review_head_next(const struct buf *review, const char *key, size_t *at, char *ret, size_t room);

/* Writes the head up to and with `documents`; `result`, `reason` and the blank line are the caller's. */
void review_head_print(struct buf *buf, const struct candidate *candidate, const struct documents *documents,
                       uint32_t generation, const char *by, int64_t now);

/*
 * A decision of a person about a sealed generation: decision-1.txt, decision-2.txt, ... in it.
 *     what approved|rejected|rollback|rolled-back | at 2026-11-21T08:15:00Z | by alice | digest SHA256 | note ...
 * `rollback` stands in the generation that was gone back to, `rolled-back` in the one that was left. The digest is that
 * of the generation. `text` (may be NULL) follows behind a blank line, such as the diff that was looked at.
 */
struct decision {
    const char *what;
    const char *by;   /* NULL: the user who runs the program */
    const char *note; /* NULL: none */
    int64_t at;
    const struct buf *text;
};
void decision_by(char ret[64], const char *by); /* the name itself, or for NULL the user (behind sudo) */
int decision_write(struct state *state, uint32_t generation, const struct decision *decision, struct err *err);

/*
 * A generation whose last decision speaks against publishing this candidate by itself: it was rejected with the same
 * digest, or rolled back with the same documents. 0 in *ret if there is none. So an update does not undo a roll-back
 * in the next hour, nor ask twice about what was rejected.
 */
int generation_find_refused(uint32_t *ret, struct state *state, const struct candidate *candidate,
                            const struct documents *documents, struct err *err);

/* Reads decision `index` (from 1); review_head_get() takes it apart. 1: read, 0: there is none, -1. */
int decision_read(const struct state *state, uint32_t generation, uint32_t index, struct buf *ret, struct err *err);

/* What the last decision about a generation was; "" if there is none. */
int decision_last(char ret[32], const struct state *state, uint32_t generation, struct err *err);

/*
 * Seals a candidate as the next generation with `review` as its review.txt (head included), and either publishes it or
 * makes it pending. After sealing and before publishing the image is opened once more from its final place. The number
 * in *ret. Nothing visible changes on failure.
 */
int generation_commit(struct state *state, const struct candidate *candidate, const struct documents *documents,
                      const struct buf *review, bool publish, uint32_t *ret, struct err *err);

/* -1 unless the generation is whole: its image opens as a helper opens it, its checksum fits, its table reads, both
 * have the digest of its review.txt, and so have its documents. */
int generation_verify(const struct state *state, uint32_t generation, struct err *err);

#endif

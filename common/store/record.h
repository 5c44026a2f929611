/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * record.h - records about a generation: `key value` lines at the start of review.txt and of each decision-N.txt.
 *
 * The lines of a review.txt, in this order:
 *
 *     user       alice: who published by hand, else left out
 *     note       why, if a reason was given
 *     instead-of the shipped table: the diff below starts from it; else left out
 *     generation 42
 *     created    2026-11-21T03:00:00Z
 *     by         update, import or publish
 *     label      2025120100
 *     rules      489
 *     digest     SHA-256 of table and image
 *     precedence, bypass, tenant, table, policy: how the image was compiled, and the digest of the table (sealed.h)
 *     version    Worldwide 2025120100, a line for each document; `-`: no version is known; `shipped`: no document, the
 *                shipped table was used
 *     documents  SHA-256 of the documents; left out if all of them are empty
 *     held       SHA-256 of held.txt, the rows that are held in an older form; left out if none are
 *     waiting    SHA-256 of waiting.txt, all rows that are held until there is a decision; left out if none are
 *     review     auto, parts, widening or always
 *     result     published or held
 *     refused    how many rows of documents and lists were left out, and the first three; left out if none was
 *     reason     why it was held, a line for each reason
 *
 * An empty line ends this head. Free text follows.
 *
 * Where it sits: room store, at the bottom. flow.h prints `user`, `note` and `instead-of`, candidate.h the lines from
 * `generation` to `documents`, review.h the rest; decision.h has lines of its own.
 */
#ifndef COMMON_RECORD_H
#define COMMON_RECORD_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

#define RECORD_MAX ((size_t)64 << 20) /* bytes of a review.txt or decision-N.txt */

/* Appends a line. Control characters in the value become spaces, so it stays one line. */
void record_add(struct buf *buf, const char *key, const char *value);

/* The first value of a key, cut to `room` bytes including the NUL; "" if there is none. */
void record_get(const struct buf *record, const char *key, char *ret, size_t room);

/* The next value of a key, cut in the same way. Starts at *at (0 for the first) and advances it. False at the end of
 * the head. */
bool record_next(const struct buf *record, const char *key, size_t *at, char *ret, size_t room);

#endif

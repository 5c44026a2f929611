/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * candidate_file.h - a candidate from one file that a person names, to be compared but never published.
 *
 * Where it sits: room store, next to candidate.h. There are two steps because a caller may rename the source of the
 * table before it is compiled.
 */
#ifndef COMMON_CANDIDATE_FILE_H
#define COMMON_CANDIDATE_FILE_H

struct candidate;
struct conf;
struct err;
struct listener;

/* Reads FILE or VERB:FILE into the table of an empty candidate; complaints go to the listener. -1 as load_table(). */
int candidate_read_file(struct candidate *ret, const struct conf *conf, const char *spec,
                        const struct listener *listener, struct err *err);

/* Compiles it with the tenants, precedence and bypass of the configuration, and opens the image. -1 as compile_table()
 * and image_from_memory(). In either case the caller clears the candidate. */
int candidate_compile_file(struct candidate *candidate, const struct conf *conf, struct err *err);

#endif

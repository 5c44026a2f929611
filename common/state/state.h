/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * state.h - the state folder: generations that never change, and three links that say which ones are in use.
 *
 *     gen-000041/{source.json,table.txt,image,review.txt}  written as .new-000041, synced, renamed, never changed again
 *     current, previous, pending -> gen-NNNNNN             each replaced by one rename(2)
 *     published                                            their numbers, in the order in which they became current
 *     status                                               what the last update saw, `key value` lines
 *     client-id                                            who asks the service
 *     lock, lock-update                                    one writer, one updater at a time (flock)
 *
 * Where it sits: room state. What a generation contains is up to candidate.h, whether it may be
 * published to review.h. A reader of `current` always sees one whole generation, even if the writer is killed at any
 * point, the disk is full or the power fails: every file and folder is synced before the rename that makes it visible.
 *
 * Whoever owns the folder may put anything into it. Nothing here follows a link that lies in it, or waits for a pipe:
 * what is neither a regular file nor a link of the form above counts as damaged.
 */
#ifndef COMMON_STATE_H
#define COMMON_STATE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;
struct state;

enum state_link { STATE_CURRENT, STATE_PREVIOUS, STATE_PENDING };

/*
 * Opens the folder; `write` creates it if needed. No lock is taken. -1 with ERR_IO: it cannot be created, opened or
 * read; if only another user may, the sentence names that user. Root may not write in a folder of another user.
 */
int state_open(struct state **ret, const char *folder, bool write, struct err *err);
void state_close(struct state *state);               /* NULL is allowed; a generation that is not sealed is removed */
const char *state_folder(const struct state *state); /* its path, as it was opened; for sentences and comparisons */

/* Every function that writes takes the write lock for a moment, or for as long as the caller holds it (state_lock.h).
 */

/* The generation that a link names; 0 if there is no such link, or if `pending` names the current generation. -1 with
 * ERR_CORRUPT (not a link to a generation, or to one that is not whole; `current` is missing, although a generation
 * that is here was in use) or ERR_IO. */
int state_get(const struct state *state, enum state_link link, uint32_t *ret, struct err *err);

/* The same number even if the generation is not whole; 0 if it cannot be read. */
uint32_t state_linked(const struct state *state, enum state_link link);

/* All sealed generations in ascending order; the array belongs to the state. -1 with ERR_IO or ERR_MEM. Cost: reads the
 * folder. */
int state_list(struct state *state, const uint32_t **ret, size_t *ret_count, struct err *err);

/* The number the next generation will have: never one that exists. -1 with ERR_IO. Cost: reads the folder. */
int state_next(const struct state *state, uint32_t *ret, struct err *err);

/* Begin the next generation (its number is in *ret), add files to it, and seal it: sync it and rename it to its name.
 * Between the two the write lock is held. -1 with ERR_IO, or with ERR_USAGE if they are called out of order, or as
 * state_lock(). */
int state_begin(struct state *state, uint32_t *ret, struct err *err);
int state_add(struct state *state, const char *name, const void *bytes, size_t len, struct err *err);
int state_seal(struct state *state, struct err *err);

/* Adds one more file (a decision) to a sealed generation, whole or not at all. Never replaces a file. -1 with ERR_USAGE
 * if the file exists, with ERR_IO, or as state_lock(). */
int state_annotate(struct state *state, uint32_t generation, const char *name, const void *bytes, size_t len,
                   struct err *err);

/* Adds a file that follows from the others, such as an image of another layout, and replaces an earlier one. Otherwise
 * as state_annotate(). */
int state_derive(struct state *state, uint32_t generation, const char *name, const void *bytes, size_t len,
                 struct err *err);

/* Reads a file of a generation. -1 with the path: ERR_CORRUPT if it is missing, not a regular file, or larger than the
 * ceiling of `ret`, since it was sealed otherwise; ERR_IO or ERR_LIMIT if it cannot be read at the moment. state_has()
 * only says whether such a file exists; false also if that cannot be determined. */
int state_read(const struct state *state, uint32_t generation, const char *name, struct buf *ret, struct err *err);
bool state_has(const struct state *state, uint32_t generation, const char *name);

/* Reads the first bytes of such a file. Returns how many; 0 also if it cannot be read. */
size_t state_peek(const struct state *state, uint32_t generation, const char *name, char *ret, size_t room);

/* Like state_has(), but if that cannot be determined: -1 with ERR_IO. */
int state_find(const struct state *state, uint32_t generation, const char *name, bool *ret, struct err *err);

/* The path of a file of a generation, for sentences. -1 with ERR_LIMIT if it is too long. */
int state_path(const struct state *state, uint32_t generation, const char *name, char ret[PATH_MAX], struct err *err);

/* Reads a file of the folder itself, such as client-id; *ret_found is false if there is none. -1 with
 * ERR_CORRUPT: it is not a regular file; with ERR_IO: it cannot be read; or with ERR_LIMIT at the ceiling of `ret`. */
int state_read_own(const struct state *state, const char *name, struct buf *ret, bool *ret_found, struct err *err);

/* Replaces such a file, whatever is there now; everybody may read it. -1 with ERR_IO, or as state_lock(). */
int state_write_own(struct state *state, const char *name, const void *bytes, size_t len, struct err *err);

/*
 * Points `previous` at the old current generation (if there is one and it differs), then `current` at this one. Removes
 * `pending` if it named this one. -1: `current` is as it was. If only the last fsync failed, the sentence says that the
 * generation is in use but may not survive a power cut.
 */
int state_publish(struct state *state, uint32_t generation, struct err *err);

/* All generations that were current at some time, oldest first, as far as `published` goes back; the array belongs to
 * the state. -1 with ERR_IO or ERR_MEM. */
int state_published(struct state *state, const uint32_t **ret, size_t *ret_count, struct err *err);

/* True if a number is in such a list. */
bool state_is_among(const uint32_t *numbers, size_t count, uint32_t number);

/* Removes a generation: one that is not sealed, or a sealed one that no link names and that was never published. -1
 * with ERR_USAGE for any other one, or as state_published(). */
int state_discard(struct state *state, uint32_t generation, struct err *err);

/* Points `pending` at a generation; 0 removes the link. -1 with ERR_CORRUPT if the generation is not whole, or with
 * ERR_IO. */
int state_set_pending(struct state *state, uint32_t generation, struct err *err);

/* Removes all but the newest `keep` generations, but never current, previous, pending and the last three that were
 * published. Also removes what killed writers left. *ret is the number of generations removed, even after a failure: -1
 * with ERR_IO or ERR_MEM. */
int state_prune(struct state *state, uint32_t keep, uint32_t *ret, struct err *err);

/* Keys of the status file. Times are in seconds since 1970. */
#define STATUS_LAST_TRY "last_try"             /* the service was asked */
#define STATUS_LAST_GOOD "last_good"           /* it answered, and the answer could be used */
#define STATUS_FAILED_SINCE "failed_since"     /* first failure since last_good; absent if the last try succeeded */
#define STATUS_ERROR "error"                   /* sentence of the last failure; absent as above */
#define STATUS_FAILED_FETCHES "failed_fetches" /* how many tries failed, ever */
#define STATUS_EXPORT_ERROR "export_error"     /* the exports of m365.conf are not current; absent if they are */
#define STATUS_AGAINST_GATES "against_gates"   /* GENERATION REASON: a person published what is in use against a gate */
#define STATUS_BACKOFF_UNTIL "backoff_until"   /* leave the service alone until then */
#define STATUS_NEXT_POLL "next_poll"           /* not before */
#define STATUS_UNDELIVERED "notice_again"      /* notices that were not delivered: EVENT GENERATION ..., EVENT ... */

/* The status file: values by key, each less than STATE_VALUE_MAX bytes and one line. A missing file or key is "".
 * Changes are kept in memory until state_status_write(), which leaves alone what others wrote under other keys; it
 * returns -1 with ERR_LIMIT or ERR_IO, or as state_lock(). */
#define STATE_VALUE_MAX 600
void state_status_get(const struct state *state, const char *key, char ret[STATE_VALUE_MAX]);
int64_t state_status_number(const struct state *state, const char *key);        /* 0 if absent or not a number */
void state_status_set(struct state *state, const char *key, const char *value); /* NULL removes it */
void state_status_set_number(struct state *state, const char *key, int64_t value);
int state_status_write(struct state *state, struct err *err);

#endif

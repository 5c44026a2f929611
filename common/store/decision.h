/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decision.h - what a person decided about a sealed generation: decision-1.txt, decision-2.txt, ... in its folder.
 *
 *     what approved | at 2026-11-21T08:15:00Z | by alice | digest SHA256 | note ...
 *
 * What was decided is `approved`, `rejected`, `approved-part`, `rejected-part`, `rollback` or `rolled-back`. `rollback`
 * is written to the generation that was restored, `rolled-back` to the one that was left. The digest is that of the
 * generation. Such a file is a record (record.h).
 *
 * Where it sits: room store, above state.h and record.h. Whether a table must wait for a decision is decided in
 * review.h.
 */
#ifndef COMMON_DECISION_H
#define COMMON_DECISION_H

#include <stdbool.h>
#include <stdint.h>

struct buf;
struct candidate;
struct documents;
struct err;
struct state;

enum decided {
    DECIDED_NOTHING, /* no decision, or a word that is unknown here */
    DECIDED_APPROVED,
    DECIDED_REJECTED,
    DECIDED_ROLLBACK,      /* back to this generation */
    DECIDED_ROLLED_BACK,   /* away from this generation */
    DECIDED_APPROVED_PART, /* some rows of this generation; the note names them, and the rest waits again */
    DECIDED_REJECTED_PART,
};

struct decision {
    enum decided what;      /* not DECIDED_NOTHING */
    const char *by;         /* NULL: the user who runs the program */
    const char *note;       /* NULL: none */
    int64_t at;             /* seconds since 1970 */
    const struct buf *text; /* follows an empty line, such as the diff that was shown; NULL: none */
};

/* The name in `by`, cut to 63 bytes. For NULL it is the user's; under sudo, that of the user who called it. */
void decision_by(char ret[64], const char *by);

/* Adds a decision to a generation. -1: ERR_LIMIT (the text is too long), or as state_read() and state_annotate(). */
int decision_write(struct state *state, uint32_t generation, const struct decision *decision, struct err *err);

/* Reads decision `index` (from 1) into an initialised buffer; record_get() finds its values. 1: it was read; 0: there
 * is none; -1 with ERR_IO. */
int decision_read(const struct state *state, uint32_t generation, uint32_t index, struct buf *ret, struct err *err);

/* The word of a record: `approved`, `rejected`, ...; "" for DECIDED_NOTHING. */
const char *decided_word(enum decided what);

/* The meaning of the word of a record: `approved`, `rejected`, ...; DECIDED_NOTHING for any other word. */
enum decided decided_parse(const char *word);

/* True if the last decision about a generation was to reject it. False also if that cannot be read. */
bool decision_is_rejected(const struct state *state, uint32_t generation);

/* The generation that has the newest rows while nothing waits: the last one that was rejected, if it is newer than what
 * is in use, else that (0: nothing is). A decision about single rows is about its content. -1 as state_next(). */
int decision_newest(uint32_t *ret, const struct state *state, uint32_t current, struct err *err);

/*
 * Finds the newest generation whose last decision forbids publishing this candidate automatically: one with the same
 * digest was rejected or rolled back, or one with the same documents was rolled back. The latter counts only while
 * `current`, the generation in use (0: none), has other documents: otherwise what was wrong may have been a local rule.
 * 0 in *ret if there is none. So an update neither undoes a rollback an hour later nor asks again about what was
 * rejected. One that is damaged forbids nothing, like one that was removed. -1 with ERR_IO.
 * Cost: reads the decisions of every generation.
 */
int decision_find_refused(uint32_t *ret, struct state *state, const struct candidate *candidate,
                          const struct documents *documents, uint32_t current, struct err *err);

/* True if a generation built from this version of an instance's document was rejected or rolled back, and that was the
 * last decision about it. False also if that cannot be read. Cost as above. */
bool decision_refuses_version(struct state *state, const char *instance, const char *version);

#endif

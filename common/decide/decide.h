/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decide.h - a person decides: approves or rejects what waits, or goes back to what was in use before.
 *
 * Where it sits: room decide, above update/flow.h. A decision is for one exact content: before anything is done, its
 * digest is computed again from the files of the generation. That takes time, so it is done without the lock; under the
 * lock it is then certain that nothing else came into use or began to wait. Options and output belong to the commands.
 */
#ifndef COMMON_DECIDE_H
#define COMMON_DECIDE_H

#include "change/compare.h"
#include "state/state_lock.h"
#include "update/notice.h"

struct decide {
    const struct conf *conf;
    struct state *state; /* opened for writing */
    const struct listener *listener;
    int64_t now;      /* seconds since 1970 */
    const char *by;   /* who; NULL: the user */
    const char *note; /* why; or NULL */
    bool force;       /* approve against a gate that is not among the reasons for which it waits */
    /* Filled in by decide_find(). */
    uint32_t current;
    uint32_t generation;    /* the one to decide about */
    uint32_t newest;        /* the one that a decision about rows names: that, or what decision_newest() says */
    struct state_mark seen; /* before anything was looked at */
    struct compared compared;
    char who[64]; /* `by`, or the name of the user */
};

/*
 * Finds the generation to decide about: the one that waits. `word` is NULL, its number, or the first 8 or more hex
 * digits of its digest. With `rejected` it may also be the number of a rejected generation that is newer than what is
 * in use. Verifies the generation and compares it with what is in use. 0; 1 if nothing waits; -1: the word means
 * something else, or a generation is damaged. Call decide_clear() in any case.
 */
int decide_find(struct decide *decide, const char *word, bool rejected, struct err *err);

/* The same for a decision about rows. If nothing waits (1), the word names the generation that has the newest rows, and
 * decide->newest is that, also after a failure because it
 * named another one; 0 if nothing was ever published. */
int decide_find_rows(struct decide *decide, const char *word, struct err *err);

void decide_clear(struct decide *decide);

/* True if a word has the form of a number or of the digits of a digest. */
bool decide_is_word(const char *word);

/* Whether the generation may be approved. -1: a gate, as it is configured now, objects that is not among the reasons
 * for which the generation waits (unless `force`); its names would pass with any address because the addresses of their
 * set were rejected; or as review_decide(). Needs decide_find(). Cost: as a review. */
int decide_check(const struct decide *decide, struct err *err);

/* Checks, records the decision and puts the generation to use. -1: as decide_check(), something else came into use or
 * began to wait since decide_find(), or it is not recorded, so nothing changed; or it is recorded but not in use. The
 * sentence says which. */
int decide_approve(struct decide *decide, struct err *err);

/* Tells people about an approval (NOTICE_PUBLISHED), a rejection or a rollback, and adds it to the feed. Then what
 * waits is built once more if the decision concerns it (flow_renew()), and generations that are too old are removed.
 * Failures are only reported; what is not delivered is told again by the next update, import or publish. Needs no
 * decide_find(). */
void decide_announce(const struct decide *decide, enum notice_event event, uint32_t generation);

/* Records the decision. From then on nothing waits. -1: something else came into use or began to wait since
 * decide_find(), or it is not recorded, so the generation still waits. */
int decide_reject(struct decide *decide, struct err *err);

struct flow_result;

/* Rows by their pattern or prefix, as tables and 'm365ctl diff' write them, or as a person may: in capitals, with a
 * final dot, as a URL. */
struct decide_rows {
    const char *const *patterns;
    size_t count;
    struct buf *names; /* receives them as tables write them: `a.example, *.b.example` */
    struct buf *with;  /* receives those that nobody named and that are decided about together with them */
    /* Asked before anything is decided, when both are filled; NULL: nobody is asked. `diff` is from what is in use to
     * what would be in use; NULL when rows are rejected. 0: go on; 1: no; -1. */
    int (*confirm)(void *arg, const struct decide_rows *rows, const struct diff *diff, struct err *err);
    void *arg;
};

/*
 * Approves these rows of what waits, or rejects them; the others keep waiting. Rows that only make sense together are
 * decided about together: the addresses of a set with its names, a row that goes with the row that takes over its
 * names. An address that was rejected is not: only naming it approves it, and without any address of their set names
 * are refused. Needs decide_find_rows(), which may have found nothing: then rows are approved that were rejected
 * before. Approving asks the gates; *ret says what became of it: if one holds the rows (FLOW_PENDING, FLOW_WAITING),
 * what waited still does. Rejected rows stay as they are in use in every later table, until they are approved. 0; 1 as
 * rows->confirm. -1: a row is not held or not without another one, somebody else decided since decide_find_rows(), or
 * it cannot be written; the sentence says what was done. Cost: builds and compares tables as an import does, twice.
 */
int decide_about_rows(struct flow_result *ret, struct decide *decide, struct decide_rows *rows, bool approves,
                      struct err *err);

/*
 * Puts a generation to use again: the one that `word` names, or for NULL the last one that was in use before. It must
 * work when little else does. On a full disk the decision cannot be recorded; that is reported, and the table is put
 * back anyway. 0; 1 if it is in use already; -1: it was never in use, is damaged, there is none, or another one came
 * into use meanwhile. *ret is the
 * generation (for 0 and 1), *ret_left the one that was in use (0: none, or unreadable). Needs no decide_find().
 */
int decide_roll_back(uint32_t *ret, uint32_t *ret_left, const struct decide *decide, const char *word, struct err *err);

/* Says which local lines and settings are configured now and not in use in this generation, or the reverse: the next
 * document brings them, since files of people are not changed by a rollback. Nothing if that cannot be found out. */
void decide_say_unused(const struct decide *decide, uint32_t generation);

#endif

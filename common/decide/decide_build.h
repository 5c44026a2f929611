/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decide_build.h - what the parts of decide.h share: how a decision is locked and recorded, and which rows it is about.
 * Private to decide*.c.
 */
#ifndef COMMON_DECIDE_BUILD_H
#define COMMON_DECIDE_BUILD_H

#include "base/buf.h"
#include "decide.h"
#include "name/ports.h"
#include "store/decision.h"
#include "store/document.h"
#include "table/held.h"

struct table;

/* Takes the lock for a decision, if it is still about what was looked at; the caller unlocks. -1 otherwise. */
int decide_lock(struct decide *decide, struct err *err);

/* Says that somebody else has decided meanwhile. Returns -1. */
int decide_moved(struct err *err);

/* Asks the gates as they are configured now. -1 if one objects that is not among the reasons for which the generation
 * waits, or as review_decide(). Cost: as a review. */
int decide_ask_gates(const struct decide *decide, struct err *err);

/* Says that the generation waits as a whole, and why. Returns -1. */
int decide_refuse_rows(const struct decide *decide, struct err *err);

/* Whether `is` would bypass names of an endpoint set with any address, because the set has no addresses in it although
 * held rows would be some, or because they went elsewhere and a name is held; unless `was` bypasses them with any
 * address already. -1 then: the sentence names a name and an address, and the command that approves both. Cost: reads
 * both tables for each set that has held addresses. */
int decide_check_sets(const struct decide *decide, const struct held *held, const struct table *was,
                      const struct table *is, struct err *err);

/* Adds a decision to the generation, with the diff that was looked at. -1 as decision_write(). */
int decide_record(const struct decide *decide, enum decided what, const char *note, struct err *err);

/* Why a held row is decided about. */
enum pick {
    PICK_NOT,
    PICK_ASKED,
    PICK_SET,  /* it has addresses of the same endpoint set */
    PICK_ROOM, /* it only makes room for a row that is decided about */
};

/* A decision about rows while it is made. */
struct choice {
    struct decide *decide;
    struct decide_rows *asked;
    bool approves;
    struct documents documents; /* those that wait; if nothing does, those in use */
    struct held held;           /* all rows that are held */
    enum pick *picks;           /* of each of these rows */
    struct buf note;            /* `only PATTERN, PATTERN: NOTE` */
};

/* decide_pick.c: finds the rows that are decided about. -1: one is not held, or makes no sense without another one that
 * is not asked for; the sentence names it. */
int decide_pick(struct choice *choice, struct err *err);

/* Says which rows are decided about although nobody named them, and writes the note. -1 with ERR_LIMIT. */
int decide_write_note(struct choice *choice, struct err *err);

/* decide_outcome.c: what would be in use after an approval with these rows still held. Refuses it as
 * decide_check_sets(), and asks. 0: go on; 1: the answer was no; -1. */
int decide_outcome(struct choice *choice, const struct held *rest, struct err *err);

/* What a person named. */
#define NAMED_PORTS_MAX 64
struct named {
    const char *pattern; /* of a held row */
    struct ports ports;  /* none: whatever its ports are */
    struct port_range room[NAMED_PORTS_MAX];
};

/* decide_name.c: the name of a row as a person may write it: as `diff` prints it (with ports, in brackets), in
 * capitals, with a final dot, as a URL, an address without its length. False if there is none. Cost: reads all held
 * rows. */
bool decide_find_row(struct named *ret, const struct held *held, const char *word);

#endif

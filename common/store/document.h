/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * document.h - the documents of the web service that a generation is made from, one for each instance.
 *
 * Where it sits: room store, above state.h and record.h. Documents come from the service, from an imported file or from
 * a generation. What is inside them is not looked at here; room table reads it (table_json.c).
 */
#ifndef COMMON_DOCUMENT_H
#define COMMON_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/digest.h"
#include "cloud/instance.h"
#include "table/table.h"

struct conf;
struct err;
struct state;

#define VERSION_SHIPPED "shipped" /* instead of a version: there was no document */
#define DOCUMENT_MAX TABLE_JSON_MAX

struct document {
    const char *instance; /* one of instance_names */
    char version[11];     /* 10 digits, or "" if unknown (imported without a version) */
    struct buf bytes;     /* the JSON as received; empty: the shipped table is used instead */
    struct buf changes;   /* the answer of /changes, or empty */
};

struct documents {
    struct document of[INSTANCE_COUNT];
    size_t count;
    struct buf held;    /* rows that are held in an older form (held.h); empty: none */
    struct buf waiting; /* of what waits for a decision: all rows that are held until then */
};

#define HELD_FILE "held.txt"
#define WAITING_FILE "waiting.txt"

/* How far ahead of the clock a version may be. The service announces none for a day to come; the rest is for clocks. */
#define DOCUMENT_AHEAD_DAYS 31

/* True for a version of a day more than DOCUMENT_AHEAD_DAYS after `now` (seconds since 1970): somebody's mistake,
 * against which no other version counts as older. False for "". */
bool document_is_ahead(const char *version, int64_t now);

/* Frees all documents and held rows; the count is 0 afterwards. */
void documents_clear(struct documents *documents);

/* The file name of a document in its generation: source.json for the first, source-INSTANCE.json (lower case) for the
 * others. Its change feed, if there is one, is changes.json or changes-INSTANCE.json. */
void document_name(char ret[64], const struct documents *documents, size_t index);
void document_changes_name(char ret[64], const struct documents *documents, size_t index);

/* SHA-256 of all documents and their instances, without held rows; "" if all of them are empty. Cost: one pass over
 * their bytes. */
void documents_digest(char ret[DIGEST_TEXT_MAX], const struct documents *documents);

/*
 * Loads the documents of a generation for the configured instances. An instance that the generation does not have gets
 * an empty document; so does every instance for generation 0. -1 as documents_load_all(), and there is nothing to
 * clear.
 */
int documents_load(struct documents *ret, const struct conf *conf, const struct state *state, uint32_t generation,
                   struct err *err);

/* The same without held rows, which may be damaged although the documents are whole. -1 with ERR_CORRUPT also if the
 * record of the generation names no document. */
int documents_load_bare(struct documents *ret, const struct conf *conf, const struct state *state, uint32_t generation,
                        struct err *err);

/* Loads the documents in use for the configured instances, from the state folder of the configuration, which is only
 * read. Without that folder nothing was ever published. -1 as state_open() and documents_load(), and there is nothing
 * to clear. */
int documents_load_current(struct documents *ret, const struct conf *conf, struct err *err);

/*
 * Loads all documents that a generation was made from, whatever is configured now; none for generation 0. -1: ERR_IO (a
 * file cannot be read) or ERR_CORRUPT (the documents are not those that were sealed). There is nothing to clear then.
 */
int documents_load_all(struct documents *ret, const struct state *state, uint32_t generation, struct err *err);

/* Loads only what is held, without the documents: `held` and `waiting`; nothing for generation 0. -1 as
 * documents_load_all(). */
int documents_load_held(struct documents *ret, const struct state *state, uint32_t generation, struct err *err);

#endif

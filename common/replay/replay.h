/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * replay.h - access logs in, counts by destination out; on all cores, in bounded memory, and mergeable.
 *
 *     logs --> [parts, one thread a core] --> sorted runs --+--> replay_next() --> report
 *     saved counts (of other machines) ----------------------'         `---------> replay_save()
 *
 * Where it sits: room replay, above log. The counts know nothing of a table: room report judges them. The result does
 * not depend on how many threads there are, on the order of the logs, or on what was counted where.
 */
#ifndef COMMON_REPLAY_H
#define COMMON_REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ledger.h"

struct arena;
struct err;
struct listener;
struct log_format;
struct replay;

#define REPLAY_CORES_MAX 64
#define REPLAY_SLACK 300 /* seconds by which a line may come late: processes that write one log take turns */
#define REPLAY_LEDGER ((size_t)28 << 20) /* bytes that the counts of all threads take before they are written */

/* What there was, in all. */
enum replay_total {
    REPLAY_LINES,
    REPLAY_BYTES,    /* of the log files, as they are on the disk */
    REPLAY_COUNTED,  /* lines */
    REPLAY_OTHER,    /* lines of no known format */
    REPLAY_NO_HOST,  /* requests without a destination, such as what Squid could not read */
    REPLAY_LEFT_OUT, /* lines of other clients than the one that was asked for, or of other days */
    REPLAY_HALF,     /* last lines without a line end */
    REPLAY_TOO_LONG, /* lines longer than a block */
    REPLAY_NO_SNI,   /* counted lines of a format without SNI */
    REPLAY_NO_TIME,
    REPLAY_DAMAGED, /* logs that could not be read, or only in part */
    REPLAY_TOTALS,
};

/* What the clients of all counts so far are called by. */
enum replay_names {
    REPLAY_NAMES_NONE,    /* nothing was counted yet */
    REPLAY_NAMES_PLAIN,   /* as the logs have them */
    REPLAY_NAMES_HIDDEN,  /* hashes under one key */
    REPLAY_NAMES_UNKNOWN, /* a file of an older version, which does not say */
    REPLAY_NAMES_MIXED,   /* one client may have several names, and counts once for each */
};

struct replay_progress {
    uint64_t done, size; /* bytes; size 0: not known */
    uint64_t lines;
};

/* A log that is open for reading, so that it stays the same one whatever becomes of its name. */
struct replay_file {
    int fd;      /* the caller closes it */
    uint64_t to; /* of a plain log: only lines that start before this byte */
};

/* What was seen of open logs beside what was counted; `cores` is then 1. All 0 before. */
struct replay_edges {
    int64_t before, after; /* the times next to those that were asked for; 0: none */
    const char *mixed;     /* the first log with lines that come more than REPLAY_SLACK late; NULL: none */
};

/* What to count. */
struct replay_job {
    const char *const *logs; /* paths; `-` is standard input */
    size_t log_count;
    const struct replay_file
        *files; /* the same logs, open, with paths for sentences only; NULL: they are opened here */
    struct replay_edges
        *edges;     /* not NULL: lines of files are in the order of their times, give or take REPLAY_SLACK */
    int64_t enough; /* of logs in order: what comes some lines after this moment is not read; 0: none */
    const struct log_format *format; /* NULL: each log's is told by its first lines, and by
                                        later ones that it does not fit */
    const char *client;              /* only lines of this client or user; NULL: all */
    const char *address;             /* the same client in another spelling, if it is an address; may be NULL */
    int64_t since, until;            /* only lines from one moment to before the other; 0: no limit */
    const unsigned char *secret;     /* see ledger_new(); NULL: none */
    unsigned cores;                  /* threads, at most REPLAY_CORES_MAX */
    void (*progress)(void *arg, const struct replay_progress *at); /* some times a second; may be NULL */
    void *progress_arg;
    const volatile int *stop;        /* not 0: count no further and give what was counted (a signal handler sets it) */
    const struct listener *listener; /* hears of each log that could not be read, or only in part */
};

/* An empty result in the arena. NULL without memory. replay_close() before the arena goes. */
struct replay *replay_new(struct arena *arena);
void replay_close(struct replay *replay);

/*
 * Counts logs and adds the counts to the result. A log that cannot be read is named to the listener and the others are
 * done. -1 with ERR_IO (no log could be read, or no temporary file written), ERR_MEM, or ERR_LIMIT. Cost:
 * the logs are read once, of plain ones in order only the stretch that is asked for, unless it shows that they are in
 * no order; memory is bounded, and what does not fit goes to files in $TMPDIR that have no name. Open files are read by
 * one thread.
 */
int replay_count(struct replay *replay, const struct replay_job *job, struct err *err);

/* Adds the counts that replay_save() wrote to a file; `-` is standard input. -1 with ERR_IO (cannot be opened or read),
 * ERR_SYNTAX (of another version, no such file, damaged), ERR_LIMIT or ERR_MEM; nothing of the file is then added but
 * one to REPLAY_DAMAGED, and others can be. Every so often the counts so far are written to a temporary file; if that
 * fails (ERR_IO, ERR_MEM) they are lost, and every later call fails as well. Cost: the file is read twice, as its end
 * says whether it is whole; what can be read only once is copied to a temporary file. */
int replay_add(struct replay *replay, const char *path, struct err *err);

/* The same for a file that is open and at its start, read once: what is wrong after its head is found by replay_next().
 * `path`, which the caller keeps, names it. The descriptor is taken over, also if this fails. */
int replay_add_open(struct replay *replay, int fd, const char *path, struct err *err);

/* What clients are called by. */
enum replay_names replay_client_names(const struct replay *replay);

/* The totals so far. */
uint64_t replay_total(const struct replay *replay, enum replay_total which);

/* The next key and its counts, in the order of ledger_compare(), once everything is added. 1, 0 at the end, or -1 with
 * ERR_IO, ERR_MEM, ERR_SYNTAX. *ret is valid until the next call. */
int replay_next(struct replay *replay, const struct ledger_entry **ret, struct err *err);

/* Writes everything to an open file, in the form of m365-replay(5), in place of replay_next(). -1 as that. */
int replay_save(struct replay *replay, int fd, struct err *err);

/* The same without what single clients did, and of the totals only those of lines that belong to the time asked for:
 * the others depend on how often a log was read. */
int replay_save_hosts(struct replay *replay, int fd, struct err *err);

#define REPLAY_KEY_LEAST 16 /* bytes of a key, which digest_key() makes a secret of */

#endif

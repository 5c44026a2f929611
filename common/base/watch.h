/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * watch.h - decides when files that may change must be read again.
 *
 *     watch_look() at each file --> watch_ask(): read now? --> the caller reads --> watch_done()
 *
 * Where it sits: room base, above file.h. It looks at files and never opens them. What they contain, how often to look
 * (each look is a system call; the callers look once a second) and which steady clock to use is up to the caller.
 */
#ifndef COMMON_WATCH_H
#define COMMON_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "file.h"

struct arena;
struct err;

/* A file that changes is taken to be whole once it has not changed for this long. */
#define WATCH_STILL_MS 2000u
/* Files that could not be read are tried again after this long, even if they look the same. Each time that fails, the
 * wait doubles, up to WATCH_RETRY_MOST_MS. */
#define WATCH_RETRY_MS 10000u
#define WATCH_RETRY_MOST_MS 160000u

/* What came of reading the files. */
enum watch_result {
    WATCH_READ,
    WATCH_REFUSED, /* they were read and are wrong: only a change can mend that, and reading them may take long */
    WATCH_FAILED,  /* they could not be read: the next try may succeed */
};

struct watch {
    struct file_id *seen; /* each file at the last look; zero: none there */
    struct file_id *used; /* each file when the caller last read */
    size_t count;
    bool read;         /* the caller has read, or tried to */
    uint64_t retry_ms; /* how long after that to try again; 0: not at all */
    uint64_t changed_at, read_at;
};

/* Watches `count` files, none of which has been looked at yet. What is known of them is kept in the arena. False
 * without memory. */
bool watch_init(struct watch *ret, struct arena *arena, size_t count);

/* Looks at file `index` by this path, following links; NULL: there is no file. The path may differ each time.
 * One system call. */
void watch_look(struct watch *watch, size_t index, const char *path, uint64_t now_ms);

enum watch_answer {
    WATCH_SAME,     /* as it was read */
    WATCH_CHANGING, /* changed, perhaps not whole yet; a file that is only ever replaced whole may be read now */
    WATCH_DUE,      /* to be read now: the first time, changed and still, or to be tried again */
};

/*
 * What the last look at every file means. A file is still if no look found it changed for WATCH_STILL_MS, or if its own
 * time says that it was not written for as long. A time in the future says nothing, so such a file is waited for. Cost:
 * one comparison per file.
 */
enum watch_answer watch_ask(const struct watch *watch, uint64_t now_ms);

/* Says what came of reading the files as they were at the last look. */
void watch_done(struct watch *watch, uint64_t now_ms, enum watch_result result);

/* The same as a result: what the system refused, and what memory was missing for, may succeed at another time. */
enum watch_result watch_result(bool failed, const struct err *err);

/* Forgets that anything was read: the next answer is WATCH_DUE. */
void watch_forget(struct watch *watch);

#endif

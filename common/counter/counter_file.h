/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * counter_file.h - the files of the run folder: their names, their layout, and reading them without trusting them.
 *
 *     ext_m365_acl-1234-18a2b3c4d5e6f708.count    of one process: its number, and when it began (ns since 1970, hex)
 *     kept                                        of all processes whose files were folded into it
 *     kept.damaged                                a kept file that could not be read; a person removes it
 *     new-..., kept.new                           not finished; nobody reads them
 *
 * Both are one page of 64-bit words of this machine. A process maps its file shared and is the only one that writes it.
 * It holds a write lock on it (fcntl, F_SETLK) from before the file gets its name until it ends, however it ends. So a
 * file with a lock has a living process, and one without will never change again; a process number says neither, since
 * it is used again. Nobody needs to take a lock to ask (F_GETLK).
 *
 * Where it sits: room counter, private. counter.c writes the one, counter_fold.c the other, tally.c reads both.
 */
#ifndef COMMON_COUNTER_FILE_H
#define COMMON_COUNTER_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "counts.h"
#include "image/image_name.h"

struct err;

#define COUNTER_FILE_SIZE 4096u
#define COUNTER_MAGIC UINT64_C(0x31746e6335363c6d) /* in the order of bytes of the machine that counts */
#define COUNTER_KEPT_MAGIC UINT64_C(0x317470656b3c356d)
#define COUNTER_VERSION 1u
#define COUNTER_NAME_WORDS 6u /* bytes of the table's name / 8, NUL included */
#define COUNTER_FOLDED_MAX 64u
#define COUNTER_KEPT "kept"
#define COUNTER_KEPT_NEW "kept.new"
#define COUNTER_KEPT_DAMAGED "kept.damaged"
#define COUNTER_NEW "new-"
#define COUNTER_FILE_NAME_MAX 64

/* The file of a process. What comes before `has_table` never changes. */
struct counter_page {
    uint64_t magic, version, program, pid, started;
    _Atomic uint64_t has_table;
    _Atomic uint64_t name_serial; /* odd while the name is written */
    _Atomic uint64_t name[COUNTER_NAME_WORDS];
    uint64_t spare[3];
    _Atomic uint64_t count[COUNTS_ALL];
};

/* A process, by the two numbers in the name of its file. */
struct counter_id {
    uint64_t pid, started;
};

/* The kept file. What is in `folded` counts here, even if its own file is still there. */
struct counter_kept {
    uint64_t magic, version, check;
    uint64_t serial; /* one more with every change */
    uint64_t ended[COUNTER_PROGRAMS];
    struct counts counts[COUNTER_PROGRAMS];
    uint64_t folded_count;
    struct counter_id folded[COUNTER_FOLDED_MAX];
};

/* The file of a process, read. */
struct counter_seen {
    enum counter_program program;
    struct counter_id id;
    bool lives, has_table;
    char name[IMAGE_NAME_MAX + 1]; /* of its table; "" if that has none */
    struct counts counts;
};

/* Opens the folder. -1 with ERR_IO; errno is ENOENT if there is none. A link in its place is not followed. */
int counter_open_folder(const char *folder, struct err *err);

/* The name of the file of a process. */
void counter_file_name(char ret[COUNTER_FILE_NAME_MAX], enum counter_program program, struct counter_id id);

/* True if a name ends as those of processes do. */
bool counter_is_file_name(const char *name);

/*
 * Reads the file of a process. -1: it is gone (ERR_NONE, no sentence), or not what a helper of this version writes
 * (ERR_IO, ERR_CORRUPT). `folder` is for sentences. The file may change or shrink meanwhile. Cost: a few system calls.
 */
int counter_file_read(struct counter_seen *ret, int dir, const char *folder, const char *name, struct err *err);

/* Reads the kept file; all zero if there is none, and if this fails. -1 with ERR_CORRUPT (it is damaged, or no file) or
 * ERR_IO (it cannot be opened, or is of another version). */
int counter_kept_read(struct counter_kept *ret, int dir, const char *folder, struct err *err);

/* True if the kept file includes what this process counted. */
bool counter_kept_has(const struct counter_kept *kept, struct counter_id id);

/* What `check` must be. */
uint64_t counter_kept_check(const struct counter_kept *kept);

#endif

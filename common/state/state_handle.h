/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * state_handle.h - what the files of state.h share: the open folder, and all functions that write in it.
 *
 *     state_folder.c (names, what is there) <- state_lock.c <- state_write.c <- state_generation.c <- state_link.c, ...
 *     state.c opens and closes
 *
 * Another user may own the folder and may have put anything under any name in it. So no file here makes a path: every
 * name is opened, made, renamed or removed relative to a descriptor, and no link is followed (base/file.h).
 *
 * Where it sits: room state, private to state*.c.
 */
#ifndef COMMON_STATE_HANDLE_H
#define COMMON_STATE_HANDLE_H

#include <limits.h>
#include <sys/types.h>

#include "base/buf.h"
#include "state.h"
#include "state_lock.h"

#define GENERATION_NAME_MAX 24 /* "gen-4294967295", and room for a prefix */
#define PUBLISHED_KEPT 1000    /* numbers that `published` remembers */

struct state {
    struct arena *arena;
    char folder[PATH_MAX];
    int dir;
    uid_t owner;
    int lock;        /* -1: opened for reading */
    unsigned locked; /* how often state_lock() was called without its state_unlock() */
    int update;      /* of state_lock_update(); -1: not held */
    uint32_t begun;  /* 0: none */
    int begun_dir;
    struct buf status;
    struct buf changed; /* keys of `status` that were set since it was read, each followed by a line end */
    uint32_t *numbers;  /* of state_list() */
    size_t number_room;
    uint32_t *published;
    size_t published_room;
};

/* ---- state_folder.c ---- */

/* The name of a generation's folder. `prefix` is "gen-"; ".new-" while it is written, ".old-" while it is removed. */
void state_name(char ret[GENERATION_NAME_MAX], const char *prefix, uint32_t generation);

/* Says that something cannot be done with the folder: `verb` is what, errno why. If the caller has no permission, the
 * sentence names the user who has. Returns -1. */
int state_refuse_folder(const char *folder, const char *verb, struct err *err);

/* True if the name is exactly what state_name() writes for a number; that number is in *ret. */
bool state_parse_name(uint32_t *ret, const char *prefix, const char *name);

/* Calls fn for each entry of the folder `dir` except `.` and `..`, in any order, until it does not return 0, and
 * returns that. -1 with ERR_IO if the folder cannot be read. */
int state_walk(const struct state *state, int dir, int (*fn)(void *arg, const char *name, struct err *err), void *arg,
               struct err *err);

/* Opens a file of the open folder `dir`, which is the state folder or a generation's (`folder` is its name, "" for the
 * state folder). If root reads what belongs to somebody else, a file that a third user owns is refused: it may be a
 * hard link. -1 with ERR_IO; errno is ENOENT if there is no such file. */
int state_open_at(const struct state *state, int dir, const char *folder, const char *name, struct err *err);

/* Opens the folder of a generation. -1 with errno set; ENOTDIR if it is a link. */
int state_open_generation(const struct state *state, uint32_t generation);

/* The same for a path of a file in it, only for sentences. */
void state_print_path(char ret[PATH_MAX], const struct state *state, const char *folder, const char *name);

/* ---- state_lock.c ---- */

/* Opens the file of a lock, or creates it. -1 with the sentence. */
int state_open_lock(const struct state *state, const char *name, struct err *err);

/* Takes the lock of the updater, whose file this is, without waiting. -1 as state_lock_update(). */
int state_take_update(const struct state *state, int fd, struct err *err);

/* ---- state_write.c: -1 with the sentence ---- */

/* -1 unless the name can be that of a generation's file. So no name leads out of its folder. */
int state_check_file(const char *name, struct err *err);

/* Writes a new file and syncs it. The caller syncs the folder. */
int state_write_new(const struct state *state, int dir, const char *name, const void *bytes, size_t len,
                    struct err *err);

/* Writes a file under another name, syncs it, renames it over the old one and syncs the folder. */
int state_write_over(const struct state *state, int dir, const char *name, const void *bytes, size_t len,
                     struct err *err);

int state_sync(const struct state *state, int fd, struct err *err);

/* Removes a folder and the files in it. It may be missing, or be a link or a file, which is then removed. */
int state_remove_folder(const struct state *state, const char *name, struct err *err);

/* Removes the generation that is not sealed yet (state_generation.c). There must be one. */
int state_give_up(struct state *state, struct err *err);

/* Reads the status file into memory (state_status.c). A file that cannot be read counts as empty. */
void state_status_read(struct state *state);

/* Reads it again, and changes in it what was changed here. If it cannot be read, what is known stands. */
void state_status_refresh(struct state *state);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * state_handle.h - what the files of state.h share: the open folder, and all functions that write in it.
 *
 *     state_folder.c (names, what is there) <- state_write.c <- state_generation.c <- state_link.c, state_prune.c
 *     state.c opens and closes
 *
 * Where it sits: room store, private to state*.c.
 */
#ifndef COMMON_STATE_HANDLE_H
#define COMMON_STATE_HANDLE_H

#include <limits.h>
#include <sys/types.h>

#include "base/buf.h"
#include "state.h"

#define GENERATION_NAME_MAX 24 /* "gen-4294967295", and room for a prefix */
#define PUBLISHED_KEPT 1000    /* numbers that `published` remembers */

struct state {
    struct arena *arena;
    char folder[PATH_MAX];
    int dir;
    int lock;   /* -1: opened for reading */
    bool adopt; /* root writes for the folder's owner: new files are given to the owner */
    uid_t owner;
    gid_t group;
    uint32_t begun; /* 0: none */
    int begun_dir;
    struct buf status;
    uint32_t *numbers; /* of state_list() */
    size_t number_room;
    uint32_t *published;
    size_t published_room;
};

/* ---- state_folder.c ---- */

/* The name of a generation's folder. `prefix` is "gen-"; ".new-" while it is written, ".old-" while it is removed. */
void state_name(char ret[GENERATION_NAME_MAX], const char *prefix, uint32_t generation);

/* True if the name is exactly what state_name() writes for a number; that number is in *ret. */
bool state_parse_name(uint32_t *ret, const char *prefix, const char *name);

/* -1 with ERR_USAGE if this state was opened for reading. */
int state_check_writer(const struct state *state, struct err *err);

/* Calls fn for each entry of the folder `dir` except `.` and `..`, in any order, until it does not return 0, and
 * returns that. -1 with ERR_IO if the folder cannot be read. */
int state_walk(const struct state *state, int dir, int (*fn)(void *arg, const char *name, struct err *err), void *arg,
               struct err *err);

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

/* Removes a folder and the files in it. The folder may be missing. */
int state_remove_folder(const struct state *state, const char *name, struct err *err);

/* Removes the generation that is not sealed yet (state_generation.c). There must be one. */
int state_give_up(struct state *state, struct err *err);

/* Reads the status file into memory (state_status.c). A file that cannot be read counts as empty. */
void state_status_read(struct state *state);

#endif

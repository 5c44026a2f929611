/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * state_handle.h - what the files of state.h share: the open folder, and the only ways in which it is written.
 *
 * Where it sits: floor 5, inside the module.
 */
#ifndef COMMON_STATE_HANDLE_H
#define COMMON_STATE_HANDLE_H

#include <limits.h>
#include <sys/types.h>

#include "buf.h"
#include "state.h"

#define GENERATION_NAME_MAX 24 /* "gen-4294967295", and room for a prefix */
#define PUBLISHED_KEPT 1000    /* numbers that `published` remembers */

struct state {
    struct arena *arena;
    char folder[PATH_MAX];
    int dir;
    int lock;   /* -1: opened for reading */
    bool adopt; /* root writes for the folder's owner: what it makes is given to them */
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

void state_name(char ret[GENERATION_NAME_MAX], const char *prefix, uint32_t generation);

/* True if the name is exactly what state_name() makes of some number. */
bool state_parse_name(uint32_t *ret, const char *prefix, const char *name);

/* -1 if this state was opened for reading. */
int state_check_writer(const struct state *state, struct err *err);

/* Every file has one of these shapes, so no name leads out of its folder. */
int state_check_file(const char *name, struct err *err);

/* Writes a file that is not there yet, synced but for its folder's entry. */
int state_write_new(const struct state *state, int dir, const char *name, const void *bytes, size_t len,
                    struct err *err);

/* Writes a file under another name, synced, and renames it over the old one; the folder is synced too. */
int state_write_over(const struct state *state, int dir, const char *name, const void *bytes, size_t len,
                     struct err *err);

int state_sync(const struct state *state, int fd, struct err *err);

/* Removes a folder and the files in it; a folder that is not there is fine. */
int state_remove_folder(const struct state *state, const char *name, struct err *err);

/* Removes the generation begun. */
int state_give_up(struct state *state, struct err *err);

/* Calls fn for each entry of the folder but `.` and `..` until it fails. */
int state_walk(const struct state *state, int dir, int (*fn)(void *arg, const char *name, struct err *err), void *arg,
               struct err *err);

/* Reads and writes `published`. */
int state_log_published(struct state *state, uint32_t generation, struct err *err);

void state_status_read(struct state *state);

#endif

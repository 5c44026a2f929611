/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * traffic_folder.h - the files of the days in their folder: which there are, how one is replaced, set aside, removed.
 *
 * Where it sits: room traffic, which lends it to room evidence. Another user may have put anything into the folder: no
 * link is followed, no pipe waited for, and every name is relative to a descriptor.
 */
#ifndef COMMON_TRAFFIC_FOLDER_H
#define COMMON_TRAFFIC_FOLDER_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

#define TRAFFIC_NAME_MAX 40    /* "2026-11-30.1796083200" */
#define TRAFFIC_FILES_MAX 200  /* more are not looked at */
#define TRAFFIC_NEW ".day.new" /* files while they are written */
#define TRAFFIC_PLACE_NEW ".place.new"

struct traffic_day {
    uint32_t day;
    int64_t until;
};

struct traffic_folder {
    int dir;
    char path[PATH_MAX];
    size_t count;
    struct traffic_day days[TRAFFIC_FILES_MAX]; /* in order of their moments, two for one day after a crash */
};

/* Opens the folder; `make` makes it if needed, only for its owner. *ret_found (unless NULL) is false if there is none.
 * -1 with ERR_IO. */
int traffic_folder_open(struct traffic_folder *ret, const char *state, bool make, bool *ret_found, struct err *err);
void traffic_folder_close(struct traffic_folder *folder);

/* Lists the files. -1 with ERR_IO. Cost: reads the folder. */
int traffic_folder_list(struct traffic_folder *folder, struct err *err);

void traffic_day_name(char ret[TRAFFIC_NAME_MAX], const struct traffic_day *day);

/* The file of a day that counts; NULL if there is none. */
const struct traffic_day *traffic_folder_find(const struct traffic_folder *folder, uint32_t day);

/* Opens the file of a day for reading, and writes its path. The descriptor, or -1 with ERR_IO; errno is then ENOENT if
 * it is gone. */
int traffic_folder_read(const struct traffic_folder *folder, const struct traffic_day *day, char path[PATH_MAX],
                        uint64_t *ret_size, struct err *err);

/* Renames a file to `damaged`, in place of an earlier one. -1 with ERR_IO. */
int traffic_folder_set_aside(const struct traffic_folder *folder, const char *name, struct err *err);

/* Removes `damaged` if it is from before a moment. -1 with ERR_IO. */
int traffic_folder_forget(const struct traffic_folder *folder, int64_t before, struct err *err);

/* Removes a file; one that is gone is no trouble. -1 with ERR_IO. */
int traffic_folder_remove(const struct traffic_folder *folder, const char *name, struct err *err);

/* Makes a new file for writing, in place of one that a crash left. The descriptor, or -1 with ERR_IO. */
int traffic_folder_begin(const struct traffic_folder *folder, const char *name, struct err *err);

/* Syncs and closes it, and gives it its name. -1 with ERR_IO; then it is removed. */
int traffic_folder_end(const struct traffic_folder *folder, int fd, const char *from, const char *name,
                       struct err *err);

#endif

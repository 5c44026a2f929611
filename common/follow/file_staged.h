/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * file_staged.h - new content of a file that lies complete beside it until it takes its place, so that several files
 * can be replaced together.
 *
 *     file_stage() for each; if all of them worked, file_stage_use() for each; if one fails, file_stage_undo() for
 * those before it; in any case file_stage_drop() for each
 *
 * Private to room follow; exports.c calls it.
 */
#ifndef COMMON_FILE_STAGED_H
#define COMMON_FILE_STAGED_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

struct err;

struct file_staged {
    char path[PATH_MAX];
    char beside[PATH_MAX]; /* "" if nothing is staged */
    char old[PATH_MAX];    /* a second name of the file that was replaced; "" if there is none */
    bool is_new;           /* there was no file */
};

/*
 * Writes the bytes beside the file and waits until they are on the disk. They get the owner and mode of the file that
 * is there, or mode 0644. -1 with ERR_IO (also if the path is something other than a file, such as a link, or if the
 * owner cannot be kept) or ERR_LIMIT, and nothing is staged.
 */
int file_stage(struct file_staged *ret, const char *path, const void *bytes, size_t len, struct err *err);

/* Puts what is staged into its place, and waits until that is on the disk. -1 with ERR_IO: the old file is there. */
int file_stage_use(struct file_staged *staged, struct err *err);

/* Puts the file back that was replaced. False if that fails, as on a disk without hard links: the new one is there. */
bool file_stage_undo(struct file_staged *staged);

/* Removes what is staged, and the second name. Nothing happens if there is nothing. */
void file_stage_drop(struct file_staged *staged);

#endif

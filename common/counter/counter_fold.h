/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * counter_fold.h - folds the files of processes that ended into the kept file, and removes them.
 *
 * Where it sits: room counter, private. A helper that begins folds, and so does whoever reads, where he may write.
 */
#ifndef COMMON_COUNTER_FOLD_H
#define COMMON_COUNTER_FOLD_H

struct err;

/*
 * Folds what can be folded in an open folder. Whoever is interrupted loses and doubles nothing. Does nothing while
 * somebody else folds, or if this process may not write there. Files that are damaged or of another version stay. -1
 * with ERR_IO, or with ERR_CORRUPT if the kept file is damaged; the files then stay. Never waits. Cost: a few system
 * calls for each file.
 */
int counter_fold_at(int dir, const char *folder, struct err *err);

#endif

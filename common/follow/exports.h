/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * exports.h - the lines `export` of m365.conf: files for other devices that follow the table in use.
 *
 *     current generation --> each export --> staged beside its file --> all of them into their places
 *
 * Where it sits: room follow, above conf, export and store. Every command that may have changed what is in use calls it
 * at its end. So a run that was cut off is made good by the next one.
 */
#ifndef COMMON_EXPORTS_H
#define COMMON_EXPORTS_H

#include <stdbool.h>
#include <stdint.h>

struct conf;
struct err;
struct listener;
struct state;

struct exports {
    const struct conf *conf;
    struct state *state;             /* opened for writing */
    const struct listener *listener; /* hears which files were written */
    int64_t now;                     /* seconds since 1970 */
};

/*
 * Writes the exports whose file is not current: all of them, or none if one cannot be made or written. Nothing happens
 * without such lines, or with no table in use. A file that differs only in the day stays. -1: the sentence names the
 * export; every file is as it was, where the disk has hard links, and the status file remembers it
 * (STATUS_EXPORT_ERROR). The table in use does not depend on it: an urgent inspect line must not wait for a full disk
 * elsewhere. Cost: for each line a compilation of the table.
 */
int exports_write(const struct exports *exports, struct err *err);

/*
 * Calls each() for every such line with the path of its file, and whether that says what the table in use says. One
 * that cannot be made is not current, and the listener hears why. Writes nothing: the state may be opened for reading.
 * Nothing is called without a table in use. -1: the table cannot be read. Cost: as above.
 */
int exports_look(const struct exports *exports, void (*each)(void *arg, const char *path, bool current), void *arg,
                 struct err *err);

#endif

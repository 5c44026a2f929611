/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_replay_tables.h - the table by which a log is judged, and the one it is compared with.
 *
 * Where it sits: private to room logs, below cmd_replay.c.
 */
#ifndef HELPER_CMD_REPLAY_TABLES_H
#define HELPER_CMD_REPLAY_TABLES_H

#include "cmd/cmd.h"
#include "name/verb.h"

struct replay_tables {
    struct cmd_load load;        /* -t and compile options */
    const char *config;          /* of --config; NULL: the standard one */
    const char *against;         /* a generation or a file; NULL: none */
    struct image *image, *other; /* once open; other: NULL if nothing is compared */
    char label[WORD_MAX + 1], other_label[WORD_MAX + 32];
};

/*
 * Opens the tables. Compile options (--bypass, --precedence, --tenant) belong to the other table if there is one, else
 * to that of -t; without either, the table in use is compared with itself, compiled so. -1: what cannot be opened.
 */
int replay_tables_open(struct replay_tables *tables, struct err *err);
/* The table that the image was compiled from; NULL if that is not known (an image given with -t), or with *err set if
 * it cannot be read. The caller frees it. */
struct table *replay_tables_text(const struct replay_tables *tables, struct err *err);

void replay_tables_close(struct replay_tables *tables);

#endif

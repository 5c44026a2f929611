/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * also_build.h - the list while it is read. Private to also*.c.
 *
 * Where it sits: room also, below also.h.
 */
#ifndef COMMON_ALSO_BUILD_H
#define COMMON_ALSO_BUILD_H

#include "also.h"

#define ALSO_LINE_MAX 1024 /* bytes of one row of a CSV */

struct also {
    struct arena *arena;
    struct also_prefix *prefixes;
    size_t count, room;
};

/* Copies a text of a file that is shown to people. NULL with ERR_SYNTAX (too long, or a byte that is not printable
 * ASCII) or ERR_MEM. */
const char *also_text(struct also *also, const char *text, size_t len, struct err *err);

/* Adds one prefix of an owner, which lives as long as the list. */
int also_add(struct also *also, const struct also_owner *owner, const char *text, size_t len, struct err *err);

/* A copy of an owner in the list. */
const struct also_owner *also_owner(struct also *also, const struct also_owner *owner, struct err *err);

/* Read the bytes of a file whose kind is known. -1 with the place in the file. */
int also_read_tags(struct also *also, const char *file, const char *bytes, size_t len, struct err *err);
int also_read_public(struct also *also, const char *file, const char *bytes, size_t len, struct err *err);

#endif

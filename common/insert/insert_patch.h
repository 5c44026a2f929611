/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * insert_patch.h - the files of a squid.conf, what is added to them, and where. Private to room insert.
 *
 *     insert_place.c (where a text comes) --> struct patch --> insert_file.c (the files as they would be)
 */
#ifndef COMMON_INSERT_PATCH_H
#define COMMON_INSERT_PATCH_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct insert;
struct rule;

#define PUTS_MAX 64
#define INSERT_FILES_MAX 24
#define EDIT_BYTES_MAX ((size_t)1 << 20) /* of what is added */

/* Lines that are added to a file, after a physical line; 0: before the first one. */
struct put {
    const char *file;
    unsigned after;
    const char *text; /* each line ends with a line end */
};

/* Those after the same line are in their order. */
struct patch {
    struct put put[PUTS_MAX];
    size_t count;
    bool failed; /* there were more, or a line has no place */
};

/* A line of a file as it would be: which one it is now. */
struct insert_line {
    const char *file;
    unsigned number;   /* of the line itself, or of the one that it would come before */
    const char *added; /* its text, if it is one of those that are added; otherwise NULL */
    size_t added_len;
    size_t put; /* the index of that text in the patch */
};

struct insert_file {
    const char *path;
    const char *bytes;
    size_t len;
    size_t *start; /* of each physical line; start[count] is the length */
    size_t count;
};

/* ---- insert_file.c ---- */
/* printf into the arena; "" without memory. */
const char *insert_text(struct insert *insert, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Keeps the content of a buffer in the arena and clears it. NULL: it was empty, or there is no memory. */
const char *insert_keep(struct insert *insert, struct buf *buf);
/* A file of the configuration, read once; NULL: insert->failed is set. */
const struct insert_file *insert_file(struct insert *insert, const char *path);
/* Appends the file as it would be. */
void insert_patched(struct buf *ret, const struct insert_file *file, const struct patch *patch);
/* Finds a line of a file as it would be; one of a file that is not patched is where it is. */
void insert_find_line(struct insert_line *ret, const struct insert *insert, const struct patch *patch, const char *file,
                      unsigned number);

/* ---- insert_place.c ---- */
/* The index of the line of a rule. */
size_t place_line(const struct insert *insert, const struct rule *rule);
/* Puts text before the line, and before the comment above it. A text of NULL is no text. */
void place_before(struct insert *insert, struct patch *patch, size_t line, const char *text);
/* The same for definitions, which also lines below need, up to `last`: before the condition that the line is in, unless
 * all these lines are in it, and it is the same for all of Squid's processes. */
void place_above(struct insert *insert, struct patch *patch, size_t line, size_t last, const char *text);
/* Puts text after the rule. */
void place_after(struct insert *insert, struct patch *patch, const struct rule *rule, const char *text);
/* Puts text at the end of the first file. */
void place_end(struct insert *insert, struct patch *patch, const char *text);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * list.h - lists in the formats of other programs: which one it is, and what its lines name.
 *
 *     hosts file, adblock list, RPZ zone ... --> [list] --> patterns and prefixes --> table
 *
 * Where it sits: room list, above name and base. A format turns each line into patterns and prefixes as a bare list has
 * them. It judges neither names nor widths. What it cannot express it hands over as such; what becomes of that depends
 * on the verb and is decided by the reader of the table (table_list.c). m365-tables(5) has a table of the formats.
 */
#ifndef COMMON_LIST_H
#define COMMON_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct err;
struct prefix;

#define LIST_WORD_MAX 253         /* bytes of what a list remembers from line to line: an address, a set, an origin */
#define LIST_VOTES_MAX 1000       /* lines that are looked at to tell the format */
#define LIST_RANGE_MAX 256        /* prefixes of a range: two for each bit of an address */
#define LIST_FORMAT_NAMES_MAX 256 /* bytes of all names of formats in a sentence */

/* What is left out of a line. */
enum list_left {
    LIST_ASIDE, /* it names no host or address to which the verb could apply */
    LIST_LOST,  /* it does, but a table cannot express which ones */
    LIST_STOP,  /* the list as a whole cannot be understood: it is refused, whatever the verb */
};

/* Takes what the lines name. Each returns 0, or -1 with *err, which ends the line. Texts are valid during the call. */
struct list_sink {
    /* A pattern or prefix, as a line of a bare list. */
    int (*add)(void *arg, const char *text, size_t len, struct err *err);
    /* Prefixes that together are one range of addresses: all of them, or none. At most LIST_RANGE_MAX. */
    int (*add_range)(void *arg, const struct prefix *prefixes, size_t count, struct err *err);
    /* A pattern or prefix to which the list does not apply, although a wider line of the list covers it. */
    int (*except)(void *arg, const char *text, size_t len, struct err *err);
    /* A pattern or prefix of which only a part is meant: some paths, some users, some ports. */
    int (*add_part)(void *arg, const char *text, size_t len, const char *kind, struct err *err);
    /* The line, or part of it, is left out. `kind` says what such lines are, in the plural: `regular expressions`. */
    int (*leave)(void *arg, enum list_left left, const char *kind, struct err *err);
    void *arg;
};

struct list_format;

/* A list while it is being read. Starts with `format`, `sink` and `part`; all else is zero. */
struct list {
    const struct list_format *format;
    const struct list_sink *sink;
    const char *part;             /* of the file, see spec.h; NULL: all of it */
    char word[LIST_WORD_MAX + 1]; /* remembered from line to line */
    size_t word_len;
    char owner[LIST_WORD_MAX + 1]; /* of the record before */
    size_t owner_len;
    bool inside; /* of a record that goes on in the next line */
};

struct list_format {
    const char *name;  /* for --as */
    const char *title; /* "a hosts file" */
    const char *head;  /* a file that begins with this is of this format, whatever its lines look like; may be NULL */
    bool has_parts;    /* a part of the file can be named */
    bool except_wins;  /* an exception beats more specific lines, too; otherwise the most specific line decides */
    /* Whether a line, without the blanks around it, is one of this format. NULL: it is never told by its content. */
    bool (*is)(const char *text, size_t len);
    /* Hands what a line says to the sink. -1 with *err: the line is malformed, or as the sink. NULL: see below. */
    int (*take)(struct list *list, const char *text, size_t len, struct err *err);
};

/* The format of bare lists, which has no take(): table_list.c reads them. */
extern const struct list_format list_bare;

/* The format of a JSON document of service tags, which is read whole, and has no take(). */
extern const struct list_format list_tags;

/* The format of that name; NULL if there is none. */
const struct list_format *list_find(const char *name, size_t len);

/* Writes the names of all formats, with commas between them. */
void list_names(char ret[LIST_FORMAT_NAMES_MAX]);

/*
 * Tells the format by the first LIST_VOTES_MAX lines that are not comments. `last`: the bytes are the whole file;
 * otherwise the last line may be cut, and does not count. A format must claim at least half of these lines, and most
 * of those that any format claims. Of equals the simpler format is taken. A head decides alone. Without any such line
 * it is a bare list. -1
 * with ERR_SYNTAX if it cannot be told; the sentence says why. Cost: one pass for each format.
 */
int list_recognise(const struct list_format **ret, const char *bytes, size_t len, bool last, struct err *err);

/* True for a JSON document in the shape of Microsoft's service tags. */
bool list_is_tags(const char *bytes, size_t len);

/* Hands the prefixes of the tag that list->part names to the sink. -1 with ERR_SYNTAX if there is no such tag, if none
 * is named, or if the document is not what it should be. */
int list_read_tags(struct list *list, const char *bytes, size_t len, struct err *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * table_build.h - how the readers put rules into a table. Private to the table*.c files.
 *
 * Where it sits: room table. Callers from outside use table.h.
 */
#ifndef COMMON_TABLE_BUILD_H
#define COMMON_TABLE_BUILD_H

#include "table.h"

struct spec;

#define TABLE_MEMORY_MAX ((size_t)8 << 30) /* for each of the three kinds of memory that a table uses */

/* One source while it is being read. */
struct reader {
    struct table *table;
    const char *path;  /* for error sentences */
    uint32_t source;   /* UINT32_MAX until it is needed: see table_reader_source() */
    uint32_t terms;    /* terms of the rule that was added last; UINT32_MAX: none yet */
    size_t line;       /* 0: there are no lines */
    size_t refused;    /* lines or rows left out so far */
    bool whole;        /* any refused line makes the whole file refused */
    bool list;         /* a bare list: a line is a pattern and nothing else */
    bool domains;      /* a list whose names include all names below them */
    struct err *first; /* gets the first refusal */
};

/* True if no line with this verb may be left out: it may be an exception to wider lines that are bypassed. */
bool table_is_exception(const struct table *table, enum verb verb);

/* Makes the terms of a published line Default if only required ones count in this table and they are not required. */
void table_lower_optional(const struct table *table, struct terms *terms);

/* Whether table->known has this line of the same source, with the same category, ports and end. Finds it by halving. */
bool table_is_known(const struct table *table, const struct rule *rule, const struct terms *terms);

/* Adds one rule after checking the pattern or prefix, and on bypass lines without id its width unless they are sealed
 * or known.
 * -1 with a sentence that lacks file and line. */
int table_add_rule(struct reader *reader, const struct terms *terms, const char *text, size_t len, struct err *err);

/* Adds a rule that was checked and whose text is in the memory of the table. -1 with ERR_LIMIT or ERR_MEM. */
int table_append(struct table *table, const struct rule *rule, struct err *err);

/* Removes the rules that were added last, so that this many are left. */
void table_shorten(struct table *table, size_t count);

/* As table_add_rule() with the terms of the rule that table_add_rule() added last. Faster if the text is a plain name.
 */
int table_add_again(struct reader *reader, const char *text, size_t len, struct err *err);

/* The index of terms equal to these; new ones are copied into the table's arena. UINT32_MAX without memory. */
uint32_t table_terms(struct table *table, const struct terms *terms);

/* Sorts the terms into normal order and updates the rules. */
void table_sort_terms(struct table *table);

/* Normal order of terms: source, published before local, id, then everything else. 0 if they are equal. */
int table_terms_compare(const struct terms *a, const struct terms *b);

/* The index of the file itself as a source, which is added when the first rule needs it. UINT32_MAX as
 * table_source(). */
uint32_t table_reader_source(struct reader *reader);

/* The index of a source name, added if new. UINT32_MAX if there are too many or there is no memory. */
uint32_t table_source(struct table *table, const char *name, size_t len);

/* Keeps a sentence in table->complaints, or only counts it beyond TABLE_COMPLAINTS_MAX. */
void table_complain(struct table *table, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Keeps a sentence in table->remarks. */
void table_remark(struct table *table, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Refuses a line or row: counts it and keeps the sentence with file and position in front. */
void table_refuse(struct reader *reader, const char *position, const struct err *why);

/* The same with the reader's line as position. */
void table_refuse_line(struct reader *reader, const struct err *why);

/* Keeps a sentence about so many lines that were left out. */
void table_refuse_many(struct table *table, size_t count, const char *sentence);

/* True for [A-Za-z0-9_-]{1,32}. */
bool table_is_word(const char *text, size_t len);

/* The bytes of one source, in pieces. */
struct input {
    const char *bytes; /* bytes that are read but not yet used */
    size_t len;
    bool last;                /* this is the last piece */
    bool skipping;            /* the rest of an overlong line comes next */
    bool failed;              /* it cannot be read any further */
    struct file_reader *file; /* NULL: all bytes are in memory */
    struct buf room;          /* a buffer for the bytes of a file */
};

#define TABLE_PIECE_SIZE ((size_t)1 << 20) /* bytes read at once; holds any line that is not too long */

/* Reads the next piece after the bytes that are not used yet and calls the table's progress callback. The bytes may
 * move. -1 and input->failed: ERR_IO, ERR_MEM, or ERR_LIMIT beyond TABLE_TEXT_MAX bytes. */
int table_input_more(const struct reader *reader, struct input *input, struct err *err);

/* Marks the first `n` bytes as used. That many must be there. */
void table_input_use(struct input *input, size_t n);

/* Takes the next line, without its end, into *ret: 1. 0: there are no more lines. -1: as table_input_more(). The line
 * is valid until the next call. A line longer than TABLE_LINE_MAX is cut, but what remains is still longer than that,
 * so the caller can refuse it. */
int table_input_line(const struct reader *reader, struct input *input, const char **ret, size_t *ret_len,
                     struct err *err);

/* True for the beginning of a document: an array of objects, or an object. No pattern begins so. */
bool table_is_document(const char *bytes, size_t len);

/* The readers of the three forms. `reader` is filled in except for the line. 0, or -1 as table_read(). */
int table_read_text(struct reader *reader, struct input *input, struct err *err);
int table_read_list(struct reader *reader, const struct spec *spec, struct input *input, struct err *err);
int table_read_json(struct reader *reader, const char *bytes, size_t len, struct err *err);

#endif

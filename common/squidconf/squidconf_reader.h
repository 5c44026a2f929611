/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * squidconf_reader.h - the reader at work: which files and conditions are open. Private to squidconf_read.c,
 * squidconf_if.c and squidconf_trouble.c, see squidconf_text.h.
 */
#ifndef COMMON_SQUIDCONF_READER_H
#define COMMON_SQUIDCONF_READER_H

#include "squidconf_text.h"

enum branch { READ, SKIPPED, UNKNOWN };

struct condition {
    enum branch branch;
    bool varies; /* it, or one around it, has a macro */
};

struct reader {
    struct squidconf_text *text;
    const char *files[SQUIDCONF_NESTING_MAX + 1]; /* those being read, outermost first */
    size_t depth;
    struct condition *ifs; /* those that are open, outermost first */
    size_t if_room;
    const char *if_file; /* where the outermost one begins */
    unsigned if_number;
    bool has_macro; /* the line as it is written */
    size_t if_depth;
    size_t if_base; /* those below belong to the including files */
    unsigned last;  /* number of the last physical line of the line at hand */
    struct err *err;
};

/* Notes a trouble in the innermost file (printf format). Fails only as the arena does. */
void reader_trouble(struct reader *reader, unsigned number, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* True for what separates words. */
bool reader_is_space(char c);

/* The rest of the line after a statement (`if`, `include`), or NULL if it is another statement (FindStatement()). */
const char *reader_statement(const char *line, const char *statement);

/* Takes a logical line if it is `if`, `else` or `endif`, or if it is left out. */
bool reader_condition(struct reader *reader, const char *line, unsigned number);

/* Notes a trouble if a condition of the innermost file is still open at its end. */
void reader_end(struct reader *reader, unsigned number);

#endif

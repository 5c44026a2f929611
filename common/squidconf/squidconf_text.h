/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * squidconf_text.h - a squid.conf as Squid reads it: one line after another, with everything it includes.
 *
 *     files --> [lines, conditions, includes, words] --> struct squidconf_text --> the doctor (squidconf_model.h)
 *                                                                              --> the model (ruleset/ruleset.h)
 *
 * Where it sits: room squidconf, above base. What a line means belongs to its readers.
 *
 * The rules are those of Squid's src/cache_cf.cc, parseOneConfigFile(): leading white space, comments and empty lines
 * are skipped, also inside a continued line; a backslash at the end joins two lines without a space; a condition is
 * `true`, `false` or `A = B`, and inside a nested one only the innermost counts; `include` takes names and patterns, up
 * to 16 levels below the first file, and knows no comment; a folder is an empty file.
 */
#ifndef COMMON_SQUIDCONF_TEXT_H
#define COMMON_SQUIDCONF_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;

#define SQUIDCONF_BYTES_MAX ((size_t)16 << 20) /* of all files together */
#define SQUIDCONF_LINES_MAX 200000
#define SQUIDCONF_NESTING_MAX 16 /* levels of includes below the first file, as in Squid */
#define SQUIDCONF_TROUBLES_MAX 200
#define SQUIDCONF_NUMBERS_MAX 16

/* One logical line: continuation lines are joined, macros are replaced. Has at least one word. */
struct squidconf_line {
    const char *file;
    unsigned number; /* of the first physical line */
    size_t count;
    const char **words; /* without their quotes and without a comment; not quite Squid's words, see ruleset_word.h */
    const char *text;   /* the line itself */
    unsigned last;      /* number of the last physical line */
    unsigned ifs;       /* how many conditions are around it; the outermost one begins here: */
    const char *if_file;
    unsigned if_number;
    bool if_varies; /* one of them has a macro, so it may be otherwise for another process */
};

/* A place at which Squid refuses to start. */
struct squidconf_trouble {
    const char *file;
    unsigned number;
    const char *text; /* a sentence; a line end and indented lines with a correction may follow */
};

/* What a file holds instead of what is on the disk. */
struct squidconf_instead {
    const char *path; /* as the configuration names it */
    const char *bytes;
    size_t len;
};

/* Starts as {.arena = ARENA}; everything it points to belongs to the arena. */
struct squidconf_text {
    struct arena *arena;
    bool both;        /* read both branches of a condition that depends on a macro, and leave macros alone */
    bool other;       /* otherwise the macros have the values of this process, */
    unsigned process; /* of the master if it is 0; without `other` of the first worker */
    bool by_process;  /* set: some line has a macro that tells the processes apart */
    unsigned numbers[SQUIDCONF_NUMBERS_MAX]; /* set: those in conditions with such a macro, each once */
    size_t number_count;
    const struct squidconf_instead *instead; /* may be NULL */
    size_t instead_count;
    size_t bytes; /* of all files */
    size_t file_count;
    struct squidconf_line *lines;
    size_t line_count, line_room;
    struct squidconf_trouble *troubles; /* in the order in which they were met; only the first ones are kept */
    size_t trouble_count, trouble_room;
};

/*
 * Reads `path` and what it includes. Returns 0 also if Squid would refuse the file: *text then has troubles. -1 with
 * one sentence: ERR_IO (`path` itself cannot be read), ERR_LIMIT (too many bytes or lines), ERR_MEM. Cost: one pass
 * over the files.
 */
int squidconf_text_read(struct squidconf_text *text, const char *path, struct err *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * table.h - the rules of all sources: merged, sorted, printable.
 *
 *     source document --> table --> [compile] --> image --> verdict --> reply
 *                         ^^^^^
 *
 * Where it sits: room table, above list, name and base. A table is read from table text (m365-tables(5)), the web
 * service's JSON, and lists whose verb is given with the file name. All input is validated here: a rule in a table is
 * canonical. What a rule means for a request belongs to verdict.h; images are unknown here (compile.h is the bridge).
 */
#ifndef COMMON_TABLE_H
#define COMMON_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "endpoint_set.h"
#include "name/ports.h"
#include "name/verb.h"

struct arena;
struct err;
struct listener;
struct prefix;

#define TABLE_TEXT_MAX ((uint64_t)16 << 30) /* bytes of one text or list file, which is never in memory as a whole */
#define TABLE_PRINT_MAX ((size_t)1 << 30)   /* bytes of a table printed into memory */
#define TABLE_JSON_MAX ((size_t)64 << 20)
#define TABLE_LINE_MAX ((size_t)64 << 10)
#define TABLE_VALUE_MAX ((size_t)4 << 10) /* bytes of an owner, ticket, note or gen: printed, its line can be read */
#define TABLE_WORD_MAX WORD_MAX
#define TABLE_COMPLAINTS_MAX 100 /* sentences kept; more are only counted */
#define TABLE_REFUSALS_KEPT 3
#define TABLE_SOURCES_MAX 256
#define TABLE_IPV4_WIDEST 8 /* the shortest prefix allowed in a bypass line of a local file */
#define TABLE_IPV6_WIDEST 24

/* What a line says besides its pattern; lines that say the same share one. Texts are NULL if not given. */
struct terms {
    struct endpoint_set set;
    enum verb verb;
    enum verb published; /* what the document says, if table.required_only made it Default; else VERB_DEFAULT */
    bool required, expressroute;
    bool held;        /* an older form: what the newest document says waits for approval */
    uint32_t number;  /* its index, while terms are being sorted */
    uint32_t expires; /* a day; 0 means never */
    struct ports tcp;
    struct ports udp;
    const char *area;
    const char *owner, *ticket;
    const char *note;
    const char *gen; /* for people, like the note; not the label */
};

struct rule {
    union {
        const char *text;            /* canonical pattern, NUL-terminated */
        const struct prefix *prefix; /* if kind is PATTERN_PREFIX */
    };
    uint32_t terms; /* index into the terms of the table */
    uint32_t line;  /* line in its file; 0 in a JSON document */
    uint16_t len;   /* length of the text */
    uint8_t kind;   /* enum pattern_kind */
    bool sealed;    /* its width is not judged: it was accepted before, see table.sealed */
};

struct table_progress { /* of a long read, or of the sort that follows it */
    const char *path;   /* the source being read; NULL: all are read and the rules are being sorted */
    uint64_t lines;     /* lines read so far; while sorting: the number of rules */
    uint64_t done;      /* bytes read so far */
    uint64_t total;     /* size of the source in bytes when it was opened */
};

struct table {
    uint32_t bypass;     /* categories to be bypassed, bits 1 << enum verb; at first VERB_BYPASS_USUAL */
    bool required_only;  /* published lines that are not required become Default while they are read */
    struct arena *arena; /* owns everything below except the rules */
    struct arena *texts; /* owns what rules point to */
    struct rule *rules;  /* in rule_room */
    struct terms *terms; /* all different */
    size_t rule_count, terms_count;
    const char **sources; /* in the order of their first appearance: names of at most TABLE_WORD_MAX bytes */
    size_t source_count;
    const char *label;       /* of the first source that has one; otherwise "". It is in m365_gen_ of replies */
    const char **complaints; /* whole sentences, such as rows left out, to be printed once */
    const char **remarks;    /* the same about what was read, in which nothing is wrong */
    size_t complaint_count, remark_count; /* at most TABLE_COMPLAINTS_MAX of each are kept */
    size_t refused; /* rows and lines left out; each is a complaint, those about the first are these: */
    const char *refusals[TABLE_REFUSALS_KEPT];
    size_t refused_told; /* how many of them these sentences are about */
    size_t terms_room, source_room, complaint_room, remark_room, slot_count;
    struct buf rule_room;
    uint32_t *terms_slots;                                        /* finds equal terms; power of two, index + 1 */
    void (*progress)(void *arg, const struct table_progress *at); /* called for each piece of a file; may be NULL */
    void *progress_arg;
    const char *list_format;   /* of lists that name none (list.h); NULL: told by their content */
    bool sealed;               /* set while sources are read whose lines were accepted before: widths are not judged */
    const struct table *known; /* the same for the lines of this sorted table of the caller's; may be NULL */
};

struct table *table_new(void); /* empty; NULL without memory. A caller that knows its policy sets `bypass` first */
void table_free(struct table *table); /* with every text in it; NULL is allowed */

/*
 * Reads one source and adds its rules: `FILE` (JSON if its first byte other than white space is `[` or `{`, else table
 * text), or a list as spec.h has it. A list is bare (one domain pattern or prefix per line) or of another format
 * (list.h), which is told by its content unless it is named. With `domains:` a name `b.c` is read as `.b.c`.
 *
 * A text, an inspect list, and a list or set of a category outside `bypass` (or Default), which keeps closed what a
 * wider line opens, is refused whole if any line is. Others load without their refused lines; each is a complaint.
 * -1 with ERR_IO, ERR_LIMIT, ERR_MEM, ERR_USAGE (a format or part that does not exist) or ERR_SYNTAX. Its sentence: for
 * text and lists the first refused line, and how many more; for JSON why it is not an answer of the web service. After
 * -1 the complaints may be read; then free the table.
 */
int table_read(struct table *table, const char *source, struct err *err);

/* The same for bytes in memory; `source` is their name and may include a verb. */
int table_read_bytes(struct table *table, const char *source, const char *bytes, size_t len, struct err *err);

/* Say the remarks, or the complaints that were kept, one by one. Without a listener (NULL) nothing happens. */
void table_say_remarks(const struct table *table, const struct listener *listener);
void table_say_complaints(const struct table *table, const struct listener *listener);

/* Sorts the table into normal order (source, id, names before prefixes, pattern; the terms as well) and drops duplicate
 * lines, so that the order of the input lines makes no difference. Earlier pointers to rules and texts become invalid.
 * Cannot fail. With many rules it temporarily uses as much memory again, or takes longer if there is none. */
void table_sort(struct table *table);

/* Prints the normal form of a sorted table: table text that reads back as the same table. The other prints one line of
 * it without the line end; `width` pads the pattern. */
void table_print(const struct table *table, struct buf *buf);
void table_print_rule(const struct table *table, const struct rule *rule, size_t width, struct buf *buf);

/* The pattern as its line shows it; `room` is used for the text of a prefix. */
const char *table_rule_text(const struct rule *rule, char room[64]);

/* The TCP ports that terms speak for: true for all of them, else they are in *ret (which may be empty: UDP ports only).
 * A published set that names no port speaks for 80 and 443. The ranges in *ret belong to the table. */
bool table_tcp_ports(const struct terms *terms, struct ports *ret);

/* -1 with the sentence if the rule is too wide for a local bypass line, sealed or not. */
int table_check_width(const struct rule *rule, struct err *err);

/* True for [A-Za-z0-9._-]{1,32}: a label of a table, such as a version or a date. */
bool table_is_label(const char *text, size_t len);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * table.h - the rules of all sources, merged, sorted, printable.
 *
 *     source document --> table --> [compile] --> image --> verdict --> reply
 *                         ^^^^^
 *
 * A table is read from table text (m365-tables(5)), from the web service's JSON, and from bare lists with a verb given
 * at load. Every outside byte is judged here: a rule in a table is canonical. What a rule means for a request is not
 * known here (verdict.h), and no image is known here (compile.h is the bridge).
 */
#ifndef COMMON_TABLE_H
#define COMMON_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "ports.h"
#include "verb.h"

struct arena;
struct err;
struct prefix;

#define TABLE_TEXT_MAX ((uint64_t)16 << 30) /* bytes of one text or list file, which is never held whole */
#define TABLE_PRINT_MAX ((size_t)1 << 30)   /* bytes of a table printed into memory */
#define TABLE_JSON_MAX ((size_t)64 << 20)
#define TABLE_LINE_MAX ((size_t)64 << 10)
#define TABLE_VALUE_MAX ((size_t)4 << 10) /* bytes of an owner, ticket, note or gen: printed, its line fits again */
#define TABLE_WORD_MAX WORD_MAX
#define TABLE_COMPLAINTS_MAX 100 /* sentences kept; the rest is only counted */
#define TABLE_SOURCES_MAX 256
#define TABLE_IPV4_WIDEST 8 /* shortest prefix a bypass line of a local file may have */
#define TABLE_IPV6_WIDEST 24

/* What the rules of one endpoint set, or of one local line, say beside their pattern. Texts are NULL if not given. */
struct set {
    enum verb verb;
    bool has_id; /* published: belongs to the endpoint set (source, id) */
    bool required;
    bool expressroute;
    uint32_t id;
    uint32_t source;  /* index into sources, which stand in the order of their first appearance */
    uint32_t number;  /* its index, while sets are put in order */
    uint32_t expires; /* day; 0 is never */
    struct ports tcp;
    struct ports udp;
    const char *area;
    const char *owner;
    const char *ticket;
    const char *note;
    const char *gen;
};

struct rule {
    union {
        const char *text;            /* canonical pattern, NUL behind it */
        const struct prefix *prefix; /* if kind is PATTERN_PREFIX */
    };
    uint32_t set;
    uint32_t line; /* where it stood; 0 in a JSON document */
    uint16_t len;  /* of the text */
    uint8_t kind;  /* enum pattern_kind */
};

/* How far a long reading, or the sort behind it, has come. */
struct table_progress {
    const char *path; /* of the source that is read; NULL: all are read and the rules are put in order */
    uint64_t lines;   /* read of it; of the sort: rules */
    uint64_t done;    /* bytes read of it */
    uint64_t total;   /* its size; 0 if nobody knows */
};

struct table {
    struct arena *arena; /* owns everything below but the rules */
    struct arena *texts; /* owns what rules point to */
    struct rule *rules;  /* in rule_room */
    size_t rule_count;
    struct set *sets;
    size_t set_count;
    const char **sources; /* names: TABLE_WORD_MAX bytes at most */
    size_t source_count;
    const char *label;       /* version or date of the first source that has one; "" if none */
    const char **complaints; /* rows left out and other things to say once, whole sentences */
    size_t complaint_count;  /* of which TABLE_COMPLAINTS_MAX are kept */
    size_t set_room, source_room, complaint_room;
    struct buf rule_room;
    uint32_t *set_slots; /* finds equal sets; power of two, set index + 1 */
    size_t slot_count;
    void (*progress)(void *arg, const struct table_progress *at); /* called for each piece of a file; may be NULL */
    void *progress_arg;
};

/* An empty table, or NULL without memory. */
struct table *table_new(void);

/* Frees the table and every text in it. NULL is allowed. */
void table_free(struct table *table);

/*
 * Reads one source and adds its rules: `FILE` (JSON if its first byte that is no blank is `[` or `{`, else table text)
 * or `VERB:FILE` (one domain pattern or prefix a line).
 *
 * -1 leaves a table whose complaints may be read and that is then freed: ERR_IO; ERR_SYNTAX (text: the first refused
 * line, with file, line and sentence, and how many more; JSON: not the shape of the web service's answer, see
 * table_json.c); ERR_LIMIT; ERR_MEM. A text file, or an inspect list, with any refused line is refused whole; a list
 * with a bypass verb loads without the refused lines and a document without the refused rows: each of these is a
 * complaint.
 */
int table_read(struct table *table, const char *spec, struct err *err);

/* The same for bytes in memory; `spec` names them and may carry a verb. */
int table_read_bytes(struct table *table, const char *spec, const char *bytes, size_t len, struct err *err);

/* Brings the table into normal order (source, id, names before prefixes, pattern; the sets too) and drops lines said
 * twice: what was read in another order of lines is the same table then. Rules and their texts may move: pointers to
 * them that were taken before are void. Cannot fail; of many rules it takes as much memory again for a while, or more
 * time where there is none. */
void table_sort(struct table *table);

/* Prints the normal form of a sorted table: table text that reads back to the same table. */
void table_print(const struct table *table, struct buf *buf);

/* One line of it, without line end; `width` pads the pattern. */
void table_print_rule(const struct table *table, const struct rule *rule, size_t width, struct buf *buf);

/* The pattern as its line shows it; `room` takes the text of a prefix. */
const char *table_rule_text(const struct rule *rule, char room[64]);

/* True if two sets of two tables (or of one) are the same endpoint set: same source and same id. Local lines have no
 * id: all lines of one source are the same one here. Cost: one comparison of names. */
bool table_same_endpoint_set(const struct table *a_table, const struct set *a, const struct table *b_table,
                             const struct set *b);

/* -1 with the sentence if the rule is too wide for a bypass line of a local file. */
int table_check_width(const struct rule *rule, struct err *err);

/* The TCP ports a set speaks for: true for all of them, else they are in *ret (which may be empty, for a set with UDP
 * ports only). A published set that names no port speaks for 80 and 443. The ranges in *ret belong to the table. */
bool table_tcp_ports(const struct set *set, struct ports *ret);

/* [A-Za-z0-9._-]{1,32}: a version or date that names a table. */
bool table_is_label(const char *text, size_t len);

#endif

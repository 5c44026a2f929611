/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * squidconf_model.h - a squid.conf that was read: its lines in order, and what they say about ports, ACLs, helpers.
 * Private to squidconf*.c.
 *
 *     squidconf_read.c (files, lines, words) --> squidconf_model.c (meaning) --> squidconf_check*.c (findings)
 *                                                                                 squidconf_finding.c (collects them)
 */
#ifndef COMMON_SQUIDCONF_MODEL_H
#define COMMON_SQUIDCONF_MODEL_H

#include "squid.h"
#include "squidconf.h"

struct arena;

#define SQUIDCONF_BYTES_MAX ((size_t)16 << 20) /* of all files together */
#define SQUIDCONF_LINES_MAX 200000
#define SQUIDCONF_NESTING_MAX 16 /* includes in includes, as in Squid */
#define SQUIDCONF_FINDINGS_MAX 200

/* One logical line: continuations joined, comment gone, never empty. */
struct squidconf_line {
    const char *file;
    unsigned number; /* of the first physical line */
    size_t count;
    const char **words; /* quotes taken off */
};

struct squidconf_finding {
    size_t order; /* place among the lines of all files */
    const char *file;
    unsigned number;
    const char *text; /* sentence, then indented lines; ends with a line end */
};

/* An external_acl_type. */
struct squidconf_type {
    const struct squidconf_line *line;
    const char *name;
    size_t format;                                   /* index of the first % word */
    size_t command;                                  /* index of the first word behind FORMAT */
    size_t helper;                                   /* index of the word that names ext_m365_acl; 0: not ours */
    long ttl, negative_ttl, concurrency, queue_size; /* -1: not set */
    bool fields_ok;
    struct squid_fields fields;
};

struct squidconf {
    struct arena *arena;
    const struct squidconf_about *about;
    const char *path; /* of the first file */
    size_t bytes;
    size_t file_count;
    struct squidconf_line *lines;
    size_t line_count, line_room;
    struct squidconf_type *types;
    size_t type_count, type_room;
    struct squidconf_finding *findings;
    size_t finding_count, finding_room;
    size_t finding_total;
    bool failed;       /* a sentence could not be written */
    bool intercepting; /* a port that clients are led to */
    bool forwarding;   /* a port that clients are told about */
    struct buf *scratch;
    char table[128]; /* what was found out about the table; "" nothing */
};

/* Reads `path` and what it includes. -1 only if `path` itself cannot be read, or with ERR_LIMIT or ERR_MEM. */
int squidconf_read(struct squidconf *conf, const char *path, struct err *err);

/* Cuts a logical line into words (in place). Returns how many there are, at most `room`. */
size_t squidconf_split(char *text, const char **words, size_t room);

/* Finds ports and helper types in the lines. */
void squidconf_understand(struct squidconf *conf);

bool squidconf_is(const struct squidconf_line *line, const char *directive);
bool squidconf_one_of(const char *word, const char *const *list);

/* What a word of a rule may be asked: about one `acl` line. */
typedef bool squidconf_test(const struct squidconf *conf, const struct squidconf_line *acl);
squidconf_test squidconf_is_bypass;   /* external, of a type of ours */
squidconf_test squidconf_is_external; /* external, of any type */
squidconf_test squidconf_is_password; /* asks the client who it is */
squidconf_test squidconf_is_port;     /* tells one port of ours from another */
squidconf_test squidconf_is_domain;   /* dstdomain, dstdom_regex */
squidconf_test squidconf_is_name;     /* ssl::server_name, ssl::server_name_regex */
squidconf_test squidconf_is_note;     /* a note of our helpers */
squidconf_test squidconf_is_wide;     /* says nothing about the destination */
squidconf_test squidconf_is_step;     /* at_step */

/* True if the ACL `name` (without !) is such a one, itself or through any-of and all-of. */
bool squidconf_acl(const struct squidconf *conf, const char *name, squidconf_test *test);

/* Index of the first word of a rule, from `from`, that passes the test; with `!` before it or not as asked. 0: none. */
size_t squidconf_find(const struct squidconf *conf, const struct squidconf_line *line, size_t from, bool negated,
                      squidconf_test *test);

/* The type of an external ACL named `name`, or NULL. */
const struct squidconf_type *squidconf_acl_type(const struct squidconf *conf, const char *name);

/* Where a token of the kind stands in FORMAT (SQUID_DST ...), or 0. */
size_t squidconf_token(const struct squidconf *conf, const struct squidconf_type *type, enum squid_field field);
bool squidconf_is_token(const char *word, enum squid_field field, enum squidconf_version version);
bool squidconf_is_raw_sni(const char *word);

/* The name of an ACL that is a bypass, for a corrected line. */
const char *squidconf_bypass_name(const struct squidconf *conf);

/* Options of the helpers that have a value. */
#define SQUIDCONF_WITH_VALUE "tFr"

/* The value of a helper's option, `-t FILE` or `-tFILE`: the n-th, or NULL. `at` is the index of the program's word. */
const char *squidconf_argument(const struct squidconf_line *line, size_t at, char letter, size_t n);

/* Appends the whole line of a type as it should be. */
void squidconf_fix_type(struct buf *ret, const struct squidconf *conf, const struct squidconf_type *type);

/* True if FORMAT and -F of the type are as they should be. */
bool squidconf_format_ok(const struct squidconf *conf, const struct squidconf_type *type);
bool squidconf_wants_la(const struct squidconf *conf, const struct squidconf_type *type);

/* True if the word is one that Squid 3.5 does not know. */
bool squidconf_is_later(const char *word);

/* Appends a line as it was read, with word `index` replaced; SIZE_MAX replaces none. */
void squidconf_add_line(struct buf *ret, const struct squidconf_line *line, size_t index, const char *word);

/* Starts a finding: clears and returns the buffer that its text is appended to. Cannot fail. */
struct buf *squidconf_say(struct squidconf *conf);

/* Ends a finding about a line, or about a place that is not one of the lines (those are printed last). Beyond
 * SQUIDCONF_FINDINGS_MAX it is only counted. Without memory conf->failed or the arena says so. */
void squidconf_found(struct squidconf *conf, const struct squidconf_line *line);
void squidconf_found_at(struct squidconf *conf, const char *file, unsigned number);

/* The checks; squidconf_check.c has the list of them. */
typedef void squidconf_check(struct squidconf *conf);
squidconf_check squidconf_check_order, squidconf_check_asked, squidconf_check_splice, squidconf_check_peek,
    squidconf_check_dstdomain, squidconf_check_server_name, squidconf_check_fast, squidconf_check_ports;
squidconf_check squidconf_check_la, squidconf_check_no_la, squidconf_check_raw_sni, squidconf_check_sni_only,
    squidconf_check_fields, squidconf_check_login, squidconf_check_ttl, squidconf_check_queue,
    squidconf_check_concurrency, squidconf_check_channel, squidconf_check_extras, squidconf_check_version;
squidconf_check squidconf_check_program, squidconf_check_options, squidconf_check_user, squidconf_check_table;

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * squidconf_model.h - a squid.conf in memory: its lines in order, and what they say about ports, ACLs and helpers.
 * Private to room squidconf.
 *
 *     squidconf_text.h (files, lines, words) --> squidconf_model.c (meaning) --> squidconf_check*.c (findings)
 *                                                                                 squidconf_finding.c (collects them)
 *
 * Printing a fragment does not need any of this; see squidconf_wish.h.
 */
#ifndef COMMON_SQUIDCONF_MODEL_H
#define COMMON_SQUIDCONF_MODEL_H

#include "squid/squid.h"
#include "squidconf.h"
#include "squidconf_text.h"

struct arena;

#define SQUIDCONF_FINDINGS_MAX 200

/* A mistake; something that is true only for now and is m365ctl status's business; a mistake that is meant; no mistake,
 * but worth knowing. */
enum squidconf_weight { SQUIDCONF_WRONG, SQUIDCONF_LIVE, SQUIDCONF_ACCEPTED, SQUIDCONF_NOTE };

struct squidconf_finding {
    enum squidconf_weight weight;
    size_t order; /* index of its line among the lines of all files */
    const char *file;
    unsigned number;
    const char *text; /* the sentence, then the indented lines; ends with a newline */
};

/* An external_acl_type. */
struct squidconf_type {
    const struct squidconf_line *line;
    const char *name;
    size_t format;  /* index of the first % word */
    size_t command; /* index of the first word after FORMAT */
    size_t helper;  /* index of the word that names ext_m365_acl; 0: another program */
    long ttl, negative_ttl, concurrency, queue_size, children; /* -1: not set */
    bool fields_ok;
    struct squid_fields fields;
};

struct squidconf {
    struct arena *arena;
    const struct squidconf_about *about;
    const char *path; /* the first file */
    size_t file_count;
    const struct squidconf_line *lines;
    size_t line_count;
    struct squidconf_type *types;
    size_t type_count, type_room;
    struct squidconf_finding *findings;
    size_t finding_count, finding_room;
    size_t finding_total; /* of the weight SQUIDCONF_WRONG, also those without room */
    size_t accepted, finding_lost;
    bool failed;         /* a finding was lost for lack of memory */
    bool intercepting;   /* there is an intercepting port */
    bool forwarding;     /* there is an explicit port */
    struct buf *scratch; /* the text of the finding under construction */
    char table[128];     /* describes a table that is in order; "": none so far */
};

/* Finds the ports and the external_acl_types in the lines. */
void squidconf_understand(struct squidconf *conf);

/* A test for one `acl` line. */
typedef bool squidconf_test(const struct squidconf *conf, const struct squidconf_line *acl);
squidconf_test squidconf_is_bypass;   /* external, with a type that runs ext_m365_acl */
squidconf_test squidconf_is_external; /* external, with any type */
squidconf_test squidconf_is_password; /* makes Squid ask for a password */

/* True if the ACL `name` (without !) passes the test, by itself or through any-of and all-of. */
bool squidconf_acl(const struct squidconf *conf, const char *name, squidconf_test *test);

/* The index of the first ACL of a rule that passes the test, first among those without `!`. 0: none. A rule is a
 * directive, a word, and ACLs. */
size_t squidconf_find(const struct squidconf *conf, const struct squidconf_line *line, squidconf_test *test);

/* The index of the first token of this kind (SQUID_DST ...) in FORMAT, or 0. */
size_t squidconf_token(const struct squidconf *conf, const struct squidconf_type *type, enum squid_field field);

#define SQUIDCONF_TTL_MAX 300   /* seconds until an updated table is seen */
#define SQUIDCONF_QUEUE_MIN 100 /* entries of queue-size */

/* Appends the corrected line of a type. */
void squidconf_fix_type(struct buf *ret, const struct squidconf *conf, const struct squidconf_type *type);

/* Appends a line as it was read, with the word at `index` replaced (SIZE_MAX: none). */
void squidconf_add_line(struct buf *ret, const struct squidconf_line *line, size_t index, const char *word);

/* The word in the place of one of a line, or NULL: that one stays. */
typedef const char *squidconf_instead(void *arg, const struct squidconf_line *line, size_t index);
/* The same, with any of its words replaced. */
void squidconf_add_line_with(struct buf *ret, const struct squidconf_line *line, squidconf_instead *fn, void *arg);

/* Starts a finding: clears and returns the buffer to append its text to. Cannot fail. */
struct buf *squidconf_say(struct squidconf *conf);

/* Ends a finding about a line, or about a place without a line of its own (those are printed last). Findings beyond
 * SQUIDCONF_FINDINGS_MAX are only counted. Lack of memory shows in conf->failed or in the arena. */
void squidconf_found(struct squidconf *conf, const struct squidconf_line *line);
void squidconf_found_at(struct squidconf *conf, const char *file, unsigned number);
void squidconf_found_live(struct squidconf *conf, const struct squidconf_line *line); /* SQUIDCONF_LIVE */

/* The checks; squidconf_check.c lists them. */
typedef void squidconf_check(struct squidconf *conf);
squidconf_check squidconf_check_asked, squidconf_check_fast;
squidconf_check squidconf_check_la, squidconf_check_no_la, squidconf_check_raw_sni, squidconf_check_sni_only,
    squidconf_check_fields, squidconf_check_login, squidconf_check_ttl, squidconf_check_queue, squidconf_check_children,
    squidconf_check_command, squidconf_check_concurrency, squidconf_check_channel, squidconf_check_extras,
    squidconf_check_version;
squidconf_check squidconf_check_program, squidconf_check_options, squidconf_check_user, squidconf_check_table;

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compile_build.h - an image while it is being built. Private to the compile*.c files.
 *
 *     sets (compile_set.c) -> policy of names (compile_policy.c) -> hosts (compile_host.c, compile_index.c)
 *     -> addresses (compile_addr.c, compile_chain.c, compile_tree.c) -> file (compile.c)
 *
 * compile.c runs the steps. What several steps need is below them: compile_section.c writes, compile_entry.c reads
 * patterns, compile_node.c writes the rules of one key. No step calls compile.c.
 */
#ifndef COMMON_COMPILE_BUILD_H
#define COMMON_COMPILE_BUILD_H

#include "buf.h"
#include "compile.h"
#include "image_format.h"
#include "ports.h"
#include "table.h"

#define COMPILE_MEMORY_MAX ((size_t)16 << 30)
#define SECTION_BYTES_MAX ((size_t)4000 << 20)

/* Where a text is in SECTION_TEXT. */
struct ref {
    uint32_t offset;
    uint32_t len;
};

struct builder {
    const struct table *table;
    const struct policy *policy;
    struct arena *arena;
    struct buf section[SECTION_COUNT];
    uint32_t *group; /* of each set */
    uint32_t group_count;
    uint32_t *rank;          /* of each set */
    bool *group_addrs;       /* of each group: publishes a prefix */
    bool *group_foreign;     /* of each group */
    struct ports *inspected; /* of each group: ports at which a name of it is inspected */
    bool *inspected_all;
    struct buf *out; /* the file */
    uint64_t offset[SECTION_COUNT], size[SECTION_COUNT];
    uint32_t rules; /* written to SECTION_RULES so far */
    uint32_t bypass;
    uint32_t buckets, spill; /* of the index */
    uint64_t labels;
    uint64_t seed;
    uint32_t *regex_rules;          /* the rule of each regex */
    uint32_t regexes, loose, keyed; /* all; asked for every name; under nodes */
};

/* A host pattern that is found under its key. */
struct entry {
    const char *text;
    uint32_t set;
    uint16_t len;
    uint16_t key;   /* where its key begins in the text; the key of a regex is appended to its text */
    uint16_t kind;  /* enum pattern_kind */
    uint32_t regex; /* its number */
};

struct entries {
    struct entry *list;
    size_t count, room;
};

/* Takes one name or wildcard of the table with its tenant filled in; a rule with a tenant gives one for each. */
typedef int (*pattern_fn)(struct builder *builder, const struct rule *rule, const char *text, size_t len, void *arg,
                          struct err *err);

/* ---- compile_entry.c: patterns ---- */

/*
 * Calls fn for every host pattern of the table, or of one rule: not for prefixes, not for regexes. A pattern with a
 * tenant comes once for each configured tenant, or once as `*` without any. -1 if fn fails, or with ERR_LIMIT if a
 * pattern is too long with the tenant's name. The text is only valid during the call if a tenant was filled in.
 */
int compile_each_pattern(struct builder *builder, pattern_fn fn, void *arg, struct err *err);
int compile_fill_tenants(struct builder *builder, const struct rule *rule, pattern_fn fn, void *arg, struct err *err);

/* Where the key of a pattern begins: after the label with its last `*`. 0 for a name, `len` if the key is empty. */
size_t compile_find_key(const char *text, size_t len);

/* True for a rule that is one name, all names below one, or both, without a tenant to fill in. Only such a rule has a
 * plain entry, which points into the table. */
bool compile_is_plain(const struct builder *builder, const struct rule *rule);
struct entry compile_plain_entry(const struct rule *rule);

/* ---- compile_section.c: writing. A failed buffer stays failed; compile.c looks once, at the end. ---- */

void compile_put16(struct buf *buf, uint16_t value);
void compile_put32(struct buf *buf, uint32_t value);
void compile_put64(struct buf *buf, uint64_t value);

/* Appends a text to SECTION_TEXT, unless the section ends in it already. */
struct ref compile_text(struct builder *builder, const char *text, size_t len);

/* Appends one record to SECTION_RULES. */
void compile_rule(struct builder *builder, uint32_t set, uint32_t text, uint32_t weight, uint16_t len, uint16_t kind);

/* Fills up with zeros to the next place at which a section may begin. */
void compile_align(struct buf *buf);

/* Notes where a section begins and ends that is written straight into the file: at the next such place, and where the
 * file ends now. */
void compile_open_section(struct builder *builder, enum section section);
void compile_close_section(struct builder *builder, enum section section);

/* ---- the steps: -1 with the sentence ---- */

/* Writes the node of `count` entries that share one key, sorted by their texts. Returns its number. */
uint32_t compile_node(struct builder *builder, const struct entry *list, size_t count);

/* Writes the buckets, pool, classes and nodes of the table's plain rules and of these entries. */
int compile_index(struct builder *builder, const struct entries *entries, struct err *err);

int compile_groups(struct builder *builder, struct err *err);
int compile_policy(struct builder *builder, struct err *err);
int compile_sets(struct builder *builder, struct err *err);
int compile_hosts(struct builder *builder, struct err *err);
int compile_addrs(struct builder *builder, struct err *err);

#endif

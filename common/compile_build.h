/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compile_build.h - an image while it is being built. Private to the compile*.c files.
 *
 *     sets (compile_set.c) -> policy of names (compile_policy.c) -> hosts (compile_host.c, compile_index.c)
 *     -> addresses (compile_addr.c, compile_chain.c, compile_tree.c) -> file (compile.c)
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

/* Where a text lies in SECTION_TEXT. */
struct ref {
    uint32_t offset;
    uint32_t len;
};

struct builder {
    const struct table *table;
    const struct compile_options *options;
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
    uint16_t key;   /* where it begins in the text; a regex has its key behind its own text */
    uint16_t kind;  /* enum pattern_kind */
    uint32_t regex; /* its number */
};

struct entries {
    struct entry *list;
    size_t count, room;
};

/* One wildcard or name of the table with its tenant filled in; a rule gives one for each tenant. */
typedef int (*pattern_fn)(struct builder *builder, const struct rule *rule, const char *text, size_t len, void *arg,
                          struct err *err);

/* Calls fn for every host pattern (not prefixes, not regexes) with each tenant filled in. */
int compile_each_pattern(struct builder *builder, pattern_fn fn, void *arg, struct err *err);
int compile_fill_tenants(struct builder *builder, const struct rule *rule, pattern_fn fn, void *arg, struct err *err);

/* Ports for which a set speaks: true for all, else *ret. */
bool compile_tcp_ports(const struct set *set, struct ports *ret);

/* Appends a text, or finds it at the end of what was appended last. */
struct ref compile_text(struct builder *builder, const char *text, size_t len);

void compile_put16(struct buf *buf, uint16_t value);
void compile_put32(struct buf *buf, uint32_t value);
void compile_put64(struct buf *buf, uint64_t value);

/* Appends one rule record. */
void compile_rule(struct builder *builder, uint32_t set, uint32_t text, uint32_t weight, uint16_t len, uint16_t kind);

/* Where the key of a wildcard begins: the labels behind the one with its last `*`. */
size_t compile_find_key(const char *text, size_t len);

/* True for a rule that is one name, all names below one, or both, with no tenant to fill in; and its entry. */
bool compile_is_plain(const struct builder *builder, const struct rule *rule);
struct entry compile_plain_entry(const struct rule *rule);

/* Writes the node of `count` entries with one key; returns its number. */
uint32_t compile_node(struct builder *builder, const struct entry *list, size_t count);

/* Writes buckets, pool, classes and nodes of the table's plain rules and of these entries. */
int compile_index(struct builder *builder, const struct entries *entries, struct err *err);

/* A section that is written straight into the file: begins and ends behind what is there. */
void compile_open_section(struct builder *builder, enum section section);
void compile_close_section(struct builder *builder, enum section section);

int compile_groups(struct builder *builder, struct err *err);
int compile_policy(struct builder *builder, struct err *err);
int compile_sets(struct builder *builder, struct err *err);
int compile_hosts(struct builder *builder, struct err *err);
int compile_addrs(struct builder *builder, struct err *err);

#endif

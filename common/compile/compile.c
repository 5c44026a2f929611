// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * compile.c - see compile.h. Runs the steps in their order and puts the finished sections into one file.
 *
 * Each section is built in its own compile_*.c; what they share is in compile_section.c and compile_entry.c.
 */
#include "compile.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "compile_build.h"
#include "image/image.h"
#include "name/verb.h"

/* A line too wide for Optimize or Allow is refused when its file is read. Bypassing Default must not let it in. */
static int
check_default_bypass(const struct builder *builder, struct err *err)
{
    const struct table *table = builder->table;
    if ((builder->bypass & 1u << VERB_DEFAULT) == 0)
        return 0;
    for (size_t i = 0; i < table->rule_count; i++) {
        const struct rule *rule = &table->rules[i];
        const struct terms *terms = &table->terms[rule->terms];
        struct err why;
        if (rule->sealed || terms->set.has_id || terms->verb != VERB_DEFAULT || table_check_width(rule, &why) == 0)
            continue;
        return err_set(err, ERR_SYNTAX, "source '%s': line %u: %s (Default is bypassed here)",
                       table->sources[terms->set.source], rule->line, why.text);
    }
    return 0;
}

static void
put_tenants(struct builder *builder)
{
    for (size_t i = 0; i < builder->policy->tenant_count; i++) {
        const char *tenant = builder->policy->tenants[i];
        struct ref ref = compile_text(builder, tenant, strlen(tenant));
        compile_put32(&builder->section[SECTION_TENANTS], ref.offset);
        compile_put32(&builder->section[SECTION_TENANTS], ref.len);
    }
}

static void
put_header(struct builder *builder, struct ref label)
{
    struct buf header;
    buf_init(&header, HEADER_SIZE);
    buf_add(&header, IMAGE_MAGIC, 8);
    compile_put64(&header, builder->out->len);
    compile_put64(&header, 0);
    compile_put64(&header, builder->seed);
    compile_put32(&header, builder->policy->highest ? OPTION_HIGHEST : 0);
    compile_put32(&header, builder->bypass);
    compile_put32(&header, label.offset);
    compile_put32(&header, label.len);
    compile_put64(&header, builder->table->rule_count);
    compile_put32(&header, builder->buckets);
    compile_put32(&header, builder->spill);
    for (unsigned i = 0; i < SECTION_COUNT; i++) {
        compile_put64(&header, builder->offset[i]);
        compile_put64(&header, builder->size[i]);
    }
    buf_add_fill(&header, 0, HEADER_LABELS - header.len);
    compile_put64(&header, builder->labels);
    compile_put32(&header, builder->loose);
    buf_add_fill(&header, 0, HEADER_SIZE - header.len);
    if (buf_ok(&header) && buf_ok(builder->out))
        memcpy(builder->out->data, header.data, header.len);
    else
        builder->out->failed = true;
    buf_clear(&header);
}

/* Rules without a record are numbered after those that have one. The pool is addressed in units. */
static int
check_numbers(const struct builder *builder, struct err *err)
{
    uint64_t buckets = builder->section[SECTION_BUCKETS].len / BUCKET_SIZE;
    if (buckets * BUCKET_SLOTS + builder->rules > UINT32_MAX ||
        builder->size[SECTION_POOL] / POOL_UNIT >= BUCKET_SPILLS)
        return err_set(err, ERR_LIMIT, "too many names for one image; split the lists");
    return 0;
}

/* Appends the sections that were built in memory to the one written in place (the pool), then fills in the header. */
static int
put_file(struct builder *builder, struct ref label, struct err *err)
{
    struct buf *out = builder->out;
    if (check_numbers(builder, err) != 0)
        return -1;
    for (unsigned i = 0; i < SECTION_COUNT; i++) {
        struct buf *section = &builder->section[i];
        if (!buf_ok(section))
            return err_set(err, ERR_MEM, "no memory for section %u of the image", i);
        if (i == SECTION_POOL)
            continue;
        compile_open_section(builder, (enum section)i);
        buf_add(out, section->data, section->len);
        compile_close_section(builder, (enum section)i);
        buf_clear(section);
    }
    compile_align(out);
    put_header(builder, label);
    if (!buf_ok(out))
        return err_set(err, ERR_MEM, "no memory for the image");
    uint64_t checksum = image_checksum((const unsigned char *)out->data + HEADER_SEED, out->len - HEADER_SEED);
    for (unsigned i = 0; i < 8; i++)
        out->data[HEADER_CHECKSUM + i] = (char)(unsigned char)(checksum >> 8 * i);
    return 0;
}

static int
build(struct builder *builder, struct err *err)
{
    buf_add_fill(builder->out, 0, HEADER_SIZE);
    const char *name = builder->policy->label != NULL ? builder->policy->label : builder->table->label;
    buf_add(&builder->section[SECTION_TEXT], "", 1); /* offset 0 is never the place of a text */
    struct ref label = compile_text(builder, name, strlen(name));
    put_tenants(builder);
    if (check_default_bypass(builder, err) != 0 || compile_groups(builder, err) != 0 ||
        compile_policy(builder, err) != 0 || compile_sets(builder, err) != 0 || compile_hosts(builder, err) != 0 ||
        compile_addrs(builder, err) != 0)
        return -1;
    return put_file(builder, label, err);
}

int
compile_table(struct buf *ret, struct table *table, const struct policy *policy, struct err *err)
{
    struct builder builder = {.table = table, .policy = policy};
    builder.bypass = policy->bypass != 0 ? policy->bypass : VERB_BYPASS_USUAL;
    builder.arena = arena_new(COMPILE_MEMORY_MAX);
    if (builder.arena == NULL)
        return err_set(err, ERR_MEM, "no memory to compile");
    for (unsigned i = 0; i < SECTION_COUNT; i++)
        buf_init(&builder.section[i], SECTION_BYTES_MAX);
    table_sort(table);
    struct buf out;
    buf_init(&out, IMAGE_MAX);
    builder.out = &out;
    int result = build(&builder, err);
    for (unsigned i = 0; i < SECTION_COUNT; i++)
        buf_clear(&builder.section[i]);
    arena_free(builder.arena);
    if (result != 0) {
        buf_clear(&out);
        return -1;
    }
    *ret = out;
    return 0;
}

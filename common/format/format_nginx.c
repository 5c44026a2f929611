// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * format_nginx.c - the format `nginx`: a map of hosts and a geo block of addresses.
 *
 * nginx looks for the whole name, then for the wildcard of the closest parent, then it tries the expressions in their
 * order. A plain entry is written as such if that changes nothing: no expression before it in the list may say
 * otherwise about one of its names. Of plain entries the closest is the first of the list.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "export/export_addrs.h"
#include "export/export_build.h"
#include "export/export_names.h"
#include "format_write.h"

/* A longer name does not fit into nginx's usual map_hash_bucket_size of 64 bytes. */
#define PLAIN_MAX 46

/* ---- names ---- */

struct order {
    const struct export_names *names;
    size_t *expressions; /* entries that are written as such, in order */
    size_t count;
};

static bool
is_plain(const struct order *order, const struct export_name *entry)
{
    if (entry->kind > PATTERN_UNDER || entry->len > PLAIN_MAX)
        return false;
    for (size_t i = 0; i < order->count; i++) {
        const struct export_name *before = &order->names->item[order->expressions[i]];
        if (before->selected != entry->selected && export_name_meets(before, entry->text, entry->len))
            return false;
    }
    return true;
}

/* Words that mean something else in a map. */
static bool
is_parameter(const char *text)
{
    static const char *const words[] = {"default", "hostnames", "include", "volatile"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(text, words[i]) == 0)
            return true;
    }
    return false;
}

static int
write_names(struct buf *out, struct export_job *job, const struct export_names *names, struct err *err)
{
    struct order order = {.names = names};
    order.expressions = arena_array(job->arena, names->count + 1, sizeof *order.expressions);
    if (order.expressions == NULL)
        return err_set(err, ERR_MEM, "no memory for the names of an export");
    buf_add_fmt(out, "map $%s_host $%s {\n    hostnames;\n    default 0;\n", export_name_of(job), export_name_of(job));
    for (size_t i = 0; i < names->count; i++) {
        const struct export_name *entry = &names->item[i];
        if (!is_plain(&order, entry))
            order.expressions[order.count++] = i;
        else
            buf_add_fmt(out, "    %s%s %d;\n", is_parameter(entry->text) ? "\\" : "", entry->text, entry->selected);
    }
    for (size_t i = 0; i < order.count; i++) {
        const struct export_name *entry = &names->item[order.expressions[i]];
        buf_add_text(out, "    ~*");
        export_name_expression(out, entry);
        buf_add_fmt(out, " %d;\n", entry->selected);
    }
    buf_add_text(out, "}\n");
    return 0;
}

/* ---- addresses ---- */

static void
add_prefix(void *arg, const struct prefix *prefix)
{
    char text[PREFIX_TEXT_MAX];
    prefix_format(text, prefix);
    buf_add_fmt(arg, "    %s 1;\n", text);
}

static void
write_addresses(struct buf *out, const struct export_job *job, const struct export_ranges *ranges)
{
    buf_add_fmt(out, "geo $server_addr $%s_address {\n    default 0;\n", export_name_of(job));
    for (size_t i = 0; i < ranges->count; i++)
        export_each_prefix(&ranges->item[i], add_prefix, out);
    buf_add_text(out, "}\n");
}

int
format_write_nginx(struct export_job *job, struct buf *out, struct err *err)
{
    struct export_names names;
    struct export_ranges ranges;
    if (export_names_for(&names, job, EXPORT_CAN_GLOB | EXPORT_CAN_REGEX | EXPORT_CAN_EXCEPT, err) != 0 ||
        export_addrs_at(&ranges, job, export_port(job), err) != 0 || write_names(out, job, &names, err) != 0)
        return -1;
    write_addresses(out, job, &ranges);
    return 0;
}

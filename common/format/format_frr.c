// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * format_frr.c - the formats `frr` and `cisco`: prefix lists, community lists and a route map. Both devices share the
 * language but for a few words.
 */
#include "base/buf.h"
#include "export/export_build.h"
#include "format_routes.h"
#include "format_write.h"

/* Where the two differ. */
struct dialect {
    const char *community_list; /* what its line begins with */
    const char *end;            /* what ends an entry of a route map */
};

static void
add_prefixes(struct buf *out, const struct route_list *list, bool v6)
{
    unsigned number = 0;
    char text[PREFIX_TEXT_MAX];
    buf_add_fmt(out, "no %s prefix-list %s_%s\n", v6 ? "ipv6" : "ip", list->name, v6 ? "v6" : "v4");
    for (size_t i = 0; i < list->count; i++) {
        const struct prefix *prefix = &list->prefixes[i];
        unsigned most = v6 ? 128 : 32;
        if (prefix->addr.v6 != v6)
            continue;
        prefix_format(text, prefix);
        buf_add_fmt(out, "%s prefix-list %s_%s seq %u permit %s", v6 ? "ipv6" : "ip", list->name, v6 ? "v6" : "v4",
                    number += 5, text);
        if (prefix->len < most)
            buf_add_fmt(out, " le %u", most);
        buf_add_char(out, '\n');
    }
}

static void
add_list(struct buf *out, const struct dialect *dialect, const struct route_list *list)
{
    buf_add_fmt(out, "!\n! %s\n", list->title);
    for (int v6 = 0; v6 < 2; v6++) {
        if (format_has_routes(list, v6))
            add_prefixes(out, list, v6);
    }
    if (list->community != NULL)
        buf_add_fmt(out, "%s standard %s permit %s\n", dialect->community_list, list->name, list->community);
}

static void
add_map(struct buf *out, const struct dialect *dialect, const struct export_job *job, const struct route_lists *lists)
{
    unsigned number = 0;
    buf_add_text(out, "!\n");
    for (size_t i = 0; i < lists->count; i++) {
        const struct route_list *list = &lists->item[i];
        for (int v6 = 0; v6 < 2; v6++) {
            if (!format_has_routes(list, v6))
                continue;
            buf_add_fmt(out, "route-map %s_import permit %u\n match %s address prefix-list %s_%s\n",
                        export_name_of(job), number += 10, v6 ? "ipv6" : "ip", list->name, v6 ? "v6" : "v4");
            if (list->community != NULL)
                buf_add_fmt(out, " match community %s\n", list->name);
            buf_add_text(out, dialect->end);
        }
    }
}

static int
write(struct export_job *job, struct buf *out, const struct dialect *dialect, struct err *err)
{
    struct route_lists lists;
    if (format_routes(&lists, job, err) != 0)
        return -1;
    for (size_t i = 0; i < lists.count; i++)
        add_list(out, dialect, &lists.item[i]);
    add_map(out, dialect, job, &lists);
    return 0;
}

int
format_write_frr(struct export_job *job, struct buf *out, struct err *err)
{
    static const struct dialect dialect = {"bgp community-list", "exit\n!\n"};
    return write(job, out, &dialect, err);
}

int
format_write_cisco(struct export_job *job, struct buf *out, struct err *err)
{
    static const struct dialect dialect = {"ip community-list", "!\n"};
    buf_add_text(out, "ip bgp-community new-format\n");
    return write(job, out, &dialect, err);
}

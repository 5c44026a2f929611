// SPDX-License-Identifier: GPL-2.0-or-later
/* format_bird.c - the format `bird`: prefix sets and filters for BIRD 2, to be included. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "export/export_build.h"
#include "format_routes.h"
#include "format_write.h"

static void
add_set(struct buf *out, const struct route_list *list, bool v6)
{
    const char *between = "";
    char text[PREFIX_TEXT_MAX];
    buf_add_fmt(out, "\n# %s%s%s\ndefine %s_%s = [", list->title, list->community == NULL ? "" : ", BGP community ",
                list->community == NULL ? "" : list->community, list->name, v6 ? "v6" : "v4");
    for (size_t i = 0; i < list->count; i++) {
        if (list->prefixes[i].addr.v6 != v6)
            continue;
        prefix_format(text, &list->prefixes[i]);
        buf_add_fmt(out, "%s\n    %s+", between, text);
        between = ",";
    }
    buf_add_text(out, "\n];\n");
}

static void
add_term(struct buf *out, const struct route_list *list, bool v6)
{
    buf_add_text(out, "    if ");
    if (list->community != NULL)
        buf_add_fmt(out, "(%.*s,%s) ~ bgp_community && ", (int)strcspn(list->community, ":"), list->community,
                    strchr(list->community, ':') + 1);
    buf_add_fmt(out, "net ~ %s_%s then accept;\n", list->name, v6 ? "v6" : "v4");
}

static void
add_filter(struct buf *out, const struct export_job *job, const struct route_lists *lists, bool v6)
{
    buf_add_fmt(out, "\nfilter %s_import_%s {\n", export_name_of(job), v6 ? "v6" : "v4");
    for (size_t i = 0; i < lists->count; i++) {
        if (format_has_routes(&lists->item[i], v6))
            add_term(out, &lists->item[i], v6);
    }
    buf_add_text(out, "    reject;\n}\n");
}

int
format_write_bird(struct export_job *job, struct buf *out, struct err *err)
{
    struct route_lists lists;
    if (format_routes(&lists, job, err) != 0)
        return -1;
    for (size_t i = 0; i < lists.count; i++) {
        for (int v6 = 0; v6 < 2; v6++) {
            if (format_has_routes(&lists.item[i], v6))
                add_set(out, &lists.item[i], v6);
        }
    }
    add_filter(out, job, &lists, false);
    add_filter(out, job, &lists, true);
    return 0;
}

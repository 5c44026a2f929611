// SPDX-License-Identifier: GPL-2.0-or-later
/* format_junos.c - the format `junos`: prefix lists, communities and a policy statement, for `load replace`. */
#include "base/buf.h"
#include "export/export_build.h"
#include "format_routes.h"
#include "format_write.h"

static void
add_prefixes(struct buf *out, const struct route_list *list)
{
    char text[PREFIX_TEXT_MAX];
    if (list->count == 0)
        return;
    buf_add_fmt(out, "    /* %s */\n    replace: prefix-list %s {\n", list->title, list->name);
    for (size_t i = 0; i < list->count; i++) {
        prefix_format(text, &list->prefixes[i]);
        buf_add_fmt(out, "        %s;\n", text);
    }
    buf_add_text(out, "    }\n");
}

static void
add_term(struct buf *out, const struct route_list *list)
{
    if (list->count == 0)
        return;
    buf_add_fmt(out, "        term %s {\n            from {\n", list->name);
    if (list->community != NULL)
        buf_add_fmt(out, "                community %s;\n", list->name);
    buf_add_fmt(out,
                "                prefix-list-filter %s orlonger;\n            }\n            then accept;\n        }\n",
                list->name);
}

int
format_write_junos(struct export_job *job, struct buf *out, struct err *err)
{
    struct route_lists lists;
    if (format_routes(&lists, job, err) != 0)
        return -1;
    buf_add_text(out, "\npolicy-options {\n");
    for (size_t i = 0; i < lists.count; i++)
        add_prefixes(out, &lists.item[i]);
    buf_add_fmt(out, "    replace: policy-statement %s_import {\n", export_name_of(job));
    for (size_t i = 0; i < lists.count; i++)
        add_term(out, &lists.item[i]);
    buf_add_text(out, "        term rest {\n            then next policy;\n        }\n    }\n");
    for (size_t i = 0; i < lists.count; i++) {
        if (lists.item[i].count > 0 && lists.item[i].community != NULL)
            buf_add_fmt(out, "    replace: community %s {\n        members %s;\n    }\n", lists.item[i].name,
                        lists.item[i].community);
    }
    buf_add_text(out, "}\n");
    return 0;
}

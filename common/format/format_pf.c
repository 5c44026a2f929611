// SPDX-License-Identifier: GPL-2.0-or-later
/* format_pf.c - the format `pf`: a table for each group of ports and the rules that pass them, for an anchor of pf. */
#include "base/buf.h"
#include "export/export_addrs.h"
#include "export/export_build.h"
#include "format_write.h"

static void
add_one(void *arg, const struct prefix *prefix)
{
    char text[PREFIX_TEXT_MAX];
    prefix_format(text, prefix);
    buf_add_fmt(arg, " \\\n    %s", text);
}

int
format_write_pf(struct export_job *job, struct buf *out, struct err *err)
{
    struct export_services services;
    char name[EXPORT_SET_NAME_MAX];
    if (export_services(&services, job, err) != 0)
        return -1;
    for (size_t i = 0; i < services.count; i++) {
        export_set_name(name, job, &services.item[i], "");
        buf_add_fmt(out, "\ntable <%s> const {", name);
        export_each_of(&services.item[i], false, add_one, out);
        export_each_of(&services.item[i], true, add_one, out);
        buf_add_text(out, " \\\n}\n");
    }
    buf_add_char(out, '\n');
    for (size_t i = 0; i < services.count; i++) {
        export_set_name(name, job, &services.item[i], "");
        buf_add_fmt(out, "pass out quick proto %s to <%s> port { ", services.item[i].udp ? "udp" : "tcp", name);
        export_add_ports(out, &services.item[i].ports, ", ", ":");
        buf_add_text(out, " }\n");
    }
    return 0;
}

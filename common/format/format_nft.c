// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * format_nft.c - the format `nft`: sets of addresses and a chain that accepts them, for nft -f.
 *
 * Everything is in one table, which may be one of yours (--name). Loading the file again replaces the sets and the
 * chain in one transaction and touches nothing else of that table.
 */
#include "base/buf.h"
#include "export/export_addrs.h"
#include "export/export_build.h"
#include "format_write.h"

static const bool families[] = {false, true};

static void
add_element(void *arg, const struct prefix *prefix)
{
    char text[PREFIX_TEXT_MAX];
    prefix_format(text, prefix);
    buf_add_fmt(arg, "            %s,\n", text);
}

static void
add_set(struct buf *out, const char *name, const struct export_service *service, bool v6, bool filled)
{
    buf_add_fmt(out, "    set %s {\n        type %s\n        flags interval\n", name, v6 ? "ipv6_addr" : "ipv4_addr");
    if (filled) {
        buf_add_text(out, "        elements = {\n");
        export_each_of(service, v6, add_element, out);
        buf_add_text(out, "        }\n");
    }
    buf_add_text(out, "    }\n");
}

static void
add_rule(struct buf *out, const char *name, const struct export_service *service, bool v6)
{
    buf_add_fmt(out, "        %s daddr @%s %s dport { ", v6 ? "ip6" : "ip", name, service->udp ? "udp" : "tcp");
    export_add_ports(out, &service->ports, ", ", "-");
    buf_add_text(out, " } accept\n");
}

enum part { PART_DECLARE, PART_FLUSH, PART_FILL, PART_RULES };

static void
add_part(struct buf *out, const struct export_job *job, const struct export_services *services, enum part part)
{
    for (size_t i = 0; i < services->count; i++) {
        for (size_t f = 0; f < 2; f++) {
            char name[EXPORT_SET_NAME_MAX];
            const struct export_service *service = &services->item[i];
            if (!export_has_family(service, families[f]))
                continue;
            export_set_name(name, job, service, families[f] ? "_v6" : "_v4");
            if (part == PART_FLUSH)
                buf_add_fmt(out, "flush set inet %s %s\n", export_name_of(job), name);
            else if (part == PART_RULES)
                add_rule(out, name, service, families[f]);
            else
                add_set(out, name, service, families[f], part == PART_FILL);
        }
    }
}

int
format_write_nft(struct export_job *job, struct buf *out, struct err *err)
{
    struct export_services services;
    const char *table = export_name_of(job);
    if (export_services(&services, job, err) != 0)
        return -1;
    buf_add_fmt(out, "\n# Load it with nft -f, and jump to the chain %s_allow from a chain of this table.\n", table);
    buf_add_fmt(out, "table inet %s {\n", table);
    add_part(out, job, &services, PART_DECLARE);
    buf_add_fmt(out, "    chain %s_allow {\n    }\n}\n", table);
    add_part(out, job, &services, PART_FLUSH);
    buf_add_fmt(out, "flush chain inet %s %s_allow\ntable inet %s {\n", table, table, table);
    add_part(out, job, &services, PART_FILL);
    buf_add_fmt(out, "    chain %s_allow {\n", table);
    add_part(out, job, &services, PART_RULES);
    buf_add_text(out, "    }\n}\n");
    return 0;
}

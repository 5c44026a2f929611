// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * format_iptables.c - the format `iptables`, for iptables-restore and ip6tables-restore with --noflush: one chain,
 * which is emptied and filled in one step. Lines that begin with -4 or -6 are skipped by the restore of the other
 * family.
 */
#include "base/buf.h"
#include "export/export_addrs.h"
#include "export/export_build.h"
#include "format_write.h"

#define MULTIPORT_MAX 15 /* numbers that the match multiport takes; a range counts as two */

struct writing {
    struct buf *out;
    const char *chain;
    const struct export_service *service;
    struct ports ports; /* as many as one rule takes */
};

static void
add_rule(void *arg, const struct prefix *prefix)
{
    const struct writing *writing = arg;
    char text[PREFIX_TEXT_MAX];
    prefix_format(text, prefix);
    buf_add_fmt(writing->out, "-%d -A %s_allow -d %s -p %s -m multiport --dports ", prefix->addr.v6 ? 6 : 4,
                writing->chain, text, writing->service->udp ? "udp" : "tcp");
    export_add_ports(writing->out, &writing->ports, ",", ":");
    buf_add_text(writing->out, " -j ACCEPT\n");
}

/* Cuts the ports into pieces that fit. */
static void
add_service(struct writing *writing)
{
    const struct ports *all = &writing->service->ports;
    for (uint32_t from = 0, to; from < all->count; from = to) {
        unsigned used = 0;
        for (to = from; to < all->count; to++) {
            used += all->range[to].low == all->range[to].high ? 1 : 2;
            if (used > MULTIPORT_MAX)
                break;
        }
        writing->ports = (struct ports){all->range + from, to - from};
        export_each_of(writing->service, false, add_rule, writing);
        export_each_of(writing->service, true, add_rule, writing);
    }
}

int
format_write_iptables(struct export_job *job, struct buf *out, struct err *err)
{
    struct export_services services;
    struct writing writing = {.out = out, .chain = export_name_of(job)};
    if (export_services(&services, job, err) != 0)
        return -1;
    buf_add_fmt(out,
                "\n# iptables-restore --noflush FILE; ip6tables-restore --noflush FILE\n"
                "# Then jump to the chain %s_allow from a chain of yours.\n*filter\n:%s_allow - [0:0]\n",
                writing.chain, writing.chain);
    for (size_t i = 0; i < services.count; i++) {
        writing.service = &services.item[i];
        add_service(&writing);
    }
    buf_add_text(out, "COMMIT\n");
    return 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * format_firewalld.c - the format `firewalld`: a policy, which is one file below /etc/firewalld/policies. It accepts
 * what the host itself and everything behind it send out to these addresses and ports.
 */
#include "base/buf.h"
#include "export/export_addrs.h"
#include "export/export_build.h"
#include "format_write.h"

struct writing {
    struct buf *out;
    const struct export_service *service;
};

static void
add_rules(void *arg, const struct prefix *prefix)
{
    const struct writing *writing = arg;
    char text[PREFIX_TEXT_MAX];
    prefix_format(text, prefix);
    for (uint32_t i = 0; i < writing->service->ports.count; i++) {
        const struct ports one = {&writing->service->ports.range[i], 1};
        buf_add_fmt(writing->out, "  <rule family=\"%s\"><destination address=\"%s\"/><port port=\"",
                    prefix->addr.v6 ? "ipv6" : "ipv4", text);
        export_add_ports(writing->out, &one, "", "-");
        buf_add_fmt(writing->out, "\" protocol=\"%s\"/><accept/></rule>\n", writing->service->udp ? "udp" : "tcp");
    }
}

int
format_write_firewalld(struct export_job *job, struct buf *out, struct err *err)
{
    struct export_services services;
    if (export_services(&services, job, err) != 0)
        return -1;
    buf_add_text(out, "<policy target=\"CONTINUE\">\n"
                      "  <short>Microsoft 365</short>\n"
                      "  <ingress-zone name=\"ANY\"/>\n"
                      "  <egress-zone name=\"ANY\"/>\n");
    for (size_t i = 0; i < services.count; i++) {
        struct writing writing = {out, &services.item[i]};
        export_each_of(writing.service, false, add_rules, &writing);
        export_each_of(writing.service, true, add_rules, &writing);
    }
    buf_add_text(out, "</policy>\n");
    return 0;
}

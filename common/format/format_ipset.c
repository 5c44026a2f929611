// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * format_ipset.c - the format `ipset`, for `ipset restore -!`: a set for each group of ports and family. Each is filled
 * under another name and swapped, so that rules never see half a set. The file cannot know of sets that went since the
 * last one: they are emptied with the commands of m365-export(7).
 */
#include "base/buf.h"
#include "base/err.h"
#include "export/export_addrs.h"
#include "export/export_build.h"
#include "format_write.h"

struct filling {
    struct buf *out;
    const char *name;
    size_t count;
};

static void
count_one(void *arg, const struct prefix *prefix)
{
    struct filling *filling = arg;
    filling->count += prefix->len == 0 ? 2 : 1;
}

/* A set of networks cannot hold a prefix of length 0, so it becomes two halves. */
static void
add_one(void *arg, const struct prefix *prefix)
{
    const struct filling *filling = arg;
    char text[PREFIX_TEXT_MAX];
    struct prefix half = *prefix;
    half.len = prefix->len == 0 ? 1 : prefix->len;
    prefix_format(text, &half);
    buf_add_fmt(filling->out, "add %s_n %s\n", filling->name, text);
    if (prefix->len != 0)
        return;
    half.addr.bytes[0] = 0x80;
    prefix_format(text, &half);
    buf_add_fmt(filling->out, "add %s_n %s\n", filling->name, text);
}

static void
add_set(struct buf *out, const char *name, const struct export_service *service, bool v6)
{
    struct filling filling = {out, name, 0};
    export_each_of(service, v6, count_one, &filling);
    size_t most = filling.count < 65536 ? 65536 : filling.count;
    buf_add_fmt(out, "\n# %s, %s ports ", v6 ? "IPv6" : "IPv4", service->udp ? "UDP" : "TCP");
    export_add_ports(out, &service->ports, ",", "-");
    for (size_t i = 0; i < 2; i++)
        buf_add_fmt(out, "\ncreate %s%s hash:net family %s maxelem %zu", name, i == 0 ? "" : "_n",
                    v6 ? "inet6" : "inet", most);
    buf_add_fmt(out, "\nflush %s_n\n", name);
    export_each_of(service, v6, add_one, &filling);
    buf_add_fmt(out, "swap %s_n %s\ndestroy %s_n\n", name, name, name);
}

int
format_write_ipset(struct export_job *job, struct buf *out, struct err *err)
{
    struct export_services services;
    char name[EXPORT_SET_NAME_MAX];
    if (export_services(&services, job, err) != 0)
        return -1;
    for (size_t i = 0; i < services.count; i++) {
        for (int v6 = 0; v6 < 2; v6++) {
            export_set_name(name, job, &services.item[i], v6 ? "_v6" : "_v4");
            if (export_has_family(&services.item[i], v6))
                add_set(out, name, &services.item[i], v6);
        }
    }
    return 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* export_service.c - what the formats of address sets share when they print them. Part of export_addrs.h. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/digest.h"
#include "export_addrs.h"
#include "export_build.h"

bool
export_has_family(const struct export_service *service, bool v6)
{
    const struct export_ranges *ranges = &service->ranges;
    /* IPv4 comes first. */
    return ranges->count > 0 && ranges->item[v6 ? ranges->count - 1 : 0].first.v6 == v6;
}

void
export_each_of(const struct export_service *service, bool v6, void (*fn)(void *arg, const struct prefix *prefix),
               void *arg)
{
    for (size_t i = 0; i < service->ranges.count; i++) {
        if (service->ranges.item[i].first.v6 == v6)
            export_each_prefix(&service->ranges.item[i], fn, arg);
    }
}

void
export_add_ports(struct buf *out, const struct ports *ports, const char *between, const char *to)
{
    for (uint32_t i = 0; i < ports->count; i++) {
        const struct port_range *range = &ports->range[i];
        buf_add_fmt(out, "%s%u", i == 0 ? "" : between, range->low);
        if (range->high != range->low)
            buf_add_fmt(out, "%s%u", to, range->high);
    }
}

/* Ports in a name: `80_443`, `3478to3481`; a digest of that if it is longer than `most`. No name of ports has a letter
 * first, so the two are never the same. */
static void
name_ports(char ret[EXPORT_SET_NAME_MAX], const struct ports *ports, size_t most)
{
    char digest[DIGEST_TEXT_MAX];
    struct buf text;
    buf_init(&text, 1 << 20);
    export_add_ports(&text, ports, "_", "to");
    digest_pair(digest, text.data, text.len, NULL, 0);
    if (text.len <= most && buf_ok(&text))
        snprintf(ret, EXPORT_SET_NAME_MAX, "%.*s", (int)text.len, (const char *)text.data);
    else
        snprintf(ret, EXPORT_SET_NAME_MAX, "p%.8s", digest);
    buf_clear(&text);
}

void
export_set_name(char ret[EXPORT_SET_NAME_MAX], const struct export_job *job, const struct export_service *service,
                const char *ending)
{
    static const char most[] = "_tcp__v4_n"; /* what ipset adds to name and ports while it fills a set */
    const char *name = export_name_of(job);
    char ports[EXPORT_SET_NAME_MAX], text[EXPORT_SET_NAME_MAX + sizeof ports] = "";
    name_ports(ports, &service->ports, EXPORT_SET_NAME_MAX - sizeof most - strlen(name));
    snprintf(text, sizeof text, "%.12s_%s_%s%.3s", name, service->udp ? "udp" : "tcp", ports, ending);
    memcpy(ret, text, EXPORT_SET_NAME_MAX);
}

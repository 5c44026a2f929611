// SPDX-License-Identifier: GPL-2.0-or-later
/* export_service.c - what the formats of address sets share when they print them. Part of export_addrs.h. */
#include <stdio.h>

#include "base/buf.h"
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

void
export_set_name(char ret[EXPORT_SET_NAME_MAX], const struct export_job *job, const struct export_services *services,
                size_t index, const char *ending)
{
    bool udp = services->item[index].udp;
    unsigned number = 0;
    for (size_t i = 0; i <= index; i++)
        number += services->item[i].udp == udp ? 1 : 0;
    snprintf(ret, EXPORT_SET_NAME_MAX, "%s_%s%u%s", export_name_of(job), udp ? "udp" : "tcp", number, ending);
}

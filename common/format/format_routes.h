/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * format_routes.h - lists of prefixes for routers: one for each service area, with its BGP community, or Microsoft's
 * public prefixes as a whole.
 *
 * Private to room format, above export_addrs.h; bird, frr, cisco and junos print them.
 */
#ifndef COMMON_FORMAT_ROUTES_H
#define COMMON_FORMAT_ROUTES_H

#include <stdbool.h>
#include <stddef.h>

#include "name/addr.h"

struct err;
struct export_job;

#define ROUTE_NAME_MAX 48

struct route_list {
    char name[ROUTE_NAME_MAX]; /* `m365_exchange`: lower case, letters, digits and `_` */
    const char *title;         /* `Exchange Online` */
    const char *community;     /* `12076:5010`, or NULL */
    struct prefix *prefixes;   /* ascending, IPv4 first: the shortest list of exactly the selected addresses */
    size_t count, room;
};

struct route_lists {
    struct route_list *item;
    size_t count, room;
};

/*
 * The lists. Published areas without prefixes, and local lines, have an empty one, since a device may still hold what
 * an older export had. Notes Microsoft's caution against filters of this kind for the header. With --supernets the
 * prefixes are those of the CSV, and there is one list. -1 as export_services(), or as also_read().
 */
int format_routes(struct route_lists *ret, struct export_job *job, struct err *err);

/* True if a list has prefixes of this family. */
bool format_has_routes(const struct route_list *list, bool v6);

#endif

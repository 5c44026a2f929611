/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * export_addrs.h - the addresses that are selected, for each group of ports.
 *
 * Private to room export, above export_build.h. Exporters for firewalls and routers print the ranges or the prefixes
 * that make them up.
 */
#ifndef COMMON_EXPORT_ADDRS_H
#define COMMON_EXPORT_ADDRS_H

#include <stdbool.h>
#include <stddef.h>

#include "name/addr.h"
#include "name/ports.h"

struct arena;
struct buf;
struct err;
struct export_job;

struct export_range {
    struct addr first, last;
};

/* Ranges ascend, IPv4 first, and do not touch. */
struct export_ranges {
    struct export_range *item;
    size_t count, room;
};

struct export_service {
    bool udp;
    struct ports ports;
    struct export_ranges ranges;
};

struct export_services {
    struct export_service *item;
    size_t count, room;
};

/*
 * The addresses that are selected, in groups of ports with the same addresses, TCP first. For TCP it is the verdict on
 * the address alone; for UDP, about which no verdict speaks, the same rules among the lines that have UDP ports. -1
 * with ERR_MEM or ERR_LIMIT.
 */
int export_services(struct export_services *ret, struct export_job *job, struct err *err);

/* The addresses that are selected at one TCP port. -1 with ERR_MEM. */
int export_addrs_at(struct export_ranges *ret, struct export_job *job, uint16_t port, struct err *err);

/* All addresses of all services together. -1 with ERR_MEM. */
int export_union(struct export_ranges *ret, const struct export_services *services, struct arena *arena,
                 struct err *err);

/* Calls fn for each prefix of the shortest list that is exactly this range, in order. */
void export_each_prefix(const struct export_range *range, void (*fn)(void *arg, const struct prefix *prefix),
                        void *arg);

/* ---- for printing (export_service.c) ---- */

/* True if a service has addresses of this family. */
bool export_has_family(const struct export_service *service, bool v6);

/* Calls fn for each prefix of one family, in order. */
void export_each_of(const struct export_service *service, bool v6, void (*fn)(void *arg, const struct prefix *prefix),
                    void *arg);

/* Appends ports with `between` between two of them and `to` inside a range, as in `80, 443, 50000-59999`. */
void export_add_ports(struct buf *out, const struct ports *ports, const char *between, const char *to);

/*
 * What a set of a service is called: `m365_tcp_80_443_v4`, or `m365_tcp_p1f0a93c2_v4` if the ports are too many for 31
 * bytes: the name belongs to protocol and ports alone. So a name that an administrator uses in rules never comes to
 * mean other ports when the table changes. `ending` has at most three bytes.
 */
#define EXPORT_SET_NAME_MAX 32
void export_set_name(char ret[EXPORT_SET_NAME_MAX], const struct export_job *job, const struct export_service *service,
                     const char *ending);

#endif

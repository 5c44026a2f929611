/* SPDX-License-Identifier: GPL-2.0-or-later */
/* course_hosts.h - asks a file of hosts(5) for addresses and names. Private to room course; hosts_read() is in
 * course.h. */
#ifndef COMMON_COURSE_HOSTS_H
#define COMMON_COURSE_HOSTS_H

#include <stdbool.h>

struct addr;
struct hosts;

/* The address of a name, without regard to case. False: not known. As in Squid the last line with a name counts, and
 * with it a name has one address (src/ipcache.cc, ipcacheAddEntryFromHosts). */
bool hosts_address(const struct hosts *hosts, const char *name, struct addr *ret);

/* Whether a name has an address. A name that is not in the file: not known. */
enum known { KNOWN_NOT, KNOWN_NO, KNOWN_YES };
enum known hosts_have(const struct hosts *hosts, const char *name, const struct addr *addr);

/* What is known about the name of an address. */
enum reverse { REVERSE_UNKNOWN, REVERSE_NONE, REVERSE_NAME };
enum reverse hosts_name(const struct hosts *hosts, const struct addr *addr, const char **ret);

#endif

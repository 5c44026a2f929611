/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * traffic_place.h - how far the logs were looked through, and which logs these were.
 *
 *     STATE/evidence/place:
 *         until 1796083200             all lines before this moment (seconds since 1970) are in the files of the days
 *         log /var/log/squid/access.log*
 *
 * Where it sits: private to room traffic. Days without a line may have no file, so that the names of the files alone do
 * not say where to go on. A file that is damaged counts as none.
 */
#ifndef COMMON_TRAFFIC_PLACE_H
#define COMMON_TRAFFIC_PLACE_H

#include <stdbool.h>
#include <stdint.h>

struct conf;
struct err;
struct traffic_folder;

struct traffic_place {
    int64_t until; /* 0: not known */
    bool known;    /* the logs are known */
    bool added;    /* the configuration has logs that were not looked through */
    bool same;     /* it has exactly those that were */
};

/* Reads the file. Without a configuration only `until` is of use. -1 with ERR_IO or ERR_MEM. */
int traffic_place_read(struct traffic_place *ret, const struct traffic_folder *folder, const struct conf *conf,
                       struct err *err);

/* Writes it with the logs of the configuration, as a file of a day is written. -1 with ERR_IO or ERR_MEM. */
int traffic_place_write(const struct traffic_folder *folder, int64_t until, const struct conf *conf, struct err *err);

#endif

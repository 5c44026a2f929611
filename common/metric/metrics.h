/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * metrics.h - everything that monitoring may ask about one proxy, as text for Prometheus.
 *
 *     state folder --> health --+
 *     run folder ----> tally ---+--> metrics --> text
 *     exports of m365.conf -----+
 *
 * Where it sits: room metric, above store, follow and counter. Names and meanings are in squid-m365(7), alert rules in
 * conf/monitoring. A fleet is compared there, by a query, and not here.
 */
#ifndef COMMON_METRICS_H
#define COMMON_METRICS_H

#include <stdbool.h>
#include <stdint.h>

struct buf;
struct conf;
struct err;
struct listener;
struct state;

#define METRICS_MAX ((size_t)16 << 20) /* bytes of the text */

struct metrics {
    const struct conf *conf;
    struct state *state;             /* opened for reading */
    const struct listener *listener; /* hears what is wrong with the files of helpers, and with exports */
    const char *folder;              /* where the helpers count */
    int64_t now;                     /* seconds since 1970 */
    bool open;                       /* OpenMetrics instead of Prometheus' own text */
};

/*
 * Appends all metrics. What does not exist has no line, such as a table before the first publish. 0; -1 if the folder
 * of the helpers is there and cannot be read: the text is whole all the same, without their metrics. Cost: as
 * health_look(), tally_read(), and for each `export` of the configuration a compilation of the table.
 */
int metrics_add(struct buf *out, const struct metrics *metrics, struct err *err);

#endif

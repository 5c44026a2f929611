/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * metric_text.h - metrics out: families, labels and values in the text format of Prometheus, or in OpenMetrics.
 *
 *     metric_family(text, METRIC_COUNTER, "m365_helper_lines", "lines ...");
 *     metric_value(text, 42, (struct metric_label[]){{"program", "ext_m365_acl"}}, 1);
 *
 *     # HELP m365_helper_lines_total lines ...
 *     # TYPE m365_helper_lines_total counter
 *     m365_helper_lines_total{program="ext_m365_acl"} 42
 *
 * Where it sits: room metric, private. Which metrics there are is in metrics.c. Formats: "Exposition formats" of
 * Prometheus (text 0.0.4) and OpenMetrics 1.0, which differ in the names of families and in the last line.
 */
#ifndef COMMON_METRIC_TEXT_H
#define COMMON_METRIC_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

enum metric_type {
    METRIC_GAUGE,
    METRIC_COUNTER, /* its samples end in _total */
    METRIC_INFO,    /* its samples end in _info, and are 1 */
};

struct metric_text {
    struct buf *out;
    bool open; /* OpenMetrics */
    const char *name;
    enum metric_type type;
};

struct metric_label {
    const char *name, *value;
};

/* Begins a family. `name` is without _total and _info. Its samples follow at once. */
void metric_family(struct metric_text *text, enum metric_type type, const char *name, const char *help);

/* One sample of it. Whatever bytes a label's value has, the line stays one and valid UTF-8. */
void metric_value(struct metric_text *text, int64_t value, const struct metric_label *labels, size_t count);

/* A family of one sample without labels. */
void metric_single(struct metric_text *text, enum metric_type type, const char *name, const char *help, int64_t value);

/* What comes after the last family. */
void metric_end(struct metric_text *text);

#endif

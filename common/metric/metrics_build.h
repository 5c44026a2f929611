/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * metrics_build.h - what metrics.c is made of.
 *
 * Where it sits: room metric, private.
 */
#ifndef COMMON_METRICS_BUILD_H
#define COMMON_METRICS_BUILD_H

#include "metric_text.h"

struct tally;

/* Adds what the helpers counted. NULL: nothing is counted, which is said. */
void metrics_add_helpers(struct metric_text *text, const struct tally *tally);

#endif

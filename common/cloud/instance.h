/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * instance.h - the instances of Microsoft 365: separate clouds, each with its own endpoint sets.
 *
 * Where it sits: room cloud. Which instances are in use is up to the configuration (conf.h), what they publish is in
 * the table.
 */
#ifndef COMMON_INSTANCE_H
#define COMMON_INSTANCE_H

#include <stdbool.h>

#define INSTANCE_COUNT 4

/* All of them in canonical spelling: Worldwide, China, USGovDoD, USGovGCCHigh. The first is used if none is named. */
extern const char *const instance_names[INSTANCE_COUNT];

/* The canonical spelling of a name in any case, as one of instance_names: equal instances are equal pointers. NULL if
 * there is no such instance. */
const char *instance_find(const char *name);

/* Whether this is how the rules of an instance name their source: its name in lower case. */
bool instance_is_source(const char *source);

#define INSTANCE_LOWER_MAX 33

/* The name in lower case, as file names have it: `usgovdod`. */
void instance_lower(char ret[INSTANCE_LOWER_MAX], const char *name);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * area.h - service areas: the parts of Microsoft 365 that publish endpoint sets.
 *
 * Where it sits: room cloud. Which areas are asked for is up to the configuration (conf.h). A table may have any
 * others.
 */
#ifndef COMMON_AREA_H
#define COMMON_AREA_H

#include <stddef.h>

#define AREA_COUNT 5

/* Those of the web service: Common, Exchange, SharePoint, Skype, MEM. */
extern const char *const area_names[AREA_COUNT];

/* What people call an area whose published name is another one: Teams. */
#define AREA_TEAMS "Teams"

/* The published name of the area that a person calls by this word: `Skype` for `Teams`. NULL for any other word. */
const char *area_published(const char *word, size_t len);

#endif

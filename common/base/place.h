/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * place.h - the folders this program was configured for.
 *
 * Where it sits: room base. What the folders contain is known to load.h, conf.h and state.h.
 */
#ifndef COMMON_PLACE_H
#define COMMON_PLACE_H

struct places {
    const char *state;  /* what was published: `current` */
    const char *config; /* what an administrator writes: m365.conf, local.d */
    const char *data;   /* what was shipped: tables and images */
};

/* As given to configure. */
extern const struct places places_default;

#endif

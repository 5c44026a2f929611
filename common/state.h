/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * state.h - where published images lie.
 *
 * Where it sits: floor 5. load.c asks it what to open when no source is named. Nothing is read or written here beyond
 * looking whether folders and links exist.
 */
#ifndef COMMON_STATE_H
#define COMMON_STATE_H

#include <limits.h>

struct err;

struct state_paths {
    const char *state;  /* holds current -> gen-N */
    const char *config; /* holds local.d */
    const char *data;   /* holds the shipped images */
};

/* The folders this program was configured for. */
extern const struct state_paths state_paths_default;

/*
 * The image to use when nothing is named: the published one; or the shipped one, if nothing was ever published (there
 * is no `current`) and there are no local rules in local.d. -1 with ERR_IO if local rules wait to be published, or
 * `current` cannot be looked at: the shipped table must not stand in for a policy.
 */
int state_default_image(char ret[PATH_MAX], const struct state_paths *paths, struct err *err);

#endif

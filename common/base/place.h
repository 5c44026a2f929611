/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * place.h - the folders this program was configured for, and the configuration that this process uses.
 *
 * A command that a sentence tells a person to run next must act on that configuration, not on the default one. Once
 * m365ctl knows it, it says so here, and every sentence writes `m365ctl approve%s` with place_option(). Helpers name no
 * configuration.
 *
 * Where it sits: room base. What the folders contain is known to load.h, conf.h and state.h.
 */
#ifndef COMMON_PLACE_H
#define COMMON_PLACE_H

struct buf;

struct places {
    const char *state;  /* what was published: `current` */
    const char *config; /* what an administrator writes: m365.conf, local.d */
    const char *data;   /* what was shipped: tables and images */
};

/* As given to configure. */
extern const struct places places_default;

/* What helpers count, while the machine runs. As given to configure. */
extern const char *const place_run;

/* This process uses the configuration at this path; NULL: the default one. Relative paths count from the current
 * folder. */
void place_use(const char *config);

/* This process does not know which configuration belongs to what it shows: sentences say ` -c FILE`. */
void place_use_unknown(void);

/* ` -c /srv/m365.conf`, quoted for a shell; "" for the default configuration. The two above change it. */
const char *place_option(void);

/* Appends one word of a command, such as a pattern, quoted for a shell. What no terminal should see is escaped. */
void place_add_word(struct buf *buf, const char *word);

#endif

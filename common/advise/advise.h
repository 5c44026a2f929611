/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * advise.h - findings about what a squid.conf does with requests, each with the line that decides and a correction.
 *
 *     squid.conf --> lines --> struct ruleset --> situations and their ends (outcome.h) --> those that must end
 * otherwise ^                                                                                |
 *                      '---- a correction, tried: read again, asked again <-----------------------------'
 *
 * Where it sits: room advise, above outcome and squidconf, whose doctor calls it. A correction is printed only if the
 * situations that it is for then end as they must, and no other one is worse; otherwise the finding says what to look
 * at. A correction changes whole lines: what it keeps of a line it keeps to the letter.
 */
#ifndef COMMON_ADVISE_H
#define COMMON_ADVISE_H

struct err;
struct ruleset;
struct squidconf;

struct advise_about {
    const char *path;                     /* the squid.conf */
    unsigned version;                     /* of Squid: 4 to 7 */
    void (*load)(struct ruleset *conf);   /* opens the tables of the helpers */
    void (*unload)(struct ruleset *conf); /* closes them */
};

/* A squidconf_examine (squidconf.h); `arg` is a struct advise_about. What Squid would refuse is one finding, and
 * nothing else is said then. Cost: outcome_find() once, and again for each correction that is tried: about
 * thirty at most for a finding. */
int advise_examine(void *arg, struct squidconf *conf, struct err *err);

#endif

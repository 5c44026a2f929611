/* SPDX-License-Identifier: GPL-2.0-or-later */
/* outcome_parts.h - the situations that parts of a configuration give rise to. Private to room outcome. */
#ifndef COMMON_OUTCOME_PARTS_H
#define COMMON_OUTCOME_PARTS_H

#include "outcome_build.h"

/* Those about a client of a port with the PROXY protocol that says it is another one. */
void build_proxied(struct build *build, const struct listener *listener);

#endif

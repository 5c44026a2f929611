// SPDX-License-Identifier: GPL-2.0-or-later
/* place.c - see place.h. */
#include "place.h"

const struct places places_default = {M365_STATEDIR, M365_CONFDIR, M365_PKGDATADIR};

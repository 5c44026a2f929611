// SPDX-License-Identifier: GPL-2.0-or-later
/* host_psl.c - which names have children that anybody may register. Part of host.h; the only file that includes
 * libpsl. */
#include <libpsl.h>

#include "host.h"

bool
host_is_public_suffix(const char *name)
{
    return psl_is_public_suffix(psl_builtin(), name) != 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* json_fuzz.c - the web service's JSON through the door of table.h: see fuzz.h. */
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_source("t-2025120100.json", data, size);
    return 0;
}

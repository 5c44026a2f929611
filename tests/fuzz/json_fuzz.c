// SPDX-License-Identifier: GPL-2.0-or-later
/* json_fuzz.c - arbitrary bytes as JSON of the web service, through table.h. See fuzz.h. */
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_source("t-2025120100.json", data, size);
    return 0;
}

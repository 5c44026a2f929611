// SPDX-License-Identifier: GPL-2.0-or-later
/* text_fuzz.c - arbitrary bytes as table text, through table.h. See fuzz.h. */
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_source("t.rules", data, size);
    return 0;
}

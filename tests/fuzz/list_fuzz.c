// SPDX-License-Identifier: GPL-2.0-or-later
/* list_fuzz.c - arbitrary bytes as a plain list, through table.h. See fuzz.h. */
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const specs[] = {"allow:p.txt", "inspect:p.txt", "default:p.txt", "domains:allow:p.txt"};
    for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++)
        fuzz_source(specs[i], data, size);
    return 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * list_fuzz.c - arbitrary bytes as a list, through table.h: of the format that its content tells, and of one that is
 * named. Which one depends on the length, so that an input costs no more than a few readings. See fuzz.h.
 */
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const told[] = {"allow:p.txt", "inspect:p.txt", "default:p.txt", "domains:allow:p.txt"};
    static const char *const named[] = {
        "bare:allow:p.txt",         "addresses:allow:p.txt",
        "edl:allow:p.txt",          "domains:hosts:allow:p.txt",
        "dnsmasq:allow:p.txt",      "adblock:allow:p.txt",
        "adblock:inspect:p.txt",    "clash:inspect:p.txt",
        "rpz:allow:p.txt",          "rpz:inspect:p.txt",
        "unbound:allow:p.txt",      "ipset:allow:p.txt",
        "ipset:inspect:p.txt#corp", "servicetags:allow:p.txt#AzureActiveDirectory",
    };
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
        fuzz_source(told[i], data, size);
    fuzz_source(named[size % (sizeof named / sizeof named[0])], data, size);
    return 0;
}

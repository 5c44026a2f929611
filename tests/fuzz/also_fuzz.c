// SPDX-License-Identifier: GPL-2.0-or-later
/* also_fuzz.c - arbitrary bytes as one of Microsoft's other address lists, through also.h. See fuzz.h. */
#include "also/also.h"

#include <stdbool.h>

#include "base/err.h"
#include "fuzz.h"

/* Every prefix is found by its first and its last address. */
static void
find_each(const struct also *also)
{
    size_t count;
    const struct also_prefix *all = also_all(also, &count);
    MUST(count > 0 && count <= ALSO_PREFIXES_MAX);
    for (size_t i = 0; i < count && i < 1000; i++) {
        struct addr last;
        bool found = false;
        prefix_last(&last, &all[i].prefix);
        MUST(also_around(also, &all[i].prefix.addr) != NULL);
        for (const struct also_prefix *at = also_around(also, &last); at != NULL; at = also_wider(also, at))
            found = found || at == &all[i];
        MUST(found);
        MUST(i == 0 || prefix_compare(&all[i - 1].prefix, &all[i].prefix) <= 0);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct also *also = also_new();
    struct err err = {0};
    MUST(also != NULL);
    if (also_read_bytes(also, "x", (const char *)data, size, ALSO_TAGS | ALSO_PUBLIC, &err) != 0) {
        MUST(err.kind != ERR_NONE && err.text[0] != '\0');
    } else {
        if (also_sort(also, &err) == 0)
            find_each(also);
    }
    also_free(also);
    return 0;
}

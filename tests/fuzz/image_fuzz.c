// SPDX-License-Identifier: GPL-2.0-or-later
/* image_fuzz.c - arbitrary bytes as a compiled image: whatever opens must answer any question. See fuzz.h. */

#include "base/err.h"
#include "fuzz.h"
#include "image/image.h"
#include "walk.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct image *image = NULL;
    struct err err = {0};
    if (image_from_memory(&image, data, size, &err) != 0) {
        MUST(image == NULL && err.kind != ERR_NONE && err.text[0] != '\0');
        return 0;
    }
    MUST(err.kind == ERR_NONE && image_looks_like((const char *)data, size) && !image_is_mapped(image));
    walk_image(image);
    image_close(image);
    return 0;
}

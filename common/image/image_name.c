// SPDX-License-Identifier: GPL-2.0-or-later
/* image_name.c - see image_name.h. */
#include "image_name.h"

#include <string.h>

#include "image_handle.h"

void
image_set_generation(struct image *image, uint32_t generation)
{
    image->generation = generation;
}

struct image_text
image_name(const struct image *image, char room[IMAGE_NAME_MAX])
{
    struct image_text label = image->info.label;
    char digits[10];
    size_t at = sizeof digits, len = label.len;
    if (len > IMAGE_LABEL_MAX)
        return (struct image_text){"", 0};
    memcpy(room, label.text, len);
    for (uint32_t rest = image->generation; rest > 0; rest /= 10)
        digits[--at] = (char)('0' + rest % 10);
    if (at < sizeof digits && len > 0)
        room[len++] = '.';
    memcpy(room + len, digits + at, sizeof digits - at);
    return (struct image_text){room, len + sizeof digits - at};
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* image_layout.c - see image_layout.h. */
#include "image_layout.h"

#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "image.h"

int
image_layout(const char *head, size_t len)
{
    return len >= IMAGE_LAYOUT_HEAD && image_looks_like(head, len) ? (unsigned char)head[IMAGE_LAYOUT_HEAD - 1] : -1;
}

int
image_layout_at(const char *path)
{
    char head[IMAGE_LAYOUT_HEAD];
    size_t len;
    struct err ignored;
    return strcmp(path, "-") != 0 && file_peek(head, sizeof head, &len, path, &ignored) == 0 ? image_layout(head, len)
                                                                                             : -1;
}

bool
image_is_foreign(int layout)
{
    return layout >= 0 && layout != IMAGE_LAYOUT;
}

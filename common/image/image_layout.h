/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * image_layout.h - which layout an image has: programs of different versions may read different ones.
 *
 * Where it sits: room image, next to image.h. What takes the place of an image of another layout is known to
 * compile/sealed.h.
 */
#ifndef COMMON_IMAGE_LAYOUT_H
#define COMMON_IMAGE_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

#define IMAGE_LAYOUT 2 /* the layout version that this program writes and reads */

#define IMAGE_LAYOUT_HEAD 8 /* so many first bytes say it; the last of them is the layout version */

/* The layout version of an image with these first bytes, 0 to 255; -1 if they are not those of an image. */
int image_layout(const char *head, size_t len);

/* The same for the file at a path; -1 also if it cannot be read. Never reads from standard input, pipes or devices. */
int image_layout_at(const char *path);

/* True if this is a layout version, but not this program's. */
bool image_is_foreign(int layout);

#endif

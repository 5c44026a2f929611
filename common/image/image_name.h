/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * image_name.h - what replies call an image: its label and the number of the published generation it belongs to.
 *
 * Where it sits: room image, above image.h. The number is not in the image, since the same table must give the same
 * bytes, whatever its number. Whoever opened the image finds it out (load.h).
 */
#ifndef COMMON_IMAGE_NAME_H
#define COMMON_IMAGE_NAME_H

#include <stdint.h>

#include "image.h"

#define IMAGE_LABEL_MAX 32
#define IMAGE_NAME_MAX (IMAGE_LABEL_MAX + 1 + 10) /* label, dot, number */

/* Tells an image its generation; 0: none, or not known. To be called before anybody else uses the image. */
void image_set_generation(struct image *image, uint32_t generation);

/* The label, a dot and the number, written into `room`; only one of them if there is only one. Empty if the label is
 * longer than IMAGE_LABEL_MAX, which no sound image has. */
struct image_text image_name(const struct image *image, char room[IMAGE_NAME_MAX]);

#endif

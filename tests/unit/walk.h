/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * walk.h - everything that can be asked of an open image, intact or damaged.
 *
 * Where it sits: next to unit.h but without cmocka, so the fuzz programs can use it. Nothing is compared here. What
 * counts is that each query ends and reads nothing outside the image.
 */
#ifndef TESTS_WALK_H
#define TESTS_WALK_H

struct image;

/* Asks every lookup, every verdict and every text; ends the program if a walk over matches does not end. */
void walk_image(const struct image *image);

#endif

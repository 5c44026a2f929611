/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * image_guard.h - reading mapped files that may shrink.
 *
 * Where it sits: floor 4, with image.h. Whoever reads a mapped image for somebody who must not die does it through
 * here.
 */
#ifndef COMMON_IMAGE_GUARD_H
#define COMMON_IMAGE_GUARD_H

#include <stdbool.h>

/*
 * Runs fn(arg), which reads images. False if the file shrank under its mapping (SIGBUS) while it ran: fn was left in
 * the middle and what it wrote is worth nothing. Installs its signal handler on first use; not for threads.
 */
bool image_guarded(void (*fn)(void *), void *arg);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * image_guard.h - reading mapped files that may shrink.
 *
 * Where it sits: room image. Any program that must not die reads a mapped image only through this.
 */
#ifndef COMMON_IMAGE_GUARD_H
#define COMMON_IMAGE_GUARD_H

#include <stdbool.h>

/*
 * Runs fn(arg), which reads images. False if the file shrank while it was mapped (SIGBUS): fn was then interrupted at
 * some point, and whatever it wrote must not be used. Installs its signal handler on first use. Not thread-safe. May be
 * nested; the outermost call returns false then.
 */
bool image_guarded(void (*fn)(void *), void *arg);

#endif

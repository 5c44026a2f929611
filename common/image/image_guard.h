/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * image_guard.h - mapped files that may shrink.
 *
 * Where it sits: room image. Any program that must not die reads a mapped image only through this.
 */
#ifndef COMMON_IMAGE_GUARD_H
#define COMMON_IMAGE_GUARD_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Runs fn(arg), which reads images. False if the file shrank while it was mapped (SIGBUS): fn was then interrupted at
 * some point, and whatever it wrote must not be used. Installs its signal handler on first use. Not thread-safe. May be
 * nested; the outermost call returns false then.
 */
bool image_guarded(void (*fn)(void *), void *arg);

/*
 * Names the one page that this process writes and can do without (NULL: none): if its file shrinks, memory of its own
 * takes the place of the page, full of zeros, and whoever touched it goes on. The second says whether that happened.
 * Costs nothing until it does.
 */
void image_guard_page(void *page, size_t len);
bool image_guard_page_lost(void);

#endif

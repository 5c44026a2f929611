// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * load_generation.c - which published generation an image belongs to. Part of load.h.
 *
 * The number is not in the image: the same table must give the same bytes, whatever its number. It is in the name of
 * the folder, gen-000004/image, to which a link such as current/image leads.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "image/image_name.h"
#include "load.h"

#define DIGITS_LEAST 6
#define DIGITS_MOST 10
#define TRIES_MOST 4

/* The number in `.../gen-NNNNNN/image`; 0 for any other path. */
static uint32_t
number_of(const char *path)
{
    const char *file = strrchr(path, '/'), *folder = file;
    if (file == NULL || strcmp(file, "/image") != 0)
        return 0;
    while (folder > path && folder[-1] != '/')
        folder--;
    if (strncmp(folder, "gen-", 4) != 0)
        return 0;
    size_t len = strspn(folder + 4, "0123456789");
    if (folder + 4 + len != file || len < DIGITS_LEAST || len > DIGITS_MOST)
        return 0;
    unsigned long long number = strtoull(folder + 4, NULL, 10);
    return number > UINT32_MAX ? 0 : (uint32_t)number;
}

uint32_t
load_generation(const char *path)
{
    char real[PATH_MAX];
    return realpath(path, real) == NULL ? 0 : number_of(real);
}

int
load_open_image(struct image **ret, const char *path, struct err *err)
{
    for (int tries = 1;; tries++) {
        uint32_t before = load_generation(path);
        if (image_open(ret, path, err) != 0)
            return -1;
        bool still = before == load_generation(path);
        if (still)
            image_set_generation(*ret, before);
        if (still || tries == TRIES_MOST)
            return 0;
        image_close(*ret);
    }
}

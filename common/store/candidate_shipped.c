// SPDX-License-Identifier: GPL-2.0-or-later
/* candidate_shipped.c - see candidate_shipped.h. */
#include "candidate_shipped.h"

#include <stdio.h>
#include <string.h>

#include "base/place.h"
#include "candidate.h"
#include "candidate_file.h"
#include "cloud/instance.h"
#include "compile/load.h"
#include "conf/conf.h"
#include "image/image.h"
#include "state/state.h"

/* The text next to the image that helpers use, if that is a shipped one. */
static bool
find_text(char ret[PATH_MAX], const struct state *state, const struct places *places)
{
    static const char end[] = ".image";
    char image[PATH_MAX];
    if (strcmp(state_folder(state), places->state) != 0 || load_default_image(image, places, NULL) != 0 ||
        !image_is_at(image))
        return false;
    size_t folder = strlen(places->data), len = strlen(image);
    if (strncmp(image, places->data, folder) != 0 || len < sizeof end ||
        strcmp(image + len - (sizeof end - 1), end) != 0)
        return false;
    int n = snprintf(ret, PATH_MAX, "%.*s.rules", (int)(len - (sizeof end - 1)), image);
    return n > 0 && n < PATH_MAX;
}

bool
candidate_shipped(struct candidate *ret, const struct state *state, const struct places *places)
{
    static const struct conf plain; /* it was compiled without settings */
    char path[PATH_MAX];
    if (!find_text(path, state, places == NULL ? &places_default : places))
        return false;
    *ret = (struct candidate){0};
    if (candidate_read_file(ret, &plain, path, NULL, NULL) == 0 && candidate_compile_file(ret, &plain, NULL) == 0)
        return true;
    candidate_clear(ret);
    return false;
}

bool
candidate_shipped_beside(struct candidate *ret, const struct conf *conf)
{
    char path[PATH_MAX], name[INSTANCE_LOWER_MAX];
    if (conf->instance_count != 1)
        return false;
    instance_lower(name, conf->instances[0]);
    int n = snprintf(path, sizeof path, "%s/%s.rules", conf->data, name);
    *ret = (struct candidate){0};
    if (n > 0 && n < PATH_MAX && candidate_read_file(ret, conf, path, NULL, NULL) == 0 &&
        candidate_compile_file(ret, conf, NULL) == 0)
        return true;
    candidate_clear(ret);
    return false;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* lend.c - see lend.h. */
#include "lend.h"

#include <string.h>

#include "base/err.h"
#include "compile/load.h"
#include "image/image.h"
#include "ruleset/ruleset.h"
#include "unit.h"

static struct image *image;

int
lend_open(void **state, const char *lines)
{
    struct err err = {0};
    folder_set_up(state);
    const char *source = folder_path("m365.rules");
    const struct load_options options = {.sources = &source, .source_count = 1};
    folder_write("m365.rules", lines, strlen(lines));
    return load_image(&image, &options, &err);
}

int
lend_close(void **state)
{
    image_close(image);
    return folder_tear_down(state);
}

void
lend_table(struct ruleset *conf)
{
    for (size_t i = 0; i < conf->helper_count; i++) {
        conf->helpers[i].image = image;
        conf->helpers[i].today = LEND_TODAY;
    }
}

void
lend_take_back(struct ruleset *conf)
{
    (void)conf;
}

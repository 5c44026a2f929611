// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_replay_tables.c - the tables of a replay. See cmd_replay_tables.h. */
#include "cmd_replay_tables.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/place.h"
#include "conf/conf.h"
#include "state/state.h"
#include "store/generation_image.h"
#include "store/generation_named.h"

static void
read_label(char *ret, size_t room, const struct image *image)
{
    const struct image_info *info = image_info(image);
    snprintf(ret, room, "%.*s", info->label.len == 0 ? 1 : (int)info->label.len,
             info->label.len == 0 ? "-" : info->label.text);
}

/* An image of the state folder by its name. */
static int
open_generation(struct replay_tables *tables, struct err *err)
{
    struct conf *conf;
    struct state *state;
    uint32_t generation;
    if (conf_read(&conf, tables->config, err) != 0)
        return -1;
    int result = state_open(&state, conf->state, false, err);
    if (result == 0) {
        result = generation_by_name(&generation, state, tables->against, err);
        if (result == 0 && generation == 0)
            result = err_set(err, ERR_USAGE, "nothing is in use yet, so there is no '%s'", tables->against);
        if (result == 0)
            result = generation_open_image(&tables->other, state, generation, err);
        state_close(state);
    }
    conf_free(conf);
    return result;
}

/* The text of the table in use: that of its generation, or the shipped one beside its image. */
static int
find_text(char ret[PATH_MAX], struct err *err)
{
    char image[PATH_MAX];
    if (load_default_image(image, &places_default, err) != 0)
        return -1;
    const char *slash = strrchr(image, '/'), *dot = strrchr(image, '.');
    bool shipped = load_generation(image) == 0;
    const char *end = shipped ? dot : slash;
    int n = end == NULL
                ? -1
                : snprintf(ret, PATH_MAX, "%.*s%s", (int)(end - image), image, shipped ? ".rules" : "/table.txt");
    return n > 0 && n < PATH_MAX ? 0 : err_set(err, ERR_LIMIT, "the table in use has no text");
}

/* The table in use, compiled with the options of the command line. Its tenants and precedence stay unless one is given.
 */
static int
open_what_if(struct replay_tables *tables, struct err *err)
{
    char path[PATH_MAX], tenants[IMAGE_TENANTS_MAX][TENANT_MAX + 1];
    const char *list[IMAGE_TENANTS_MAX], *source = path;
    const struct image_info *info = image_info(tables->image);
    struct load_options options = tables->load.options;
    options.sources = &source;
    options.source_count = 1;
    options.policy.bypass = options.policy.bypass == 0 ? info->bypass : options.policy.bypass;
    options.policy.highest = options.policy.highest || info->highest;
    if (options.policy.tenant_count == 0) {
        options.policy.tenant_count = info->tenants;
        options.policy.tenants = list;
        for (uint32_t i = 0; i < info->tenants; i++) {
            struct image_text tenant = image_tenant(tables->image, i);
            snprintf(tenants[i], sizeof tenants[i], "%.*s", (int)tenant.len, tenant.text);
            list[i] = tenants[i];
        }
    }
    if (find_text(path, err) != 0 || load_image(&tables->other, &options, err) != 0)
        return -1;
    snprintf(tables->other_label, sizeof tables->other_label, "%s with the options given", tables->label);
    return 0;
}

struct table *
replay_tables_text(const struct replay_tables *tables, struct err *err)
{
    char path[PATH_MAX];
    const char *source = path;
    struct table *table = NULL;
    struct load_options options = tables->load.options;
    options.listener = NULL; /* the image was loaded from the same, so that all was said */
    for (size_t i = 0; i < options.source_count; i++) {
        if (image_is_at(options.sources[i]))
            return NULL;
    }
    if (options.source_count == 0) {
        if (find_text(path, err) != 0)
            return NULL;
        options.sources = &source;
        options.source_count = 1;
    }
    return load_table(&table, &options, err) == 0 ? table : NULL;
}

static int
open_against(struct replay_tables *tables, struct err *err)
{
    if (generation_is_name(tables->against))
        return open_generation(tables, err);
    struct load_options options = tables->load.options;
    options.sources = &tables->against;
    options.source_count = 1;
    return load_image(&tables->other, &options, err);
}

int
replay_tables_open(struct replay_tables *tables, struct err *err)
{
    struct load_options options = tables->load.options;
    bool what_if = options.has_policy && tables->against == NULL && options.source_count == 0;
    if (tables->against != NULL || what_if) {
        options.policy = (struct policy){0};
        options.has_policy = false;
    }
    if (load_image(&tables->image, &options, err) != 0)
        return -1;
    read_label(tables->label, sizeof tables->label, tables->image);
    if (what_if)
        return open_what_if(tables, err);
    if (tables->against == NULL)
        return 0;
    if (open_against(tables, err) != 0)
        return -1;
    read_label(tables->other_label, sizeof tables->other_label, tables->other);
    return 0;
}

void
replay_tables_close(struct replay_tables *tables)
{
    image_close(tables->image);
    image_close(tables->other);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_rules.c - see cmd_rules.h. Room proxy. */
#include "cmd_rules.h"

#include <string.h>

#include "base/err.h"
#include "cmd/cmd.h"
#include "compile/load.h"
#include "ruleset/ruleset.h"

/* The tables that a helper is started with. */
static size_t
find_sources(const char **ret, const struct ruleset_helper *helper)
{
    size_t count = 0;
    for (size_t i = 0; i < helper->argument_count && count < LOAD_SOURCES_MAX; i++) {
        const char *word = helper->arguments[i];
        if (word[0] != '-' || strchr("tFr", word[1]) == NULL || word[1] == '\0')
            continue;
        const char *value = word[2] != '\0' ? word + 2 : i + 1 < helper->argument_count ? helper->arguments[++i] : NULL;
        if (word[1] == 't' && value != NULL)
            ret[count++] = value;
    }
    return count;
}

unsigned
cmd_rules_version(enum squidconf_version version)
{
    return version == SQUIDCONF_3_5 ? 4 : 4 + (unsigned)(version - SQUIDCONF_4);
}

void
cmd_rules_load(struct ruleset *conf, bool say)
{
    for (size_t i = 0; i < conf->other_worker_count; i++)
        cmd_rules_load(conf->other_workers[i], false);
    for (size_t i = 0; i < conf->helper_count; i++) {
        struct ruleset_helper *helper = &conf->helpers[i];
        const char *sources[LOAD_SOURCES_MAX];
        const struct load_options options = {.sources = sources, .source_count = find_sources(sources, helper)};
        struct image *image = NULL;
        struct err err = {0};
        helper->today = cmd_today();
        if (load_image(&image, &options, &err) == 0)
            helper->image = image;
        else if (say)
            cmd_say("%s:%u: the helper has no table and answers ERR: %s", helper->file, helper->number, err.text);
    }
}

void
cmd_rules_unload(struct ruleset *conf)
{
    for (size_t i = 0; i < conf->other_worker_count; i++)
        cmd_rules_unload(conf->other_workers[i]);
    for (size_t i = 0; i < conf->helper_count; i++) {
        image_close((struct image *)conf->helpers[i].image);
        conf->helpers[i].image = NULL;
    }
}

void
cmd_rules_close(struct ruleset *conf)
{
    if (conf != NULL)
        cmd_rules_unload(conf);
    ruleset_close(conf);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmd_check_sources.c - reads the tables to check: one that is named, or all those of a configuration. Part of
 * cmd_check.h.
 *
 * The sources of a configuration are collected as for publish, but not merged: each stays a table of its own. The state
 * folder is only read. It may be missing, as on a machine where rules are checked before they are installed.
 */
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/place.h"
#include "cmd_check.h"
#include "cmd_owner.h"
#include "compile/load.h"
#include "conf/conf.h"
#include "name/spec.h"
#include "store/document.h"
#include "store/source.h"
#include "table/table.h"

#define TEXTS_MEMORY ((size_t)4 << 20)
#define LOCAL_SAID_MAX 10 /* findings of one kind and file that publish says */

void
check_refuse(struct check *check, const struct err *err)
{
    check->refusals++;
    cmd_say("%s", err->text);
}

/* What the linter must know about a source, with an empty table; its table is NULL without memory. */
static struct lint_source
start_source(const struct source *from, const struct policy *policy)
{
    struct spec spec;
    spec_parse(&spec, from->spec);
    struct table *table = table_new();
    if (table != NULL)
        table->required_only = policy->required_only;
    return (struct lint_source){.path = spec.path,
                                .table = table,
                                .preset = from->preset,
                                .bare = spec.list && !spec.domains,
                                .local = from->local};
}

/* A document has no label of its own, so it is shown with that of the generation. */
static void
adopt_version(struct table *table, const struct source *from)
{
    const char *version = from->version == NULL ? "" : from->version;
    const char *label = version[0] == '\0' ? NULL : arena_text(table->arena, version, strlen(version));
    if (table->label[0] == '\0' && label != NULL)
        table->label = label;
}

void
check_read(struct check *check, const struct source *from)
{
    struct err err = {0};
    struct lint_source source = start_source(from, &check->load.options.policy);
    if (source.table != NULL)
        source.table->list_format = check->load.options.list_format;
    if (source.table != NULL && check->load.options.policy.bypass != 0)
        source.table->bypass = check->load.options.policy.bypass;
    if (source.table == NULL) {
        err_set(&err, ERR_MEM, "no memory for a table");
        check_refuse(check, &err);
    } else if (source_read(source.table, from, &err) != 0) {
        check_refuse(check, &err);
        lint_complaints(&check->lint, &source, err.text);
        table_free(source.table);
    } else {
        adopt_version(source.table, from);
        check->sources[check->lint.source_count++] = source;
    }
}

/* A source that cannot be read is reported, and the next one is read. */
static int
read_source(void *arg, const struct source *source, struct err *err)
{
    struct check *check = arg;
    struct source kept = *source;
    if (check->lint.source_count == TABLE_SOURCES_MAX)
        return err_set(err, ERR_LIMIT, "there are more than %d sources", TABLE_SOURCES_MAX);
    kept.spec = arena_text(check->texts, source->spec, strlen(source->spec));
    if (kept.spec == NULL)
        return err_set(err, ERR_MEM, "no memory");
    check_read(check, &kept);
    return 0;
}

/* What is asked about the folder of local rules. */
struct folder {
    const struct conf *conf;
    struct lint *lint;
};

static void
say_ignored(void *arg, const char *name)
{
    const struct folder *folder = arg;
    folder->lint->findings++;
    cmd_say("'%s/%s' is not read: the name of a file of local rules ends in '.rules'; rename it, or move it away",
            folder->conf->rules, name);
}

static int
read_conf(struct check *check, struct documents *documents, struct err *err)
{
    if (conf_read(&check->conf, check->config, err) != 0)
        return -1;
    check->load.options.policy = check->conf->policy;
    check->texts = arena_new(TEXTS_MEMORY);
    if (check->texts == NULL)
        return err_set(err, ERR_MEM, "no memory");
    if (cmd_become_owner(check->conf->state, err) != 0)
        return -1;
    if (documents_load_current(documents, check->conf, err) != 0)
        return -1;
    source_each_ignored(check->conf, say_ignored, &(struct folder){check->conf, &check->lint});
    return source_each(check->conf, documents, read_source, check, err);
}

void
check_read_conf(struct check *check)
{
    struct documents documents = {0};
    struct err err = {0};
    if (read_conf(check, &documents, &err) != 0)
        check_refuse(check, &err);
    documents_clear(&documents);
}

/* The tables of a configuration while their local lines are looked at. */
struct local {
    struct lint_source sources[TABLE_SOURCES_MAX];
    struct lint lint;
    struct arena *texts;
};

static int
read_local(void *arg, const struct source *source, struct err *err)
{
    struct local *local = arg;
    struct source kept = *source;
    if (local->lint.source_count == TABLE_SOURCES_MAX)
        return err_set(err, ERR_LIMIT, "there are more than %d sources", TABLE_SOURCES_MAX);
    kept.spec = arena_text(local->texts, source->spec, strlen(source->spec));
    if (kept.spec == NULL)
        return err_set(err, ERR_MEM, "no memory");
    struct lint_source *to = &local->sources[local->lint.source_count++];
    *to = start_source(&kept, local->lint.policy);
    return to->table == NULL ? err_set(err, ERR_MEM, "no memory for a table") : source_read(to->table, &kept, err);
}

void
check_local(const struct conf *conf)
{
    static struct local local;
    struct documents documents = {0};
    struct err err = {0};
    bool is_default = place_option()[0] == '\0';
    local = (struct local){.texts = arena_new(TEXTS_MEMORY)};
    local.lint = (struct lint){.sources = local.sources,
                               .today = cmd_today(),
                               .policy = &conf->policy,
                               .listener = &cmd_listener,
                               .said_max = LOCAL_SAID_MAX,
                               .local_only = true};
    if (local.texts != NULL && documents_load_current(&documents, conf, &err) == 0 &&
        source_each(conf, &documents, read_local, &local, &err) == 0 && lint_run(&local.lint, &err) == 0)
        source_each_ignored(conf, say_ignored, &(struct folder){conf, &local.lint});
    if (local.lint.findings > 0)
        cmd_say("local rules: %zu finding%s; 'm365ctl check%s%s%s' has them all", local.lint.findings,
                local.lint.findings == 1 ? "" : "s", place_option(), is_default ? " -c " : "",
                !is_default          ? ""
                : conf->path == NULL ? "m365.conf"
                                     : conf->path);
    for (size_t i = 0; i < local.lint.source_count; i++)
        table_free(local.sources[i].table);
    arena_free(local.texts);
    documents_clear(&documents);
}

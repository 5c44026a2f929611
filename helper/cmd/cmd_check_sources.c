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
#include "cmd_check.h"
#include "cmd_owner.h"
#include "compile/load.h"
#include "conf/conf.h"
#include "name/verb.h"
#include "store/document.h"
#include "store/source.h"
#include "table/table.h"

#define TEXTS_MEMORY ((size_t)4 << 20)

void
check_refuse(struct check *check, const struct err *err)
{
    check->refusals++;
    cmd_say("%s", err->text);
}

void
check_read(struct check *check, const struct source *from)
{
    struct err err = {0};
    struct lint_source source = {verb_cut(NULL, from->spec), table_new(), from->preset};
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

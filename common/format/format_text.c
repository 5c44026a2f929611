// SPDX-License-Identifier: GPL-2.0-or-later
/* format_text.c - the format `text`: the wanted patterns and prefixes, each once, names first. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "export/export_build.h"
#include "format_write.h"
#include "name/addr.h"
#include "name/pattern.h"
#include "table/table.h"

static int
compare_rules(const void *a, const void *b)
{
    const struct rule *x = *(const struct rule *const *)a, *y = *(const struct rule *const *)b;
    bool x_prefix = x->kind == PATTERN_PREFIX, y_prefix = y->kind == PATTERN_PREFIX;
    if (x_prefix != y_prefix)
        return x_prefix ? 1 : -1;
    return x_prefix ? prefix_compare(x->prefix, y->prefix) : strcmp(x->text, y->text);
}

int
format_write_text(struct export_job *job, struct buf *out, struct err *err)
{
    const struct table *table = job->source->table;
    const struct rule **rules = arena_array(job->arena, table->rule_count + 1, sizeof *rules);
    size_t count = 0;
    char room[64];
    if (rules == NULL)
        return err_set(err, ERR_MEM, "no memory for the lines of an export");
    for (size_t i = 0; i < table->rule_count; i++) {
        if (export_wants_rule(job, &table->rules[i], false))
            rules[count++] = &table->rules[i];
    }
    if (count > 0)
        qsort(rules, count, sizeof *rules, compare_rules);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || compare_rules(&rules[i - 1], &rules[i]) != 0)
            buf_add_fmt(out, "%s\n", table_rule_text(rules[i], room));
    }
    return 0;
}

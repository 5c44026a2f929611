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
compare_rules(const struct rule *x, const struct rule *y)
{
    bool x_prefix = x->kind == PATTERN_PREFIX, y_prefix = y->kind == PATTERN_PREFIX;
    if (x_prefix != y_prefix)
        return x_prefix ? 1 : -1;
    return x_prefix ? prefix_compare(x->prefix, y->prefix) : strcmp(x->text, y->text);
}

static int
compare_places(const void *a, const void *b, void *arg)
{
    const struct rule *rules = arg;
    return compare_rules(&rules[*(const uint32_t *)a], &rules[*(const uint32_t *)b]);
}

int
format_write_text(struct export_job *job, struct buf *out, struct err *err)
{
    const struct table *table = job->source->table;
    uint32_t *places = arena_array(job->arena, table->rule_count + 1, sizeof *places);
    size_t count = 0;
    char room[64];
    if (places == NULL)
        return err_set(err, ERR_MEM, "no memory for the lines of an export");
    for (size_t i = 0; i < table->rule_count; i++) {
        if (export_wants_rule(job, &table->rules[i], false))
            places[count++] = (uint32_t)i;
    }
    if (count > 0)
        qsort_r(places, count, sizeof *places, compare_places, table->rules);
    for (size_t i = 0; i < count; i++) {
        const struct rule *rule = &table->rules[places[i]];
        if (i == 0 || compare_rules(&table->rules[places[i - 1]], rule) != 0)
            buf_add_fmt(out, "%s\n", table_rule_text(rule, room));
    }
    return 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* report_unused.c - the rules of a table that decided no request of a log. See report.h. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/order.h"
#include "report_build.h"
#include "table/table.h"

#define TENANT_WORD "<tenant>"

static int
compare_keys(const void *a, const void *b)
{
    return order_numbers(*(const uint64_t *)a, *(const uint64_t *)b);
}

/* The keys of the rules that decided, in order. NULL without memory. */
static uint64_t *
used_keys(const struct report *report, struct arena *arena, size_t *ret_count)
{
    uint64_t *keys = arena_array(arena, report->group_count + 1, sizeof *keys);
    *ret_count = 0;
    for (size_t i = 0; keys != NULL && i < report->group_count; i++) {
        if (report->groups[i]->by == REPORT_RULE)
            keys[(*ret_count)++] = report->groups[i]->key;
    }
    if (*ret_count > 0)
        qsort(keys, *ret_count, sizeof *keys, compare_keys);
    return keys;
}

struct used {
    const struct report *report;
    const uint64_t *keys;
    size_t count;
};

static bool
is_used_text(const struct used *used, const char *text, size_t len)
{
    uint64_t key = report_key(text, len);
    return used->count > 0 && bsearch(&key, used->keys, used->count, sizeof key, compare_keys) != NULL;
}

/* With a tenant in it, a rule is one for each tenant; without any it is none. */
static bool
is_used(const struct used *used, const char *text)
{
    const char *at = strstr(text, TENANT_WORD);
    if (at == NULL)
        return is_used_text(used, text, strlen(text));
    uint32_t tenants = image_info(used->report->image)->tenants;
    for (uint32_t i = 0; i < tenants; i++) {
        struct image_text tenant = image_tenant(used->report->image, i);
        const char *rest = at + strlen(TENANT_WORD);
        char room[IMAGE_RULE_MAX];
        size_t before = (size_t)(at - text), after = strlen(rest);
        if (before + tenant.len + after > sizeof room)
            return true;
        memcpy(room, text, before);
        memcpy(room + before, tenant.text, tenant.len);
        memcpy(room + before + tenant.len, rest, after);
        if (is_used_text(used, room, before + tenant.len + after))
            return true;
    }
    return tenants == 0;
}

static bool
add(struct report_names *names, struct arena *arena, const char *text)
{
    if (names->all++ >= REPORT_UNUSED_MAX)
        return true;
    names->names[names->count] = arena_text(arena, text, strlen(text));
    return names->names[names->count++] != NULL;
}

int
report_find_unused(struct report *report, struct arena *arena, const struct table *table, struct err *err)
{
    struct used used = {.report = report};
    used.keys = used_keys(report, arena, &used.count);
    struct report_names *both[] = {&report->unused_local, &report->unused_published};
    for (size_t i = 0; i < 2; i++)
        both[i]->names = arena_array(arena, REPORT_UNUSED_MAX, sizeof *both[i]->names);
    bool good = used.keys != NULL && both[0]->names != NULL && both[1]->names != NULL;
    const char *last = "";
    char room[64];
    for (size_t i = 0; good && i < table->rule_count; i++) {
        const struct terms *terms = &table->terms[table->rules[i].terms];
        const char *text = table_rule_text(&table->rules[i], room);
        if (strcmp(text, last) == 0 || is_used(&used, text))
            continue;
        struct report_names *names = both[terms->set.has_id];
        size_t before = names->count;
        good = add(names, arena, text);
        last = names->count > before ? names->names[before] : "";
    }
    report->has_unused = good && !report->groups_full;
    return good ? 0 : err_set(err, ERR_MEM, "no memory for a report");
}

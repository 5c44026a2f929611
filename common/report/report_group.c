// SPDX-License-Identifier: GPL-2.0-or-later
/* report_group.c - requests added up by verdict, category, area, set, rule and reason. See report_build.h. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/order.h"
#include "report_build.h"

#define SLOTS_FIRST ((size_t)1 << 10)
#define GROUPS_MAX ((size_t)1 << 17)

void
report_sum_add(struct report_sum *to, struct arena *arena, const struct report_sum *from)
{
    for (size_t i = 0; i < LEDGER_COUNTS; i++)
        to->count[i] = ledger_sum(to->count[i], from->count[i]);
    if (from->first > 0 && (to->first == 0 || from->first < to->first))
        to->first = from->first;
    if (from->last > to->last)
        to->last = from->last;
    clients_merge(&to->clients, arena, &from->clients); /* failing shows in the arena */
}

uint64_t
report_key(const char *text, size_t len)
{
    uint64_t key = 0xcbf29ce484222325u; /* FNV-1a */
    for (size_t i = 0; i < len; i++)
        key = (key ^ (unsigned char)text[i]) * 0x100000001b3u;
    return key;
}

static struct report_group **
find(struct report_group **slots, size_t count, enum report_by by, uint64_t key)
{
    size_t at = (size_t)((key ^ (key >> 32) ^ (uint64_t)by << 7) * 0x9e3779b97f4a7c15u >> 20) & (count - 1);
    while (slots[at] != NULL && (slots[at]->by != by || slots[at]->key != key))
        at = (at + 1) & (count - 1);
    return &slots[at];
}

static bool
grow(struct making *making)
{
    size_t count = making->slot_count == 0 ? SLOTS_FIRST : 2 * making->slot_count;
    struct report_group **slots = arena_array(making->arena, count, sizeof(void *));
    if (slots == NULL)
        return false;
    for (size_t i = 0; i < making->slot_count; i++) {
        if (making->slots[i] != NULL)
            *find(slots, count, making->slots[i]->by, making->slots[i]->key) = making->slots[i];
    }
    making->slots = slots;
    making->slot_count = count;
    return true;
}

/* The group of a key, made if there is none. NULL: no room. */
static struct report_group *
find_group(struct making *making, struct arena *arena, enum report_by by, uint64_t key, const char *name)
{
    struct report *report = making->report;
    if (report->group_count >= making->slot_count / 2 && !grow(making))
        return NULL;
    struct report_group **slot = find(making->slots, making->slot_count, by, key);
    if (*slot != NULL)
        return *slot;
    struct report_group *group = arena_alloc(arena, sizeof *group);
    const char *copy = arena_text(arena, name, strlen(name));
    if (group == NULL || copy == NULL || report->group_count == GROUPS_MAX)
        return NULL;
    *group = (struct report_group){.by = by, .key = key, .name = copy};
    *slot = group;
    report->group_count++;
    return group;
}

void
report_group_add(struct making *making, enum report_by by, uint64_t key, const char *name,
                 const struct subject *subject)
{
    struct arena *arena = by == REPORT_RULE ? making->rules : making->arena;
    struct report_group *group = find_group(making, arena, by, key, name);
    if (group != NULL)
        report_sum_add(&group->sum, arena, &subject->sum);
    making->report->groups_full |= group == NULL || !arena_ok(arena);
}

static int
compare_groups(const void *a, const void *b)
{
    const struct report_group *one = *(const struct report_group *const *)a;
    const struct report_group *other = *(const struct report_group *const *)b;
    if (one->by != other->by)
        return order_numbers(one->by, other->by);
    int order = order_numbers(other->sum.count[LEDGER_REQUESTS], one->sum.count[LEDGER_REQUESTS]);
    return order != 0 ? order : strcmp(one->name, other->name);
}

bool
report_group_end(struct making *making)
{
    struct report *report = making->report;
    size_t count = 0;
    report->groups = arena_array(making->arena, report->group_count + 1, sizeof(void *));
    if (report->groups == NULL)
        return false;
    for (size_t i = 0; i < making->slot_count; i++) {
        if (making->slots[i] != NULL)
            report->groups[count++] = making->slots[i];
    }
    qsort(report->groups, count, sizeof(void *), compare_groups);
    return true;
}

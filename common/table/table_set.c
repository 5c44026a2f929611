// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * table_set.c - sets: equal ones are kept once, so that what a million lines of a list say beside their pattern is one
 * record; their order; which belong to one endpoint set; which ports a set speaks for. Part of table.h.
 */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "table_build.h"

static uint64_t
mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 29;
}

static uint64_t
mix_text(uint64_t hash, const char *text)
{
    if (text == NULL)
        return mix(hash, 1);
    for (; *text != '\0'; text++)
        hash = mix(hash, (unsigned char)*text);
    return mix(hash, 2);
}

static uint64_t
mix_ports(uint64_t hash, const struct ports *ports)
{
    for (uint32_t i = 0; i < ports->count; i++)
        hash = mix(hash, (uint64_t)ports->range[i].low << 16 | ports->range[i].high);
    return mix(hash, 3);
}

static uint64_t
hash_set(const struct set *set)
{
    uint64_t hash = mix(0, (uint64_t)set->verb | (uint64_t)set->has_id << 8 | (uint64_t)set->required << 9 |
                               (uint64_t)set->expressroute << 10);
    hash = mix(hash, (uint64_t)set->id << 32 | set->source);
    hash = mix(hash, set->expires);
    hash = mix_ports(mix_ports(hash, &set->tcp), &set->udp);
    hash = mix_text(mix_text(hash, set->area), set->owner);
    return mix_text(mix_text(mix_text(hash, set->ticket), set->note), set->gen);
}

static int
compare_number(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int
compare_text(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return (a != NULL) - (b != NULL);
    return strcmp(a, b);
}

int
table_set_compare(const struct set *a, const struct set *b)
{
    const int orders[] = {
        compare_number(a->source, b->source),
        compare_number(!a->has_id, !b->has_id),
        compare_number(a->id, b->id),
        compare_number(b->verb, a->verb),
        compare_number(!a->required, !b->required),
        compare_number(!a->expressroute, !b->expressroute),
        compare_text(a->area, b->area),
        ports_compare(&a->tcp, &b->tcp),
        ports_compare(&a->udp, &b->udp),
        compare_number(a->expires, b->expires),
        compare_text(a->owner, b->owner),
        compare_text(a->ticket, b->ticket),
        compare_text(a->gen, b->gen),
        compare_text(a->note, b->note),
    };
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        if (orders[i] != 0)
            return orders[i];
    }
    return 0;
}

static void
enter(uint32_t *slots, size_t count, uint64_t hash, uint32_t set)
{
    size_t at = hash & (count - 1);
    while (slots[at] != 0)
        at = (at + 1) & (count - 1);
    slots[at] = set + 1;
}

static bool
make_room(struct table *table)
{
    size_t room = table->set_room;
    struct set *sets = arena_grow(table->arena, table->sets, &room, table->set_count + 1, sizeof *table->sets);
    if (sets == NULL)
        return false;
    table->sets = sets;
    table->set_room = room;
    if (table->slot_count >= 2 * (table->set_count + 1))
        return true;
    size_t count = table->slot_count == 0 ? 64 : table->slot_count * 4;
    uint32_t *slots = arena_array(table->arena, count, sizeof *slots);
    if (slots == NULL)
        return false;
    for (size_t i = 0; i < table->set_count; i++)
        enter(slots, count, hash_set(&sets[i]), (uint32_t)i);
    table->set_slots = slots;
    table->slot_count = count;
    return true;
}

static bool
keep_text(struct table *table, const char **text)
{
    if (*text != NULL)
        *text = arena_text(table->arena, *text, strlen(*text));
    return arena_ok(table->arena);
}

static bool
keep_ports(struct table *table, struct ports *ports)
{
    struct port_range *range = arena_array(table->arena, ports->count, sizeof *range);
    if (range != NULL && ports->count > 0)
        memcpy(range, ports->range, ports->count * sizeof *range);
    ports->range = range;
    return range != NULL;
}

uint32_t
table_set(struct table *table, const struct set *set)
{
    uint64_t hash = hash_set(set);
    if (table->slot_count > 0) {
        for (size_t at = hash & (table->slot_count - 1); table->set_slots[at] != 0;
             at = (at + 1) & (table->slot_count - 1)) {
            uint32_t found = table->set_slots[at] - 1;
            if (table_set_compare(&table->sets[found], set) == 0)
                return found;
        }
    }
    struct set kept = *set;
    if (table->set_count >= UINT32_MAX / 4 || !make_room(table) || !keep_text(table, &kept.area) ||
        !keep_text(table, &kept.owner) || !keep_text(table, &kept.ticket) || !keep_text(table, &kept.note) ||
        !keep_text(table, &kept.gen) || !keep_ports(table, &kept.tcp) || !keep_ports(table, &kept.udp))
        return UINT32_MAX;
    enter(table->set_slots, table->slot_count, hash, (uint32_t)table->set_count);
    table->sets[table->set_count] = kept;
    return (uint32_t)table->set_count++;
}

static int
compare_sets(const void *left, const void *right)
{
    return table_set_compare(left, right);
}

static bool
are_sorted(const struct table *table)
{
    for (size_t i = 1; i < table->set_count; i++) {
        if (table_set_compare(&table->sets[i - 1], &table->sets[i]) > 0)
            return false;
    }
    return true;
}

/* The hash table is made anew, so its room can hold where each set went. */
void
table_sort_sets(struct table *table)
{
    if (are_sorted(table))
        return;
    uint32_t *place = table->set_slots;
    for (size_t i = 0; i < table->set_count; i++)
        table->sets[i].number = (uint32_t)i;
    qsort(table->sets, table->set_count, sizeof *table->sets, compare_sets);
    for (size_t i = 0; i < table->set_count; i++)
        place[table->sets[i].number] = (uint32_t)i;
    for (size_t i = 0; i < table->rule_count; i++)
        table->rules[i].set = place[table->rules[i].set];
    memset(table->set_slots, 0, table->slot_count * sizeof *table->set_slots);
    for (size_t i = 0; i < table->set_count; i++)
        enter(table->set_slots, table->slot_count, hash_set(&table->sets[i]), (uint32_t)i);
}

/* What a published set speaks for if it names no port. */
static const struct port_range web_ports[] = {{80, 80}, {443, 443}};

bool
table_tcp_ports(const struct set *set, struct ports *ret)
{
    *ret = set->tcp;
    if (set->tcp.count > 0 || set->udp.count > 0)
        return false;
    if (!set->has_id)
        return true;
    *ret = (struct ports){web_ports, 2};
    return false;
}

bool
table_same_endpoint_set(const struct table *a_table, const struct set *a, const struct table *b_table,
                        const struct set *b)
{
    return a->has_id == b->has_id && a->id == b->id &&
           strcmp(a_table->sources[a->source], b_table->sources[b->source]) == 0;
}

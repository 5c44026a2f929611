// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * table_terms.c - what lines say besides their pattern. Equal terms are kept once: for a list of a million lines that
 * is one record. Also their order, which of them belong to one endpoint set, and the ports they speak for. Part of
 * table.h.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/order.h"
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
hash_terms(const struct terms *terms)
{
    uint64_t hash = mix(0, (uint64_t)terms->verb | (uint64_t)terms->set.has_id << 8 | (uint64_t)terms->required << 9 |
                               (uint64_t)terms->expressroute << 10 | (uint64_t)terms->held << 11 |
                               (uint64_t)terms->published << 12);
    hash = mix(hash, (uint64_t)terms->set.id << 32 | terms->set.source);
    hash = mix(hash, terms->expires);
    hash = mix_ports(mix_ports(hash, &terms->tcp), &terms->udp);
    hash = mix_text(mix_text(hash, terms->area), terms->owner);
    return mix_text(mix_text(mix_text(hash, terms->ticket), terms->note), terms->gen);
}

int
table_terms_compare(const struct terms *a, const struct terms *b)
{
    const int orders[] = {
        endpoint_set_compare(&a->set, &b->set),
        order_numbers(b->verb, a->verb),
        order_numbers(b->published, a->published),
        order_numbers(!a->required, !b->required),
        order_numbers(!a->expressroute, !b->expressroute),
        order_texts(a->area, b->area),
        ports_compare(&a->tcp, &b->tcp),
        ports_compare(&a->udp, &b->udp),
        order_numbers(a->expires, b->expires),
        order_texts(a->owner, b->owner),
        order_texts(a->ticket, b->ticket),
        order_texts(a->gen, b->gen),
        order_texts(a->note, b->note),
        order_numbers(a->held, b->held),
    };
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        if (orders[i] != 0)
            return orders[i];
    }
    return 0;
}

static void
enter(uint32_t *slots, size_t count, uint64_t hash, uint32_t terms)
{
    size_t at = hash & (count - 1);
    while (slots[at] != 0)
        at = (at + 1) & (count - 1);
    slots[at] = terms + 1;
}

static bool
make_room(struct table *table)
{
    size_t room = table->terms_room;
    struct terms *terms = arena_grow(table->arena, table->terms, &room, table->terms_count + 1, sizeof *table->terms);
    if (terms == NULL)
        return false;
    table->terms = terms;
    table->terms_room = room;
    if (table->slot_count >= 2 * (table->terms_count + 1))
        return true;
    size_t count = table->slot_count == 0 ? 64 : table->slot_count * 4;
    uint32_t *slots = arena_array(table->arena, count, sizeof *slots);
    if (slots == NULL)
        return false;
    for (size_t i = 0; i < table->terms_count; i++)
        enter(slots, count, hash_terms(&terms[i]), (uint32_t)i);
    table->terms_slots = slots;
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
table_terms(struct table *table, const struct terms *terms)
{
    uint64_t hash = hash_terms(terms);
    if (table->slot_count > 0) {
        for (size_t at = hash & (table->slot_count - 1); table->terms_slots[at] != 0;
             at = (at + 1) & (table->slot_count - 1)) {
            uint32_t found = table->terms_slots[at] - 1;
            if (table_terms_compare(&table->terms[found], terms) == 0)
                return found;
        }
    }
    struct terms kept = *terms;
    if (table->terms_count >= UINT32_MAX / 4 || !make_room(table) || !keep_text(table, &kept.area) ||
        !keep_text(table, &kept.owner) || !keep_text(table, &kept.ticket) || !keep_text(table, &kept.note) ||
        !keep_text(table, &kept.gen) || !keep_ports(table, &kept.tcp) || !keep_ports(table, &kept.udp))
        return UINT32_MAX;
    enter(table->terms_slots, table->slot_count, hash, (uint32_t)table->terms_count);
    table->terms[table->terms_count] = kept;
    return (uint32_t)table->terms_count++;
}

static int
compare_terms(const void *left, const void *right)
{
    return table_terms_compare(left, right);
}

static bool
are_sorted(const struct table *table)
{
    for (size_t i = 1; i < table->terms_count; i++) {
        if (table_terms_compare(&table->terms[i - 1], &table->terms[i]) > 0)
            return false;
    }
    return true;
}

/* The hash table is made anew, so its room can hold where each of the terms went. */
void
table_sort_terms(struct table *table)
{
    if (are_sorted(table))
        return;
    uint32_t *place = table->terms_slots;
    for (size_t i = 0; i < table->terms_count; i++)
        table->terms[i].number = (uint32_t)i;
    qsort(table->terms, table->terms_count, sizeof *table->terms, compare_terms);
    for (size_t i = 0; i < table->terms_count; i++)
        place[table->terms[i].number] = (uint32_t)i;
    for (size_t i = 0; i < table->rule_count; i++)
        table->rules[i].terms = place[table->rules[i].terms];
    memset(table->terms_slots, 0, table->slot_count * sizeof *table->terms_slots);
    for (size_t i = 0; i < table->terms_count; i++)
        enter(table->terms_slots, table->slot_count, hash_terms(&table->terms[i]), (uint32_t)i);
}

void
table_lower_optional(const struct table *table, struct terms *terms)
{
    bool higher = terms->verb == VERB_ALLOW || terms->verb == VERB_OPTIMIZE;
    if (!table->required_only || !terms->set.has_id || terms->required || !higher)
        return;
    terms->published = terms->verb;
    terms->verb = VERB_DEFAULT;
}

/* What a published set speaks for if it names no port. */
static const struct port_range web_ports[] = {{80, 80}, {443, 443}};

bool
table_tcp_ports(const struct terms *terms, struct ports *ret)
{
    *ret = terms->tcp;
    if (terms->tcp.count > 0 || terms->udp.count > 0)
        return false;
    if (!terms->set.has_id)
        return true;
    *ret = (struct ports){web_ports, 2};
    return false;
}

int
endpoint_set_compare_across(const struct table *a_table, const struct endpoint_set *a, const struct table *b_table,
                            const struct endpoint_set *b)
{
    int order = strcmp(a_table->sources[a->source], b_table->sources[b->source]);
    if (order != 0)
        return order;
    const struct endpoint_set x = {0, a->id, a->has_id}, y = {0, b->id, b->has_id};
    return endpoint_set_compare(&x, &y);
}

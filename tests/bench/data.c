// SPDX-License-Identifier: GPL-2.0-or-later
/* data.c - names and lists of names; see data.h. */
#include "data.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEED_DOMAINS = 0x5eed1, DOMAIN_BYTES = 22, PUBLIC_BYTES = 14 };

/* Endings of registrable names, and how many of 128 names have each. */
static const struct {
    const char *text;
    unsigned share;
} suffixes[] = {
    {".com", 54}, {".net", 7}, {".org", 7},    {".de", 6},     {".co.uk", 5},  {".ru", 5}, {".com.br", 3}, {".nl", 3},
    {".fr", 3},   {".ch", 3},  {".se", 3},     {".info", 3},   {".xyz", 3},    {".eu", 3}, {".com.au", 2}, {".io", 2},
    {".cn", 2},   {".at", 2},  {".online", 2}, {".co.jp", 1},  {".co.za", 1},  {".us", 1}, {".ca", 1},     {".biz", 1},
    {".shop", 1}, {".es", 1},  {".com.tr", 1}, {".org.uk", 1}, {".com.mx", 1},
};

static const char *const services[] = {"www", "mail", "m",    "api",  "cdn", "img", "static", "ads",
                                       "app", "dev",  "shop", "blog", "ns1", "vpn", "track",  "login"};

void *
data_memory(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (memory == NULL) {
        fputs("bench: no memory\n", stderr);
        exit(2);
    }
    return memory;
}

uint64_t
data_random(uint64_t *seed)
{
    uint64_t z = *seed += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

const char *
data_name(const struct data_list *list, size_t index, size_t *ret_len)
{
    *ret_len = list->starts[index + 1] - list->starts[index] - 1;
    return list->text + list->starts[index];
}

void
data_add(struct data_writer *writer, const char *text)
{
    for (; *text != '\0' && writer->len < HOST_MAX; text++)
        writer->text[writer->len++] = *text;
    writer->text[writer->len] = '\0';
}

void
data_add_label(struct data_writer *writer, uint64_t *seed, unsigned least, unsigned spread)
{
    static const char consonants[] = "bcdfghjklmnprstvwzbcdlmnprstlnrs";
    static const char vowels[] = "aeiouaeioaeiyeao";
    uint64_t random = data_random(seed);
    size_t len = least + random % spread + (random >> 8) % spread;
    size_t hyphen = (random >> 16) % 16 == 0 ? len / 2 : len;
    bool vowel = (random >> 20) % 4 == 0;
    for (size_t i = 0; i < len && writer->len < HOST_MAX; i++) {
        if (i % 8 == 0)
            random = data_random(seed);
        unsigned draw = (unsigned)(random >> (i % 8 * 8)) & 0xff;
        char c = vowel ? vowels[draw % 16] : consonants[draw % 32];
        if (i == hyphen && i + 1 < len)
            c = '-';
        else if (i + 1 == len && draw % 16 == 15)
            c = (char)('1' + draw / 16 % 9);
        writer->text[writer->len++] = c;
        vowel = !vowel && draw < 236;
    }
    writer->text[writer->len] = '\0';
}

/* Adds a label and its dot on the left. */
void
data_add_below(struct data_writer *writer, uint64_t *seed)
{
    uint64_t random = data_random(seed);
    if (random % 4 != 0)
        data_add(writer, services[(random >> 8) % (sizeof services / sizeof *services)]);
    else
        data_add_label(writer, seed, 3, 4);
    data_add(writer, ".");
}

void
data_add_registrable(struct data_writer *writer, uint64_t *seed)
{
    data_add_label(writer, seed, 5, 6);
    unsigned draw = (unsigned)(data_random(seed) % 128), at = 0;
    while (draw >= suffixes[at].share)
        draw -= suffixes[at++].share;
    data_add(writer, suffixes[at].text);
}

/* Remembers names by their hash. Two names with the same hash count as one, which only means drawing another name. */
struct seen {
    uint64_t *slots;
    size_t mask;
};

static bool
seen_before(struct seen *seen, const char *text)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
    hash = data_random(&hash) | 1;
    size_t slot = hash >> 32 & seen->mask;
    for (; seen->slots[slot] != 0; slot = (slot + 1) & seen->mask) {
        if (seen->slots[slot] == hash)
            return true;
    }
    seen->slots[slot] = hash;
    return false;
}

/* Draws one more domain into `writer`. False if it is known, is a public suffix (avocat.fr: no list may bypass it), or,
 * for a flat list, is below or above a known one. */
static bool
draw_domain(struct data_writer *writer, const struct data_list *list, struct seen *seen, bool flat, uint64_t *seed)
{
    uint64_t random = data_random(seed);
    size_t below = random % 6 == 0 ? 1 + (random >> 8) % 4 / 3 : 0, len;
    writer->len = 0;
    for (size_t i = 0; i < below; i++)
        data_add_below(writer, seed);
    size_t base = writer->len;
    if (below > 0 && !flat && list->count > 0 && (random >> 16) % 3 == 0)
        data_add(writer, data_name(list, (random >> 24) % list->count, &len));
    else
        data_add_registrable(writer, seed);
    if (writer->len > 60 || (writer->len <= PUBLIC_BYTES && host_is_public_suffix(writer->text)) ||
        (flat && base > 0 && seen_before(seen, writer->text + base)))
        return false;
    return !seen_before(seen, writer->text);
}

void
data_domains(struct data_list *ret, size_t count, bool flat)
{
    size_t slots = 1024, room = count * DOMAIN_BYTES + 4096;
    while (slots < count * 2)
        slots *= 2;
    *ret = (struct data_list){0};
    ret->text = data_memory(room, 1);
    ret->starts = data_memory(count + 1, sizeof *ret->starts);
    struct seen seen = {data_memory(slots * 2, sizeof *seen.slots), slots * 2 - 1};
    struct data_writer writer = {.len = 0};
    uint64_t seed = SEED_DOMAINS;
    size_t at = 0;
    while (ret->count < count && at + HOST_MAX < room) {
        if (!draw_domain(&writer, ret, &seen, flat, &seed))
            continue;
        memcpy(ret->text + at, writer.text, writer.len + 1);
        at += writer.len + 1;
        ret->starts[++ret->count] = (uint32_t)at;
    }
    free(seen.slots);
    if (ret->count < count) {
        fputs("bench: the names are longer than expected\n", stderr);
        exit(2);
    }
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* held_concern.c - which held rows are about a name or an address, and their rows. Part of held.h. */
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "held.h"
#include "name/addr.h"
#include "name/pattern.h"
#include "table.h"

#define REGEX_MEMORY ((size_t)16 << 20)

/* A regex that reaches its limit is about the name as well: nobody knows. */
static bool
regex_concerns(const char *text, const char *name, size_t len)
{
    struct regex *regex;
    struct err err;
    struct arena *arena = arena_new(REGEX_MEMORY);
    bool concerns =
        arena != NULL && regex_new(&regex, NULL, arena, text, strlen(text), &err) == 0 && regex_match(regex, name, len);
    arena_free(arena);
    return concerns;
}

bool
held_concerns_name(const struct held_key *key, const char *name, size_t len)
{
    char filled[PATTERN_MAX + 1];
    size_t pattern_len = strlen(key->pattern);
    if (key->pattern[0] == '~')
        return regex_concerns(key->pattern + 1, name, len);
    if (strchr(key->pattern, '/') != NULL || pattern_len > PATTERN_MAX)
        return false;
    size_t filled_len = pattern_fill_tenant(filled, key->pattern, pattern_len, NULL);
    return filled_len > 0 && pattern_match(filled, filled_len, name, len);
}

static bool
read_prefix(struct prefix *ret, const struct held_key *key)
{
    struct err err;
    return key->pattern[0] != '~' && strchr(key->pattern, '/') != NULL &&
           prefix_parse(ret, key->pattern, strlen(key->pattern), &err) == 0;
}

bool
held_concerns_addr(const struct held_key *key, const struct addr *addr)
{
    struct prefix prefix;
    return read_prefix(&prefix, key) && prefix_holds(&prefix, addr);
}

bool
held_concerns_prefix(const struct held_key *key, const struct prefix *prefix)
{
    struct prefix held;
    return read_prefix(&held, key) && (prefix_holds(&held, &prefix->addr) || prefix_holds(prefix, &held.addr));
}

const struct rule *
held_next_row(const struct table *table, const struct held_key *key, size_t *at)
{
    char room[64];
    while (*at < table->rule_count) {
        const struct rule *rule = &table->rules[(*at)++];
        if (strcmp(table_rule_text(rule, room), key->pattern) == 0 &&
            strcmp(table->sources[table->terms[rule->terms].set.source], key->source) == 0)
            return rule;
    }
    return NULL;
}

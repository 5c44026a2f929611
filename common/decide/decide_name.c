// SPDX-License-Identifier: GPL-2.0-or-later
/* decide_name.c - the name of a held row as a person writes it. Part of decide.h. */
#include <stdio.h>
#include <string.h>

#include "decide_build.h"
#include "name/addr.h"
#include "name/pattern.h"
#include "name/ports.h"

#define WORD_ROOM 600 /* bytes of a word that is read in another form than its own */

static const struct held_key *
find_pattern(const struct held *held, const char *pattern)
{
    const struct held_key *found = NULL;
    for (size_t i = 0; found == NULL && i < held->count; i++) {
        if (strcmp(held->keys[i].pattern, pattern) == 0)
            found = &held->keys[i];
    }
    return found;
}

/* As tables write it: lower case, without a final dot, an address with its length. */
static const struct held_key *
find_canonical(const struct held *held, const char *text)
{
    char room[WORD_ROOM];
    struct pattern pattern;
    struct addr addr;
    size_t len = strlen(text);
    if (addr_parse(&addr, text, len)) {
        prefix_format(room, &(struct prefix){.addr = addr, .len = addr.v6 ? 128 : 32});
        return find_pattern(held, room);
    }
    if (pattern_parse(&pattern, text, len, true, NULL) == 0 || pattern_parse(&pattern, text, len, false, NULL) == 0)
        return find_pattern(held, pattern.text);
    return find_pattern(held, text);
}

/* Reads `80,443` or `8000-9000`. False, and there are none, if it is not that. */
static bool
read_ports(struct named *named, const char *text)
{
    named->ports = (struct ports){named->room, 0};
    for (size_t len; *text != '\0'; text += len + (text[len] == ',')) {
        len = strcspn(text, ",");
        size_t low = strcspn(text, ",-");
        struct port_range range;
        if (named->ports.count >= NAMED_PORTS_MAX || !port_parse(&range.low, text, low))
            break;
        range.high = range.low;
        if (low < len && !port_parse(&range.high, text + low + 1, len - low - 1))
            break;
        named->room[named->ports.count++] = range;
        if (text[len] == '\0')
            return true;
    }
    named->ports.count = 0;
    return false;
}

/* Cuts `:80,443` off. */
static void
cut_ports(struct named *named, char *text)
{
    char *colon = strrchr(text, ':');
    if (colon != NULL && read_ports(named, colon + 1))
        *colon = '\0';
}

static void
cut_brackets(char *text)
{
    size_t len = strlen(text);
    if (len > 1 && text[0] == '[' && text[len - 1] == ']') {
        memmove(text, text + 1, len - 2);
        text[len - 2] = '\0';
    }
}

static bool
is_found(struct named *ret, const struct held_key *key)
{
    ret->pattern = key == NULL ? NULL : key->pattern;
    return key != NULL;
}

bool
decide_find_row(struct named *ret, const struct held *held, const char *word)
{
    char text[WORD_ROOM];
    ret->ports = (struct ports){ret->room, 0};
    if (is_found(ret, find_pattern(held, word)))
        return true;
    if (word[0] == '~' || strlen(word) >= sizeof text)
        return false;
    if (is_found(ret, find_canonical(held, word)))
        return true;
    const char *scheme = strstr(word, "://");
    snprintf(text, sizeof text, "%s", scheme != NULL ? scheme + 3 : word);
    if (scheme != NULL)
        text[strcspn(text, "/?#")] = '\0';
    cut_ports(ret, text);
    cut_brackets(text);
    if (is_found(ret, find_canonical(held, text)))
        return true;
    text[strcspn(text, "/?#")] = '\0';
    cut_ports(ret, text);
    return is_found(ret, find_canonical(held, text));
}

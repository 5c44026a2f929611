// SPDX-License-Identifier: GPL-2.0-or-later
/* verb.c - see verb.h. */
#include "verb.h"

#include <string.h>

static const char *const verb_words[] = {"default", "allow", "optimize", "inspect"};
static const char *const categories[VERB_CATEGORIES] = {"Default", "Allow", "Optimize"};
const enum verb verb_categories[VERB_CATEGORIES] = {VERB_OPTIMIZE, VERB_ALLOW, VERB_DEFAULT};

const char *
verb_word(enum verb verb)
{
    return verb_words[verb];
}

bool
verb_parse(enum verb *ret, const char *text, size_t len)
{
    for (unsigned i = 0; i < sizeof verb_words / sizeof verb_words[0]; i++) {
        if (strlen(verb_words[i]) == len && memcmp(verb_words[i], text, len) == 0) {
            *ret = (enum verb)i;
            return true;
        }
    }
    return false;
}

const char *
verb_category(enum verb verb)
{
    return verb < VERB_CATEGORIES ? categories[verb] : NULL;
}

const char *
verb_title(enum verb verb)
{
    const char *category = verb_category(verb);
    return category != NULL ? category : verb_word(verb);
}

bool
verb_parse_category(enum verb *ret, const char *text, size_t len)
{
    for (unsigned i = 0; i < VERB_CATEGORIES; i++) {
        if (strlen(categories[i]) == len && memcmp(categories[i], text, len) == 0) {
            *ret = (enum verb)i;
            return true;
        }
    }
    return false;
}

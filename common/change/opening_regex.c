// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * opening_regex.c - whether a regex that changed may open names. Part of opening.h.
 *
 * Nobody can list the names of a regex, but they have an end in common, so that it cannot meet every other line.
 */
#include <string.h>

#include "diff.h"
#include "image/image.h"
#include "name/pattern.h"
#include "opening.h"

/* Whether the category of a rule wins over more specific ones, in either table. */
static bool
is_highest(const struct diff *diff)
{
    const struct image *images[2] = {diff->old_image, diff->new_image};
    bool highest = false;
    for (size_t i = 0; i < 2; i++) {
        struct image_info info = {.highest = false};
        if (images[i] != NULL)
            image_get_info(images[i], &info);
        highest = highest || info.highest;
    }
    return highest;
}

static bool
is_bypassed(const struct diff *diff, const struct terms *terms)
{
    return terms != NULL && terms->verb != VERB_INSPECT && (diff->new_bypass & 1u << terms->verb) != 0;
}

/* A wildcard for all names that a regex may match: `*.example`, or `*`. */
static size_t
write_end(char ret[HOST_MAX + 3], const char *regex)
{
    size_t len = pattern_regex_suffix(ret + 2, regex + 1, strlen(regex + 1));
    ret[0] = '*';
    ret[1] = len == 0 ? '\0' : '.';
    return len == 0 ? 1 : len + 2;
}

bool
opening_regex_meets(const char *regex, const struct rule *rule)
{
    char end[HOST_MAX + 3], other[HOST_MAX + PATTERN_MAX + 3];
    size_t len = write_end(end, regex), other_len;
    if (rule->kind == PATTERN_PREFIX)
        return false;
    if (rule->kind == PATTERN_REGEX)
        other_len = write_end(other, rule->text);
    else
        other_len = pattern_fill_tenant(other, rule->text, rule->len, NULL);
    return other_len == 0 || pattern_meets(end, len, other, other_len);
}

/* Whether a weaker bypassed category may decide about names once a regex no longer does. Regexes come last, so that
 * only another one can, but with precedence highest any line. */
static bool
may_decide_below(const struct diff *diff, const char *regex, enum verb verb)
{
    const struct table *table = diff->new_table;
    bool any = is_highest(diff), found = false;
    for (size_t i = 0; i < table->rule_count && !found; i++) {
        const struct rule *rule = &table->rules[i];
        const struct terms *terms = &table->terms[rule->terms];
        found = (any || rule->kind == PATTERN_REGEX) && terms->verb < verb && is_bypassed(diff, terms) &&
                opening_regex_meets(regex, rule);
    }
    return found;
}

static bool
has_same_effect(const struct terms *a, const struct terms *b)
{
    return a->verb == b->verb && a->set.has_id == b->set.has_id && ports_compare(&a->tcp, &b->tcp) == 0 &&
           ports_compare(&a->udp, &b->udp) == 0 && (a->expires == b->expires || a->verb == VERB_INSPECT);
}

/* Whether a table has the regex with the same effect, perhaps from another file. */
static bool
has_it(const struct table *table, const char *regex, const struct terms *terms)
{
    bool found = false;
    for (size_t i = 0; i < table->rule_count && !found; i++) {
        const struct rule *rule = &table->rules[i];
        found = rule->kind == PATTERN_REGEX && has_same_effect(&table->terms[rule->terms], terms) &&
                strcmp(rule->text, regex) == 0;
    }
    return found;
}

/* Whether it is bypassed at no port more than it was, and for no day more. */
static bool
only_shrinks(const struct terms *was, const struct terms *is)
{
    struct ports old_ports, new_ports;
    bool later = was->expires != 0 && (is->expires == 0 || is->expires > was->expires);
    if (later || was->verb != is->verb || was->set.has_id != is->set.has_id)
        return false;
    return table_tcp_ports(was, &old_ports) ||
           (!table_tcp_ports(is, &new_ports) && ports_cover(&old_ports, &new_ports));
}

bool
opening_by_regex(const struct diff *diff, const struct diff_entry *entry)
{
    const struct terms *was = entry->old_terms, *is = entry->new_terms;
    if (entry->text[0] != '~')
        return false;
    if (was != NULL && is != NULL && has_same_effect(was, is))
        return false;
    if (is_bypassed(diff, is) && !(was != NULL && only_shrinks(was, is)) && !has_it(diff->old_table, entry->text, is))
        return true;
    return was != NULL && !has_it(diff->new_table, entry->text, was) &&
           (was->verb == VERB_INSPECT || may_decide_below(diff, entry->text, was->verb));
}

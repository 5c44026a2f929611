// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lint_bare.c - domains in a bare list, which does not include the names below them. Part of lint_build.h.
 *
 * Lists from other programs mean `example.com` with everything below it. Here such a line is that name alone. One
 * sentence per list says so. It does not count as a finding, because the line may be meant as it is.
 */
#include <stdio.h>
#include <string.h>

#include "lint_build.h"
#include "name/host.h"
#include "name/spec.h"

/* The lines of one list that may be meant with everything below them. */
struct bare {
    struct lint_rule first;
    size_t count;
};

/* True for a name directly below a public suffix, such as example.co.uk, unless a cloud gave it to a customer. */
static bool
is_domain(const struct rule *rule)
{
    const char *dot = rule->kind == PATTERN_EXACT ? strchr(rule->text, '.') : NULL;
    if (dot == NULL || !host_is_public_suffix(dot + 1) || host_is_public_suffix(rule->text))
        return false;
    const char *cloud = host_shared_cloud(dot + 1);
    return cloud == NULL || strcmp(cloud, dot + 1) != 0;
}

static bool
has_verb(void *arg, const struct lint_rule *cover)
{
    const struct lint_rule *of = arg;
    return cover->terms->verb == of->terms->verb;
}

/* True if another rule says the same of all names below this one. */
static bool
is_covered_below(const struct lint_pass *pass, const struct lint_rule *at)
{
    char text[PATTERN_MAX + 1];
    int len = snprintf(text, sizeof text, "*.%s", at->rule->text);
    const struct rule below = {.text = text, .len = (uint16_t)len, .kind = PATTERN_UNDER};
    struct lint_rule of = *at;
    of.rule = &below;
    return lint_each_cover(&pass->book, &of, has_verb, &of);
}

void
lint_bare(struct lint_pass *pass)
{
    struct bare bare = {.count = 0};
    const struct table *table = pass->at->table;
    for (size_t i = 0; pass->at->bare && i < table->rule_count; i++) {
        struct lint_rule at = lint_book_rule(&pass->book, pass->at, &table->rules[i]);
        if (is_domain(at.rule) && !is_covered_below(pass, &at) && bare.count++ == 0)
            bare.first = at;
    }
    if (bare.count == 0)
        return;
    char more[64] = "";
    if (bare.count > 1)
        snprintf(more, sizeof more, ", and so %s %zu more line%s", bare.count == 2 ? "is" : "are", bare.count - 1,
                 bare.count == 2 ? "" : "s");
    const char *verb = verb_word(bare.first.terms->verb);
    pass->remark = true;
    lint_find(pass, &bare.first,
              "is that name alone, without the names below it%s; if those are meant as well, name the list as "
              "'" SPEC_DOMAINS "%s:%.300s', in m365.conf 'list " SPEC_DOMAINS "%s %.300s', or write '.%s'",
              more, verb, pass->at->path, verb, pass->at->path, bare.first.rule->text);
    pass->remark = false;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lint_width.c - rules that match what strangers own. Part of lint_build.h.
 *
 * On a local bypass line such a rule is refused when the table is read. This file looks at the others: published rules,
 * and local default and inspect lines. A default line becomes a bypass as soon as Default is bypassed. A published rule
 * that is not bypassed is reported but not counted: the administrator cannot change it.
 */
#include "base/err.h"
#include "lint_build.h"
#include "table/table.h"

static const char *
advice(const struct lint_rule *at)
{
    if (at->source->local && at->terms->set.has_id && at->terms->verb != VERB_INSPECT)
        return "name the hosts that are meant";
    switch (at->terms->verb) {
    case VERB_INSPECT:
        return "an inspect line does no harm, but it takes the bypass from your own names too; name those that are "
               "meant";
    case VERB_DEFAULT: return "that is harmless until Default is bypassed; name the hosts that are meant";
    case VERB_ALLOW:
    case VERB_OPTIMIZE:
    default: return "inspect it with a line of your own until the document names hosts";
    }
}

/* True for a regex that uses more of the grammar than is parsed, so that its width is not known. */
static bool
is_untold(const struct rule *rule)
{
    return rule->kind == PATTERN_REGEX && pattern_regex_width(rule->text + 1, (size_t)rule->len - 1) == REGEX_UNTOLD;
}

static void
judge(struct lint_pass *pass, const struct lint_rule *at)
{
    struct err ignored;
    const char *cloud = at->rule->kind == PATTERN_PREFIX ? NULL : pattern_cloud(at->rule->text, at->rule->len);
    if (at->source->preset || !lint_in_force(pass, at->terms))
        return;
    pass->remark = at->terms->set.has_id && !lint_is_bypass(pass, at->terms);
    if (cloud != NULL)
        lint_find(pass, at, "covers names that any customer of the cloud '%s' may choose: %s", cloud, advice(at));
    else if (table_check_width(at->rule, &ignored) == 0 || (is_untold(at->rule) && at->terms->verb == VERB_INSPECT))
        return;
    else if (is_untold(at->rule))
        lint_find(pass, at, "is a regex whose end cannot be told, perhaps very wide: %s", advice(at));
    else if (at->rule->kind == PATTERN_PREFIX)
        lint_find(pass, at, "is very wide: %s", advice(at));
    else
        lint_find(pass, at, "is very wide, anybody can register a name that matches: %s", advice(at));
}

void
lint_width(struct lint_pass *pass)
{
    lint_each(pass, judge);
    pass->remark = false;
}

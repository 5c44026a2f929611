// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmd_check_width.c - rules that match what strangers own. Part of cmd_check.h.
 *
 * On a bypass line of a local file such a rule is refused by the table already. Here are the others: published ones,
 * and local default and inspect lines, of which the first become a bypass as soon as Default is bypassed. A published
 * rule that is not bypassed is only remarked upon: nobody here can change it.
 */
#include "cmd_check.h"
#include "err.h"

static const char *
advice(const struct set *set)
{
    switch (set->verb) {
    case VERB_INSPECT:
        return "an inspect line does no harm, but it takes the bypass from your own names too; name those that are "
               "meant";
    case VERB_DEFAULT: return "that is harmless until Default is bypassed; name the hosts that are meant";
    case VERB_ALLOW:
    case VERB_OPTIMIZE:
    default: return "inspect it with a line of your own until the document names hosts";
    }
}

static void
judge(struct check *check, const struct check_rule *at)
{
    struct err ignored;
    const char *cloud = at->rule->kind == PATTERN_PREFIX ? NULL : pattern_cloud(at->rule->text, at->rule->len);
    if (at->source->preset || !check_in_force(check, at->set))
        return;
    check->remark = at->set->has_id && !check_is_bypass(check, at->set);
    if (cloud != NULL)
        check_find(check, at, "covers names that any customer of the cloud '%s' may choose: %s", cloud,
                   advice(at->set));
    else if (table_check_width(at->rule, &ignored) == 0)
        return;
    else if (at->rule->kind == PATTERN_PREFIX)
        check_find(check, at, "is very wide: %s", advice(at->set));
    else
        check_find(check, at, "is very wide, anybody can register a name that matches: %s", advice(at->set));
}

void
check_width(struct check *check)
{
    check_each(check, judge);
    check->remark = false;
}

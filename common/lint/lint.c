// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lint.c - what every check needs: how a finding is reported, which ports a line speaks for, when it counts. See
 * lint_build.h.
 *
 * The list of the checks is in lint_run.c.
 */
#include <stdarg.h>
#include <stdio.h>

#include "base/say.h"
#include "lint_build.h"
#include "name/ports.h"
#include "table/policy.h"
#include "table/table.h"

#define FIND_MAX 1900

static void
say_about(const struct lint *lint, const struct lint_rule *at, const char *finding)
{
    char room[64];
    const char *text = table_rule_text(at->rule, room);
    if (at->rule->line != 0)
        say(lint->listener, "'%s': line %u: '%s' %s", at->source->path, at->rule->line, text, finding);
    else
        say(lint->listener, "'%s': set %u: '%s' %s", at->source->path, at->terms->set.id, text, finding);
}

void
lint_find(struct lint_pass *pass, const struct lint_rule *at, const char *fmt, ...)
{
    char finding[FIND_MAX];
    if (pass->lint->local_only && at->terms->set.has_id && !at->source->local)
        return;
    pass->lint->findings += !pass->remark;
    if (++pass->said > pass->lint->said_max)
        return;
    va_list args;
    va_start(args, fmt);
    vsnprintf(finding, sizeof finding, fmt, args);
    va_end(args);
    say_about(pass->lint, at, finding);
}

void
lint_each(struct lint_pass *pass, void (*fn)(struct lint_pass *pass, const struct lint_rule *at))
{
    const struct table *table = pass->at->table;
    for (size_t i = 0; i < table->rule_count; i++) {
        struct lint_rule at = lint_book_rule(&pass->book, pass->at, &table->rules[i]);
        fn(pass, &at);
    }
}

bool
lint_in_force(const struct lint_pass *pass, const struct terms *terms)
{
    return terms->verb == VERB_INSPECT || terms->expires == 0 || terms->expires > pass->lint->today;
}

bool
lint_is_bypass(const struct lint_pass *pass, const struct terms *terms)
{
    uint32_t bypass = pass->lint->policy->bypass == 0 ? VERB_BYPASS_USUAL : pass->lint->policy->bypass;
    return terms->verb != VERB_INSPECT && (bypass & 1u << terms->verb) != 0;
}

/* The TCP ports that terms speak for, also if that is all of them. */
static struct ports
tcp_ports(const struct terms *terms)
{
    static const struct port_range all[] = {{1, UINT16_MAX}};
    struct ports ports;
    return table_tcp_ports(terms, &ports) ? (struct ports){all, 1} : ports;
}

bool
lint_speaks(const struct terms *terms)
{
    return tcp_ports(terms).count > 0;
}

bool
lint_ports_meet(const struct terms *a, const struct terms *b)
{
    const struct ports one = tcp_ports(a), other = tcp_ports(b);
    for (uint32_t i = 0; i < one.count; i++) {
        for (uint32_t k = 0; k < other.count; k++) {
            if (one.range[i].low <= other.range[k].high && other.range[k].low <= one.range[i].high)
                return true;
        }
    }
    return false;
}

bool
lint_ports_cover(const struct terms *a, const struct terms *b)
{
    const struct ports one = tcp_ports(a), other = tcp_ports(b);
    return ports_cover(&one, &other);
}

const char *
lint_name(char ret[LINT_NAME_MAX], const struct lint_rule *rule)
{
    char room[64], place[32] = "";
    const char *text = table_rule_text(rule->rule, room);
    if (rule->rule->line != 0)
        snprintf(place, sizeof place, " line %u", rule->rule->line);
    if (rule->terms->set.has_id)
        snprintf(ret, LINT_NAME_MAX, "'%.255s' (%s, set %u, '%.100s'%s)", text, verb_title(rule->terms->verb),
                 rule->terms->set.id, rule->source->path, place);
    else
        snprintf(ret, LINT_NAME_MAX, "'%.255s' (%s, '%.100s'%s)", text, verb_title(rule->terms->verb),
                 rule->source->path, place);
    return ret;
}

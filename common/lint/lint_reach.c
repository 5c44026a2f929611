// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lint_reach.c - local lines that decide nothing: given twice, always beaten, covered. Part of lint_build.h.
 *
 * A line is reported only if a single other rule covers it, ports included. Nothing is reported where several rules
 * cover it together. Published documents are not judged, except for rules given twice, and neither are presets.
 */
#include <string.h>

#include "lint_build.h"
#include "name/addr.h"
#include "name/ports.h"
#include "name/precedence.h"
#include "name/tenant.h"
#include "table/policy.h"

/* One local line, and which of the rules that cover it matter. */
struct reach {
    const struct lint_pass *pass;
    const struct lint_rule *at;
    const struct lint_rule *twin;    /* an earlier line that says the same */
    const struct lint_rule *inspect; /* wins over everything */
    const struct lint_rule *beater;  /* not less specific, and stronger */
    const struct lint_rule *next;    /* would decide without the line */
    const struct lint_rule *opener;  /* is bypassed and wins on some of its ports, though the line is not bypassed */
    bool doubt;                      /* on some of its ports a rule with another verb might decide */
};

static bool
is_same_pattern(const struct rule *a, const struct rule *b)
{
    if (a->kind == PATTERN_PREFIX)
        return a->prefix->len == b->prefix->len;
    return strcmp(a->text, b->text) == 0;
}

/* What counts when a rule competes for the names of another rule that it covers. */
static struct claim
claim_of(const struct lint_rule *cover, const struct rule *of)
{
    const struct rule *rule = cover->rule;
    enum verb verb = cover->terms->verb;
    if (rule->kind == PATTERN_PREFIX)
        return (struct claim){verb, rule->prefix->len};
    bool whole = rule->kind == PATTERN_DOT && of->kind == PATTERN_EXACT && strcmp(rule->text + 1, of->text) == 0;
    return (struct claim){verb, pattern_weight(rule->text, rule->len, whole ? PATTERN_EXACT : rule->kind)};
}

static bool
is_before(const struct lint_rule *a, const struct lint_rule *b)
{
    return a->source != b->source ? a->source < b->source : a->rule->line < b->rule->line;
}

/* True for two local lines with the same verb, names, ports and last day. */
static bool
is_twin(const struct lint_rule *a, const struct lint_rule *b)
{
    return !a->terms->set.has_id && is_same_pattern(a->rule, b->rule) && a->terms->verb == b->terms->verb &&
           ports_equal(&a->terms->tcp, &b->terms->tcp) && ports_equal(&a->terms->udp, &b->terms->udp) &&
           a->terms->expires == b->terms->expires;
}

static void
weigh(struct reach *reach, const struct lint_rule *cover)
{
    const struct lint_rule *at = reach->at;
    bool highest = reach->pass->lint->policy->highest;
    const struct claim claim = claim_of(cover, at->rule), own = claim_of(at, at->rule);
    if (claim.verb > own.verb && precedence_compare(&claim, &own, highest) > 0) {
        reach->beater = cover;
        return;
    }
    bool mutual = !cover->terms->set.has_id && is_same_pattern(cover->rule, at->rule) &&
                  lint_ports_cover(at->terms, cover->terms) && !is_before(cover, at);
    if (mutual)
        return;
    const struct claim next = reach->next == NULL ? claim : claim_of(reach->next, at->rule);
    if (reach->next == NULL || precedence_compare(&claim, &next, highest) > 0)
        reach->next = cover;
}

/* Remembers a bypass that wins over a line which is not one, where both speak for a port. */
static void
weigh_opener(struct reach *reach, const struct lint_rule *cover)
{
    const struct lint_rule *at = reach->at;
    const struct claim claim = claim_of(cover, at->rule), own = claim_of(at, at->rule);
    if (at->terms->verb != VERB_INSPECT && !lint_is_bypass(reach->pass, at->terms) &&
        lint_is_bypass(reach->pass, cover->terms) && lint_ports_meet(cover->terms, at->terms) &&
        precedence_compare(&claim, &own, reach->pass->lint->policy->highest) > 0)
        reach->opener = cover;
}

static bool
take_cover(void *arg, const struct lint_rule *cover)
{
    struct reach *reach = arg;
    const struct lint_rule *at = reach->at;
    bool inspects = cover->terms->verb == VERB_INSPECT, inspected = at->terms->verb == VERB_INSPECT;
    if (!lint_in_force(reach->pass, cover->terms) || !lint_speaks(cover->terms))
        return false;
    if (is_twin(cover, at)) {
        if (is_before(cover, at))
            reach->twin = cover;
        return reach->twin != NULL;
    }
    if (!lint_ports_cover(cover->terms, at->terms)) {
        reach->doubt = reach->doubt || cover->terms->verb != at->terms->verb;
        weigh_opener(reach, cover);
        return false;
    }
    if (inspected && !inspects)
        return false;
    if (inspects && !inspected)
        reach->inspect = cover;
    else
        weigh(reach, cover);
    return false;
}

/* A file that is named twice has each line twice, but one sentence says so. */
static void
say_twin(struct lint_pass *pass, const struct lint_rule *at, const struct lint_rule *twin)
{
    bool again = twin->source != at->source && twin->rule->line == at->rule->line &&
                 strcmp(twin->source->path, at->source->path) == 0;
    if (again && pass->twice == at->source)
        return;
    if (again) {
        lint_find(pass, at, "says the same as itself, because the file is named twice; name it once");
        pass->twice = at->source;
    } else if (twin->source == at->source)
        lint_find(pass, at, "says the same as line %u; remove one of the two", twin->rule->line);
    else
        lint_find(pass, at, "says the same as line %u of '%s'; remove one of the two", twin->rule->line,
                  twin->source->path);
}

/* True for a name that the tenant guard inspects, whatever the rules say. */
static bool
is_foreign(const struct lint_pass *pass, const struct lint_rule *at)
{
    const struct policy *policy = pass->lint->policy;
    const char *label;
    size_t len;
    if (policy->tenant_count == 0 || at->terms->verb == VERB_INSPECT ||
        (at->rule->kind != PATTERN_EXACT && at->rule->kind != PATTERN_UNDER))
        return false;
    if (!tenant_label(at->rule->text, at->rule->len, &label, &len) || memchr(label, '*', len) != NULL)
        return false;
    return tenant_pattern_is_foreign(at->rule->text, at->rule->len, policy->tenants, policy->tenant_count);
}

static bool
say_never(struct lint_pass *pass, const struct reach *reach)
{
    char name[LINT_NAME_MAX];
    if (!lint_speaks(reach->at->terms))
        lint_find(pass, reach->at,
                  "never decides: it speaks for UDP ports only, and no request to a proxy has one; leave out "
                  "'udp=' or add 'tcp='");
    else if (is_foreign(pass, reach->at))
        lint_find(pass, reach->at,
                  "never decides: it is another organisation's tenant, which the tenant guard inspects; "
                  "configure the tenant if it is yours, else remove the line");
    else if (reach->inspect != NULL && reach->inspect->source->preset)
        return true;
    else if (reach->inspect != NULL)
        lint_find(pass, reach->at,
                  "never decides: the inspect rule %s wins over everything; remove the one that is not meant",
                  lint_name(name, reach->inspect));
    else if (reach->beater != NULL)
        lint_find(pass, reach->at,
                  "never decides: %s wins, being stronger; remove the line, or write 'inspect' if that is "
                  "what is meant",
                  lint_name(name, reach->beater));
    else if (reach->opener != NULL)
        lint_find(pass, reach->at,
                  "closes less than it says: on the ports of both %s wins, being stronger, and is bypassed; write "
                  "'inspect' if that is what is meant",
                  lint_name(name, reach->opener));
    else
        return false;
    return true;
}

static void
judge(struct lint_pass *pass, const struct lint_rule *at)
{
    struct reach reach = {.pass = pass, .at = at};
    char name[LINT_NAME_MAX];
    if (at->terms->set.has_id || at->source->preset || !lint_in_force(pass, at->terms))
        return;
    lint_each_cover(&pass->book, at, take_cover, &reach);
    if (reach.twin != NULL)
        say_twin(pass, at, reach.twin);
    else if (!say_never(pass, &reach) && reach.next != NULL && !reach.doubt &&
             reach.next->terms->verb == at->terms->verb)
        lint_find(pass, at, "changes nothing: %s%s already says so; remove the line",
                  reach.next->terms->set.has_id ? "the published " : "", lint_name(name, reach.next));
}

void
lint_reach(struct lint_pass *pass)
{
    lint_each(pass, judge);
}

/* Finds published rules that occur twice in one set. Local lines are judged above. */
static void
find_twice(struct lint_pass *pass, const struct lint_rule *rules, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const struct lint_rule *a = &rules[i - 1], *b = &rules[i];
        bool same = a->source == b->source && a->rule->terms == b->rule->terms;
        if (b->source != pass->at || !b->terms->set.has_id || !same)
            continue;
        if (b->rule->kind == PATTERN_PREFIX ? memcmp(a->rule->prefix, b->rule->prefix, sizeof *a->rule->prefix) != 0
                                            : strcmp(a->rule->text, b->rule->text) != 0)
            continue;
        if (b->rule->line == 0)
            lint_find(pass, b, "is listed twice");
        else
            lint_find(pass, b, "says the same as line %u; remove one of the two", a->rule->line);
    }
}

void
lint_duplicates(struct lint_pass *pass)
{
    find_twice(pass, pass->book.names, pass->book.name_count);
    find_twice(pass, pass->book.prefixes, pass->book.prefix_count);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* advise_say.c - the sentence of a finding: the situation, how it ends and by which line, how it must end. Part of
 * advise_build.h. */
#include <string.h>

#include "advise_build.h"
#include "advise_worker.h"
#include "base/err.h"

#define FINDING_MAX ((size_t)65536)

static const char *
word_of(const struct group *group)
{
    static const char *const words[] = {"spliced", "inspected", "cut off", "refused", "asked for a password",
                                        "allowed", "refused"};
    bool through = (group->broken & (OUTCOME_PASSWORD | OUTCOME_REFUSE | OUTCOME_CLAIM | OUTCOME_DENIED)) != 0;
    return through ? "let in" : words[group->course->end];
}

static bool
is_list(const struct acl *acl)
{
    return outcome_is_list(acl, true);
}

/* True if it is not the network alone that has no bypass: some names, or some users. */
static bool
is_of_some(const struct group *group)
{
    return group->rule != NULL &&
           (role_uses(group->rule, is_list, false) ||
            (group->step->phase == PHASE_BUMP && role_uses(group->rule, role_is_password, false)));
}

static const char *
must_of(const struct group *group)
{
    switch (group->broken) {
    case OUTCOME_BYPASS:
        return group->minor && !is_of_some(group) ? "this network is not bypassed"
               : group->note                      ? "a rule of your own comes before the bypass"
                                                  : "it must pass without inspection and without a password";
    case OUTCOME_INSPECT: return group->note ? "on port 443 it is inspected" : "it must be inspected";
    case OUTCOME_PASSWORD: return "it must not get in without a password";
    case OUTCOME_REFUSE: return group->note ? "no rule names a network before" : "http_access must name your networks";
    case OUTCOME_CLAIM: return "no client may choose its address; name the proxies in front instead";
    case OUTCOME_DENIED: return "its own rule must refuse it";
    case OUTCOME_KEPT: return "its own rule must inspect it or cut it off";
    default: return "its own rule must splice it";
    }
}

static void
add_step(struct buf *say, const struct course_step *step)
{
    switch (step->phase) {
    case PHASE_BUMP: buf_add_fmt(say, "ssl_bump, step %d", step->step); break;
    case PHASE_FOLLOW: buf_add_text(say, "follow_x_forwarded_for"); break;
    case PHASE_AGAIN: buf_add_text(say, "http_access after the splice"); break;
    case PHASE_INSIDE: buf_add_text(say, "http_access inside"); break;
    case PHASE_PROXY: buf_add_text(say, "proxy_protocol_access"); break;
    case PHASE_LATER: buf_add_text(say, "adapted_http_access"); break;
    case PHASE_MISS: buf_add_text(say, "miss_access"); break;
    case PHASE_DIRECT: buf_add_text(say, "never_direct, and no cache_peer is a parent"); break;
    default: buf_add_text(say, "http_access"); break;
    }
}

static void
add_assumptions(struct buf *say, const struct course *course)
{
    for (size_t i = 0; i < course->assumption_count; i++) {
        const struct course_assumption *one = &course->assumptions[i];
        buf_add_fmt(say, "%s%s %s", i == 0 ? ", if " : " and ", one->subject, one->value ? one->rest : one->unless);
    }
}

/* Where the finding stands. */
struct place {
    const char *file;
    unsigned number;
    bool end; /* no rule decides: this is the last one */
};

static struct place
place_of_rule(const struct rule *rule, bool end)
{
    return (struct place){rule->file, rule->number, end};
}

static struct place
place_of(const struct advice *advice, const struct group *group)
{
    const struct outcome_case *one = &advice->set.cases[group->first];
    const struct rules *rules = advise_list_of(advice, group->step);
    if ((group->broken & OUTCOME_OWNS) != 0)
        return place_of_rule(one->rule, false);
    if (group->rule != NULL)
        return place_of_rule(group->rule, false);
    if (rules->count > 0)
        return place_of_rule(&rules->rule[rules->count - 1], true);
    for (size_t i = 0; i < advice->conf->port_count; i++) {
        const struct port *port = &advice->conf->ports[i];
        if (strcmp(port->address, one->listener) == 0)
            return (struct place){port->file, port->number, false};
    }
    return (struct place){advice->about->path, 1, false};
}

static void
add_cause(struct buf *say, const struct group *group, const struct place *place)
{
    if ((group->broken & OUTCOME_OWNS) != 0)
        buf_add_fmt(say, "%s by an earlier rule (%s:%u", word_of(group), group->rule->file, group->rule->number);
    else if (group->step == NULL)
        buf_add_fmt(say, "%s (the port", word_of(group));
    else if (place->end)
        buf_add_fmt(say, "%s after this line, as no rule matches (", word_of(group));
    else if (group->step->stopped && group->course->end != END_ASK)
        buf_add_fmt(say, "%s at this line, where the list ends without an answer (", word_of(group));
    else
        buf_add_fmt(say, "%s by this line (", word_of(group));
    if ((group->broken & OUTCOME_OWNS) != 0)
        buf_add_text(say, ", ");
    if (group->step != NULL)
        add_step(say, group->step);
    buf_add_char(say, ')');
}

void
advise_say(struct advice *advice, const struct group *group, const struct edit *edit)
{
    const struct outcome_case *one = &advice->set.cases[group->first];
    struct place place = place_of(advice, group);
    struct buf say;
    buf_init(&say, FINDING_MAX);
    buf_add_fmt(&say, "%s: ", one->title);
    add_cause(&say, group, &place);
    buf_add_fmt(&say, "%s%s", group->note ? "; " : ", but ", must_of(group));
    if (group->count > 1)
        buf_add_fmt(&say, "; %zu situations alike", group->count);
    buf_add_fmt(&say, "; see m365ctl trace '%s'", one->request);
    add_assumptions(&say, group->course);
    buf_add_char(&say, '\n');
    if (edit != NULL)
        edit_print(&say, &advice->text, edit);
    buf_add_char(&say, '\0');
    if (buf_ok(&say))
        advise_add(advice, &(struct heard){
                               .file = place.file, .number = place.number, .counts = !group->note, .text = say.data});
    else
        advice->failed = err_set(advice->err, ERR_MEM, "no memory for a finding") != 0;
    buf_clear(&say);
}

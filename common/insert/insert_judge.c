// SPDX-License-Identifier: GPL-2.0-or-later
/* insert_judge.c - whether the situations end as they must, and none ends less safe than before. Part of
 * insert_build.h. */
#include <string.h>

#include "base/err.h"
#include "insert_build.h"
#include "insert_judge.h"
#include "insert_law.h"
#include "insert_lines.h"

#define KEPT_MAX 16
#define KEPT_NAMES_MAX 3

bool
judge_must(const struct outcome_case *one, const struct outcome *outcome)
{
    return (one->wants & OUTCOME_BYPASS) != 0 && outcome->possible;
}

/* The rule of http_access that let the request in for another user than the one who counts, and without the bypass;
 * NULL: none did. */
static const struct rule *
other_entry(const struct insert *insert, const struct outcome_case *one, const struct course *course)
{
    for (size_t i = 0; i < course->step_count && one->situation.user != NULL && course->end == END_BUMP; i++) {
        const struct rule *rule = course->steps[i].phase == PHASE_ACCESS ? course->steps[i].rule : NULL;
        if (rule != NULL && role_is(rule, "allow") && law_is_for_others(rule, &insert->user))
            return rule;
    }
    return NULL;
}

/* The usual client is no exception from what happens to the usual client. */
static bool
is_kept_by(const struct insert *insert, const struct outcome_case *one, const struct course_step *step,
           const struct course *course)
{
    if (step == NULL || step->rule == NULL || (step->stopped && course->end != END_ASK))
        return false;
    if (step->phase == PHASE_BUMP)
        return role_is_own_bump(step->rule) ||
               ((one->wants & OUTCOME_THROUGH) != 0 && law_is_except_bump(&insert->conf->bump, step->rule));
    if (role_is(step->rule, "allow"))
        return course->end == END_ASK && law_is_for_others(step->rule, &insert->user);
    return role_is(step->rule, "deny") && law_deny(step->rule) != DENY_ASKS && !role_takes_all(step->rule);
}

/* True if a password is asked for that would not help: `allow users !late` asks about the names of `late`, too. */
static bool
is_vain(struct insert *insert, const struct outcome_case *one, const struct course *course)
{
    if (course->end != END_ASK || one->situation.user != NULL)
        return false;
    int is = outcome_lets_in(insert->conf, &insert->first.set, one, &insert->user, insert->err);
    insert->failed = insert->failed || is < 0;
    return is == 0;
}

/* The rule of the administrator's that is the reason that a bypassed name does not end as it must; NULL: none is. */
static const struct rule *
keeper(struct insert *insert, const struct outcome_case *one, const struct course *course)
{
    const struct course_step *step = outcome_blamed(one->wants, course);
    bool kept = is_kept_by(insert, one, step, course);
    if (!kept && step != NULL && step->rule != NULL)
        kept = is_vain(insert, one, course);
    return kept ? step->rule : other_entry(insert, one, course);
}

bool
judge_is_wrong(struct insert *insert, const struct outcome_case *one, const struct outcome *before,
               const struct course *course)
{
    struct course copy = *course;
    const struct outcome only = {.possible = true, .courses = {.course = &copy, .count = 1}};
    bool was = (course->end == END_DENY && judge_denials(before) > 0) || course->end == END_CONFLICT;
    return !was && keeper(insert, one, course) == NULL && outcome_wrong(one, &only) != NULL;
}

/* The step by which a situation ends, or NULL. */
static const struct course_step *
decides(const struct outcome_case *one, const struct outcome *outcome)
{
    const struct course *course = outcome_wrong(one, outcome);
    course = course != NULL || outcome->courses.count == 0 ? course : &outcome->courses.course[0];
    return course == NULL ? NULL : outcome_blamed(one->wants, course);
}

/* Where the file itself has the rule; NULL: it is one of those that are added. */
static const struct squidconf_line *
origin(const struct insert *insert, const struct rule *rule)
{
    for (size_t i = 0; rule != NULL && i < insert->text.line_count; i++) {
        const struct squidconf_line *line = &insert->text.lines[i];
        if (strcmp(line->file, rule->file) == 0 && strcmp(line->text, rule->text) == 0)
            return line;
    }
    return NULL;
}

/* Where a line that is added is the reason, the file's own rule is named, by which the situation ends now. */
static void
say(struct insert *insert, const struct outcome_case *one, const struct outcome *before, const struct outcome *after)
{
    const struct course_step *step = decides(one, after), *old = decides(one, before);
    const struct squidconf_line *line = origin(insert, step == NULL ? NULL : step->rule);
    bool early = line != NULL && judge_must(one, after) && step->phase == PHASE_BUMP && step->step == 1;
    char is[OUTCOME_WORDS_MAX], was[OUTCOME_WORDS_MAX];
    line = line != NULL ? line : origin(insert, old == NULL ? NULL : old->rule);
    outcome_words(is, after);
    outcome_words(was, before);
    const char *now = strcmp(is, was) == 0 ? "" : insert_text(insert, "; now it ends as %s", was);
    insert->why = insert_text(
        insert,
        "%s:%u: no place for the lines was found: in the one that came nearest, %s ('%s') would "
        "end as %s%s%s",
        line == NULL ? insert->about->path : line->file, line == NULL ? 1 : line->number, one->title, one->request, is,
        now, early ? "; this line decides at step 1, before Squid reads which name the client sends" : "");
}

/* ---- what stays as it is, because the administrator says so ---- */

/* A rule that keeps bypassed names closed or inspected. */
struct kept {
    const struct rule *rule; /* of the file */
    enum course_end end;
    bool maybe;
    const char *names[KEPT_NAMES_MAX];
    size_t name_count;
};

struct judge {
    struct insert *insert;
    struct kept kept[KEPT_MAX];
    size_t kept_count;
    bool through;
};

static void
add_name(struct kept *kept, const struct outcome_case *one)
{
    const struct situation *situation = &one->situation;
    const char *name = situation->kind == SITUATION_INTERCEPT ? situation->sni : situation->host;
    for (size_t i = 0; i < kept->name_count; i++) {
        if (strcmp(kept->names[i], name) == 0)
            return;
    }
    if (kept->name_count < KEPT_NAMES_MAX)
        kept->names[kept->name_count++] = name;
}

/* NULL: there is no room for it, or no such rule. */
static struct kept *
keep_rule(struct judge *judge, const struct rule *rule, enum course_end end)
{
    size_t i = 0;
    while (i < judge->kept_count && judge->kept[i].rule != rule)
        i++;
    if (rule == NULL || i == KEPT_MAX)
        return NULL;
    if (i == judge->kept_count)
        judge->kept[judge->kept_count++] = (struct kept){.rule = rule, .end = end, .maybe = true};
    return &judge->kept[i];
}

static void
keep(struct judge *judge, const struct outcome_case *one, const struct course *course)
{
    const struct rule *rule = rule_origin(judge->insert, keeper(judge->insert, one, course));
    struct kept *kept = keep_rule(judge, rule, course->end);
    if (kept == NULL)
        return;
    kept->maybe = kept->maybe && (course->assumption_count > 0 || (one->wants & OUTCOME_THROUGH) != 0);
    add_name(kept, one);
}

/* No situation has the clients that ssl_bump closes or inspects before it comes to the bypass. */
static void
keep_clients(struct judge *judge, const struct trial *trial)
{
    const struct rules *bump = &trial->conf->bump;
    const struct rule *splice = lines_rule(bump, "splice", lines_is_bypass);
    for (const struct rule *rule = bump->rule; splice != NULL && rule < splice; rule++) {
        if (!law_is_client_bump(rule))
            continue;
        struct kept *kept =
            keep_rule(judge, rule_origin(judge->insert, rule), role_is(rule, "bump") ? END_BUMP : END_TERMINATE);
        if (kept != NULL)
            kept->maybe = false;
    }
}

/* True if one rule has an ACL with `!` that the other one has without. */
static bool
is_apart(const struct rule *a, const struct rule *b)
{
    for (size_t i = 0; i < a->uses.count; i++) {
        for (size_t k = 0; k < b->uses.count; k++) {
            if (a->uses.use[i].acl == b->uses.use[k].acl && a->uses.use[i].negated != b->uses.use[k].negated)
                return true;
        }
    }
    return false;
}

/* True if a rule comes before a bypass, and may take what would come to that. */
static bool
is_before_bypass(const struct rules *rules, const struct rule *rule, const char *action)
{
    for (size_t i = (size_t)(rule - rules->rule) + 1; i < rules->count; i++) {
        const struct rules one = {.rule = &rules->rule[i], .count = 1};
        if (lines_rule(&one, action, lines_is_bypass) != NULL && !is_apart(rule, one.rule))
            return true;
    }
    return false;
}

static bool
has_list(const struct acl_uses *uses, const struct acl *list, unsigned depth)
{
    for (size_t i = 0; i < uses->count; i++) {
        const struct acl *acl = uses->use[i].acl;
        bool found = acl == list;
        for (size_t line = 0; line < acl->line_count && depth > 0 && !found; line++)
            found = has_list(&acl->lines[line], list, depth - 1);
        if (found && !uses->use[i].negated)
            return true;
    }
    return false;
}

/* The rules before the bypass that have the list of the situation: they may be about other clients than those of the
 * situations. */
static void
keep_before(struct judge *judge, const struct trial *trial, const struct outcome_case *one)
{
    bool denies = (one->wants & OUTCOME_DENIED) != 0;
    const struct rules *rules = denies ? &trial->conf->access : &trial->conf->bump;
    for (size_t i = 0; i < rules->count; i++) {
        const struct rule *rule = &rules->rule[i];
        bool bumps = role_is(rule, "bump"), closes = denies ? role_is_firm(rule) : bumps || role_is(rule, "terminate");
        if (!closes || !has_list(&rule->uses, one->own, ROLE_DEPTH) ||
            !is_before_bypass(rules, rule, denies ? "allow" : "splice"))
            continue;
        enum course_end end = denies ? END_DENY : bumps ? END_BUMP : END_TERMINATE;
        struct kept *kept = keep_rule(judge, rule_origin(judge->insert, rule), end);
        if (kept != NULL)
            add_name(kept, one);
    }
}

/* The lists of the administrator's that have a bypassed name, where their rule decides: perhaps at one port only. */
static void
keep_listed(struct judge *judge, const struct trial *trial)
{
    for (size_t i = 0; i < trial->set.count; i++) {
        const struct outcome_case *one = &trial->set.cases[i];
        const struct outcome *after = &trial->after[i];
        if ((one->wants & (OUTCOME_DENIED | OUTCOME_KEPT)) == 0)
            continue;
        for (size_t c = 0; after->possible && c < after->courses.count; c++) {
            if (keeper(judge->insert, one, &after->courses.course[c]) != NULL)
                keep(judge, one, &after->courses.course[c]);
        }
        keep_before(judge, trial, one);
    }
}

/* True if the rule's own names have the name, as far as they are lists. */
static bool
has_name(const struct rule *rule, const char *name)
{
    for (size_t i = 0; i < rule->uses.count; i++) {
        const struct acl_use *use = &rule->uses.use[i];
        if (use->acl->kind == ACL_DSTDOMAIN && acl_names_hold(use->acl, name, false) == use->negated)
            return false;
    }
    return true;
}

/* Rules that keep bypassed names for some users, for requests that no situation has: of other clients, or methods. */
static void
keep_users(struct judge *judge, const struct trial *trial)
{
    const struct rules *access = &judge->insert->conf->access;
    const struct rule *bypass = lines_rule(access, "allow", lines_is_bypass), *end = access->rule + access->count;
    for (const struct rule *rule = access->rule; rule < end && rule != bypass && !role_takes_all(rule); rule++) {
        if (!role_is(rule, "deny") || law_deny(rule) != DENY_NAMED)
            continue;
        for (size_t i = 0; i < trial->set.count; i++) {
            const struct outcome_case *one = &trial->set.cases[i];
            bool is = judge_must(one, &trial->after[i]) && one->situation.kind == SITUATION_CONNECT &&
                      has_name(rule, one->situation.host);
            struct kept *kept = is ? keep_rule(judge, rule, END_ASK) : NULL;
            if (kept != NULL)
                add_name(kept, one);
        }
    }
}

/* True if it counts that a bypassed name gets through here: where the file inspects TLS, plain HTTP alone is not what
 * the lines are for, and they would lack the splice. */
static bool
is_passage(const struct insert *insert, const struct outcome_case *one)
{
    return !insert->wish.bump || one->situation.kind != SITUATION_URL;
}

/* A bypassed name. False: it does not get through, no rule of the administrator's is the reason, and it was not refused
 * before; or it gets through where it was denied, or does not where it was let in. */
static bool
check(struct judge *judge, const struct outcome_case *one, const struct outcome *before, const struct outcome *after)
{
    bool good = true;
    judge->through = judge->through || ((one->wants & OUTCOME_THROUGH) == 0 && one->situation.user == NULL &&
                                        outcome_openness(after) == OUTCOME_OPEN && is_passage(judge->insert, one));
    for (size_t i = 0; i < after->courses.count; i++) {
        const struct course *course = &after->courses.course[i];
        if (outcome_broken(one->wants, course->end) != 0 && keeper(judge->insert, one, course) != NULL)
            keep(judge, one, course);
        good = good && !judge_is_wrong(judge->insert, one, before, course);
    }
    bool was = outcome_openness(before) != OUTCOME_CLOSED, is = outcome_openness(after) != OUTCOME_CLOSED;
    return good && !(judge_is_denied(one, before) && is) && !(was && !is && judge_denials(after) > 0);
}

static void
add_names(struct buf *ret, const struct kept *kept)
{
    buf_add_fmt(ret, "%s:%u: '%s' ", kept->rule->file, kept->rule->number, kept->rule->text);
    if (kept->end == END_ASK)
        buf_add_text(ret, "still asks for a password for bypassed names");
    else
        buf_add_fmt(ret, "%s bypassed names %s", kept->maybe ? "may keep" : "keeps",
                    kept->end == END_BUMP ? "inspected" : "closed");
    if (!law_is_choosy(kept->rule))
        buf_add_fmt(ret, " for the %s that it is about", kept->end == END_ASK ? "requests" : "clients and ports");
    for (size_t i = 0; law_is_choosy(kept->rule) && i < kept->name_count; i++)
        buf_add_fmt(ret, "%s%s", i == 0 ? ", such as " : ", ", kept->names[i]);
    buf_add_char(ret, '\n');
}

static bool
is_said(const struct judge *judge, const struct rule *rule)
{
    for (size_t i = 0; i < judge->kept_count; i++) {
        if (judge->kept[i].rule == rule)
            return true;
    }
    return false;
}

/* True if the rule is about users who do not count, and has no line. */
static bool
is_for_others(const struct insert *insert, const struct rule *rule)
{
    for (size_t i = 0; i < insert->lined_count; i++) {
        if (insert->lined[i] == rule)
            return false;
    }
    return law_is_for_others(rule, insert->each ? &insert->users.user[0] : &insert->user);
}

/* What an administrator should know about the result. */
static void
note(const struct judge *judge)
{
    struct insert *insert = judge->insert;
    const struct rules *access = &insert->conf->access;
    for (size_t i = 0; i < judge->kept_count; i++)
        add_names(&insert->notes, &judge->kept[i]);
    for (size_t i = 0; i < access->count; i++) {
        if (law_ends(&access->rule[i], &insert->user))
            break;
        if (law_lets_in(&access->rule[i], false) && is_for_others(insert, &access->rule[i]) &&
            !is_said(judge, &access->rule[i]))
            buf_add_fmt(&insert->notes, "%s:%u: '%s' is for some users only, so no line lets others in by it\n",
                        access->rule[i].file, access->rule[i].number, access->rule[i].text);
        if (law_is_about_users(&access->rule[i]))
            buf_add_fmt(&insert->notes, "%s:%u: '%s' needs a password, so bypassed names do not meet it\n",
                        access->rule[i].file, access->rule[i].number, access->rule[i].text);
        if (law_leaves_out_users(&access->rule[i]))
            buf_add_fmt(&insert->notes,
                        "%s:%u: '%s' leaves out some users, and without a password nobody knows who they are, so they "
                        "reach bypassed names, too\n",
                        access->rule[i].file, access->rule[i].number, access->rule[i].text);
    }
}

static bool
is_worth_it(const struct judge *judge)
{
    struct insert *insert = judge->insert;
    if (judge->through)
        return true;
    const struct rule *rule = judge->kept_count == 0 ? NULL : judge->kept[0].rule;
    insert->all_closed = true;
    if (rule == NULL)
        insert->why = insert_text(insert,
                                  "%s:1: http_access lets no client in to the bypassed names that were tried, with or "
                                  "without a password, so the lines have no place; allow that first",
                                  insert->about->path);
    else
        insert->why = insert_text(insert,
                                  "%s:%u: '%s' comes before the bypass and %s of the bypassed names "
                                  "that were tried; the lines have no place",
                                  rule->file, rule->number, rule->text,
                                  judge->kept[0].end == END_ASK ? "asks for a password for each" : "leaves none");
    return false;
}

/* Asks for more clients whether somebody gets in without a password whom the file does not let in with one, or a user
 * does not any more. */
static bool
is_fair(struct insert *insert, const struct trial *trial)
{
    struct outcome_opened_about about = {.before = insert->conf,
                                         .after = trial->conf,
                                         .set = &trial->set,
                                         .users = &insert->users,
                                         .unknown = true,
                                         .arena = trial->arena};
    struct outcome_opening opening;
    about.apart = insert->apart;
    outcome_opened_passwords(&about, &insert->user);
    if (outcome_opened(&opening, &about, insert->err) != 0)
        insert->failed = true;
    if (opening.request == NULL)
        return !insert->failed;
    const char *who = opening.user->list == NULL ? "an ordinary user"
                                                 : insert_text(insert, "users of '%s'", opening.user->list->name);
    insert->why = opening.lost
                      ? insert_text(insert,
                                    "%s:1: no place for the lines was found: in the one that came nearest, '%s' would "
                                    "end as %s; now it ends as %s",
                                    insert->about->path, opening.request, opening.is, opening.was)
                      : insert_text(insert,
                                    "%s:1: no place for the lines was found: in the one that came nearest, '%s' would "
                                    "end as %s without a password, and the file does not let %s in there",
                                    insert->about->path, opening.request, opening.is, who);
    return false;
}

bool
insert_judge(struct insert *insert, const struct trial *trial)
{
    struct judge judge = {.insert = insert};
    buf_reset(&insert->notes);
    insert->all_closed = false;
    for (size_t i = 0; i < trial->set.count; i++) {
        const struct outcome_case *one = &trial->set.cases[i];
        const struct outcome *before = &trial->before[i], *after = &trial->after[i];
        if (judge_must(one, after) ? check(&judge, one, before, after)
                                   : !judge_is_worse(insert, trial, one, before, after))
            continue;
        say(insert, one, before, after);
        insert->reached = i;
        return false;
    }
    insert->reached = trial->set.count;
    if (judge.through && !is_fair(insert, trial))
        return false;
    if (judge.through) {
        keep_listed(&judge, trial);
        keep_clients(&judge, trial);
        keep_users(&judge, trial);
    }
    note(&judge);
    insert->failed = insert->failed ||
                     (!buf_ok(&insert->notes) && err_set(insert->err, ERR_MEM, "no memory for the sentences") != 0);
    return is_worth_it(&judge);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* outcome_find.c - how the situations end, and whether they must end so. See outcome.h. */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "outcome_build.h"

int
outcome_find(struct outcome *ret, const struct outcome_set *set, const struct ruleset *conf, struct arena *arena,
             struct err *err)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct course_question question = {conf, &set->cases[i].situation, set->hosts, false};
        struct err one = {0};
        ret[i] = (struct outcome){.possible = true};
        if (course_find(&ret[i].courses, &question, arena, &one) == 0)
            continue;
        if (one.kind != ERR_USAGE)
            return err_set(err, one.kind, "%s", one.text);
        ret[i].possible = false;
    }
    return 0;
}

/* ---- what must be true ---- */

static bool
gets_through(enum course_end end)
{
    return end == END_SPLICE || end == END_BUMP || end == END_ALLOW;
}

enum outcome_openness
outcome_openness(const struct outcome *outcome)
{
    enum outcome_openness most = OUTCOME_CLOSED;
    for (size_t i = 0; outcome->possible && i < outcome->courses.count; i++) {
        enum course_end end = outcome->courses.course[i].end;
        enum outcome_openness is = end == END_SPLICE || end == END_ALLOW ? OUTCOME_OPEN
                                   : end == END_BUMP                     ? OUTCOME_INSPECTED
                                                                         : OUTCOME_CLOSED;
        most = is > most ? is : most;
    }
    return most;
}

bool
outcome_through(const struct outcome *outcome)
{
    return outcome_openness(outcome) != OUTCOME_CLOSED;
}

unsigned
outcome_broken(unsigned wants, enum course_end end)
{
    bool through = gets_through(end), open = end == END_SPLICE || end == END_ALLOW;
    unsigned broken = 0;
    if (!open && (through || (wants & OUTCOME_THROUGH) == 0 || (wants & OUTCOME_NOTE) != 0))
        broken |= OUTCOME_BYPASS;
    if (end == END_SPLICE)
        broken |= OUTCOME_INSPECT | OUTCOME_KEPT;
    if (end == END_BUMP)
        broken |= OUTCOME_OWN;
    if (through)
        broken |= OUTCOME_PASSWORD | OUTCOME_REFUSE | OUTCOME_CLAIM | OUTCOME_DENIED;
    return broken & wants;
}

static bool
is_access(const struct course_step *step)
{
    return step->phase == PHASE_ACCESS || step->phase == PHASE_AGAIN || step->phase == PHASE_INSIDE;
}

static bool
is_refusing(const struct course_step *step)
{
    return is_access(step) || step->phase == PHASE_PROXY || step->phase == PHASE_LATER || step->phase == PHASE_MISS ||
           step->phase == PHASE_DIRECT;
}

/* Whether this is the kind of step that such an end comes from. */
static bool
leads_to(const struct course_step *step, enum course_end end)
{
    switch (end) {
    case END_SPLICE:
    case END_BUMP:
    case END_TERMINATE: return step->phase == PHASE_BUMP;
    case END_CONFLICT: return step->phase == PHASE_VERIFY;
    default: return is_refusing(step);
    }
}

const struct course_step *
outcome_blamed(unsigned wants, const struct course *course)
{
    bool entry = (wants & (OUTCOME_PASSWORD | OUTCOME_REFUSE | OUTCOME_DENIED)) != 0,
         claim = (wants & OUTCOME_CLAIM) != 0;
    const struct course_step *found = NULL;
    for (size_t i = 0; i < course->step_count; i++) {
        const struct course_step *step = &course->steps[i];
        if (claim   ? step->phase == PHASE_FOLLOW || step->phase == PHASE_PROXY
            : entry ? found == NULL && is_access(step)
                    : leads_to(step, course->end))
            found = step;
    }
    return found;
}

/* A rule by an ACL that nothing is known of may be meant so: it depends on that one. At some time of the day everybody
 * may claim, and is a stranger, so a time is no reason for that. */
struct hang {
    const struct course *course;
    bool claims;  /* only what tells one machine from another counts */
    bool refuses; /* what is true of everybody at times does not count */
    bool hangs;
};

static bool
is_of_machine(const struct acl *acl)
{
    return strcmp(acl->type, "arp") == 0 || strcmp(acl->type, "eui64") == 0 || acl->kind == ACL_SRC;
}

static void
note_assumed(void *arg, const struct acl *acl, bool negated)
{
    struct hang *hang = arg;
    size_t len = strlen(acl->name);
    if ((hang->claims && (negated || !is_of_machine(acl))) || (hang->refuses && role_is_of_times(acl)))
        return;
    for (size_t i = 0; i < hang->course->assumption_count; i++) {
        const char *subject = hang->course->assumptions[i].subject;
        if (subject[0] == '`' && strncmp(subject + 1, acl->name, len) == 0 && strcmp(subject + 1 + len, "`") == 0)
            hang->hangs = true;
    }
}

/* For role_uses(). */
static bool
is_list(const struct acl *acl)
{
    return outcome_is_list(acl, true);
}

/* `splice own_hosts`, and the name is one of them. */
static bool
is_listed(const struct outcome_case *one, const struct rule *rule)
{
    return (one->wants & OUTCOME_LISTED) != 0 && role_uses(rule, is_list, true);
}

struct named_list {
    const struct acl *acl;
    bool found;
};

static void
note_list(void *arg, const struct acl *acl, bool negated)
{
    struct named_list *list = arg;
    list->found = list->found || (acl == list->acl && !negated);
}

/* `allow office banned` above `deny banned`: the administrator's own exception. */
static bool
is_exception(const struct outcome_case *one, const struct rule *rule)
{
    struct named_list list = {.acl = one->own};
    if ((one->wants & (OUTCOME_DENIED | OUTCOME_KEPT)) != 0)
        build_each_acl(rule, note_list, &list);
    return list.found;
}

const struct course *
outcome_wrong(const struct outcome_case *one, const struct outcome *outcome)
{
    for (size_t i = 0; outcome->possible && i < outcome->courses.count; i++) {
        const struct course *course = &outcome->courses.course[i];
        if (outcome_broken(one->wants, course->end) == 0)
            continue;
        const struct course_step *step = outcome_blamed(one->wants, course);
        struct hang hang = {.course = course,
                            .claims = step != NULL && step->phase == PHASE_PROXY,
                            .refuses = (one->wants & OUTCOME_REFUSE) != 0};
        if (step != NULL && step->rule != NULL) {
            build_each_acl(step->rule, note_assumed, &hang);
            hang.hangs = hang.hangs || is_listed(one, step->rule) || is_exception(one, step->rule);
        }
        if (!hang.hangs)
            return course;
    }
    return NULL;
}

bool
outcome_is_entitled(const struct outcome_set *set, const struct outcome *outcomes, size_t index)
{
    const struct outcome_case *one = &set->cases[index];
    for (size_t i = 0; one->without != NULL && i < set->count; i++) {
        const struct outcome_case *other = &set->cases[i];
        if (strcmp(other->title, one->without) == 0 && strcmp(other->listener, one->listener) == 0)
            return outcome_openness(&outcomes[i]) >= outcome_openness(&outcomes[index]);
    }
    return false;
}

bool
outcome_marked(const struct outcome_set *set, const struct outcome *outcomes, size_t index)
{
    struct outcome_case strict = set->cases[index];
    if ((strict.wants & OUTCOME_THROUGH) != 0)
        strict.wants &= ~(unsigned)OUTCOME_NOTE; /* what is inspected is a mistake all the same */
    strict.wants &= (strict.wants & OUTCOME_NOTE) != 0 ? 0 : ~OUTCOME_OWNS;
    return outcome_wrong(&strict, &outcomes[index]) != NULL && !outcome_is_entitled(set, outcomes, index);
}

/* ---- two configurations ---- */

static unsigned
ends_of(const struct outcome *outcome)
{
    unsigned ends = 0;
    for (size_t i = 0; outcome->possible && i < outcome->courses.count; i++)
        ends |= 1u << outcome->courses.course[i].end;
    return ends;
}

bool
outcome_same(const struct outcome *a, const struct outcome *b)
{
    return a->possible == b->possible && ends_of(a) == ends_of(b);
}

void
outcome_words(char ret[OUTCOME_WORDS_MAX], const struct outcome *outcome)
{
    size_t n = 0;
    ret[0] = '\0';
    for (unsigned end = 0, ends = ends_of(outcome); ends >> end != 0; end++) {
        const char *word = course_end_word((enum course_end)end), *between = n > 0 ? " or " : "";
        size_t more = strlen(word) + strlen(between);
        if ((ends >> end & 1) == 0 || n + more >= OUTCOME_WORDS_MAX)
            continue;
        memcpy(ret + n, between, strlen(between));
        memcpy(ret + n + strlen(between), word, strlen(word) + 1);
        n += more;
    }
    if (!outcome->possible)
        memcpy(ret, "no such port", sizeof "no such port");
}

static bool
has_case(const struct outcome_set *set, const struct outcome_case *one)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct outcome_case *other = &set->cases[i];
        if (strcmp(other->listener, one->listener) == 0 && strcmp(other->kind, one->kind) == 0 &&
            strcmp(other->title, one->title) == 0)
            return true;
    }
    return false;
}

int
outcome_add(struct outcome_set *set, const struct outcome_set *other, struct err *err)
{
    for (size_t i = 0; i < other->count; i++) {
        if (has_case(set, &other->cases[i]))
            continue;
        struct outcome_case *cases = arena_grow(set->arena, set->cases, &set->room, set->count + 1, sizeof *cases);
        if (cases == NULL)
            return err_set(err, ERR_MEM, "no memory for the situations");
        set->cases = cases;
        cases[set->count++] = other->cases[i];
    }
    return 0;
}

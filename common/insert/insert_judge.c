// SPDX-License-Identifier: GPL-2.0-or-later
/* insert_judge.c - whether the situations end as they must, and none ends less safe than before. Part of
 * insert_build.h. */
#include <string.h>

#include "insert_build.h"

/* How open an end is: refused, inspected, or passed as it is. Of several courses the most open counts. */
enum openness { CLOSED, INSPECTED, OPEN };

static enum openness
openness(const struct outcome *outcome)
{
    enum openness most = CLOSED;
    for (size_t i = 0; outcome->possible && i < outcome->courses.count; i++) {
        enum course_end end = outcome->courses.course[i].end;
        enum openness is = end == END_SPLICE || end == END_ALLOW ? OPEN : end == END_BUMP ? INSPECTED : CLOSED;
        most = is > most ? is : most;
    }
    return most;
}

bool
judge_gets_through(const struct outcome *outcome)
{
    return openness(outcome) != CLOSED;
}

/* True if no course asks for a password or gets through. */
static bool
is_denied(const struct outcome *outcome)
{
    for (size_t i = 0; i < outcome->courses.count; i++) {
        if (outcome->courses.course[i].end != END_DENY)
            return false;
    }
    return outcome->possible;
}

bool
judge_must(const struct outcome_case *one, const struct outcome *outcome)
{
    return (one->wants & OUTCOME_BYPASS) != 0 && (one->wants & OUTCOME_THROUGH) == 0 && outcome->possible;
}

/* True if the usual client was let in, or asked for a password. */
static bool
was_served(const struct trial *trial)
{
    for (size_t i = 0; i < trial->set.count; i++) {
        if (judge_must(&trial->set.cases[i], &trial->before[i]) && !is_denied(&trial->before[i]))
            return true;
    }
    return false;
}

static bool
is_worse(const struct outcome_case *one, const struct outcome *before, const struct outcome *after, bool served)
{
    enum openness was = openness(before), is = openness(after);
    if (!before->possible || !after->possible)
        return before->possible != after->possible;
    if ((one->wants & OUTCOME_REFUSE) != 0)
        return was == CLOSED && is != CLOSED;
    if ((one->wants & OUTCOME_BYPASS) != 0)
        return served && is_denied(before) && is != CLOSED;
    if (outcome_wrong(one, after) != NULL && outcome_wrong(one, before) == NULL)
        return true;
    if ((one->wants & OUTCOME_ANY) != 0)
        return false;
    return is > was || (is < was && one->situation.helper == HELPER_ANSWERS);
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

static void
say(struct insert *insert, const struct outcome_case *one, const struct outcome *after)
{
    const struct course *course = outcome_wrong(one, after);
    course = course != NULL || after->courses.count == 0 ? course : &after->courses.course[0];
    const struct course_step *step = course == NULL ? NULL : outcome_blamed(one->wants, course);
    const struct squidconf_line *line = origin(insert, step == NULL ? NULL : step->rule);
    char words[OUTCOME_WORDS_MAX];
    outcome_words(words, after);
    insert->why = insert_text(insert,
                              "%s:%u: no place for the lines was found: in the last one that was tried, %s ('%s') "
                              "would end as %s",
                              line == NULL ? insert->about->path : line->file, line == NULL ? 1 : line->number,
                              one->title, one->request, words);
}

bool
insert_judge(struct insert *insert, const struct trial *trial)
{
    bool served = was_served(trial);
    for (size_t i = 0; i < trial->set.count; i++) {
        const struct outcome_case *one = &trial->set.cases[i];
        bool must = judge_must(one, &trial->after[i]);
        bool wrong = must ? outcome_wrong(one, &trial->after[i]) != NULL
                          : is_worse(one, &trial->before[i], &trial->after[i], served);
        if (!wrong)
            continue;
        say(insert, one, &trial->after[i]);
        return false;
    }
    return true;
}

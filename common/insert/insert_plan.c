// SPDX-License-Identifier: GPL-2.0-or-later
/* insert_plan.c - makes the patch of one place. Part of insert_build.h. */
#include "base/err.h"
#include "insert_build.h"
#include "insert_lines.h"

/* The lines of the first rule of all, which the definitions come before, and of the last one. */
static void
find_ends(const struct insert *insert, size_t *ret_first, size_t *ret_last)
{
    const struct rules *all[] = {&insert->conf->access, &insert->conf->bump};
    *ret_first = *ret_last = insert->text.line_count - 1;
    for (size_t i = 0, found = 0; i < 2; i++) {
        if (all[i]->count == 0)
            continue;
        size_t first = place_line(insert, &all[i]->rule[0]);
        size_t last = place_line(insert, &all[i]->rule[all[i]->count - 1]);
        *ret_first = found == 0 || first < *ret_first ? first : *ret_first;
        *ret_last = found == 0 || last > *ret_last ? last : *ret_last;
        found++;
    }
}

static void
put_bump(struct insert *insert, const struct plan *plan, struct patch *ret)
{
    const struct rules *bump = &insert->conf->bump;
    const char *text = lines_bump(insert, plan->peek);
    if (plan->bump == NULL)
        place_after(insert, ret, &bump->rule[bump->count - 1], text);
    else
        place_before(insert, ret, place_line(insert, plan->bump), text);
}

static void
put_front(struct insert *insert, const struct plan *plan, struct patch *ret)
{
    const char *text = rule_fronts(insert);
    if (text != NULL && plan->put < ret->count)
        ret->put[plan->put].text = insert_text(insert, "%s%s", text, ret->put[plan->put].text);
    else if (plan->above != NULL)
        place_before(insert, ret, place_line(insert, plan->above), text);
}

int
plan_make(struct insert *insert, const struct plan *plan, struct patch *ret, struct err *err)
{
    *ret = (struct patch){.count = 0};
    insert->front = plan->front;
    bool adds = plan->access || plan->bumps || insert->wish.extras != 0;
    size_t first, last;
    find_ends(insert, &first, &last);
    place_above(insert, ret, first, last,
                adds ? lines_defs(insert, plan->clients, plan->bumps && plan->peek != PEEK_NONE) : NULL);
    if (plan->access && plan->probe)
        place_before(insert, ret, place_line(insert, &insert->conf->access.rule[0]), rule_probe(insert));
    else if (plan->access && !rule_put(insert, ret, plan->clients))
        return 0;
    if (plan->front)
        put_front(insert, plan, ret);
    if (plan->bumps)
        put_bump(insert, plan, ret);
    return extras_place(insert, ret, err) != 0 ? -1 : 1;
}

bool
plan_front(struct insert *insert, const struct trial *trial, const struct patch *patch, struct plan *plan)
{
    for (size_t i = 0; trial->after != NULL && !plan->front && i < trial->set.count; i++) {
        const struct outcome_case *one = &trial->set.cases[i];
        const struct course *course = (one->wants & OUTCOME_BYPASS) != 0 ? outcome_wrong(one, &trial->after[i]) : NULL;
        const struct course_step *step = course == NULL ? NULL : outcome_blamed(one->wants, course);
        if (step == NULL || step->phase != PHASE_AGAIN || step->rule == NULL || one->situation.header_count == 0)
            continue;
        struct insert_line line;
        insert_find_line(&line, insert, patch, step->rule->file, step->rule->number);
        plan->put = line.added == NULL ? SIZE_MAX : line.put;
        plan->above = rule_origin(insert, step->rule);
        plan->front = plan->put != SIZE_MAX || plan->above != NULL;
    }
    return plan->front;
}

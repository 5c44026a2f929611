// SPDX-License-Identifier: GPL-2.0-or-later
/* opening_add.c - keeps an opening, and says which rules decided. Part of opening.h. */
#include "diff_name.h"
#include "opening_build.h"

struct opening *
opening_add(struct opener *opener, enum opening_kind kind)
{
    struct diff *diff = opener->differ->diff;
    if (diff->opening_count >= OPENINGS_MAX) {
        diff->partial = true;
        return NULL;
    }
    struct opening *openings = arena_grow(opener->differ->arena, diff->openings, &opener->opening_room,
                                          diff->opening_count + 1, sizeof *openings);
    if (openings == NULL)
        return NULL;
    diff->openings = openings;
    openings[diff->opening_count] = (struct opening){.kind = kind};
    return &openings[diff->opening_count++];
}

static const char *
rule_of(struct differ *differ, const struct half *half, const struct verdict *verdict)
{
    char room[IMAGE_RULE_MAX];
    if (!verdict->has_rule)
        return NULL;
    struct image_text text = image_rule_text(half->image, verdict->rule, room);
    return arena_text(differ->arena, text.text, text.len);
}

void
opening_explain(struct differ *differ, struct opening *opening, const struct request *request)
{
    struct verdict was, is;
    verdict_decide(differ->old_half.image, request, differ->today, &was);
    verdict_decide(differ->new_half.image, request, differ->today, &is);
    opening->old_rule = rule_of(differ, &differ->old_half, &was);
    opening->new_rule = rule_of(differ, &differ->new_half, &is);
    opening->old_terms = diff_deciding_terms(&differ->old_half, &was);
    opening->new_terms = diff_deciding_terms(&differ->new_half, &is);
}

void
opening_explain_regex(struct opening *opening, const struct assumed *assumed)
{
    if (assumed == NULL || assumed->regex == NULL)
        return;
    opening->new_rule = assumed->regex;
    opening->new_terms = assumed->terms;
}

bool
opening_stands_in(const struct subject *subject)
{
    return subject != NULL && subject->assumed != NULL && subject->assumed->stands_in;
}

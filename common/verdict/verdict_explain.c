// SPDX-License-Identifier: GPL-2.0-or-later
/* verdict_explain.c - finds every rule that matches a request, and why it does not decide. Part of verdict.h. */
#include "verdict_judge.h"

static const char *const lost_words[] = {
    [LOST_NOT] = "decides",
    [LOST_PORT] = "port",
    [LOST_UDP_ONLY] = "udp-only",
    [LOST_EXPIRED] = "expired",
    [LOST_LIMIT] = "regex-limit",
    [LOST_INSPECT] = "local-inspect",
    [LOST_LESS_SPECIFIC] = "less-specific",
    [LOST_WEAKER] = "weaker-category",
    [LOST_TIE] = "tie",
    [LOST_OTHER] = "overruled",
};

const char *
lost_word(enum lost lost)
{
    return lost_words[lost];
}

static const enum lost lost_at[] = {
    [LEVEL_TIE] = LOST_TIE,
    [LEVEL_INSPECT] = LOST_INSPECT,
    [LEVEL_WEIGHT] = LOST_LESS_SPECIFIC,
    [LEVEL_VERB] = LOST_WEAKER,
};

static enum lost
reason(const struct judge *judge, const struct matched *matched, const struct matched *best)
{
    if (image_rule_equal(judge->image, matched->hit.rule, best->hit.rule))
        return LOST_OTHER;
    const struct claim loser = judge_claim(matched), winner = judge_claim(best);
    return lost_at[precedence_level(&loser, &winner, judge->info->highest)];
}

typedef void (*explain_fn)(void *arg, const struct explained *explained);

static void
explain_side(const struct judge *judge, const struct identifier *asked, enum side side, const struct verdict *verdict,
             explain_fn fn, void *arg)
{
    if (asked->given != GIVEN_NAME && asked->given != GIVEN_ADDR)
        return;
    struct opinion opinion;
    judge_identifier(judge, asked, NULL, &opinion);
    struct image_cursor cursor;
    struct matched matched;
    judge_find(judge, asked, &cursor);
    while (judge_next(judge, &cursor, &matched)) {
        struct explained one = {side, matched.lost, matched.hit.rule, matched.hit.set, matched.hit.weight};
        bool decides = verdict->has_rule && image_rule_equal(judge->image, verdict->rule, matched.hit.rule);
        if (one.lost == LOST_NOT && !decides)
            one.lost = opinion.best != NULL ? reason(judge, &matched, opinion.best) : LOST_OTHER;
        fn(arg, &one);
    }
}

void
verdict_explain(const struct image *image, const struct request *request, uint32_t today, explain_fn fn, void *arg)
{
    if (image == NULL || !request->line_ok || request->port == 0)
        return;
    struct judge judge;
    struct verdict verdict;
    judge_init(&judge, image, request, today);
    verdict_decide(image, request, today, &verdict);
    explain_side(&judge, &request->dst, SIDE_DST, &verdict, fn, arg);
    explain_side(&judge, &request->sni, SIDE_SNI, &verdict, fn, arg);
    explain_side(&judge, &request->la, SIDE_LA, &verdict, fn, arg);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* review_stage.c - see review_stage.h. */
#include "review_stage.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "conf/conf.h"
#include "table/policy.h"
#include "unit.h"

static struct document
document(const char *version)
{
    struct document ret = {.instance = "Worldwide"};
    snprintf(ret.version, sizeof ret.version, "%s", version);
    return ret;
}

void
decided_make(struct decided *ret, const char *conf, const char *was, const char *is, const char *old_version,
             const char *version)
{
    struct err err = {0};
    *ret = (struct decided){.arena = arena_new((size_t)1 << 24)};
    if (conf_read_bytes(&ret->conf, "/test/m365.conf", conf, strlen(conf), &err) != 0)
        fail_msg("%s", err.text);
    const struct policy *policy = &ret->conf->policy;
    stage_diff_with(&ret->stage,
                    &(struct stage_input){.was = was, .is = is, .was_policy = policy, .is_policy = policy});
    ret->candidate.table = ret->stage.is;
    ret->candidate.image = ret->stage.is_image;
    ret->is = (struct documents){.of = {document(version)}, .count = 1};
    ret->was = (struct documents){.of = {document(old_version == NULL ? "" : old_version)}, .count = 1};
    ret->proposal = (struct proposal){
        .conf = ret->conf,
        .candidate = &ret->candidate,
        .documents = &ret->is,
        .old_documents = old_version == NULL ? NULL : &ret->was,
        .diff = ret->stage.diff,
        .by = "update",
        .now = (int64_t)STAGE_TODAY * 86400,
    };
    if (review_decide(&ret->review, ret->arena, &ret->proposal, &err) != 0)
        fail_msg("%s", err.text);
}

void
decided_clear(struct decided *decided)
{
    stage_clear(&decided->stage);
    conf_free(decided->conf);
    arena_free(decided->arena);
}

void
decided_check(const char *why, const struct decided *decided, const char *want, size_t more)
{
    const struct review *review = &decided->review;
    size_t wanted = want == NULL ? 0 : 1 + more;
    bool found = want == NULL;
    CHECK(why, review->publish == (review->reason_count == 0));
    for (size_t i = 0; i < review->reason_count; i++)
        found = found || strstr(review->reasons[i], want) != NULL;
    if (!found || review->reason_count != wanted)
        fail_msg("%s: %zu reasons, not %zu, the first: %s", why, review->reason_count, wanted,
                 review->reason_count == 0 ? "none" : review->reasons[0]);
}

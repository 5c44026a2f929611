// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * review_record.c - prints the record of a review. Part of review.h. The lines about the candidate come from
 * candidate.h. record.h reads records.
 */
#include "base/buf.h"
#include "change/diff.h"
#include "conf/conf.h"
#include "review.h"
#include "store/candidate.h"

void
review_print(const struct review *review, const struct proposal *proposal, uint32_t generation, struct buf *buf)
{
    static const char *const modes[] = {
        [REVIEW_AUTO] = "auto", [REVIEW_PARTS] = "parts", [REVIEW_WIDENING] = "widening", [REVIEW_ALWAYS] = "always"};
    candidate_print_head(buf, proposal->candidate, proposal->documents, generation, proposal->by, proposal->now);
    buf_add_fmt(buf, "review %s\nresult %s\n", modes[proposal->conf->review], review->publish ? "published" : "held");
    for (size_t i = 0; i < review->reason_count; i++)
        buf_add_fmt(buf, "reason %s\n", review->reasons[i]);
    buf_add_char(buf, '\n');
    diff_report(proposal->diff, buf);
}

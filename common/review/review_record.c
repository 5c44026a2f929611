// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * review_record.c - prints the record of a review. Part of review.h. The lines about the candidate come from
 * candidate.h. record.h reads records.
 */
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "conf/conf.h"
#include "lead/lead.h"
#include "review.h"
#include "store/candidate.h"
#include "table/table.h"

void
review_add_refused(struct buf *buf, const struct candidate *candidate)
{
    const struct table *table = candidate->table;
    if (table->refused == 0)
        return;
    buf_add_fmt(buf, "refused %zu row%s: ", table->refused, table->refused == 1 ? "" : "s");
    for (size_t i = 0; i < TABLE_REFUSALS_KEPT && table->refusals[i] != NULL; i++) {
        buf_add_text(buf, i > 0 ? "; " : "");
        utf8_add_printable(buf, table->refusals[i], strlen(table->refusals[i]));
    }
    if (table->refused > table->refused_told)
        buf_add_fmt(buf, "; and %zu more", table->refused - table->refused_told);
    buf_add_char(buf, '\n');
}

void
review_print(const struct review *review, const struct proposal *proposal, uint32_t generation, struct buf *buf)
{
    static const char *const modes[] = {
        [REVIEW_AUTO] = "auto", [REVIEW_PARTS] = "parts", [REVIEW_WIDENING] = "widening", [REVIEW_ALWAYS] = "always"};
    candidate_print_head(buf, proposal->candidate, proposal->documents, generation, proposal->by, proposal->now);
    buf_add_fmt(buf, "review %s\nresult %s\n", modes[proposal->conf->review], review->publish ? "published" : "held");
    review_add_refused(buf, proposal->candidate);
    for (size_t i = 0; i < review->reason_count; i++)
        buf_add_fmt(buf, "reason %s\n", review->reasons[i]);
    buf_add_char(buf, '\n');
    lead_report(proposal->diff, review->publish ? NULL : proposal->candidate->digest, buf);
}

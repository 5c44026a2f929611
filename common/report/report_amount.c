// SPDX-License-Identifier: GPL-2.0-or-later
/* report_amount.c - numbers for people, and what the counts do not hold. See report_print.h. */
#include <inttypes.h>
#include <stdio.h>

#include "base/buf.h"
#include "replay/replay.h"
#include "report_print.h"

void
report_bytes(char ret[REPORT_AMOUNT_MAX], uint64_t bytes)
{
    static const char units[] = "BKMGTPE";
    unsigned unit = 0;
    double amount = (double)bytes;
    for (; amount >= 999.95 && unit + 2 < sizeof units; unit++)
        amount /= 1000;
    if (unit == 0)
        snprintf(ret, REPORT_AMOUNT_MAX, "%" PRIu64 " B", bytes);
    else
        snprintf(ret, REPORT_AMOUNT_MAX, "%.1f %cB", amount, units[unit]);
}

void
report_add_amounts(struct buf *out, const struct report *report)
{
    uint64_t requests = report->all.count[LEDGER_REQUESTS], destinations = report->destinations;
    buf_add_fmt(out, "%" PRIu64 " request%s to %" PRIu64 " destination%s", requests, requests == 1 ? "" : "s",
                destinations, destinations == 1 ? "" : "s");
}

void
report_clients(char ret[REPORT_AMOUNT_MAX], uint64_t count, bool exact)
{
    snprintf(ret, REPORT_AMOUNT_MAX, "%s%" PRIu64, exact ? "" : "~", count);
}

void
report_share(char ret[REPORT_AMOUNT_MAX], uint64_t part, uint64_t whole)
{
    snprintf(ret, REPORT_AMOUNT_MAX, "%.1f%%", whole == 0 ? 0.0 : 100.0 * (double)part / (double)whole);
}

/* Sentences about totals, with the number in front. */
static const struct {
    enum replay_total total;
    const char *one, *many;
} sentences[] = {
    {REPLAY_OTHER, "line was of no known format and is not counted",
     "lines were of no known format and are not counted"},
    {REPLAY_NO_HOST, "line names no host, as a request that Squid could not read",
     "lines name no host, as requests that Squid could not read"},
    {REPLAY_LEFT_OUT, "line was of another client or day", "lines were of other clients or days"},
    {REPLAY_HALF, "last line without a line end was left out", "last lines without a line end were left out"},
    {REPLAY_TOO_LONG, "line was too long", "lines were too long"},
    {REPLAY_NO_SNI, "line has no SNI in its format: it was judged by its host alone",
     "lines have no SNI in their format: they were judged by their host alone"},
    {REPLAY_NO_TIME, "line has no time", "lines have no time"},
    {REPLAY_DAMAGED, "log or saved file could be read only in part, or not at all",
     "logs or saved files could be read only in part, or not at all"},
};

#define SENTENCES (sizeof sentences / sizeof *sentences)

/* The other sentences, by number; false: it does not hold. */
static bool
other_note(char ret[REPORT_NOTE_MAX], const struct report *report, const struct report_head *head, unsigned which)
{
    bool exact;
    enum replay_names names = replay_client_names(head->replay);
    (void)clients_count(&report->all.clients, &exact);
    if (which == 0 && !exact)
        snprintf(ret, REPORT_NOTE_MAX,
                 "~ is an estimate with a standard error of %.1f%%; up to %d clients are counted exactly",
                 CLIENTS_ERROR_PERCENT, CLIENTS_EXACT);
    else if (which == 1 && report->groups_full)
        snprintf(ret, REPORT_NOTE_MAX, "more rules decided than fit; some are missing below 'rule'");
    else if (which == 2 && names == REPLAY_NAMES_HIDDEN)
        snprintf(ret, REPORT_NOTE_MAX, "clients are shown as keyed hashes");
    else if (which == 2 && names == REPLAY_NAMES_MIXED)
        snprintf(ret, REPORT_NOTE_MAX,
                 "the saved files do not call clients by the same names (--key, --anonymise): one client may count "
                 "several times");
    else if (which == 3 && head->stopped)
        snprintf(ret, REPORT_NOTE_MAX, "stopped before the end: this is what was counted until then");
    else
        return false;
    return true;
}

bool
report_note(char ret[REPORT_NOTE_MAX], const struct report *report, const struct report_head *head, unsigned at)
{
    for (unsigned i = 0; i < SENTENCES; i++) {
        uint64_t total = replay_total(head->replay, sentences[i].total);
        if (total > 0 && at-- == 0) {
            snprintf(ret, REPORT_NOTE_MAX, "%" PRIu64 " %s", total, total == 1 ? sentences[i].one : sentences[i].many);
            return true;
        }
    }
    for (unsigned i = 0; i < 4; i++) {
        if (other_note(ret, report, head, i) && at-- == 0)
            return true;
    }
    return false;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * metrics.c - see metrics.h: the metrics of the state folder and of exports. Those of the helpers are in
 * metrics_helpers.c.
 */
#include "metrics.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/day.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/say.h"
#include "conf/conf.h"
#include "counter/tally.h"
#include "follow/exports.h"
#include "metrics_build.h"
#include "state/state.h"
#include "store/health.h"
#include "store/holding.h"
#include "store/record.h"

#define NUMBER_MAX 12 /* of a generation, as text */

/* A time: seconds since 1970; 0 has no line. */
static void
add_time(struct metric_text *text, const char *name, const char *help, int64_t when)
{
    if (when > 0)
        metric_single(text, METRIC_GAUGE, name, help, when);
}

/* Which table it is. What must be equal on all proxies is the digest, of table and image. */
static void
add_info(struct metric_text *text, const char *name, const char *help, const struct health_generation *seen)
{
    char number[NUMBER_MAX], digest[DIGEST_TEXT_MAX];
    record_get(&seen->review, "digest", digest, sizeof digest);
    snprintf(number, sizeof number, "%u", seen->number);
    const struct metric_label labels[] = {
        {"generation", number}, {"label", seen->label}, {"digest", digest}, {"how", seen->by}};
    metric_family(text, METRIC_INFO, name, help);
    metric_value(text, 1, labels, sizeof labels / sizeof labels[0]);
}

static void
add_current(struct metric_text *text, const struct health *health)
{
    const struct health_generation *current = &health->current;
    unsigned rules;
    int64_t made = day_parse_time(current->created);
    metric_single(text, METRIC_GAUGE, "m365_table_published", "1 if a table was published.", current->number != 0);
    if (current->number == 0)
        return;
    add_info(text, "m365_table", "The table in use.", current);
    metric_single(text, METRIC_GAUGE, "m365_table_generation", "The number of the table in use, on this proxy.",
                  (int64_t)current->number);
    if (sscanf(current->rules, "%9u", &rules) == 1)
        metric_single(text, METRIC_GAUGE, "m365_table_rules", "Rules of the table in use.", (int64_t)rules);
    add_time(text, "m365_table_made_timestamp_seconds", "When the table in use was made.", made);
    add_time(text, "m365_table_used_timestamp_seconds", "Since when it is in use.", day_parse_time(current->used));
    if (made > 0)
        metric_single(text, METRIC_GAUGE, "m365_table_age_seconds", "The age of the table when this was written.",
                      made < health->now ? health->now - made : 0);
}

static void
add_pending(struct metric_text *text, const struct metrics *metrics, const struct health *health)
{
    struct holding holding;
    const struct health_generation *pending = &health->pending;
    metric_single(text, METRIC_GAUGE, "m365_pending", "1 if a table waits for a decision.", pending->number != 0);
    if (pending->number != 0) {
        add_info(text, "m365_pending_table", "The table that waits for a decision.", pending);
        add_time(text, "m365_pending_since_timestamp_seconds", "Since when it waits.",
                 day_parse_time(pending->created));
    }
    if (holding_read(&holding, metrics->state, health->current.number, NULL) != 0)
        return;
    struct holding_count held;
    holding_count(&held, &holding);
    holding_clear(&holding);
    metric_family(text, METRIC_GAUGE, "m365_held_rows", "Rows that the table in use has in an older form.");
    metric_value(text, (int64_t)held.waiting, &(struct metric_label){"state", "waiting"}, 1);
    metric_value(text, (int64_t)held.rejected, &(struct metric_label){"state", "rejected"}, 1);
}

static void
add_service(struct metric_text *text, const struct metrics *metrics, const struct health *health)
{
    add_time(text, "m365_last_check_timestamp_seconds", "When the service was last asked.", health->last_try);
    add_time(text, "m365_last_success_timestamp_seconds", "When it last answered as it should.", health->last_good);
    metric_single(text, METRIC_COUNTER, "m365_failed_fetches", "Updates that failed.",
                  state_status_number(metrics->state, STATUS_FAILED_FETCHES));
    metric_single(text, METRIC_GAUGE, "m365_fetch_failing", "1 if the last update failed.", health->failed_since != 0);
    add_time(text, "m365_fetch_failing_since_timestamp_seconds", "Since when updates fail.", health->failed_since);
}

struct exporting {
    struct metric_text *text;
};

static void
add_export(void *arg, const char *path, bool current)
{
    struct exporting *exporting = arg;
    metric_value(exporting->text, !current, &(struct metric_label){"file", path}, 1);
}

static void
add_exports(struct metric_text *text, const struct metrics *metrics)
{
    struct exporting exporting = {text};
    const struct exports exports = {metrics->conf, metrics->state, metrics->listener, metrics->now};
    struct err err;
    if (metrics->conf->export_count == 0)
        return;
    metric_family(text, METRIC_GAUGE, "m365_export_out_of_date",
                  "1 if the file of an export is not what the table in use says.");
    if (exports_look(&exports, add_export, &exporting, &err) != 0)
        say(metrics->listener, "it is not known whether the exports are current: %s", err.text);
}

static int
add_helpers(struct metric_text *text, const struct metrics *metrics, struct err *err)
{
    struct tally tally;
    if (tally_read(&tally, metrics->folder, err) != 0) {
        bool absent = errno == ENOENT;
        metrics_add_helpers(text, NULL);
        return absent ? 0 : -1;
    }
    for (size_t i = 0; i < tally.trouble_count && i < TALLY_TROUBLE_MAX; i++)
        say(metrics->listener, "%s", tally.trouble[i]);
    metrics_add_helpers(text, &tally);
    tally_clear(&tally);
    return 0;
}

int
metrics_add(struct buf *out, const struct metrics *metrics, struct err *err)
{
    struct metric_text text = {.out = out, .open = metrics->open};
    struct health health;
    health_look(&health, metrics->conf, metrics->state, metrics->now);
    metric_family(&text, METRIC_INFO, "m365_build", "The version of squid-m365.");
    metric_value(&text, 1, &(struct metric_label){"version", M365_VERSION}, 1);
    metric_single(&text, METRIC_GAUGE, "m365_status",
                  "What 'm365ctl status' exits with: 0 fine, 1 attention, 2 trouble.", (int64_t)health.level);
    metric_single(&text, METRIC_GAUGE, "m365_attention_causes",
                  "What a person should look at; 'm365ctl status' has it.", (int64_t)health.cause_count);
    metric_single(&text, METRIC_GAUGE, "m365_expiring_lines",
                  "Local lines that expire within 30 days, or have expired.", (int64_t)health.expiring_count);
    add_current(&text, &health);
    add_pending(&text, metrics, &health);
    add_service(&text, metrics, &health);
    add_exports(&text, metrics);
    health_clear(&health);
    int result = add_helpers(&text, metrics, err);
    metric_end(&text);
    return result;
}

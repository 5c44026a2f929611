// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmd_status.c - `m365ctl status`: what is in use, what waits, when the service last answered; an exit code for
 * monitoring.
 *
 * Where it sits: room watch. The facts and the sentences of `attention` come from room store (health.h).
 */
#include <string.h>

#include "base/buf.h"
#include "base/day.h"
#include "base/err.h"
#include "base/json_write.h"
#include "base/place.h"
#include "base/utf8.h"
#include "cmd/cmd_state.h"
#include "cmd_status_helpers.h"
#include "cmd_status_log.h"
#include "cmd_status_nagios.h"
#include "store/act.h"
#include "store/health.h"
#include "store/holding.h"
#include "store/record.h"
#include "table/expiry.h"
#include "table/table.h"
#include "watch.h"

#define EXPIRING_SHOWN 10

#define REFUSED_ROOM 2000

/* The last decision of a person. */
struct last_decision {
    uint32_t generation; /* 0: there is none */
    struct act act;
};

struct status {
    struct cmd_state cmd;
    struct health health;
    struct last_decision decision;
    bool has_held; /* it is known what is held */
    struct holding_count held;
    struct status_helpers helpers;
    struct status_log log;
    bool nagios;
    struct buf out;
};

enum status_code { CMD_HELPERS = CMD_STATE_CODE_FREE, CMD_STATS, CMD_NAGIOS };

/* What is being read: the last decision so far, and the generation that is looked at. */
struct deciding {
    struct last_decision *last;
    uint32_t generation;
};

/* Takes a decision if none that was taken is later. To publish by hand is none. */
static void
take_act(void *arg, const struct act *act)
{
    const struct deciding *deciding = arg;
    struct last_decision *last = deciding->last;
    if (strcmp(act->what, ACT_MADE) == 0 || (last->generation != 0 && strcmp(act->at, last->act.at) < 0))
        return;
    last->generation = deciding->generation;
    last->act = *act;
}

/* A generation whose decisions cannot be read has none here. */
static void
find_decision(struct last_decision *ret, struct state *state)
{
    const uint32_t *numbers;
    size_t count;
    if (state_list(state, &numbers, &count, NULL) != 0)
        return;
    for (size_t i = 0; i < count; i++) {
        struct deciding deciding = {ret, numbers[i]};
        act_each(state, numbers[i], take_act, &deciding, NULL);
    }
}

static void
find_held(struct status *status)
{
    struct holding holding;
    struct err err = {0};
    status->has_held = holding_read(&holding, status->cmd.state, status->health.current.number, &err) == 0;
    if (!status->has_held) {
        cmd_say("it is not known what is held: %s", err.text);
        return;
    }
    holding_count(&status->held, &holding);
    holding_clear(&holding);
}

/* ---- text ---- */

static void
add_name(struct buf *out, const char *name)
{
    buf_add_text(out, name);
    buf_add_fill(out, ' ', 12 - strlen(name));
}

static void
add_when(struct status *status, const char *name, int64_t when)
{
    char text[DAY_TIME_MAX];
    struct buf *out = &status->out;
    if (when == 0)
        return;
    day_format_time(text, when);
    add_name(out, name);
    buf_add_text(out, text);
    buf_add_text(out, when <= status->health.now ? ", " : ", in ");
    day_add_span(out, when <= status->health.now ? status->health.now - when : when - status->health.now);
    buf_add_text(out, when <= status->health.now ? " ago\n" : "\n");
}

/* What was left out of documents and lists. */
static void
add_refused(struct status *status, const struct health_generation *seen)
{
    char refused[REFUSED_ROOM];
    record_get(&seen->review, "refused", refused, sizeof refused);
    if (refused[0] == '\0')
        return;
    add_name(&status->out, "  refused");
    utf8_add_printable(&status->out, refused, strlen(refused));
    buf_add_char(&status->out, '\n');
}

static void
add_generation(struct status *status, const char *name, const struct health_generation *seen)
{
    struct buf *out = &status->out;
    add_name(out, name);
    if (seen->number == 0) {
        buf_add_text(out, "none\n");
        return;
    }
    buf_add_fmt(out, "generation %u, label %.39s, %.15s rule%s, by %.15s\n", seen->number, seen->label, seen->rules,
                strcmp(seen->rules, "1") == 0 ? "" : "s", seen->by);
    add_when(status, "  made", day_parse_time(seen->created));
    add_when(status, "  in use", day_parse_time(seen->used));
    add_name(out, "  versions");
    cmd_add_versions(out, &seen->review);
    buf_add_char(out, '\n');
    add_refused(status, seen);
}

static void
add_reasons(struct status *status)
{
    char reason[600];
    size_t at = 0;
    while (record_next(&status->health.pending.review, "reason", &at, reason, sizeof reason)) {
        add_name(&status->out, "  reason");
        utf8_add_printable(&status->out, reason, strlen(reason));
        buf_add_char(&status->out, '\n');
    }
}

/* Rows that the table in use has in an older form. */
static void
add_held(struct status *status)
{
    const struct holding_count *held = &status->held;
    if (held->waiting > 0) {
        add_name(&status->out, "held");
        buf_add_fmt(&status->out, "%zu row%s for a decision, the oldest since %s\n", held->waiting,
                    held->waiting == 1 ? " waits" : "s wait", held->waiting_since);
    }
    if (held->rejected > 0) {
        add_name(&status->out, "held");
        buf_add_fmt(
            &status->out,
            "%zu row%s rejected, the oldest since %s; 'm365ctl table%s' has %s, 'm365ctl approve%s %u --only PATTERN' "
            "uses one after all\n",
            held->rejected, held->rejected == 1 ? " was" : "s were", held->rejected_since, place_option(),
            held->rejected == 1 ? "it" : "them", place_option(), held->newest);
    }
}

static void
add_decision(struct status *status)
{
    const struct act *decision = &status->decision.act;
    if (status->decision.generation == 0)
        return;
    add_name(&status->out, "decision");
    buf_add_fmt(&status->out, "%s, generation %u %s by ", decision->at, status->decision.generation, decision->what);
    utf8_add_printable(&status->out, decision->by, strlen(decision->by));
    buf_add_text(&status->out, decision->note[0] == '\0' ? "" : ": ");
    utf8_add_printable(&status->out, decision->note, strlen(decision->note));
    buf_add_char(&status->out, '\n');
}

static void
add_expiring(struct status *status)
{
    const struct health *health = &status->health;
    struct buf *out = &status->out;
    for (size_t i = 0; i < health->expiring_count && i < EXPIRING_SHOWN; i++) {
        bool stays = health->expiring[i].terms->verb == VERB_INSPECT;
        add_name(out, stays ? "look at" : health->expiring[i].days > 0 ? "expires" : "expired");
        expiry_add(out, &health->expiring[i]);
        buf_add_char(out, '\n');
    }
    if (health->expiring_count > EXPIRING_SHOWN) {
        add_name(out, "expires");
        buf_add_fmt(out, "and %zu more; --json lists them all\n", health->expiring_count - EXPIRING_SHOWN);
    }
}

static void
print_text(struct status *status)
{
    struct buf *out = &status->out;
    add_generation(status, "current", &status->health.current);
    if (status->health.previous.number != 0)
        buf_add_fmt(out, "previous    generation %u, label %.39s\n", status->health.previous.number,
                    status->health.previous.label);
    add_generation(status, "pending", &status->health.pending);
    add_reasons(status);
    add_held(status);
    add_decision(status);
    add_when(status, "last check", status->health.last_try);
    add_when(status, "last answer", status->health.last_good);
    add_when(status, "failing", status->health.failed_since);
    if (status->health.error[0] != '\0') {
        add_name(out, "last error");
        utf8_add_printable(out, status->health.error, strlen(status->health.error));
        buf_add_char(out, '\n');
    }
    if (status->health.backoff_until > status->health.now)
        add_when(status, "back-off", status->health.backoff_until);
    add_when(status, "next check", status->health.next_poll);
    status_log_add(out, &status->log);
    add_expiring(status);
    for (size_t i = 0; i < status->health.cause_count; i++) {
        add_name(out, "attention");
        utf8_add_printable(out, status->health.causes[i], strlen(status->health.causes[i]));
        buf_add_char(out, '\n');
    }
    status_helpers_add(out, &status->helpers, status->health.now);
}

/* ---- JSON ---- */

static void
write_time(struct json_writer *json, const char *key, int64_t when)
{
    char text[DAY_TIME_MAX] = "";
    if (when != 0)
        day_format_time(text, when);
    cmd_write_head_text(json, key, text);
}

static void
write_generation(struct json_writer *json, const char *key, const struct health_generation *seen, int64_t now)
{
    char reason[600], refused[REFUSED_ROOM];
    size_t at = 0;
    if (seen->number == 0) {
        json_write_null(json, key);
        return;
    }
    int64_t created = day_parse_time(seen->created);
    json_write_object(json, key);
    json_write_number(json, "generation", seen->number);
    cmd_write_head_text(json, "created", seen->created);
    cmd_write_head_text(json, "inUse", seen->used);
    json_write_number(json, "age", created == 0 || created > now ? 0 : (uint64_t)(now - created));
    cmd_write_head_text(json, "how", seen->by);
    cmd_write_head_text(json, "label", seen->label);
    cmd_write_versions(json, &seen->review);
    cmd_write_head_number(json, "rules", seen->rules);
    record_get(&seen->review, "refused", refused, sizeof refused);
    cmd_write_head_text(json, "refused", refused);
    json_write_array(json, "reasons");
    while (record_next(&seen->review, "reason", &at, reason, sizeof reason))
        json_write_text(json, NULL, reason);
    json_write_end(json);
    json_write_end(json);
}

static void
write_decision(struct json_writer *json, const struct last_decision *decision)
{
    if (decision->generation == 0) {
        json_write_null(json, "decision");
        return;
    }
    json_write_object(json, "decision");
    json_write_number(json, "generation", decision->generation);
    json_write_text(json, "what", decision->act.what);
    json_write_text(json, "at", decision->act.at);
    json_write_text(json, "by", decision->act.by);
    cmd_write_head_text(json, "note", decision->act.note);
    json_write_end(json);
}

static void
write_held(struct json_writer *json, const struct status *status)
{
    const struct holding_count *held = &status->held;
    if (!status->has_held) {
        json_write_null(json, "held");
        return;
    }
    json_write_object(json, "held");
    json_write_number(json, "waiting", held->waiting);
    cmd_write_head_text(json, "waitingSince", held->waiting_since);
    json_write_number(json, "rejected", held->rejected);
    cmd_write_head_text(json, "rejectedSince", held->rejected_since);
    json_write_end(json);
}

static void
write_expiring(struct json_writer *json, const struct expiring *line)
{
    char room[64], day[DAY_TEXT_MAX];
    json_write_object(json, NULL);
    json_write_text(json, "rule", table_rule_text(line->rule, room));
    json_write_text(json, "verb", verb_word(line->terms->verb));
    json_write_text(json, "source", line->source);
    day_format(day, line->terms->expires);
    json_write_text(json, "expires", day);
    json_write_text(json, "owner", line->terms->owner);
    json_write_text(json, "ticket", line->terms->ticket);
    json_write_end(json);
}

static void
print_json(struct status *status)
{
    static const char *const words[] = {"fine", "attention", "trouble"};
    struct json_writer json = {.buf = &status->out};
    json_write_object(&json, NULL);
    write_generation(&json, "current", &status->health.current, status->health.now);
    write_generation(&json, "previous", &status->health.previous, status->health.now);
    write_generation(&json, "pending", &status->health.pending, status->health.now);
    write_held(&json, status);
    write_decision(&json, &status->decision);
    write_time(&json, "lastCheck", status->health.last_try);
    write_time(&json, "lastAnswer", status->health.last_good);
    write_time(&json, "failingSince", status->health.failed_since);
    cmd_write_head_text(&json, "lastError", status->health.error);
    write_time(&json, "backoffUntil",
               status->health.backoff_until > status->health.now ? status->health.backoff_until : 0);
    write_time(&json, "nextCheck", status->health.next_poll);
    status_log_write(&json, &status->log);
    json_write_array(&json, "expiring");
    for (size_t i = 0; i < status->health.expiring_count; i++)
        write_expiring(&json, &status->health.expiring[i]);
    json_write_end(&json);
    json_write_text(&json, "status", words[status->health.level]);
    json_write_array(&json, "attention");
    for (size_t i = 0; i < status->health.cause_count; i++)
        json_write_text(&json, NULL, status->health.causes[i]);
    json_write_end(&json);
    status_helpers_write(&json, &status->helpers);
    json_write_end(&json);
    buf_add_char(&status->out, '\n');
}

static int
take_option(void *arg, int code, const char *value, struct err *err)
{
    struct status *status = arg;
    if (code != CMD_HELPERS && code != CMD_STATS && code != CMD_NAGIOS)
        return cmd_state_option(&status->cmd, code, value, err);
    status->helpers.wanted = true;
    status->nagios = status->nagios || code == CMD_NAGIOS;
    if (code == CMD_STATS)
        status->helpers.folder = value;
    return 0;
}

/* Prints it in the form that was asked for. Returns the exit code. */
static int
print(struct status *status, bool helpers_known)
{
    static const int exit_codes[] = {
        [HEALTH_FINE] = CMD_YES, [HEALTH_ATTENTION] = CMD_NO, [HEALTH_TROUBLE] = CMD_TROUBLE};
    int code = helpers_known ? exit_codes[status->health.level] : CMD_TROUBLE;
    if (status->nagios && !helpers_known)
        code = status_nagios_unknown(&status->out, "it is not known what the helpers counted");
    else if (status->nagios)
        code = status_nagios_add(&status->out, &status->health, status->held.waiting,
                                 status->helpers.there ? &status->helpers.tally : NULL);
    else if (status->cmd.json)
        print_json(status);
    else
        print_text(status);
    bool printed = cmd_print(&status->out);
    return printed ? code : status->nagios ? NAGIOS_UNKNOWN : CMD_TROUBLE;
}

/* Reports why nothing is known. Returns the exit code. */
static int
fail(struct status *status, const struct err *err)
{
    int code = cmd_trouble(err);
    if (!status->nagios)
        return code;
    code = status_nagios_unknown(&status->out, err->text);
    cmd_print(&status->out);
    buf_clear(&status->out);
    return code;
}

/* What was asked for in wrong words. Returns the exit code; a plugin has a line for this, too. */
static int
refuse_words(struct status *status, int argc, char **argv)
{
    bool nagios = status->nagios;
    for (int i = 1; i < argc; i++) /* it may come after the wrong one */
        nagios = nagios || (strlen(argv[i]) > 3 && strncmp(argv[i], "--nagios", strlen(argv[i])) == 0);
    if (!nagios)
        return CMD_TROUBLE;
    int code = status_nagios_unknown(&status->out, "wrong options; see 'm365ctl help status'");
    cmd_print(&status->out);
    buf_clear(&status->out);
    return code;
}

static int
run_status(const struct command *command, int argc, char **argv)
{
    struct status status = {0};
    struct err err = {0};
    buf_init(&status.out, CMD_STATE_OUTPUT_MAX);
    if (cmd_parse_alone(command, argc, argv, take_option, &status) != 0)
        return refuse_words(&status, argc, argv);
    if (cmd_state_open(&status.cmd, false, &err) != 0)
        return fail(&status, &err);
    health_look(&status.health, status.cmd.conf, status.cmd.state, cmd_now());
    find_decision(&status.decision, status.cmd.state);
    find_held(&status);
    status_log_read(&status.log, status.cmd.state, status.cmd.conf->log_count > 0);
    bool helpers_known = status_helpers_read(&status.helpers);
    int code = print(&status, helpers_known);
    buf_clear(&status.out);
    status_helpers_clear(&status.helpers);
    health_clear(&status.health);
    cmd_state_close(&status.cmd);
    return code;
}

static const struct cmd_option options[] = {
    CMD_OPTION_CONFIG,
    {CMD_JSON, "json", NULL, "one JSON object"},
    {CMD_NAGIOS, "nagios", NULL,
     "one line with performance data; exit code 0, 1, 2 or 3, as Nagios and Icinga know them"},
    {CMD_HELPERS, "helpers", NULL, "what the helpers counted, too"},
    {CMD_STATS, "stats", "FOLDER", "the folder of a helper's '-s', instead of the standard one"},
    {0}};

const struct command cmd_status = {
    .name = "status",
    .summary = "shows what is in use, what waits, and when the service last answered",
    .arguments = "",
    .options = options,
    .details =
        "Exit code, for monitoring: 0 all is well; 1 a person should look (nothing is published, something waits,\n"
        "updates fail or the service is silent for longer than the configuration allows, rows are held although\n"
        "nothing waits, what is in use is against a gate, a notice was not delivered, the clock jumped, a local line "
        "expires within a week or has\n"
        "expired since);\n"
        "2 trouble (what is in use is damaged, the configuration, the state folder or what the helpers counted cannot\n"
        "be read).\n",
    .run = run_status,
};

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmd_check.c - `m365ctl check`: is this fit to be used? Images are verified, tables are read and looked over.
 *
 * What is found goes to stderr, one sentence each; a summary of each source goes to stdout. A check of tables is one
 * function in the list at the end; it says what it finds and counts it.
 */
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "cmd.h"
#include "day.h"
#include "err.h"
#include "file.h"
#include "pattern.h"
#include "table.h"

#define SOON_DAYS 30
#define SAID_MAX 50 /* findings of one check that are said one by one */

struct check {
    struct cmd_load load;
    uint32_t today;
    size_t findings;
    size_t refusals;
    const char *path; /* of the source at hand, without its verb */
    struct table *table;
};

/* Says a finding about one rule of the table at hand: file, line, sentence. */
static void
find(struct check *check, size_t *said, const struct rule *rule, const char *sentence)
{
    char room[64];
    check->findings++;
    if (++*said > SAID_MAX)
        return;
    if (rule->line != 0)
        cmd_say("'%s': line %u: '%s' %s", check->path, rule->line, table_rule_text(rule, room), sentence);
    else
        cmd_say("'%s': set %u: '%s' %s", check->path, check->table->sets[rule->set].id, table_rule_text(rule, room),
                sentence);
}

static void
say_rest(const struct check *check, size_t said, const char *what)
{
    if (said > SAID_MAX)
        cmd_say("'%s': and %zu more %s", check->path, said - SAID_MAX, what);
}

/* True if the sentence of a refusal says already what this complaint says of the same file. */
static bool
is_said(const char *refusal, const char *complaint)
{
    const char *tail = strstr(complaint, "': ");
    return tail != NULL && strstr(refusal, tail + 3) != NULL;
}

static void
say_complaints(struct check *check, const char *refusal)
{
    const struct table *table = check->table;
    for (size_t i = 0; i < table->complaint_count && i < TABLE_COMPLAINTS_MAX; i++) {
        if (!is_said(refusal, table->complaints[i]))
            cmd_say("%s", table->complaints[i]);
    }
    if (table->complaint_count > TABLE_COMPLAINTS_MAX)
        cmd_say("'%s': and %zu more", check->path, table->complaint_count - TABLE_COMPLAINTS_MAX);
    check->findings += table->complaint_count;
}

static void
check_complaints(struct check *check)
{
    say_complaints(check, "");
}

static void
check_empty(struct check *check)
{
    if (check->table->rule_count > 0)
        return;
    check->findings++;
    cmd_say("'%s': holds no rule", check->path);
}

static void
check_expiry(struct check *check)
{
    size_t said = 0;
    for (size_t i = 0; i < check->table->rule_count; i++) {
        const struct rule *rule = &check->table->rules[i];
        const struct set *set = &check->table->sets[rule->set];
        if (set->expires == 0 || set->expires > check->today + SOON_DAYS)
            continue;
        char day[DAY_TEXT_MAX], sentence[128];
        day_format(day, set->expires);
        if (set->expires > check->today)
            snprintf(sentence, sizeof sentence, "expires on %s, in %u days", day, set->expires - check->today);
        else if (set->verb == VERB_INSPECT)
            snprintf(sentence, sizeof sentence, "expired on %s and is still in force, as an inspect line is", day);
        else
            snprintf(sentence, sizeof sentence, "expired on %s and no longer counts", day);
        find(check, &said, rule, sentence);
    }
    say_rest(check, said, "lines expire");
}

static int
compare_text(const struct rule *a, const struct rule *b)
{
    char room_a[64], room_b[64];
    return strcmp(table_rule_text(a, room_a), table_rule_text(b, room_b));
}

static int
compare_rules(const void *left, const void *right)
{
    const struct rule *a = left;
    const struct rule *b = right;
    int order = compare_text(a, b);
    if (order == 0)
        order = (a->set > b->set) - (a->set < b->set);
    return order != 0 ? order : (a->line > b->line) - (a->line < b->line);
}

/* Expects the rules in the order of compare_rules(): what is said twice stands together. */
static void
check_duplicates(struct check *check)
{
    struct rule *rules = check->table->rules;
    size_t said = 0;
    if (check->table->rule_count > 0)
        qsort(rules, check->table->rule_count, sizeof *rules, compare_rules);
    for (size_t i = 1; i < check->table->rule_count; i++) {
        if (rules[i - 1].set == rules[i].set && compare_text(&rules[i - 1], &rules[i]) == 0) {
            char sentence[64];
            snprintf(sentence, sizeof sentence, "says the same as line %u", rules[i - 1].line);
            find(check, &said, &rules[i], rules[i].line == 0 ? "stands twice" : sentence);
        }
    }
    say_rest(check, said, "lines are said twice");
}

static void
refuse(struct check *check, const struct err *err)
{
    check->refusals++;
    cmd_say("%s", err->text);
}

/* What only compiling finds. */
static void
check_compile(struct check *check)
{
    struct buf bytes;
    struct err err = {0};
    const struct compile_options plain = {0};
    buf_init(&bytes, IMAGE_MAX);
    if (compile_table(&bytes, check->table, &plain, &err) != 0)
        refuse(check, &err);
    buf_clear(&bytes);
}

/* In this order: the last one sorts the table. */
static void (*const table_checks[])(struct check *check) = {
    check_complaints, check_empty, check_expiry, check_duplicates, check_compile,
};

static void
print_table_summary(const struct check *check)
{
    size_t verbs[4] = {0};
    const struct table *table = check->table;
    for (size_t i = 0; i < table->rule_count; i++)
        verbs[table->sets[table->rules[i].set].verb]++;
    printf("%s: table, %zu rule%s: %zu optimize, %zu allow, %zu default, %zu inspect; label %s\n", check->path,
           table->rule_count, table->rule_count == 1 ? "" : "s", verbs[VERB_OPTIMIZE], verbs[VERB_ALLOW],
           verbs[VERB_DEFAULT], verbs[VERB_INSPECT], table->label[0] == '\0' ? "none" : table->label);
}

static void
check_source(struct check *check, const char *spec)
{
    struct err err = {0};
    check->table = table_new();
    if (check->table == NULL) {
        err_set(&err, ERR_MEM, "no memory for a table");
        refuse(check, &err);
        return;
    }
    if (table_read(check->table, spec, &err) != 0) {
        refuse(check, &err);
        say_complaints(check, err.text);
    } else {
        for (size_t i = 0; i < sizeof table_checks / sizeof table_checks[0]; i++)
            table_checks[i](check);
        print_table_summary(check);
    }
    table_free(check->table);
}

static void
check_image(struct check *check, struct image *image)
{
    struct err err = {0};
    struct image_info info;
    if (image_verify(image, &err) != 0) {
        err_add(&err, "'%s' is damaged", check->path);
        refuse(check, &err);
        return;
    }
    image_get_info(image, &info);
    printf("%s: image, %llu rule%s, %llu bytes; label %.*s\n", check->path, (unsigned long long)info.rules,
           info.rules == 1 ? "" : "s", (unsigned long long)info.size, info.label.len == 0 ? 4 : (int)info.label.len,
           info.label.len == 0 ? "none" : info.label.text);
}

static bool
is_image(const char *path)
{
    char head[8];
    size_t len = 0;
    struct err ignored;
    return strcmp(path, "-") != 0 && file_peek(head, sizeof head, &len, path, &ignored) == 0 &&
           image_looks_like(head, len);
}

static void
check_one(struct check *check, const char *spec)
{
    enum verb verb;
    const char *colon = strchr(spec, ':');
    bool list = colon != NULL && verb_parse(&verb, spec, (size_t)(colon - spec));
    struct err err = {0};
    struct image *image;
    check->path = list ? colon + 1 : spec;
    if (list || !is_image(check->path)) {
        check_source(check, spec);
    } else if (image_open(&image, check->path, &err) != 0) {
        refuse(check, &err);
    } else {
        check_image(check, image);
        image_close(image);
    }
}

/* Without sources: what a helper would open. */
static void
check_default(struct check *check)
{
    struct err err = {0};
    struct image *image;
    check->path = "the image in use";
    if (load_image(&image, &check->load.options, &err) != 0) {
        refuse(check, &err);
        return;
    }
    check_image(check, image);
    image_close(image);
}

enum check_code { CHECK_AT = CMD_CODE_FREE };

static int
take(void *arg, int code, const char *value, struct err *err)
{
    struct check *check = arg;
    int result = 0;
    if (cmd_load_take(&check->load, code, value, &result, err))
        return result;
    return cmd_take_day(&check->today, value, err);
}

static int
run_check(const struct command *command, int argc, char **argv)
{
    struct check check = {.today = cmd_today()};
    cmd_load_init(&check.load);
    if (cmd_parse_alone(command, argc, argv, take, &check) != 0)
        return CMD_TROUBLE;
    if (check.load.options.source_count == 0)
        check_default(&check);
    for (size_t i = 0; i < check.load.options.source_count; i++)
        check_one(&check, check.load.sources[i]);
    return check.refusals > 0 ? CMD_TROUBLE : check.findings > 0 ? CMD_NO : CMD_YES;
}

static const struct cmd_option options[] = {
    CMD_OPTION_SOURCE,
    {CHECK_AT, "at", "YYYY-MM-DD", "check as of another day (expires=)"},
    {0},
};

const struct command cmd_check = {
    .name = "check",
    .summary = "checks images and tables, and says everything there is to say",
    .arguments = "",
    .options = options,
    .details = "An image is read whole: checksum and every record. A table is read as a helper would, and looked\n"
               "over for lines that are refused, expire within 30 days, expired, or are said twice.\n"
               "Without -t the image in use is checked.\n"
               "Exit code: 0 clean, 1 something was found, 2 something cannot be read or is refused.\n",
    .run = run_check,
};

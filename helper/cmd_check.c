// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmd_check.c - `m365ctl check`: is this fit to be used? Images are verified, tables are read and looked over.
 *
 * What is found goes to stderr, one sentence each; a summary of each source goes to stdout. All tables are read first,
 * so that a check can hold one against the others; then each check in the list below looks over each table.
 */
#include "cmd_check.h"

#include <stdarg.h>
#include <string.h>

#include "arena.h"
#include "buf.h"
#include "cmd_state.h"
#include "day.h"
#include "err.h"
#include "generation_source.h"
#include "ports.h"
#include "verb.h"

#define SOON_DAYS 30
#define FIND_MAX 1024

void
check_find(struct check *check, const struct check_rule *at, const char *fmt, ...)
{
    char room[64], sentence[FIND_MAX];
    check->findings += !check->remark;
    if (++check->said > CHECK_SAID_MAX)
        return;
    va_list args;
    va_start(args, fmt);
    vsnprintf(sentence, sizeof sentence, fmt, args);
    va_end(args);
    if (at->rule->line != 0)
        cmd_say("'%s': line %u: '%s' %s", at->source->path, at->rule->line, table_rule_text(at->rule, room), sentence);
    else
        cmd_say("'%s': set %u: '%s' %s", at->source->path, at->set->id, table_rule_text(at->rule, room), sentence);
}

void
check_each(struct check *check, void (*fn)(struct check *check, const struct check_rule *at))
{
    const struct table *table = check->at->table;
    for (size_t i = 0; i < table->rule_count; i++) {
        struct check_rule at = check_book_rule(&check->book, check->at, &table->rules[i]);
        fn(check, &at);
    }
}

bool
check_in_force(const struct check *check, const struct set *set)
{
    return set->verb == VERB_INSPECT || set->expires == 0 || set->expires > check->today;
}

bool
check_is_bypass(const struct check *check, const struct set *set)
{
    uint32_t bypass = check->load.options.compile.bypass;
    if (bypass == 0)
        bypass = VERB_BYPASS_USUAL;
    return set->verb != VERB_INSPECT && (bypass & 1u << set->verb) != 0;
}

bool
check_speaks(const struct set *set)
{
    return set->tcp.count > 0 || set->udp.count == 0;
}

bool
check_ports_cover(const struct set *a, const struct set *b)
{
    static const struct port_range web[] = {{80, 80}, {443, 443}}, all[] = {{1, UINT16_MAX}};
    struct ports ports[2] = {a->tcp, b->tcp};
    const struct set *sets[2] = {a, b};
    for (int i = 0; i < 2; i++) {
        if (ports[i].count == 0 && check_speaks(sets[i]))
            ports[i] = sets[i]->has_id ? (struct ports){web, 2} : (struct ports){all, 1};
    }
    return ports_cover(&ports[0], &ports[1]);
}

const char *
check_name(char ret[CHECK_NAME_MAX], const struct check_rule *rule)
{
    char room[64], place[32] = "";
    const char *text = table_rule_text(rule->rule, room);
    if (rule->rule->line != 0)
        snprintf(place, sizeof place, " line %u", rule->rule->line);
    if (rule->set->has_id)
        snprintf(ret, CHECK_NAME_MAX, "'%.255s' (%s, set %u, '%.100s'%s)", text, verb_title(rule->set->verb),
                 rule->set->id, rule->source->path, place);
    else
        snprintf(ret, CHECK_NAME_MAX, "'%.255s' (%s, '%.100s'%s)", text, verb_title(rule->set->verb),
                 rule->source->path, place);
    return ret;
}

/* True if the sentence of a refusal says already what this complaint says of the same file. */
static bool
is_said(const char *refusal, const char *complaint)
{
    const char *tail = strstr(complaint, "': ");
    return tail != NULL && strstr(refusal, tail + 3) != NULL;
}

static void
say_complaints(struct check *check, const struct check_source *source, const char *refusal)
{
    const struct table *table = source->table;
    for (size_t i = 0; i < table->complaint_count && i < TABLE_COMPLAINTS_MAX; i++) {
        if (!is_said(refusal, table->complaints[i]))
            cmd_say("%s", table->complaints[i]);
    }
    if (table->complaint_count > TABLE_COMPLAINTS_MAX)
        cmd_say("'%s': and %zu more", source->path, table->complaint_count - TABLE_COMPLAINTS_MAX);
    check->findings += table->complaint_count;
}

static void
check_complaints(struct check *check)
{
    say_complaints(check, check->at, "");
}

static void
check_empty(struct check *check)
{
    if (check->at->table->rule_count > 0)
        return;
    check->findings++;
    cmd_say("'%s': holds no rule", check->at->path);
}

/* `; ask 'alice' (NET-1234)` as far as the line says. */
static const char *
who(char ret[160], const struct set *set)
{
    ret[0] = '\0';
    if (set->owner != NULL)
        snprintf(ret, 160, ", owner '%.60s'%s%.60s", set->owner, set->ticket != NULL ? ", ticket " : "",
                 set->ticket != NULL ? set->ticket : "");
    else if (set->ticket != NULL)
        snprintf(ret, 160, ", ticket %.60s", set->ticket);
    return ret;
}

static void
judge_expiry(struct check *check, const struct check_rule *at)
{
    const struct set *set = at->set;
    char day[DAY_TEXT_MAX], asked[160];
    if (set->expires == 0 || set->expires > check->today + SOON_DAYS)
        return;
    day_format(day, set->expires);
    who(asked, set);
    if (set->expires > check->today)
        check_find(check, at, "expires on %s, in %u day%s%s; set a later day, or let it go", day,
                   set->expires - check->today, set->expires - check->today == 1 ? "" : "s", asked);
    else if (set->verb == VERB_INSPECT)
        check_find(check, at,
                   "expired on %s and stays in force, as an inspect line does%s; remove it, or set a later day", day,
                   asked);
    else
        check_find(check, at, "expired: it is left out since %s%s; remove it, or set a later day", day, asked);
}

void
check_expiry(struct check *check)
{
    check_each(check, judge_expiry);
}

void
check_refuse(struct check *check, const struct err *err)
{
    check->refusals++;
    cmd_say("%s", err->text);
}

/* What only compiling finds. Sorts the table and drops what stands twice, so it is the last to look. */
static void
check_compile(struct check *check)
{
    struct buf bytes;
    struct err err = {0};
    buf_init(&bytes, IMAGE_MAX);
    if (compile_table(&bytes, check->at->table, &check->load.options.compile, &err) != 0)
        check_refuse(check, &err);
    buf_clear(&bytes);
}

static const struct {
    void (*run)(struct check *check);
    const char *what; /* "and 7 more ..." */
} table_checks[] = {
    {check_complaints, NULL},
    {check_empty, NULL},
    {check_expiry, "lines expire"},
    {check_duplicates, "lines are said twice"},
    {check_reach, "lines decide nothing"},
    {check_width, "lines are wide"},
    {check_presets, "lines work against a preset"},
};

static void
print_table_summary(const struct check_source *source)
{
    size_t verbs[4] = {0};
    const struct table *table = source->table;
    for (size_t i = 0; i < table->rule_count; i++)
        verbs[table->sets[table->rules[i].set].verb]++;
    printf("%s: table, %zu rule%s: %zu optimize, %zu allow, %zu default, %zu inspect; label %s\n", source->path,
           table->rule_count, table->rule_count == 1 ? "" : "s", verbs[VERB_OPTIMIZE], verbs[VERB_ALLOW],
           verbs[VERB_DEFAULT], verbs[VERB_INSPECT], table->label[0] == '\0' ? "none" : table->label);
}

static void
run_table_checks(struct check *check)
{
    for (size_t i = 0; i < sizeof table_checks / sizeof table_checks[0]; i++) {
        check->said = 0;
        table_checks[i].run(check);
        if (check->said > CHECK_SAID_MAX)
            cmd_say("'%s': and %zu more %s", check->at->path, check->said - CHECK_SAID_MAX, table_checks[i].what);
    }
}

static void
check_tables(struct check *check)
{
    struct err err = {0};
    bool open = check_book_open(check, &err) == 0;
    if (!open)
        check_refuse(check, &err);
    for (size_t i = 0; open && i < check->source_count; i++) {
        check->at = &check->sources[i];
        run_table_checks(check);
    }
    check_book_close(&check->book);
    for (size_t i = 0; i < check->source_count; i++) {
        check->at = &check->sources[i];
        check_compile(check);
        print_table_summary(check->at);
        table_free(check->at->table);
    }
}

/* A preset is known by the folder it lies in. */
static bool
is_preset(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *from = slash;
    while (from != NULL && from > path && from[-1] != '/')
        from--;
    return from != NULL && slash - from == 7 && memcmp(from, "presets", 7) == 0;
}

void
check_read(struct check *check, const struct generation_source *from)
{
    struct err err = {0};
    struct check_source source = {from->spec, verb_cut(NULL, from->spec), table_new(), from->preset};
    if (source.table == NULL) {
        err_set(&err, ERR_MEM, "no memory for a table");
        check_refuse(check, &err);
    } else if (generation_read_source(source.table, from, &err) != 0) {
        check_refuse(check, &err);
        say_complaints(check, &source, err.text);
        table_free(source.table);
    } else {
        check->sources[check->source_count++] = source;
    }
}

static void
check_image(struct check *check, const char *path, struct image *image)
{
    struct err err = {0};
    struct image_info info;
    if (image_verify(image, &err) != 0) {
        err_add(&err, "'%s' is damaged", path);
        check_refuse(check, &err);
        return;
    }
    image_get_info(image, &info);
    printf("%s: image, %llu rule%s, %llu bytes; label %.*s\n", path, (unsigned long long)info.rules,
           info.rules == 1 ? "" : "s", (unsigned long long)info.size, info.label.len == 0 ? 4 : (int)info.label.len,
           info.label.len == 0 ? "none" : info.label.text);
}

static void
check_one(struct check *check, const char *spec)
{
    struct err err = {0};
    struct image *image;
    const char *path = verb_cut(NULL, spec);
    if (path != spec || !image_is_at(path)) {
        check_read(check, &(struct generation_source){.spec = spec, .preset = is_preset(path)});
    } else if (image_open(&image, path, &err) != 0) {
        check_refuse(check, &err);
    } else {
        check_image(check, path, image);
        image_close(image);
    }
}

/* Without sources: what a helper would open. */
static void
check_default(struct check *check)
{
    struct err err = {0};
    struct image *image;
    if (load_image(&image, &check->load.options, &err) != 0) {
        check_refuse(check, &err);
        return;
    }
    check_image(check, "the image in use", image);
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
    if (code == CMD_CONFIG) {
        check->config = value;
        return 0;
    }
    return cmd_take_day(&check->today, value, err);
}

/* False, having said so, if a configuration is named and something beside it that it decides. */
static bool
is_asked_well(const struct check *check)
{
    bool good = check->config == NULL || (check->load.options.source_count == 0 && !check->load.options.has_compile);
    if (!good)
        cmd_say("with -c the configuration names tables, tenants, precedence and bypass; leave out the other options");
    return good;
}

static int
run_check(const struct command *command, int argc, char **argv)
{
    static struct check check;
    check.today = cmd_today();
    cmd_load_init(&check.load);
    if (cmd_parse_alone(command, argc, argv, take, &check) != 0)
        return CMD_TROUBLE;
    if (!is_asked_well(&check))
        return CMD_TROUBLE;
    if (check.config != NULL)
        check_read_conf(&check);
    else if (check.load.options.source_count == 0)
        check_default(&check);
    for (size_t i = 0; i < check.load.options.source_count; i++)
        check_one(&check, check.load.sources[i]);
    if (check.source_count > 0)
        check_tables(&check);
    arena_free(check.texts);
    conf_free(check.conf);
    return check.refusals > 0 ? CMD_TROUBLE : check.findings > 0 ? CMD_NO : CMD_YES;
}

static const struct cmd_option options[] = {
    CMD_OPTION_SOURCE,
    {CMD_CONFIG, "config", "FILE", "check everything that this configuration names"},
    {CHECK_AT, "at", "YYYY-MM-DD", "check as of another day (expires=)"},
    CMD_OPTIONS_COMPILE,
    {0},
};

const struct command cmd_check = {
    .name = "check",
    .summary = "checks images and tables, and says everything there is to say",
    .arguments = "",
    .options = options,
    .details = "An image is read whole: checksum and every record. Tables are read as a helper would and held against\n"
               "each other: lines that are refused, expire within 30 days, expired, are said twice, never decide,\n"
               "change nothing, match what strangers own, or work against a preset (a file in a folder 'presets').\n"
               "With -c these are the documents in use, presets, local rules, lists and options of a configuration.\n"
               "Without both the image in use is checked.\n"
               "Exit code: 0 clean, 1 something was found, 2 something cannot be read or is refused.\n",
    .run = run_check,
};

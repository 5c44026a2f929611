// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmd_check.c - `m365ctl check`: verifies images; reads tables and reports what is wrong with them.
 *
 * Findings go to stderr, one sentence each; a summary of each source goes to stdout. All tables are read first
 * (cmd_check_sources.c), because the linter (lint.h) compares them with each other.
 */
#include "cmd_check.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/place.h"
#include "cmd_state.h"
#include "compile/compile.h"
#include "compile/load.h"
#include "compile/sealed.h"
#include "conf/conf.h"
#include "name/spec.h"
#include "store/source.h"

#define SUMMARY_MAX ((size_t)8 << 10) /* bytes of a line about one source */

/* Finds what only compiling finds. */
static void
compile_source(struct check *check, const struct lint_source *source)
{
    struct buf bytes;
    struct err err = {0};
    buf_init(&bytes, IMAGE_MAX);
    if (compile_table(&bytes, source->table, &check->load.options.policy, &err) != 0)
        check_refuse(check, &err);
    buf_clear(&bytes);
}

static void
print_table_summary(const struct lint_source *source)
{
    size_t verbs[4] = {0};
    const struct table *table = source->table;
    for (size_t i = 0; i < table->rule_count; i++)
        verbs[table->terms[table->rules[i].terms].verb]++;
    struct buf line;
    buf_init(&line, SUMMARY_MAX);
    buf_add_fmt(&line, "%s: table, %zu rule%s: %zu optimize, %zu allow, %zu default, %zu inspect; label %s\n",
                source->path, table->rule_count, table->rule_count == 1 ? "" : "s", verbs[VERB_OPTIMIZE],
                verbs[VERB_ALLOW], verbs[VERB_DEFAULT], verbs[VERB_INSPECT],
                table->label[0] == '\0' ? "none" : table->label);
    cmd_print(&line);
    buf_clear(&line);
}

/* Comes last, because compiling sorts the tables. */
static void
check_tables(struct check *check)
{
    struct err err = {0};
    check->lint.policy = &check->load.options.policy;
    if (lint_run(&check->lint, &err) != 0)
        check_refuse(check, &err);
    for (size_t i = 0; i < check->lint.source_count; i++) {
        compile_source(check, &check->sources[i]);
        print_table_summary(&check->sources[i]);
        table_free(check->sources[i].table);
    }
}

/* Presets are the files in a folder `presets`. */
static bool
is_preset(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *from = slash;
    while (from != NULL && from > path && from[-1] != '/')
        from--;
    return from != NULL && slash - from == 7 && memcmp(from, "presets", 7) == 0;
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
    struct buf line;
    buf_init(&line, SUMMARY_MAX);
    buf_add_fmt(&line, "%s: image, %llu rule%s, %llu bytes; label %.*s\n", path, (unsigned long long)info.rules,
                info.rules == 1 ? "" : "s", (unsigned long long)info.size,
                info.label.len == 0 ? 4 : (int)info.label.len, info.label.len == 0 ? "none" : info.label.text);
    cmd_print(&line);
    buf_clear(&line);
}

static void
check_one(struct check *check, const char *spec)
{
    struct err err = {0};
    struct image *image;
    const char *path = spec;
    if (spec_is_list(spec) || !image_is_at(path)) {
        check_read(check, &(struct source){.spec = spec, .preset = is_preset(path)});
    } else if (sealed_open(&image, path, &cmd_listener, &err) != 0) {
        check_refuse(check, &err);
    } else {
        check_image(check, path, image);
        image_close(image);
    }
}

/* Without sources, checks what a helper would open. */
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
handle_option(void *arg, int code, const char *value, struct err *err)
{
    struct check *check = arg;
    int result = 0;
    if (cmd_load_option(&check->load, code, value, &result, err))
        return result;
    if (code == CMD_CONFIG) {
        check->config = value;
        place_use(value);
        return 0;
    }
    return cmd_parse_day(&check->lint.today, value, err);
}

/* False, after reporting it, if a configuration is named together with an option that it decides. */
static bool
is_asked_well(const struct check *check)
{
    bool good = check->config == NULL || (check->load.options.source_count == 0 && !check->load.options.has_policy);
    if (!good)
        cmd_say("with -c the configuration names tables, tenants, precedence and bypass; leave out the other options");
    return good;
}

static int
run_check(const struct command *command, int argc, char **argv)
{
    static struct check check;
    check.lint = (struct lint){.sources = check.sources, .today = cmd_today(), .listener = &cmd_listener};
    cmd_load_init(&check.load);
    if (cmd_parse_alone(command, argc, argv, handle_option, &check) != 0)
        return CMD_TROUBLE;
    if (!is_asked_well(&check))
        return CMD_TROUBLE;
    if (check.config != NULL)
        check_read_conf(&check);
    else if (check.load.options.source_count == 0)
        check_default(&check);
    for (size_t i = 0; i < check.load.options.source_count; i++)
        check_one(&check, check.load.sources[i]);
    if (check.lint.source_count > 0)
        check_tables(&check);
    arena_free(check.texts);
    conf_free(check.conf);
    return check.refusals > 0 ? CMD_TROUBLE : check.lint.findings > 0 ? CMD_NO : CMD_YES;
}

static const struct cmd_option options[] = {
    CMD_OPTION_SOURCE,
    {CMD_CONFIG, "config", "FILE", "check everything that this configuration names"},
    {CHECK_AT, "at", "YYYY-MM-DD", "check as of another day (for expires=)"},
    CMD_OPTIONS_COMPILE,
    {0},
};

const struct command cmd_check = {
    .name = "check",
    .summary = "checks images and tables, and reports everything it finds",
    .arguments = "",
    .options = options,
    .details =
        "An image is read completely: the checksum and every record. Tables are read as a helper would and\n"
        "compared with each other. Reported are lines that are refused, have expired or expire within 30 days,\n"
        "are duplicates, never decide, change nothing, match names of strangers, or work against a preset (a\n"
        "file in a folder 'presets'). Said but not counted are published names that stay inspected below a local\n"
        "wildcard, and domains in a list without the names below them. With -c the tables are the documents in\n"
        "use, presets, local rules and lists of a configuration, checked with its options. Without -c and -t the\n"
        "image in use is checked.\n"
        "Exit code: 0 clean, 1 something was found, 2 something cannot be read or is refused.\n",
    .run = run_check,
};

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lint_run.c - runs all checks over one table after the other. Part of lint.h.
 *
 * All rules of all tables are entered in a book first, because a check may compare one table with the others.
 */
#include <string.h>

#include "base/say.h"
#include "lint_build.h"

/* True if the sentence of a refusal already says what this complaint says of the same file. */
static bool
is_said(const char *refusal, const char *complaint)
{
    const char *tail = strstr(complaint, "': ");
    return tail != NULL && strstr(refusal, tail + 3) != NULL;
}

void
lint_complaints(struct lint *lint, const struct lint_source *source, const char *refusal)
{
    const struct table *table = source->table;
    table_say_remarks(table, lint->listener);
    for (size_t i = 0; i < table->complaint_count && i < TABLE_COMPLAINTS_MAX; i++) {
        if (!is_said(refusal, table->complaints[i]))
            say(lint->listener, "%s", table->complaints[i]);
    }
    if (table->complaint_count > TABLE_COMPLAINTS_MAX)
        say(lint->listener, "'%s': and %zu more", source->path, table->complaint_count - TABLE_COMPLAINTS_MAX);
    lint->findings += table->complaint_count;
}

static void
say_complaints(struct lint_pass *pass)
{
    if (!pass->lint->local_only)
        lint_complaints(pass->lint, pass->at, "");
}

static void
find_empty(struct lint_pass *pass)
{
    if (pass->at->table->rule_count > 0)
        return;
    pass->lint->findings++;
    say(pass->lint->listener, "'%s' contains no rules", pass->at->path);
}

static const struct {
    void (*run)(struct lint_pass *pass);
    const char *what; /* "and 7 more ..." */
} checks[] = {
    {say_complaints, NULL},
    {find_empty, NULL},
    {lint_expiry, "lines expire or have a day to look at them"},
    {lint_duplicates, "lines are duplicates"},
    {lint_reach, "lines decide nothing"},
    {lint_width, "lines are wide"},
    {lint_presets, "lines work against a preset"},
    {lint_bare, NULL},
    {lint_local, "lines are written like rows of a published set"},
    {lint_kept, "lines leave published names inspected"},
};

static void
run_checks(struct lint_pass *pass)
{
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        pass->said = 0;
        checks[i].run(pass);
        if (pass->said > pass->lint->said_max)
            say(pass->lint->listener, "'%s': and %zu more %s", pass->at->path, pass->said - pass->lint->said_max,
                checks[i].what);
    }
}

int
lint_run(struct lint *lint, struct err *err)
{
    struct lint_pass pass = {.lint = lint};
    if (lint->said_max == 0)
        lint->said_max = LINT_SAID_USUAL;
    int result = lint_book_open(&pass.book, lint, err);
    if (result == 0)
        result = lint_kept_find(&pass, err);
    for (size_t i = 0; result == 0 && i < lint->source_count; i++) {
        pass.at = &lint->sources[i];
        run_checks(&pass);
    }
    lint_book_close(&pass.book);
    return result;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* insert.c - reads the squid.conf, has the places found, and prints the diff and what it changes. See insert.h. */
#include "insert.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "insert_build.h"
#include "insert_lines.h"
#include "ruleset/ruleset_role.h"
#include "ruleset/ruleset_worker.h"

#define ARENA_MAX ((size_t)1 << 30)
#define DIFF_MAX ((size_t)1 << 20)

/* Directives on which it depends what becomes of a request, and whose lines an administrator would look for. */
static const char *const usual[] = {"acl",        "http_access", "ssl_bump",         "http_port",
                                    "https_port", "auth_param",  "external_acl_type"};

/* The next line of those from `*at` on, or NULL. */
static const struct squidconf_line *
next_usual(const struct squidconf_text *text, size_t *at)
{
    while (*at < text->line_count) {
        const struct squidconf_line *line = &text->lines[(*at)++];
        for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
            if (strcmp(line->words[0], usual[i]) == 0)
                return line;
        }
    }
    return NULL;
}

static bool
is_same_place(const struct squidconf_line *a, const struct squidconf_line *b)
{
    return a->number == b->number && strcmp(a->file, b->file) == 0;
}

/* True if a line of the other worker comes from `at` on. */
static bool
has_later(const struct squidconf_text *text, size_t at, const struct squidconf_line *line)
{
    const struct squidconf_line *later = next_usual(text, &at);
    while (later != NULL && !is_same_place(later, line))
        later = next_usual(text, &at);
    return later != NULL;
}

/* The first line that only one of two workers reads, or NULL: the difference is of another kind. */
static const struct squidconf_line *
find_other(const struct squidconf_text *a, const struct squidconf_text *b)
{
    size_t i = 0, k = 0;
    const struct squidconf_line *one = next_usual(a, &i), *other = next_usual(b, &k);
    while (one != NULL && other != NULL && is_same_place(one, other) && strcmp(one->text, other->text) == 0) {
        one = next_usual(a, &i);
        other = next_usual(b, &k);
    }
    if (one == NULL || other == NULL)
        return one != NULL ? one : other;
    return is_same_place(one, other) || has_later(a, i, other) ? one : other;
}

/* The lines are judged by one set of rules. */
static int
check_workers(const struct ruleset_texts *texts, const char *path, struct err *err)
{
    static const char advice[] = "so no place for the lines would be proven for all of them; put them in by hand: "
                                 "squid-conf without --into prints them";
    if (texts->count == 1)
        return 0;
    const struct squidconf_line *line = find_other(&texts->worker[0].text, &texts->worker[1].text);
    if (line == NULL)
        return err_set(err, ERR_SYNTAX, "%s:1: Squid's workers read different lines here (${process_number}), %s", path,
                       advice);
    return err_set(err, ERR_SYNTAX, "%s:%u: Squid's workers do not all read '%s' (${process_number}), %s", line->file,
                   line->number, line->text, advice);
}

/* The places hang on what is in a rule. */
static int
check_depth(const struct rules *rules, struct err *err)
{
    for (size_t i = 0; i < rules->count; i++) {
        const struct rule *rule = &rules->rule[i];
        if (role_is_deep(rule))
            return err_set(err, ERR_SYNTAX,
                           "%s:%u: groups of ACLs are nested deeper than %d levels in '%s', so no place for the lines "
                           "would be proven; say the same in fewer levels",
                           rule->file, rule->number, ROLE_DEPTH, rule->text);
    }
    return 0;
}

static int
open_file(struct insert *insert, struct err *err)
{
    const struct ruleset_about about = {.version = insert->about->version, .arena = insert->arena};
    struct ruleset_texts *texts = arena_alloc(insert->arena, sizeof *texts);
    insert->wish = insert->about->wish;
    if (texts == NULL)
        return err_set(err, ERR_MEM, "no memory for the rules");
    if (ruleset_read_texts(texts, insert->about->path, &about, err) != 0 ||
        check_workers(texts, insert->about->path, err) != 0)
        return -1;
    insert->text = texts->worker[0].text;
    if (ruleset_make(&insert->conf, &insert->text, &about, err) != 0 || check_depth(&insert->conf->access, err) != 0 ||
        check_depth(&insert->conf->bump, err) != 0 || check_depth(&insert->conf->follow, err) != 0)
        return -1;
    insert->about->load(insert->conf);
    return lines_ports(insert, err);
}

static int
print(struct insert_result *ret, struct insert *insert, const struct patch *patch, struct err *err)
{
    if (patch->count == 0)
        return 0;
    if (!insert_diff(&ret->diff, insert, patch, &ret->from_root))
        return -1;
    buf_add(&ret->notes, insert->notes.data, insert->notes.len);
    outcome_print_both(&ret->outcomes, &insert->best.set, insert->best.before, insert->best.after);
    return buf_ok(&ret->diff) && buf_ok(&ret->outcomes) && buf_ok(&ret->notes)
               ? 0
               : err_set(err, ERR_MEM, "no memory for the diff");
}

static int
find(struct insert_result *ret, struct insert *insert, struct err *err)
{
    struct patch patch = {.count = 0};
    bool found =
        open_file(insert, err) == 0 && insert_search(insert, &patch, err) == 0 && print(ret, insert, &patch, err) == 0;
    if (!arena_ok(insert->arena))
        return err_set(err, ERR_MEM, "no memory for '%s'", insert->about->path);
    return found ? 0 : -1;
}

int
insert_find(struct insert_result *ret, const struct insert_about *about, struct err *err)
{
    struct arena *arena = arena_new(ARENA_MAX);
    struct insert *insert = arena == NULL ? NULL : arena_alloc(arena, sizeof *insert);
    buf_init(&ret->diff, DIFF_MAX);
    buf_init(&ret->outcomes, DIFF_MAX);
    buf_init(&ret->notes, DIFF_MAX);
    ret->from_root = false;
    if (insert == NULL) {
        arena_free(arena);
        return err_set(err, ERR_MEM, "no memory");
    }
    *insert = (struct insert){.about = about, .arena = arena, .err = err};
    buf_init(&insert->notes, DIFF_MAX);
    int result = find(ret, insert, err);
    if (result != 0) {
        buf_clear(&ret->diff);
        buf_clear(&ret->outcomes);
        buf_clear(&ret->notes);
    }
    if (insert->lender != NULL)
        about->unload(insert->lender);
    if (insert->conf != NULL)
        about->unload(insert->conf);
    trial_free(&insert->best);
    trial_free(&insert->again);
    trial_free(&insert->named);
    trial_free(&insert->first);
    ruleset_close(insert->conf);
    buf_clear(&insert->notes);
    arena_free(arena);
    return result;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * advise_user.c - findings about names of users that nobody has: auth_param basic makes them lower case. Part of
 * advise_build.h.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "advise_build.h"
#include "advise_worker.h"
#include "base/arena.h"
#include "base/err.h"

#define SAY_MAX ((size_t)1 << 20)

/* True if a line names the ACL and does not define it. */
static bool
uses(const struct squidconf_line *line, const struct acl *acl)
{
    bool defines = strcmp(line->words[0], "acl") == 0;
    for (size_t w = defines ? 3 : 1; w < line->count; w++) {
        if (strcasecmp(line->words[w] + (line->words[w][0] == '!'), acl->name) == 0)
            return true;
    }
    return false;
}

static bool
is_used(const struct advice *advice, const struct acl *acl)
{
    for (size_t i = 0; i < advice->text.line_count; i++) {
        if (uses(&advice->text.lines[i], acl))
            return true;
    }
    return false;
}

/* The first regex that needs a capital letter, and takes no text without: one of plain letters only. NULL: none. */
static const char *
lost_regex(const struct advice *advice, const struct acl *acl)
{
    for (size_t i = 0; i < acl->regex_count; i++) {
        const char *pattern = acl->regexes[i].pattern, *text = pattern + (pattern[0] == '^');
        size_t len = strlen(text);
        len -= len > 0 && text[len - 1] == '$';
        char *sample = arena_text(advice->arena, text, len);
        if (sample == NULL || strpbrk(sample, "\\^$*+?()[]{}|") != NULL)
            continue;
        const char *lower = role_lower(sample, advice->arena);
        if (lower != NULL && lower != sample && regexec(&acl->regexes[i].compiled, lower, 0, NULL, 0) != 0)
            return pattern;
    }
    return NULL;
}

/* The index of the line of an ACL; one in several lines has no correction. */
static size_t
line_of(const struct advice *advice, const struct acl *acl)
{
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < advice->text.line_count; i++) {
        const struct squidconf_line *line = &advice->text.lines[i];
        if (line->count < 4 || strcmp(line->words[0], "acl") != 0 || strcasecmp(line->words[1], acl->name) != 0)
            continue;
        if (found != SIZE_MAX || line->words[3][0] == '-' || line->words[3][0] == '+')
            return SIZE_MAX;
        found = i;
    }
    return found;
}

/* The line with -i before the names. */
static struct edit
ignore_case(struct advice *advice, const struct acl *acl)
{
    struct edit edit = {.count = 0};
    size_t index = line_of(advice, acl), word = 0;
    if (index == SIZE_MAX)
        return edit;
    const char *text = advice->text.lines[index].text, *at = text;
    for (; word < 3 && *at != '\0'; word++) {
        at += strcspn(at, " \t");
        at += strspn(at, " \t");
    }
    edit_add(&edit, EDIT_REPLACE, index, advise_text(advice, "%.*s-i %s", (int)(at - text), text, at));
    return edit;
}

static void
say_lost(struct advice *advice, const struct acl *acl, const char *name, bool counts)
{
    struct edit edit = counts ? ignore_case(advice, acl) : (struct edit){.count = 0};
    struct buf say;
    buf_init(&say, SAY_MAX);
    buf_add_fmt(
        &say,
        "auth_param basic makes the names of users lower case, so %s '%.100s', which `%.60s` names; write it in "
        "lower case, or put -i before the names\n",
        counts ? "nobody is" : "nobody who comes by it is", name, acl->name);
    if (edit.count > 0)
        edit_print(&say, &advice->text, &edit);
    buf_add_char(&say, '\0');
    if (buf_ok(&say))
        advise_add(advice,
                   &(struct heard){.file = acl->file, .number = acl->number, .counts = counts, .text = say.data});
    else
        advice->failed = err_set(advice->err, ERR_MEM, "no memory for a finding") != 0;
    buf_clear(&say);
}

void
advise_names(struct advice *advice)
{
    enum role_case kept = role_user_case(advice->conf);
    for (size_t b = 0; b < ACL_BUCKETS && kept != ROLE_CASE_KEPT; b++) {
        for (const struct acl *acl = advice->conf->buckets[b]; acl != NULL; acl = acl->next) {
            const char *name = acl->kind == ACL_PROXY_AUTH_REGEX ? lost_regex(advice, acl) : acl->lost;
            if (name != NULL && !acl->required && is_used(advice, acl))
                say_lost(advice, acl, name, kept == ROLE_CASE_LOWER);
        }
    }
}

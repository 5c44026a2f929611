// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * export_fit.c - replaces what a format cannot say about names. Part of export_build.h.
 *
 * Nothing is selected that was not, with one exception that the format forces and a note names: without exceptions,
 * what is inside a selected wildcard is selected with it.
 */
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "export_build.h"
#include "export_names.h"
#include "name/precedence.h"

#define NAMED_MAX 20 /* patterns named in notes of one kind; more are counted */

static bool
is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

bool
export_regex_is_simple(const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.^$()|?*+[]";
    bool set = false; /* between brackets */
    for (const char *at = text + 1; *at != '\0'; at++) {
        if (!set && at[0] == '\\' && (at[1] == '.' || at[1] == '-')) {
            at++;
            continue;
        }
        bool mixed = set && at[0] == '-' && is_upper(at[-1]) != is_upper(at[1]); /* such a range depends on the case */
        bool extension = set ? *at == '[' || (*at == ']' && strchr("[^", at[-1]) != NULL)
                             : (at[0] == '(' && at[1] == '?') ||
                                   (strchr("*+?", at[0]) != NULL && at[1] != '\0' && strchr("*+?", at[1]) != NULL);
        if (mixed || extension || strchr(plain, *at) == NULL)
            return false;
        set = *at == '[' || (set && *at != ']');
    }
    return true;
}

static bool
can_say(const struct export_name *entry, unsigned can)
{
    if (entry->kind == PATTERN_REGEX)
        return (can & EXPORT_CAN_REGEX) != 0 && export_regex_is_simple(entry->text);
    return entry->kind != PATTERN_GLOB || (can & EXPORT_CAN_GLOB) != 0;
}

/* The literal labels that every name of a glob or regex ends with. 0 if there are none. */
static size_t
find_suffix(char ret[HOST_MAX + 1], const struct export_name *entry)
{
    if (entry->kind == PATTERN_REGEX)
        return pattern_regex_suffix(ret, entry->text + 1, entry->len - 1u);
    const char *star = strrchr(entry->text, '*');
    const char *dot = star == NULL ? NULL : strchr(star, '.');
    size_t len = dot == NULL ? 0 : strlen(dot + 1);
    if (len > HOST_MAX)
        return 0;
    memcpy(ret, dot == NULL ? "" : dot + 1, len + 1);
    return len;
}

/* Turns an entry that is not selected into everything below its suffix. */
static int
widen(struct export_name *entry, struct export_job *job, struct err *err)
{
    char under[HOST_MAX + 3] = "*.";
    size_t len = find_suffix(under + 2, entry);
    if (len == 0)
        return err_set(err, ERR_USAGE,
                       "the format %s cannot keep the names of '%s' out; use a pattern with a literal end",
                       job->wish->format->name, entry->text);
    export_note(job, "not expressible: %s; everything below %s is left out instead", entry->text, under + 2);
    entry->text = arena_text(job->arena, under, len + 2);
    if (entry->text == NULL)
        return err_set(err, ERR_MEM, "no memory for the names of an export");
    entry->len = (uint16_t)(len + 2);
    entry->kind = PATTERN_UNDER;
    return 0;
}

static int
replace(struct export_names *names, struct export_job *job, unsigned can, struct err *err)
{
    size_t kept = 0, skipped = 0;
    for (size_t i = 0; i < names->count; i++) {
        struct export_name entry = names->item[i];
        bool said = can_say(&entry, can);
        if (!said && entry.selected) {
            if (skipped++ < NAMED_MAX)
                export_note(job, "not expressible, left out: %s", entry.text);
            continue;
        }
        if (!said && widen(&entry, job, err) != 0)
            return -1;
        names->item[kept++] = entry;
    }
    if (skipped > NAMED_MAX)
        export_note(job, "not expressible, left out: %zu more", skipped - NAMED_MAX);
    names->count = kept;
    return 0;
}

/* Removes the entries that are not selected. After a reduction each of them meets a selected one that comes later. */
static void
remove_exceptions(struct export_names *names, struct export_job *job)
{
    size_t kept = 0, removed = 0;
    for (size_t i = 0; i < names->count; i++) {
        if (names->item[i].selected)
            names->item[kept++] = names->item[i];
        else if (removed++ < NAMED_MAX)
            export_note(job, "no exceptions in this format, so this is included as well: %s", names->item[i].text);
    }
    if (removed > NAMED_MAX)
        export_note(job, "no exceptions in this format, so these are included as well: %zu more", removed - NAMED_MAX);
    names->count = kept;
}

int
export_names_fit(struct export_names *names, struct export_job *job, unsigned can, struct err *err)
{
    if (replace(names, job, can, err) != 0 || export_names_reduce(names, job->arena, err) != 0)
        return -1;
    if ((can & EXPORT_CAN_EXCEPT) != 0)
        return 0;
    remove_exceptions(names, job);
    return export_names_reduce(names, job->arena, err);
}

int
export_names_for(struct export_names *ret, struct export_job *job, unsigned can, struct err *err)
{
    uint16_t port = export_port(job);
    if (export_names(ret, job, port, err) != 0 || export_names_fit(ret, job, can, err) != 0)
        return -1;
    export_note(job, "names as decided for TCP port %u, at every port", port);
    return export_names_layer(ret, job->arena, err);
}

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
#include "name/pattern.h"
#include "name/precedence.h"
#include "name/verb.h"

static bool
can_say(const struct export_name *entry, unsigned can)
{
    if (entry->kind == PATTERN_REGEX)
        return (can & EXPORT_CAN_REGEX) != 0 && export_regex_is_simple(entry->text);
    return entry->kind != PATTERN_GLOB || (can & EXPORT_CAN_GLOB) != 0;
}

/* Of a line `.b.c` only a part may be meant, so a regex alone is named as it was written. */
static const char *
said_of(const struct export_name *entry)
{
    return entry->kind == PATTERN_REGEX ? entry->line : entry->text;
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

/* Without a literal suffix nothing less than all names could be left out instead. */
static int
refuse(const struct export_name *entry, const struct export_job *job, unsigned can, struct err *err)
{
    const char *source = job->source->table->sources[entry->terms->set.source];
    const char *format = job->wish->format->name, *verb = verb_word(entry->terms->verb);
    if (entry->kind == PATTERN_REGEX && (can & EXPORT_CAN_REGEX) != 0)
        return err_set(
            err, ERR_USAGE,
            "the format %s cannot keep the names of '%s %s' (source %s) out, because not all regex engines read it "
            "alike; write it with letters, digits, '-', '.', '\\.', '(a|b)', '[a-z]', '?', '*' and '+' alone",
            format, verb, entry->line, source);
    if (entry->kind == PATTERN_REGEX)
        return err_set(
            err, ERR_USAGE,
            "the format %s has no regexes and cannot keep the names of '%s %s' (source %s) out; end it with a domain "
            "whose dots are written '\\.', or write lines without a regex",
            format, verb, entry->line, source);
    return err_set(
        err, ERR_USAGE,
        "the format %s has no such wildcards and cannot keep the names of '%s %s' (source %s) out; write a wildcard "
        "with a whole domain after its last '*'",
        format, verb, entry->line, source);
}

/* Turns an entry that is not selected into everything below its suffix. */
static int
widen(struct export_name *entry, struct export_job *job, unsigned can, struct err *err)
{
    char under[HOST_MAX + 3] = "*.";
    size_t len = find_suffix(under + 2, entry);
    if (len == 0)
        return refuse(entry, job, can, err);
    export_note(job, "not expressible: %s; everything below %s is left out instead", said_of(entry), under + 2);
    entry->text = arena_text(job->arena, under, len + 2);
    if (entry->text == NULL)
        return err_set(err, ERR_MEM, "no memory for the names of an export");
    entry->len = (uint16_t)(len + 2);
    entry->kind = PATTERN_UNDER;
    return 0;
}

/* Without exceptions nothing need be widened: what remains of an exception is named, and does not count. */
static int
replace(struct export_names *names, struct export_job *job, unsigned can, struct err *err)
{
    struct export_listing left = {.job = job, .what = "not expressible, left out"};
    size_t kept = 0;
    for (size_t i = 0; i < names->count; i++) {
        struct export_name entry = names->item[i];
        bool said = can_say(&entry, can);
        if (!said && entry.selected) {
            export_listing_add(&left, "", said_of(&entry));
            continue;
        }
        if (!said && (can & EXPORT_CAN_EXCEPT) != 0 && widen(&entry, job, can, err) != 0)
            return -1;
        names->item[kept++] = entry;
    }
    export_listing_end(&left);
    names->count = kept;
    return 0;
}

/* Drops whole names that an exception before them decides and that no list of patterns shows: those of a regex. */
static int
drop_matched(struct export_names *names, struct export_job *job, size_t index, struct err *err)
{
    const struct export_name *exception = &names->item[index];
    struct regex *regex;
    size_t kept = index + 1;
    if (regex_new(&regex, NULL, job->arena, exception->text + 1, exception->len - 1u, err) != 0)
        return -1;
    for (size_t i = kept; i < names->count; i++) {
        const struct export_name *entry = &names->item[i];
        if (!entry->selected || entry->kind != PATTERN_EXACT ||
            !export_name_meets(exception, entry->text, entry->len) ||
            regex_match(regex, entry->text, entry->len) == REGEX_NO)
            names->item[kept++] = *entry;
    }
    names->count = kept;
    return 0;
}

/* True if names of an exception are selected without it. A reduction has seen to that, but for regexes: whole names
 * that one matches were dropped, so there must be a wildcard. */
static bool
is_included(const struct export_names *names, size_t index)
{
    const struct export_name *exception = &names->item[index];
    bool found = exception->kind != PATTERN_REGEX;
    for (size_t i = index + 1; i < names->count && !found; i++) {
        const struct export_name *entry = &names->item[i];
        found =
            entry->selected && entry->kind != PATTERN_EXACT && export_name_meets(exception, entry->text, entry->len);
    }
    return found;
}

/* Removes the entries that are not selected. */
static void
remove_exceptions(struct export_names *names, struct export_job *job)
{
    struct export_listing removed = {.job = job, .what = "no exceptions in this format, so included as well"};
    size_t kept = 0;
    for (size_t i = 0; i < names->count; i++) {
        if (!names->item[i].selected && is_included(names, i))
            export_listing_add(&removed, "", said_of(&names->item[i]));
    }
    for (size_t i = 0; i < names->count; i++) {
        if (names->item[i].selected)
            names->item[kept++] = names->item[i];
    }
    export_listing_end(&removed);
    names->count = kept;
}

static int
fit_without_exceptions(struct export_names *names, struct export_job *job, struct err *err)
{
    for (size_t i = 0; i < names->count; i++) {
        const struct export_name *entry = &names->item[i];
        if (!entry->selected && entry->kind == PATTERN_REGEX && drop_matched(names, job, i, err) != 0)
            return -1;
    }
    if (export_names_reduce(names, job->arena, err) != 0)
        return -1;
    remove_exceptions(names, job);
    return export_names_reduce(names, job->arena, err);
}

int
export_names_fit(struct export_names *names, struct export_job *job, unsigned can, struct err *err)
{
    if (replace(names, job, can, err) != 0)
        return -1;
    return (can & EXPORT_CAN_EXCEPT) != 0 ? export_names_reduce(names, job->arena, err)
                                          : fit_without_exceptions(names, job, err);
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

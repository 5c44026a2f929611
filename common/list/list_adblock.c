// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * list_adblock.c - filter lists of ad blockers: `||x^` is x and all names below it. Part of list_build.h.
 *
 * Filters that hide parts of a page concern no request. All others that are not `||x^` concern some paths, some pages
 * or some kinds of content, which no proxy can tell without inspection. `||x` also matches names that go on after x,
 * but is meant as `||x^`. An exception (`@@`) beats every other filter, and so does `$badfilter`.
 */
#include <string.h>

#include "list_build.h"

#define OPTIONS "filters with options that narrow them ($...)"
#define PARTS "filters for parts of a URL"

/* Between the pages and the selector of a filter that hides. */
static bool
is_cosmetic(const struct piece *line)
{
    static const char *const marks[] = {"##", "#@#", "#?#", "#@?#", "#$#", "#@$#", "#%#", "#@%#", "$$", "$@$"};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (piece_has(line, marks[i]))
            return true;
    }
    return false;
}

static bool
is_comment(const struct piece *line)
{
    return line->len == 0 || line->text[0] == '!' || (line->text[0] == '#' && !is_cosmetic(line)) ||
           piece_begins(line, "[Adblock") || piece_begins(line, "[uBlock");
}

/* Host names and addresses are told from these by what ad blockers alone write. */
static bool
is_adblock(const char *text, size_t len)
{
    struct piece piece = {text, len};
    return piece_begins(&piece, "||") || piece_begins(&piece, "@@") || piece_begins(&piece, "|http") ||
           piece_begins(&piece, "[Adblock") || piece_begins(&piece, "/") ||
           (piece_begins(&piece, "-") && !piece_begins(&piece, "- ")) || piece_begins(&piece, "&") ||
           piece_begins(&piece, "?") || piece_begins(&piece, "^") || is_cosmetic(&piece);
}

/* What the options of a filter do to it. */
enum options { OPTIONS_NONE, OPTIONS_NARROW, OPTIONS_CANCEL };

/* `important` and `all` narrow nothing. */
static enum options
read_options(struct piece rest)
{
    enum options found = OPTIONS_NONE;
    struct piece option;
    while (piece_field(&rest, ',', &option)) {
        if (piece_is(&option, "badfilter"))
            return OPTIONS_CANCEL;
        if (!piece_is(&option, "important") && !piece_is(&option, "all") && option.len > 0)
            found = OPTIONS_NARROW;
    }
    return found;
}

/* Takes the options from the end. A `$` in a regular expression is none of theirs. */
static enum options
cut_options(struct piece *filter)
{
    const char *dollar = filter->len == 0 || filter->text[0] == '/' ? NULL : memrchr(filter->text, '$', filter->len);
    if (dollar == NULL)
        return OPTIONS_NONE;
    struct piece options = {dollar + 1, filter->len - (size_t)(dollar + 1 - filter->text)};
    filter->len = (size_t)(dollar - filter->text);
    return read_options(options);
}

/* Takes the host of `||HOST`. True if nothing follows it but the end of the host. */
static bool
take_host(struct piece *filter, struct piece *ret)
{
    static const char ends[] = "^/|:?";
    *ret = (struct piece){NULL, 0};
    if (!piece_begins(filter, "||"))
        return false;
    piece_skip(filter, 2);
    *ret = *filter;
    for (size_t i = 0; i < ret->len; i++) {
        if (memchr(ends, ret->text[i], sizeof ends - 1) != NULL)
            ret->len = i;
    }
    piece_skip(filter, ret->len);
    return piece_is(filter, "^") || piece_is(filter, "^|") || piece_is(filter, "|") || filter->len == 0;
}

/* `*.x`, or a name. A star elsewhere matches other names here than in a table. */
static bool
is_expressible(const struct piece *host)
{
    struct piece name = *host;
    if (piece_begins(&name, "*."))
        piece_skip(&name, 2);
    return (piece_is_name(&name) && !piece_ends(&name, ".")) || piece_is_address(&name);
}

/* An exception for part of a host is taken for all of it: that bypasses less. */
static int
take_exception(struct list *list, struct piece filter, struct err *err)
{
    struct piece host;
    take_host(&filter, &host);
    if (!is_expressible(&host))
        return list_leave(list, LIST_STOP, "exceptions that name no host (@@)", err);
    return list_except_below(list, &host, err);
}

static int
take_filter(struct list *list, struct piece filter, bool narrow, struct err *err)
{
    char room[LIST_PATTERN_MAX];
    struct piece host, below;
    if (piece_begins(&filter, "/") && filter.len > 1 && piece_ends(&filter, "/"))
        return list_leave(list, LIST_LOST, "regular expressions", err);
    if (!piece_begins(&filter, "||"))
        return list_leave(list, LIST_LOST, PARTS, err);
    bool whole = take_host(&filter, &host);
    if (!is_expressible(&host))
        return list_leave(list, LIST_LOST, "names with a star inside, or without an end", err);
    if (!piece_put_dot(room, &host, &below))
        return list_refuse(&host, "is too long for a host name", err);
    if (narrow || !whole)
        return list_add_part(list, &below, narrow ? OPTIONS : PARTS, err);
    return list_add(list, &below, err);
}

static int
take(struct list *list, const char *text, size_t len, struct err *err)
{
    struct piece line = {text, len};
    piece_trim(&line);
    if (is_comment(&line))
        return 0;
    if (is_cosmetic(&line))
        return list_leave(list, LIST_ASIDE, "filters that hide parts of pages", err);
    bool except = piece_begins(&line, "@@");
    if (except)
        piece_skip(&line, 2);
    enum options options = cut_options(&line);
    if (options == OPTIONS_CANCEL && except)
        return list_leave(list, LIST_LOST, "exceptions that are cancelled ($badfilter)", err);
    if (except || options == OPTIONS_CANCEL)
        return take_exception(list, line, err);
    return take_filter(list, line, options == OPTIONS_NARROW, err);
}

const struct list_format list_adblock = {.name = "adblock",
                                         .title = "a filter list of ad blockers",
                                         .head = "[Adblock",
                                         .except_wins = true,
                                         .is = is_adblock,
                                         .take = take};

// SPDX-License-Identifier: GPL-2.0-or-later
/* diff_print.c - a diff for a person: what opens and closes first, then the entries by kind. Part of diff.h. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/day.h"
#include "diff_build.h"
#include "name/verb.h"
#include "seen/seen.h"

#define WIDTH_MAX 44 /* a longer pattern breaks the column */
#define PORTS_WIDTH 9
#define LIST_MAX 3   /* this many entries of a set that changed together still get a line each */
#define LIST_SHOWN 6 /* of more than that, this many are named */

const char *
diff_word(enum diff_kind kind)
{
    static const char *const words[DIFF_KINDS] = {
        [DIFF_ADDED] = "added",         [DIFF_REMOVED] = "removed",   [DIFF_MOVED] = "moved",
        [DIFF_RAISED] = "raised",       [DIFF_LOWERED] = "lowered",   [DIFF_PORTS] = "ports",
        [DIFF_BROADENED] = "broadened", [DIFF_NARROWED] = "narrowed", [DIFF_ATTRIBUTE] = "attribute",
        [DIFF_LOCAL] = "local",
    };
    return words[kind];
}

static const char *const headings[DIFF_KINDS] = {
    [DIFF_ADDED] = "added",
    [DIFF_REMOVED] = "removed",
    [DIFF_MOVED] = "moved to another set, same category",
    [DIFF_RAISED] = "category raised",
    [DIFF_LOWERED] = "category lowered",
    [DIFF_PORTS] = "ports changed",
    [DIFF_BROADENED] = "broadened: a wider entry replaces what it covers",
    [DIFF_NARROWED] = "narrowed: what a wider entry covered replaces it",
    [DIFF_ATTRIBUTE] = "attributes changed",
    [DIFF_LOCAL] = "local lines",
};

static const char *
verb_text(const struct terms *terms)
{
    return terms->set.has_id ? verb_title(terms->verb) : verb_word(terms->verb);
}

void
diff_add_set(struct buf *buf, const struct table *table, const struct terms *terms)
{
    if (terms->set.has_id)
        buf_add_fmt(buf, "set %u, ", terms->set.id);
    else
        buf_add_text(buf, "local, ");
    if (terms->area != NULL)
        buf_add_fmt(buf, "%s, ", terms->area);
    buf_add_text(buf, table->sources[terms->set.source]);
}

/* `was -> is`; only one of them if they are equal or the other is NULL. */
static void
add_step(struct buf *buf, const char *name, const char *was, const char *is)
{
    if (was == NULL && is == NULL)
        return;
    buf_add_fmt(buf, ", %s", name);
    if (was != NULL && is != NULL && strcmp(was, is) != 0)
        buf_add_fmt(buf, "%s -> ", was);
    buf_add_text(buf, is != NULL ? is : was);
}

/* What is written before or after the arrow of one entry. */
struct place {
    const char *verb, *area, *source;
    char id[16];
};

static void
find_place(struct place *ret, const struct table *table, const struct terms *terms)
{
    *ret = (struct place){0};
    if (terms == NULL)
        return;
    ret->verb = verb_text(terms);
    ret->area = terms->area;
    ret->source = table->sources[terms->set.source];
    if (terms->set.has_id)
        snprintf(ret->id, sizeof ret->id, "%u", terms->set.id);
}

/* `Default -> Allow, set 8 -> 5, Exchange, worldwide` */
static void
add_places(struct buf *buf, const struct diff *diff, const struct diff_entry *entry)
{
    struct place was, is;
    find_place(&was, diff->old_table, entry->old_terms);
    find_place(&is, diff->new_table, entry->new_terms);
    if (was.verb != NULL && is.verb != NULL && strcmp(was.verb, is.verb) != 0)
        buf_add_fmt(buf, "%s -> ", was.verb);
    buf_add_text(buf, is.verb != NULL ? is.verb : was.verb);
    const struct terms *terms = entry->new_terms != NULL ? entry->new_terms : entry->old_terms;
    if (terms->set.has_id)
        add_step(buf, "set ", was.id[0] != '\0' ? was.id : NULL, is.id[0] != '\0' ? is.id : NULL);
    add_step(buf, "", was.area, is.area);
    add_step(buf, "", was.source, is.source);
}

static void
add_port_change(struct buf *buf, const char *name, const struct ports *was, const struct ports *is)
{
    if (ports_equal(was, is))
        return;
    buf_add_fmt(buf, "%s ", name);
    ports_print(buf, was);
    buf_add_text(buf, was->count == 0 ? "none -> " : " -> ");
    ports_print(buf, is);
    buf_add_text(buf, is->count == 0 ? "none; " : "; ");
}

static void
add_flag_change(struct buf *buf, const char *name, bool was, bool is)
{
    if (was != is)
        buf_add_fmt(buf, "%s %s -> %s; ", name, was ? "yes" : "no", is ? "yes" : "no");
}

static void
add_text_change(struct buf *buf, const char *name, const char *was, const char *is)
{
    if ((was == NULL) != (is == NULL) || (was != NULL && strcmp(was, is) != 0))
        buf_add_fmt(buf, "%s %s; ", name, was == NULL ? "added" : is == NULL ? "removed" : "changed");
}

static void
add_day(struct buf *buf, uint32_t day)
{
    char text[DAY_TEXT_MAX];
    day_format(text, day);
    buf_add_text(buf, day == 0 ? "never" : text);
}

static void
add_attributes(struct buf *buf, const struct terms *was, const struct terms *is)
{
    if (was->published != is->published)
        buf_add_fmt(buf, "published as %s -> %s; ", verb_title(was->published), verb_title(is->published));
    add_flag_change(buf, "required", was->required, is->required);
    add_flag_change(buf, "ExpressRoute", was->expressroute, is->expressroute);
    if (was->expires != is->expires) {
        buf_add_text(buf, "expires ");
        add_day(buf, was->expires);
        buf_add_text(buf, " -> ");
        add_day(buf, is->expires);
        buf_add_text(buf, "; ");
    }
    add_text_change(buf, "area", was->area, is->area);
    add_text_change(buf, "owner", was->owner, is->owner);
    add_text_change(buf, "ticket", was->ticket, is->ticket);
    add_text_change(buf, "gen", was->gen, is->gen);
    add_text_change(buf, "note", was->note, is->note);
}

void
diff_add_impact(struct buf *buf, const struct diff_entry *entry)
{
    const char *day = entry->effective;
    bool is_day = day != NULL && strlen(day) == 8 && strspn(day, "0123456789") == 8;
    if (entry->impact != NULL)
        buf_add_fmt(buf, "; %s", entry->impact);
    if (is_day)
        buf_add_fmt(buf, "; effective %.4s-%.2s-%.2s", day, day + 4, day + 6);
}

static void
add_what(struct buf *buf, const struct diff *diff, const struct diff_entry *entry)
{
    if (entry->kind == DIFF_PORTS) {
        add_port_change(buf, "tcp", &entry->old_terms->tcp, &entry->new_terms->tcp);
        add_port_change(buf, "udp", &entry->old_terms->udp, &entry->new_terms->udp);
    }
    if (entry->kind == DIFF_ATTRIBUTE)
        add_attributes(buf, entry->old_terms, entry->new_terms);
    if (entry->kind == DIFF_BROADENED || entry->kind == DIFF_NARROWED)
        buf_add_fmt(buf, "%s %s; ", entry->kind == DIFF_BROADENED ? "replaces" : "instead of", entry->other);
    add_places(buf, diff, entry);
    if (entry->kind == DIFF_REMOVED && entry->other != NULL)
        buf_add_fmt(buf, "; still under %s", entry->other);
    if (entry->kind == DIFF_ADDED && entry->other != NULL)
        buf_add_fmt(buf, "; was under %s", entry->other);
    if (entry->elsewhere && (entry->kind == DIFF_ADDED || entry->kind == DIFF_REMOVED))
        buf_add_text(buf, entry->kind == DIFF_ADDED ? "; was in another set already" : "; still in another set");
    diff_add_impact(buf, entry);
    buf_add_char(buf, '\n');
}

static char
mark(const struct diff_entry *entry)
{
    bool one_sided = entry->kind == DIFF_ADDED || entry->kind == DIFF_REMOVED || entry->kind == DIFF_LOCAL;
    if (!one_sided || (entry->old_terms != NULL && entry->new_terms != NULL))
        return '~';
    return entry->old_terms == NULL ? '+' : '-';
}

static void
add_line_start(struct buf *buf, char sign, const char *text, size_t width)
{
    size_t len = strlen(text);
    buf_add_fmt(buf, "  %c %s", sign, text);
    buf_add_fill(buf, ' ', len < width ? width - len + 2 : 2);
}

/* How many entries changed together from this one on: ports or attributes of one set. */
static size_t
together(const struct diff *diff, size_t at)
{
    const struct diff_entry *entry = &diff->entries[at];
    size_t count = 1;
    if (entry->kind != DIFF_PORTS && entry->kind != DIFF_ATTRIBUTE)
        return 1;
    while (at + count < diff->entry_count && entry[count].kind == entry->kind &&
           entry[count].old_terms == entry->old_terms && entry[count].new_terms == entry->new_terms)
        count++;
    return count;
}

static void
print_together(const struct diff *diff, size_t at, size_t count, struct buf *buf)
{
    buf_add_fmt(buf, "  ~ %zu entries: ", count);
    for (size_t i = 0; i < count && i < LIST_SHOWN; i++)
        buf_add_fmt(buf, "%s%s", i > 0 ? ", " : "", diff->entries[at + i].text);
    if (count > LIST_SHOWN)
        buf_add_fmt(buf, " and %zu more", count - LIST_SHOWN);
    buf_add_text(buf, "\n      ");
    add_what(buf, diff, &diff->entries[at]);
}

static size_t
entry_width(const struct diff *diff)
{
    size_t width = 0;
    for (size_t i = 0; i < diff->entry_count; i++) {
        size_t len = strlen(diff->entries[i].text);
        width = len > width ? len : width;
    }
    return width < WIDTH_MAX ? width : WIDTH_MAX;
}

/* Prints one entry, or those that changed together from this one on. Returns how many. */
static size_t
print_entry(const struct diff *diff, size_t at, size_t width, struct buf *buf)
{
    const struct diff_entry *entry = &diff->entries[at];
    size_t count = together(diff, at);
    if (count > LIST_MAX) {
        print_together(diff, at, count, buf);
        return count;
    }
    add_line_start(buf, mark(entry), entry->text, width);
    add_what(buf, diff, entry);
    return 1;
}

static void
print_entries(const struct diff *diff, struct buf *buf)
{
    size_t width = entry_width(diff);
    for (size_t i = 0; i < diff->entry_count;) {
        const struct diff_entry *entry = &diff->entries[i];
        if (i == 0 || entry->kind != entry[-1].kind)
            buf_add_fmt(buf, "%s:\n", headings[entry->kind]);
        i += print_entry(diff, i, width, buf);
    }
}

static void
add_ports_column(struct buf *buf, const struct ports *ports)
{
    size_t start = buf->len;
    ports_print(buf, ports);
    size_t used = buf->len - start;
    buf_add_fill(buf, ' ', used < PORTS_WIDTH ? PORTS_WIDTH - used + 2 : 2);
}

static void
add_answer(struct buf *buf, const struct diff *diff, const struct diff_answer *answer)
{
    add_ports_column(buf, &answer->ports);
    if (answer->terms != NULL) {
        buf_add_fmt(buf, "%s, ", verb_text(answer->terms));
        diff_add_set(buf, answer->opened ? diff->new_table : diff->old_table, answer->terms);
        buf_add_text(buf, "; ");
    }
    buf_add_fmt(buf, "%s -> %s", why_word(answer->old_why), why_word(answer->new_why));
}

static void
add_more(struct buf *buf, size_t count, size_t most)
{
    if (count > most)
        buf_add_fmt(buf, "  and %zu more\n", count - most);
}

/* Whether row `a` comes after row `b` in the order of the most used ones. */
static bool
is_after(const struct seen *seen, size_t a, size_t b)
{
    uint64_t requests_a = seen[a].requests, requests_b = seen[b].requests;
    return requests_a < requests_b || (requests_a == requests_b && a > b);
}

/* Of those from `from` to before `to` the one with the most requests after `last`, which was found before; `to`: the
 * first. */
static size_t
next_most_used(const struct diff *diff, size_t from, size_t to, size_t last)
{
    const struct seen *seen = diff->seen->list[SEEN_VERDICTS];
    size_t best = to;
    for (size_t i = from; i < to; i++) {
        bool wanted = last == to || is_after(seen, i, last);
        if (wanted && (best == to || seen[i].requests > seen[best].requests))
            best = i;
    }
    return best;
}

static void
print_verdict(const struct diff *diff, size_t at, size_t width, struct buf *buf)
{
    const struct diff_verdict *verdict = &diff->verdicts[at];
    add_line_start(buf, verdict->answer.opened ? '+' : '-', verdict->pattern, width < WIDTH_MAX ? width : WIDTH_MAX);
    add_answer(buf, diff, &verdict->answer);
    if (verdict->some)
        buf_add_fmt(buf, ", such as %s", verdict->name);
    seen_print_row(buf, diff->seen, "; ", SEEN_VERDICTS, at);
    buf_add_char(buf, '\n');
}

/* If not all are shown, and it is known what the log had, then the most used ones are. */
static void
print_verdicts(const struct diff *diff, bool opened, size_t most, struct buf *buf)
{
    size_t from = opened ? 0 : diff->opened;
    size_t to = opened ? diff->opened : diff->verdict_count;
    size_t width = 0;
    for (size_t i = from; i < to; i++) {
        size_t len = strlen(diff->verdicts[i].pattern);
        width = len > width ? len : width;
    }
    if (from < to)
        buf_add_fmt(buf, "%s:\n", opened ? "bypassed now, inspected before" : "inspected now, bypassed before");
    bool chooses = diff->seen != NULL && to - from > most;
    for (size_t i = from, at = to; i < to && i - from < most; i++) {
        at = chooses ? next_most_used(diff, from, to, at) : i;
        print_verdict(diff, at, width, buf);
    }
    add_more(buf, to - from, most);
}

static void
print_ranges(const struct diff *diff, bool opened, struct buf *buf)
{
    size_t from = opened ? 0 : diff->ranges_opened;
    size_t to = opened ? diff->ranges_opened : diff->range_count;
    char text[DIFF_RANGE_TEXT_MAX];
    if (from < to)
        buf_add_fmt(buf, "addresses %s:\n",
                    opened ? "bypassed now, inspected before" : "inspected now, bypassed before");
    for (size_t i = from; i < to; i++) {
        const struct diff_range *range = &diff->ranges[i];
        diff_range_text(text, range);
        add_line_start(buf, opened ? '+' : '-', text, 31);
        add_answer(buf, diff, &range->answer);
        seen_print_row(buf, diff->seen, "; ", SEEN_RANGES, i);
        buf_add_char(buf, '\n');
    }
}

void
diff_print_opened(const struct diff *diff, struct buf *buf)
{
    print_verdicts(diff, true, SIZE_MAX, buf);
    print_ranges(diff, true, buf);
}

static void
print_options(const struct diff *diff, struct buf *buf)
{
    if (diff->options != NULL)
        buf_add_fmt(buf, "options:\n  ~ %s\n", diff->options);
}

void
diff_print_gaps(const struct diff *diff, struct buf *buf)
{
    if (diff->regex_count > 0 && !diff_is_empty(diff))
        buf_add_fmt(buf, "not compared: %zu %s, since nobody can list the names they match\n", diff->regex_count,
                    diff->regex_count == 1 ? "regex" : "regexes");
    if (diff->partial)
        buf_add_text(buf, "not compared: some ports or crossing wildcards, since there are too many\n");
}

void
diff_print(const struct diff *diff, struct buf *buf)
{
    print_options(diff, buf);
    diff_print_opened(diff, buf);
    print_verdicts(diff, false, SIZE_MAX, buf);
    print_ranges(diff, false, buf);
    print_entries(diff, buf);
    diff_print_gaps(diff, buf);
}

bool
diff_is_quiet(const struct diff *diff, const struct diff_entry *entry)
{
    const struct terms *was = entry->old_terms, *is = entry->new_terms;
    bool was_bypassed = was != NULL && (diff->old_bypass & 1u << was->verb) != 0;
    bool is_bypassed = is != NULL && (diff->new_bypass & 1u << is->verb) != 0;
    if (entry->kind == DIFF_ATTRIBUTE && was != NULL && is != NULL)
        return was->expires == is->expires || is->verb == VERB_INSPECT;
    return entry->kind != DIFF_LOCAL && !was_bypassed && !is_bypassed;
}

/* Names that are bypassed on a side, and all local lines; `most` of each kind. */
void
diff_print_names(const struct diff *diff, size_t most, bool closings, struct buf *buf)
{
    size_t width = entry_width(diff), shown = 0, left_out = 0;
    enum diff_kind kind = DIFF_KINDS;
    print_options(diff, buf);
    if (closings)
        print_verdicts(diff, false, most, buf);
    for (size_t i = 0; i < diff->entry_count;) {
        const struct diff_entry *entry = &diff->entries[i];
        if (diff_is_quiet(diff, entry) || (entry->is_prefix && entry->kind != DIFF_LOCAL)) {
            i++;
            continue;
        }
        if (entry->kind != kind) {
            add_more(buf, left_out, 0);
            buf_add_fmt(buf, "%s:\n", headings[entry->kind]);
            shown = left_out = 0;
        }
        kind = entry->kind;
        left_out += shown >= most;
        i += shown++ < most ? print_entry(diff, i, width, buf) : 1;
    }
    add_more(buf, left_out, 0);
}

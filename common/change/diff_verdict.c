// SPDX-License-Identifier: GPL-2.0-or-later
/* diff_verdict.c - the names that both images are asked about. Part of diff.h. */
#include <string.h>

#include "diff_build.h"
#include "diff_name.h"
#include "name/host.h"
#include "name/pattern.h"
#include "opening_build.h"

#define TERMS_MAX 64 /* different effects of the regexes that a shape may meet */

static bool
same_change(const struct diff_verdict *verdict, const struct change *change)
{
    const struct diff_answer *answer = &verdict->answer;
    return answer->opened == change->answer.opened && answer->terms == change->answer.terms &&
           diff_same_ports(answer, change);
}

/* Whether this was already found, from verdict `from` on, for one of the two patterns. */
static bool
is_known(const struct diff *diff, size_t from, const char *pattern, const char *other, const struct change *change)
{
    for (size_t i = from; i < diff->verdict_count; i++) {
        const struct diff_verdict *verdict = &diff->verdicts[i];
        if (same_change(verdict, change) &&
            (strcmp(verdict->pattern, pattern) == 0 || strcmp(verdict->pattern, other) == 0))
            return true;
    }
    return false;
}

static void
add_verdict(struct differ *differ, const struct asked *asked, const struct host *name, const struct assumed *assumed,
            const struct change *change)
{
    struct diff *diff = differ->diff;
    struct diff_verdict *verdicts =
        arena_grow(differ->arena, diff->verdicts, &differ->verdict_room, diff->verdict_count + 1, sizeof *verdicts);
    const char *text = arena_text(differ->arena, name->text, name->len);
    struct diff_answer answer = diff_keep_answer(differ, change);
    if (verdicts == NULL || text == NULL || answer.ports.count == 0)
        return;
    diff->verdicts = verdicts;
    verdicts[diff->verdict_count++] = (struct diff_verdict){
        .pattern = asked->pattern,
        .name = text,
        .some = asked->some,
        .port = diff_choose_port(&answer.ports),
        .regex = assumed == NULL ? NULL : assumed->regex,
        .stands_in = assumed != NULL && assumed->stands_in,
        .answer = answer,
    };
}

/* The name as a text that lives as long as the diff. */
static const char *
keep_name(struct differ *differ, const char *pattern, const struct host *name)
{
    bool same = strncmp(pattern, name->text, name->len) == 0 && pattern[name->len] == '\0';
    return same ? pattern : arena_text(differ->arena, name->text, name->len);
}

bool
diff_note_name(struct differ *differ, const char *pattern, const struct host *name, const struct assumed *assumed)
{
    struct request request;
    request_init(&request);
    request.dst.given = GIVEN_NAME;
    request.dst.name = *name;
    if (!diff_may_work(differ, differ->piece_count * diff_work_of_name(differ, name->text, name->len)))
        return false;
    diff_ask(differ, &request, assumed);
    opening_note_subject(differ->opener, pattern, keep_name(differ, pattern, name), false, assumed);
    return true;
}

void
diff_ask_name(struct differ *differ, const struct asked *asked, const struct host *name, const struct assumed *assumed)
{
    if (!diff_note_name(differ, asked->pattern, name, assumed))
        return;
    for (size_t i = 0; i < differ->change_count; i++) {
        const struct change *change = &differ->changes[i];
        if (!diff_may_work(differ, (differ->diff->verdict_count - asked->from) / 8))
            return;
        bool guess = assumed != NULL && assumed->regex != NULL && !change->answer.opened;
        if (!guess && !is_known(differ->diff, asked->from, asked->pattern, asked->other, change))
            add_verdict(differ, asked, name, assumed, change);
    }
}

/* The shape with the first bytes of a label in each star. */
static bool
fill_stars(struct host *ret, const char *text, size_t len, const char *label, size_t label_len)
{
    char name[HOST_MAX + 1];
    size_t out = 0;
    for (size_t i = 0; i < len; i++) {
        size_t n = text[i] == '*' ? label_len : 1;
        if (out + n > HOST_MAX)
            return false;
        memcpy(name + out, text[i] == '*' ? label : text + i, n);
        out += n;
    }
    return host_parse(ret, name, out);
}

/* The same with as much of a label as there is room for. A star at the left end may stand for nothing. */
static bool
fill(struct host *ret, const char *text, size_t len, const char *label)
{
    bool good = false;
    for (size_t n = strlen(label); !good && n > 0; n /= 2)
        good = fill_stars(ret, text, len, label, n);
    return good || (text[0] == '*' && fill_stars(ret, text + 1, len - 1, "", 0));
}

/* A name of a shape that matches no regex if possible. False if no name is as short as it would have to be. */
static bool
choose_name(const struct differ *differ, struct host *ret, const char *shape, size_t len)
{
    const size_t count = sizeof differ->labels / sizeof differ->labels[0];
    struct host name;
    if (!fill(ret, shape, len, differ->labels[0]))
        return false;
    if (differ->diff->regex_count == 0 || !diff_regex_matches(differ, ret))
        return true;
    for (size_t i = 1; i < count; i++) {
        if (fill(&name, shape, len, differ->labels[i]) && !diff_regex_matches(differ, &name)) {
            *ret = name;
            break;
        }
    }
    return true;
}

/* Whether a line with this effect was asked about already. If there are too many of them, the comparison is partial. */
static bool
is_asked(struct differ *differ, const struct terms *asked[TERMS_MAX], size_t *count, const struct terms *terms)
{
    bool found = false;
    for (size_t i = 0; !found && i < *count; i++)
        found = diff_same_effect(asked[i], terms);
    if (found)
        return true;
    if (*count == TERMS_MAX) {
        differ->diff->partial = true;
        return true;
    }
    asked[(*count)++] = terms;
    return false;
}

/* Asks about the names of a shape that no regex matches, and about those that one matches. */
static void
ask_with_regexes(struct differ *differ, const struct asked *asked, const char *shape, size_t len,
                 const struct host *name)
{
    const struct terms *done[TERMS_MAX];
    size_t count = 0;
    differ->differs = false;
    diff_ask_name(differ, asked, name, &differ->no_regex[diff_regex_matches(differ, name)]);
    if (!differ->differs)
        return;
    for (size_t i = 0; i < differ->regex_count; i++) {
        const struct assumed *regex = &differ->regexes[i];
        size_t suffix = strlen(regex->suffix);
        if (!diff_may_work(differ, 8 + len * suffix / 4))
            return;
        if (pattern_meets(shape, len, regex->suffix, suffix) && !is_asked(differ, done, &count, regex->terms))
            diff_ask_name(differ, asked, name, regex);
    }
}

void
diff_ask_regex(struct differ *differ, const struct assumed *regex, const char *shape, size_t len)
{
    const struct asked asked = {regex->regex, regex->regex, differ->diff->verdict_count, false};
    struct host name;
    if (!fill(&name, shape, len, differ->labels[0]))
        return;
    if (differ->diff->options != NULL)
        diff_ask_name(differ, &asked, &name, regex);
    else
        diff_note_name(differ, regex->regex, &name, regex);
}

void
diff_ask_shape(struct differ *differ, const struct asked *asked, const char *shape, size_t len)
{
    struct host name;
    if (!choose_name(differ, &name, shape, len))
        return;
    if (differ->diff->regex_count > 0 && memchr(shape, '*', len) != NULL)
        ask_with_regexes(differ, asked, shape, len, &name);
    else
        diff_ask_name(differ, asked, &name, NULL);
}

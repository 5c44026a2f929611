// SPDX-License-Identifier: GPL-2.0-or-later
/* course_assume.c - what is not known, and the texts of a walk. Part of course_walk.h. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "course_walk.h"

#define TEXT_BYTES_MAX 2048

static size_t
slot_of(const char *text)
{
    uint32_t hash = 2166136261u;
    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * 16777619u;
    return hash % MEMO_SLOTS;
}

/* The walks of one request say much the same, so what was said is kept. */
const char *
walk_text(struct walk *walk, const char *fmt, ...)
{
    char text[TEXT_BYTES_MAX];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    const char **said = &walk->texts[slot_of(text)];
    if (*said != NULL && strcmp(*said, text) == 0)
        return *said;
    const char *kept = arena_text(walk->arena, text, strlen(text));
    *said = kept == NULL ? *said : kept;
    return kept == NULL ? "" : kept;
}

bool
walk_assume(struct walk *walk, const char *subject, const char *rest, const char *unless)
{
    struct fork *fork = walk->fork;
    struct course *course = walk->course;
    size_t i = 0;
    while (i < fork->count &&
           (strcmp(fork->assumed[i].subject, subject) != 0 || strcmp(fork->assumed[i].rest, rest) != 0))
        i++;
    if (i == COURSE_ASSUMPTIONS_MAX) {
        fork->cut = true;
        return false;
    }
    if (i == fork->count)
        fork->assumed[fork->count++] = (struct course_assumption){subject, rest, unless, false};
    if (i >= course->assumption_count) {
        course->assumptions[i] = fork->assumed[i];
        course->assumption_count = i + 1;
    }
    return fork->assumed[i].value;
}

enum answer
match_unknown(struct walk *walk, const struct view *view, const struct acl *acl)
{
    bool thrown = strcmp(acl->type, "random") == 0;
    walk->why = "assumed";
    if (thrown && walk->throws == COURSE_ASSUMPTIONS_MAX) { /* no question would fit; groups may throw without end */
        walk->fork->cut = true;
        return ANSWER_NO;
    }
    const char *subject = walk_text(walk, "`%s`", acl->name);
    const char *when = acl->fixed ? "" : view->when;
    if (thrown)
        when = walk_text(walk, " at throw %u", ++walk->throws);
    bool matches =
        walk_assume(walk, subject, walk_text(walk, "matches%s", when), walk_text(walk, "does not match%s", when));
    return matches ? ANSWER_YES : ANSWER_NO;
}

/* A match is certain; a mismatch is not if some of the values are not known. */
enum answer
match_doubtful(struct walk *walk, const struct view *view, const struct acl *acl, bool matches)
{
    return matches ? ANSWER_YES : acl->doubtful ? match_unknown(walk, view, acl) : ANSWER_NO;
}

/* An address against ranges, and against names whose addresses Squid looked up when it started. */
enum answer
match_address(struct walk *walk, const struct view *view, const struct acl *acl, const struct addr *addr)
{
    bool known = true;
    if (acl_nets_hold(acl, addr))
        return ANSWER_YES;
    for (size_t i = 0; i < acl->text_count; i++) {
        enum known found = hosts_have(walk->hosts, acl->texts[i], addr);
        if (found == KNOWN_YES)
            return ANSWER_YES;
        known = known && found == KNOWN_NO;
    }
    return known ? match_doubtful(walk, view, acl, false) : match_unknown(walk, view, acl);
}

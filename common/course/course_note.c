// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * course_note.c - notes: what helpers and annotations leave on a request, and ACLs that look at them. Part of
 * course_walk.h.
 */
#include "course_note.h"

#include <string.h>

#include "base/arena.h"

static void
remove_notes(struct notes *notes, const char *name)
{
    size_t kept = 0;
    for (size_t i = 0; i < notes->count; i++) {
        if (strcmp(notes->note[i].name, name) != 0)
            notes->note[kept++] = notes->note[i];
    }
    notes->count = kept;
}

/* True if the name has this value and no other. */
static bool
has_only(const struct notes *notes, const char *name, const char *value)
{
    size_t count = 0, same = 0;
    for (size_t i = 0; i < notes->count; i++) {
        bool named = strcmp(notes->note[i].name, name) == 0;
        count += named;
        same += named && strcmp(notes->note[i].value, value) == 0;
    }
    return count == 1 && same == 1;
}

/* What groups of ACLs said before does not count any more. */
static void
add_note(struct walk *walk, struct notes *notes, const char *name, const char *value)
{
    if (notes->lost)
        return;
    walk->epoch++;
    if (notes->count == NOTES_MAX) {
        notes->lost = true;
        return;
    }
    notes->note[notes->count].name = name;
    notes->note[notes->count++].value = value;
}

/* src/Notes.cc, NotePairs::replaceOrAdd(): a reply replaces what there was of each name. */
void
note_reply(struct walk *walk, struct notes *notes, const char *reply)
{
    for (const char *at = reply; *at != '\0';) {
        at += strspn(at, " \n");
        size_t len = strcspn(at, " \n"), name = strcspn(at, "= \n");
        if (name < len) {
            const char *key = arena_text(walk->arena, at, name);
            const char *value = arena_text(walk->arena, at + name + 1, len - name - 1);
            if (key == NULL || value == NULL)
                return;
            if (!has_only(notes, key, value)) {
                remove_notes(notes, key);
                add_note(walk, notes, key, value);
            }
        }
        at += len;
    }
}

/* True if the value, or with delimiters one part of it, is one of the ACL's. */
static bool
is_wanted(const struct acl *acl, const char *value)
{
    const char *cut = acl->delimiters == NULL ? "" : acl->delimiters;
    for (size_t at = 0;; at++) {
        size_t len = strcspn(value + at, cut);
        for (size_t i = 0; i < acl->text_count; i++) {
            if (strlen(acl->texts[i]) == len && memcmp(acl->texts[i], value + at, len) == 0 && len > 0)
                return true;
        }
        at += len;
        if (value[at] == '\0')
            return false;
    }
}

/* Other helpers are taken to leave no notes of ours. */
static bool
is_ours(const struct acl *acl)
{
    return strncmp(acl->header, "m365_", 5) == 0;
}

/* src/acl/Note.cc, NoteData.cc: without values any note of the name matches. */
enum answer
match_note(struct walk *walk, const struct view *view, const struct acl *acl)
{
    bool matches = false;
    const char *seen = NULL;
    for (size_t i = 0; i < view->notes->count && !matches; i++) {
        if (strcmp(view->notes->note[i].name, acl->header) != 0)
            continue;
        seen = view->notes->note[i].value;
        matches = acl->text_count == 0 || is_wanted(acl, seen);
    }
    if (!matches && (view->notes->lost || (view->notes->doubtful && !is_ours(acl))))
        return match_unknown(walk, view, acl);
    walk->why = matches        ? NULL
                : seen == NULL ? walk_text(walk, "there is no note %s", acl->header)
                               : walk_text(walk, "the note %s is %s", acl->header, seen);
    return match_doubtful(walk, view, acl, matches);
}

static void
annotate(struct walk *walk, struct notes *notes, const struct acl *acl)
{
    for (size_t i = 0; i < acl->text_count; i++) {
        const char *equals = strchr(acl->texts[i], '=');
        bool adds = equals[-1] == '+';
        const char *name = arena_text(walk->arena, acl->texts[i], (size_t)(equals - acl->texts[i]) - adds);
        if (name == NULL)
            return;
        if (!adds && has_only(notes, name, equals + 1))
            continue;
        if (!adds)
            remove_notes(notes, name);
        add_note(walk, notes, name, equals + 1);
    }
}

/* src/acl/AnnotateTransaction.cc, AnnotateClient.cc: they always match, the second only if the connection is known. */
enum answer
match_annotate(struct walk *walk, const struct view *view, const struct acl *acl)
{
    bool client = acl->kind == ACL_ANNOTATE_CLIENT;
    if (client && !view->has_client)
        return ANSWER_NO;
    annotate(walk, view->notes, acl);
    if (client)
        annotate(walk, &walk->kept_notes, acl);
    return ANSWER_YES;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * opening_note.c - keeps the standings of everything that is asked about, each different one once. Part of opening.h.
 *
 * A table of a million names has few different standings, so what is compared later does not grow with the table.
 */
#include <stdlib.h>
#include <string.h>

#include "base/order.h"
#include "diff_name.h"
#include "opening_build.h"

#define NONE UINT32_MAX

static uint64_t
mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 29;
}

static uint32_t *
new_slots(struct opener *opener, struct slots *slots, size_t room)
{
    slots->of = arena_array(opener->differ->scratch, room, sizeof *slots->of);
    slots->room = slots->of == NULL ? 0 : room;
    return slots->of;
}

static uint32_t *
new_set_groups(struct opener *opener, const struct image *image)
{
    struct image_info info = {0};
    if (image != NULL)
        image_get_info(image, &info);
    return arena_array(opener->differ->scratch, (size_t)info.sets + 1, sizeof(uint32_t));
}

int
opening_prepare(struct opener *opener, struct differ *differ)
{
    struct arena *scratch = differ->scratch;
    opener->differ = differ;
    if (!opening_find_groups(opener))
        return -1;
    size_t bits = opener->group_count * differ->piece_count;
    opener->set_groups[0] = new_set_groups(opener, differ->old_half.image);
    opener->set_groups[1] = new_set_groups(opener, differ->new_half.image);
    opener->spoke = arena_array(scratch, bits / 64 + 1, sizeof *opener->spoke);
    opener->asking = arena_array(scratch, 2 * differ->piece_count, sizeof *opener->asking);
    opener->stances = arena_grow(scratch, NULL, &opener->stance_room, 16, sizeof *opener->stances);
    if (new_slots(opener, &opener->stance_slots, 64) == NULL || new_slots(opener, &opener->course_slots, 64) == NULL ||
        opener->set_groups[0] == NULL || opener->set_groups[1] == NULL || opener->spoke == NULL ||
        opener->asking == NULL || opener->stances == NULL)
        return -1;
    opener->stance_count = 1; /* OPENING_NO_STANCE */
    return opening_note_sets(opener);
}

static uint64_t
hash_stance(const struct stance *stance)
{
    uint64_t hash = mix(mix(1, stance->verb), stance->bare_count);
    for (uint32_t i = 0; i < stance->group_count + stance->bare_count; i++)
        hash = mix(hash, stance->groups[i]);
    return hash;
}

static uint64_t
hash_course(const uint32_t *stances, size_t count)
{
    uint64_t hash = 2;
    for (size_t i = 0; i < count; i++)
        hash = mix(hash, stances[i]);
    return hash;
}

static void
enter(struct slots *slots, uint64_t hash, size_t number)
{
    size_t at = hash & (slots->room - 1);
    while (slots->of[at] != 0)
        at = (at + 1) & (slots->room - 1);
    slots->of[at] = (uint32_t)number + 1;
}

/* Doubles the slots of stances. */
static bool
grow_stance_slots(struct opener *opener)
{
    struct slots *slots = &opener->stance_slots;
    if (slots->room > 2 * opener->stance_count)
        return true;
    if (new_slots(opener, slots, 4 * slots->room) == NULL)
        return false;
    for (size_t i = 1; i < opener->stance_count; i++)
        enter(slots, hash_stance(&opener->stances[i]), i);
    return true;
}

static bool
grow_course_slots(struct opener *opener)
{
    struct slots *slots = &opener->course_slots;
    if (slots->room > 2 * opener->course_count)
        return true;
    if (new_slots(opener, slots, 4 * slots->room) == NULL)
        return false;
    for (size_t i = 0; i < opener->course_count; i++)
        enter(slots, hash_course(opener->courses[i].stances, 2 * opener->differ->piece_count), i);
    return true;
}

static bool
same_stance(const struct stance *a, const struct stance *b)
{
    size_t count = (size_t)a->group_count + a->bare_count;
    return a->verb == b->verb && a->group_count == b->group_count && a->bare_count == b->bare_count &&
           (count == 0 || memcmp(a->groups, b->groups, count * sizeof *a->groups) == 0);
}

/* The number of an equal stance, which is kept if it is new. Without memory OPENING_NO_STANCE; arena_ok() says so. */
static uint32_t
keep_stance(struct opener *opener, const struct stance *stance)
{
    uint64_t hash = hash_stance(stance);
    const struct slots *slots = &opener->stance_slots;
    for (size_t at = hash & (slots->room - 1); slots->of[at] != 0; at = (at + 1) & (slots->room - 1)) {
        if (same_stance(&opener->stances[slots->of[at] - 1], stance))
            return slots->of[at] - 1;
    }
    struct arena *scratch = opener->differ->scratch;
    struct stance *stances =
        arena_grow(scratch, opener->stances, &opener->stance_room, opener->stance_count + 1, sizeof *stances);
    size_t count = (size_t)stance->group_count + stance->bare_count;
    uint32_t *groups = arena_array(scratch, count, sizeof *groups);
    if (stances == NULL || groups == NULL || opener->stance_count >= UINT32_MAX / 4)
        return OPENING_NO_STANCE;
    if (count > 0)
        memcpy(groups, stance->groups, count * sizeof *groups);
    opener->stances = stances;
    stances[opener->stance_count] = *stance;
    stances[opener->stance_count].groups = groups;
    enter(&opener->stance_slots, hash, opener->stance_count++);
    return grow_stance_slots(opener) ? (uint32_t)opener->stance_count - 1 : OPENING_NO_STANCE;
}

static int
compare_numbers(const void *left, const void *right)
{
    const uint32_t *a = left;
    const uint32_t *b = right;
    return order_numbers(*a, *b);
}

/* The groups of a standing, sorted, each once: those that publish addresses, or those that only begin to. */
static uint32_t
list_groups(struct opener *opener, int side, const struct standing *standing, bool bare, uint32_t *ret)
{
    uint32_t count = 0, kept = 0;
    for (uint32_t i = 0; i < standing->set_count; i++) {
        uint32_t number = opening_group(opener, side, standing->sets[i]);
        const struct group *group = number == NONE ? NULL : &opener->groups[number];
        if (group != NULL && (bare ? side == 0 && !group->published[0] && group->published[1] : group->published[side]))
            ret[count++] = number;
    }
    if (count > 1)
        qsort(ret, count, sizeof *ret, compare_numbers);
    for (uint32_t i = 0; i < count; i++) {
        if (kept == 0 || ret[kept - 1] != ret[i])
            ret[kept++] = ret[i];
    }
    return kept;
}

static uint32_t
stance_of(struct opener *opener, int side, const struct standing *standing)
{
    uint32_t groups[STANDING_SETS_MAX];
    if (!standing->verdict.bypass)
        return OPENING_NO_STANCE;
    if (standing->many)
        opener->differ->diff->partial = true;
    struct stance stance = {.verb = standing->verb, .groups = groups};
    stance.group_count = list_groups(opener, side, standing, false, groups);
    stance.bare_count = list_groups(opener, side, standing, true, groups + stance.group_count);
    return keep_stance(opener, &stance);
}

static void
set_bit(uint64_t *bits, size_t bit)
{
    bits[bit / 64] |= (uint64_t)1 << bit % 64;
}

/* Whether an inspect line about this very address decides. */
static bool
is_kept_inspected(const struct standing *standing)
{
    return standing->verdict.why == WHY_LOCAL_INSPECT && standing->verdict.has_rule;
}

static void
note_address(struct opener *opener, size_t port_piece, const struct standing *was, const struct standing *is)
{
    size_t from = port_piece * opener->words;
    bool joinable = was->verdict.why == WHY_NO_RULE || was->verdict.why == WHY_PORT;
    if (opener->piece >= opener->piece_count)
        return;
    if (is_kept_inspected(was))
        set_bit(opener->inspect_was + from, opener->piece);
    if (is_kept_inspected(is))
        set_bit(opener->inspect_is + from, opener->piece);
    if (joinable)
        set_bit(opener->joinable + from, opener->piece);
}

/* The stance of an address that opens as if it had been in its sets before, in those that were bypassed at this port.
 * OPENING_NO_STANCE if there is none of these, or a rule decided about the address. */
static uint32_t
find_joined(struct opener *opener, size_t port_piece, uint32_t is)
{
    const struct stance *of = &opener->stances[is];
    uint32_t groups[STANDING_SETS_MAX];
    size_t from = port_piece * opener->words;
    struct stance joined = {.verb = of->verb, .groups = groups};
    if (opener->piece >= opener->piece_count ||
        (opener->joinable[from + opener->piece / 64] >> opener->piece % 64 & 1) == 0)
        return OPENING_NO_STANCE;
    for (uint32_t i = 0; i < of->group_count; i++) {
        if (opening_spoke(opener, of->groups[i], port_piece))
            groups[joined.group_count++] = of->groups[i];
    }
    return joined.group_count > 0 ? keep_stance(opener, &joined) : OPENING_NO_STANCE;
}

void
opening_note(struct opener *opener, size_t port_piece, const struct standing *was, const struct standing *is,
             bool is_addr, bool *ret_joins)
{
    uint32_t *asking = opener->asking + 2 * port_piece;
    asking[0] = stance_of(opener, 0, was);
    asking[1] = stance_of(opener, 1, is);
    *ret_joins = false;
    if (!is_addr)
        return;
    note_address(opener, port_piece, was, is);
    if (asking[0] == OPENING_NO_STANCE && asking[1] != OPENING_NO_STANCE) {
        asking[0] = find_joined(opener, port_piece, asking[1]);
        *ret_joins = asking[0] != OPENING_NO_STANCE;
    }
}

/* The number of the course that was noted; UINT32_MAX without memory. */
static uint32_t
keep_course(struct opener *opener)
{
    size_t count = 2 * opener->differ->piece_count;
    uint64_t hash = hash_course(opener->asking, count);
    struct slots *slots = &opener->course_slots;
    for (size_t at = hash & (slots->room - 1); slots->of[at] != 0; at = (at + 1) & (slots->room - 1)) {
        const struct course *course = &opener->courses[slots->of[at] - 1];
        if (memcmp(course->stances, opener->asking, count * sizeof *opener->asking) == 0)
            return slots->of[at] - 1;
    }
    struct arena *scratch = opener->differ->scratch;
    struct course *courses =
        arena_grow(scratch, opener->courses, &opener->course_room, opener->course_count + 1, sizeof *courses);
    uint32_t *stances = arena_array(scratch, count, sizeof *stances);
    if (courses == NULL || stances == NULL || opener->course_count >= UINT32_MAX / 4)
        return NONE;
    memcpy(stances, opener->asking, count * sizeof *stances);
    opener->courses = courses;
    courses[opener->course_count] = (struct course){.stances = stances, .first = NONE};
    enter(slots, hash, opener->course_count++);
    return grow_course_slots(opener) ? (uint32_t)opener->course_count - 1 : NONE;
}

/* Whether anything here was bypassed and is bypassed. Whatever else opens, opens by itself. */
static bool
stays_bypassed(const struct opener *opener)
{
    for (size_t i = 0; i < opener->differ->piece_count; i++) {
        if (opener->asking[2 * i] != OPENING_NO_STANCE && opener->asking[2 * i + 1] != OPENING_NO_STANCE)
            return true;
    }
    return false;
}

/* Whether the last subject was the same pattern with the same course, so that a regex decides nothing new. */
static bool
is_again(const struct opener *opener, const char *pattern, uint32_t course)
{
    if (opener->subject_count == 0)
        return false;
    const struct subject *last = &opener->subjects[opener->subject_count - 1];
    return last->course == course && last->pattern == pattern;
}

void
opening_note_subject(struct opener *opener, const char *pattern, const char *name, bool is_addr,
                     const struct assumed *assumed)
{
    if (!stays_bypassed(opener))
        return;
    uint32_t number = keep_course(opener);
    if (assumed != NULL && assumed->regex != NULL && is_again(opener, pattern, number))
        return;
    struct subject *subjects = arena_grow(opener->differ->scratch, opener->subjects, &opener->subject_room,
                                          opener->subject_count + 1, sizeof *subjects);
    if (subjects == NULL || number == NONE || name == NULL || opener->subject_count >= UINT32_MAX / 4)
        return;
    struct course *course = &opener->courses[number];
    opener->subjects = subjects;
    subjects[opener->subject_count] =
        (struct subject){pattern, name, number, course->first, is_addr ? opener->piece : SIZE_MAX, is_addr, assumed};
    course->first = (uint32_t)opener->subject_count++;
    course->has_names = course->has_names || !is_addr;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * opening_find.c - what passes together now that did not pass together before. Part of opening.h.
 *
 * A name that was bypassed and is bypassed passes with the original addresses of the endpoint sets that decide about
 * it, with any if these publish none and the client sent an SNI. Of a destination and an SNI the weaker category
 * decides; of equal ones the destination.
 */
#include <string.h>

#include "opening_build.h"

/* Two stances at one port piece, and whether the request has an SNI. */
struct question {
    uint32_t was, is;
    size_t port_piece;
    bool sni;
};

static bool
has_changed(const struct opener *opener, uint32_t stance)
{
    const struct stance *of = &opener->stances[stance];
    bool changed = false;
    for (uint32_t i = 0; !changed && i < of->group_count; i++)
        changed = opener->groups[of->groups[i]].changed;
    return changed;
}

/* The original addresses that pass: all that are not inspected themselves and fit. */
static void
admit(const struct opener *opener, const struct question *question, int side, uint64_t *ret)
{
    const struct stance *stance = &opener->stances[side == 0 ? question->was : question->is];
    const uint64_t *inspected =
        (side == 0 ? opener->inspect_was : opener->inspect_is) + question->port_piece * opener->words;
    bool any = stance->group_count == 0 && question->sni;
    memset(ret, any ? 0xff : 0, opener->words * sizeof *ret);
    for (uint32_t i = 0; i < stance->group_count; i++) {
        const struct group *group = &opener->groups[stance->groups[i]];
        const uint64_t *bits = side == 0 ? group->was : group->is;
        for (size_t k = 0; bits != NULL && k < opener->words; k++)
            ret[k] |= bits[k];
    }
    for (size_t k = 0; k < opener->words; k++)
        ret[k] &= ~inspected[k];
    if (any && opener->piece_count % 64 != 0)
        ret[opener->words - 1] &= ((uint64_t)1 << opener->piece_count % 64) - 1;
    else if (any)
        ret[opener->words - 1] = 0;
}

/* The addresses that only joined one of `groups`, if it decides now. */
static void
add_joined(const struct opener *opener, const uint32_t *groups, uint32_t count, const struct question *question,
           uint64_t *ret)
{
    const struct stance *is = &opener->stances[question->is];
    const uint64_t *joinable = opener->joinable + question->port_piece * opener->words;
    for (uint32_t i = 0, k = 0; i < count && k < is->group_count;) {
        uint32_t a = groups[i], b = is->groups[k];
        const uint64_t *bits = a == b && opener->groups[a].same ? opener->groups[a].is : NULL;
        for (size_t w = 0; bits != NULL && w < opener->words; w++)
            ret[w] |= bits[w] & joinable[w];
        i += a <= b;
        k += b <= a;
    }
}

/* The addresses that only joined a set which decided before and decides now. */
static void
find_joined(const struct opener *opener, const struct question *question, uint64_t *ret)
{
    const struct stance *was = &opener->stances[question->was];
    memset(ret, 0, opener->words * sizeof *ret);
    add_joined(opener, was->groups, was->group_count, question, ret);
    add_joined(opener, was->groups + was->group_count, was->bare_count, question, ret);
}

/* A copy of bits that lives as long as the search. NULL, and the comparison is partial, if there are too many. */
static const uint64_t *
keep_bits(struct opener *opener, const uint64_t *bits)
{
    size_t most = OPENING_BITS_MAX / sizeof *bits;
    if (opener->kept_words + opener->words > most) {
        opener->differ->diff->partial = true;
        return NULL;
    }
    uint64_t *kept = arena_array(opener->differ->scratch, opener->words, sizeof *kept);
    if (kept == NULL)
        return NULL;
    opener->kept_words += opener->words;
    return memcpy(kept, bits, opener->words * sizeof *kept);
}

/* Without memory nothing opens; arena_ok() says so. */
static struct found_bits
compare_admitted(struct opener *opener, const struct question *question)
{
    struct found_bits found = {.known = true};
    uint64_t *was = opener->admitted, *joined = opener->joined, *is = opener->opened;
    const struct stance *a = &opener->stances[question->was], *b = &opener->stances[question->is];
    size_t groups = 2 * (size_t)(a->group_count + a->bare_count) + b->group_count;
    if (!diff_may_work(opener->differ, 4 + opener->words * (groups + 8) / 32))
        return found;
    admit(opener, question, 0, was);
    admit(opener, question, 1, is);
    find_joined(opener, question, joined);
    uint64_t opened = 0, only_joined = 0;
    for (size_t w = 0; w < opener->words; w++) {
        is[w] &= ~was[w];
        only_joined |= is[w] & joined[w];
        opened |= is[w] & ~joined[w];
    }
    if (opened == 0 && (only_joined == 0 || !opener->hold_joins))
        return found;
    for (size_t w = 0; w < opener->words && (opened != 0 || !opener->hold_joins); w++)
        is[w] &= ~joined[w];
    found.bits = keep_bits(opener, is);
    found.joins = opened == 0;
    return found;
}

static struct found_bits *
find_slot(struct opener *opener, uint64_t key)
{
    size_t at = (key * 0x9e3779b97f4a7c15u >> 20) & (opener->found_room - 1);
    while (opener->found[at].known && opener->found[at].key != key)
        at = (at + 1) & (opener->found_room - 1);
    return &opener->found[at];
}

static bool
make_found_room(struct opener *opener)
{
    struct found_bits *old = opener->found;
    size_t room = opener->found_room;
    if (room > 2 * (opener->found_count + 1))
        return true;
    opener->found_room = room == 0 ? 256 : 4 * room;
    opener->found = arena_array(opener->differ->scratch, opener->found_room, sizeof *opener->found);
    for (size_t i = 0; opener->found != NULL && i < room; i++) {
        if (old[i].known)
            *find_slot(opener, old[i].key) = old[i];
    }
    return opener->found != NULL;
}

/* The address pieces that pass now and did not before; NULL: none. */
static const uint64_t *
ask(struct opener *opener, const struct question *question, bool *ret_joins)
{
    *ret_joins = false;
    if (question->was == question->is && !has_changed(opener, question->is) &&
        !opener->inspect_opened[question->port_piece])
        return NULL;
    if (opener->stance_count >= 1u << 24 || !make_found_room(opener)) {
        opener->differ->diff->partial = true;
        return NULL;
    }
    uint64_t key = (uint64_t)question->was << 36 | (uint64_t)question->is << 12 | (uint64_t)question->port_piece << 1 |
                   question->sni;
    struct found_bits *found = find_slot(opener, key);
    if (!found->known) {
        *found = compare_admitted(opener, question);
        found->key = key;
        opener->found_count++;
    }
    *ret_joins = found->joins;
    return found->bits;
}

static bool
is_single(const struct address_piece *piece)
{
    return addr_compare(&piece->first, &piece->last) == 0;
}

/* The runs of addresses in bits. A destination that is a single address is left out: with itself as original address
 * it is asked alone. */
static struct runs
find_runs(const struct opener *opener, const uint64_t *bits, size_t without)
{
    struct runs runs = {.bits = bits, .without = without};
    size_t last = SIZE_MAX - 1;
    for (size_t i = 0; i < opener->piece_count; i++) {
        if (i % 64 == 0 && bits[i / 64] == 0) {
            i += 63;
            continue;
        }
        if ((bits[i / 64] >> i % 64 & 1) == 0 || i == without)
            continue;
        bool goes_on = last + 1 == i && opener->pieces[i].first.v6 == opener->pieces[last].first.v6;
        runs.count += !goes_on;
        if (runs.count == 1) {
            runs.first = goes_on ? runs.first : opener->pieces[i].first;
            runs.last = opener->pieces[i].last;
        }
        last = i;
    }
    return runs;
}

/* Fills in the runs of addresses; false if there are none. */
static bool
set_runs(struct opener *opener, struct opening *opening, const uint64_t *bits, size_t own)
{
    bool skip = own < opener->piece_count && is_single(&opener->pieces[own]) && (bits[own / 64] >> own % 64 & 1) != 0;
    size_t without = skip ? own : SIZE_MAX;
    if (opener->runs.bits != bits || opener->runs.without != without) {
        if (!diff_may_work(opener->differ, opener->piece_count / 8))
            return false;
        opener->runs = find_runs(opener, bits, without);
    }
    opening->first = opener->runs.first;
    opening->last = opener->runs.last;
    opening->more_runs = opener->runs.count > 0 ? opener->runs.count - 1 : 0;
    return opener->runs.count > 0;
}

static struct request
request_of(const char *dst)
{
    struct request request;
    request_init(&request);
    request_set_dst(&request, dst, strlen(dst));
    return request;
}

/* Who is asked: a destination, perhaps another name as SNI, and the addresses that opened. */
struct finding {
    enum opening_kind kind;
    const struct subject *dst;
    const struct subject *sni;     /* NULL: none; the destination itself: its own name */
    const struct subject *changed; /* whose rules are told */
    const uint64_t *bits;
    bool joins, any;
    struct port_range *ranges;
    uint32_t range_count;
};

static void
keep(struct opener *opener, const struct finding *finding)
{
    struct differ *differ = opener->differ;
    struct opening *opening = opening_add(opener, finding->kind);
    struct port_range *ranges = arena_array(differ->arena, finding->range_count, sizeof *ranges);
    if (opening == NULL || ranges == NULL)
        return;
    memcpy(ranges, finding->ranges, finding->range_count * sizeof *ranges);
    opening->ports = (struct ports){ranges, finding->range_count};
    opening->port = diff_choose_port(&opening->ports);
    opening->joins = finding->joins;
    opening->any = finding->any;
    opening->pattern = finding->dst->pattern;
    opening->dst = finding->dst->name;
    opening->sni = finding->sni == NULL ? NULL : finding->sni->name;
    opening->sni_pattern = finding->sni == NULL ? NULL : finding->sni->pattern;
    opening->by_sni = finding->kind == OPENING_WITH_SNI && finding->changed == finding->sni;
    opening->old_why = WHY_ADDRESS_MISMATCH;
    if (!set_runs(opener, opening, finding->bits, finding->dst->piece)) {
        differ->diff->opening_count--;
        return;
    }
    struct request request = request_of(finding->changed->name);
    request.port = opening->port;
    opening_explain(differ, opening, &request);
    opening->stands_in = opening_stands_in(finding->dst) || opening_stands_in(finding->sni);
    opening_explain_regex(opening, finding->changed->assumed);
}

static void
add_port_piece(const struct opener *opener, struct finding *finding, size_t port_piece)
{
    const struct port_piece *piece = &opener->differ->pieces[port_piece];
    uint32_t count = finding->range_count;
    if (count > 0 && finding->ranges[count - 1].high + 1u == piece->low)
        finding->ranges[count - 1].high = piece->high;
    else
        finding->ranges[finding->range_count++] = (struct port_range){piece->low, piece->high};
}

/* One too many is tried, which says that there are more. */
static bool
is_full(const struct opener *opener)
{
    return opener->differ->diff->opening_count >= OPENINGS_MAX && opener->differ->diff->partial;
}

static void
keep_subjects(struct opener *opener, const struct course *course, struct finding *finding)
{
    for (uint32_t i = course->first; i != UINT32_MAX && !is_full(opener); i = opener->subjects[i].next) {
        const struct subject *subject = &opener->subjects[i];
        bool sni = finding->kind == OPENING_WITH && finding->sni != NULL;
        if (sni && subject->is_addr)
            continue;
        struct finding own = *finding;
        own.dst = own.changed = subject;
        own.sni = sni ? subject : NULL;
        keep(opener, &own);
    }
}

/* What opens for the subjects of one course by themselves: without SNI, or with their own name as SNI. */
static void
find_alone(struct opener *opener, const struct course *course, bool sni, struct port_range *ranges)
{
    static const struct subject some;
    const struct differ *differ = opener->differ;
    struct finding finding = {.kind = OPENING_WITH, .ranges = ranges, .sni = sni ? &some : NULL};
    for (size_t i = 0; i < differ->piece_count; i++) {
        const struct question question = {course->stances[2 * i], course->stances[2 * i + 1], i, sni};
        bool joins = false;
        const uint64_t *bits = question.was == OPENING_NO_STANCE || question.is == OPENING_NO_STANCE
                                   ? NULL
                                   : ask(opener, &question, &joins);
        bool same = bits != NULL && finding.bits != NULL && joins == finding.joins &&
                    memcmp(bits, finding.bits, opener->words * sizeof *bits) == 0;
        if (finding.bits != NULL && !same) {
            keep_subjects(opener, course, &finding);
            finding.range_count = 0;
        }
        finding.bits = bits;
        finding.joins = joins;
        finding.any = opener->stances[question.is].group_count == 0;
        if (bits != NULL)
            add_port_piece(opener, &finding, i);
    }
    if (finding.bits != NULL)
        keep_subjects(opener, course, &finding);
}

/* The first name of a course. */
static const struct subject *
name_of(const struct opener *opener, const struct course *course)
{
    uint32_t i = course->first;
    while (i != UINT32_MAX && opener->subjects[i].is_addr)
        i = opener->subjects[i].next;
    return i == UINT32_MAX ? NULL : &opener->subjects[i];
}

/* Which of two stances decides: 0 the destination, 1 the SNI. */
static int
decider(const struct opener *opener, uint32_t dst, uint32_t sni)
{
    return opener->stances[sni].verb < opener->stances[dst].verb;
}

/* A destination of one course with an SNI of another at one port piece. `changed` is the one whose category changed. */
static void
find_pair(struct opener *opener, const struct course *dst, const struct course *sni, const struct course *changed,
          size_t port_piece)
{
    const uint32_t *d = dst->stances + 2 * port_piece, *s = sni->stances + 2 * port_piece;
    if (d[0] == OPENING_NO_STANCE || d[1] == OPENING_NO_STANCE || s[0] == OPENING_NO_STANCE ||
        s[1] == OPENING_NO_STANCE)
        return;
    int was = decider(opener, d[0], s[0]), is = decider(opener, d[1], s[1]);
    if (was == is)
        return;
    const struct question question = {was == 0 ? d[0] : s[0], is == 0 ? d[1] : s[1], port_piece, true};
    struct port_range range;
    struct finding finding = {.kind = OPENING_WITH_SNI, .ranges = &range};
    finding.bits = ask(opener, &question, &finding.joins);
    if (finding.bits == NULL)
        return;
    finding.any = opener->stances[question.is].group_count == 0;
    add_port_piece(opener, &finding, port_piece);
    finding.dst = name_of(opener, dst);
    finding.sni = name_of(opener, sni);
    for (uint32_t i = changed->first; i != UINT32_MAX && !is_full(opener); i = opener->subjects[i].next) {
        if (opener->subjects[i].is_addr)
            continue;
        finding.changed = &opener->subjects[i];
        if (changed == dst)
            finding.dst = finding.changed;
        else
            finding.sni = finding.changed;
        keep(opener, &finding);
    }
}

static bool
changes_category(const struct opener *opener, const struct course *course)
{
    for (size_t i = 0; i < opener->differ->piece_count; i++) {
        uint32_t was = course->stances[2 * i], is = course->stances[2 * i + 1];
        if (was != OPENING_NO_STANCE && is != OPENING_NO_STANCE &&
            opener->stances[was].verb != opener->stances[is].verb)
            return true;
    }
    return false;
}

static void
find_pairs(struct opener *opener)
{
    size_t tries = OPENING_PAIRS_MAX;
    for (size_t i = 0; i < opener->course_count; i++) {
        const struct course *changed = &opener->courses[i];
        if (!changed->has_names || !changes_category(opener, changed))
            continue;
        for (size_t k = 0; k < opener->course_count; k++) {
            const struct course *other = &opener->courses[k];
            if (k == i || !other->has_names)
                continue;
            if (tries < opener->differ->piece_count || is_full(opener)) {
                opener->differ->diff->partial = true;
                return;
            }
            tries -= opener->differ->piece_count;
            for (size_t p = 0; p < opener->differ->piece_count; p++) {
                find_pair(opener, changed, other, changed, p);
                find_pair(opener, other, changed, changed, p);
            }
        }
    }
}

static bool
find_inspect_opened(struct opener *opener)
{
    size_t ports = opener->differ->piece_count;
    opener->inspect_opened = arena_array(opener->differ->scratch, ports, sizeof *opener->inspect_opened);
    for (size_t i = 0; opener->inspect_opened != NULL && i < ports * opener->words; i++) {
        if ((opener->inspect_was[i] & ~opener->inspect_is[i]) != 0)
            opener->inspect_opened[i / opener->words] = true;
    }
    return opener->inspect_opened != NULL;
}

void
opening_find(struct opener *opener)
{
    struct port_range *ranges = arena_array(opener->differ->scratch, opener->differ->piece_count, sizeof *ranges);
    opener->admitted = arena_array(opener->differ->scratch, opener->words, sizeof *opener->admitted);
    opener->joined = arena_array(opener->differ->scratch, opener->words, sizeof *opener->joined);
    opener->opened = arena_array(opener->differ->scratch, opener->words, sizeof *opener->opened);
    if (ranges == NULL || opener->opened == NULL || opener->joinable == NULL || opener->admitted == NULL ||
        opener->joined == NULL || !find_inspect_opened(opener))
        return;
    for (size_t i = 0; i < opener->course_count; i++) {
        find_alone(opener, &opener->courses[i], false, ranges);
        if (opener->courses[i].has_names)
            find_alone(opener, &opener->courses[i], true, ranges);
    }
    find_pairs(opener);
}

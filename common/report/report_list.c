// SPDX-License-Identifier: GPL-2.0-or-later
/* report_list.c - the largest destinations of each kind. See report_build.h. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "report_build.h"

static const struct {
    const char *word, *title;
} kinds[REPORT_WHYS] = {
    [REPORT_SPARED] = {"spared", "Bypassed by the table, but the log shows a password prompt or inspection"},
    [REPORT_UNLISTED] = {"unlisted", "Microsoft's by name, but no rule has them"},
    [REPORT_BROKEN] = {"broken", "Inspected again and again, and not one request came through"},
    [REPORT_LOOPS] = {"loops", "Asked for a password again and again, and nobody gave one"},
    [REPORT_OPENS] = {"opens", "The other table bypasses what this one inspects"},
    [REPORT_CLOSES] = {"closes", "The other table inspects what this one bypasses"},
    [REPORT_CLIENTS] = {"clients", "Clients with the most password prompts and connections given up"},
};

const char *
report_list_word(enum report_list list)
{
    return list < REPORT_WHYS ? kinds[list].word : NULL;
}

const char *
report_list_title(enum report_list list)
{
    return list < REPORT_WHYS ? kinds[list].title : NULL;
}

const char *
report_by_word(enum report_by by)
{
    static const char *const words[REPORT_BYS] = {"verdict", "category", "area", "set", "rule", "why"};
    return words[by];
}

bool
report_list_begin(struct making *making)
{
    for (size_t i = 0; i < REPORT_LISTS; i++) {
        struct report_rows *list = &making->report->lists[i];
        list->room = i == REPORT_OPENS || i == REPORT_CLOSES ? REPORT_CHANGES : REPORT_TOP;
        list->rows = arena_array(making->arena, list->room, sizeof *list->rows);
        if (list->rows == NULL)
            return false;
    }
    return true;
}

static void
copy(char *to, size_t room, const char *text, size_t len)
{
    size_t n = len < room - 1 ? len : room - 1;
    memcpy(to, text, n);
    to[n] = '\0';
}

static void
copy_rule(char to[IMAGE_RULE_MAX + 1], const struct image *image, const struct verdict *verdict)
{
    char room[IMAGE_RULE_MAX];
    to[0] = '\0';
    if (verdict == NULL || image == NULL || !verdict->has_rule)
        return;
    struct image_text text = image_rule_text(image, verdict->rule, room);
    copy(to, IMAGE_RULE_MAX + 1, text.text, text.len);
}

static void
fill(struct report_row *row, const struct report *report, const struct subject *subject, const struct verdict *verdict,
     const struct verdict *other)
{
    const struct squid_word *part = subject->key.part;
    *row = (struct report_row){.port = subject->key.port, .last = subject->sum.last};
    copy(row->name, sizeof row->name, part[0].text, part[0].len);
    copy(row->sni, sizeof row->sni, part[1].text, part[1].len);
    copy(row->address, sizeof row->address, part[2].text, part[2].len);
    memcpy(row->count, subject->sum.count, sizeof row->count);
    row->clients = clients_count(&subject->sum.clients, &row->exact);
    copy_rule(row->rule, report->image, verdict);
    copy_rule(row->other_rule, report->other, other);
    row->why = verdict != NULL ? verdict->why : WHY_COUNT;
    row->other = other != NULL ? other->why : WHY_COUNT;
}

void
report_list_add(struct report *report, enum report_list which, uint64_t worth, const struct subject *subject,
                const struct verdict *verdict, const struct verdict *other)
{
    struct report_rows *list = &report->lists[which];
    list->all++;
    list->worth = ledger_sum(list->worth, worth);
    size_t at = list->count;
    while (at > 0 && list->rows[at - 1].worth < worth) /* of equals the first in the order of keys stays first */
        at--;
    if (at == list->room)
        return;
    list->count += list->count < list->room;
    memmove(&list->rows[at + 1], &list->rows[at], (list->count - 1 - at) * sizeof *list->rows);
    fill(&list->rows[at], report, subject, verdict, other);
    list->rows[at].worth = worth;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * squidconf_finding.c - collects what the doctor finds. Part of squidconf_model.h.
 *
 *     squidconf_say(), the sentence, squidconf_found() --> conf->findings --> printed by squidconf_check.c
 *
 * What counts as a mistake is decided by squidconf_read.c and the checks.
 */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "squidconf_model.h"

struct buf *
squidconf_say(struct squidconf *conf)
{
    buf_reset(conf->scratch);
    return conf->scratch;
}

static void
add_finding(struct squidconf *conf, enum squidconf_weight weight, size_t order, const char *file, unsigned number)
{
    conf->finding_total += weight == SQUIDCONF_WRONG;
    conf->failed = conf->failed || !buf_ok(conf->scratch);
    if (conf->finding_count == SQUIDCONF_FINDINGS_MAX) {
        conf->finding_lost += weight == SQUIDCONF_WRONG;
        return;
    }
    struct squidconf_finding *findings =
        arena_grow(conf->arena, conf->findings, &conf->finding_room, conf->finding_count + 1, sizeof *findings);
    const char *text = arena_text(conf->arena, conf->scratch->len > 0 ? conf->scratch->data : "", conf->scratch->len);
    if (findings == NULL || text == NULL)
        return;
    conf->findings = findings;
    findings[conf->finding_count++] = (struct squidconf_finding){weight, order, file, number, text};
}

/* The index of a line, or the number of lines. */
static size_t
find_line(const struct squidconf *conf, const char *file, unsigned number)
{
    for (size_t i = 0; i < conf->line_count; i++) {
        if (conf->lines[i].number == number && strcmp(conf->lines[i].file, file) == 0)
            return i;
    }
    return conf->line_count;
}

void
squidconf_add(struct squidconf *conf, const char *file, unsigned number, bool counts, const char *text)
{
    const char *kept = arena_text(conf->arena, file, strlen(file));
    buf_add_text(squidconf_say(conf), text);
    if (kept != NULL)
        add_finding(conf, counts ? SQUIDCONF_WRONG : SQUIDCONF_NOTE, find_line(conf, file, number), kept, number);
}

bool
squidconf_has(const struct squidconf *conf, const char *file, unsigned number)
{
    for (size_t i = 0; i < conf->finding_count; i++) {
        if (conf->findings[i].number == number && strcmp(conf->findings[i].file, file) == 0)
            return true;
    }
    return false;
}

void
squidconf_found(struct squidconf *conf, const struct squidconf_line *line)
{
    add_finding(conf, SQUIDCONF_WRONG, (size_t)(line - conf->lines), line->file, line->number);
}

void
squidconf_found_live(struct squidconf *conf, const struct squidconf_line *line)
{
    add_finding(conf, SQUIDCONF_LIVE, (size_t)(line - conf->lines), line->file, line->number);
}

void
squidconf_found_at(struct squidconf *conf, const char *file, unsigned number)
{
    add_finding(conf, SQUIDCONF_WRONG, conf->line_count, file, number);
}

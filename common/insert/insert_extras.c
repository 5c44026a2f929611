// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * insert_extras.c - the extras, at the end of the file. One that has lines of its kind in the file has no certain
 * place there, and is refused. Part of insert_build.h.
 */
#include <string.h>

#include "base/err.h"
#include "insert_build.h"
#include "insert_lines.h"
#include "squidconf/squidconf_wish.h"

#define EXTRA_BYTES_MAX ((size_t)1 << 16)
#define LOG_HEAD "# As soon as a log is named"

/* The line of the file with the same directive, if that is one of which the order or the number matters. */
static const struct squidconf_line *
rival(const struct insert *insert, const char *line, size_t len)
{
    size_t directive = strcspn(line, " \t\n");
    directive = directive < len ? directive : len;
    for (size_t i = 0; i < insert->text.line_count; i++) {
        const char *word = insert->text.lines[i].words[0];
        if (strlen(word) == directive && memcmp(word, line, directive) == 0 && strcmp(word, "acl") != 0 &&
            strcmp(word, "logformat") != 0 && strcmp(word, "access_log") != 0)
            return &insert->text.lines[i];
    }
    return NULL;
}

/* 1: all lines of the extra are there. -1 with *err: one has a rival. */
static int
look(const struct insert *insert, const char *text, struct err *err)
{
    bool all = true;
    const struct squidconf_line *found = NULL;
    for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1) {
        size_t len = strcspn(line, "\n");
        if (len == 0 || *line == '#' || lines_has(insert, line, len))
            continue;
        all = false;
        found = found != NULL ? found : rival(insert, line, len);
    }
    if (all || found == NULL)
        return all;
    return err_set(
        err, ERR_SYNTAX,
        "%s:%u: the file has '%.40s' lines of its own, so the extra has no certain place; leave --extra out, and "
        "put what m365ctl squid-conf prints where you want it",
        found->file, found->number, found->words[0]);
}

static bool
has_log(const struct insert *insert)
{
    for (size_t i = 0; i < insert->text.line_count; i++) {
        if (strcmp(insert->text.lines[i].words[0], "access_log") == 0)
            return true;
    }
    return false;
}

const char *
extras_text(struct insert *insert, unsigned extras)
{
    struct squidconf_wish wish = insert->wish;
    struct buf text;
    wish.extras = extras;
    buf_init(&text, EXTRA_BYTES_MAX);
    squidconf_add_extras(&text, &wish);
    buf_add_char(&text, '\0');
    char *own_log = buf_ok(&text) && has_log(insert) ? strstr(text.data, LOG_HEAD) : NULL;
    if (own_log != NULL)
        *own_log = '\0'; /* the file names its log */
    text.len = buf_ok(&text) ? strlen(text.data) : 0;
    return name_rewrite(insert, insert_keep(insert, &text), "");
}

static int
place_one(struct insert *insert, struct patch *patch, unsigned bit, struct err *err)
{
    const char *text = extras_text(insert, bit);
    int there = text == NULL ? 1 : look(insert, text, err);
    if (there == 0)
        place_end(insert, patch, text);
    return there < 0 ? -1 : 0;
}

int
extras_place(struct insert *insert, struct patch *patch, struct err *err)
{
    const struct squidconf_line *line = &insert->text.lines[insert->text.line_count - 1];
    for (unsigned bit = 1; bit != 0 && bit <= insert->wish.extras; bit <<= 1) {
        if ((insert->wish.extras & bit) != 0 && place_one(insert, patch, bit, err) != 0)
            return -1;
    }
    bool rules = (insert->wish.extras & SQUIDCONF_EXPRESSROUTE) != 0 && squidconf_has_annotations(insert->wish.version);
    static const char noted[] = "acl m365_er_note annotate_transaction m365_way_=expressroute";
    if (rules && lines_rule(&insert->conf->access, "allow", lines_is_bypass) != NULL &&
        !lines_has(insert, noted, sizeof noted - 1))
        return err_set(
            err, ERR_SYNTAX,
            "%s:%u: the bypass is there already, so the rules of the extra 'expressroute' have no certain place; "
            "put what m365ctl squid-conf prints before it",
            line->file, line->number);
    return 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * squidconf_accept.c - which findings are meant. Part of squidconf_model.h.
 *
 *     http_access allow guests      # m365: meant, they have no passwords (CHG-1234)
 *
 * The comment is at the end of the first line of what was found, or alone on the line above. squidconf_read.c removes
 * comments, so the files are read once more, and only if something was found. What was found is up to the checks.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "squidconf_check.h"
#include "squidconf_model.h"

#define PLACE_MAX 5120 /* FILE:LINE */

/* The file that was read last; findings are mostly in one. */
struct text {
    const char *file;
    struct buf bytes;
};

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* The line with this number, from 1; its length is 0 if there is none. */
static struct squid_word
line_of(const struct buf *bytes, unsigned number)
{
    const char *at = bytes->data, *end = bytes->data + bytes->len;
    for (unsigned n = 1; n < number && at != NULL && at < end; n++) {
        at = memchr(at, '\n', (size_t)(end - at));
        at = at == NULL ? NULL : at + 1;
    }
    if (number == 0 || at == NULL || at >= end)
        return (struct squid_word){.len = 0};
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    return (struct squid_word){.text = at, .len = (size_t)((stop == NULL ? end : stop) - at)};
}

/* True if `#`, at `at`, begins the comment that accepts a finding. */
static bool
is_mark(struct squid_word line, size_t at)
{
    static const char mark[] = "m365: meant";
    size_t len = sizeof mark - 1;
    for (at++; at < line.len && is_blank(line.text[at]);)
        at++;
    if (line.len - at < len || memcmp(line.text + at, mark, len) != 0)
        return false;
    return at + len == line.len || strchr(" \t\r,.;:(", line.text[at + len]) != NULL;
}

/* True if the line has the mark; `alone`: and nothing before it. */
static bool
has_mark(struct squid_word line, bool alone)
{
    for (size_t i = 0; i < line.len; i++) {
        if (line.text[i] == '#' && (i == 0 || is_blank(line.text[i - 1])) && is_mark(line, i))
            return true;
        if (alone && !is_blank(line.text[i]))
            return false;
    }
    return false;
}

static bool
is_meant(struct text *text, const struct squidconf_finding *finding)
{
    struct err ignored = {0};
    if (text->file == NULL || strcmp(text->file, finding->file) != 0) {
        buf_reset(&text->bytes);
        text->file = file_read(&text->bytes, finding->file, SQUIDCONF_BYTES_MAX, &ignored) == 0 ? finding->file : NULL;
    }
    if (text->file == NULL || text->bytes.len == 0)
        return false;
    return has_mark(line_of(&text->bytes, finding->number), false) ||
           has_mark(line_of(&text->bytes, finding->number - 1), true);
}

bool
squidconf_is_at(const struct squidconf_finding *finding, const char *place)
{
    char room[PLACE_MAX];
    int len = snprintf(room, sizeof room, "%s:%u", finding->file, finding->number);
    return len > 0 && len < PLACE_MAX && strcmp(room, place) == 0;
}

static bool
is_listed(const struct squidconf *conf, const struct squidconf_finding *finding)
{
    const char *const *place = conf->about->accept;
    while (place != NULL && *place != NULL && !squidconf_is_at(finding, *place))
        place++;
    return place != NULL && *place != NULL;
}

void
squidconf_accept(struct squidconf *conf)
{
    struct text text = {.file = NULL};
    buf_init(&text.bytes, SQUIDCONF_BYTES_MAX + 1);
    for (size_t i = 0; i < conf->finding_count; i++) {
        struct squidconf_finding *finding = &conf->findings[i];
        if (finding->weight != SQUIDCONF_WRONG || !(is_listed(conf, finding) || is_meant(&text, finding)))
            continue;
        finding->weight = SQUIDCONF_ACCEPTED;
        conf->finding_total--;
        conf->accepted++;
    }
    buf_clear(&text.bytes);
}

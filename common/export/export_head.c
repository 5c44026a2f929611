// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * export_head.c - see export_head.h.
 *
 *     # squid-m365 export: nft --area Exchange
 *     # table 2025120100.4, made 2026-11-30
 *     # digest 5f0c... of the text below
 *     # ... notes, one a line
 *
 * In the comments of XML and HTML, options have no dashes: `<!-- squid-m365 export: html, area Exchange -->`.
 *
 * The day is the only thing that changes while table and options stay the same: export_same() leaves it out.
 */
#include "export_head.h"

#include <string.h>

#include "base/day.h"
#include "base/digest.h"
#include "export_build.h"
#include "image/image.h"
#include "table/policy.h"

static const char made[] = ", made ";

static const char *const option_names[] = {
#define OPTION_NAME(id, name, value, help) name,
    EXPORT_OPTIONS(OPTION_NAME)
#undef OPTION_NAME
};

static void
add_list(struct buf *buf, const struct export_wish *wish, enum export_option option)
{
    const char *comma = " ";
    for (size_t i = 0; option == EXPORT_CATEGORY && i < VERB_CATEGORIES; i++) {
        if ((wish->categories & 1u << verb_categories[i]) != 0) {
            buf_add_fmt(buf, "%s%s", comma, verb_category(verb_categories[i]));
            comma = ",";
        }
    }
    for (size_t i = 0; option == EXPORT_AREA && i < wish->area_count; i++) {
        buf_add_fmt(buf, "%s%s", comma, wish->areas[i]);
        comma = ",";
    }
}

static void
add_value(struct buf *buf, const struct export_wish *wish, enum export_option option)
{
    const char *const texts[EXPORT_OPTION_COUNT] = {
        [EXPORT_NAME] = wish->name,
        [EXPORT_DIRECT] = wish->direct,
        [EXPORT_PROXY] = wish->proxy,
        [EXPORT_SUPERNETS] = wish->supernets,
    };
    const unsigned numbers[EXPORT_OPTION_COUNT] = {
        [EXPORT_TCP] = wish->tcp,
        [EXPORT_UDP] = wish->udp,
        [EXPORT_TYPE] = wish->type,
    };
    if (texts[option] != NULL)
        buf_add_fmt(buf, strchr(texts[option], ' ') == NULL ? " %s" : " '%s'", texts[option]);
    else if (numbers[option] != 0)
        buf_add_fmt(buf, " %u", numbers[option]);
    else
        add_list(buf, wish, option);
}

/* A comment of XML may not hold `--` at all, wherever it ends. */
static bool
is_xml(const struct exporter *format)
{
    return strcmp(format->open, "<!--") == 0;
}

/* True if a byte would end a comment that has an end, or is not allowed in it. */
static bool
ends_comment(const struct exporter *format, char before, char byte)
{
    if (format->close == NULL)
        return false;
    return byte == '>' || (byte == '/' && before == '*') || (byte == '-' && before == '-' && is_xml(format));
}

static void
add_line(struct buf *buf, const struct exporter *format, const char *text, size_t len)
{
    char before = ' ';
    buf_add_fmt(buf, "%s ", format->open);
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)text[i];
        bool bad = byte < ' ' || byte >= 0x7f || ends_comment(format, before, text[i]);
        before = bad ? '?' : text[i];
        buf_add_char(buf, before);
    }
    buf_add_text(buf, format->close == NULL ? "" : format->close);
    buf_add_char(buf, '\n');
}

static void
add_lines(struct buf *buf, const struct exporter *format, const struct buf *lines)
{
    for (size_t at = 0; at < lines->len;) {
        const char *end = memchr(lines->data + at, '\n', lines->len - at);
        size_t len = end == NULL ? lines->len - at : (size_t)(end - lines->data) - at;
        add_line(buf, format, lines->data + at, len);
        at += len + 1;
    }
}

void
export_head_add(struct buf *ret, const struct export_job *job, const struct buf *body)
{
    const struct exporter *format = job->wish->format;
    const struct image_info *info = image_info(job->image);
    char day[DAY_TEXT_MAX], digest[DIGEST_TEXT_MAX];
    struct buf lines;
    if (format->open == NULL)
        return;
    buf_init(&lines, 1 << 16);
    buf_add_fmt(&lines, "squid-m365 export: %s", format->name);
    for (unsigned i = 0; i < EXPORT_OPTION_COUNT; i++) {
        if (export_given(job, (enum export_option)i)) {
            buf_add_fmt(&lines, "%s%s", is_xml(format) ? ", " : " --", option_names[i]);
            add_value(&lines, job->wish, (enum export_option)i);
        }
    }
    day_format(day, job->source->today);
    digest_pair(digest, body->data, body->len, NULL, 0);
    buf_add_fmt(&lines, "\ntable %.*s%s%s\ndigest %s of what follows this header\n",
                info->label.len == 0 ? 7 : (int)info->label.len, info->label.len == 0 ? "without" : info->label.text,
                made, day, digest);
    for (size_t i = 0; i < job->source->policy->tenant_count; i++)
        buf_add_fmt(&lines, "tenant %s\n", job->source->policy->tenants[i]);
    buf_add_text(ret, format->before == NULL ? "" : format->before);
    add_lines(ret, format, &lines);
    add_lines(ret, format, &job->notes);
    buf_clear(&lines);
}

/* Where the day in a header begins; the length of the text if there is none. */
static size_t
find_day(const struct buf *text)
{
    const char *at = text->len == 0 ? NULL : memmem(text->data, text->len, made, sizeof made - 1);
    size_t start = at == NULL ? text->len : (size_t)(at - text->data) + sizeof made - 1;
    return text->len - start < DAY_TEXT_MAX ? text->len : start;
}

bool
export_same(const struct buf *a, const struct buf *b)
{
    size_t day = find_day(a);
    if (a->len != b->len || day != find_day(b))
        return false;
    size_t tail = day == a->len ? 0 : a->len - day - (DAY_TEXT_MAX - 1);
    return (day == 0 || memcmp(a->data, b->data, day) == 0) &&
           (tail == 0 || memcmp(a->data + a->len - tail, b->data + b->len - tail, tail) == 0);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* metric_text.c - see metric_text.h. */
#include "metric_text.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"

static const char *const type_words[] = {"gauge", "counter", "info"};
static const char *const suffixes[] = {"", "_total", "_info"};

void
metric_family(struct metric_text *text, enum metric_type type, const char *name, const char *help)
{
    const char *suffix = text->open ? "" : suffixes[type];
    const char *word = type == METRIC_INFO && !text->open ? "gauge" : type_words[type];
    text->name = name;
    text->type = type;
    buf_add_fmt(text->out, "# HELP %s%s %s\n# TYPE %s%s %s\n", name, suffix, help, name, suffix, word);
}

/* A value in quotes. Backslash and quote are escaped; a line end, which no terminal may get either, becomes `?`. */
static void
add_value(struct buf *out, const char *value)
{
    buf_add_char(out, '"');
    for (const char *at = value; *at != '\0';) {
        size_t len = strcspn(at, "\\\"");
        utf8_add_printable(out, at, len);
        at += len;
        if (*at == '\0')
            break;
        buf_add_char(out, '\\');
        buf_add_char(out, *at++);
    }
    buf_add_char(out, '"');
}

void
metric_value(struct metric_text *text, int64_t value, const struct metric_label *labels, size_t count)
{
    buf_add_fmt(text->out, "%s%s", text->name, suffixes[text->type]);
    for (size_t i = 0; i < count; i++) {
        buf_add_fmt(text->out, "%s%s=", i == 0 ? "{" : ",", labels[i].name);
        add_value(text->out, labels[i].value);
    }
    buf_add_fmt(text->out, "%s %" PRId64 "\n", count > 0 ? "}" : "", value);
}

void
metric_single(struct metric_text *text, enum metric_type type, const char *name, const char *help, int64_t value)
{
    metric_family(text, type, name, help);
    metric_value(text, value, NULL, 0);
}

void
metric_end(struct metric_text *text)
{
    if (text->open)
        buf_add_text(text->out, "# EOF\n");
}

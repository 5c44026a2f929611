// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_explain_say.c - the form of an explanation: one sentence per line, hosts and sets always written the same way.
 * See cmd_explain.h. */
#include "base/buf.h"
#include "cmd_explain.h"
#include "name/addr.h"
#include "name/verb.h"

void
explain_begin(struct buf *buf)
{
    buf_add_text(buf, "    ");
}

void
explain_end(struct buf *buf)
{
    buf_add_char(buf, '\n');
}

void
explain_say(struct buf *buf, const char *sentence)
{
    explain_begin(buf);
    buf_add_text(buf, sentence);
    explain_end(buf);
}

void
explain_add_identifier(struct buf *buf, const struct identifier *identifier)
{
    char text[ADDR_TEXT_MAX];
    if (identifier->given == GIVEN_ADDR) {
        addr_format(text, &identifier->addr);
        buf_add_text(buf, text);
    } else {
        buf_add_fmt(buf, "'%s'", identifier->given == GIVEN_NAME ? identifier->name.text : "");
    }
}

void
explain_add_set(struct buf *buf, const struct image_set *set)
{
    if (set->has_id)
        buf_add_fmt(buf, "set %u, %s", set->id, verb_title(set->verb));
    else
        buf_add_fmt(buf, "local line, %s", verb_title(set->verb));
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* lint_expiry.c - lines that have expired or soon will, and inspect lines whose day comes, which stay in force. Part of
 * lint_build.h. */
#include "base/buf.h"
#include "base/day.h"
#include "lint_build.h"
#include "table/expiry.h"

#define WHO_ROOM 400

static void
judge(struct lint_pass *pass, const struct lint_rule *at)
{
    const struct terms *terms = at->terms;
    uint32_t today = pass->lint->today;
    char day[DAY_TEXT_MAX];
    struct buf who;
    if (terms->expires == 0 || terms->expires > today + EXPIRY_SOON_DAYS)
        return;
    day_format(day, terms->expires);
    buf_init(&who, WHO_ROOM);
    expiry_add_who(&who, terms);
    buf_add_char(&who, '\0');
    const char *asked = buf_ok(&who) ? who.data : "";
    if (terms->expires > today && terms->verb == VERB_INSPECT)
        lint_find(pass, at, "stays in force after %s%s; remove the line, or set a later day", day, asked);
    else if (terms->expires > today)
        lint_find(pass, at, "expires on %s, in %u day%s%s; set a later day, or let it expire", day,
                  terms->expires - today, terms->expires - today == 1 ? "" : "s", asked);
    else if (terms->verb == VERB_INSPECT)
        lint_find(pass, at,
                  "stays in force although its day was %s, as an inspect line does%s; remove the line, or set a later "
                  "day",
                  day, asked);
    else
        lint_find(pass, at, "expired: it has been left out since %s%s; remove the line, or set a later day", day,
                  asked);
    buf_clear(&who);
}

void
lint_expiry(struct lint_pass *pass)
{
    lint_each(pass, judge);
}

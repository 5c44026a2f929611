// SPDX-License-Identifier: GPL-2.0-or-later
/* lint_expiry.c - lines that have expired or soon will. Part of lint_build.h. */
#include <stdio.h>

#include "base/day.h"
#include "lint_build.h"

#define SOON_DAYS 30

/* `, owner 'alice', ticket NET-1234`: as far as the line names them. */
static const char *
who(char ret[160], const struct terms *terms)
{
    ret[0] = '\0';
    if (terms->owner != NULL)
        snprintf(ret, 160, ", owner '%.60s'%s%.60s", terms->owner, terms->ticket != NULL ? ", ticket " : "",
                 terms->ticket != NULL ? terms->ticket : "");
    else if (terms->ticket != NULL)
        snprintf(ret, 160, ", ticket %.60s", terms->ticket);
    return ret;
}

static void
judge(struct lint_pass *pass, const struct lint_rule *at)
{
    const struct terms *terms = at->terms;
    uint32_t today = pass->lint->today;
    char day[DAY_TEXT_MAX], asked[160];
    if (terms->expires == 0 || terms->expires > today + SOON_DAYS)
        return;
    day_format(day, terms->expires);
    who(asked, terms);
    if (terms->expires > today)
        lint_find(pass, at, "expires on %s, in %u day%s%s; set a later day, or let it expire", day,
                  terms->expires - today, terms->expires - today == 1 ? "" : "s", asked);
    else if (terms->verb == VERB_INSPECT)
        lint_find(pass, at,
                  "expired on %s and stays in force, as an inspect line does%s; remove the line, or set a later day",
                  day, asked);
    else
        lint_find(pass, at, "expired: it has been left out since %s%s; remove the line, or set a later day", day,
                  asked);
}

void
lint_expiry(struct lint_pass *pass)
{
    lint_each(pass, judge);
}

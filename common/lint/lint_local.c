// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lint_local.c - lines of a local rules file that are written like rows of a published set. Part of lint_build.h.
 *
 * With `id=` a line is no longer one of the administrator's own: its width is not judged, it speaks for the web ports
 * alone, and its addresses are checked like those of an endpoint set. Such lines are usually copied from a table.
 */
#include "lint_build.h"

static void
judge(struct lint_pass *pass, const struct lint_rule *at)
{
    if (at->terms->set.has_id)
        lint_find(pass, at,
                  "has an id= and so is a row of endpoint set %u of '%s', as if Microsoft had published it, and not a "
                  "line of your own; leave out 'id=%u'",
                  at->terms->set.id, pass->at->table->sources[at->terms->set.source], at->terms->set.id);
    else if (at->terms->held)
        lint_find(pass, at,
                  "has the flag 'held', which marks rows of a published table and does not hold this line back; "
                  "remove 'held', or the line");
}

void
lint_local(struct lint_pass *pass)
{
    if (pass->at->local)
        lint_each(pass, judge);
}

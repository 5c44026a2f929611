// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * squidconf_lines.c - lines that both the fragment (squidconf_print.c) and its extras (squidconf_extras.c) need. Part
 * of squidconf_wish.h. Which lines a wish asks for is decided there.
 */
#include "buf.h"
#include "squidconf_wish.h"

bool
squidconf_wish_both(const struct squidconf_wish *wish)
{
    return wish->explicit_port != 0 && wish->intercept_port != 0;
}

void
squidconf_add_each(struct buf *ret, const struct squidconf_wish *wish, const char *rule, const char *suffix,
                   const char *behind)
{
    bool both = squidconf_wish_both(wish);
    if (wish->explicit_port != 0)
        buf_add_fmt(ret, "%s %sm365%s%s\n", rule, both ? "m365_on_explicit " : "", suffix, behind);
    if (wish->intercept_port != 0)
        buf_add_fmt(ret, "%s %sm365i%s%s\n", rule, both ? "m365_on_intercept " : "", suffix, behind);
}

void
squidconf_add_program(struct buf *ret, const struct squidconf_wish *wish, const char *path)
{
    buf_add_text(ret, path);
    if (wish->table != NULL)
        buf_add_fmt(ret, " -t %s", wish->table);
}

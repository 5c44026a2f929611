// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * squidconf_lines.c - pieces of lines that more than one writer needs: the printer (squidconf_print.c), its extras
 * (squidconf_extras.c), the doctor's corrections (squidconf_fix.c). Part of squidconf_wish.h. Which lines are written
 * is decided there.
 */
#include "base/buf.h"
#include "squidconf_wish.h"

const char *
squidconf_format(enum squidconf_version version, bool la)
{
    if (version == SQUIDCONF_3_5)
        return la ? "%DST %MYADDR %PORT" : "%DST %PORT";
    return la ? "%>rd %#ssl::>sni %>la %>rP" : "%>rd %#ssl::>sni %>rP";
}

const char *
squidconf_fields(enum squidconf_version version, bool la)
{
    if (version == SQUIDCONF_3_5)
        return la ? " -F dst,la,port" : " -F dst,port";
    return la ? " -F dst,sni,la,port" : "";
}

bool
squidconf_wish_both(const struct squidconf_wish *wish)
{
    return wish->explicit_port != 0 && wish->intercept_port != 0;
}

void
squidconf_add_each(struct buf *ret, const struct squidconf_wish *wish, const char *rule, const char *suffix,
                   const char *more)
{
    bool both = squidconf_wish_both(wish);
    if (wish->explicit_port != 0)
        buf_add_fmt(ret, "%s %sm365%s%s\n", rule, both ? "m365_on_explicit " : "", suffix, more);
    if (wish->intercept_port != 0)
        buf_add_fmt(ret, "%s %sm365i%s%s\n", rule, both ? "m365_on_intercept " : "", suffix, more);
}

void
squidconf_add_program(struct buf *ret, const struct squidconf_wish *wish, const char *path)
{
    buf_add_text(ret, path);
    if (wish->table != NULL)
        buf_add_fmt(ret, " -t %s", wish->table);
}

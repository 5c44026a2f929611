// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * squidconf_extras.c - writes the optional lines of squid.conf: caching, scanners, logs, routing. Part of
 * squidconf_wish.h. The lines that every setup needs are in squidconf_print.c.
 *
 * Directives that can wait for a helper ask it again; Squid has the answer in its cache. The other ones test the notes
 * that the answer left on the request.
 */
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "squidconf_wish.h"

static void
add_adaptation(struct buf *ret, const struct squidconf_wish *wish)
{
    static const char *const services[] = {"m365_reqmod", "m365_respmod"};
    buf_add_text(
        ret,
        "\n# ---- adaptation: Microsoft 365 does not go to the scanner ----\n"
        "icap_enable on\n"
        "# EDIT: your services. If they are configured already, keep those lines and add the deny lines before them.\n"
        "icap_service m365_reqmod reqmod_precache icap://127.0.0.1:1344/reqmod\n"
        "icap_service m365_respmod respmod_precache icap://127.0.0.1:1344/respmod\n");
    for (size_t i = 0; i < 2; i++) {
        char rule[64];
        struct buf text;
        buf_init(&text, sizeof rule);
        buf_add_fmt(&text, "adaptation_access %s deny", services[i]);
        buf_add_char(&text, '\0');
        if (buf_ok(&text))
            squidconf_add_each(ret, wish, text.data, "", "");
        else
            ret->failed = true;
        buf_clear(&text);
        buf_add_fmt(ret, "adaptation_access %s allow all\n", services[i]);
    }
}

static void
add_cache(struct buf *ret, const struct squidconf_wish *wish)
{
    buf_add_text(ret, "\n# ---- cache: Microsoft 365 is not cached ----\n");
    squidconf_add_each(ret, wish, "cache deny", "", "");
}

static void
add_url_rewrite(struct buf *ret, const struct squidconf_wish *wish)
{
    buf_add_text(ret, "\n# ---- url_rewrite: your url_rewrite_program is not asked about Microsoft 365 ----\n");
    squidconf_add_each(ret, wish, "url_rewrite_access deny", "", "");
    buf_add_text(ret, "url_rewrite_access allow all\n");
}

static void
add_always_direct(struct buf *ret, const struct squidconf_wish *wish)
{
    buf_add_text(ret, "\n# ---- always_direct: Microsoft 365 does not go through parent proxies (cache_peer) ----\n");
    squidconf_add_each(ret, wish, "always_direct allow", "", "");
}

bool
squidconf_has_annotations(enum squidconf_version version)
{
    return version >= SQUIDCONF_5;
}

void
squidconf_add_expressroute_rules(struct buf *ret, const struct squidconf_wish *wish, const char *rule)
{
    if ((wish->extras & SQUIDCONF_EXPRESSROUTE) == 0 || !squidconf_has_annotations(wish->version))
        return;
    buf_add_text(ret, "# For ExpressRoute (below): the same bypass, and a note on what Microsoft announces there.\n");
    if (wish->explicit_port != 0)
        buf_add_text(ret, "acl m365_er external m365 expressroute\n");
    if (wish->intercept_port != 0)
        buf_add_text(ret, "acl m365i_er external m365i expressroute\n");
    buf_add_text(ret, "acl m365_er_note annotate_transaction m365_way_=expressroute\n");
    squidconf_add_each(ret, wish, rule, "_er", " m365_er_note");
}

static void
add_expressroute(struct buf *ret, const struct squidconf_wish *wish)
{
    buf_add_text(ret, "\n# ---- expressroute: a source address and a mark for routers ----\n"
                      "# These directives cannot wait for a helper, so they test the notes that it left.\n");
    if (!squidconf_has_annotations(wish->version))
        buf_add_text(ret, "# Squid 3.5 and 4 cannot note what is announced over ExpressRoute, so the category is used "
                          "instead.\n"
                          "acl m365_er_noted note m365_cat_ Optimize\n");
    else
        buf_add_text(ret, "acl m365_er_noted note m365_way_ expressroute\n");
    buf_add_text(ret,
                 "# EDIT: an address of this machine; a mark that your routing knows. Remove what you do not use.\n"
                 "tcp_outgoing_address 192.0.2.10 m365_er_noted m365_noted\n"
                 "tcp_outgoing_mark 0x365 m365_er_noted m365_noted\n");
}

static void
add_delay_access(struct buf *ret, const struct squidconf_wish *wish)
{
    (void)wish;
    buf_add_text(ret, "\n# ---- delay_access: Microsoft 365 is not slowed down ----\n"
                      "delay_pools 1\ndelay_class 1 1\n"
                      "# EDIT: bytes per second for all other traffic together.\n"
                      "delay_parameters 1 10000000/10000000\n"
                      "delay_access 1 deny m365_noted\ndelay_access 1 allow all\n");
}

static void
add_logformat(struct buf *ret, const struct squidconf_wish *wish)
{
    buf_add_text(
        ret, "\n# ---- logformat: category, area and number of the endpoint set, why, and version of the table ----\n"
             "# The category is valid with why=rule or why=category; otherwise it is left from an earlier answer.\n"
             "# ms is the duration, bytes is what the client got.\n"
             "logformat m365 %ts.%03tu %>a %un %rm %#ru %>Hs %ssl::bump_mode sni=%#ssl::>sni cat=%{m365_cat_}note "
             "area=%{m365_area_}note id=%{m365_id_}note why=%{m365_why_}note gen=%{m365_gen_}note ms=%tr bytes=%<st\n");
    buf_add_fmt(
        ret,
        "access_log stdio:%s/m365.log logformat=m365\n"
        "# As soon as a log is named, Squid no longer writes its usual one, so that is named, too. Leave it out if\n"
        "# your squid.conf already has an access_log.\n"
        "access_log daemon:%s/access.log squid\n",
        wish->log_folder, wish->log_folder);
}

static void
add_m365_rewrite(struct buf *ret, const struct squidconf_wish *wish)
{
    bool old = wish->version == SQUIDCONF_3_5;
    buf_add_text(ret, "\n# ---- url_m365_rewrite: rules for what is not bypassed ----\n"
                      "# Squid's default has %>A, for which it looks up the name of every client in DNS.\n");
    buf_add_text(ret, "url_rewrite_program ");
    squidconf_add_program(ret, wish, wish->rewriter);
    buf_add_char(ret, '\n');
    buf_add_fmt(ret, "url_rewrite_children %u startup=1 idle=1 concurrency=%u%s\n", wish->children, wish->concurrency,
                old ? "" : " queue-size=4096");
    buf_add_fmt(ret, "url_rewrite_extras \"%%>rm%s\"\n", old ? "" : " sni=%#ssl::>sni");
}

static const struct extra {
    const char *name;
    enum squidconf_extra bit;
    void (*add)(struct buf *ret, const struct squidconf_wish *wish);
} extras[] = {
    {"adaptation", SQUIDCONF_ADAPTATION, add_adaptation},
    {"cache", SQUIDCONF_CACHE, add_cache},
    {"url_rewrite", SQUIDCONF_URL_REWRITE, add_url_rewrite},
    {"always_direct", SQUIDCONF_ALWAYS_DIRECT, add_always_direct},
    {"expressroute", SQUIDCONF_EXPRESSROUTE, add_expressroute},
    {"delay_access", SQUIDCONF_DELAY_ACCESS, add_delay_access},
    {"logformat", SQUIDCONF_LOGFORMAT, add_logformat},
    {"url_m365_rewrite", SQUIDCONF_M365_REWRITE, add_m365_rewrite},
};

#define EXTRA_COUNT (sizeof extras / sizeof *extras)

void
squidconf_add_extras(struct buf *ret, const struct squidconf_wish *wish)
{
    for (size_t i = 0; i < EXTRA_COUNT; i++) {
        if ((wish->extras & (unsigned)extras[i].bit) != 0)
            extras[i].add(ret, wish);
    }
}

int
squidconf_parse_extra(unsigned *ret, const char *name, struct err *err)
{
    bool all = strcmp(name, "all") == 0, found = all;
    for (size_t i = 0; i < EXTRA_COUNT; i++) {
        if (!all && strcmp(name, extras[i].name) != 0)
            continue;
        *ret |= (unsigned)extras[i].bit;
        found = true;
    }
    if (found)
        return 0;
    return err_set(err, ERR_USAGE,
                   "'%s' is not an extra; known are adaptation, cache, url_rewrite, always_direct, expressroute, "
                   "delay_access, logformat, url_m365_rewrite and all",
                   name);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* format.c - the table of all formats. One exporter a line; each is written in a file of its own. */
#include "format.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "export/export_build.h"
#include "format_write.h"

static const struct exporter exporters[] = {
    {.name = "bird",
     .summary = "prefix sets and filters for BIRD 2",
     .open = "#",
     .takes = EXPORT_TAKES_ROUTES,
     .write = format_write_bird},
    {.name = "cisco",
     .summary = "prefix lists and a route map for IOS",
     .open = "!",
     .takes = EXPORT_TAKES_ROUTES,
     .write = format_write_cisco},
    {.name = "csv",
     .summary = "the lines with all they say, for spreadsheets",
     .takes = EXPORT_TAKES_LINES,
     .write = format_write_csv},
    {.name = "dnsmasq",
     .summary = "a dnsmasq that answers these names and no others",
     .open = "#",
     .takes = EXPORT_TAKES_NAMES,
     .write = format_write_dnsmasq},
    {.name = "edl",
     .summary = "external dynamic list of names, for firewalls",
     .open = "#",
     .takes = EXPORT_TAKES_NAMES | EXPORT_BIT(SLASH),
     .write = format_write_edl},
    {.name = "firewalld",
     .summary = "a policy for firewalld",
     .open = "<!--",
     .close = " -->",
     .before = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n",
     .takes = EXPORT_TAKES_ADDRS & ~EXPORT_BIT(NAME),
     .write = format_write_firewalld},
    {.name = "frr",
     .summary = "prefix lists and a route map for FRR",
     .open = "!",
     .takes = EXPORT_TAKES_ROUTES,
     .write = format_write_frr},
    {.name = "haproxy",
     .summary = "map of names for HAProxy's map_reg",
     .open = "#",
     .takes = EXPORT_TAKES_NAMES,
     .write = format_write_haproxy},
    {.name = "haproxy-acl",
     .summary = "file of addresses for an acl of HAProxy",
     .open = "#",
     .takes = EXPORT_TAKES_ADDRS & ~(EXPORT_BIT(UDP) | EXPORT_BIT(NAME)),
     .write = format_write_haproxy_acl},
    {.name = "html",
     .summary = "a page for people: areas, categories, ports, notes",
     .open = "<!--",
     .close = " -->",
     .before = "<!DOCTYPE html>\n",
     .takes = EXPORT_TAKES_LINES,
     .write = format_write_html},
    {.name = "ipset",
     .summary = "address sets for ipset restore",
     .open = "#",
     .takes = EXPORT_TAKES_ADDRS,
     .write = format_write_ipset},
    {.name = "iptables",
     .summary = "a chain for iptables-restore and ip6tables-restore",
     .open = "#",
     .takes = EXPORT_TAKES_ADDRS,
     .write = format_write_iptables},
    {.name = "json",
     .summary = "the published endpoint sets as the web service writes them",
     .takes = EXPORT_TAKES_LINES,
     .write = format_write_json},
    {.name = "junos",
     .summary = "prefix lists and a policy for Junos",
     .open = "/*",
     .close = " */",
     .takes = EXPORT_TAKES_ROUTES,
     .write = format_write_junos},
    {.name = "markdown",
     .summary = "the same page as html, for a wiki",
     .open = "<!--",
     .close = " -->",
     .takes = EXPORT_TAKES_LINES,
     .write = format_write_markdown},
    {.name = "nft",
     .summary = "address sets and a chain for nftables",
     .open = "#",
     .takes = EXPORT_TAKES_ADDRS,
     .write = format_write_nft},
    {.name = "nginx",
     .summary = "map of names and geo block of addresses",
     .open = "#",
     .takes = EXPORT_TAKES_NAMES | EXPORT_BIT(NAME),
     .write = format_write_nginx},
    {.name = "pac",
     .summary = "proxy auto-config file for browsers",
     .open = "//",
     .takes = EXPORT_TAKES_PAC,
     .write = format_write_pac},
    {.name = "pf",
     .summary = "tables and rules for pf",
     .open = "#",
     .takes = EXPORT_TAKES_ADDRS,
     .write = format_write_pf},
    {.name = "rpz",
     .summary = "response policy zone that exempts the names",
     .open = ";",
     .takes = EXPORT_TAKES_NAMES,
     .write = format_write_rpz},
    {.name = "squid-acl",
     .summary = "Squid's own ACLs, of names and addresses",
     .open = "#",
     .takes = EXPORT_TAKES_NAMES | EXPORT_BIT(NAME),
     .write = format_write_squid},
    {.name = "text",
     .summary = "patterns and prefixes, a line each",
     .open = "#",
     .takes = EXPORT_TAKES_LINES,
     .write = format_write_text},
    {.name = "unbound",
     .summary = "an Unbound that answers these names and no others",
     .open = "#",
     .takes = EXPORT_TAKES_NAMES,
     .write = format_write_unbound},
};

#define COUNT (sizeof exporters / sizeof exporters[0])

const struct exporter *
format_at(size_t index)
{
    return index < COUNT ? &exporters[index] : NULL;
}

const struct exporter *
format_find(const char *name, struct err *err)
{
    char list[400] = "";
    size_t len = 0;
    for (size_t i = 0; i < COUNT; i++) {
        if (strcmp(exporters[i].name, name) == 0)
            return &exporters[i];
        len += (size_t)snprintf(list + len, sizeof list - len, "%s%s", i == 0 ? "" : " ", exporters[i].name);
        if (len >= sizeof list)
            len = sizeof list - 1;
    }
    err_set(err, ERR_USAGE, "'%s' is not a format; the formats are: %s", name, list);
    return NULL;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* export_formats.c - the table of all formats. One exporter a line; each is written in a file of its own. */
#include "export_build.h"
#include "export_write.h"

const struct exporter exporters[] = {
    {.name = "edl",
     .summary = "external dynamic list of names, for firewalls",
     .open = "#",
     .takes = EXPORT_TAKES_NAMES | EXPORT_BIT(SLASH),
     .write = export_write_edl},
    {.name = "haproxy",
     .summary = "map of names for HAProxy's map_reg",
     .open = "#",
     .takes = EXPORT_TAKES_NAMES,
     .write = export_write_haproxy},
    {.name = "pac",
     .summary = "proxy auto-config file for browsers",
     .open = "//",
     .takes = EXPORT_TAKES_PAC,
     .write = export_write_pac},
    {.name = "rpz",
     .summary = "response policy zone that exempts the names",
     .open = ";",
     .takes = EXPORT_TAKES_NAMES,
     .write = export_write_rpz},
    {.name = "text",
     .summary = "patterns and prefixes, a line each",
     .open = "#",
     .takes = EXPORT_TAKES_LINES,
     .write = export_write_text},
    {0},
};

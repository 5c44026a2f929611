// SPDX-License-Identifier: GPL-2.0-or-later
/* export_formats.c - the table of all formats. One exporter a line; each is written in a file of its own. */
#include "export_build.h"
#include "export_write.h"

const struct exporter exporters[] = {
    {.name = "pac",
     .summary = "proxy auto-config file for browsers",
     .open = "//",
     .takes = EXPORT_TAKES_PAC,
     .write = export_write_pac},
    {.name = "text",
     .summary = "patterns and prefixes, a line each",
     .open = "#",
     .takes = EXPORT_TAKES_LINES,
     .write = export_write_text},
    {0},
};

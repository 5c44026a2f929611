// SPDX-License-Identifier: GPL-2.0-or-later
/* export_formats.c - the table of all formats. One exporter a line; each is written in a file of its own. */
#include "export_build.h"
#include "export_write.h"

const struct exporter exporters[] = {
    {.name = "csv",
     .summary = "the lines with all they say, for spreadsheets",
     .takes = EXPORT_TAKES_LINES,
     .write = export_write_csv},
    {.name = "html",
     .summary = "a page for people: areas, categories, ports, notes",
     .open = "<!--",
     .close = " -->",
     .before = "<!DOCTYPE html>\n",
     .takes = EXPORT_TAKES_LINES,
     .write = export_write_html},
    {.name = "json",
     .summary = "the published endpoint sets as the web service writes them",
     .takes = EXPORT_TAKES_LINES,
     .write = export_write_json},
    {.name = "markdown",
     .summary = "the same page as html, for a wiki",
     .open = "<!--",
     .close = " -->",
     .takes = EXPORT_TAKES_LINES,
     .write = export_write_markdown},
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

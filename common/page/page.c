// SPDX-License-Identifier: GPL-2.0-or-later
/* page.c - the frame of an HTML page. See page.h. Colours never carry a meaning alone. */
#include "page.h"

#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"

static const char shared[] =
    ":root { color-scheme: light dark; --ink: #1d2733; --soft: #566273; --page: #f5f7fa; --card: #ffffff; --line: "
    "#d7dde5;\n"
    "  --optimize: #0b6b3a; --allow: #0b5394; --default: #5f6368; --inspect: #a61b1b; }\n"
    "@media (prefers-color-scheme: dark) {\n"
    "  :root { --ink: #e6eaf0; --soft: #a3aebd; --page: #12161c; --card: #1b2129; --line: #333c48;\n"
    "    --optimize: #6fd39b; --allow: #7db8f0; --default: #b6bcc5; --inspect: #ff9a8f; } }\n"
    "* { box-sizing: border-box; }\n"
    "body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }\n"
    "main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }\n"
    "h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .5rem; }\n"
    "h2 { font-size: 1.2rem; margin: 2.5rem 0 .75rem; }\n"
    "p { margin: .5rem 0; max-width: 45rem; }\n"
    ".soft { color: var(--soft); font-size: .9rem; }\n"
    "a { color: var(--allow); }\n"
    "code { font-family: ui-monospace, monospace; font-size: .9rem; overflow-wrap: anywhere; }\n"
    "@media print { :root { color-scheme: light; } }\n";

void
page_add_bytes(struct buf *out, const char *text, size_t len)
{
    while (len > 0) {
        size_t n = utf8_printable(text, len);
        switch (n == 1 ? text[0] : 0) {
        case '&': buf_add_text(out, "&amp;"); break;
        case '<': buf_add_text(out, "&lt;"); break;
        case '>': buf_add_text(out, "&gt;"); break;
        case '"': buf_add_text(out, "&quot;"); break;
        default:
            if (n == 0)
                buf_add_char(out, '?');
            else
                buf_add(out, text, n);
        }
        text += n == 0 ? 1 : n;
        len -= n == 0 ? 1 : n;
    }
}

void
page_add_text(struct buf *out, const char *text)
{
    page_add_bytes(out, text, strlen(text));
}

void
page_start(struct buf *out, const char *title, const char *styles)
{
    buf_add_text(out, "<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
    buf_add_text(out, title);
    buf_add_text(out, "</title>\n<style>\n");
    buf_add_text(out, shared);
    buf_add_text(out, styles);
    buf_add_text(out, "</style>\n</head>\n<body>\n<main>\n<h1>");
    buf_add_text(out, title);
    buf_add_text(out, "</h1>\n");
}

void
page_end(struct buf *out)
{
    buf_add_text(out, "</main>\n</body>\n</html>\n");
}

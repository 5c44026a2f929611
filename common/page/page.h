/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * page.h - the frame of an HTML page and its texts.
 *
 * Where it sits: room page, above base. A page has its styles in it and loads nothing, so that it can be mailed and
 * kept. What it says belongs to its writer.
 */
#ifndef COMMON_PAGE_H
#define COMMON_PAGE_H

#include <stddef.h>

struct buf;

/* Appends text in which HTML has no meaning; what a terminal must not get (utf8.h) becomes `?`. Cost: one pass. */
void page_add_text(struct buf *out, const char *text);
void page_add_bytes(struct buf *out, const char *text, size_t len);

/* Starts a page after its document type and any comment: head, title, the styles that all pages share and then `styles`
 * of its own, and the title as headline. The title is HTML. */
void page_start(struct buf *out, const char *title, const char *styles);

/* Ends it. */
void page_end(struct buf *out);

#endif

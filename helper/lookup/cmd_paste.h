/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_paste.h - what a person means by a query that is not a line of fields: a destination, a prefix, or something that
 * cannot be asked. Private to `m365ctl lookup`.
 *
 * Where it sits: room lookup, above name/url.h. A text is never answered as something else than what it says: what
 * cannot be asked is a bad name, and the explanation says what to ask instead.
 */
#ifndef HELPER_CMD_PASTE_H
#define HELPER_CMD_PASTE_H

#include <stdbool.h>
#include <stddef.h>

#include "name/pattern.h"

struct answer;
struct buf;
struct prefix;

/* Cuts what people paste around a text (url.h) and writes `[.]` as a dot again. Returns where the result is: in the
 * text, or in `room`. */
const char *paste_clean(struct buf *room, const char *text, size_t *len);

/* Reads `address/length`, also with the port 443 after it, `address/netmask`, and a range that is one prefix. False if
 * the text is anything else. */
bool paste_is_prefix(struct prefix *ret, const char *text, size_t len);

/* Fills in the request of an answer whose text is given; what is not a destination is a bad name. Says so if an IPv6
 * address looks as if it had a port. */
void paste_destination(struct answer *answer);

/* True if the text is a pattern of rules rather than a host. */
bool paste_is_pattern(struct pattern *ret, const struct answer *answer);

/* Says what the text is and what to ask instead. False if it says nothing: the text is only a bad name. */
bool paste_explain(struct buf *buf, const struct answer *answer);

#endif

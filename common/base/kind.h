/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kind.h - what a file is that somebody gave in place of a text: a picture, an archive, text of another encoding.
 *
 * Where it sits: room base. Only the first bytes are looked at, and only to say what is wrong in one sentence, instead
 * of one for the first line that makes no sense. What a text means belongs to its reader.
 */
#ifndef COMMON_KIND_H
#define COMMON_KIND_H

#include <stddef.h>

#define KIND_BYTES ((size_t)64 << 10) /* more are not looked at */

/*
 * A sentence such as "it is UTF-16 text; save it as UTF-8" about the first bytes of a file, or NULL: it may be UTF-8
 * text. No text of ours begins as any of these files do. Total; cost: one pass over at most KIND_BYTES.
 */
const char *kind_not_text(const char *bytes, size_t len);

#endif

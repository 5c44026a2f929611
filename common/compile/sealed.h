/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sealed.h - the table of a generation whose image has another layout, as after an upgrade or a downgrade.
 *
 *     gen-000041/image      has the layout of the program that sealed the generation
 *     gen-000041/image.3    the same table in layout 3, added by a program of that layout (m365ctl)
 *     gen-000041/table.txt  compiled in memory if neither can be read, with the policy in the head of
 *     gen-000041/review.txt categories, precedence, tenants and label, which every program can read
 *
 * Where it sits: room compile, next to compile.h. load.c comes here for helpers and m365ctl, the room store for
 * everything else. The files of a generation never change, so its digest, the approval for it and the way back to it
 * stay what they were, and a program of the old layout still finds its own image.
 *
 * Trust. The table must be exactly what was sealed, and the policy must be known: half a table or a guessed policy
 * could bypass what was inspected. The table is proven by its own digest in review.txt, or together with the image by
 * the digest that approvals are for. The record of a generation that an earlier program sealed has no policy; it is
 * then in the header of its image, if that layout is known here. Anything else is refused.
 */
#ifndef COMMON_SEALED_H
#define COMMON_SEALED_H

#include "base/digest.h"
#include "image/image.h"
#include "name/tenant.h"
#include "name/verb.h"
#include "table/policy.h"

#define SEALED_POLICY_MAX ((size_t)16384)    /* bytes of a policy in lines */
#define SEALED_RECORD_MAX ((size_t)64 << 20) /* bytes of a review.txt */
#define SEALED_NAME_MAX 16                   /* of the name of an image that was added */

struct buf;
struct err;
struct listener;
struct table;

/* A policy that owns its texts; it points into itself and is not copied. */
struct sealed_policy {
    struct policy policy;
    char label[WORD_MAX + 1];
    char tenants[IMAGE_TENANTS_MAX][TENANT_MAX + 1];
    const char *list[IMAGE_TENANTS_MAX];
};

/* The files of one generation. */
struct sealed_files {
    const struct buf *table, *image, *review;
};

/* The name of the image that a program of this layout adds: `image.2`. */
void sealed_image_name(char ret[SEALED_NAME_MAX]);

/* The policy that an open image was compiled with. */
void sealed_policy_of(struct sealed_policy *ret, const struct image *image);

/* Appends the lines of a policy and table text for the head of review.txt; the caller has added `label`. */
void sealed_policy_print(struct buf *buf, const struct sealed_policy *policy, const struct buf *table);

/* The digest that stands there in the line `policy`: equal for the same policy and table, whatever the layout. -1 with
 * ERR_MEM. */
int sealed_policy_digest(char ret[DIGEST_TEXT_MAX], const struct sealed_policy *policy, const struct buf *table,
                         struct err *err);

/* Proves that the table is what was sealed, and finds the policy. -1 with ERR_CORRUPT and which of the two failed.
 * Cost: hashes the table, and also the image if that does not prove the table. */
int sealed_policy_read(struct sealed_policy *ret, const struct sealed_files *files, struct err *err);

/* Reads a sealed table text into an empty table; `path` is for sentences. Widths are not judged: the lines were
 * accepted when they were sealed, and a newer list of public suffixes must not take them away. -1 as
 * table_read_bytes(). */
int sealed_read_table(struct table *table, const char *path, const struct buf *text, struct err *err);

/*
 * Opens the image at a path. If it is that of a generation and has another layout: the image of this layout beside it,
 * else its table compiled in memory, which the listener (may be NULL) hears in one sentence. -1 as image_open(), or if
 * nothing can take the place of the image: the sentence says why.
 */
int sealed_open(struct image **ret, const char *path, const struct listener *listener, struct err *err);

#endif

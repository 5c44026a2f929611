/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sealed_header.h - the policy in the header of an image of another layout.
 *
 * Where it sits: room compile, private, for sealed.c. Only for generations whose record has no policy yet. No other
 * part of such an image is read.
 */
#ifndef COMMON_SEALED_HEADER_H
#define COMMON_SEALED_HEADER_H

struct buf;
struct err;
struct sealed_policy;

/* -1 with ERR_CORRUPT if the header of this layout is not known here, or if it contains no valid policy. */
int sealed_header_read(struct sealed_policy *ret, const struct buf *image, struct err *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * export_head.h - the header of an export: what it was made from, when, and in what it differs from the verdicts.
 *
 * Private to room export; called by export.c when the text is complete.
 */
#ifndef COMMON_EXPORT_HEAD_H
#define COMMON_EXPORT_HEAD_H

struct buf;
struct export_job;

/* Appends what the format wants first, then the header in its comments; nothing for a format without comments. */
void export_head_add(struct buf *ret, const struct export_job *job, const struct buf *body);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * export_write.h - the exporters themselves, a function for each format.
 *
 * Private to room export; called through the table of formats (export_formats.c) alone.
 *
 * Each appends its text without a header. -1 with ERR_USAGE (the format cannot keep something closed, see
 * export_names_fit()), ERR_LIMIT or ERR_MEM.
 */
#ifndef COMMON_EXPORT_WRITE_H
#define COMMON_EXPORT_WRITE_H

struct buf;
struct err;
struct export_job;

int export_write_dnsmasq(struct export_job *job, struct buf *out, struct err *err);
int export_write_edl(struct export_job *job, struct buf *out, struct err *err);
int export_write_haproxy(struct export_job *job, struct buf *out, struct err *err);
int export_write_nginx(struct export_job *job, struct buf *out, struct err *err);
int export_write_pac(struct export_job *job, struct buf *out, struct err *err);
int export_write_rpz(struct export_job *job, struct buf *out, struct err *err);
int export_write_squid(struct export_job *job, struct buf *out, struct err *err);
int export_write_text(struct export_job *job, struct buf *out, struct err *err);
int export_write_unbound(struct export_job *job, struct buf *out, struct err *err);

#endif

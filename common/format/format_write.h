/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * format_write.h - the exporters themselves, a function for each format.
 *
 * Private to room format; called through the table of formats (format.c) alone.
 *
 * Each appends its text without a header. -1 with ERR_USAGE (the format cannot keep something closed, see
 * export_names_fit()), ERR_LIMIT or ERR_MEM.
 */
#ifndef COMMON_FORMAT_WRITE_H
#define COMMON_FORMAT_WRITE_H

struct buf;
struct err;
struct export_job;

int format_write_bird(struct export_job *job, struct buf *out, struct err *err);
int format_write_cisco(struct export_job *job, struct buf *out, struct err *err);
int format_write_csv(struct export_job *job, struct buf *out, struct err *err);
int format_write_dnsmasq(struct export_job *job, struct buf *out, struct err *err);
int format_write_edl(struct export_job *job, struct buf *out, struct err *err);
int format_write_firewalld(struct export_job *job, struct buf *out, struct err *err);
int format_write_frr(struct export_job *job, struct buf *out, struct err *err);
int format_write_haproxy(struct export_job *job, struct buf *out, struct err *err);
int format_write_haproxy_acl(struct export_job *job, struct buf *out, struct err *err);
int format_write_html(struct export_job *job, struct buf *out, struct err *err);
int format_write_ipset(struct export_job *job, struct buf *out, struct err *err);
int format_write_iptables(struct export_job *job, struct buf *out, struct err *err);
int format_write_json(struct export_job *job, struct buf *out, struct err *err);
int format_write_junos(struct export_job *job, struct buf *out, struct err *err);
int format_write_markdown(struct export_job *job, struct buf *out, struct err *err);
int format_write_nft(struct export_job *job, struct buf *out, struct err *err);
int format_write_nginx(struct export_job *job, struct buf *out, struct err *err);
int format_write_pac(struct export_job *job, struct buf *out, struct err *err);
int format_write_pf(struct export_job *job, struct buf *out, struct err *err);
int format_write_rpz(struct export_job *job, struct buf *out, struct err *err);
int format_write_squid(struct export_job *job, struct buf *out, struct err *err);
int format_write_text(struct export_job *job, struct buf *out, struct err *err);
int format_write_unbound(struct export_job *job, struct buf *out, struct err *err);

#endif

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * squidconf_check.c - the list of everything the doctor looks for, and how findings are printed. How they are
 * collected: squidconf_finding.c. The checks themselves: squidconf_check_rules.c (order of rules),
 * squidconf_check_type.c (external_acl_type and FORMAT), squidconf_check_host.c (programs, users, tables).
 */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "buf.h"
#include "err.h"
#include "squidconf_model.h"

#define ARENA_MAX ((size_t)256 << 20)
#define REPORT_MAX ((size_t)4 << 20)

/* One line for each thing that can be wrong. */
static squidconf_check *const checks[] = {
    squidconf_check_asked,       /* the helper is not asked at all */
    squidconf_check_order,       /* not in the first rule that can allow, or behind a password */
    squidconf_check_splice,      /* splice behind bump, or nowhere */
    squidconf_check_peek,        /* splice before the ClientHello was read */
    squidconf_check_dstdomain,   /* dstdomain in ssl_bump */
    squidconf_check_server_name, /* splice by a name that the client writes */
    squidconf_check_fast,        /* external ACL where Squid cannot wait */
    squidconf_check_ports,       /* explicit and intercepting ports under one rule */
    squidconf_check_no_la,       /* intercepting port without %>la */
    squidconf_check_la,          /* %>la on an explicit port */
    squidconf_check_raw_sni,     /* %ssl::>sni without # */
    squidconf_check_sni_only,    /* FORMAT without the destination */
    squidconf_check_fields,      /* FORMAT and -F differ */
    squidconf_check_login,       /* %LOGIN or %ul in FORMAT */
    squidconf_check_ttl,         /* an updated table is not seen */
    squidconf_check_queue,       /* default queue-size */
    squidconf_check_concurrency, /* none, or more than Squid reads at once */
    squidconf_check_channel,     /* -c or -C against concurrency */
    squidconf_check_extras,      /* url_rewrite_extras that ask DNS */
    squidconf_check_version,     /* what Squid 3.5 does not know */
    squidconf_check_user,        /* Squid's user does not exist */
    squidconf_check_program,     /* helper not there, or not for Squid's user */
    squidconf_check_options,     /* options that the helper does not know, so that it ends */
    squidconf_check_table,       /* table unreadable, damaged, refused, old */
};

static void
add_clean(struct buf *ret, const char *text, size_t len)
{
    for (; len > 0 && *text != '\0'; len--, text++)
        buf_add_char(ret, *text == '\n' || (*text >= 0x20 && *text < 0x7f) ? *text : '?');
}

/* Findings of one line often have the same corrected line: it stands below the last of them. */
static void
add_finding_text(struct buf *ret, const struct squidconf *conf, size_t index)
{
    const struct squidconf_finding *finding = &conf->findings[index];
    const char *fix = finding->text + strcspn(finding->text, "\n");
    bool again = false;
    for (size_t i = index + 1; i < conf->finding_count && !again; i++) {
        const char *text = conf->findings[i].text;
        again = conf->findings[i].order == finding->order && strcmp(text + strcspn(text, "\n"), fix) == 0;
    }
    add_clean(ret, finding->file, SIZE_MAX);
    buf_add_fmt(ret, ":%u: ", finding->number);
    add_clean(ret, finding->text, again ? (size_t)(fix - finding->text) + 1 : SIZE_MAX);
}

/* In the order of the lines; findings of one line in the order of the checks. */
static void
add_report(struct buf *ret, const struct squidconf *conf, const char *path)
{
    for (size_t order = 0; order <= conf->line_count && conf->finding_count > 0; order++) {
        for (size_t i = 0; i < conf->finding_count; i++) {
            if (conf->findings[i].order == order)
                add_finding_text(ret, conf, i);
        }
    }
    if (conf->finding_total > conf->finding_count)
        buf_add_fmt(ret, "and %zu more\n", conf->finding_total - conf->finding_count);
    if (conf->finding_total > 0)
        return;
    add_clean(ret, path, SIZE_MAX);
    buf_add_fmt(ret, ": nothing found in %zu line%s of %zu file%s", conf->line_count, conf->line_count == 1 ? "" : "s",
                conf->file_count, conf->file_count == 1 ? "" : "s");
    buf_add_text(ret, conf->table[0] == '\0' ? "" : "; ");
    add_clean(ret, conf->table, SIZE_MAX);
    buf_add_char(ret, '\n');
}

static int
examine(struct squidconf *conf, struct buf *ret, const char *path, struct err *err)
{
    if (squidconf_read(conf, path, err) != 0)
        return -1;
    squidconf_understand(conf);
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        checks[i](conf);
    if (!arena_ok(conf->arena) || conf->failed)
        return err_set(err, ERR_MEM, "no memory to look '%s' over", path);
    add_report(ret, conf, path);
    return 0;
}

int
squidconf_doctor(struct buf *ret, size_t *ret_findings, const char *path, const struct squidconf_about *about,
                 struct err *err)
{
    struct buf scratch;
    struct squidconf conf = {.arena = arena_new(ARENA_MAX), .about = about, .path = path, .scratch = &scratch};
    if (conf.arena == NULL)
        return err_set(err, ERR_MEM, "no memory");
    buf_init(&scratch, REPORT_MAX);
    int result = examine(&conf, ret, path, err);
    if (result == 0)
        *ret_findings = conf.finding_total;
    buf_clear(&scratch);
    arena_free(conf.arena);
    return result;
}

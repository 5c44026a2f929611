// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * squidconf_check.c - runs all checks on a squid.conf and writes the report. See squidconf.h.
 *
 * Findings are collected by squidconf_finding.c. The checks are in squidconf_check_rules.c (ACLs in places where they
 * cannot work), squidconf_check_type.c (external_acl_type and FORMAT), squidconf_check_words.c (words that mean
 * nothing, or too much), squidconf_check_host.c (helpers, users, tables) and squidconf_check_files.c and
 * squidconf_check_places.c (what Squid itself needs). Those that are meant are found by squidconf_accept.c.
 */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "squidconf_check.h"
#include "squidconf_model.h"

#define ARENA_MAX ((size_t)256 << 20)
#define REPORT_MAX ((size_t)4 << 20)

/* One line for each kind of mistake. */
static squidconf_check *const checks[] = {
    squidconf_check_asked,        /* nothing runs the helper */
    squidconf_check_fast,         /* external ACL where Squid cannot wait */
    squidconf_check_no_la,        /* intercepting port without %>la */
    squidconf_check_la,           /* %>la on an explicit port */
    squidconf_check_raw_sni,      /* %ssl::>sni without # */
    squidconf_check_sni_only,     /* FORMAT without the destination */
    squidconf_check_fields,       /* FORMAT and -F differ */
    squidconf_check_login,        /* %LOGIN or %ul in FORMAT */
    squidconf_check_ttl,          /* an updated table is not seen for long */
    squidconf_check_queue,        /* short queue-size, or the default */
    squidconf_check_command,      /* a word in front of the helper that is no program */
    squidconf_check_children,     /* no process of the helper at all */
    squidconf_check_concurrency,  /* none, or more than Squid can read at once */
    squidconf_check_channel,      /* -c or -C contradicts concurrency */
    squidconf_check_extras,       /* url_rewrite_extras that cause DNS look-ups */
    squidconf_check_version,      /* words that Squid 3.5 does not know */
    squidconf_check_surplus,      /* FORMAT has a token too many */
    squidconf_check_arguments,    /* an ACL argument that the helper or its table does not know */
    squidconf_check_notes,        /* a note that no helper leaves */
    squidconf_check_annotations,  /* annotate_transaction before Squid 5 */
    squidconf_check_bump_ports,   /* a port that intercepts TLS without ssl-bump */
    squidconf_check_trust,        /* the certificates of servers are not checked */
    squidconf_check_user,         /* Squid's user does not exist */
    squidconf_check_program,      /* the helper does not exist, or Squid's user cannot run it */
    squidconf_check_options,      /* options with which the helper exits */
    squidconf_check_table,        /* the table is unreadable, damaged, refused or old */
    squidconf_check_certificates, /* certificate and key of a port */
    squidconf_check_certgen,      /* the program that makes certificates, and its folder */
    squidconf_check_password,     /* the program that checks passwords, and its file */
    squidconf_check_places,       /* folders of logs, caches and error pages */
};

static void
add_clean(struct buf *ret, const char *text, size_t len)
{
    for (; len > 0 && *text != '\0'; len--, text++)
        buf_add_char(ret, *text == '\n' || *text == '\t' || (*text >= 0x20 && *text < 0x7f) ? *text : '?');
}

/* Findings about one line often have the same correction: it is printed once, after the last of them. */
static void
add_finding_text(struct buf *ret, const struct squidconf *conf, size_t index)
{
    static const char *const words[] = {"", "for now: ", "accepted: ", "note: "};
    const struct squidconf_finding *finding = &conf->findings[index];
    const char *fix = finding->text + strcspn(finding->text, "\n");
    bool repeated = false;
    for (size_t i = index + 1; i < conf->finding_count && !repeated; i++) {
        const char *text = conf->findings[i].text;
        repeated = conf->findings[i].order == finding->order && strcmp(text + strcspn(text, "\n"), fix) == 0;
    }
    add_clean(ret, finding->file, SIZE_MAX);
    buf_add_fmt(ret, ":%u: %s", finding->number, words[finding->weight]);
    repeated = repeated || finding->weight == SQUIDCONF_ACCEPTED;
    add_clean(ret, finding->text, repeated ? (size_t)(fix - finding->text) + 1 : SIZE_MAX);
}

/* Says which `accept` names nothing, for its line may have moved. */
static void
add_unused(struct buf *ret, const struct squidconf *conf)
{
    for (const char *const *place = conf->about->accept; place != NULL && *place != NULL; place++) {
        bool used = false;
        for (size_t i = 0; i < conf->finding_count && !used; i++)
            used = squidconf_is_at(&conf->findings[i], *place);
        if (used)
            continue;
        add_clean(ret, *place, SIZE_MAX);
        buf_add_text(ret, ": nothing was found here, so there is nothing to accept\n");
    }
}

/* Findings are in the order of the lines; those about one line are in the order of the checks. */
static void
add_report(struct buf *ret, const struct squidconf *conf, const char *path)
{
    for (size_t order = 0; order <= conf->line_count && conf->finding_count > 0; order++) {
        for (size_t i = 0; i < conf->finding_count; i++) {
            if (conf->findings[i].order == order)
                add_finding_text(ret, conf, i);
        }
    }
    if (conf->finding_lost > 0)
        buf_add_fmt(ret, "%zu more findings are not shown\n", conf->finding_lost);
    add_unused(ret, conf);
    if (conf->finding_total > 0)
        return;
    add_clean(ret, path, SIZE_MAX);
    buf_add_fmt(ret, ": nothing found in %zu line%s of %zu file%s", conf->line_count, conf->line_count == 1 ? "" : "s",
                conf->file_count, conf->file_count == 1 ? "" : "s");
    if (conf->accepted > 0)
        buf_add_fmt(ret, "; %zu accepted", conf->accepted);
    buf_add_text(ret, conf->table[0] == '\0' ? "" : "; ");
    add_clean(ret, conf->table, SIZE_MAX);
    buf_add_char(ret, '\n');
}

/* Reads the lines; where Squid would refuse to start is a finding. */
static int
read_text(struct squidconf *conf, const char *path, struct err *err)
{
    struct squidconf_text text = {.arena = conf->arena, .both = true};
    if (squidconf_text_read(&text, path, err) != 0)
        return -1;
    conf->lines = text.lines;
    conf->line_count = text.line_count;
    conf->file_count = text.file_count;
    for (size_t i = 0; i < text.trouble_count; i++) {
        buf_add_text(squidconf_say(conf), text.troubles[i].text);
        squidconf_found_at(conf, text.troubles[i].file, text.troubles[i].number);
    }
    return 0;
}

static int
examine(struct squidconf *conf, struct buf *ret, const char *path, struct err *err)
{
    if (read_text(conf, path, err) != 0)
        return -1;
    squidconf_understand(conf);
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        checks[i](conf);
    if (conf->about->examine != NULL && conf->about->examine(conf->about->examine_arg, conf, err) != 0)
        return -1;
    squidconf_accept(conf);
    if (!arena_ok(conf->arena) || conf->failed)
        return err_set(err, ERR_MEM, "no memory to check '%s'", path);
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

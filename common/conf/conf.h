/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conf.h - m365.conf: what an administrator decided.
 *
 * Where it sits: room conf. The file has one directive per line, as squid.conf has, and `#` comments;
 * m365.conf(5) describes them. Only m365ctl reads it: what the helpers need is inside the image. No other file is
 * opened here. Paths that do not begin with `/` are relative to the folder of the file.
 */
#ifndef COMMON_CONF_H
#define COMMON_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cloud/instance.h"
#include "export/export.h"
#include "table/policy.h"
#include "table/table.h"

struct arena;
struct err;

#define CONF_FILE_MAX ((size_t)1 << 20)

enum review_mode { REVIEW_AUTO, REVIEW_PARTS, REVIEW_WIDENING, REVIEW_ALWAYS };

/* `canary HOST[:PORT] CATEGORY`: the table is held unless the host has at least this category. */
struct conf_canary {
    const char *query; /* as request_set_url() takes it */
    enum verb verb;
};

/* `export FORMAT OPTION... -o FILE`: a file that follows the table in use. */
struct conf_export {
    struct export_wish wish;
    const char *output;
};

struct conf {
    struct arena *arena; /* owns everything below; texts are NULL if not given */
    const char *path;    /* the file that was read, or NULL */
    const char *state;   /* `state FOLDER`; default: set by configure */
    const char *data;    /* `data FOLDER`: shipped tables, presets/; default: set by configure */
    const char *rules;   /* `local_rules FOLDER`; default: local.d next to the file; every *.rules in it, by name */
    bool rules_named;    /* `local_rules` was written: the folder must exist */
    const char *instances[INSTANCE_COUNT]; /* `instance Worldwide...`; default Worldwide */
    size_t instance_count;
    const char *service_areas; /* `service_areas Exchange,MEM`, as the service names them; default: all five, as the
                                  service omits MEM unasked */
    const char *tenant_name;   /* `tenant_name contoso`: TenantName of the web service */
    bool no_ipv6;              /* `ipv6 off` */
    const char *service_url;   /* `service_url https://endpoints.office.com` */
    const char *proxy;         /* `proxy http://proxy.example:3128` for m365ctl's own requests */
    const char *ca_file;       /* `ca_file PEM` */
    uint32_t connect_timeout_s, timeout_s; /* `connect_timeout 20 seconds`, `timeout 120 seconds` */
    uint32_t poll_minutes;                 /* `poll_interval 60 minutes`: until then update does nothing */
    const char **lists;                    /* `list VERB FILE`: VERB:FILE specs, and `table FILE`, in order */
    size_t list_count;
    const char **presets; /* `preset NAME...` */
    size_t preset_count;
    struct policy policy;             /* `tenant NAME...`, `precedence`, `bypass`, `publish_only required` */
    enum review_mode review;          /* `review auto|parts|widening|always`; default parts */
    uint32_t shrink_percent;          /* `shrink_limit 30%`: a table that loses more of its rules is held */
    uint32_t growth_percent;          /* `growth_limit 30%`: a table whose bypassed addresses grow by more is held */
    uint8_t widest_ipv4, widest_ipv6; /* `widest_prefix /8 /24`: a published bypass prefix wider than this is held */
    struct conf_canary *canaries;     /* on top of the built-in ones of each instance */
    size_t canary_count;
    bool no_default_canaries;     /* `default_canaries off` */
    const char **must_not_bypass; /* queries; any bypass among them holds the table */
    size_t must_not_bypass_count;
    char *const *notice_command; /* `notice_command PATH ARG...`, ends with NULL; or NULL */
    const char *feed;            /* `feed FILE`: RSS 2.0 */
    const char **logs;           /* `log PATH...`: Squid's access logs; paths with wildcards */
    size_t log_count;
    const char *log_format; /* `log_format NAME|TEXT`: the text of a logformat; NULL: each log's is told by its lines */
    struct conf_export *exports;
    size_t export_count;
    uint32_t failed_hours; /* `notice_failed 24 hours` */
    uint32_t stale_hours;  /* `notice_stale 40 days` */
    uint32_t keep;         /* `keep_generations 24` */
};

/*
 * Reads the file. NULL means the default path; if that file does not exist, everything has its default. -1: ERR_IO, or
 * ERR_SYNTAX with file, line, the word in quotes and what may be written there (unknown directive, bad value, given
 * twice). A file of 0 bytes is refused as well (ERR_SYNTAX): a full disk may have emptied it, and the defaults would
 * replace a policy.
 */
int conf_read(struct conf **ret, const char *path, struct err *err);

/* The same for bytes in memory. `path` is for sentences and for relative paths. */
int conf_read_bytes(struct conf **ret, const char *path, const char *bytes, size_t len, struct err *err);

void conf_free(struct conf *conf); /* NULL is allowed */

#endif

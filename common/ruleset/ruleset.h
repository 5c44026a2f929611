/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ruleset.h - what a squid.conf says about requests: ports, ACLs, rules, helpers.
 *
 *     squidconf_text.h (lines) --> [directives, ACLs with their values] --> struct ruleset --> course.h
 *
 * Where it sits: room ruleset, above squidconf, which reads the lines. It is built once and then never changes. What
 * Squid does with a request by these rules belongs to the room course.
 */
#ifndef COMMON_RULESET_H
#define COMMON_RULESET_H

#include "name/addr.h"
#include "ruleset_acl.h"
#include "squid/squid.h"

struct arena;
struct err;
struct image;
struct ruleset_place;
struct squidconf_line;
struct squidconf_text;

#define ACL_BUCKETS 1024
#define TOKENS_MAX 64 /* of one FORMAT */
#define RULESET_WORKERS_MAX 8

/* Of auth_param, in the order of their names there. */
enum auth_scheme { AUTH_BASIC, AUTH_DIGEST, AUTH_NTLM, AUTH_NEGOTIATE };

/* A helper of ours that the configuration runs. */
struct ruleset_helper {
    const char *file; /* where its external_acl_type is */
    unsigned number;
    const char **arguments; /* its command line after the program, as Squid hands it over */
    size_t argument_count;
    const struct image *image; /* its table; set by the caller. NULL: none, it answers ERR no-table */
    uint32_t today;            /* set by the caller: the day, UTC */
};

/* An external_acl_type. */
struct external {
    const char *name;
    const char *tokens[TOKENS_MAX];
    size_t token_count;
    bool needs_user; /* %LOGIN or %ul: Squid asks for a password first */
    bool has_data;   /* %DATA is in FORMAT */
    bool ours;
    bool uncached; /* Squid keeps no answer: ttl=0 or cache=0 */
    struct squid_fields fields;
    size_t helper; /* index among the helpers of ours */
};

struct rule {
    const char *file;
    unsigned number;
    const char *text;   /* the line */
    const char *action; /* allow, deny, peek ... */
    struct acl_uses uses;
};

struct rules {
    struct rule *rule;
    size_t count, room;
};

struct port {
    const char *file;
    unsigned number;
    const char *address; /* as it is written, `3128` */
    const char *name;    /* name=, or what Squid calls it without one */
    uint16_t port;
    bool has_addr;
    struct addr addr;
    bool https, intercepts, serves, bumps;
    bool asks_cert; /* of clients (clientca=) */
    bool proxied;   /* require-proxy-header: clients come through a proxy that says who they are */
    bool tproxy;    /* while it is read: intercepts in that way */
};

struct ruleset {
    struct arena *arena;
    unsigned version;
    struct ruleset_place *refused; /* of ruleset_about */
    struct acl *buckets[ACL_BUCKETS];
    struct rules access, bump, follow; /* http_access, ssl_bump, follow_x_forwarded_for */
    struct rules adapted, miss;        /* adapted_http_access, miss_access */
    struct rules always, never;        /* always_direct, never_direct */
    struct rules proxies;              /* proxy_protocol_access */
    struct port *ports;
    size_t port_count, port_room;
    struct external **externals;
    size_t external_count, external_room;
    struct ruleset_helper *helpers;
    size_t helper_count, helper_room;
    const char **others; /* directives that may still stop a request or lead it elsewhere: `FILE:LINE: directive` */
    size_t other_count, other_room;
    const char **formats; /* names of logformat */
    size_t format_count, format_room;
    const char **services; /* names of services of ICAP and eCAP, and of sets and chains of them */
    size_t service_count, service_room;
    bool old_bump, new_bump;          /* ssl_bump allow and deny, other actions: Squid takes one kind only */
    unsigned schemes;                 /* of auth_param that have a program: bits 1 << enum auth_scheme */
    bool has_parent;                  /* some cache_peer is a parent */
    bool strict, passthru;            /* host_verify_strict, client_dst_passthru */
    bool indirect, cased;             /* acl_uses_indirect_client, auth_param basic casesensitive */
    bool check_hostnames, underscore; /* check_hostnames, allow_underscore */
    bool quoted, exact;            /* at this line: configuration_includes_quoted_values, relaxed_header_parser off */
    double header_max, buffer_max; /* request_header_max_size, client_request_buffer_max_size, in bytes */
    const struct squidconf_line *limit; /* the last line with one of them */
    const char *hosts;                  /* hosts_file; NULL: none */
    const char *domain;                 /* append_domain; NULL: none */
    bool inspects;   /* set by the caller: another worker has rules that inspect, so these should, too */
    unsigned worker; /* of which of Squid's workers; 0: of all */
    bool more_alike; /* and of others, for which it is the same */
    struct ruleset *other_workers[RULESET_WORKERS_MAX]; /* by ruleset_open(): those of workers with other rules */
    size_t other_worker_count;
    bool workers_cut;     /* there are more */
    struct acl **regexed; /* those whose regexes must be freed */
    size_t regexed_count, regexed_room;
};

/* What ruleset_open() has to know. */
struct ruleset_about {
    unsigned version; /* of Squid: 4, 5, 6 or 7 */
    struct arena *arena;
    struct ruleset_place *refused; /* may be NULL: set to the line that Squid would refuse */
};

struct ruleset_place {
    const char *file; /* lives in the arena */
    unsigned number;
    const char *why; /* the sentence without the place; NULL: nothing was refused */
};

/*
 * Reads a squid.conf with what it includes, and the files that its ACLs name, for the first of Squid's workers and for
 * each that reads other rules. The result belongs to the arena, but ruleset_close() must be called before that is
 * freed. -1 with one sentence: the file cannot be read, or some process of Squid would refuse it (ERR_SYNTAX, with
 * FILE:LINE), ERR_LIMIT, ERR_MEM. Cost: about a microsecond a line and worker.
 */
int ruleset_open(struct ruleset **ret, const char *path, const struct ruleset_about *about, struct err *err);

/* The same for lines that were read already, or were changed since; they must outlive the result. `rule.text` is then
 * the text of one of these lines, not a copy. */
int ruleset_make(struct ruleset **ret, const struct squidconf_text *text, const struct ruleset_about *about,
                 struct err *err);
void ruleset_close(struct ruleset *conf);

#endif

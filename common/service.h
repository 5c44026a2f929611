/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * service.h - the Microsoft 365 IP address and URL web service: its addresses and its answers.
 *
 * Where it sits: floor 5, above fetch.h and json.h. Documents themselves are read by table_json.c; here: versions, the
 * change feed, and which failure means to wait how long.
 */
#ifndef COMMON_SERVICE_H
#define COMMON_SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct buf;
struct conf;
struct err;

#define SERVICE_VERSION_MAX ((size_t)64 << 10)
#define SERVICE_DOCUMENT_MAX ((size_t)16 << 20)

/* How long to leave the service alone after a failure, in seconds, before jitter. */
#define SERVICE_BACKOFF_429 3600
#define SERVICE_BACKOFF_ERROR 900

/* GET /version/{instance}: the 10 digits of `latest`. -1: no answer, no 200 (429 and 5xx say so; *ret_backoff_s is
 * set), not JSON, another instance, not 10 digits. */
int service_version(char ret[11], const struct conf *conf, const char *instance, const char *client_id,
                    uint32_t *ret_backoff_s, struct err *err);

/* GET /endpoints/{instance} with the configured ServiceAreas, TenantName, NoIPv6. The body must be JSON of the right
 * shape as far as json_parse() sees; the table reader judges the rest. */
int service_endpoints(struct buf *ret, const struct conf *conf, const char *instance, const char *client_id,
                      uint32_t *ret_backoff_s, struct err *err);

/* GET /changes/{instance}/{since}. Only annotates: a caller goes on without it. */
int service_changes(struct buf *ret, const struct conf *conf, const char *instance, const char *since,
                    const char *client_id, struct err *err);

/* What Microsoft says about one name or prefix. */
struct service_change {
    const char *value;     /* url or prefix as in the feed, lower case */
    const char *impact;    /* AddedUrl, ...; NULL if absent */
    const char *effective; /* YYYYMMDD; NULL if absent */
    uint32_t set;
    bool removed;
};

/* Reads an answer of /changes newer than `since`; takes booleans as strings, unknown impacts, missing dates. Nonsense
 * gives 0 changes, never an error. The array and its texts belong to the arena. */
size_t service_changes_read(struct service_change **ret, struct arena *arena, const char *bytes, size_t len,
                            const char *since);

#endif

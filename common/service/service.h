/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * service.h - the Microsoft 365 IP address and URL web service: its addresses and its answers.
 *
 * Where it sits: room service, above fetch.h. It asks, and says how long to wait after which failure. The documents
 * themselves are read by table_json.c, the change feed by announced.h.
 */
#ifndef COMMON_SERVICE_H
#define COMMON_SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"

struct buf;
struct conf;
struct err;
struct fetcher;

#define SERVICE_VERSION_MAX ((size_t)64 << 10)
#define SERVICE_DOCUMENT_MAX ((size_t)16 << 20)

/* How long to leave the service alone after a failure, in seconds: the first time, and at most. */
#define SERVICE_BACKOFF_429 3600
#define SERVICE_BACKOFF_429_MOST 86400
#define SERVICE_BACKOFF_ERROR 900
#define SERVICE_BACKOFF_ERROR_MOST 14400

#define SERVICE_QUERY_MAX 512 /* the query that the configuration asks for, including the NUL */

struct service {
    const struct conf *conf;
    const struct fetcher *fetcher;
    char client_id[GUID_TEXT_MAX]; /* our own ClientRequestId */
    uint32_t backoff_s;            /* of the last failure, before doubling; 0: the service is not to blame */
};

/* The wait in seconds after `failures` failures in a row (1 is the first), of which the last asked for a first wait of
 * `first_s`. It doubles each time, up to the limits above, or to `first_s` itself if the service asked for a longer
 * wait. No jitter is added. */
uint32_t service_backoff(uint32_t first_s, uint32_t failures);

/* True for exactly ten digits that can be a version: YYYYMMDDNN from 2018 on. */
bool service_is_version(const char *text, size_t len);

/* What the configuration asks for besides version and instance, as query text ("" for nothing). If this text changes,
 * the same version gives another document. -1 with ERR_LIMIT. */
int service_query(char ret[SERVICE_QUERY_MAX], const struct conf *conf, struct err *err);

/* Checks whether bytes can be a document of /endpoints at all: UTF-8, JSON, an array, not an HTML page. The table
 * reader judges the rest. -1 with ERR_SYNTAX. */
int service_check_document(const char *bytes, size_t len, struct err *err);

/* GET /version/{instance}: the 10 digits of `latest`. Sets backoff_s. -1: no answer, a status other than 200 (429 and
 * 5xx are named), not JSON, another instance, not 10 digits. */
int service_version(char ret[11], struct service *service, const char *instance, struct err *err);

/* GET /endpoints/{instance} with the configured ServiceAreas, TenantName and NoIPv6, into an initialized buffer. The
 * body must pass service_check_document(). Sets backoff_s. -1 as for service_version(). */
int service_endpoints(struct buf *ret, struct service *service, const char *instance, struct err *err);

/* GET /changes/{instance}/{since} into an initialized buffer. -1 as for service_version(). It only adds explanations: a
 * caller continues without it, so backoff_s stays as it is. */
int service_changes(struct buf *ret, const struct service *service, const char *instance, const char *since,
                    struct err *err);

#endif

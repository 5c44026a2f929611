/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fetch.h - one HTTP GET through libcurl.
 *
 * Where it sits: room service, above base. fetch.c is the only file that includes libcurl, and only m365ctl links it.
 * What is being fetched belongs to service.h, which asks whatever fetcher it is given: libcurl's, or that of a test.
 *
 * Always in force: TLS verification, redirects only from https to https (at most 5), timeouts for connecting, for the
 * whole transfer and for slow ones, a size limit, and no cookies. The limit counts decompressed bytes, so compression
 * bombs do not work.
 */
#ifndef COMMON_FETCH_H
#define COMMON_FETCH_H

#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;

struct fetch_request {
    const char *url;     /* must be https */
    const char *proxy;   /* NULL: no proxy, whatever the environment says */
    const char *ca_file; /* NULL: the system's default */
    uint32_t connect_timeout_s;
    uint32_t timeout_s;
    size_t most; /* bytes of the body */
};

struct fetch_answer {
    long status;           /* HTTP status; 0 without an answer */
    int64_t retry_after_s; /* from a Retry-After (seconds, or until its date), otherwise 0 */
    char content_type[80];
};

struct fetcher {
    /*
     * Fetches the URL and appends the body to *ret. Returns 0 for any HTTP answer; the caller judges its status. The
     * body of one that is not 200 is cut at `most`. -1 with ERR_IO: no complete answer (name, connection, TLS, reset,
     * timeout, truncated body), with the reason; ERR_LIMIT: too large; ERR_MEM. What arrived by then is in *ret.
     */
    int (*get)(void *arg, struct buf *ret, struct fetch_answer *ret_answer, const struct fetch_request *request,
               struct err *err);
    void *arg;
};

/* Fetches with libcurl. The environment (https_proxy, no_proxy) has no influence. */
extern const struct fetcher fetch_curl;

#endif

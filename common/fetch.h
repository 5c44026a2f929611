/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fetch.h - one HTTP GET through libcurl.
 *
 * Where it sits: floor 5; fetch.c is the only file that knows libcurl and only m365ctl links it. What is fetched is not
 * known here (service.h).
 *
 * Always: TLS verified, redirects only from https to https (at most 5), connect, total and low-speed timeouts, a
 * ceiling on the size, no cookies, no decompression bombs (the ceiling counts decompressed bytes).
 */
#ifndef COMMON_FETCH_H
#define COMMON_FETCH_H

#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;

struct fetch_options {
    const char *proxy;   /* NULL: none, whatever the environment says */
    const char *ca_file; /* NULL: the system's */
    uint32_t connect_timeout_s;
    uint32_t timeout_s;
};

struct fetch_answer {
    long status;           /* HTTP status; 0 if there was none */
    int64_t retry_after_s; /* of a Retry-After (seconds, or until its date), else 0 */
    char content_type[80];
};

/*
 * Fetches `url`, which must be https, into *ret (appended, at most `most` bytes). 0 for any HTTP answer, whose status
 * the caller judges; the body of one that is not 200 is cut at `most`. -1 with ERR_IO: no answer (name, connection,
 * TLS, reset, time-out, truncated body: curl's reason in words), ERR_LIMIT: too large, ERR_MEM. What came until then
 * stands in *ret. The environment (https_proxy, no_proxy) decides nothing.
 */
int fetch_get(const char *url, const struct fetch_options *options, size_t most, struct buf *ret,
              struct fetch_answer *ret_answer, struct err *err);

#endif

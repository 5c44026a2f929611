// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fetch.c - see fetch.h. The only file that includes libcurl.
 *
 * Error sentences show the address without its query, which contains the ClientRequestId. libcurl's own message follows
 * in parentheses, because administrators can look it up.
 */
#include "fetch.h"

#include <curl/curl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/buf.h"
#include "base/err.h"

#define REDIRECTS_MAX 5L
#define HEADERS_MAX ((size_t)64 << 10) /* bytes of all header lines, of all redirects together */
#define PROXY_NAME_MAX 200             /* bytes of its address that are shown */
#define PROXY_REASON_MAX (PROXY_NAME_MAX + 80)
#define SLOW_BYTES_A_SECOND 100L
#define SLOW_SECONDS 30L

struct transfer {
    CURL *curl;
    struct buf *body;
    size_t start; /* length of *body before this transfer */
    size_t most;
    size_t header_bytes;
    int64_t retry_after_s;
    bool too_large;
    bool too_many_headers;
    char words[CURL_ERROR_SIZE];
};

/* Called with decompressed bytes. An error page may be of any length, and its beginning is enough. */
static size_t
take_body(char *bytes, size_t unit, size_t count, void *arg)
{
    struct transfer *transfer = arg;
    size_t len = unit * count, take = len;
    size_t room = transfer->most - (transfer->body->len - transfer->start);
    if (len > room) {
        long status = 0;
        curl_easy_getinfo(transfer->curl, CURLINFO_RESPONSE_CODE, &status);
        transfer->too_large = status == 200;
        take = room;
    }
    if (transfer->too_large)
        return 0;
    buf_add(transfer->body, bytes, take);
    return buf_ok(transfer->body) ? len : 0;
}

/* Seconds or a date; 0 if it is neither, or over. Not CURLINFO_RETRY_AFTER: newer libcurls cut that to six hours. */
static int64_t
retry_after(const char *bytes, size_t len)
{
    char text[64];
    snprintf(text, sizeof text, "%.*s", (int)len, bytes);
    char *end = NULL;
    int64_t seconds = strtoll(text, &end, 10);
    if (end == text) {
        time_t date = curl_getdate(text, NULL);
        seconds = date == -1 ? 0 : (int64_t)date - (int64_t)time(NULL);
    }
    return seconds < 0 ? 0 : seconds;
}

/* Each hop of a redirect starts anew. */
static void
take_retry_after(struct transfer *transfer, const char *line, size_t len)
{
    static const char status[] = "HTTP/", name[] = "Retry-After:";
    if (len >= sizeof status && strncmp(line, status, sizeof status - 1) == 0)
        transfer->retry_after_s = 0;
    else if (len >= sizeof name && strncasecmp(line, name, sizeof name - 1) == 0)
        transfer->retry_after_s = retry_after(line + sizeof name - 1, len - (sizeof name - 1));
}

static size_t
take_header(char *bytes, size_t unit, size_t count, void *arg)
{
    struct transfer *transfer = arg;
    take_retry_after(transfer, bytes, unit * count);
    transfer->header_bytes += unit * count;
    transfer->too_many_headers = transfer->header_bytes > HEADERS_MAX;
    return transfer->too_many_headers ? 0 : unit * count;
}

static bool
allow_https_only(CURL *curl)
{
#if LIBCURL_VERSION_NUM >= 0x075500
    return curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "https") == CURLE_OK;
#else
    return curl_easy_setopt(curl, CURLOPT_PROTOCOLS, (long)CURLPROTO_HTTPS) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS, (long)CURLPROTO_HTTPS) == CURLE_OK;
#endif
}

/* An empty string where NULL would let the environment decide. */
static bool
set_peer(CURL *curl, const struct fetch_request *request)
{
    bool good = allow_https_only(curl) && curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_MAXREDIRS, REDIRECTS_MAX) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_PROXY, request->proxy == NULL ? "" : request->proxy) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_NOPROXY, "") == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L) == CURLE_OK;
    if (request->ca_file == NULL)
        return good;
    return good && curl_easy_setopt(curl, CURLOPT_CAINFO, request->ca_file) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_CAPATH, NULL) == CURLE_OK;
}

static bool
set_limits(CURL *curl, const struct fetch_request *request)
{
    return curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)request->connect_timeout_s) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)request->timeout_s) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, SLOW_BYTES_A_SECOND) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, SLOW_SECONDS) == CURLE_OK;
}

static bool
set_transfer(struct transfer *transfer, const char *url)
{
    CURL *curl = transfer->curl;
    return curl_easy_setopt(curl, CURLOPT_URL, url) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_USERAGENT, "squid-m365/" M365_VERSION) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "gzip") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, transfer->words) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEDATA, (void *)transfer) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_HEADERDATA, (void *)transfer) == CURLE_OK;
}

static const char *
reason(CURLcode code)
{
    switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST: return "its name cannot be resolved";
    case CURLE_COULDNT_CONNECT: return "no connection";
    case CURLE_OPERATION_TIMEDOUT: return "no answer in time";
    case CURLE_PEER_FAILED_VERIFICATION: return "its certificate is not trusted";
    case CURLE_SSL_CACERT_BADFILE: return "the file of trusted certificates cannot be read";
    case CURLE_SSL_CONNECT_ERROR: return "TLS failed";
    case CURLE_UNSUPPORTED_PROTOCOL: return "it redirects to an address that is not https";
    case CURLE_TOO_MANY_REDIRECTS: return "it redirects too many times";
    case CURLE_PARTIAL_FILE: return "the answer was cut off";
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR: return "the connection broke before the answer was complete";
    case CURLE_BAD_CONTENT_ENCODING: return "the compressed answer is damaged";
    case CURLE_OUT_OF_MEMORY: return "no memory";
    default: return "failed";
    }
}

/* A sentence about a proxy, before and after its name. */
struct blame {
    const char *before, *after;
};

/* What a proxy can be to blame for, as long as it has not let us through; no words for anything else. */
static struct blame
proxy_reason(CURLcode code)
{
    switch (code) {
    case CURLE_COULDNT_RESOLVE_PROXY: return (struct blame){"the name of the proxy", " cannot be resolved"};
    case CURLE_COULDNT_CONNECT: return (struct blame){"no connection to the proxy", ""};
    case CURLE_OPERATION_TIMEDOUT: return (struct blame){"no answer in time from the proxy", ""};
    case CURLE_PEER_FAILED_VERIFICATION: return (struct blame){"the certificate of the proxy", " is not trusted"};
    case CURLE_SSL_CONNECT_ERROR: return (struct blame){"TLS with the proxy", " failed"};
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR: return (struct blame){"the connection to the proxy", " broke"};
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_TOO_MANY_REDIRECTS:
    case CURLE_OUT_OF_MEMORY: return (struct blame){NULL, NULL};
    default: return (struct blame){"the proxy", " failed"};
    }
}

/* The address of a proxy without the user and password that may be in it. */
static void
name_proxy(char ret[PROXY_NAME_MAX], const char *proxy)
{
    const char *host = strstr(proxy, "://");
    host = host == NULL ? proxy : host + 3;
    const char *at = strrchr(host, '@');
    snprintf(ret, PROXY_NAME_MAX, "%.*s%.*s", (int)(host - proxy), proxy, PROXY_NAME_MAX - 16,
             at == NULL ? host : at + 1);
}

/* Says that the proxy is to blame, and which one. Every address is https, so a proxy that lets us through has answered
 * CONNECT with a 2xx status; and it is the proxy alone that we connect to. False: it is not to blame. */
static bool
blame_proxy(char ret[PROXY_REASON_MAX], const struct transfer *transfer, const char *proxy, CURLcode code)
{
    char name[PROXY_NAME_MAX];
    long status = 0;
    const struct blame blame = proxy_reason(code);
    if (proxy == NULL || blame.before == NULL)
        return false;
    curl_easy_getinfo(transfer->curl, CURLINFO_HTTP_CONNECTCODE, &status);
    name_proxy(name, proxy);
    if (code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_PROXY || status < 200)
        snprintf(ret, PROXY_REASON_MAX, "%s '%s'%s", blame.before, name, blame.after);
    else if (status == 407)
        snprintf(ret, PROXY_REASON_MAX, "the proxy '%s' wants another user or password and answers 407", name);
    else if (status >= 300)
        snprintf(ret, PROXY_REASON_MAX, "the proxy '%s' does not let us through and answers %ld", name, status);
    else
        return false;
    return true;
}

static int
fail(const struct transfer *transfer, const struct fetch_request *request, CURLcode code, struct err *err)
{
    char blame[PROXY_REASON_MAX];
    const char *url = request->url;
    int len = (int)strcspn(url, "?");
    if (len > 200)
        len = 200;
    if (transfer->too_large)
        return err_set(err, ERR_LIMIT, "cannot fetch '%.*s': the answer is larger than %zu bytes", len, url,
                       transfer->most);
    if (transfer->too_many_headers)
        return err_set(err, ERR_LIMIT, "cannot fetch '%.*s': its header is larger than %zu bytes", len, url,
                       HEADERS_MAX);
    if (!buf_ok(transfer->body))
        return err_set(err, ERR_MEM, "cannot fetch '%.*s': no memory", len, url);
    const char *words = transfer->words[0] != '\0' ? transfer->words : curl_easy_strerror(code);
    const char *why = blame_proxy(blame, transfer, request->proxy, code) ? blame : reason(code);
    return err_set(err, ERR_IO, "cannot fetch '%.*s': %s (%.150s)", len, url, why, words);
}

static void
get_answer(struct fetch_answer *ret, const struct transfer *transfer)
{
    CURL *curl = transfer->curl;
    const char *type = NULL;
    *ret = (struct fetch_answer){.retry_after_s = transfer->retry_after_s};
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &ret->status);
    curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
    snprintf(ret->content_type, sizeof ret->content_type, "%s", type == NULL ? "" : type);
}

static int
get(void *arg, struct buf *ret, struct fetch_answer *ret_answer, const struct fetch_request *request, struct err *err)
{
    (void)arg;
    struct transfer transfer = {.body = ret, .start = ret->len, .most = request->most};
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return err_set(err, ERR_MEM, "cannot start libcurl");
    /* A library used by libcurl may write to a closed connection. */
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    sigaction(SIGPIPE, &ignore, &before);
    CURLcode code = CURLE_OUT_OF_MEMORY;
    transfer.curl = curl_easy_init();
    if (transfer.curl != NULL && set_peer(transfer.curl, request) && set_limits(transfer.curl, request) &&
        set_transfer(&transfer, request->url))
        code = curl_easy_perform(transfer.curl);
    sigaction(SIGPIPE, &before, NULL);
    int result = 0;
    if (code != CURLE_OK)
        result = fail(&transfer, request, code, err);
    else
        get_answer(ret_answer, &transfer);
    curl_easy_cleanup(transfer.curl);
    curl_global_cleanup();
    return result;
}

const struct fetcher fetch_curl = {.get = get};

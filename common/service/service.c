// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * service.c - see service.h: sends requests and judges answers. The change feed is read by announced.c.
 *
 * The service reports errors as plain text, a proxy or a hotel as HTML, and a client that asked too often is sometimes
 * left hanging instead of being told. So nothing is believed because of a status or a content type alone.
 */
#include "service.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/kind.h"
#include "base/utf8.h"
#include "conf/conf.h"
#include "fetch.h"

#define URL_MAX 2048

uint32_t
service_backoff(uint32_t first_s, uint32_t failures)
{
    uint32_t most = first_s >= SERVICE_BACKOFF_429 ? SERVICE_BACKOFF_429_MOST : SERVICE_BACKOFF_ERROR_MOST;
    uint64_t wait = first_s;
    for (uint32_t i = 1; i < failures && wait < most; i++)
        wait *= 2;
    return wait > most ? most : (uint32_t)wait;
}

bool
service_is_version(const char *text, size_t len)
{
    if (len != 10)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
    }
    int month = (text[4] - '0') * 10 + text[5] - '0', day = (text[6] - '0') * 10 + text[7] - '0';
    return memcmp(text, "2018", 4) >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/* Percent-encodes everything except unreserved characters (RFC 3986, section 2.3) and commas. */
static void
add_escaped(struct buf *buf, const char *text)
{
    static const char digits[] = "0123456789ABCDEF";
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~,";
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (strchr(plain, c) != NULL) {
            buf_add_char(buf, *text);
        } else {
            buf_add_char(buf, '%');
            buf_add_char(buf, digits[c >> 4]);
            buf_add_char(buf, digits[c & 15]);
        }
    }
}

int
service_query(char ret[SERVICE_QUERY_MAX], const struct conf *conf, struct err *err)
{
    struct buf query;
    buf_init(&query, SERVICE_QUERY_MAX - 1);
    buf_add_text(&query, "&ServiceAreas=");
    add_escaped(&query, conf->service_areas);
    if (conf->tenant_name != NULL) {
        buf_add_text(&query, "&TenantName=");
        add_escaped(&query, conf->tenant_name);
    }
    if (conf->no_ipv6)
        buf_add_text(&query, "&NoIPv6=true");
    bool good = buf_ok(&query);
    if (good) {
        if (query.len > 0)
            memcpy(ret, query.data, query.len);
        ret[query.len] = '\0';
    }
    buf_clear(&query);
    return good ? 0
                : err_set(err, ERR_LIMIT, "service_areas and tenant_name are longer than %d bytes", SERVICE_QUERY_MAX);
}

/* The beginning of a body that is not a document, for an error sentence. */
static void
first_words(char ret[81], const struct buf *body)
{
    size_t n = 0;
    for (size_t i = 0; i < body->len && n < 80; i++) {
        char c = body->data[i];
        bool space = c == ' ' || c == '\t' || c == '\r' || c == '\n';
        if (!space)
            ret[n++] = c;
        else if (n > 0 && ret[n - 1] != ' ')
            ret[n++] = ' ';
    }
    ret[n] = '\0';
}

static uint32_t
wait_for(const struct fetch_answer *answer)
{
    int64_t wait = answer->status == 429 ? SERVICE_BACKOFF_429 : SERVICE_BACKOFF_ERROR;
    if (answer->retry_after_s > wait)
        wait = answer->retry_after_s;
    return wait > SERVICE_BACKOFF_429_MOST ? SERVICE_BACKOFF_429_MOST : (uint32_t)wait;
}

static int
judge_status(const struct fetch_answer *answer, const struct buf *body, struct err *err)
{
    char words[81];
    if (answer->status == 200)
        return 0;
    if (answer->status == 429)
        return err_set(err, ERR_IO, "the service answers 429, too many requests from this address");
    if (answer->status >= 500 && answer->status <= 599)
        return err_set(err, ERR_IO, "the service answers %ld, a failure on its side", answer->status);
    first_words(words, body);
    return err_set(err, ERR_IO, "the service answers %ld: %s", answer->status, words[0] == '\0' ? "nothing" : words);
}

/* Accepts only a `charset=` in the content type that JSON may have (RFC 8259, section 8.1). */
static int
judge_charset(const char *type, struct err *err)
{
    const char *found = strcasestr(type, "charset=");
    if (found == NULL)
        return 0;
    found += strlen("charset=");
    found += *found == '"';
    int len = (int)strcspn(found, "\"; \t");
    if ((len == 5 && strncasecmp(found, "utf-8", 5) == 0) || (len == 8 && strncasecmp(found, "us-ascii", 8) == 0))
        return 0;
    return err_set(err, ERR_SYNTAX, "the answer is in charset '%.*s', but JSON must be in UTF-8", len > 40 ? 40 : len,
                   found);
}

static int
judge_text(const char *bytes, size_t len, struct err *err)
{
    size_t start = 0;
    while (start < len && strchr(" \t\r\n", bytes[start]) != NULL && bytes[start] != '\0')
        start++;
    if (start == len)
        return err_set(err, ERR_SYNTAX, "it is empty");
    if (bytes[start] == '<')
        return err_set(err, ERR_SYNTAX,
                       "a page of HTML instead of JSON; does a proxy or a portal answer in its place?");
    const char *kind = kind_not_text(bytes, len);
    if (kind != NULL)
        return err_set(err, ERR_SYNTAX, "%s", kind);
    for (size_t at = 0; at < len;) {
        size_t n = utf8_sequence(bytes + at, len - at);
        if (n == 0)
            return err_set(err, ERR_SYNTAX, "byte %zu is not UTF-8, as JSON must be", at + 1);
        at += n;
    }
    return 0;
}

int
service_check_document(const char *bytes, size_t len, struct err *err)
{
    struct json *root;
    if (judge_text(bytes, len, err) != 0 || json_parse(&root, bytes, len, err) != 0)
        return -1;
    int result = 0;
    if (!json_is_array(root))
        result = err_set(err, ERR_SYNTAX, "the document is not an array; is this an answer of /endpoints?");
    json_free(root);
    return result;
}

/* GET base/path?ClientRequestId=...query, at most `most` bytes, into `ret`. 0: the status is 200, and `ret` has the
 * body. */
static int
ask(struct buf *ret, struct service *service, const char *path, const char *query, size_t most, struct err *err)
{
    const struct conf *conf = service->conf;
    struct fetch_answer answer = {0};
    char url[URL_MAX];
    int n = snprintf(url, sizeof url, "%s%s?ClientRequestId=%s%s", conf->service_url, path, service->client_id, query);
    service->backoff_s = SERVICE_BACKOFF_ERROR;
    if (n < 0 || (size_t)n >= sizeof url)
        return err_set(err, ERR_LIMIT, "the address of the service is longer than %d bytes", URL_MAX);
    const struct fetch_request request = {
        .url = url,
        .proxy = conf->proxy,
        .ca_file = conf->ca_file,
        .connect_timeout_s = conf->connect_timeout_s,
        .timeout_s = conf->timeout_s,
        .most = most,
    };
    if (service->fetcher->get(service->fetcher->arg, ret, &answer, &request, err) != 0)
        return -1;
    service->backoff_s = wait_for(&answer);
    if (judge_status(&answer, ret, err) != 0 || judge_charset(answer.content_type, err) != 0)
        return err_add(err, "cannot fetch '%.*s'", (int)strcspn(url, "?"), url);
    return 0;
}

static int
read_version(char ret[11], const char *bytes, size_t len, const char *instance, struct err *err)
{
    struct json *root;
    const char *name, *latest;
    if (judge_text(bytes, len, err) != 0 || json_parse(&root, bytes, len, err) != 0)
        return -1;
    int result = 0;
    if (!json_get_text(json_member(root, "instance", NULL), &name) ||
        !json_get_text(json_member(root, "latest", NULL), &latest))
        result = err_set(err, ERR_SYNTAX, "'instance' or 'latest' is missing; is this an answer of /version?");
    else if (strcasecmp(name, instance) != 0)
        result = err_set(err, ERR_SYNTAX, "it is about instance '%.40s'", name);
    else if (!service_is_version(latest, strlen(latest)))
        result = err_set(err, ERR_SYNTAX, "'%.40s' is not a version of 10 digits, YYYYMMDDNN", latest);
    else
        memcpy(ret, latest, 11);
    json_free(root);
    return result;
}

int
service_version(char ret[11], struct service *service, const char *instance, struct err *err)
{
    struct buf body;
    char path[64];
    buf_init(&body, SERVICE_VERSION_MAX);
    snprintf(path, sizeof path, "/version/%s", instance);
    int result = ask(&body, service, path, "", SERVICE_VERSION_MAX, err);
    if (result == 0 && read_version(ret, body.data, body.len, instance, err) != 0)
        result = err_add(err, "the answer to '%s' is refused", path);
    buf_clear(&body);
    return result;
}

/* Asks for a document of /endpoints or /changes. */
static int
ask_document(struct buf *ret, struct service *service, const char *path, const char *query, struct err *err)
{
    size_t start = ret->len;
    if (ask(ret, service, path, query, SERVICE_DOCUMENT_MAX, err) != 0)
        return -1;
    bool empty = ret->len == start;
    if (service_check_document(empty ? "" : ret->data + start, ret->len - start, err) != 0)
        return err_add(err, "the answer to '%s' is refused", path);
    return 0;
}

int
service_endpoints(struct buf *ret, struct service *service, const char *instance, struct err *err)
{
    char path[64], query[SERVICE_QUERY_MAX];
    service->backoff_s = 0;
    if (service_query(query, service->conf, err) != 0)
        return -1;
    snprintf(path, sizeof path, "/endpoints/%s", instance);
    return ask_document(ret, service, path, query, err);
}

int
service_changes(struct buf *ret, const struct service *service, const char *instance, const char *since,
                struct err *err)
{
    struct service copy = *service;
    char path[64];
    snprintf(path, sizeof path, "/changes/%s/%s", instance, since);
    return ask_document(ret, &copy, path, "", err);
}

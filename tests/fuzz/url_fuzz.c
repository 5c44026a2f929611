// SPDX-License-Identifier: GPL-2.0-or-later
/* url_fuzz.c - arbitrary bytes as a destination: names, addresses, prefixes, patterns, URLs. See fuzz.h. */
#include <string.h>

#include "base/err.h"
#include "fuzz.h"
#include "name/addr.h"
#include "name/host.h"
#include "name/pattern.h"
#include "name/url.h"
#include "verdict/request.h"

/* A canonical text must not change when it is read again. */
static void
try_host(const char *text, size_t len)
{
    struct host host, again;
    if (!host_parse(&host, text, len))
        return;
    MUST(host.len > 0 && host.len <= HOST_MAX && host.text[host.len] == '\0' && host.len <= len &&
         len <= host.len + 1u);
    MUST(host_parse(&again, host.text, host.len));
    MUST(again.len == host.len && memcmp(again.text, host.text, host.len) == 0);
    MUST(pattern_match(host.text, host.len, host.text, host.len));
}

static void
try_prefix(const char *text, size_t len)
{
    struct prefix prefix, again;
    struct err err = {0};
    char out[PREFIX_TEXT_MAX];
    if (prefix_parse(&prefix, text, len, &err) != 0) {
        MUST(err.text[0] != '\0');
        return;
    }
    prefix_format(out, &prefix);
    MUST(prefix_parse(&again, out, strlen(out), &err) == 0);
    MUST(memcmp(&again.addr, &prefix.addr, sizeof again.addr) == 0 && again.len == prefix.len);
    MUST(prefix_holds(&prefix, &prefix.addr));
}

static void
try_pattern(const char *text, size_t len, bool published)
{
    struct pattern out, again;
    char filled[PATTERN_MAX + 1];
    struct err err = {0};
    if (pattern_parse(&out, text, len, published, &err) != 0) {
        MUST(err.text[0] != '\0');
        return;
    }
    MUST(out.text[out.len] == '\0' && pattern_kind(out.text, out.len) == out.kind);
    MUST(pattern_parse(&again, out.text, out.len, published, &err) == 0);
    MUST(again.len == out.len && again.kind == out.kind && memcmp(again.text, out.text, out.len) == 0);
    if (out.kind == PATTERN_REGEX)
        return;
    size_t filled_len = pattern_fill_tenant(filled, out.text, out.len, NULL);
    MUST(filled_len > 0 && filled_len <= HOST_MAX + 1);
    MUST(pattern_cloud(filled, filled_len) == NULL || pattern_is_open(filled, filled_len));
    MUST(pattern_covers("*", 1, filled, filled_len) && pattern_covers(filled, filled_len, filled, filled_len));
    MUST(pattern_meets(filled, filled_len, "*", 1) && pattern_meets(filled, filled_len, filled, filled_len));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct authority cut;
    struct request request;
    for (int pasted = 0; pasted < 2; pasted++) {
        if (pasted)
            url_split_pasted(&cut, text, size);
        else
            url_split(&cut, text, size);
        MUST(cut.host >= text && cut.host + cut.host_len <= text + size);
        MUST(cut.port == NULL || (cut.port >= text && cut.port + cut.port_len <= text + size));
    }
    request_init(&request);
    request_set_url(&request, text, size);
    request_set_sni(&request, text, size);
    request_set_la(&request, text, size);
    MUST(request.sni.given != GIVEN_ADDR && request.la.given != GIVEN_NAME);
    try_host(text, size);
    try_prefix(text, size);
    try_pattern(text, size, false);
    try_pattern(text, size, true);
    return 0;
}

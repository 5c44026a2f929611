// SPDX-License-Identifier: GPL-2.0-or-later
/* rules_fuzz.c - arbitrary bytes as a URL (the first line) and as rewrite rules (the rest), through rewrite.h. See
 * fuzz.h. */
#include <string.h>

#include "err.h"
#include "fuzz.h"
#include "request.h"
#include "rewrite.h"

/* The result must be one value in quotes, made of bytes with no special meaning there. */
static void
check_result(const char *text, size_t len)
{
    const char *open = memchr(text, '"', len);
    const char *end = memrchr(text, '"', len);
    MUST(len <= REWRITE_RESULT_MAX && memcmp(text, "OK ", 3) == 0 && open != NULL && end > open + 1);
    for (const char *c = open + 1; c < end; c++)
        MUST(*c > ' ' && *c < 0x7f && *c != '"' && *c != '\\');
    MUST((size_t)(text + len - end) > 13 && memcmp(end, "\" m365_line_=", 13) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *url = (const char *)data;
    const char *feed = size > 0 ? memchr(url, '\n', size) : NULL;
    if (feed == NULL)
        return 0;
    size_t len = (size_t)(feed - url);
    struct err err = {0};
    struct rewrite *rules;
    struct request request;
    char result[REWRITE_RESULT_MAX];
    if (rewrite_read_bytes(&rules, "rules", feed + 1, size - len - 1, &err) != 0) {
        MUST(err.text[0] != '\0');
        return 0;
    }
    request_init(&request);
    request_set_url(&request, url, len);
    size_t done = rewrite_apply(rules, &request, url, len, result);
    if (done > 0)
        check_result(result, done);
    rewrite_free(rules);
    return 0;
}

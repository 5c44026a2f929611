// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * url_m365_rewrite.c - the url_rewrite_program helper: the verdict on a URL as annotations of the request.
 *
 *     [ID] URL [extras] --> verdict --> [ID] OK|ERR notes
 *
 * No reply names a URL, so Squid leaves the request as it is. Here the pieces are put together: lines in and out are
 * serve.c's, the text of a reply is squid.c's, the verdict verdict.c's, and how a URL is cut url.c's.
 */
#include <string.h>

#include "options.h"
#include "request.h"
#include "serve.h"
#include "squid.h"
#include "verdict.h"

static bool
has_key(struct squid_word word, const char *key, struct squid_word *ret_value)
{
    size_t len = strlen(key);
    if (word.len < len || memcmp(word.text, key, len) != 0)
        return false;
    *ret_value = (struct squid_word){.text = word.text + len, .len = word.len - len};
    return true;
}

/* The first word is the URL. Of the extras the last of a kind counts: whatever a client smuggles in stands before those
 * that Squid appends. */
static void
parse_line(struct request *ret, const char *line, size_t len)
{
    struct squid_word rest = {.text = line, .len = len};
    struct squid_word value;
    request_init(ret);
    struct squid_word url = squid_take_word(&rest);
    ret->line_ok = url.len > 0;
    request_set_url(ret, url.text, url.len);
    for (struct squid_word word = squid_take_word(&rest); word.len > 0; word = squid_take_word(&rest)) {
        if (has_key(word, "sni=", &value))
            request_set_sni(ret, value.text, value.len);
        else if (has_key(word, "la=", &value))
            request_set_la(ret, value.text, value.len);
    }
}

static size_t
answer(void *arg, const struct image *image, uint32_t today, struct squid_word id, const char *line, size_t len,
       char ret[SQUID_REPLY_MAX])
{
    (void)arg;
    struct request request;
    struct verdict verdict;
    parse_line(&request, line, len);
    verdict_decide(image, &request, today, &verdict);
    return squid_reply(ret, id, verdict.bypass, image, &verdict);
}

int
main(int argc, char **argv)
{
    static struct options options = {.program = "url_m365_rewrite", .has_fields = false};
    int status;
    if (!options_parse(&options, argc, argv, &status))
        return status;
    struct serve serve = {.detect_tokens = 1, .answer = answer};
    return options_serve(&options, &serve);
}

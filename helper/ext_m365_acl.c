// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ext_m365_acl.c - the external_acl_type helper: OK for a request that may pass without inspection and password.
 *
 *     [ID] dst sni port [ACL arguments] --> verdict --> [ID] OK|ERR notes
 *
 * Here the pieces are put together. Lines in and out are serve.c's, their text is squid.c's, the verdict verdict.c's.
 */
#include <string.h>

#include "options.h"
#include "request.h"
#include "serve.h"
#include "squid.h"
#include "verdict.h"

#define UNKNOWN_MAX 16      /* distinct unknown words that are said */
#define UNKNOWN_TEXT_MAX 64 /* bytes of one; longer words that begin alike are the same */

struct helper {
    struct options options;
    size_t unknown_count;
    struct {
        size_t len;
        char text[UNKNOWN_TEXT_MAX];
    } unknown[UNKNOWN_MAX];
};

static void
say_unknown(struct helper *helper, struct squid_word word)
{
    if (word.len > UNKNOWN_TEXT_MAX)
        word.len = UNKNOWN_TEXT_MAX;
    for (size_t i = 0; i < helper->unknown_count; i++) {
        if (helper->unknown[i].len == word.len && memcmp(helper->unknown[i].text, word.text, word.len) == 0)
            return;
    }
    if (helper->unknown_count == UNKNOWN_MAX)
        return;
    memcpy(helper->unknown[helper->unknown_count].text, word.text, word.len);
    helper->unknown[helper->unknown_count++].len = word.len;
    serve_say(
        helper->options.program,
        "unknown acl argument '%.*s' never matches; known are Optimize, Allow, Default, required, expressroute and "
        "the areas of the table",
        (int)word.len, word.text);
}

static size_t
answer(void *arg, const struct image *image, uint32_t today, struct squid_word id, const char *line, size_t len,
       char *ret)
{
    struct helper *helper = arg;
    struct request request;
    struct squid_word args, unknown;
    struct verdict verdict;
    squid_parse_line(&helper->options.fields, line, len, &request, &args);
    verdict_decide(image, &request, today, &verdict);
    bool ok = squid_args_allow(image, &verdict, args, &unknown);
    if (unknown.len > 0)
        say_unknown(helper, unknown);
    return squid_reply(ret, id, ok, image, &verdict);
}

int
main(int argc, char **argv)
{
    static struct helper helper = {.options = {.program = "ext_m365_acl", .has_fields = true}};
    int status;
    if (!options_parse(&helper.options, argc, argv, &status))
        return status;
    struct serve serve = {.detect_tokens = helper.options.fields.count, .answer = answer, .arg = &helper};
    return options_serve(&helper.options, &serve);
}

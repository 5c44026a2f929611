// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ext_m365_acl.c - the external_acl_type helper: OK for a request that may pass without inspection and password.
 *
 *     [ID] dst sni port [ACL arguments] --> verdict --> [ID] OK|ERR notes
 *
 * Where it sits: helper/, at the top. It only puts the pieces together: serve.c reads and writes lines, squid.c parses
 * and formats them, verdict.c decides.
 */
#include <string.h>

#include "counter/counter.h"
#include "name/verb.h"
#include "serve/options.h"
#include "serve/serve.h"
#include "squid/squid.h"
#include "verdict/request.h"
#include "verdict/verdict.h"

#define UNKNOWN_MAX 16      /* distinct unknown words that are reported */
#define UNKNOWN_TEXT_MAX 64 /* bytes kept of a word; longer words with the same beginning count as the same */

/* The parsed lines of a batch, which are decided together. */
struct batch {
    struct request requests[SERVE_BATCH];
    struct squid_word args[SERVE_BATCH];
    struct verdict verdicts[SERVE_BATCH];
};

struct helper {
    struct options options;
    struct batch batch;
    struct squid_tails tails;
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
    serve_say(helper->options.program,
              "unknown acl argument '%.*s' never matches; known words are " VERB_CATEGORY_WORDS ", required, "
              "expressroute and the areas of the table",
              (int)word.len, word.text);
}

static size_t
answer(void *arg, const struct image *image, uint32_t today, const struct serve_line *lines, size_t count, char *ret)
{
    struct helper *helper = arg;
    struct batch *batch = &helper->batch;
    size_t used = 0;
    for (size_t i = 0; i < count; i++)
        squid_parse_line(&helper->options.fields, lines[i].text.text, lines[i].text.len, &batch->requests[i],
                         &batch->args[i]);
    verdict_decide_all(image, batch->requests, count, today, batch->verdicts);
    for (size_t i = 0; i < count; i++) {
        struct squid_word unknown;
        bool ok = squid_args_allow(image, &batch->requests[i], today, &batch->verdicts[i], batch->args[i], &unknown);
        if (unknown.len > 0)
            say_unknown(helper, unknown);
        used += squid_reply(&helper->tails, ret + used, lines[i].id, ok, image, &batch->verdicts[i]);
    }
    return used;
}

static void
count(void *arg, struct counter *counter, size_t lines)
{
    const struct helper *helper = arg;
    counter_add_verdicts(counter, helper->batch.verdicts, lines);
}

int
main(int argc, char **argv)
{
    static struct helper helper = {.options = {.program = "ext_m365_acl", .counts = COUNTER_ACL, .has_fields = true}};
    int status;
    if (!options_parse(&helper.options, argc, argv, &status))
        return status;
    struct serve serve = {.detect_tokens = helper.options.fields.count,
                          .detect_fields = &helper.options.fields,
                          .answer = answer,
                          .count = count,
                          .arg = &helper};
    return options_serve(&helper.options, &serve);
}

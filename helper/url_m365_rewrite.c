// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * url_m365_rewrite.c - the url_rewrite_program helper: annotates requests with the verdict on their URL, and applies
 * rules to requests that are not bypassed.
 *
 *     [ID] URL [extras] --> verdict --> bypass: [ID] OK notes
 *                               `-----> rules:  [ID] OK url="..." notes, or ERR notes
 *
 * Where it sits: helper/, at the top. Without -r no reply contains a URL, so Squid leaves the request unchanged. It
 * only puts the pieces together: serve.c reads and writes lines, squid.c formats replies, verdict.c decides, rewrite.c
 * applies rules, url.c splits URLs.
 */
#include <string.h>

#include "base/err.h"
#include "counter/counter.h"
#include "serve/options.h"
#include "serve/serve.h"
#include "squid/rewrite.h"
#include "squid/squid.h"
#include "verdict/request.h"
#include "verdict/verdict.h"

/* The rules of -r, when their last error was reported, and the parsed lines of a batch. */
struct rules {
    struct request requests[SERVE_BATCH];
    struct squid_word urls[SERVE_BATCH];
    struct verdict verdicts[SERVE_BATCH];
    struct squid_tails tails;
    const char *program;
    struct rewrite_watch *watch; /* NULL without -r */
    bool said, broken;
    uint64_t said_ms;
    char trouble[ERR_TEXT_MAX]; /* while broken */
};

static bool
has_key(struct squid_word word, const char *key, struct squid_word *ret_value)
{
    size_t len = strlen(key);
    if (!squid_word_begins(word, key))
        return false;
    *ret_value = (struct squid_word){.text = word.text + len, .len = word.len - len};
    return true;
}

/* The first word is the URL. Of each kind of extra the last one counts: anything that a client smuggles in comes before
 * what Squid appends. */
static struct squid_word
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
    return url;
}

static size_t
reply(struct rules *rules, const struct image *image, struct squid_word id, size_t number, char *ret)
{
    const struct verdict *verdict = &rules->verdicts[number];
    struct squid_word url = rules->urls[number];
    const struct rewrite *current = rules->watch != NULL ? rewrite_current(rules->watch) : NULL;
    if (current == NULL || verdict->bypass)
        return squid_reply(&rules->tails, ret, id, verdict->bypass, image, verdict);
    char start[REWRITE_RESULT_MAX];
    size_t start_len = rewrite_apply(current, &rules->requests[number], url.text, url.len, start);
    if (start_len == 0)
        return squid_reply(&rules->tails, ret, id, false, image, verdict);
    return squid_reply_start(&rules->tails, ret, id, (struct squid_word){.text = start, .len = start_len}, image,
                             verdict);
}

static size_t
answer(void *arg, const struct image *image, uint32_t today, const struct serve_line *lines, size_t count, char *ret)
{
    struct rules *rules = arg;
    size_t used = 0;
    for (size_t i = 0; i < count; i++)
        rules->urls[i] = parse_line(&rules->requests[i], lines[i].text.text, lines[i].text.len);
    verdict_decide_all(image, rules->requests, count, today, rules->verdicts);
    for (size_t i = 0; i < count; i++)
        used += reply(rules, image, lines[i].id, i, ret + used);
    return used;
}

static void
count(void *arg, struct counter *counter, size_t lines)
{
    const struct rules *rules = arg;
    counter_add_verdicts(counter, rules->verdicts, lines);
}

/* At most once a minute. */
static void
say_broken(struct rules *rules, uint64_t now_ms)
{
    if (rules->broken && now_ms - rules->said_ms < SERVE_COMPLAIN_MS)
        return;
    serve_say(rules->program, "%s", rules->trouble);
    rules->broken = true;
    rules->said_ms = now_ms;
}

/* Reports rules that cannot be read: at once, then once a minute. Reports new rules, except the first ones. */
static void
look_for_rules(void *arg, uint64_t now_ms)
{
    struct rules *rules = arg;
    struct err err = {.kind = ERR_NONE};
    switch (rewrite_refresh(rules->watch, now_ms, &err)) {
    case REWRITE_FAILED:
        memcpy(rules->trouble, err.text, sizeof rules->trouble);
        say_broken(rules, now_ms);
        break;
    case REWRITE_NEW:
        if (rules->said || rules->broken)
            serve_say(rules->program, "using %zu rewrite rules", rewrite_count(rewrite_current(rules->watch)));
        rules->broken = false;
        break;
    case REWRITE_SAME:
        if (rules->broken)
            say_broken(rules, now_ms);
        return;
    }
    rules->said = true;
}

int
main(int argc, char **argv)
{
    static struct options options = {
        .program = "url_m365_rewrite", .counts = COUNTER_REWRITE, .has_fields = false, .has_rules = true};
    int status;
    if (!options_parse(&options, argc, argv, &status))
        return status;
    static struct rules rules = {.program = "url_m365_rewrite"};
    struct serve serve = {.detect_tokens = 1, .answer = answer, .count = count, .arg = &rules};
    if (options.rules != NULL) {
        rules.watch = rewrite_watch_new(options.rules);
        if (rules.watch == NULL) {
            serve_say(options.program, "cannot start: no memory");
            return 1;
        }
        serve.tick = look_for_rules;
        serve.reply_max = REWRITE_RESULT_MAX + SQUID_REPLY_MAX;
    }
    status = options_serve(&options, &serve);
    rewrite_watch_free(rules.watch);
    return status;
}

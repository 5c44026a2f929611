// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmd_lookup.c - `m365ctl lookup`: reads queries, looks them up, prints the answers.
 *
 * Where it sits: room lookup. A query comes from the command line or from a line of stdin, and gets exactly one answer
 * whatever it contains. Printing belongs to cmd_answer.c and cmd_explain.c.
 */
#include "cmd_lookup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "cmd/cmd.h"
#include "cmd_explain.h"
#include "cmd_paste.h"
#include "cmd_prefix.h"
#include "compile/load.h"
#include "lookup.h"
#include "squid/squid.h"
#include "store/holding.h"

#define OUTPUT_MAX ((size_t)64 << 20)
#define MATCHES_MAX ((size_t)16 << 20) /* bytes of all matches of one query */
#define READ_SIZE ((size_t)64 << 10)
#define WIDTH_LEAST 24
#define WIDTH_MOST 48
#define WIDTH_STREAM 40

struct lookup {
    struct cmd_load load;
    struct image *image;
    struct squid_fields fields;
    bool has_fields;
    bool json;
    bool explain;
    bool has_holding;
    bool inspected; /* at least one answer was not bypass */
    bool failed;
    uint32_t today;
    size_t width;
    struct buf out;
    struct buf line;    /* a query of fields, with spaces in place of commas; or one that was cleaned */
    struct buf matches; /* an array of struct explained */
    struct holding holding;
};

/* Fields are separated by spaces, as Squid writes them, or by commas if the query contains no space. An empty field
 * between commas is absent. */
static void
parse_fields(struct lookup *lookup, struct answer *answer, const char *text, size_t len)
{
    struct squid_word args;
    bool commas = memchr(text, ',', len) != NULL && memchr(text, ' ', len) == NULL;
    if (!commas) {
        squid_parse_line(&lookup->fields, text, len, &answer->request, &args);
        return;
    }
    buf_reset(&lookup->line);
    for (size_t at = 0; at <= len; at++) {
        bool ends = at == len || text[at] == ',';
        if (ends && (at == 0 || text[at - 1] == ','))
            buf_add_char(&lookup->line, '-');
        if (at < len)
            buf_add_char(&lookup->line, text[at] == ',' ? ' ' : text[at]);
    }
    if (buf_ok(&lookup->line))
        squid_parse_line(&lookup->fields, lookup->line.data, lookup->line.len, &answer->request, &args);
    else
        answer->request.line_ok = false;
}

static void
keep_match(void *arg, const struct explained *explained)
{
    buf_add(arg, explained, sizeof *explained);
}

static int
compare_matches(const void *left, const void *right)
{
    const struct explained *a = left;
    const struct explained *b = right;
    if (a->side != b->side)
        return a->side < b->side ? -1 : 1;
    if (a->lost != b->lost)
        return a->lost < b->lost ? -1 : 1;
    if (a->weight != b->weight)
        return a->weight > b->weight ? -1 : 1;
    if (a->set != b->set)
        return a->set < b->set ? -1 : 1;
    return (a->rule.number > b->rule.number) - (a->rule.number < b->rule.number);
}

static void
find_matches(struct lookup *lookup, struct answer *answer)
{
    buf_reset(&lookup->matches);
    verdict_explain(answer->image, &answer->request, answer->today, keep_match, &lookup->matches);
    answer->match_count = lookup->matches.len / sizeof *answer->matches;
    if (answer->match_count == 0)
        return;
    qsort(lookup->matches.data, answer->match_count, sizeof *answer->matches, compare_matches);
    answer->matches = (const struct explained *)(const void *)lookup->matches.data;
}

static void
print_answer(struct lookup *lookup)
{
    if (!cmd_print(&lookup->out))
        lookup->failed = true;
}

static void
answer_prefix(struct lookup *lookup, const struct prefix *prefix, const char *query, size_t len)
{
    struct prefix_answer answer = {.image = lookup->image,
                                   .prefix = *prefix,
                                   .query = query,
                                   .query_len = len,
                                   .today = lookup->today,
                                   .all = lookup->explain,
                                   .holding = lookup->has_holding ? &lookup->holding : NULL};
    if (!prefix_ask(&answer)) {
        cmd_say("'%.*s' holds too many rules to list; ask about a smaller prefix", (int)len, query);
        lookup->failed = true;
    } else if (lookup->json) {
        prefix_print_json(&lookup->out, &answer);
    } else {
        prefix_print_text(&lookup->out, &answer, lookup->width);
    }
    lookup->inspected = lookup->inspected || !answer.bypass;
    prefix_clear(&answer);
    print_answer(lookup);
}

static void
answer_query(struct lookup *lookup, const char *query, size_t len)
{
    struct prefix prefix;
    struct answer answer = {.image = lookup->image, .today = lookup->today, .query = query, .query_len = len};
    if (!lookup->has_fields && len <= SQUID_LINE_MAX) {
        answer.text_len = len;
        answer.text = paste_clean(&lookup->line, query, &answer.text_len);
        if (paste_is_prefix(&prefix, answer.text, answer.text_len)) {
            answer_prefix(lookup, &prefix, query, len);
            return;
        }
    }
    answer.holding = lookup->has_holding ? &lookup->holding : NULL;
    request_init(&answer.request);
    if (len > SQUID_LINE_MAX) {
        answer.request.line_ok = false;
        answer.query_len = SQUID_LINE_MAX;
    }
    if (answer.request.line_ok && lookup->has_fields)
        parse_fields(lookup, &answer, query, len);
    else if (answer.request.line_ok)
        paste_destination(&answer);
    verdict_decide(answer.image, &answer.request, answer.today, &answer.verdict);
    if (lookup->explain)
        find_matches(lookup, &answer);
    if (lookup->json) {
        answer_print_json(&lookup->out, &answer, lookup->explain);
    } else {
        answer_print_text(&lookup->out, &answer, lookup->width);
        if (lookup->explain)
            answer_explain(&lookup->out, &answer);
    }
    lookup->inspected = lookup->inspected || !answer.verdict.bypass;
    print_answer(lookup);
}

/* Answers the complete lines in the buffer and keeps the rest for later. */
static void
answer_lines(struct lookup *lookup, struct buf *input, bool at_end)
{
    size_t at = 0;
    while (at < input->len) {
        const char *feed = memchr(input->data + at, '\n', input->len - at);
        if (feed == NULL && !at_end)
            break;
        size_t end = feed == NULL ? input->len : (size_t)(feed - input->data);
        size_t len = end - at;
        if (feed != NULL && len > 0 && input->data[end - 1] == '\r')
            len--;
        answer_query(lookup, input->data + at, len);
        at = end + (feed != NULL);
    }
    if (at > 0) {
        memmove(input->data, input->data + at, input->len - at);
        input->len -= at;
    }
}

/* If the line was already too long with `before` bytes in the buffer, drops what has just arrived of it. */
static void
cut_long_line(struct buf *input, size_t before)
{
    size_t most = SQUID_LINE_MAX + 1;
    if (before < most || input->len <= before)
        return;
    const char *feed = memchr(input->data + before, '\n', input->len - before);
    size_t from = feed == NULL ? input->len : (size_t)(feed - input->data);
    memmove(input->data + most, input->data + from, input->len - from);
    input->len = most + (input->len - from);
}

static void
answer_stream(struct lookup *lookup)
{
    struct buf input;
    buf_init(&input, 4 * SQUID_LINE_MAX);
    for (;;) {
        size_t before = input.len;
        if (!buf_reserve(&input, READ_SIZE)) {
            cmd_say("no memory for the input");
            lookup->failed = true;
            break;
        }
        ssize_t n = read(STDIN_FILENO, input.data + input.len, READ_SIZE);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            cmd_say("cannot read standard input: %s", strerror(errno));
            lookup->failed = true;
        }
        input.len += n > 0 ? (size_t)n : 0;
        cut_long_line(&input, before);
        answer_lines(lookup, &input, n <= 0);
        if (n <= 0 || fflush(stdout) != 0)
            break;
    }
    buf_clear(&input);
}

enum lookup_code { LOOKUP_JSON = CMD_CODE_FREE, LOOKUP_EXPLAIN, LOOKUP_AT };

static int
handle_option(void *arg, int code, const char *value, struct err *err)
{
    struct lookup *lookup = arg;
    int result = 0;
    if (cmd_load_option(&lookup->load, code, value, &result, err))
        return result;
    switch (code) {
    case 'F': lookup->has_fields = true; return squid_fields_parse(&lookup->fields, value, err);
    case LOOKUP_JSON: lookup->json = true; return 0;
    case LOOKUP_EXPLAIN: lookup->explain = true; return 0;
    default: break;
    }
    return cmd_parse_day(&lookup->today, value, err);
}

static size_t
choose_width(char **queries, int count)
{
    size_t width = count == 0 ? WIDTH_STREAM : WIDTH_LEAST;
    for (int i = 0; i < count; i++) {
        size_t len = strlen(queries[i]);
        if (len > width)
            width = len > WIDTH_MOST ? WIDTH_MOST : len;
    }
    return width;
}

static void
run_queries(struct lookup *lookup, char **queries, int count)
{
    lookup->width = choose_width(queries, count);
    buf_init(&lookup->out, OUTPUT_MAX);
    buf_init(&lookup->line, SQUID_LINE_MAX * 2);
    buf_init(&lookup->matches, MATCHES_MAX);
    for (int i = 0; i < count; i++)
        answer_query(lookup, queries[i], strlen(queries[i]));
    if (count == 0)
        answer_stream(lookup);
    buf_clear(&lookup->out);
    buf_clear(&lookup->line);
    buf_clear(&lookup->matches);
}

static int
run_lookup(const struct command *command, int argc, char **argv)
{
    struct lookup lookup = {.today = cmd_today()};
    struct err err = {0};
    cmd_load_init(&lookup.load);
    int first = cmd_parse(command, argc, argv, handle_option, &lookup);
    if (first < 0)
        return CMD_TROUBLE;
    if (load_image(&lookup.image, &lookup.load.options, &err) != 0)
        return cmd_trouble(&err);
    lookup.has_holding = lookup.explain && explain_find_holding(&lookup.holding, &lookup.load.options);
    run_queries(&lookup, argv + first, argc - first);
    holding_clear(&lookup.holding);
    image_close(lookup.image);
    return lookup.failed ? CMD_TROUBLE : lookup.inspected ? CMD_NO : CMD_YES;
}

static const struct cmd_option options[] = {
    CMD_OPTION_SOURCE,
    {'F', "fields", "FIELDS", "each query is a line of these fields: dst, sni, la, port, ignore"},
    {LOOKUP_JSON, "json", NULL, "one JSON object per line"},
    {LOOKUP_EXPLAIN, "explain", NULL, "explain the verdict, why other rules do not decide, and what is held"},
    {LOOKUP_AT, "at", "YYYY-MM-DD", "answer as of another day (for expires=)"},
    CMD_OPTIONS_COMPILE,
    {0},
};

const struct command cmd_lookup = {
    .name = "lookup",
    .summary = "shows whether a request is bypassed or inspected, and by which rule",
    .arguments = "[QUERY]...",
    .options = options,
    .details = "QUERY is a host, host:port, a URL (with or without its scheme), an address, [v6]:port, or a prefix:\n"
               "what it holds, what holds it, and what the addresses in it get. With -F it is a line of fields\n"
               "separated by spaces or commas, as in outlook.office365.com,-,443.\n"
               "Without QUERY, each line of standard input is one.\n"
               "Exit code: 0 all are bypassed, 1 some are inspected, 2 trouble.\n",
    .run = run_lookup,
};

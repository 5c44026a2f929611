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

#include "also/also.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "cmd/cmd.h"
#include "cmd_answer_tail.h"
#include "cmd_explain.h"
#include "cmd_paste.h"
#include "cmd_prefix.h"
#include "compile/load.h"
#include "lookup.h"
#include "squid/squid.h"
#include "store/holding.h"

#define OUTPUT_MAX ((size_t)64 << 20)
#define OUTPUT_BATCH ((size_t)64 << 10) /* bytes written at once, unless the input pauses */
#define MATCHES_MAX ((size_t)16 << 20)  /* bytes of all matches of one query */
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
    bool asked; /* on the command line: an address is answered at length */
    bool has_holding;
    bool inspected; /* at least one answer was not bypass */
    bool failed;
    uint32_t today;
    size_t width;
    struct buf out;     /* answers that are not written yet */
    struct buf line;    /* a query of fields, with spaces in place of commas; or one that was cleaned */
    struct buf matches; /* an array of struct explained */
    struct holding holding;
    struct also *also;          /* NULL: no list is named */
    struct answer_tails *tails; /* NULL: no memory, so nothing is kept */
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
print_answers(struct lookup *lookup)
{
    if (!cmd_print(&lookup->out))
        lookup->failed = true;
}

/* Called after each answer, which began `before` bytes into the output. One that does not fit leaves those before it
 * alone. */
static void
keep_answer(struct lookup *lookup, size_t before)
{
    struct buf *out = &lookup->out;
    bool whole = buf_ok(out);
    if (!whole) {
        out->failed = false;
        out->len = before;
    }
    if (!whole || out->len >= OUTPUT_BATCH)
        print_answers(lookup);
    out->failed = !whole;
    if (!whole)
        print_answers(lookup);
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
                                   .also = lookup->also,
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
}

static void
print_answer(struct lookup *lookup, const struct answer *answer)
{
    if (lookup->json) {
        answer_print_json(&lookup->out, answer, lookup->explain);
        return;
    }
    answer_print_text(&lookup->out, answer, lookup->width);
    if (lookup->explain)
        answer_explain(&lookup->out, answer);
    else if (lookup->asked && !lookup->has_fields)
        answer_print_around(&lookup->out, answer);
    answer_print_also(&lookup->out, answer, lookup->explain);
}

/* Fills in the request of an answer. False if the query is a prefix, which goes to *ret. */
static bool
parse_query(struct lookup *lookup, struct answer *answer, struct prefix *ret)
{
    struct request *request = &answer->request;
    request_init(request);
    if (answer->query_len > SQUID_LINE_MAX) {
        request->line_ok = false;
        answer->query_len = SQUID_LINE_MAX;
    } else if (lookup->has_fields) {
        parse_fields(lookup, answer, answer->query, answer->query_len);
    } else if (addr_parse(&request->dst.addr, answer->query, answer->query_len) &&
               (!lookup->asked || !request->dst.addr.v6)) {
        request->dst.given = GIVEN_ADDR; /* nothing to cut off: addresses often come by the million */
        answer->host = answer->query;
        answer->host_len = answer->query_len;
    } else {
        answer->text = paste_clean(&lookup->line, answer->query, &answer->text_len);
        if (paste_is_prefix(ret, answer->text, answer->text_len))
            return false;
        paste_destination(answer);
    }
    return true;
}

static void
answer_query(struct lookup *lookup, const char *query, size_t len)
{
    size_t before = lookup->out.len;
    struct prefix prefix;
    struct answer answer;
    answer.image = lookup->image;
    answer.today = lookup->today;
    answer.query = query;
    answer.query_len = len;
    answer.text = query;
    answer.text_len = len;
    answer.host = NULL;
    answer.matches = NULL;
    answer.match_count = 0;
    answer.holding = lookup->has_holding ? &lookup->holding : NULL;
    answer.also = lookup->also;
    answer.tails = lookup->tails;
    if (!parse_query(lookup, &answer, &prefix)) {
        answer_prefix(lookup, &prefix, query, len);
    } else {
        verdict_decide(answer.image, &answer.request, answer.today, &answer.verdict);
        if (lookup->explain)
            find_matches(lookup, &answer);
        print_answer(lookup, &answer);
        lookup->inspected = lookup->inspected || !answer.verdict.bypass;
    }
    keep_answer(lookup, before);
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
    struct arena *arena = arena_new(2 * sizeof *lookup->tails);
    lookup->tails = arena == NULL ? NULL : arena_alloc(arena, sizeof *lookup->tails);
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
        print_answers(lookup);
        if (n <= 0 || fflush(stdout) != 0)
            break;
    }
    buf_clear(&input);
    arena_free(arena);
}

static int
read_also(struct lookup *lookup, const char *path, struct err *err)
{
    if (lookup->also == NULL && (lookup->also = also_new()) == NULL)
        return err_set(err, ERR_MEM, "no memory to read '%s'", path);
    return also_read(lookup->also, path, ALSO_TAGS | ALSO_PUBLIC, err);
}

enum lookup_code { LOOKUP_JSON = CMD_CODE_FREE, LOOKUP_EXPLAIN, LOOKUP_AT, LOOKUP_ALSO };

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
    case LOOKUP_ALSO: return read_also(lookup, value, err);
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
    lookup->asked = count > 0;
    buf_init(&lookup->out, OUTPUT_MAX);
    buf_init(&lookup->line, SQUID_LINE_MAX * 2);
    buf_init(&lookup->matches, MATCHES_MAX);
    for (int i = 0; i < count; i++)
        answer_query(lookup, queries[i], strlen(queries[i]));
    print_answers(lookup);
    if (count == 0)
        answer_stream(lookup);
    buf_clear(&lookup->out);
    buf_clear(&lookup->line);
    buf_clear(&lookup->matches);
}

static int
run_loaded(struct lookup *lookup, char **queries, int count)
{
    struct err err = {0};
    if ((lookup->also != NULL && also_sort(lookup->also, &err) != 0) ||
        load_image(&lookup->image, &lookup->load.options, &err) != 0)
        return cmd_trouble(&err);
    lookup->has_holding = lookup->explain && explain_find_holding(&lookup->holding, &lookup->load.options);
    run_queries(lookup, queries, count);
    holding_clear(&lookup->holding);
    image_close(lookup->image);
    return lookup->failed ? CMD_TROUBLE : lookup->inspected ? CMD_NO : CMD_YES;
}

static int
run_lookup(const struct command *command, int argc, char **argv)
{
    struct lookup lookup = {.today = cmd_today()};
    cmd_load_init(&lookup.load);
    int first = cmd_parse(command, argc, argv, handle_option, &lookup);
    int result = first < 0 ? CMD_TROUBLE : run_loaded(&lookup, argv + first, argc - first);
    also_free(lookup.also);
    return result;
}

static const struct cmd_option options[] = {
    CMD_OPTION_SOURCE,
    {'F', "fields", "FIELDS", "each query is a line of these fields: dst, sni, la, port, ignore"},
    {LOOKUP_JSON, "json", NULL, "one JSON object per line"},
    {LOOKUP_EXPLAIN, "explain", NULL, "explain the verdict, why other rules do not decide, and what is held"},
    {LOOKUP_ALSO, "also", "FILE", "Azure service tags (JSON) or Microsoft's public prefixes (CSV); may be repeated"},
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
               "what it holds, what holds it, and what the addresses in it get. An address is answered with\n"
               "every prefix that contains it. With -F, QUERY is a line of fields separated by spaces or commas,\n"
               "as in outlook.office365.com,-,443.\n"
               "Without QUERY, each line of standard input is one.\n"
               "Exit code: 0 all are bypassed, 1 some are inspected, 2 trouble.\n",
    .run = run_lookup,
};

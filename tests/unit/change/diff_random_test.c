// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * diff_random_test.c - diff.h on random tables: what the diff says about many names and addresses, compared with what
 * both images say.
 *
 *     a name that differs       some reported pattern takes it in, for that port, in the same direction
 *     a reported verdict        is true for its name, at both ends of every range of its ports
 *     an address                differs exactly if a reported range holds it, for that port, in the same direction
 *     the new against the old   says opened where the old against the new says closed
 *     the lines of a lead       keep closed what opens
 */
#include "change/diff.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "diff_stage.h"
#include "lead/lead.h"
#include "name/addr.h"
#include "name/pattern.h"
#include "table/policy.h"
#include "unit.h"
#include "verdict/request.h"
#include "verdict/verdict.h"

#define ROUNDS 300
#define NAMES 400
#define ADDRESSES 300

static uint64_t seed = 20261121;

static unsigned
below(unsigned most)
{
    return next_random(&seed) % most;
}

static const char *
pick(const char *const *words, unsigned count)
{
    return words[below(count)];
}

static const char *const labels[] = {"a", "b", "ab", "ba", "a-b", "aab"};
static const char *const tails[] = {"c.ex", "b.c.ex", "a.c.ex", "ab.c.ex"};
static const char *const port_sets[] = {"80", "443", "80,443", "25,443", "443", "400-500", "143,400-5000", "1-65535"};
static const uint16_t ports[] = {1, 25, 79, 80, 81, 143, 399, 400, 443, 444, 500, 501, 5000, 5001, 65535};

static void
add_pattern(struct buf *buf, bool globs)
{
    const char *label = pick(labels, ROWS(labels)), *tail = pick(tails, ROWS(tails));
    switch (below(globs ? 7 : 4)) {
    case 0:
    case 1: buf_add_fmt(buf, "%s.%s", label, tail); break;
    case 2: buf_add_fmt(buf, "*.%s.%s", label, tail); break;
    case 3: buf_add_fmt(buf, "*.%s", tail); break;
    case 4: buf_add_fmt(buf, "*%s.%s", label, tail); break;
    case 5: buf_add_fmt(buf, "%s*.%s", label, tail); break;
    default: buf_add_fmt(buf, "%s.*.%s", label, tail); break;
    }
}

static void
add_prefix(struct buf *buf)
{
    if (below(4) == 0) {
        unsigned len = 113 + below(16);
        unsigned bits = (below(0x10000) >> (128 - len)) << (128 - len) & 0xffff;
        buf_add_fmt(buf, "2001:db8::%x/%u", bits, len);
        return;
    }
    unsigned len = 24 + below(9);
    unsigned last = below(256) >> (32 - len) << (32 - len);
    buf_add_fmt(buf, "192.0.2.%u/%u", last, len);
}

/* One line. Published lines are of a few sets only, so old and new tables share some. */
static void
add_line(struct buf *buf)
{
    static const char *const verbs[] = {"default", "allow", "optimize"};
    unsigned kind = below(10);
    unsigned set = below(4);
    buf_add_fmt(buf, "%s ", kind == 0 ? "inspect" : kind == 1 ? "allow" : verbs[set % 3]);
    if (below(3) == 0)
        add_prefix(buf);
    else
        add_pattern(buf, below(4) == 0);
    if (kind > 1)
        buf_add_fmt(buf, " id=%u source=%s", set, below(5) == 0 ? "v" : "w");
    buf_add_fmt(buf, " tcp=%s\n", pick(port_sets, ROWS(port_sets)));
}

/* An old and a new table: most lines stay, some go, some come. */
static void
make_tables(struct buf *was, struct buf *is)
{
    buf_reset(was);
    buf_reset(is);
    struct buf line;
    buf_init(&line, 1000);
    for (unsigned i = 0; i < 20; i++) {
        buf_reset(&line);
        add_line(&line);
        unsigned where = below(8);
        if (where != 0)
            buf_add(was, line.data, line.len);
        if (where != 1)
            buf_add(is, line.data, line.len);
    }
    buf_clear(&line);
    buf_add_char(was, '\0');
    buf_add_char(is, '\0');
}

static bool
bypassed(const struct image *image, struct request *request, uint16_t port)
{
    struct verdict verdict;
    request->port = port;
    verdict_decide(image, request, STAGE_TODAY, &verdict);
    return verdict.bypass;
}

static void
say(const struct stage *stage, const struct buf *was, const struct buf *is, const char *what, const char *name,
    unsigned port)
{
    struct buf buf;
    buf_init(&buf, 1000000);
    stage_render(stage, &buf);
    fail_msg("%s: %s port %u\n--- old\n%s--- new\n%s--- diff\n%.*s", what, name, port, was->data, is->data,
             (int)buf.len, buf.data);
}

static bool
is_reported(const struct diff *diff, const struct host *name, uint16_t port, bool opened)
{
    for (size_t i = 0; i < diff->verdict_count; i++) {
        const struct diff_verdict *verdict = &diff->verdicts[i];
        if (verdict->answer.opened == opened && ports_hold(&verdict->answer.ports, port) &&
            pattern_match(verdict->pattern, strlen(verdict->pattern), name->text, name->len))
            return true;
    }
    return false;
}

static void
make_name(struct request *request)
{
    struct buf buf;
    buf_init(&buf, 1000);
    for (unsigned i = below(3); i > 0; i--)
        buf_add_fmt(&buf, "%s.", pick(labels, ROWS(labels)));
    buf_add_fmt(&buf, "%s%s.%s", below(3) == 0 ? "b" : "", pick(labels, ROWS(labels)), pick(tails, ROWS(tails)));
    request_init(request);
    request_set_dst(request, buf.data, buf.len);
    buf_clear(&buf);
    assert_int_equal(request->dst.given, GIVEN_NAME);
}

static void
try_names(const struct stage *stage, const struct buf *was, const struct buf *is)
{
    for (unsigned i = 0; i < NAMES; i++) {
        struct request request;
        make_name(&request);
        for (size_t k = 0; k < ROWS(ports); k++) {
            bool before = bypassed(stage->was_image, &request, ports[k]);
            bool after = bypassed(stage->is_image, &request, ports[k]);
            if (before != after && !is_reported(stage->diff, &request.dst.name, ports[k], after))
                say(stage, was, is, "not reported", request.dst.name.text, ports[k]);
        }
    }
}

static void
try_reported(const struct stage *stage, const struct buf *was, const struct buf *is)
{
    for (size_t i = 0; i < stage->diff->verdict_count; i++) {
        const struct diff_verdict *verdict = &stage->diff->verdicts[i];
        struct request request;
        request_init(&request);
        request_set_dst(&request, verdict->name, strlen(verdict->name));
        for (uint32_t k = 0; k < 2 * verdict->answer.ports.count; k++) {
            const struct port_range *range = &verdict->answer.ports.range[k / 2];
            uint16_t port = k % 2 == 0 ? range->low : range->high;
            if (bypassed(stage->was_image, &request, port) == verdict->answer.opened ||
                bypassed(stage->is_image, &request, port) != verdict->answer.opened)
                say(stage, was, is, "not true", verdict->name, port);
        }
        CHECK("port", ports_hold(&verdict->answer.ports, verdict->port));
    }
}

static bool
holds(const struct diff_range *range, const struct addr *addr)
{
    return range->first.v6 == addr->v6 && memcmp(range->first.bytes, addr->bytes, 16) <= 0 &&
           memcmp(range->last.bytes, addr->bytes, 16) >= 0;
}

static void
try_addresses(const struct stage *stage, const struct buf *was, const struct buf *is)
{
    for (unsigned i = 0; i < ADDRESSES; i++) {
        struct request request;
        char text[64];
        uint16_t port = ports[below(ROWS(ports))];
        snprintf(text, sizeof text, below(3) == 0 ? "2001:db8::%x" : "192.0.2.%u", below(below(2) ? 256 : 65536));
        request_init(&request);
        request_set_dst(&request, text, strlen(text));
        if (request.dst.given != GIVEN_ADDR)
            continue;
        bool before = bypassed(stage->was_image, &request, port);
        bool after = bypassed(stage->is_image, &request, port);
        bool reported = false;
        for (size_t k = 0; k < stage->diff->range_count; k++) {
            const struct diff_range *range = &stage->diff->ranges[k];
            if (!holds(range, &request.dst.addr) || !ports_hold(&range->answer.ports, port))
                continue;
            reported = true;
            if (before == after || range->answer.opened != after)
                say(stage, was, is, "not true", text, port);
        }
        if (before != after && !reported)
            say(stage, was, is, "not reported", text, port);
    }
}

static void
truth(void **state)
{
    (void)state;
    struct buf was, is;
    buf_init(&was, 100000);
    buf_init(&is, 100000);
    for (unsigned i = 0; i < ROUNDS; i++) {
        struct stage stage;
        const struct policy options = {.highest = i % 3 == 0};
        make_tables(&was, &is);
        stage_diff_with(&stage, &(struct stage_input){
                                    .was = was.data, .was_policy = &options, .is = is.data, .is_policy = &options});
        try_names(&stage, &was, &is);
        try_reported(&stage, &was, &is);
        try_addresses(&stage, &was, &is);
        stage_clear(&stage);
    }
    buf_clear(&was);
    buf_clear(&is);
}

static void
backwards(void **state)
{
    (void)state;
    struct buf was, is;
    buf_init(&was, 100000);
    buf_init(&is, 100000);
    for (unsigned i = 0; i < ROUNDS; i++) {
        struct stage there, back;
        make_tables(&was, &is);
        stage_diff(&there, was.data, is.data);
        stage_diff(&back, is.data, was.data);
        assert_int_equal(there.diff->verdict_count, back.diff->verdict_count);
        assert_int_equal(there.diff->opened, back.diff->verdict_count - back.diff->opened);
        /* Ranges that joined a set are told apart only where they open. */
        assert_int_equal(there.diff->ranges_opened > 0, back.diff->range_count > back.diff->ranges_opened);
        assert_int_equal(diff_is_empty(there.diff), diff_is_empty(back.diff));
        assert_int_equal(there.diff->counts[DIFF_RAISED], back.diff->counts[DIFF_LOWERED]);
        assert_int_equal(there.diff->counts[DIFF_MOVED], back.diff->counts[DIFF_MOVED]);
        stage_clear(&there);
        stage_clear(&back);
        stage_diff(&there, was.data, was.data);
        assert_true(diff_is_empty(there.diff));
        stage_clear(&there);
    }
    buf_clear(&was);
    buf_clear(&is);
}

/* The lines that a lead offers keep closed what opens, or it says that there are none. */
static void
kept_closed(void **state)
{
    (void)state;
    struct buf was, is, text;
    size_t complete = 0;
    buf_init(&was, 100000);
    buf_init(&is, 100000);
    buf_init(&text, (size_t)16 << 20);
    for (unsigned i = 0; i < ROUNDS; i++) {
        struct stage stage;
        const struct policy options = {.highest = i % 3 == 0};
        make_tables(&was, &is);
        const struct stage_input input = {
            .was = was.data, .was_policy = &options, .is = is.data, .is_policy = &options};
        stage_diff_with(&stage, &input);
        buf_reset(&text);
        lead_print(stage.diff, NULL, LEAD_ALL, &text);
        buf_add_char(&text, '\0');
        if (strstr(text.data, "closed: no line") == NULL && strstr(text.data, "closed: more than") == NULL) {
            complete += stage.diff->opening_count > 0;
            if (stage_openings_left(&input, text.data) != 0)
                say(&stage, &was, &is, text.data, "not kept closed", 0);
        }
        stage_clear(&stage);
    }
    assert_true(complete > ROUNDS / 4);
    buf_clear(&was);
    buf_clear(&is);
    buf_clear(&text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(truth), cmocka_unit_test(backwards),
                                       cmocka_unit_test(kept_closed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * diff_work_test.c - diff.h: a comparison ends. Documents that would take minutes are compared in part, which is said;
 * usual ones, and long local lists, are compared whole.
 */
#include "change/diff.h"

#include "base/buf.h"
#include "diff_stage.h"
#include "unit.h"

/* Wildcards of which each crosses each, half of them new. */
static void
add_crossing(struct buf *buf, unsigned count, bool is_new)
{
    for (unsigned i = is_new ? 1 : 0; i < count; i += 2)
        buf_add_fmt(buf, "allow a%u*.ex.net id=1\nallow *b%u.ex.net id=1\n", i, i);
}

/* A name in many sets, each at a port of its own. */
static void
add_ports(struct buf *buf, unsigned count, bool is_new)
{
    for (unsigned i = 0; i < count; i++) {
        for (unsigned k = 0; k < 60; k++)
            buf_add_fmt(buf, "allow n%u.ex.net id=%u tcp=%u\n", k, i + is_new, 1000 + 2 * i);
    }
}

/* Prefixes inside prefixes, in many sets at many ports. */
static void
add_nested(struct buf *buf, unsigned count, bool is_new)
{
    for (unsigned i = 0; i < count; i++) {
        for (unsigned len = 9; len <= 32; len++)
            buf_add_fmt(buf, "allow 20.0.0.0/%u id=%u tcp=%u\n", len, i + is_new, 1000 + 2 * i);
    }
}

/* Names that all change, as many as an administrator may list. */
static void
add_local(struct buf *buf, unsigned count, bool is_new)
{
    for (unsigned i = 0; i < count; i++)
        buf_add_fmt(buf, "%s n%u.ex.net\n", is_new ? "inspect" : "allow", i);
    for (unsigned i = 0; i < 20; i++)
        buf_add_fmt(buf, "allow s%u.ex.net id=%u tcp=%u\n", i, i, 100 * i + 80);
}

static const struct {
    const char *why;
    void (*add)(struct buf *buf, unsigned count, bool is_new);
    unsigned count;
    bool partial;
} cases[] = {
    {"a few crossing wildcards", add_crossing, 100, false},
    {"many crossing wildcards", add_crossing, 2000, true},
    {"a few ports", add_ports, 10, false},
    {"many ports", add_ports, 990, true},
    {"a few nested prefixes", add_nested, 10, false},
    {"many nested prefixes", add_nested, 990, true},
    {"a long local list", add_local, 30000, false},
};

static void
partial(void **state)
{
    (void)state;
    struct buf was, is;
    buf_init(&was, 10000000);
    buf_init(&is, 10000000);
    for (size_t i = 0; i < ROWS(cases); i++) {
        struct stage stage;
        buf_reset(&was);
        buf_reset(&is);
        cases[i].add(&was, cases[i].count, false);
        cases[i].add(&is, cases[i].count, true);
        buf_add_char(&was, '\0');
        buf_add_char(&is, '\0');
        stage_diff(&stage, was.data, is.data);
        CHECK(cases[i].why, stage.diff->partial == cases[i].partial);
        stage_clear(&stage);
    }
    buf_clear(&was);
    buf_clear(&is);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(partial)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

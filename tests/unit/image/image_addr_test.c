// SPDX-License-Identifier: GPL-2.0-or-later
/* image_addr_test.c - image_find.h: for small and large tables of prefixes, an address finds what a loop over all lines
 * finds. */
#include "image/image_find.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "name/addr.h"
#include "tables.h"

enum { PORTS = 4, LINES_MAX = 20000 };

/* One line: a prefix, and which of the sets it belongs to. */
struct line {
    struct prefix prefix;
    unsigned port;
};

static void
flip(struct addr *addr, unsigned bit)
{
    addr->bytes[bit / 8] ^= (uint8_t)(0x80u >> bit % 8);
}

static void
randomize(struct addr *addr, unsigned from, unsigned to, uint64_t *seed)
{
    for (unsigned bit = from; bit < to; bit++) {
        if (next_random(seed) % 2 != 0)
            flip(addr, bit);
    }
}

/* Where a new prefix is placed: anywhere, inside an earlier one, right next to one, or as a single address near one. */
static void
invent(struct prefix *ret, const struct line *list, size_t count, uint64_t *seed, bool v6)
{
    unsigned width = v6 ? 128 : 32, kind = (unsigned)(next_random(seed) % 8);
    *ret = (struct prefix){.addr.v6 = v6, .len = (uint8_t)(next_random(seed) % (width + 1))};
    if (kind == 0 || count == 0) {
        randomize(&ret->addr, 0, ret->len, seed);
        return;
    }
    const struct prefix *old = &list[next_random(seed) % count].prefix;
    if (kind == 1) {
        *ret = *old;
    } else if (kind == 2 && old->len > 0) {
        *ret = *old;
        flip(&ret->addr, (unsigned)(old->len - 1 - next_random(seed) % old->len % 4));
    } else if (kind == 3) {
        prefix_around(ret, &old->addr, (uint8_t)(next_random(seed) % (old->len + 1u)));
    } else {
        *ret = *old;
        unsigned room = width - old->len, more = kind == 4 ? room : room > 12 ? 12 : room;
        if (more > 0)
            ret->len = (uint8_t)(old->len + (kind == 4 ? more : 1 + next_random(seed) % more));
        randomize(&ret->addr, old->len, ret->len, seed);
    }
}

static void
add_lines(struct buf *ret, struct line *list, size_t count, uint64_t *seed, bool v6)
{
    for (size_t i = 0; i < count; i++) {
        char one[PREFIX_TEXT_MAX];
        invent(&list[i].prefix, list, i, seed, v6);
        list[i].port = (unsigned)(next_random(seed) % 4 == 0 ? next_random(seed) % PORTS : 0);
        prefix_format(one, &list[i].prefix);
        buf_add_fmt(ret, "inspect %s tcp=%u\n", one, list[i].port + 1);
    }
}

static void
text_of_lines(struct buf *ret, struct line *list, size_t count, uint64_t *seed, bool v6)
{
    buf_init(ret, 4 << 20);
    buf_add_text(ret, "inspect other.example\n");
    add_lines(ret, list, count, seed, v6);
    buf_add_char(ret, '\0');
    assert_true(buf_ok(ret));
}

static struct image *
image_of_lines(struct line *list, size_t count, uint64_t *seed, bool v6)
{
    struct buf text;
    text_of_lines(&text, list, count, seed, v6);
    struct image *image = image_of(text.data, NULL);
    buf_clear(&text);
    return image;
}

static void
ask(const struct image *image, const struct line *list, size_t count, const struct addr *addr)
{
    unsigned want[129] = {0}, got[129] = {0};
    for (size_t i = 0; i < count; i++) {
        if (prefix_holds(&list[i].prefix, addr))
            want[list[i].prefix.len] |= 1u << list[i].port;
    }
    struct image_cursor cursor;
    struct image_hit hit;
    char room[IMAGE_RULE_MAX], text[PREFIX_TEXT_MAX];
    unsigned last = 129;
    image_find_addr(image, addr, &cursor);
    while (image_next(&cursor, &hit)) {
        struct image_set set;
        struct prefix prefix;
        unsigned port = 0;
        image_get_set(image, hit.set, &set);
        while (port < PORTS && !image_ports_hold(image, set.tcp, (uint16_t)(port + 1)))
            port++;
        assert_true(hit.weight <= last && port < PORTS && (got[hit.weight] & 1u << port) == 0); /* each once */
        got[hit.weight] |= 1u << port;
        last = hit.weight;
        prefix_around(&prefix, addr, (uint8_t)hit.weight);
        prefix_format(text, &prefix);
        struct image_text rule = image_rule_text(image, hit.rule, room);
        check_text("text", rule.text, rule.len, text);
    }
    addr_format(text, addr);
    for (unsigned len = 0; len <= 128; len++) {
        if (want[len] != got[len])
            fail_msg("%s of %zu lines: sets %x of /%u instead of %x", text, count, got[len], len, want[len]);
    }
}

/* Going from piece to piece through the whole space meets the first address of every prefix, and the one after its last
 * address. */
static void
step_through(const struct image *image, const struct line *list, size_t count)
{
    struct addr at = {.v6 = list[0].prefix.addr.v6}, until;
    unsigned *met = calloc(count, sizeof *met);
    assert_non_null(met);
    do {
        image_same_until(image, &at, &until);
        assert_true(memcmp(until.bytes, at.bytes, sizeof at.bytes) >= 0 && until.v6 == at.v6);
        for (size_t i = 0; i < count; i++) {
            struct addr last;
            prefix_last(&last, &list[i].prefix);
            met[i] += memcmp(list[i].prefix.addr.bytes, at.bytes, sizeof at.bytes) == 0;
            met[i] += memcmp(last.bytes, until.bytes, sizeof last.bytes) == 0;
        }
        at = until;
    } while (addr_step(&at));
    for (size_t i = 0; i < count; i++) {
        char text[PREFIX_TEXT_MAX];
        prefix_format(text, &list[i].prefix);
        if (met[i] != 2)
            fail_msg("%zu lines: the first and the last address of %s were met %u times", count, text, met[i]);
    }
    free(met);
}

/* Both ends of a prefix, just beyond them, and something inside. */
static void
ask_around(const struct image *image, const struct line *list, size_t count, const struct prefix *prefix,
           uint64_t *seed)
{
    unsigned width = prefix->addr.v6 ? 128 : 32;
    struct addr addr = prefix->addr, end = prefix->addr;
    ask(image, list, count, &addr);
    randomize(&addr, prefix->len, width, seed);
    ask(image, list, count, &addr);
    for (unsigned bit = prefix->len; bit < width; bit++)
        flip(&end, bit);
    ask(image, list, count, &end);
    addr = prefix->addr;
    for (unsigned bit = width; bit > 0; bit--) { /* the one before */
        flip(&addr, bit - 1);
        if ((addr.bytes[(bit - 1) / 8] & 0x80u >> (bit - 1) % 8) == 0)
            break;
    }
    ask(image, list, count, &addr);
    for (unsigned bit = width; bit > 0; bit--) { /* the next one */
        flip(&end, bit - 1);
        if ((end.bytes[(bit - 1) / 8] & 0x80u >> (bit - 1) % 8) != 0)
            break;
    }
    ask(image, list, count, &end);
}

static void
like_naive(void **state)
{
    static const struct {
        size_t lines, rounds, asked;
    } rows[] = {{.lines = 0, .rounds = 1, .asked = 4},     {.lines = 1, .rounds = 60, .asked = 10},
                {.lines = 3, .rounds = 60, .asked = 10},   {.lines = 17, .rounds = 60, .asked = 20},
                {.lines = 60, .rounds = 30, .asked = 40},  {.lines = 300, .rounds = 20, .asked = 60},
                {.lines = 2000, .rounds = 6, .asked = 80}, {.lines = LINES_MAX, .rounds = 2, .asked = 60}};
    (void)state;
    uint64_t seed = 47;
    struct line *list = calloc(LINES_MAX, sizeof *list);
    for (size_t row = 0; row < ROWS(rows); row++) {
        for (size_t round = 0; round < rows[row].rounds * 2; round++) {
            bool v6 = round % 2 != 0;
            struct image *image = image_of_lines(list, rows[row].lines, &seed, v6);
            assert_int_equal(image_verify(image, NULL), 0);
            for (size_t i = 0; i < rows[row].asked; i++) {
                struct prefix prefix = {.addr.v6 = v6};
                if (rows[row].lines > 0 && i % 4 != 0)
                    prefix = list[next_random(&seed) % rows[row].lines].prefix;
                ask_around(image, list, rows[row].lines, &prefix, &seed);
            }
            if (rows[row].lines > 0 && rows[row].lines <= 300)
                step_through(image, list, rows[row].lines);
            image_close(image);
        }
    }
    free(list);
}

/* Prefixes of every length around one address: the longest possible walk. */
static void
nested(void **state)
{
    (void)state;
    static const char *const addresses[] = {"0.0.0.0", "255.255.255.255", "203.0.113.77",
                                            "::",      "2001:db8::1:2:3", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"};
    uint64_t seed = 53;
    for (size_t i = 0; i < ROWS(addresses); i++) {
        struct line list[129];
        struct addr addr;
        struct buf text;
        assert_true(addr_parse(&addr, addresses[i], strlen(addresses[i])));
        unsigned width = addr.v6 ? 128 : 32;
        buf_init(&text, 1 << 16);
        for (unsigned len = 0; len <= width; len++) {
            char one[PREFIX_TEXT_MAX];
            list[len].port = len % PORTS;
            prefix_around(&list[len].prefix, &addr, (uint8_t)len);
            prefix_format(one, &list[len].prefix);
            buf_add_fmt(&text, "inspect %s tcp=%u\n", one, len % PORTS + 1);
        }
        buf_add_char(&text, '\0');
        struct image *image = image_of(text.data, NULL);
        for (unsigned len = 0; len <= width; len++)
            ask_around(image, list, width + 1, &list[len].prefix, &seed);
        step_through(image, list, width + 1);
        image_close(image);
        buf_clear(&text);
    }
}

/* Neighbours of one length share a chain. The prefixes around them and their sets are kept. */
static void
shared(void **state)
{
    (void)state;
    struct buf text, one, more;
    buf_init(&text, 1 << 20);
    for (unsigned i = 0; i < 4096; i++)
        buf_add_fmt(&text, "allow 10.%u.%u.0/24 id=1 area=A tcp=443\n", i / 256, i % 256);
    buf_add_char(&text, '\0');
    image_bytes(&one, "allow 10.0.0.0/24 id=1 area=A tcp=443\n", NULL);
    image_bytes(&more, text.data, NULL);
    assert_true(more.len < one.len + 64);
    struct image *image;
    assert_int_equal(image_from_buf(&image, &more, NULL), 0);
    struct addr addr, other;
    struct image_cursor cursor;
    struct image_hit a, b;
    char room[IMAGE_RULE_MAX];
    assert_true(addr_parse(&addr, "10.1.2.3", 8) && addr_parse(&other, "::ffff:10.1.9.3", 15));
    image_find_addr(image, &addr, &cursor);
    assert_true(image_next(&cursor, &a) && !image_next(&cursor, &b));
    image_find_addr(image, &other, &cursor);
    assert_true(image_next(&cursor, &b) && b.rule.number == a.rule.number);
    assert_false(image_rule_equal(image, a.rule, b.rule));
    check_text("v4-mapped", image_rule_text(image, b.rule, room).text, 11, "10.1.9.0/24");
    assert_int_equal(image_rule_text(image, (struct image_rule){a.rule.number, NULL}, room).len, 0);
    assert_true(addr_parse(&other, "::1", 3));
    assert_int_equal(image_rule_text(image, (struct image_rule){a.rule.number, &other}, room).len, 0);
    assert_true(addr_parse(&other, "10.1.2.99", 9));
    assert_true(image_rule_equal(image, a.rule, (struct image_rule){a.rule.number, &other}));
    image_close(image);
    buf_clear(&text);
    buf_clear(&one);
}

/* Numbers of a large image changed at random: every lookup ends, and its result is inside the image. */
static void
havoc(void **state)
{
    (void)state;
    enum { LINES = 3000, HEADER = 384 };
    uint64_t seed = 59;
    struct line *list = calloc(LINES, sizeof *list);
    for (int round = 0; round < 8; round++) {
        struct buf text, sound;
        bool v6 = round % 2 != 0;
        text_of_lines(&text, list, LINES, &seed, v6);
        image_bytes(&sound, text.data, NULL);
        char *bytes = guard_new(sound.data, sound.len);
        for (int change = 0; change < 300; change++) {
            struct image *image = NULL;
            for (unsigned i = 0; i < 1 + next_random(&seed) % 30; i++)
                bytes[HEADER + next_random(&seed) % (sound.len - HEADER)] ^= (char)(1u << next_random(&seed) % 8);
            if (image_from_memory(&image, bytes, sound.len, NULL) != 0)
                continue;
            for (unsigned i = 0; i < 50; i++) {
                struct addr addr = list[next_random(&seed) % LINES].prefix.addr;
                struct image_cursor cursor;
                struct image_hit hit;
                char room[IMAGE_RULE_MAX];
                randomize(&addr, v6 ? 100 : 20, v6 ? 128 : 32, &seed);
                image_find_addr(image, &addr, &cursor);
                for (unsigned hits = 0; image_next(&cursor, &hit) && hits < 1000; hits++)
                    image_rule_text(image, hit.rule, room);
            }
            image_close(image);
            if (change % 10 == 0)
                memcpy(bytes, sound.data, sound.len);
        }
        guard_free(bytes, sound.len);
        buf_clear(&text);
        buf_clear(&sound);
    }
    free(list);
}

/* ---- many at once ---- */

enum { TOGETHER_MAX = 100 };

/* Up to TOGETHER_MAX addresses in or near the prefixes of a list whose first half is IPv4. Some are missing. */
static size_t
draw_addresses(const struct addr *ret[TOGETHER_MAX], const struct line *list, size_t count, uint64_t *seed)
{
    static struct addr addrs[TOGETHER_MAX];
    size_t some = next_random(seed) % (TOGETHER_MAX + 1);
    unsigned family = (unsigned)(next_random(seed) % 3); /* IPv4, IPv6, both */
    for (size_t i = 0; i < some; i++) {
        bool v6 = family == 2 ? next_random(seed) % 2 != 0 : family != 0;
        struct prefix near = {.addr.v6 = v6};
        if (count > 1 && next_random(seed) % 8 != 0)
            near = list[next_random(seed) % (count / 2) + (v6 ? count / 2 : 0)].prefix;
        addrs[i] = near.addr;
        if (next_random(seed) % 8 != 0)
            randomize(&addrs[i], next_random(seed) % 4 == 0 ? 0 : near.len, v6 ? 128 : 32, seed);
        ret[i] = next_random(seed) % 10 == 0 ? NULL : &addrs[i];
    }
    return some;
}

/* Each address finds together what it finds alone, in the same order. Returns the number of matches. */
static unsigned
ask_together(const struct image *image, const struct addr *const *asked, size_t count)
{
    static struct image_cursor all[TOGETHER_MAX], one;
    struct image_hit want, got;
    unsigned hits = 0;
    image_find_addrs(image, asked, count, all);
    for (size_t i = 0; i < count; i++) {
        if (asked[i] == NULL)
            continue;
        image_find_addr(image, asked[i], &one);
        bool more = true;
        for (unsigned steps = 0; more && steps < 300; steps++) {
            more = image_next(&one, &want);
            assert_int_equal(more, image_next(&all[i], &got));
            if (more && (want.rule.number != got.rule.number || got.rule.addr != asked[i] || want.set != got.set ||
                         want.weight != got.weight || want.limit != got.limit))
                fail_msg("address %zu of %zu finds rule %u instead of %u", i, count, got.rule.number, want.rule.number);
            hits += more;
        }
    }
    return hits;
}

/* The image of a table with as many prefixes of each family. */
static void
bytes_of_both(struct buf *ret, struct line *list, size_t each, uint64_t *seed)
{
    struct buf text;
    buf_init(&text, 4 << 20);
    buf_add_text(&text, "inspect other.example\n");
    add_lines(&text, list, each, seed, false);
    add_lines(&text, list + each, each, seed, true);
    buf_add_char(&text, '\0');
    assert_true(buf_ok(&text));
    image_bytes(ret, text.data, NULL);
    buf_clear(&text);
}

static void
together(void **state)
{
    static const struct {
        size_t each, rounds, asked;
    } rows[] = {{.each = 0, .rounds = 1, .asked = 20},     {.each = 1, .rounds = 40, .asked = 20},
                {.each = 5, .rounds = 40, .asked = 40},    {.each = 40, .rounds = 40, .asked = 60},
                {.each = 300, .rounds = 20, .asked = 100}, {.each = LINES_MAX / 2, .rounds = 2, .asked = 1000}};
    (void)state;
    uint64_t seed = 61;
    unsigned hits = 0;
    const struct addr *asked[TOGETHER_MAX];
    struct line *list = calloc(LINES_MAX, sizeof *list);
    for (size_t row = 0; row < ROWS(rows); row++) {
        for (size_t round = 0; round < rows[row].rounds; round++) {
            struct buf bytes;
            struct image *image = NULL;
            bytes_of_both(&bytes, list, rows[row].each, &seed);
            assert_int_equal(image_from_buf(&image, &bytes, NULL), 0);
            for (size_t i = 0; i < rows[row].asked; i++)
                hits += ask_together(image, asked, draw_addresses(asked, list, rows[row].each * 2, &seed));
            image_close(image);
        }
    }
    assert_true(hits > 100000);
    free(list);
}

/* Writes a cell that leads somewhere near the front of a tree. */
static void
mislead(char *bytes, size_t at, uint64_t *seed)
{
    uint32_t bits = (uint32_t)(next_random(seed) % 16), place = (uint32_t)(next_random(seed) % 40);
    uint32_t cell = (uint32_t)(next_random(seed) % 4) << 30 | bits << 26 | place;
    if (next_random(seed) % 2 == 0)
        cell &= 0xc0000fffu; /* bitmaps and runs nearby, small tables */
    memcpy(bytes + at, &cell, sizeof cell);
}

/* Makes the root of a tree a table that begins with the root: zeros of the key lead in a circle. The first rule is such
 * that the root, taken for a leaf, would name a rule. */
static void
turn_in_circles(char *bytes, size_t at, uint64_t *seed)
{
    uint32_t cell = 1u << 30 | (uint32_t)(next_random(seed) % 3) << 26, first_rule = 5 - cell;
    memcpy(bytes + at, &cell, sizeof cell);
    memcpy(bytes + at + sizeof cell, &first_rule, sizeof first_rule);
}

/* The same in damaged images: whatever the bytes are, the answers are those of single lookups. */
static void
together_in_havoc(void **state)
{
    (void)state;
    enum { EACH = 1500, HEADER = 384, TREE4 = 64 + 16 * 11, TREE6 = TREE4 + 16 };
    uint64_t seed = 67;
    const struct addr *asked[TOGETHER_MAX];
    struct line *list = calloc((size_t)2 * EACH, sizeof *list);
    struct buf sound;
    bytes_of_both(&sound, list, EACH, &seed);
    char *bytes = guard_new(sound.data, sound.len);
    for (int change = 0; change < 1500; change++) {
        struct image *image = NULL;
        uint64_t tree[2];
        memcpy(tree, bytes + (change % 2 == 0 ? TREE4 : TREE6), sizeof tree);
        if (change % 5 == 0)
            turn_in_circles(bytes, tree[0], &seed);
        else if (change % 3 != 0)
            mislead(bytes, tree[0] + next_random(&seed) % (tree[1] / 4) * 4, &seed);
        for (unsigned i = 0; i < 1 + next_random(&seed) % 30; i++)
            bytes[HEADER + next_random(&seed) % (sound.len - HEADER)] ^= (char)(1u << next_random(&seed) % 8);
        if (image_from_memory(&image, bytes, sound.len, NULL) == 0) {
            for (unsigned i = 0; i < 4; i++)
                ask_together(image, asked, draw_addresses(asked, list, (size_t)2 * EACH, &seed));
            image_close(image);
        }
        if (change % 8 == 0)
            memcpy(bytes, sound.data, sound.len);
    }
    guard_free(bytes, sound.len);
    buf_clear(&sound);
    free(list);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(like_naive), cmocka_unit_test(nested),   cmocka_unit_test(shared),
        cmocka_unit_test(havoc),      cmocka_unit_test(together), cmocka_unit_test(together_in_havoc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

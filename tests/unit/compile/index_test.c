// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * index_test.c - image_find.h on tables with more names, sets and kinds than fit in a bucket, a class byte or a cache:
 * each name is found with its own rule and nothing else is, one at a time and many at once.
 */
#include "compile/compile.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "image/image_find.h"
#include "tables.h"
#include "verdict/request.h"
#include "verdict/verdict.h"

#define NAMES 60000 /* of the large table; its image is larger than half a megabyte */
#define SETS 400    /* times three kinds: more than 255 classes */

#define ORDER_SUM                                                                                                      \
    0x94b290e4a20e4175u /* of the bytes of an image: the same on every machine, until the layout changes */

/* The name of a number: one to four labels of different lengths. */
static void
number_name(char ret[64], unsigned number)
{
    unsigned mixed = number * 2654435761u;
    static const char *const ends[] = {"example", "co.example", "a.b.example", "x-y.test"};
    snprintf(ret, 64, "n%u%.*s.%s", number, (int)(mixed >> 8 & 15), "abcdefghijklmnop", ends[mixed >> 13 & 3]);
}

static const char *
front(unsigned number)
{
    static const char *const fronts[] = {"", "*.", "."};
    return fronts[number % 3];
}

static struct image *
large_image(void)
{
    struct buf text;
    buf_init(&text, (size_t)8 << 20);
    buf_add_text(&text, "allow 10.0.0.0/8 id=1 area=A tcp=443\nallow 10.9.0.0/16 id=2 area=A tcp=80\n"
                        "inspect 10.1.2.0/24\nallow ::/96 id=1 area=A tcp=443\ninspect 2001:db8::/32\n");
    for (unsigned i = 0; i < NAMES; i++) {
        char name[64];
        number_name(name, i);
        buf_add_fmt(&text, "allow %s%s ticket=%u\n", front(i), name, i % SETS);
    }
    buf_add_char(&text, '\0');
    struct image *image = image_of(text.data, NULL);
    buf_clear(&text);
    return image;
}

/* The only rule found for a name must be this one. */
static void
expect(const struct image *image, const char *name, const char *want, uint32_t weight)
{
    struct host host;
    struct image_cursor cursor;
    struct image_hit hit;
    char room[IMAGE_RULE_MAX];
    assert_true(host_parse(&host, name, strlen(name)));
    image_find_name(image, &host, &cursor);
    if (want == NULL) {
        CHECK(name, !image_next(&cursor, &hit));
        return;
    }
    CHECK(name, image_next(&cursor, &hit));
    struct image_text text = image_rule_text(image, hit.rule, room);
    CHECK(name, text.len == strlen(want) && memcmp(text.text, want, text.len) == 0);
    CHECK(name, hit.weight == weight);
    CHECK(name, !image_next(&cursor, &hit));
}

static void
every_name(void **state)
{
    (void)state;
    struct image *image = large_image();
    assert_int_equal(image_verify(image, NULL), 0);
    assert_true(image_is_large(image));
    for (unsigned i = 0; i < NAMES; i++) {
        char name[64], below[80], rule[80];
        number_name(name, i);
        snprintf(below, sizeof below, "www.%s", name);
        snprintf(rule, sizeof rule, "%s%s", front(i), name);
        uint32_t len = (uint32_t)strlen(name);
        expect(image, name, i % 3 == 1 ? NULL : rule, 0x10000 + len);
        expect(image, below, i % 3 == 0 ? NULL : rule, 2 + len);
        name[0] = 'm';
        expect(image, name, NULL, 0);
    }
    image_close(image);
}

/* A name of so many bytes, with labels as short or as long as possible; false if there is no such name. */
static bool
length_name(char ret[HOST_MAX + 1], unsigned len, bool shortest, char filler)
{
    unsigned label = shortest ? 2 : 64;
    for (unsigned i = 0; i < len; i++)
        ret[i] = i % label == label - 1 ? '.' : filler;
    ret[len] = '\0';
    return len % label != 0;
}

/* Names of every length and number of labels, also the longest. */
static void
every_length(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, (size_t)1 << 20);
    char name[HOST_MAX + 1];
    for (unsigned i = 0; i < 2 * HOST_MAX; i++) {
        if (length_name(name, i / 2 + 1, i % 2 == 0, 'a'))
            buf_add_fmt(&text, "allow %s\n", name);
    }
    buf_add_char(&text, '\0');
    struct image *image = image_of(text.data, NULL);
    assert_int_equal(image_verify(image, NULL), 0);
    for (unsigned i = 0; i < 2 * HOST_MAX; i++) {
        if (!length_name(name, i / 2 + 1, i % 2 == 0, 'a'))
            continue;
        expect(image, name, name, 0x10000 + i / 2 + 1);
        name[0] = 'b';
        expect(image, name, NULL, 0);
    }
    image_close(image);
    buf_clear(&text);
}

static unsigned
count_hits(struct image_cursor *cursor, uint64_t *sum)
{
    unsigned count = 0;
    struct image_hit hit;
    for (; image_next(cursor, &hit); count++)
        *sum = *sum * 31 + (uint64_t)hit.rule.number * 7 + (uint64_t)hit.set * 3 + hit.weight;
    return count;
}

/* Many lookups at once find what single lookups find. */
static void
together(void **state)
{
    (void)state;
    struct image *image = large_image();
    enum { SOME = 64 };
    static struct host hosts[SOME];
    static struct image_cursor cursors[SOME], single;
    const struct host *asked[SOME];
    uint64_t seed = 11;
    unsigned hits = 0;
    for (unsigned round = 0; round < 500; round++) {
        size_t some = 1 + next_random(&seed) % SOME;
        for (size_t i = 0; i < some; i++) {
            char name[64], text[80];
            number_name(name, (unsigned)(next_random(&seed) % (NAMES + NAMES / 2)));
            snprintf(text, sizeof text, "%s%s", next_random(&seed) % 2 == 0 ? "" : "a.b.", name);
            assert_true(host_parse(&hosts[i], text, strlen(text)));
            asked[i] = next_random(&seed) % 10 == 0 ? NULL : &hosts[i];
        }
        image_find_names(image, asked, some, cursors);
        for (size_t i = 0; i < some; i++) {
            uint64_t one = 0, all = 0;
            if (asked[i] == NULL)
                continue;
            image_find_name(image, asked[i], &single);
            unsigned count = count_hits(&single, &one);
            assert_true(count == count_hits(&cursors[i], &all) && one == all);
            hits += count;
        }
    }
    assert_true(hits > 1000);
    image_close(image);
}

static void
random_request(struct request *ret, uint64_t *seed)
{
    static const char *const others[] = {"10.1.2.3", "-",       "a%20b",       "::1",        "10.9.9.9",
                                         "_",        "8.8.8.8", "2001:db8::1", "10.200.1.1", "10.200.1.1"};
    char name[64];
    request_init(ret);
    for (unsigned side = 0; side < 3; side++) {
        const char *text = others[next_random(seed) % ROWS(others)];
        if (next_random(seed) % 8 < (side == 0 ? 4 : side == 1 ? 6 : 1)) {
            number_name(name, (unsigned)(next_random(seed) % 40));
            text = name;
        }
        if (side == 0)
            request_set_dst(ret, text, strlen(text));
        else if (side == 1 && next_random(seed) % 3 != 0)
            request_set_sni(ret, text, strlen(text));
        else if (side == 2 && next_random(seed) % 3 != 0)
            request_set_la(ret, text, strlen(text));
    }
    ret->line_ok = next_random(seed) % 20 != 0;
    ret->port = next_random(seed) % 20 == 0 ? 0 : 443;
}

static bool
same_verdict(const struct verdict *a, const struct verdict *b)
{
    return a->bypass == b->bypass && a->why == b->why && a->has_rule == b->has_rule &&
           (!a->has_rule || (a->rule.number == b->rule.number && a->rule.addr == b->rule.addr && a->set == b->set));
}

static void
decided_together(void **state)
{
    (void)state;
    struct image *images[] = {NULL,
                              image_of("allow *.co.example\n"
                                       "allow .x-y.test\n"
                                       "inspect *.a.b.example\n"
                                       "allow 10.0.0.0/8\n",
                                       NULL),
                              large_image()};
    static struct request requests[VERDICT_BATCH_MAX];
    struct verdict one, all[VERDICT_BATCH_MAX];
    uint64_t seed = 5;
    unsigned bypassed = 0, by_address = 0;
    for (unsigned round = 0; round < 600; round++) {
        const struct image *image = images[round % ROWS(images)];
        size_t count = next_random(&seed) % (VERDICT_BATCH_MAX + 1);
        for (size_t i = 0; i < count; i++)
            random_request(&requests[i], &seed);
        verdict_decide_all(image, requests, count, 20000, all);
        for (size_t i = 0; i < count; i++) {
            verdict_decide(image, &requests[i], 20000, &one);
            assert_true(same_verdict(&one, &all[i]));
            bypassed += one.bypass;
            by_address += one.has_rule && one.rule.addr != NULL;
        }
    }
    assert_true(bypassed > 1000 && by_address > 500);
    image_close(images[1]);
    image_close(images[2]);
}

/* Lines in another order are the same table, and so the same bytes. */
static void
order(void **state)
{
    (void)state;
    struct buf forth, back, a, b;
    buf_init(&forth, (size_t)1 << 20);
    buf_init(&back, (size_t)1 << 20);
    for (unsigned i = 0; i < 3000; i++) {
        char name[64];
        number_name(name, i % 2500);
        buf_add_fmt(&forth, "allow %s%s ticket=%u\n", front(i), name, i % 7);
        number_name(name, (2999 - i) % 2500);
        buf_add_fmt(&back, "allow %s%s ticket=%u\n", front(2999 - i), name, (2999 - i) % 7);
    }
    buf_add_char(&forth, '\0');
    buf_add_char(&back, '\0');
    image_bytes(&a, forth.data, NULL);
    image_bytes(&b, back.data, NULL);
    assert_true(a.len == b.len && memcmp(a.data, b.data, a.len) == 0);
    uint64_t sum = 0;
    for (size_t i = 0; i < a.len; i++)
        sum = sum * 31 + (unsigned char)a.data[i];
    assert_int_equal(sum, ORDER_SUM);
    buf_clear(&a);
    buf_clear(&b);
    buf_clear(&forth);
    buf_clear(&back);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_name),       cmocka_unit_test(every_length), cmocka_unit_test(together),
        cmocka_unit_test(decided_together), cmocka_unit_test(order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

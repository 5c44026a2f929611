// SPDX-License-Identifier: GPL-2.0-or-later
/* image_test.c - image.h: what a lookup finds is what a naive loop over the lines finds. Damage has
 * image_damage_test.c. */
#include "image/image_find.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "name/addr.h"
#include "name/verb.h"
#include "table/policy.h"
#include "table/table.h"
#include "tables.h"

/* All rules an image finds for a name or address, as lines of text in the order of their bytes. */
static void
found(char *ret, size_t room, const struct image *image, struct image_cursor *cursor)
{
    struct image_hit hit;
    char texts[64][280];
    size_t count = 0;
    while (image_next(cursor, &hit)) {
        char text_room[IMAGE_RULE_MAX];
        struct image_text text = image_rule_text(image, hit.rule, text_room);
        assert_true(count < 64 && !hit.limit);
        snprintf(texts[count++], sizeof texts[0], "%.*s", (int)text.len, text.text);
    }
    size_t used = 0;
    ret[0] = '\0';
    for (size_t done = 0; done < count; done++) {
        size_t least = 0;
        while (texts[least][0] == '\0')
            least++;
        for (size_t i = least; i < count; i++) {
            if (texts[i][0] != '\0' && strcmp(texts[i], texts[least]) < 0)
                least = i;
        }
        used += (size_t)snprintf(ret + used, room - used, "%s\n", texts[least]);
        assert_true(used < room);
        texts[least][0] = '\0';
    }
}

enum { NAMES = 30 };

static void
invent(char *ret, const char *letters, uint64_t *seed, size_t most)
{
    size_t len = 1 + next_random(seed) % most;
    for (size_t i = 0; i < len; i++)
        ret[i] = letters[next_random(seed) % strlen(letters)];
    ret[len] = '\0';
}

/* A line that the table takes, or nothing. */
static bool
usable(const char *pattern)
{
    char line[64];
    int n = snprintf(line, sizeof line, "inspect %s", pattern);
    return table_refusal("t", line, (size_t)n) == NULL;
}

static int
by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Random tables of few letters: patterns of every kind under shared keys. */
static void
names_like_naive(void **state)
{
    (void)state;
    uint64_t seed = 23;
    for (int round = 0; round < 150; round++) {
        char patterns[NAMES][16] = {{0}};
        char text[NAMES * 32] = "";
        size_t used = 0, count = 0;
        while (count < 1 + (size_t)round % NAMES) {
            char pattern[16];
            invent(pattern, "ab..**a", &seed, 7);
            if (pattern[strlen(pattern) - 1] == '.' || !usable(pattern))
                continue;
            memcpy(patterns[count++], pattern, sizeof pattern);
        }
        qsort(patterns, count, sizeof patterns[0], by_text);
        for (size_t i = 0; i < count; i++)
            used += (size_t)snprintf(text + used, sizeof text - used, "inspect %s\n", patterns[i]);
        struct image *image = image_of(text, NULL);
        for (int asked = 0; asked < 100; asked++) {
            char name[16], got[2000], want[2000] = "";
            struct host host;
            invent(name, "aabb..", &seed, 9);
            if (!host_parse(&host, name, strlen(name)))
                continue;
            struct image_cursor cursor;
            image_find_name(image, &host, &cursor);
            found(got, sizeof got, image, &cursor);
            size_t at = 0;
            for (size_t i = 0; i < count; i++) {
                if ((i == 0 || strcmp(patterns[i], patterns[i - 1]) != 0) && naive_match(patterns[i], host.text))
                    at += (size_t)snprintf(want + at, sizeof want - at, "%s\n", patterns[i]);
            }
            if (strcmp(got, want) != 0)
                fail_msg("'%s' in\n%s\ngot\n%s\nwant\n%s", host.text, text, got, want);
        }
        image_close(image);
    }
}

static void
random_prefix(struct prefix *ret, uint64_t *seed, bool v6)
{
    unsigned width = v6 ? 128 : 32;
    *ret = (struct prefix){.addr.v6 = v6, .len = (uint8_t)(next_random(seed) % (width + 1))};
    if (next_random(seed) % 3 != 0) /* many share their first bits */
        ret->len = (uint8_t)(next_random(seed) % 12);
    for (unsigned bit = 0; bit < ret->len; bit++) {
        if (next_random(seed) % 2 != 0)
            ret->addr.bytes[bit / 8] |= (uint8_t)(0x80u >> bit % 8);
    }
}

static void
ask(const struct image *image, const struct prefix *list, size_t count, const struct addr *addr)
{
    char got[4000], want[4000] = "", texts[NAMES][64];
    struct image_cursor cursor;
    size_t at = 0, held = 0;
    image_find_addr(image, addr, &cursor);
    found(got, sizeof got, image, &cursor);
    for (size_t i = 0; i < count; i++) {
        if (prefix_holds(&list[i], addr))
            prefix_format(texts[held++], &list[i]);
    }
    qsort(texts, held, sizeof texts[0], by_text);
    for (size_t i = 0; i < held; i++) {
        if (i == 0 || strcmp(texts[i], texts[i - 1]) != 0)
            at += (size_t)snprintf(want + at, sizeof want - at, "%s\n", texts[i]);
    }
    if (strcmp(got, want) != 0) {
        char text[ADDR_TEXT_MAX];
        addr_format(text, addr);
        fail_msg("%s got\n%s\nwant\n%s", text, got, want);
    }
}

static void
flip(struct addr *addr, unsigned bit)
{
    addr->bytes[bit / 8] ^= (uint8_t)(0x80u >> bit % 8);
}

/* Random tables of prefixes; asked at each prefix's first address, with the bit just inside and just outside flipped,
 * and at its last address. */
static void
prefixes_like_naive(void **state)
{
    (void)state;
    uint64_t seed = 29;
    for (int round = 0; round < 300; round++) {
        bool v6 = round % 2 != 0;
        struct prefix list[NAMES];
        char text[NAMES * 80];
        size_t used = 0, count = 1 + next_random(&seed) % NAMES;
        for (size_t i = 0; i < count; i++) {
            char one[PREFIX_TEXT_MAX];
            random_prefix(&list[i], &seed, v6);
            prefix_format(one, &list[i]);
            used += (size_t)snprintf(text + used, sizeof text - used, "inspect %s\n", one);
        }
        struct image *image = image_of(text, NULL);
        unsigned width = v6 ? 128 : 32;
        for (size_t i = 0; i < count; i++) {
            struct addr addr = list[i].addr;
            ask(image, list, count, &addr);
            if (list[i].len < width) {
                flip(&addr, list[i].len);
                ask(image, list, count, &addr);
            }
            for (unsigned bit = list[i].len; bit < width; bit++)
                addr.bytes[bit / 8] |= (uint8_t)(0x80u >> bit % 8);
            ask(image, list, count, &addr);
            if (list[i].len > 0) {
                flip(&addr, list[i].len - 1u);
                ask(image, list, count, &addr);
            }
        }
        image_close(image);
    }
}

/* One prefix: yes with the bit just inside flipped, no with the bit just outside. */
static void
edges(void **state)
{
    (void)state;
    uint64_t seed = 31;
    for (int round = 0; round < 600; round++) {
        struct prefix prefix;
        char one[PREFIX_TEXT_MAX], text[80];
        bool v6 = round % 2 != 0;
        random_prefix(&prefix, &seed, v6);
        prefix_format(one, &prefix);
        snprintf(text, sizeof text, "inspect %s", one);
        struct image *image = image_of(text, NULL);
        struct addr addr = prefix.addr;
        struct image_cursor cursor;
        struct image_hit hit;
        if (prefix.len < (v6 ? 128 : 32)) {
            flip(&addr, prefix.len);
            image_find_addr(image, &addr, &cursor);
            CHECK(one, image_next(&cursor, &hit) && hit.weight == prefix.len);
        }
        if (prefix.len > 0) {
            flip(&addr, prefix.len - 1u);
            image_find_addr(image, &addr, &cursor);
            CHECK(one, !image_next(&cursor, &hit));
        }
        image_close(image);
    }
}

static void
info(void **state)
{
    (void)state;
    const char *tenants[] = {"contoso", "fabrikam"};
    const struct policy options = {.bypass = 4, .highest = true, .tenants = tenants, .tenant_count = 2};
    struct image *image = image_of("# version: 7\n"
                                   "allow a.example id=3 area=Exchange tcp=80,443-445 udp=1 required\n"
                                   "allow b.example id=3 area=Exchange tcp=80,443-445 udp=1 required\n"
                                   "inspect *.c.example expires=2027-03-01\n",
                                   &options);
    struct image_info got;
    image_get_info(image, &got);
    check_text("label", got.label.text, got.label.len, "7");
    assert_true(got.bypass == 4 && got.highest && got.rules == 3 && got.sets == 2 && got.tenants == 2);
    check_text("tenant", image_tenant(image, 1).text, image_tenant(image, 1).len, "fabrikam");
    assert_int_equal(image_tenant(image, 2).len, 0);
    assert_true(image_has_area(image, "Exchange", 8));
    assert_false(image_has_area(image, "Exchang", 7) || image_has_area(image, "", 0));
    assert_false(image_is_mapped(image));
    assert_int_equal(image_verify(image, NULL), 0);
    struct host host;
    struct image_cursor cursor;
    struct image_hit hit;
    struct image_set set;
    assert_true(host_parse(&host, "A.example", 9));
    image_find_name(image, &host, &cursor);
    assert_true(image_next(&cursor, &hit));
    image_get_set(image, hit.set, &set);
    assert_true(set.has_id && !set.local && set.id == 3 && set.required && !set.expressroute && set.expires == 0);
    check_text("area", set.area.text, set.area.len, "Exchange");
    check_text("source", set.source.text, set.source.len, "t");
    assert_true(image_ports_hold(image, set.tcp, 444) && !image_ports_hold(image, set.tcp, 446));
    assert_true(image_ports_hold(image, set.tcp, 0) && image_ports_hold(image, set.udp, 1));
    struct buf buf;
    buf_init(&buf, 100);
    image_ports_print(image, set.tcp, &buf);
    check_text("ports", buf.data, buf.len, "80,443-445");
    buf_reset(&buf);
    assert_true(host_parse(&host, "x.c.example", 11));
    image_find_name(image, &host, &cursor);
    assert_true(image_next(&cursor, &hit));
    image_get_set(image, hit.set, &set);
    assert_true(set.local && set.expires == 20878 && set.area.len == 0 && image_ports_hold(image, set.tcp, 1));
    image_ports_print(image, set.tcp, &buf);
    assert_int_equal(buf.len, 0);
    image_get_set(image, 2, &set);
    assert_true(set.verb == VERB_INSPECT && image_ports_hold(image, set.tcp, 1));
    char room[IMAGE_RULE_MAX];
    assert_int_equal(image_rule_text(image, (struct image_rule){1000, NULL}, room).len, 0);
    buf_clear(&buf);
    image_close(image);
    image_close(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_like_naive),
        cmocka_unit_test(prefixes_like_naive),
        cmocka_unit_test(edges),
        cmocka_unit_test(info),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* image_damage_test.c - image.h: a damaged image is refused with a sentence, and whatever opened can be asked anything.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "compile.h"
#include "err.h"
#include "image.h"
#include "image_guard.h"
#include "tables.h"
#include "walk.h"

static const char lines[] = "# version: 7\n"
                            "optimize a.example id=1 area=Exchange tcp=80,443 udp=443 required\n"
                            "allow *.a.example id=2 area=Common tcp=443\n"
                            "optimize 10.0.0.0/8 id=1 area=Exchange tcp=80,443 udp=443 required\n"
                            "allow 10.1.0.0/16 id=2 area=Common tcp=443\n"
                            "allow 2603:1006::/40 id=2 area=Common tcp=443\n"
                            "allow *.sharepoint.com id=3\n"
                            "default *cdn.c.example\n"
                            "inspect x.*.b.example expires=2027-03-01\n"
                            "inspect ~[ab]+\\.re\\.example\n"
                            "inspect ~(re|ri)\n"
                            "allow .b.example tcp=8080\n";

/* Where things stand in the header, as m365-image(5) says. */
enum { FILE_SIZE = 8, CHECKSUM = 16, SPILL = 60, SECTIONS = 64, SECTION_STEP = 16, HEADER = 384 };
enum { TEXT, PORTS, SETS, AREAS, TENANTS, BUCKETS, POOL, CLASSES, NODES, RULES, REGEXES, TREE4, TREE6, SECTION_TOTAL };

static struct buf sound;

static int
set_up(void **state)
{
    (void)state;
    static const char *tenants[] = {"contoso"};
    const struct policy options = {.tenants = tenants, .tenant_count = 1};
    image_bytes(&sound, lines, &options);
    folder_make();
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    buf_clear(&sound);
    folder_remove();
    return 0;
}

static uint64_t
get(const char *bytes, size_t at, unsigned width)
{
    uint64_t value = 0;
    for (unsigned i = width; i > 0; i--)
        value = value << 8 | (unsigned char)bytes[at + i - 1];
    return value;
}

static void
put(char *bytes, size_t at, unsigned width, uint64_t value)
{
    for (unsigned i = 0; i < width; i++)
        bytes[at + i] = (char)(unsigned char)(value >> 8 * i);
}

static size_t
section(const char *bytes, unsigned number)
{
    return get(bytes, SECTIONS + SECTION_STEP * (size_t)number, 8);
}

/* The checksum of m365-image(5). */
static void
seal(char *bytes, size_t len)
{
    uint64_t sum = 0x243f6a8885a308d3u ^ (len - CHECKSUM - 8);
    size_t at = CHECKSUM + 8;
    for (; len - at >= 8; at += 8) {
        sum = (sum ^ get(bytes, at, 8)) * 0x9e3779b97f4a7c15u;
        sum ^= sum >> 31;
    }
    for (; at < len; at++) {
        sum = (sum ^ (unsigned char)bytes[at]) * 0x9e3779b97f4a7c15u;
        sum ^= sum >> 31;
    }
    put(bytes, CHECKSUM, 8, sum);
}

/* Opens these bytes as a file; the sentence, or NULL. */
static const char *
open_file(const void *bytes, size_t len)
{
    static struct err err;
    struct image *image = NULL;
    err = (struct err){0};
    folder_write("image", bytes, len);
    int result = image_open(&image, folder_path("image"), &err);
    assert_true((result == 0) == (image != NULL) && (result == 0) == (err.kind == ERR_NONE));
    image_close(image);
    return result == 0 ? NULL : err.text;
}

struct damage {
    const char *why;
    unsigned at_section; /* offset counts from here; SECTION_TOTAL: from the start */
    size_t at;
    unsigned width;
    uint64_t value;
    const char *want;
};

static const struct damage damages[] = {
    {"magic", SECTION_TOTAL, 0, 1, 'M', "it is no compiled image"},
    {"version", SECTION_TOTAL, 7, 1, 9, "it has layout version 9, this program reads 2; compile it again"},
    {"size", SECTION_TOTAL, FILE_SIZE, 8, 4711, "it was cut: "},
    {"a section far outside", SECTION_TOTAL, SECTIONS, 8, UINT64_MAX - 7, "section 0 lies outside the file"},
    {"a section in the header", SECTION_TOTAL, SECTIONS + 16, 8, 64, "section 1 lies outside the file"},
    {"a section not aligned", SECTION_TOTAL, SECTIONS + 32, 8, HEADER + 4, "section 2 lies outside the file"},
    {"a section too long", SECTION_TOTAL, SECTIONS + 5 * 16 + 8, 8, UINT64_MAX - 15, "section 5 lies outside the file"},
    {"half a record", SECTION_TOTAL, SECTIONS + RULES * 16 + 8, 8, 17, "section 9 lies outside the file"},
    {"names far apart", SECTION_TOTAL, SPILL, 4, 64, "its names lie up to 64 buckets apart"},
    {"a bucket without names", BUCKETS, 0, 4, 0x7fffffff, "a name of bucket 0 lies outside"},
    {"a tag that does not fit", BUCKETS, 4, 2, 4711, "a name of bucket 0 cannot be found"},
    {"a name too long", BUCKETS, 44, 1, 254, "a name of bucket 0 "},
    {"a name of no class", POOL, 0, 1, 254, "a name of bucket 0 has no class"},
    {"a name of another node", POOL, 1, 4, 9999, "a name of bucket 0 cannot be found"},
    {"another name", POOL, 1, 1, 'q', "a name of bucket 0 cannot be found"},
    {"a class without set", CLASSES, 0, 4, 77, "class 0 has no sound kind or set"},
    {"a class of no kind", CLASSES, 4, 4, 3, "class 0 has no sound kind or set"},
    {"no such labels", SECTION_TOTAL, 336, 8, 0, "a name of bucket 0 cannot be found"},
    {"a regex that names no rule", REGEXES, 0, 4, 9999, "regex 0 has no text"},
    {"a regex that names another rule", REGEXES, 0, 4, 1, "regex 0 has no text"},
    {"a node without rules", NODES, 8, 4, 9999, "node 0 has no rules"},
    {"a node with too many", NODES, 12, 4, 9999, "node 0 has no rules"},
    {"a node without name", NODES, 0, 4, 0xffffffff, "node 0 has no name"},
    {"a node with a long name", NODES, 4, 4, 254, "node 0 has no name"},
    {"a rule of no kind", RULES, 30, 2, 2, "rule 1 has no sound kind or text"},
    {"a rule of no kind at all", RULES, 30, 2, 77, "rule 1 has no sound kind or text"},
    {"a rule without text", RULES, 28, 2, 0, "rule 1 has no sound kind or text"},
    {"a rule with a text outside", RULES, 20, 4, 0xfffffff0, "rule 1 has no sound kind or text"},
    {"a regex of another number", RULES, 40, 4, 77, "rule 2 is no regex of the list"},
    {"a rule without set", RULES, 16, 4, 77, "rule 1 names a set that is not there"},
    {"a leaf without rule", TREE4, 0, 4, 77, "the tree of IPv4 addresses is not sound near byte 8"},
    {"a leaf of the other family", TREE6, 4, 4, 0, "the tree of IPv6 addresses is not sound near byte "},
    {"a table outside", TREE4, 0, 4, 0x80000000 - 1, "the tree of IPv4 addresses is not sound near byte 8"},
    {"a bitmap outside", TREE4, 0, 4, 0xc0000000 - 1, "the tree of IPv4 addresses is not sound near byte 8"},
    {"a run outside", TREE4, 0, 4, 0xffffffff, "the tree of IPv4 addresses is not sound near byte 8"},
    {"a run too long", TREE4, 8, 2, 0xffff, "the tree of IPv4 addresses is not sound near byte "},
    {"a run of no keys", TREE4, 8, 2, 0, "the tree of IPv4 addresses is not sound near byte 12"},
    {"a run of strange keys", TREE4, 10, 1, 3, "the tree of IPv4 addresses is not sound near byte 12"},
    {"a run of strange leaves", TREE4, 11, 1, 3, "the tree of IPv4 addresses is not sound near byte 12"},
    {"a run out of order", TREE4, 12, 2, 0xffff, "the tree of IPv4 addresses is not sound near byte "},
    {"a run that names no rule", TREE4, 12 + 4 * 2, 1, 0xff, "the tree of IPv4 addresses is not sound near"},
};

static void
try_rows(const struct buf *base, const struct damage *rows, size_t count)
{
    char *bytes = malloc(base->len);
    memcpy(bytes, base->data, base->len);
    seal(bytes, base->len);
    assert_memory_equal(bytes, base->data, base->len);
    assert_null(open_file(bytes, base->len));
    for (size_t i = 0; i < count; i++) {
        const struct damage *row = &rows[i];
        memcpy(bytes, base->data, base->len);
        put(bytes, row->at + (row->at_section == SECTION_TOTAL ? 0 : section(bytes, row->at_section)), row->width,
            row->value);
        seal(bytes, base->len);
        const char *got = open_file(bytes, base->len);
        CHECK(row->why, got != NULL);
        check_says(row->why, got, row->want);
        check_says(row->why, got, "cannot open image '");
    }
    free(bytes);
}

static void
named(void **state)
{
    (void)state;
    try_rows(&sound, damages, ROWS(damages));
}

/* 40 prefixes begin with a table of 256 cells, at 64; behind it, at 1088, a bitmap of cells, at 1136 one of leaves.
 * Rule 0 and 1 are of one prefix. */
static const struct damage tree_damages[] = {
    {"a rule that says too much", RULES, 12, 2, 8, "rule 0 is of no sound prefix"},
    {"a rule of a long prefix", RULES, 8, 4, 33, "rule 0 is of no sound prefix"},
    {"a rule inside itself", RULES, 4, 4, 1, "rule 0 is of no sound prefix"},
    {"a rule inside nothing", RULES, 4, 4, 9999, "rule 0 is of no sound prefix"},
    {"a rule of the other family", RULES, 16 + 12, 2, 1, "rule 0 is of no sound prefix"},
    {"a rule with no next", RULES, 2 * 16 + 12, 2, 2, "rule 2 is of no sound prefix"},
    {"a rule with another next", RULES, 16 + 8, 4, 20, "rule 0 is of no sound prefix"},
    {"something before a table", TREE4, 8, 4, 1, "the tree of IPv4 addresses is not sound near byte 8"},
    {"a table of another size", TREE4, 0, 4, 1u << 30 | 6u << 26 | 1, "the tree of IPv4 addresses is not sound near"},
    {"a table of two cells", TREE4, 0, 4, 1u << 30 | 1, "the tree of IPv4 addresses is not sound near byte 8"},
    {"a table as its own cell", TREE4, 64, 4, 1u << 30 | 7u << 26 | 1, "the tree of IPv4 addresses is not sound near"},
    {"a leaf of a table", TREE4, 64, 4, 4711, "the tree of IPv4 addresses is not sound near byte 1088"},
    {"a bitmap that counts wrong", TREE4, 1088, 1, 99, "the tree of IPv4 addresses is not sound near byte "},
    {"a bitmap of strange entries", TREE4, 1091, 1, 3, "the tree of IPv4 addresses is not sound near byte "},
    {"a bitmap that begins late", TREE4, 1092, 1, 0, "the tree of IPv4 addresses is not sound near byte "},
    {"a bitmap with too many", TREE4, 1092 + 24, 8, UINT64_MAX, "the tree of IPv4 addresses is not sound near byte "},
    {"an entry of a bitmap", TREE4, 1088 + 36, 4, 4711, "the tree of IPv4 addresses is not sound near byte "},
    {"a leaf of a bitmap", TREE4, 1136 + 36, 1, 99, "the tree of IPv4 addresses is not sound near byte "},
};

static void
named_in_trees(void **state)
{
    (void)state;
    struct buf text, base;
    buf_init(&text, 1 << 16);
    buf_add_text(&text, "inspect 10.1.0.0/16 tcp=80\ninspect 10.1.0.0/16 tcp=443\n");
    for (unsigned i = 0; i < 40; i++)
        buf_add_fmt(&text, "inspect 10.1.%u.0/24 tcp=443\n", i * 2);
    buf_add_char(&text, '\0');
    image_bytes(&base, text.data, NULL);
    try_rows(&base, tree_damages, ROWS(tree_damages));
    buf_clear(&text);
    buf_clear(&base);
}

static void
refused_files(void **state)
{
    (void)state;
    struct image *image = NULL;
    struct err err = {0};
    check_says("empty", open_file("", 0), "it has 0 bytes, no size of an image");
    check_says("text", open_file(lines, sizeof lines), "it is no compiled image");
    assert_int_equal(image_open(&image, folder_path("absent"), &err), -1);
    check_says("absent", err.text, "absent': No such file or directory");
    assert_int_equal(image_open(&image, folder_path("."), &err), -1);
    check_says("a folder", err.text, "it is no regular file");
    assert_null(image);
    assert_false(image_looks_like("m365im", 6));
    assert_true(image_looks_like("m365img\2", 8));
}

/* As a file: no flipped bit and no cut passes. */
static void
files(void **state)
{
    (void)state;
    char *bytes = malloc(sound.len);
    memcpy(bytes, sound.data, sound.len);
    for (size_t at = 0; at < sound.len; at++) {
        bytes[at] ^= (char)(1 << at % 8);
        if (open_file(bytes, sound.len) == NULL)
            fail_msg("a flipped bit at %zu is not seen", at);
        bytes[at] = sound.data[at];
    }
    for (size_t len = 0; len < sound.len; len++) {
        if (open_file(bytes, len) == NULL)
            fail_msg("a cut to %zu bytes is not seen", len);
    }
    assert_null(open_file(bytes, sound.len));
    free(bytes);
}

static void
try_bytes(const char *bytes, size_t len)
{
    struct image *image = NULL;
    struct err err = {0};
    if (image_from_memory(&image, bytes, len, &err) != 0) {
        assert_true(image == NULL && err.text[0] != '\0');
        return;
    }
    walk_image(image);
    image_close(image);
}

/* In memory, where no checksum is asked: every byte in several ways, every length, behind a guard. */
static void
flips(void **state)
{
    (void)state;
    char *bytes = guard_new(sound.data, sound.len);
    try_bytes(bytes, sound.len);
    for (size_t at = 0; at < sound.len; at++) {
        const char was = bytes[at];
        static const unsigned char masks[] = {0x01, 0x80, 0xff};
        for (size_t i = 0; i < ROWS(masks); i++) {
            bytes[at] = (char)(was ^ (char)masks[i]);
            try_bytes(bytes, sound.len);
        }
        bytes[at] = was;
    }
    guard_free(bytes, sound.len);
}

static void
cuts(void **state)
{
    (void)state;
    for (size_t len = 0; len < sound.len; len++) {
        char *bytes = guard_new(sound.data, len);
        try_bytes(bytes, len);
        if (len >= HEADER) { /* one that says it is so short */
            put(bytes, FILE_SIZE, 8, len);
            try_bytes(bytes, len);
        }
        guard_free(bytes, len);
    }
}

/* Several numbers of an image wrong at once, and changes while it is open. */
static void
havoc(void **state)
{
    (void)state;
    uint64_t seed = 37;
    char *bytes = guard_new(sound.data, sound.len);
    for (int round = 0; round < 3000; round++) {
        memcpy(bytes, sound.data, sound.len);
        struct image *image = NULL;
        bool later = round % 2 == 0;
        if (later)
            assert_int_equal(image_from_memory(&image, bytes, sound.len, NULL), 0);
        for (unsigned i = 0; i < 1 + next_random(&seed) % 20; i++) {
            size_t at = HEADER + next_random(&seed) % (sound.len - HEADER - 4);
            put(bytes, at / 4 * 4, 4, next_random(&seed) % 3 == 0 ? next_random(&seed) : next_random(&seed) % 16);
        }
        if (later)
            walk_image(image);
        else
            try_bytes(bytes, sound.len);
        image_close(image);
    }
    guard_free(bytes, sound.len);
}

static void
walk_it(void *arg)
{
    walk_image(arg);
}

struct asked {
    const struct image *image;
    bool whole;
};

static void
ask_whole(void *arg)
{
    struct asked *asked = arg;
    asked->whole = image_is_whole(asked->image);
}

/* A mapped file that shrinks is noticed, not fatal; another one is then read as before. */
static void
shrunk(void **state)
{
    (void)state;
    struct image *image, *other;
    folder_write("image", sound.data, sound.len);
    folder_write("other", sound.data, sound.len);
    assert_int_equal(image_open(&image, folder_path("image"), NULL), 0);
    assert_int_equal(image_open(&other, folder_path("other"), NULL), 0);
    assert_true(image_is_mapped(image));
    assert_true(image_guarded(walk_it, image));
    assert_int_equal(truncate(folder_path("image"), 0), 0);
    assert_false(image_guarded(walk_it, image));
    assert_true(image_guarded(walk_it, other));
    assert_false(image_guarded(walk_it, image));
    image_close(image);
    image_close(other);
    size_t last = sound.len;
    while (sound.data[last - 1] == 0)
        last--;
    for (size_t cut = 0; cut < sound.len; cut++) {
        folder_write("image", sound.data, sound.len);
        assert_int_equal(image_open(&image, folder_path("image"), NULL), 0);
        struct asked asked = {.image = image};
        assert_true(image_guarded(ask_whole, &asked) && asked.whole);
        assert_int_equal(truncate(folder_path("image"), (off_t)cut), 0);
        bool told = image_guarded(ask_whole, &asked) && asked.whole;
        if (told != (cut >= last))
            fail_msg("cut to %zu of %zu bytes, of which %zu are not zero: whole %d", cut, sound.len, last, told);
        image_close(image);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shrunk), /* first: cmocka puts its own handlers back behind each test */
        cmocka_unit_test(named),  cmocka_unit_test(named_in_trees), cmocka_unit_test(refused_files),
        cmocka_unit_test(files),  cmocka_unit_test(flips),          cmocka_unit_test(cuts),
        cmocka_unit_test(havoc),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* image_damage_test.c - image.h: a damaged image is refused with a sentence. If one opens nevertheless, any question
 * gets an answer.
 */
#include "image/image.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "image/image_guard.h"
#include "table/policy.h"
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

/* Offsets in the header, as in m365-image(5). */
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
    {"magic", .at_section = SECTION_TOTAL, .at = 0, .width = 1, .value = 'M', .want = "it is not a compiled image"},
    {"version", .at_section = SECTION_TOTAL, .at = 7, .width = 1, .value = 9,
     .want = "it has layout version 9, this program reads 2; compile it again"},
    {"size", .at_section = SECTION_TOTAL, .at = FILE_SIZE, .width = 8, .value = 4711, .want = "it is truncated: "},
    {"a section far outside", .at_section = SECTION_TOTAL, .at = SECTIONS, .width = 8, .value = UINT64_MAX - 7,
     .want = "section 0 is outside the file"},
    {"a section in the header", .at_section = SECTION_TOTAL, .at = SECTIONS + 16, .width = 8, .value = 64,
     .want = "section 1 is outside the file"},
    {"a section not aligned", .at_section = SECTION_TOTAL, .at = SECTIONS + 32, .width = 8, .value = HEADER + 4,
     .want = "section 2 is outside the file"},
    {"a section too long", .at_section = SECTION_TOTAL, .at = SECTIONS + 5 * 16 + 8, .width = 8,
     .value = UINT64_MAX - 15, .want = "section 5 is outside the file"},
    {"half a record", .at_section = SECTION_TOTAL, .at = SECTIONS + RULES * 16 + 8, .width = 8, .value = 17,
     .want = "section 9 is outside the file"},
    {"names far apart", .at_section = SECTION_TOTAL, .at = SPILL, .width = 4, .value = 64,
     .want = "its names are up to 64 buckets apart"},
    {"a bucket without names", .at_section = BUCKETS, .at = 0, .width = 4, .value = 0x7fffffff,
     .want = "a name of bucket 0 is out of bounds"},
    {"a tag that does not fit", .at_section = BUCKETS, .at = 4, .width = 2, .value = 4711,
     .want = "a name of bucket 0 cannot be found"},
    {"a name too long", .at_section = BUCKETS, .at = 44, .width = 1, .value = 254, .want = "a name of bucket 0 "},
    {"a name of no class", .at_section = POOL, .at = 0, .width = 1, .value = 254,
     .want = "a name of bucket 0 has no class"},
    {"a name of another node", .at_section = POOL, .at = 1, .width = 4, .value = 9999,
     .want = "a name of bucket 0 cannot be found"},
    {"another name", .at_section = POOL, .at = 1, .width = 1, .value = 'q',
     .want = "a name of bucket 0 cannot be found"},
    {"a class without set", .at_section = CLASSES, .at = 0, .width = 4, .value = 77,
     .want = "class 0 has an invalid kind or set"},
    {"a class of no kind", .at_section = CLASSES, .at = 4, .width = 4, .value = 3,
     .want = "class 0 has an invalid kind or set"},
    {"no such labels", .at_section = SECTION_TOTAL, .at = 336, .width = 8, .value = 0,
     .want = "a name of bucket 0 cannot be found"},
    {"a regex that names no rule", .at_section = REGEXES, .at = 0, .width = 4, .value = 9999,
     .want = "regex 0 has no text"},
    {"a regex that names another rule", .at_section = REGEXES, .at = 0, .width = 4, .value = 1,
     .want = "regex 0 has no text"},
    {"a node without rules", .at_section = NODES, .at = 8, .width = 4, .value = 9999, .want = "node 0 has no rules"},
    {"a node with too many", .at_section = NODES, .at = 12, .width = 4, .value = 9999, .want = "node 0 has no rules"},
    {"a node without name", .at_section = NODES, .at = 0, .width = 4, .value = 0xffffffff,
     .want = "node 0 has no name"},
    {"a node with a long name", .at_section = NODES, .at = 4, .width = 4, .value = 254, .want = "node 0 has no name"},
    {"a rule of no kind", .at_section = RULES, .at = 30, .width = 2, .value = 2,
     .want = "rule 1 has an invalid kind or text"},
    {"a rule of no kind at all", .at_section = RULES, .at = 30, .width = 2, .value = 77,
     .want = "rule 1 has an invalid kind or text"},
    {"a rule without text", .at_section = RULES, .at = 28, .width = 2, .value = 0,
     .want = "rule 1 has an invalid kind or text"},
    {"a rule with a text outside", .at_section = RULES, .at = 20, .width = 4, .value = 0xfffffff0,
     .want = "rule 1 has an invalid kind or text"},
    {"a regex of another number", .at_section = RULES, .at = 40, .width = 4, .value = 77,
     .want = "rule 2 is not in the list of regexes"},
    {"a rule without set", .at_section = RULES, .at = 16, .width = 4, .value = 77,
     .want = "rule 1 names a set that does not exist"},
    {"a leaf without rule", .at_section = TREE4, .at = 0, .width = 4, .value = 77,
     .want = "the tree of IPv4 addresses is damaged near byte 8"},
    {"a leaf of the other family", .at_section = TREE6, .at = 4, .width = 4, .value = 0,
     .want = "the tree of IPv6 addresses is damaged near byte "},
    {"a table outside", .at_section = TREE4, .at = 0, .width = 4, .value = 0x80000000 - 1,
     .want = "the tree of IPv4 addresses is damaged near byte 8"},
    {"a bitmap outside", .at_section = TREE4, .at = 0, .width = 4, .value = 0xc0000000 - 1,
     .want = "the tree of IPv4 addresses is damaged near byte 8"},
    {"a run outside", .at_section = TREE4, .at = 0, .width = 4, .value = 0xffffffff,
     .want = "the tree of IPv4 addresses is damaged near byte 8"},
    {"a run too long", .at_section = TREE4, .at = 8, .width = 2, .value = 0xffff,
     .want = "the tree of IPv4 addresses is damaged near byte "},
    {"a run of no keys", .at_section = TREE4, .at = 8, .width = 2, .value = 0,
     .want = "the tree of IPv4 addresses is damaged near byte 12"},
    {"a run of strange keys", .at_section = TREE4, .at = 10, .width = 1, .value = 3,
     .want = "the tree of IPv4 addresses is damaged near byte 12"},
    {"a run of strange leaves", .at_section = TREE4, .at = 11, .width = 1, .value = 3,
     .want = "the tree of IPv4 addresses is damaged near byte 12"},
    {"a run out of order", .at_section = TREE4, .at = 12, .width = 2, .value = 0xffff,
     .want = "the tree of IPv4 addresses is damaged near byte "},
    {"a run that names no rule", .at_section = TREE4, .at = 12 + 4 * 2, .width = 1, .value = 0xff,
     .want = "the tree of IPv4 addresses is damaged near"},
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

/* 40 prefixes begin with a table of 256 cells, at 64; after it, at 1088, a bitmap of cells, at 1136 one of leaves.
 * Rule 0 and 1 are of one prefix. */
static const struct damage tree_damages[] = {
    {"a rule that says too much", .at_section = RULES, .at = 12, .width = 2, .value = 8,
     .want = "rule 0 has an invalid prefix"},
    {"a rule of a long prefix", .at_section = RULES, .at = 8, .width = 4, .value = 33,
     .want = "rule 0 has an invalid prefix"},
    {"a rule inside itself", .at_section = RULES, .at = 4, .width = 4, .value = 1,
     .want = "rule 0 has an invalid prefix"},
    {"a rule inside nothing", .at_section = RULES, .at = 4, .width = 4, .value = 9999,
     .want = "rule 0 has an invalid prefix"},
    {"a rule of the other family", .at_section = RULES, .at = 16 + 12, .width = 2, .value = 1,
     .want = "rule 0 has an invalid prefix"},
    {"a rule with no next", .at_section = RULES, .at = 2 * 16 + 12, .width = 2, .value = 2,
     .want = "rule 2 has an invalid prefix"},
    {"a rule with another next", .at_section = RULES, .at = 16 + 8, .width = 4, .value = 20,
     .want = "rule 0 has an invalid prefix"},
    {"something before a table", .at_section = TREE4, .at = 8, .width = 4, .value = 1,
     .want = "the tree of IPv4 addresses is damaged near byte 8"},
    {"a table of another size", .at_section = TREE4, .at = 0, .width = 4, .value = 1u << 30 | 6u << 26 | 1,
     .want = "the tree of IPv4 addresses is damaged near"},
    {"a table of two cells", .at_section = TREE4, .at = 0, .width = 4, .value = 1u << 30 | 1,
     .want = "the tree of IPv4 addresses is damaged near byte 8"},
    {"a table as its own cell", .at_section = TREE4, .at = 64, .width = 4, .value = 1u << 30 | 7u << 26 | 1,
     .want = "the tree of IPv4 addresses is damaged near"},
    {"a leaf of a table", .at_section = TREE4, .at = 64, .width = 4, .value = 4711,
     .want = "the tree of IPv4 addresses is damaged near byte 1088"},
    {"a bitmap that counts wrong", .at_section = TREE4, .at = 1088, .width = 1, .value = 99,
     .want = "the tree of IPv4 addresses is damaged near byte "},
    {"a bitmap of strange entries", .at_section = TREE4, .at = 1091, .width = 1, .value = 3,
     .want = "the tree of IPv4 addresses is damaged near byte "},
    {"a bitmap that begins late", .at_section = TREE4, .at = 1092, .width = 1, .value = 0,
     .want = "the tree of IPv4 addresses is damaged near byte "},
    {"a bitmap with too many", .at_section = TREE4, .at = 1092 + 24, .width = 8, .value = UINT64_MAX,
     .want = "the tree of IPv4 addresses is damaged near byte "},
    {"an entry of a bitmap", .at_section = TREE4, .at = 1088 + 36, .width = 4, .value = 4711,
     .want = "the tree of IPv4 addresses is damaged near byte "},
    {"a leaf of a bitmap", .at_section = TREE4, .at = 1136 + 36, .width = 1, .value = 99,
     .want = "the tree of IPv4 addresses is damaged near byte "},
};

static void
named_in_trees(void **state)
{
    (void)state;
    struct buf text, base;
    buf_init(&text, 1 << 16);
    buf_add_text(&text, "inspect 10.1.0.0/16 tcp=80\n"
                        "inspect 10.1.0.0/16 tcp=443\n");
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
    check_says("empty", open_file("", 0), "it has 0 bytes, which no image has");
    check_says("text", open_file(lines, sizeof lines), "it is not a compiled image");
    assert_int_equal(image_open(&image, folder_path("absent"), &err), -1);
    check_says("absent", err.text, "absent': No such file or directory");
    assert_int_equal(image_open(&image, folder_path("."), &err), -1);
    check_says("a folder", err.text, "it is not a regular file");
    assert_int_equal(mkfifo(folder_path("pipe"), 0600), 0);
    assert_int_equal(image_open(&image, folder_path("pipe"), &err), -1);
    check_says("a pipe is not waited for", err.text, "it is not a regular file");
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

/* In memory, where no checksum is asked: every byte in several ways, every length, with a guard after it. */
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
        if (len >= HEADER) { /* one whose header admits that it is short */
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

/* A mapped file that shrinks is noticed and is not fatal. Another image can be read afterwards. */
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
        bool answered = image_guarded(ask_whole, &asked) && asked.whole;
        if (answered != (cut >= last))
            fail_msg("cut to %zu of %zu bytes, of which %zu are not zero: whole %d", cut, sound.len, last, answered);
        image_close(image);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shrunk), /* first: cmocka restores its own handlers after each test */
        cmocka_unit_test(named),  cmocka_unit_test(named_in_trees), cmocka_unit_test(refused_files),
        cmocka_unit_test(files),  cmocka_unit_test(flips),          cmocka_unit_test(cuts),
        cmocka_unit_test(havoc),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

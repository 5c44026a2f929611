// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sealed_test.c - sealed.h: what takes the place of an image of another layout, and that nothing does unless table and
 * policy are proven. tests/generations has the images of old layouts.
 */
#include "compile/sealed.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/say.h"
#include "compile/compile.h"
#include "image/image_layout.h"
#include "table/table.h"
#include "tables.h"
#include "verdict/request.h"
#include "verdict/verdict.h"

#define LAYOUT_AT 7
#define OTHER 9 /* a layout that never was */

/* The files of a generation in memory. */
struct parts {
    struct buf table, image, review;
};

static void
read_part(struct buf *ret, const char *folder, const char *name)
{
    char path[PATH_MAX];
    struct err err = {0};
    const char *top = getenv("top_srcdir");
    snprintf(path, sizeof path, "%s/tests/generations/%s/%s", top == NULL ? "." : top, folder, name);
    buf_init(ret, 1 << 20);
    if (file_read(ret, path, 1 << 20, &err) != 0)
        fail_msg("%s", err.text);
}

/* A generation of tests/generations. */
static void
read_old(struct parts *ret, const char *folder)
{
    read_part(&ret->table, folder, "table.txt");
    read_part(&ret->image, folder, "image");
    read_part(&ret->review, folder, "review.txt");
}

/* A generation as this program seals it, but for the layout in its image. */
static void
seal(struct parts *ret, unsigned layout)
{
    static const char *tenants[] = {"contoso", "fabrikam"};
    const struct policy policy = {
        .label = "2026010100", .bypass = 1u << VERB_OPTIMIZE, .highest = true, .tenants = tenants, .tenant_count = 2};
    struct table *table =
        table_of("own.rules", "optimize mail.example\nallow files.example\ninspect login.mail.example\n"
                              "optimize *.sharepoint.com\n");
    struct sealed_policy its;
    struct image *image;
    struct err err = {0};
    char digest[DIGEST_TEXT_MAX];
    table_to_text(&ret->table, table);
    image_bytes(&ret->image, ret->table.data, &policy);
    assert_int_equal(image_from_memory(&image, ret->image.data, ret->image.len, &err), 0);
    digest_pair(digest, ret->table.data, ret->table.len, ret->image.data, ret->image.len);
    buf_init(&ret->review, 1 << 20);
    buf_add_fmt(&ret->review, "generation 1\nlabel 2026010100\ndigest %s\n", digest);
    sealed_policy_of(&its, image);
    sealed_policy_print(&ret->review, &its, &ret->table);
    buf_add_text(&ret->review, "result published\n\nbypass Optimize,Allow,Default\n");
    image_close(image);
    table_free(table);
    ret->image.data[LAYOUT_AT] = (char)layout;
}

static void
clear(struct parts *parts)
{
    buf_clear(&parts->table);
    buf_clear(&parts->image);
    buf_clear(&parts->review);
}

static void
write_parts(const struct parts *parts)
{
    mkdir(folder_path("gen"), 0755);
    folder_write("gen/table.txt", parts->table.data, parts->table.len);
    folder_write("gen/image", parts->image.data, parts->image.len);
    folder_write("gen/review.txt", parts->review.data, parts->review.len);
}

static struct buf heard;

static void
hear(void *arg, const char *sentence)
{
    (void)arg;
    buf_add_text(&heard, sentence);
    buf_add_char(&heard, '\n');
}

static const struct listener listener = {hear, NULL};

/* Opens the image in the folder. NULL: the sentence is in *err. `heard` has what was said. */
static struct image *
open_gen(struct err *err)
{
    struct image *image = NULL;
    *err = (struct err){0};
    buf_clear(&heard);
    buf_init(&heard, 1 << 16);
    int result = sealed_open(&image, folder_path("gen/image"), &listener, err);
    buf_add_char(&heard, '\0');
    assert_true((result == 0) == (image != NULL));
    return image;
}

/* Whether a name is bypassed, at 443. */
static bool
is_bypassed(const struct image *image, const char *name)
{
    struct request request;
    struct verdict verdict;
    request_init(&request);
    request_set_dst(&request, name, strlen(name));
    verdict_decide(image, &request, 1, &verdict);
    return verdict.bypass;
}

static void
expect_refusal(const char *why, const char *part)
{
    struct err err;
    struct image *image = open_gen(&err);
    if (image != NULL)
        fail_msg("%s: it opens", why);
    check_says(why, err.text, part);
    check_text(why, heard.data, heard.len - 1, "");
}

static void
old_layouts(void **unused)
{
    (void)unused;
    static const char *const folders[] = {"layout-1", "layout-2"};
    for (size_t i = 0; i < ROWS(folders); i++) {
        struct parts parts;
        struct err err;
        read_old(&parts, folders[i]);
        write_parts(&parts);
        assert_int_equal(image_layout(parts.image.data, parts.image.len), i + 1);
        struct image *image = open_gen(&err);
        if (image == NULL)
            fail_msg("%s: %s", folders[i], err.text);
        if (i + 1 == IMAGE_LAYOUT)
            check_text(folders[i], heard.data, heard.len - 1, "");
        else
            check_says(folders[i], heard.data,
                       "' has layout version 1, and this program reads 2: its sealed table was");
        const struct image_info *info = image_info(image);
        check_text(folders[i], info->label.text, info->label.len, "2026010100");
        CHECK(folders[i], info->highest && info->bypass == 1u << VERB_OPTIMIZE && info->tenants == 1);
        CHECK(folders[i], is_bypassed(image, "mail.example.net") && !is_bypassed(image, "login.mail.example.net"));
        CHECK(folders[i], !is_bypassed(image, "a.partner.example") && !is_bypassed(image, "x.sharepoint.com"));
        image_close(image);
        clear(&parts);
    }
}

/* A wrong byte anywhere in the files of a generation without a policy in its record refuses it. */
static void
old_layouts_damaged(void **unused)
{
    (void)unused;
    struct parts parts;
    read_old(&parts, "layout-1");
    for (size_t i = 0; i < parts.image.len + parts.table.len; i += i < 400 ? 1 : 7) {
        struct buf *in = i < parts.image.len ? &parts.image : &parts.table;
        char *byte = in->data + (i < parts.image.len ? i : i - parts.image.len);
        if (in == &parts.image && i < LAYOUT_AT)
            continue;
        *byte ^= 1;
        write_parts(&parts);
        expect_refusal("a byte", "not what was sealed");
        *byte ^= 1;
    }
    clear(&parts);
}

/* The header of an image is read with care even if its digest fits: whoever wrote both may have written anything. */
static void
hostile_headers(void **unused)
{
    (void)unused;
    static const unsigned char values[] = {0x00, 0x01, 0x7f, 0xff};
    struct parts parts;
    read_old(&parts, "layout-1");
    for (size_t i = LAYOUT_AT + 1; i < 320; i++) {
        for (size_t j = 0; j < ROWS(values); j++) {
            char was = parts.image.data[i], digest[DIGEST_TEXT_MAX];
            struct sealed_policy policy;
            struct err err = {0};
            struct buf review;
            parts.image.data[i] = (char)values[j];
            buf_init(&review, 1000);
            digest_pair(digest, parts.table.data, parts.table.len, parts.image.data, parts.image.len);
            buf_add_fmt(&review, "digest %s\n", digest);
            const struct sealed_files files = {.table = &parts.table, .image = &parts.image, .review = &review};
            if (sealed_policy_read(&policy, &files, &err) == 0)
                assert_true(policy.policy.tenant_count <= IMAGE_TENANTS_MAX && policy.policy.bypass != 0);
            else
                check_says("a header", err.text, "in the header of its image cannot be read");
            buf_clear(&review);
            parts.image.data[i] = was;
        }
    }
    clear(&parts);
}

static void
own_layout(void **unused)
{
    (void)unused;
    struct parts parts;
    struct err err;
    seal(&parts, OTHER);
    write_parts(&parts);
    struct image *image = open_gen(&err);
    if (image == NULL)
        fail_msg("%s", err.text);
    assert_false(image_is_mapped(image));
    check_says("said", heard.data, "'m365ctl publish', as any command that writes, adds an image of this layout\n");
    assert_ptr_equal(strchr(heard.data, '\n'), heard.data + heard.len - 2);
    const struct image_info *info = image_info(image);
    assert_true(info->highest && info->bypass == 1u << VERB_OPTIMIZE && info->tenants == 2);
    assert_true(is_bypassed(image, "mail.example") && !is_bypassed(image, "files.example"));
    assert_true(is_bypassed(image, "fabrikam.sharepoint.com") && !is_bypassed(image, "other.sharepoint.com"));
    image_close(image);
    /* Compiled again it is, byte for byte, what was sealed. */
    struct table *table = table_new();
    struct sealed_policy policy;
    struct buf again;
    const struct sealed_files files = {.table = &parts.table, .image = &parts.image, .review = &parts.review};
    assert_int_equal(sealed_policy_read(&policy, &files, &err), 0);
    assert_int_equal(sealed_read_table(table, "t", &parts.table, &err), 0);
    assert_int_equal(compile_table(&again, table, &policy.policy, &err), 0);
    table_free(table);
    parts.image.data[LAYOUT_AT] = (char)IMAGE_LAYOUT;
    write_parts(&parts);
    image = open_gen(&err);
    assert_true(image != NULL && image_is_mapped(image) && heard.len == 1);
    image_close(image);
    assert_true(again.len == parts.image.len && memcmp(again.data, parts.image.data, again.len) == 0);
    buf_clear(&again);
    clear(&parts);
}

/* Lines that today's list of public suffixes, or the limits of this version, refuse. */
static const char *const wide[] = {
    "allow *.co.uk\n",
    "allow .blob.core.windows.net\n",
    "optimize a.example\noptimize *.com\n",
    "allow a.example\nallow .azureedge.net\nallow b.example\n",
    "allow 8.0.0.0/5\n",
    "allow ~.*\\.com\n",
    "default *.co.uk\n",
};

static void
wide_lines(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < ROWS(wide); i++) {
        const struct policy policy = {.bypass = 7};
        struct err err = {0};
        struct buf text, image;
        buf_init(&text, 1000);
        buf_add_text(&text, wide[i]);
        struct table *table = table_new();
        if (sealed_read_table(table, "table.txt", &text, &err) != 0 || compile_table(&image, table, &policy, &err) != 0)
            fail_msg("%s: %s", wide[i], err.text);
        buf_clear(&image);
        /* What is read after it into the same table is judged again. */
        bool refused = table_read_bytes(table, "local.rules", text.data, text.len, &err) != 0 ||
                       compile_table(&image, table, &policy, &err) != 0;
        CHECK(wide[i], refused);
        check_says(wide[i], err.text, "too wide for a bypass");
        table_free(table);
        buf_clear(&text);
    }
}

/* An image of this layout beside the other one is mapped without a word. If it is damaged, the table is compiled. */
static void
image_beside(void **unused)
{
    (void)unused;
    struct parts parts;
    struct err err;
    char name[64], first[SEALED_NAME_MAX];
    seal(&parts, IMAGE_LAYOUT);
    sealed_image_name(first);
    assert_string_equal(first, "image.2");
    snprintf(name, sizeof name, "gen/%s", first);
    mkdir(folder_path("gen"), 0755);
    folder_write(name, parts.image.data, parts.image.len);
    parts.image.data[LAYOUT_AT] = OTHER;
    write_parts(&parts);
    struct image *image = open_gen(&err);
    assert_true(image != NULL && image_is_mapped(image) && heard.len == 1);
    image_close(image);
    folder_write(name, parts.image.data, parts.image.len);
    image = open_gen(&err);
    assert_true(image != NULL && !image_is_mapped(image) && heard.len > 1);
    image_close(image);
    clear(&parts);
}

/* A wrong byte in the record either refuses the table or changes nothing about the policy. */
static void
damaged_records(void **unused)
{
    (void)unused;
    struct parts parts;
    struct err err;
    size_t refused = 0;
    seal(&parts, OTHER);
    for (size_t i = 0; i < parts.review.len; i++) {
        parts.review.data[i] ^= 1;
        write_parts(&parts);
        struct image *image = open_gen(&err);
        refused += image == NULL;
        if (image != NULL)
            assert_true(image_info(image)->tenants == 2 && image_info(image)->bypass == 1u << VERB_OPTIMIZE &&
                        image_info(image)->highest && image_info(image)->rules == 4);
        image_close(image);
        parts.review.data[i] ^= 1;
    }
    assert_true(refused > 200);
    /* Cut short, it never opens before the policy is complete. */
    const char *end = memmem(parts.review.data, parts.review.len, "\nresult", 7);
    for (parts.review.len = (size_t)(end - parts.review.data); parts.review.len > 0; parts.review.len--) {
        write_parts(&parts);
        struct image *image = open_gen(&err);
        assert_true((image != NULL) == (parts.review.data + parts.review.len == end));
        image_close(image);
    }
    clear(&parts);
}

static const struct {
    const char *why, *from, *to; /* in the record; NULL: nothing */
    const char *cut;             /* from the table */
    const char *want;
} rows[] = {
    {"a line less in the table", .cut = "inspect  login.mail.example  source=own\n",
     .want = "its table is not what was"},
    {"a tenant less", .from = "tenant contoso\n", .to = "", .want = "policy in 'review.txt' is damaged, or of a newer"},
    {"a category more", .from = "bypass Optimize\n", .to = "bypass Optimize,Allow\n",
     .want = "is damaged, or of a newer"},
    {"a category that is unknown here", .from = "bypass Optimize\n", .to = "bypass Optimize,Block\n",
     .want = "its policy in 'review.txt' is damaged"},
    {"another precedence", .from = "precedence highest", .to = "precedence specific",
     .want = "is damaged, or of a newer"},
    {"another label", .from = "label 2026010100", .to = "label 2026010199", .want = "is damaged, or of a newer"},
    {"no policy, as before there was one, and no known header", .from = "\npolicy ", .to = "\nfoo ",
     .want = "its table and image are not what was sealed"},
};

static void
replace(struct buf *in, const char *from, const char *to)
{
    struct buf out;
    const char *at = memmem(in->data, in->len, from, strlen(from));
    assert_non_null(at);
    buf_init(&out, 1 << 20);
    buf_add(&out, in->data, (size_t)(at - in->data));
    buf_add_text(&out, to);
    buf_add(&out, at + strlen(from), in->len - (size_t)(at - in->data) - strlen(from));
    buf_clear(in);
    *in = out;
}

static void
refusals(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct parts parts;
        seal(&parts, OTHER);
        if (rows[i].from != NULL)
            replace(&parts.review, rows[i].from, rows[i].to);
        if (rows[i].cut != NULL)
            replace(&parts.table, rows[i].cut, "");
        write_parts(&parts);
        expect_refusal(rows[i].why, rows[i].want);
        clear(&parts);
    }
    /* With a digest that fits the unknown layout, nothing says what the policy was. */
    struct parts parts;
    char digest[DIGEST_TEXT_MAX];
    seal(&parts, OTHER);
    digest_pair(digest, parts.table.data, parts.table.len, parts.image.data, parts.image.len);
    buf_reset(&parts.review);
    buf_add_fmt(&parts.review, "label 2026010100\ndigest %s\n", digest);
    write_parts(&parts);
    expect_refusal("an unknown header", "the header of layout version 9 is not known here");
    assert_int_equal(unlink(folder_path("gen/table.txt")), 0);
    expect_refusal("no table", "table.txt");
    /* An image of one's own is in no generation. */
    assert_int_equal(unlink(folder_path("gen/review.txt")), 0);
    expect_refusal("no generation", "it has layout version 9, this program reads 2; compile it again");
    clear(&parts);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(old_layouts, folder_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(old_layouts_damaged, folder_set_up, folder_tear_down),
        cmocka_unit_test(hostile_headers),
        cmocka_unit_test_setup_teardown(own_layout, folder_set_up, folder_tear_down),
        cmocka_unit_test(wide_lines),
        cmocka_unit_test_setup_teardown(image_beside, folder_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(damaged_records, folder_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(refusals, folder_set_up, folder_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

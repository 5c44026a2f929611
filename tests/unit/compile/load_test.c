// SPDX-License-Identifier: GPL-2.0-or-later
/* load_test.c - load.h: what is opened, when a change is noticed, and what stays in use if the new file is refused. */
#include "compile/load.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/say.h"
#include "image/image_name.h"
#include "table/table.h"
#include "tables.h"
#include "verdict/request.h"
#include "verdict/verdict.h"

#define OLD_LINE "allow a.example\n"
#define NEW_LINE "inspect a.example\n"

static void
write_text(const char *name, const char *text)
{
    folder_write(name, text, strlen(text));
}

/* Sets the time of a file to so many seconds from now. */
static void
touch(const char *name, int seconds)
{
    struct timespec times[2] = {{.tv_sec = time(NULL) + seconds}, {.tv_sec = time(NULL) + seconds}};
    assert_int_equal(utimensat(AT_FDCWD, folder_path(name), times, 0), 0);
}

static void
write_image(const char *name, const char *text)
{
    struct buf bytes;
    image_bytes(&bytes, text, NULL);
    assert_int_equal(file_write(folder_path(name), bytes.data, bytes.len, NULL), 0);
    buf_clear(&bytes);
}

/* `OK`, `ERR` or `none` for a.example. */
static const char *
answer(const struct image *image)
{
    struct request request;
    struct verdict verdict;
    request_init(&request);
    request_set_dst(&request, "a.example", 9);
    verdict_decide(image, &request, 1, &verdict);
    return verdict.why == WHY_NO_TABLE ? "none" : verdict.bypass ? "OK" : "ERR";
}

static void
expect(const char *why, struct load *load, uint64_t now_ms, enum load_change want, const char *sentence,
       const char *want_answer)
{
    struct err err = {0};
    enum load_change got = load_refresh(load, now_ms, &err);
    if (got != want)
        fail_msg("%s: change %d, want %d: %s", why, (int)got, (int)want, err.text);
    if (want == LOAD_FAILED)
        check_says(why, err.text, sentence);
    const char *now = answer(load_current(load));
    check_text(why, now, strlen(now), want_answer);
}

/* A watch over one file of the folder. */
static struct load *
watch(const char *name)
{
    static char path[4352];
    static const char *sources[] = {path};
    static const struct load_options options = {.sources = sources, .source_count = 1};
    snprintf(path, sizeof path, "%s", folder_path(name));
    return load_new(&options);
}

static void
text_changes(void **state)
{
    (void)state;
    struct load *load = watch("t.rules");
    assert_null(load_current(load));
    expect("not there yet", load, 1000, LOAD_FAILED, "t.rules': No such file", "none");
    expect("still not", load, 2000, LOAD_SAME, "", "none");
    write_text("t.rules", OLD_LINE);
    expect("there, but fresh", load, 3000, LOAD_SAME, "", "none");
    expect("not still for long enough", load, 4999, LOAD_SAME, "", "none");
    expect("still for two seconds", load, 5000, LOAD_NEW, "", "OK");
    expect("nothing new", load, 6000, LOAD_SAME, "", "OK");
    write_text("t.rules", NEW_LINE);
    expect("a new one", load, 10000, LOAD_SAME, "", "OK");
    write_text("t.rules", NEW_LINE "# more\n");
    expect("written to again: the time starts anew", load, 11500, LOAD_SAME, "", "OK");
    expect("not yet", load, 13000, LOAD_SAME, "", "OK");
    expect("now", load, 13500, LOAD_NEW, "", "ERR");
    write_text("t.rules", OLD_LINE);
    touch("t.rules", -60);
    expect("old by its own time: at once", load, 14000, LOAD_NEW, "", "OK");
    touch("t.rules", 3600);
    expect("from the future: after two seconds", load, 15000, LOAD_SAME, "", "OK");
    expect("from the future, then", load, 17000, LOAD_NEW, "", "OK");
    load_free(load);
    load_free(NULL);
}

static void
text_goes_bad(void **state)
{
    (void)state;
    struct load *load = watch("t.rules");
    write_text("t.rules", OLD_LINE);
    expect("at start without waiting", load, 1000, LOAD_NEW, "", "OK");
    write_text("t.rules", OLD_LINE "nonsense\n");
    touch("t.rules", -60);
    expect("a bad line", load, 2000, LOAD_FAILED, "line 2: unknown verb 'nonsense'", "OK");
    expect("said once", load, 3000, LOAD_SAME, "", "OK");
    expect("not read again as long as it is the same", load, 12000, LOAD_SAME, "", "OK");
    touch("t.rules", -50);
    expect("read again when touched", load, 13000, LOAD_FAILED, ", keeping the old table", "OK");
    assert_int_equal(unlink(folder_path("t.rules")), 0);
    expect("gone", load, 14000, LOAD_FAILED, ", keeping the old table", "OK");
    write_text("t.rules", NEW_LINE);
    touch("t.rules", -60);
    expect("mended", load, 17000, LOAD_NEW, "", "ERR");
    load_free(load);
}

static void
image_changes(void **state)
{
    (void)state;
    struct load *load = watch("image");
    write_image("image", OLD_LINE);
    expect("an image", load, 1000, LOAD_NEW, "", "OK");
    assert_true(image_is_mapped(load_current(load)));
    write_image("image", NEW_LINE);
    expect("another one renamed over it: at once", load, 2000, LOAD_NEW, "", "ERR");
    struct buf bytes;
    image_bytes(&bytes, OLD_LINE, NULL);
    bytes.data[bytes.len - 1] ^= 1;
    assert_int_equal(file_write(folder_path("image"), bytes.data, bytes.len, NULL), 0);
    expect("a damaged one", load, 3000, LOAD_FAILED, ", keeping the old table", "ERR");
    assert_int_equal(unlink(folder_path("image")), 0);
    expect("gone", load, 5000, LOAD_FAILED, ", keeping the old table", "ERR");
    write_image("image", OLD_LINE);
    expect("there again", load, 8000, LOAD_NEW, "", "OK");
    folder_write("image", "m365img\1 cut short", 18);
    expect("changed in place", load, 9000, LOAD_FAILED, "and it is the file in use, changed in place: no table",
           "none");
    write_image("image", NEW_LINE);
    expect("mended", load, 10000, LOAD_NEW, "", "ERR");
    load_drop(load);
    assert_null(load_current(load));
    expect("dropped and opened again", load, 11000, LOAD_NEW, "", "ERR");
    buf_clear(&bytes);
    load_free(load);
}

static void
image_becomes_text(void **state)
{
    (void)state;
    struct load *load = watch("either");
    write_image("either", OLD_LINE);
    expect("an image", load, 1000, LOAD_NEW, "", "OK");
    assert_int_equal(unlink(folder_path("either")), 0);
    write_text("either", NEW_LINE);
    touch("either", -60);
    expect("then a text", load, 2000, LOAD_NEW, "", "ERR");
    assert_false(image_is_mapped(load_current(load)));
    load_free(load);
}

static unsigned said;

static void
hear(void *arg, const char *sentence)
{
    assert_ptr_equal(arg, &said);
    assert_true(sentence[0] != '\0');
    said++;
}

static void
several(void **state)
{
    (void)state;
    char text[4352], list[4400];
    snprintf(text, sizeof text, "%s", folder_path("t.rules"));
    snprintf(list, sizeof list, "inspect:%s", folder_path("list"));
    const char *sources[] = {text, list};
    const struct listener listener = {hear, &said};
    const struct load_options options = {.sources = sources, .source_count = 2, .listener = &listener};
    write_text("t.rules", OLD_LINE);
    write_text("list", "b.example\n");
    touch("list", -60);
    touch("t.rules", -60);
    struct load *load = load_new(&options);
    expect("both", load, 1000, LOAD_NEW, "", "OK");
    write_text("list", "a.example\n");
    touch("list", -55);
    expect("the second changed", load, 2000, LOAD_NEW, "", "ERR");
    write_text("list", "a!\n");
    touch("list", -60);
    expect("the second is refused: all or none", load, 3000, LOAD_FAILED, "cannot load '", "ERR");
    snprintf(list, sizeof list, "default:%s", folder_path("list"));
    touch("list", -50);
    expect("a Default list is whole, too", load, 4000, LOAD_FAILED, "cannot load '", "ERR");
    snprintf(list, sizeof list, "allow:%s", folder_path("list"));
    write_text("list", "b.example\na!\n");
    touch("list", -45);
    assert_int_equal(said, 0);
    expect("a list that is bypassed, loaded in part", load, 5000, LOAD_NEW, "", "OK");
    assert_int_equal(said, 2);
    load_free(load);
}

static void
once(void **state)
{
    (void)state;
    char image_path[4352], text[4352];
    snprintf(image_path, sizeof image_path, "%s", folder_path("image"));
    snprintf(text, sizeof text, "%s", folder_path("t.rules"));
    write_image("image", OLD_LINE);
    write_text("t.rules", NEW_LINE);
    const char *sources[] = {image_path, text};
    struct load_options options = {.sources = sources, .source_count = 1, .has_policy = true};
    struct image *image = NULL;
    struct table *table = NULL;
    struct err err = {0};
    assert_int_equal(load_image(&image, &options, &err), -1);
    check_says("options for an image", err.text, "precedence, bypass, tenants and label were fixed");
    assert_int_equal(err.kind, ERR_USAGE);
    options.has_policy = false;
    assert_int_equal(load_image(&image, &options, &err), 0);
    assert_string_equal(answer(image), "OK");
    image_close(image);
    options.source_count = 2;
    image = NULL;
    assert_int_equal(load_image(&image, &options, &err), -1);
    check_says("an image among others", err.text, "is a compiled image and cannot be merged or printed");
    assert_int_equal(load_table(&table, &options, &err), -1);
    assert_true(image == NULL && table == NULL);
    options = (struct load_options){.sources = sources + 1, .source_count = 1, .policy.bypass = 1, .has_policy = true};
    assert_int_equal(load_image(&image, &options, &err), 0);
    struct image_info info;
    image_get_info(image, &info);
    assert_int_equal(info.bypass, 1);
    image_close(image);
    write_text("t.rules", "default *.com\n");
    assert_int_equal(load_image(&image, &options, &err), -1);
    check_says("compile refuses", err.text, "(Default is bypassed here)");
}

/* The generation is that of the folder to which links lead. */
static void
generations(void **state)
{
    (void)state;
    static const struct {
        const char *folder, *file, *link; /* NULL: no link */
        uint32_t want;
    } rows[] = {
        {"gen-000004", "image", NULL, 4},        {"gen-000005", "image", "current", 5},
        {"gen-1000000", "image", NULL, 1000000}, {"gen-4294967295", "image", NULL, UINT32_MAX},
        {"gen-4294967296", "image", NULL, 0},    {"gen-00006", "image", NULL, 0},
        {"gen-000006x", "image", NULL, 0},       {"regen-000006", "image", NULL, 0},
        {"gen-000007", "image.old", NULL, 0},    {"other", "image", NULL, 0},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char name[64], room[IMAGE_NAME_MAX];
        struct image *image;
        struct err err = {0};
        assert_int_equal(mkdir(folder_path(rows[i].folder), 0755), 0);
        snprintf(name, sizeof name, "%s/%s", rows[i].folder, rows[i].file);
        write_image(name, OLD_LINE);
        if (rows[i].link != NULL) {
            assert_int_equal(symlink(rows[i].folder, folder_path(rows[i].link)), 0);
            snprintf(name, sizeof name, "%s/%s", rows[i].link, rows[i].file);
        }
        assert_int_equal(load_generation(folder_path(name)), rows[i].want);
        assert_int_equal(load_open_image(&image, folder_path(name), NULL, &err), 0);
        struct image_text text = image_name(image, room);
        char want[16] = "";
        if (rows[i].want != 0)
            snprintf(want, sizeof want, "%u", rows[i].want);
        check_text(rows[i].folder, text.text, text.len, want);
        image_close(image);
    }
    assert_int_equal(load_generation("gen-000009/image"), 0);
}

/* Two generations with the same bytes are told apart when the link changes. */
static void
generation_changes(void **state)
{
    (void)state;
    char room[IMAGE_NAME_MAX];
    struct load *load = watch("current/image");
    for (unsigned number = 1; number <= 2; number++) {
        char folder[32], file[64];
        snprintf(folder, sizeof folder, "gen-%06u", number);
        snprintf(file, sizeof file, "%s/image", folder);
        assert_int_equal(mkdir(folder_path(folder), 0755), 0);
        write_image(file, OLD_LINE);
        unlink(folder_path("current"));
        assert_int_equal(symlink(folder, folder_path("current")), 0);
        expect(folder, load, (uint64_t)number * 10000, LOAD_NEW, "", "OK");
        struct image_text text = image_name(load_current(load), room);
        check_text(folder, text.text, text.len, number == 1 ? "1" : "2");
    }
    load_free(load);
}

static void
copy_old(const char *name)
{
    char path[PATH_MAX], to[64];
    struct buf bytes;
    const char *top = getenv("top_srcdir");
    snprintf(path, sizeof path, "%s/tests/generations/layout-1/%s", top == NULL ? "." : top, name);
    snprintf(to, sizeof to, "gen/%s", name);
    buf_init(&bytes, 1 << 20);
    assert_int_equal(file_read(&bytes, path, 1 << 20, NULL), 0);
    folder_write(to, bytes.data, bytes.len);
    buf_clear(&bytes);
}

/* A generation whose image has an old layout (sealed.h): its table is compiled, and that is said once. */
static void
old_layout(void **state)
{
    (void)state;
    char path[4352];
    const char *sources[] = {path};
    const struct listener listener = {hear, &said};
    const struct load_options options = {.sources = sources, .source_count = 1, .listener = &listener};
    snprintf(path, sizeof path, "%s", folder_path("gen/image"));
    assert_int_equal(mkdir(folder_path("gen"), 0755), 0);
    copy_old("image");
    copy_old("review.txt");
    struct load *load = load_new(&options);
    said = 0;
    expect("without its table", load, 1000, LOAD_FAILED, "has layout version 1 instead of 2", "none");
    copy_old("table.txt");
    expect("not tried again at once", load, 2000, LOAD_SAME, "", "none");
    expect("with it", load, 12000, LOAD_NEW, "", "ERR");
    assert_int_equal(image_info(load_current(load))->rules, 7);
    expect("nothing new", load, 13000, LOAD_SAME, "", "ERR");
    expect("nor later", load, 60000, LOAD_SAME, "", "ERR");
    assert_int_equal(said, 1);
    write_image("gen/image", OLD_LINE);
    expect("an image of this layout", load, 61000, LOAD_NEW, "", "OK");
    assert_true(image_is_mapped(load_current(load)));
    assert_int_equal(said, 1);
    load_free(load);
}

/* The folders this build was configured for: whatever they contain, there is an answer and no crash. */
static void
unnamed(void **state)
{
    (void)state;
    const struct load_options options = {0};
    struct err err = {0};
    struct load *load = load_new(&options);
    enum load_change change = load_refresh(load, 1000, &err);
    assert_true((change == LOAD_NEW) == (load_current(load) != NULL));
    assert_true(change == LOAD_NEW || err.text[0] != '\0');
    load_free(load);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(text_changes, folder_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(text_goes_bad, folder_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(image_changes, folder_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(image_becomes_text, folder_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(several, folder_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(once, folder_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(generations, folder_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(generation_changes, folder_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(old_layout, folder_set_up, folder_tear_down),
        cmocka_unit_test(unnamed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

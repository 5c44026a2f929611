// SPDX-License-Identifier: GPL-2.0-or-later
/* load_default_test.c - load.h: which image is used when none is named, and when no image may be used. */
#include "compile/load.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/place.h"
#include "unit.h"

static char root[PATH_MAX / 2], state_dir[PATH_MAX], config_dir[PATH_MAX];
static const struct places paths = {state_dir, config_dir, "/shipped"};

static void
make(const char *name, bool folder)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", root, name);
    if (folder) {
        assert_int_equal(mkdir(path, 0755), 0);
        return;
    }
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fclose(file);
}

static void
unmake(const char *name)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", root, name);
    assert_int_equal(remove(path), 0);
}

static int
set_up(void **state)
{
    (void)state;
    snprintf(root, sizeof root, "%s", folder_make());
    snprintf(state_dir, sizeof state_dir, "%s/s", root);
    snprintf(config_dir, sizeof config_dir, "%s/c", root);
    return 0;
}

static void
expect(const char *why, const char *want)
{
    char got[PATH_MAX] = "left alone";
    struct err err = {0};
    int result = load_default_image(got, &paths, &err);
    if (result != 0) {
        check_text(why, got, strlen(got), "left alone");
        check_says(why, err.text, want);
        return;
    }
    const char *at = strncmp(got, root, strlen(root)) == 0 ? got + strlen(root) : got;
    check_text(why, at, strlen(at), want);
}

static void
lead(const char *name, const char *to)
{
    char link[PATH_MAX];
    snprintf(link, sizeof link, "%s/%s", root, name);
    assert_int_equal(symlink(to, link), 0);
}

static void
defaults(void **state)
{
    (void)state;
    expect("no folder at all", "/shipped/worldwide.image");
    make("s", true);
    make("c", true);
    expect("empty folders", "/shipped/worldwide.image");
    make("s/published", false);
    expect("a current that was lost",
           "/s/current' is missing, although a table was in use; 'm365ctl publish' mends it");
    unmake("s/published");
    make("c/local.d", true);
    expect("no local rules", "/shipped/worldwide.image");
    make("c/local.d/README", false);
    make("c/local.d/x.rules.bak", false);
    make("c/local.d/.hidden.rules", false);
    make("c/local.d/rules", false);
    expect("files that are not rules", "/shipped/worldwide.image");
    make("c/local.d/a.rules", false);
    expect("local rules that are not published", "are not published yet; name a table with -t, or publish them");
    lead("s/current", "gen-000001");
    expect("a dangling current does not bring back the shipped table", "/s/current/image");
    make("s/gen-000001", true);
    expect("published", "/s/current/image");
    unmake("s/current");
    static const char *const elsewhere[] = {"gen-1", "gen-00001", "gen-000001/../x", "../s", "/etc", "."};
    for (size_t i = 0; i < ROWS(elsewhere); i++) {
        lead("s/current", elsewhere[i]);
        expect(elsewhere[i], "/s/current' is not a link to a generation");
        unmake("s/current");
    }
    make("s/current", true);
    expect("a folder", "/s/current' is not a link to a generation");
    unmake("s/current");
    unmake("s/gen-000001");
    static const char *const rest[] = {"c/local.d/README",
                                       "c/local.d/x.rules.bak",
                                       "c/local.d/rules",
                                       "c/local.d/.hidden.rules",
                                       "c/local.d/a.rules",
                                       "c/local.d",
                                       "c",
                                       "s"};
    for (size_t i = 0; i < ROWS(rest); i++)
        unmake(rest[i]);
}

static void
odd(void **state)
{
    (void)state;
    make("s", false);
    expect("a file in place of the state", "cannot look at '");
    unmake("s");
    lead("s", "unmounted");
    expect("a state on a disk that is not there", "cannot look at '");
    make("unmounted", true);
    expect("now it is there, and empty", "/shipped/worldwide.image");
    unmake("unmounted");
    unmake("s");
    lead("s", "s");
    expect("a state that leads to itself", "cannot look at '");
    unmake("s");
    make("c", false);
    expect("a file in place of the configuration", "cannot open '");
    unmake("c");
    lead("c", "unmounted");
    expect("a configuration on a disk that is not there", "cannot open '");
    unmake("c");
    make("c", true);
    make("c/local.d", false);
    expect("a file in place of the local rules", "cannot open '");
    unmake("c/local.d");
    lead("c/local.d", "unmounted");
    expect("local rules on a disk that is not there", "cannot open '");
    unmake("c/local.d");
    lead("c/local.d", "local.d");
    expect("local rules that cannot be looked at", "cannot open '");
    unmake("c/local.d");
    unmake("c");
}

static void
settings(void **state)
{
    (void)state;
    static const struct {
        const char *why, *text;
        bool says;
    } rows[] = {
        {"an empty line", "\n", .says = false},
        {"comments and white space", "# bypass Optimize\n\n \t# x\r\n  \n#", .says = false},
        {"a setting", "#\nlist inspect never.txt\n", .says = true},
        {"after white space, without a line end", "# x\n \ttenant contoso", .says = true},
        {"nonsense", "\x01", .says = true},
    };
    char path[PATH_MAX + 16];
    make("c", true);
    snprintf(path, sizeof path, "%s/m365.conf", config_dir);
    for (size_t i = 0; i < ROWS(rows); i++) {
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fputs(rows[i].text, file);
        fclose(file);
        expect(rows[i].why, rows[i].says ? "name a table with -t, or publish it" : "/shipped/worldwide.image");
    }
    unmake("c/m365.conf");
    make("c/m365.conf", false);
    expect("0 bytes may once have been a policy", "m365.conf': the file is empty; is the disk full?");
    make("s", true);
    lead("s/current", "gen-000001");
    expect("published", "/s/current/image");
    unmake("s/current");
    unmake("s");
    unmake("c/m365.conf");
    lead("c/m365.conf", "unmounted");
    expect("a configuration that is not there", "cannot open '");
    unmake("c/m365.conf");
    make("c/m365.conf", true);
    expect("a folder", "it is a folder");
    unmake("c/m365.conf");
    unmake("c");
}

static void
above(void **state)
{
    (void)state;
    static const struct places relative = {"no-such-folder/s", "no-such-folder/c", "/shipped"};
    char deep[PATH_MAX + 8], got[PATH_MAX];
    snprintf(deep, sizeof deep, "%.*s/up/and/away", PATH_MAX - 32, root);
    const struct places below = {deep, config_dir, "/shipped"};
    assert_int_equal(load_default_image(got, &relative, NULL), 0);
    assert_int_equal(load_default_image(got, &below, NULL), 0);
    make("up", false);
    assert_int_equal(load_default_image(got, &below, NULL), -1);
    unmake("up");
    lead("up", "unmounted");
    assert_int_equal(load_default_image(got, &below, NULL), -1);
    unmake("up");
    make("up", true);
    assert_int_equal(load_default_image(got, &below, NULL), 0);
    unmake("up");
}

static void
long_paths(void **state)
{
    (void)state;
    char name[PATH_MAX + 1];
    memset(name, 'a', PATH_MAX);
    name[PATH_MAX] = '\0';
    const struct places rows[] = {
        {name, "c", "d"},
        {"/absent", name, "d"},
        {"/absent", "/absent", name},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char got[PATH_MAX];
        struct err err = {0};
        assert_int_equal(load_default_image(got, &rows[i], &err), -1);
        assert_int_equal(err.kind, ERR_LIMIT);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(defaults, set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(odd, set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(settings, set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(above, set_up, folder_tear_down),
        cmocka_unit_test(long_paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

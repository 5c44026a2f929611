// SPDX-License-Identifier: GPL-2.0-or-later
/* place_test.c - place.h: a command that is printed names the configuration in use, and a shell reads that name as
 * it was given. */
#include "base/place.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "unit.h"

static const struct {
    const char *why, *config;
    const char *want; /* %s is the current folder */
} rows[] = {
    {"none", NULL, ""},
    {"a full path", "/srv/m365.conf", " -c /srv/m365.conf"},
    {"a relative path", "m365.conf", " -c %s/m365.conf"},
    {"a path that begins with a dot", "./a/../m365.conf", " -c %s/a/../m365.conf"},
    {"a path that looks like an option", "-x", " -c %s/-x"},
    {"blanks", "/a b/m365.conf", " -c '/a b/m365.conf'"},
    {"a quote", "/it's/m365.conf", " -c '/it'\\''s/m365.conf'"},
    {"what a shell would run", "/$(id);`id`&/x", " -c '/$(id);`id`&/x'"},
    {"a line end", "/a\nb", " -c '/a\nb'"},
    {"no ASCII", "/\u00e4/x", " -c '/\u00e4/x'"},
};

static void
option(void **state)
{
    (void)state;
    char here[4096], want[5000];
    assert_non_null(getcwd(here, sizeof here));
    for (size_t i = 0; i < ROWS(rows); i++) {
        const char *at = strstr(rows[i].want, "%s");
        snprintf(want, sizeof want, "%.*s%s%s", at == NULL ? 0 : (int)(at - rows[i].want), rows[i].want,
                 at == NULL ? "" : here, at == NULL ? rows[i].want : at + 2);
        place_use(rows[i].config);
        check_text(rows[i].why, place_option(), strlen(place_option()), want);
    }
}

/* A name that is cut off would be another file. */
static void
too_long(void **state)
{
    (void)state;
    char path[300];
    for (size_t len = 2; len < sizeof path; len++) {
        memset(path, len % 2 == 0 ? 'a' : '\'', len);
        path[0] = '/';
        path[len] = '\0';
        place_use(path);
        const char *said = place_option();
        bool whole = len % 2 == 0 && strlen(said) == len + 4 && strcmp(said + 4, path) == 0;
        bool quoted = len % 2 == 1 && strlen(said) == 4 + 3 + (len - 1) * 4;
        CHECK("whole or unknown", whole || quoted || strcmp(said, " -c FILE") == 0);
        CHECK("short paths are named", len > 20 || whole || quoted);
    }
}

static void
usual(void **state)
{
    (void)state;
    char path[4096];
    snprintf(path, sizeof path, "%s/m365.conf", places_default.config);
    place_use("/x");
    place_use(path);
    assert_string_equal(place_option(), "");
    place_use_unknown();
    assert_string_equal(place_option(), " -c FILE");
    place_use(NULL);
    assert_string_equal(place_option(), "");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(option), cmocka_unit_test(too_long), cmocka_unit_test(usual)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

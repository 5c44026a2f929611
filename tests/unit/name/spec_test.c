// SPDX-License-Identifier: GPL-2.0-or-later
/* spec_test.c - spec.h: names of sources, taken apart. */
#include "name/spec.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

static const struct {
    const char *why, *source;
    const char *want; /* domains, format, verb, path, part; `-` for what is not there */
} sources[] = {
    {"no verb", "/etc/a.rules", "- - - /etc/a.rules -"},
    {"a verb", "inspect:/etc/a.txt", "- - inspect /etc/a.txt -"},
    {"a colon after another word", "deny:/etc/a.txt", "- - - deny:/etc/a.txt -"},
    {"a category before the colon", "Allow:/etc/a.txt", "- - - Allow:/etc/a.txt -"},
    {"a verb comes first", "allow:allow:a", "- - allow allow:a -"},
    {"a list of domains", "domains:allow:/etc/a.txt", "domains - allow /etc/a.txt -"},
    {"domains without a verb", "domains:/etc/a.txt", "- - - domains:/etc/a.txt -"},
    {"domains after the verb", "allow:domains:a", "- - allow domains:a -"},
    {"a format", "hosts:allow:a", "- hosts allow a -"},
    {"a format of a list of domains", "domains:hosts:default:a", "domains hosts default a -"},
    {"the other way round", "hosts:domains:default:a", "- - - hosts:domains:default:a -"},
    {"a format that does not exist", "x-1:optimize:a", "- x-1 optimize a -"},
    {"a format in upper case", "HOSTS:allow:a", "- - - HOSTS:allow:a -"},
    {"two formats", "hosts:rpz:allow:a", "- - - hosts:rpz:allow:a -"},
    {"a format without a name", ":allow:a", "- - - :allow:a -"},
    {"a format without a verb", "hosts:a", "- - - hosts:a -"},
    {"a part", "allow:/etc/tags.json#AzureActiveDirectory", "- - allow /etc/tags.json AzureActiveDirectory"},
    {"the last # counts", "allow:a#b#c", "- - allow a#b c"},
    {"one at the end only ends the name", "allow:a#b#", "- - allow a#b -"},
    {"one in the name of a folder", "allow:/a#b/c", "- - allow /a#b/c -"},
    {"one in a folder, and a part", "allow:/a#b/c#d", "- - allow /a#b/c d"},
    {"without a verb it is part of the name", "/etc/a#b", "- - - /etc/a#b -"},
    {"nothing", "", "- - -  -"},
    {"no file", "allow:", "- - allow  -"},
    {"no file, but a part", "allow:#a", "- - allow  a"},
};

static void
parse(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(sources); i++) {
        char got[300], room[PATH_MAX];
        struct spec spec;
        spec_parse(&spec, sources[i].source);
        snprintf(got, sizeof got, "%s %.*s %s %.*s %s", spec.domains ? "domains" : "-",
                 spec.format == NULL ? 1 : (int)spec.format_len, spec.format == NULL ? "-" : spec.format,
                 spec.list ? verb_word(spec.verb) : "-", (int)spec.path_len, spec.path,
                 spec.part == NULL ? "-" : spec.part);
        check_text(sources[i].why, got, strlen(got), sources[i].want);
        const char *path = spec_path(room, sources[i].source);
        CHECK(sources[i].why, strlen(path) == spec.path_len && memcmp(path, spec.path, spec.path_len) == 0);
        CHECK(sources[i].why, spec_is_list(sources[i].source) == spec.list);
    }
}

/* A path that is too long is cut, so that no file of that name is found. */
static void
long_path(void **state)
{
    (void)state;
    static char source[2 * PATH_MAX] = "allow:";
    char room[PATH_MAX];
    memset(source + 6, 'x', sizeof source - 9);
    memcpy(source + sizeof source - 3, "#p", 3);
    assert_int_equal(strlen(spec_path(room, source)), PATH_MAX - 1);
    source[sizeof source - 3] = 'x';
    assert_ptr_equal(spec_path(room, source), source + 6);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(parse), cmocka_unit_test(long_path)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * course_memory_test.c - course.h: without memory there is an error, never another course. Linked with --wrap=malloc
 * and the like, as memory_test.c is.
 */
#include "course/course.h"

#include <string.h>

#include "alloc_fails.h"
#include "base/arena.h"
#include "base/err.h"
#include "course/situation.h"
#include "ruleset/ruleset.h"
#include "unit.h"

#define ARENA_MAX ((size_t)64 << 20)

static struct ruleset *ruleset;

/* True if the request is denied for certain: the helper has no table. */
static bool
finds(const char *text)
{
    struct arena *arena = arena_new(ARENA_MAX);
    struct situation situation;
    struct courses courses;
    struct hosts *hosts = NULL;
    struct course_question question = {.conf = ruleset, .situation = &situation, .explain = true};
    struct err err = {0};
    bool good = arena != NULL && hosts_read(&hosts, NULL, false, arena, &err) == 0;
    question.hosts = hosts;
    good = good && situation_parse(&situation, text, arena, &err) == 0 &&
           course_find(&courses, &question, arena, &err) == 0;
    if (good)
        assert_true(courses_certain(&courses) && courses.course[0].end == END_DENY);
    arena_free(arena);
    return good;
}

static void
memory(void **state)
{
    (void)state;
    static const char conf[] = "http_port 3128\nexternal_acl_type m %>rd %#ssl::>sni %>rP /x/ext_m365_acl\n"
                               "acl m external m\nhttp_access deny !m\nhttp_access allow all\n";
    struct arena *arena = arena_new(ARENA_MAX);
    const struct ruleset_about about = {.version = 5, .arena = arena};
    struct err err = {0};
    folder_write("squid.conf", conf, strlen(conf));
    assert_int_equal(ruleset_open(&ruleset, folder_path("squid.conf"), &about, &err), 0);
    alloc_each_fails(finds, "CONNECT a.example:443 from=10.0.0.1", 2);
    ruleset_close(ruleset);
    arena_free(arena);
}

/* The words of a REQUEST. */
static void
requests(void **state)
{
    (void)state;
    struct arena *arena = arena_new(ARENA_MAX);
    struct situation situation;
    struct err err = {0};
    assert_int_equal(
        situation_parse(&situation,
                        "POST https://[2001:DB8::1]:8443/a?b helper=full agent=\"a b\" user=u password=wrong "
                        "header=\"X-A:  b c\" tls=1.2 port=p from=2001:db8::2 sni=\"x y\"",
                        arena, &err),
        0);
    assert_string_equal(situation.method, "POST");
    assert_string_equal(situation.scheme, "https");
    assert_string_equal(situation.host, "2001:db8::1");
    assert_string_equal(situation.path, "/a?b");
    assert_string_equal(situation.sni, "x y");
    assert_string_equal(situation.headers[0].value, "a b");
    assert_string_equal(situation.headers[1].name, "X-A");
    assert_string_equal(situation.headers[1].value, "b c");
    assert_string_equal(situation.listener, "p");
    assert_true(situation.is_addr && situation.addr.v6 && situation.port == 8443 && situation.wrong && situation.tls12);
    assert_true(situation.helper == HELPER_FULL && situation.has_from);
    assert_int_equal(situation_parse(&situation, "CONNECT Host.Example.:443", arena, &err), 0);
    assert_string_equal(situation.host, "host.example");
    assert_int_equal(situation_parse(&situation, "CONNECT a:443 password=wrong", arena, &err), -1);
    check_says("a password without a user", err.text, "needs user=NAME");
    arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(memory), cmocka_unit_test(requests)};
    return cmocka_run_group_tests(tests, folder_set_up, folder_tear_down);
}

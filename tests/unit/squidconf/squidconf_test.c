// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * squidconf_test.c - squidconf.h: versions and extras are parsed, a setup that cannot be is refused, and the doctor
 * never calls a file good when memory ran out.
 *
 * Linked with --wrap=malloc and the like, as memory_test.c is. What is printed and found is tested by tests/squidconf/.
 */
#include "squidconf/squidconf.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alloc_fails.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/place.h"
#include "compile/load.h"
#include "unit.h"

static void
versions(void **state)
{
    (void)state;
    const struct {
        const char *text;
        int want; /* -1: refused */
    } table[] = {
        {"3.5", SQUIDCONF_3_5},
        {"3.5.28", SQUIDCONF_3_5},
        {"4", SQUIDCONF_4},
        {"5.7", SQUIDCONF_5},
        {"6.14", SQUIDCONF_6},
        {"7", SQUIDCONF_7},
        {"", -1},
        {"3", -1},
        {"3.4", -1},
        {"3.50", -1},
        {"8", -1},
        {"66", -1},
        {"6a", -1},
        {" 6", -1},
    };
    for (size_t i = 0; i < ROWS(table); i++) {
        enum squidconf_version version = SQUIDCONF_4;
        struct err err = {0};
        int result = squidconf_parse_version(&version, table[i].text, &err);
        CHECK(table[i].text, result == (table[i].want < 0 ? -1 : 0));
        CHECK(table[i].text, table[i].want < 0 || (int)version == table[i].want);
    }
}

static void
wishes(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct squidconf_wish wish;
        const char *want; /* NULL: good */
    } rows[] = {
        {"one port", {.explicit_port = 80}, NULL},
        {"three ports", {.explicit_port = 1, .intercept_port = 2, .http_port = 3, .bump = true}, NULL},
        {"as many as this Squid can read", {.version = SQUIDCONF_6, .explicit_port = 1, .concurrency = 163}, NULL},
        {"one more", {.version = SQUIDCONF_6, .explicit_port = 1, .concurrency = 164}, "at most 163"},
        {"a later Squid reads more", {.version = SQUIDCONF_7, .explicit_port = 1, .concurrency = 164}, NULL},
        {"explicit and intercepting", {.explicit_port = 80, .intercept_port = 80}, "port 80 is named twice"},
        {"TLS and plain HTTP", {.intercept_port = 9, .http_port = 9, .bump = true}, "port 9 is named twice"},
        {"plain HTTP alone", {.explicit_port = 1, .http_port = 3, .bump = true}, "goes with --intercept"},
        {"plain HTTP without inspection", {.intercept_port = 2, .http_port = 3}, "goes with --intercept"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct err err = {0};
        CHECK(rows[i].why, squidconf_wish_check(&rows[i].wish, &err) == (rows[i].want == NULL ? 0 : -1));
        if (rows[i].want != NULL)
            check_says(rows[i].why, err.text, rows[i].want);
    }
}

static void
extras(void **state)
{
    (void)state;
    unsigned bits = 0;
    struct err err = {0};
    assert_int_equal(squidconf_parse_extra(&bits, "cache", &err), 0);
    assert_int_equal(squidconf_parse_extra(&bits, "logformat", &err), 0);
    assert_int_equal(bits, SQUIDCONF_CACHE | SQUIDCONF_LOGFORMAT);
    assert_int_equal(squidconf_parse_extra(&bits, "all", &err), 0);
    assert_int_equal(bits, (SQUIDCONF_M365_REWRITE << 1) - 1);
    assert_int_equal(squidconf_parse_extra(&bits, "caches", &err), -1);
    check_says("the message lists the names", err.text, "always_direct");
}

static int
load(struct image **ret, const char **sources, size_t count, struct err *err)
{
    const struct load_options options = {.sources = sources, .source_count = count};
    return load_image(ret, &options, err);
}

/* True if the doctor finds nothing that is not meant. */
static bool
calls_good(const char *path)
{
    const struct squidconf_about about = {.version = SQUIDCONF_6, .today = 20000, .load = load};
    struct err err = {0};
    struct buf out;
    size_t findings = 0;
    buf_init(&out, 1 << 20);
    int result = squidconf_doctor(&out, &findings, path, &about, &err);
    bool good = result == 0 && findings == 0 && buf_ok(&out);
    if (result != 0)
        assert_true(err.text[0] != '\0');
    buf_clear(&out);
    return good;
}

static void
memory(void **state)
{
    (void)state;
    static const char ca[] = "-----BEGIN PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----\n";
    struct buf text;
    folder_make();
    folder_write("rules", "allow list.example\n", 19);
    folder_write("ext_m365_acl", "", 0);
    folder_write("ca.pem", ca, sizeof ca - 1);
    assert_int_equal(chmod(folder_path("ext_m365_acl"), 0755), 0);
    buf_init(&text, 4096);
    buf_add_fmt(&text,
                "cache_effective_user root\n"
                "http_port 3128 ssl-bump tls-cert=%s\n"
                "# m365: meant\n"
                "http_port 8080\n"
                "external_acl_type m ttl=60 concurrency=9 queue-size=900 %s %s -t %s\n"
                "acl m external m\n"
                "acl n external m Optimize\n"
                "http_access allow m\n"
                "ssl_bump peek all\n"
                "ssl_bump splice m\n",
                folder_path("ca.pem"), "%>rd %#ssl::>sni %>rP", folder_path("ext_m365_acl"), folder_path("rules"));
    folder_write("squid.conf", text.data, text.len);
    buf_clear(&text);
    alloc_each_fails(calls_good, folder_path("squid.conf"), 6);
    folder_remove();
}

/* Nothing was published, or what was published is gone: the remedy is not a table of one's own. */
static void
default_table_missing(void **state)
{
    (void)state;
    static const char line[] =
        "external_acl_type m365 %%>rd %%#ssl::>sni %%>rP %s\nacl m365 external m365\nhttp_access allow m365\n";
    static const char *const tables[][2] = {{"data/worldwide.image", "m365ctl update, or install the package again"},
                                            {"state/current/image", "m365ctl publish\n"}};
    char text[5000], top[4096], folders[3][4200], said[4400];
    snprintf(top, sizeof top, "%s", folder_make());
    const struct places places = {folders[0], folders[1], folders[2]};
    snprintf(folders[0], sizeof folders[0], "%s/state", top);
    snprintf(folders[1], sizeof folders[1], "%s/config", top);
    snprintf(folders[2], sizeof folders[2], "%s/data", top);
    const struct squidconf_about about = {.version = SQUIDCONF_6, .today = 20000, .places = &places};
    assert_int_equal(chmod(top, 0755), 0); /* Squid's user may enter it */
    folder_write("ext_m365_acl", "#!/bin/sh\n", 10);
    int len = snprintf(text, sizeof text, line, folder_path("ext_m365_acl"));
    folder_write("squid.conf", text, (size_t)len);
    for (size_t i = 0; i < ROWS(tables); i++) {
        struct buf out;
        struct err err = {0};
        size_t findings = 0;
        buf_init(&out, 1 << 20);
        if (i == 1)
            assert_true(mkdir(folders[0], 0755) == 0 && symlink("gen-000001", folder_path("state/current")) == 0);
        assert_int_equal(squidconf_doctor(&out, &findings, folder_path("squid.conf"), &about, &err), 0);
        buf_add_char(&out, '\0');
        snprintf(said, sizeof said, "the table '%s/%s' does not exist\n    %s", top, tables[i][0], tables[i][1]);
        check_says(tables[i][0], out.data, said);
        buf_clear(&out);
    }
    folder_remove();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions),
        cmocka_unit_test(extras),
        cmocka_unit_test(wishes),
        cmocka_unit_test(memory),
        cmocka_unit_test(default_table_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

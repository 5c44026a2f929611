// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * covers_test.c - what m365ctl check and the review ask about rules: does a pattern cover another one, does it open a
 * whole cloud, does a list of ports contain another one, whose tenant is it. Random patterns are checked against their
 * names.
 */
#include "name/pattern.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "name/host.h"
#include "name/ports.h"

static const struct {
    const char *a, *b;
    bool want;
} covers[] = {
    {"a.b", "a.b", true},
    {"a.b", "b.b", false},
    {"*.b", "a.b", true},
    {"*.b", "b", false},
    {"*.b", "*.a.b", true},
    {"*.a.b", "*.b", false},
    {"*.b", "*.b", true},
    {".b", "b", true},
    {".b", "a.b", true},
    {".b", "*.b", true},
    {"*.b", ".b", false},
    {".b", ".a.b", true},
    {".a.b", ".b", false},
    {"*.b", ".a.b", true},
    {"*", ".b", true},
    {"*", "~x", false},
    {"*b.c", "*.b.c", true},
    {"*.c", "*b.c", true},
    {"*.b.c", "*b.c", false},
    {"*b.c", "ab.c", true},
    {"*b.c", "b.c", true},
    {"*.b.c", "a.*.b.c", true},
    {"*.b.c", "a-*.b.c", true},
    {"a.*.b.c", "*.b.c", false},
    {"a.*.c", "a.b.c", true},
    {"a.*.c", "a.b.b.c", false},
    {"a.*.c", "a.b*.c", true},
    {"a.b*.c", "a.*.c", false},
    {"*.*.c", "*.b.c", true},
    {"*-*.c", "*-b*.c", true},
    {"~x", "~x", false},
    {"~.*", "a.b", false},
    {"*.b", "~a\\.b", false},
    {"*.xb", "*.b", false},
    {"*.onmicrosoft.com", "<tenant>.onmicrosoft.com", true},
    {"<tenant>.a.b", "<tenant>.a.b", true},
};

static void
test_covers(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(covers); i++) {
        char why[80];
        snprintf(why, sizeof why, "'%s' over '%s'", covers[i].a, covers[i].b);
        CHECK(why,
              pattern_covers(covers[i].a, strlen(covers[i].a), covers[i].b, strlen(covers[i].b)) == covers[i].want);
    }
}

/* A pattern, or a name without `*`, over a small alphabet. False if what came out is not one. */
static bool
invent(char ret[8], size_t *ret_len, uint64_t *seed, bool name)
{
    static const char bytes[] = "ab.*";
    char raw[8];
    struct pattern pattern;
    struct err err;
    size_t len = 1 + next_random(seed) % 6;
    for (size_t i = 0; i < len; i++)
        raw[i] = bytes[next_random(seed) % (name ? 3 : 4)];
    if (pattern_parse(&pattern, raw, len, false, &err) != 0 || (name && pattern.kind != PATTERN_EXACT))
        return false;
    *ret_len = pattern.len;
    memcpy(ret, pattern.text, pattern.len);
    return true;
}

static void
test_covers_random(void **state)
{
    (void)state;
    uint64_t seed = 4;
    size_t held = 0;
    for (int round = 0; round < 200000; round++) {
        char a[8], b[8], name[8];
        size_t a_len, b_len, len;
        if (!invent(a, &a_len, &seed, false) || !invent(b, &b_len, &seed, false) || !invent(name, &len, &seed, true) ||
            !pattern_match(b, b_len, name, len) || !pattern_covers(a, a_len, b, b_len))
            continue;
        held++;
        if (!pattern_match(a, a_len, name, len))
            fail_msg("'%.*s' covers '%.*s', but does not match '%.*s'", (int)a_len, a, (int)b_len, b, (int)len, name);
    }
    assert_true(held > 100);
}

static const struct {
    const char *in, *want; /* NULL: none */
} clouds[] = {
    {"*.azureedge.net", "azureedge.net"},
    {".blob.core.windows.net", "blob.core.windows.net"},
    {"*cdn.azureedge.net", "azureedge.net"},
    {"a.*.azureedge.net", "azureedge.net"},
    {"*.core.windows.net", "blob.core.windows.net"},
    {"*.net", NULL},
    {"*", NULL},
    {"*.contoso.azureedge.net", NULL},
    {"*.xazureedge.net", NULL},
    {"contoso.azureedge.net", NULL},
    {"azureedge.net", NULL},
    {"~.*azureedge.net", NULL},
    {"*.westeurope.cloudapp.azure.com", "cloudapp.azure.com"},
    {"*.vm.westeurope.cloudapp.azure.com", NULL},
    {"*.z6.web.core.windows.net", "web.core.windows.net"},
    {"<tenant>.azureedge.net", "azureedge.net"},
    {"my-<tenant>.blob.core.windows.net", "blob.core.windows.net"},
    {"<tenant>.contoso.azureedge.net", NULL},
    {"<tenant>.sharepoint.com", NULL},
    {"*.sharepoint.com", NULL},
    {"*.onmicrosoft.com", NULL},
    {"*.microsoft.com", NULL},
};

static void
test_clouds(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(clouds); i++) {
        const char *got = pattern_cloud(clouds[i].in, strlen(clouds[i].in));
        CHECK(clouds[i].in, (got == NULL) == (clouds[i].want == NULL));
        if (got != NULL)
            check_text(clouds[i].in, got, strlen(got), clouds[i].want);
        CHECK(clouds[i].in, got == NULL || pattern_is_open(clouds[i].in, strlen(clouds[i].in)));
    }
}

/* Every one of them; after `*.` the suffix one label higher. */
static const char *const all_clouds[] = {"akamaiedge.net",
                                         "akamaihd.net",
                                         "akamaized.net",
                                         "s3.amazonaws.com",
                                         "appspot.com",
                                         "azure-api.net",
                                         "cloudapp.azure.com",
                                         "*.cloudapp.azure.com",
                                         "documents.azure.com",
                                         "vault.azure.net",
                                         "*.azurecontainer.io",
                                         "azurecontainerapps.io",
                                         "azurecr.io",
                                         "azureedge.net",
                                         "azurefd.net",
                                         "azurehdinsight.net",
                                         "azurestaticapps.net",
                                         "*.azurestaticapps.net",
                                         "azurewebsites.net",
                                         "azurewebsites.us",
                                         "blob.core.chinacloudapi.cn",
                                         "*.cloudapp.chinacloudapi.cn",
                                         "chinacloudapp.cn",
                                         "chinacloudsites.cn",
                                         "cloudapp.net",
                                         "cloudfront.net",
                                         "cloudfunctions.net",
                                         "digitaloceanspaces.com",
                                         "edgekey.net",
                                         "edgesuite.net",
                                         "fastly.net",
                                         "global.ssl.fastly.net",
                                         "firebaseapp.com",
                                         "github.io",
                                         "storage.googleapis.com",
                                         "herokuapp.com",
                                         "msappproxy.net",
                                         "vo.msecnd.net",
                                         "netlify.app",
                                         "ngrok-free.app",
                                         "ngrok.io",
                                         "pages.dev",
                                         "r2.dev",
                                         "run.app",
                                         "trafficmanager.cn",
                                         "trafficmanager.net",
                                         "blob.core.usgovcloudapi.net",
                                         "*.cloudapp.usgovcloudapi.net",
                                         "usgovcloudapp.net",
                                         "usgovtrafficmanager.net",
                                         "vercel.app",
                                         "web.app",
                                         "blob.core.windows.net",
                                         "database.windows.net",
                                         "dfs.core.windows.net",
                                         "file.core.windows.net",
                                         "queue.core.windows.net",
                                         "servicebus.windows.net",
                                         "table.core.windows.net",
                                         "*.web.core.windows.net",
                                         "workers.dev"};

static void
test_all_clouds(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(all_clouds); i++) {
        const char *name = all_clouds[i] + (all_clouds[i][0] == '*' ? 2 : 0);
        const char *head = all_clouds[i][0] == '*' ? "region." : "";
        assert_non_null(host_shared_cloud(name));
        char below[100];
        snprintf(below, sizeof below, "%s%s", head, name);
        CHECK(all_clouds[i], host_shared_cloud(below) != NULL);
        CHECK(all_clouds[i], host_shared_cloud(strrchr(name, '.') + 1) != NULL);
        for (const char *dot = strchr(name, '.'); dot != NULL; dot = strchr(dot + 1, '.'))
            CHECK(all_clouds[i], host_shared_cloud(dot + 1) != NULL);
        snprintf(below, sizeof below, "x%s", name);
        CHECK(all_clouds[i], host_shared_cloud(below) == NULL);
    }
}

static const struct {
    const char *a, *b;
    bool want;
} ports[] = {
    {"80,443", "443", true},
    {"443", "80,443", false},
    {"1-65535", "1,65535", true},
    {"80-90", "85-95", false},
    {"80-90,95", "81-82,95", true},
    {"80", "", true},
    {"", "80", false},
    {"", "", true},
    {"80,82", "80-82", false},
    {"1-10,20-30", "5,25-30", true},
};

static void
test_ports(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(ports); i++) {
        struct arena *arena = arena_new(1 << 16);
        struct ports a, b;
        struct err err;
        assert_int_equal(ports_parse(&a, arena, ports[i].a, strlen(ports[i].a), &err), 0);
        assert_int_equal(ports_parse(&b, arena, ports[i].b, strlen(ports[i].b), &err), 0);
        CHECK(ports[i].b, ports_cover(&a, &b) == ports[i].want);
        arena_free(arena);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_covers),     cmocka_unit_test(test_covers_random), cmocka_unit_test(test_clouds),
        cmocka_unit_test(test_all_clouds), cmocka_unit_test(test_ports),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

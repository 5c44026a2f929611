// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * insert_test.c - insert.h: where the lines go, that nothing else of the file changes, that a second run has nothing to
 * do, and that lack of memory is never a diff.
 *
 * What a real Squid makes of a patched file is in tests/squidmodel, and whole files are in tests/squidconf.
 */
#include "insert/insert.h"

#include <stdio.h>
#include <string.h>

#include "alloc_fails.h"
#include "base/err.h"
#include "lend.h"
#include "unit.h"

#define TEXT_MAX 8192
#define OFFICE "acl office src 10.0.0.0/8\n"
#define USERS "auth_param basic program /bin/true\nacl users proxy_auth REQUIRED\n"
#define BUMPS "http_port 3128 ssl-bump tls-cert=/x\nacl step1 at_step SslBump1\n"
#define RULES "http_access allow office users\nhttp_access deny all\n"

static const char table[] = "optimize outlook.office365.com id=1 source=x area=Exchange tcp=80,443\n"
                            "allow login.microsoftonline.com id=2 source=x area=Common tcp=443\n"
                            "optimize 52.96.0.0/14 id=1 source=x area=Exchange tcp=80,443\n";

static int
insert(struct insert_result *ret, const char *conf, struct err *err)
{
    struct insert_about about = {folder_path("squid.conf"), squidconf_wish_default, 5, lend_table, lend_take_back};
    about.wish.version = SQUIDCONF_5;
    about.wish.helper = "/x/ext_m365_acl";
    folder_write("squid.conf", conf, strlen(conf));
    return insert_find(ret, &about, err);
}

static void
clear(struct insert_result *result)
{
    buf_clear(&result->diff);
    buf_clear(&result->outcomes);
    buf_clear(&result->notes);
}

/* The file as the diff makes it, without comments and empty lines of what is added, and without `acl` and
 * `external_acl_type` that are added: rules only. `+` is before each added line. False: the diff takes a line away. */
static bool
rules_after(char ret[TEXT_MAX], const char *diff)
{
    size_t n = 0;
    for (const char *line = diff; *line != '\0'; line += strcspn(line, "\n") + 1) {
        int len = (int)strcspn(line, "\n");
        bool added = *line == '+',
             rule = strncmp(line + 1, "http_access", 11) == 0 || strncmp(line + 1, "ssl_bump", 8) == 0;
        if (strncmp(line, "---", 3) == 0 || strncmp(line, "+++", 3) == 0 || strncmp(line, "@@", 2) == 0)
            continue;
        if (*line == '-')
            return false;
        if (rule)
            n += (size_t)snprintf(ret + n, TEXT_MAX - n, "%s%.*s\n", added ? "+" : "", len - 1, line + 1);
    }
    ret[n] = '\0';
    return true;
}

static const struct {
    const char *why, *conf;
    const char *want; /* the rules afterwards, as rules_after() has them; NULL: there is no diff, but */
    const char *said; /* a sentence or a note with this in it */
} rows[] = {
    {"above the rule that asks", "http_port 3128\n" OFFICE USERS RULES,
     "+http_access allow office m365\nhttp_access allow office users\nhttp_access deny all\n", NULL},
    {"below what is denied without a password",
     "http_port 3128\n" OFFICE USERS "acl bad dstdomain .bad.example\nhttp_access deny bad\n" RULES,
     "http_access deny bad\n+http_access allow office m365\nhttp_access allow office users\nhttp_access deny all\n",
     NULL},
    {"with inspection, below a splice of one's own",
     BUMPS OFFICE USERS "acl own dstdomain -n .bank.example\n" RULES
                        "ssl_bump peek step1\nssl_bump splice own\nssl_bump bump all\n",
     "+http_access allow office m365\nhttp_access allow office users\nhttp_access deny all\n"
     "ssl_bump peek step1\nssl_bump splice own\n+ssl_bump splice m365_noted m365\nssl_bump bump all\n",
     NULL},
    {"what is closed by name stays closed, and is said",
     "http_port 3128\n" OFFICE USERS "acl mail dstdomain outlook.office365.com\nhttp_access deny mail\n" RULES,
     "http_access deny mail\n+http_access allow office m365\nhttp_access allow office users\nhttp_access deny all\n",
     "'http_access deny mail' keeps bypassed names closed, such as outlook.office365.com"},
    {"nobody is let in", "http_port 3128\nhttp_access deny all\n", NULL, "http_access"},
    {"what Squid refuses", "http_port 3128\nacl x external y\nhttp_access allow x\n", NULL, "squid.conf:2: "},
};

static void
places(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct insert_result result;
        struct err err = {0};
        char got[TEXT_MAX];
        int code = insert(&result, rows[i].conf, &err);
        CHECK(rows[i].why, (code == 0) == (rows[i].want != NULL));
        if (code == 0) {
            buf_add_char(&result.diff, '\0');
            buf_add_char(&result.notes, '\0');
            CHECK(rows[i].why, rules_after(got, result.diff.data));
            if (strcmp(got, rows[i].want) != 0)
                fail_msg("%s:\n%s", rows[i].why, got);
        }
        if (rows[i].said != NULL)
            check_says(rows[i].why, code == 0 ? result.notes.data : err.text, rows[i].said);
        clear(&result);
    }
}

static const char *wanted; /* a rule */

/* True if there is a diff with the rule, and the situations before and after. */
static bool
finds(const char *conf)
{
    struct insert_result result;
    struct err err = {0};
    bool good = insert(&result, conf, &err) == 0;
    assert_true(good || err.text[0] != '\0');
    assert_true(good || (result.diff.len == 0 && result.outcomes.len == 0));
    if (good) {
        buf_add_char(&result.diff, '\0');
        good = buf_ok(&result.diff) && buf_ok(&result.outcomes) && result.outcomes.len > 0 &&
               strstr(result.diff.data, wanted) != NULL;
        assert_true(good || !buf_ok(&result.diff) || !buf_ok(&result.outcomes));
    }
    clear(&result);
    return good;
}

static void
memory(void **state)
{
    (void)state;
    wanted = "\n+http_access allow office m365\n";
    alloc_each_fails(finds, BUMPS OFFICE USERS RULES "ssl_bump peek step1\nssl_bump bump all\n", 10);
    alloc_each_fails(finds,
                     BUMPS OFFICE USERS "acl front src 10.9.9.9\nfollow_x_forwarded_for allow front\n"
                                        "acl mail dstdomain login.microsoftonline.com\nhttp_access deny mail\n"
                                        "acl bank ssl::server_name .bank.example\nacl some src 10.3.0.0/16\n"
                                        "http_access deny front !some\n" RULES
                                        "ssl_bump peek step1\nssl_bump splice bank\nssl_bump bump all\n",
                     10);
    wanted = "\n+http_access allow office !m365_denied m365\n";
    alloc_each_fails(finds,
                     BUMPS OFFICE USERS "acl boss proxy_auth boss\nacl kids src 10.7.0.0/16\nacl web port 443\n"
                                        "acl front src 192.0.2.9\nfollow_x_forwarded_for allow front\n"
                                        "http_access allow boss\nhttp_access deny kids web\n" RULES
                                        "ssl_bump peek step1\nssl_bump bump all\n",
                     10);
}

static int
set_up(void **state)
{
    return lend_open(state, table);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(places), cmocka_unit_test(memory)};
    return cmocka_run_group_tests(tests, set_up, lend_close);
}

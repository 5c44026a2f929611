// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ruleset_test.c - ruleset.h: words, files of values, options, ports and helpers are read as Squid reads them, and what
 * Squid refuses is refused with file and line.
 */
#include "ruleset/ruleset_role.h"

#include <stdio.h>
#include <string.h>

#include "alloc_fails.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "unit.h"

#define ARENA_MAX ((size_t)64 << 20)

static struct arena *arena;

static int
set_up(void **state)
{
    arena = arena_new(ARENA_MAX);
    return folder_set_up(state);
}

static int
tear_down(void **state)
{
    arena_free(arena);
    return folder_tear_down(state);
}

/* Reads a configuration; NULL if it is refused. */
static struct ruleset *
read_as(unsigned version, const char *text, struct err *err)
{
    const struct ruleset_about about = {.version = version, .arena = arena};
    struct ruleset *ruleset = NULL;
    folder_write("squid.conf", text, strlen(text));
    return ruleset_open(&ruleset, folder_path("squid.conf"), &about, err) == 0 ? ruleset : NULL;
}

static struct ruleset *
read_conf(const char *text, struct err *err)
{
    return read_as(5, text, err);
}

static struct ruleset *
read_good(const char *text)
{
    struct err err = {0};
    struct ruleset *ruleset = read_conf(text, &err);
    if (ruleset == NULL)
        fail_msg("%s", err.text);
    return ruleset;
}

/* The ACL that the first rule of http_access uses first. */
static const struct acl *
used(const struct ruleset *ruleset)
{
    assert_true(ruleset->access.count > 0 && ruleset->access.rule[0].uses.count > 0);
    return ruleset->access.rule[0].uses.use[0].acl;
}

static void
texts(void **state)
{
    (void)state;
    char path[4200], conf[5000];
    folder_write("list", "# comment\n .a.example \n\nb.example # more\nc.example", 51);
    snprintf(path, sizeof path, "%s", folder_path("list"));
    static const struct {
        const char *why, *line;
        const char *want; /* the values, each with a comma behind */
    } rows[] = {
        {"words", "acl d dstdomain a.example\tb.example # c.example", "a.example,b.example,"},
        {"a number sign inside a word", "acl d dstdomain a#b", "a#b,"},
        {"a file has a value on each line, and the rest of the line is lost",
         "acl d dstdomain x.example \"@\" z.example", "x.example,.a.example,b.example,c.example,"},
        {"single quotes too", "acl d dstdomain '@'", ".a.example,b.example,c.example,"},
        {"a file that is missing is empty", "acl d dstdomain x.example \"@no\" z.example", "x.example,"},
        {"under quoted values a quote holds a word together",
         "configuration_includes_quoted_values on\nacl d dstdomain \"a b\" 'c'", "a b,c,"},
        {"and parameters() names a file",
         "configuration_includes_quoted_values on\nacl d dstdomain parameters(\"@\") z.example",
         ".a.example,b.example,c.example,z.example,"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct buf got;
        buf_init(&got, 65536);
        const char *at = strchr(rows[i].line, '@');
        int head = at == NULL ? (int)strlen(rows[i].line) : (int)(at - rows[i].line);
        snprintf(conf, sizeof conf, "%.*s%s%s\nconfiguration_includes_quoted_values off\nhttp_access allow d\n", head,
                 rows[i].line, at == NULL ? "" : path, at == NULL ? "" : at + 1);
        struct ruleset *ruleset = read_good(conf);
        for (size_t t = 0; t < used(ruleset)->text_count; t++)
            buf_add_fmt(&got, "%s,", used(ruleset)->texts[t]);
        check_text(rows[i].why, got.data, got.len, rows[i].want);
        buf_clear(&got);
        ruleset_close(ruleset);
    }
}

static void
regexes(void **state)
{
    (void)state;
    struct ruleset *ruleset = read_good("acl u url_regex -i one +i two\\ words (three [\nhttp_access allow u\n");
    const struct acl *acl = used(ruleset);
    assert_int_equal(acl->regex_count, 2); /* `(three` and `[` do not compile, and Squid leaves them out */
    assert_string_equal(acl->regexes[1].pattern, "two\\ words");
    assert_int_equal(regexec(&acl->regexes[0].compiled, "ONE", 0, NULL, 0), 0);
    assert_int_not_equal(regexec(&acl->regexes[1].compiled, "TWO WORDS", 0, NULL, 0), 0);
    assert_false(acl->doubtful);
    ruleset_close(ruleset);
    ruleset = read_good("acl u url_regex ((a{1000}){1000}){1000}\nhttp_access allow u\n");
    assert_int_equal(used(ruleset)->regex_count, 0);
    assert_true(used(ruleset)->doubtful);
    ruleset_close(ruleset);
}

static void
things(void **state)
{
    (void)state;
    struct ruleset *ruleset = read_good(
        "http_port [::1]:3128 ssl-bump cert=/x\nhttps_port 3130 intercept ssl-bump name=tls cert=/x\nhosts_file none\n"
        "external_acl_type m ttl=5 %>rd %#ssl::>sni /usr/bin/env X=1 /usr/lib/ext_m365_acl -t \"/a b\" -F dst,sni\n"
        "external_acl_type other %LOGIN /x/ext_other -t /c\n");
    assert_int_equal(ruleset->port_count, 2);
    assert_string_equal(ruleset->ports[0].name, "[::1]:3128");
    assert_true(ruleset->ports[0].has_addr && ruleset->ports[0].bumps && !ruleset->ports[0].intercepts);
    assert_string_equal(ruleset->ports[1].name, "tls");
    assert_true(ruleset->ports[1].https && ruleset->ports[1].intercepts && ruleset->ports[1].port == 3130);
    assert_null(ruleset->hosts);
    assert_int_equal(ruleset->helper_count, 1);
    assert_int_equal(ruleset->helpers[0].argument_count, 4);
    assert_string_equal(ruleset->helpers[0].arguments[1], "/a b");
    assert_true(ruleset->externals[0]->ours && ruleset->externals[0]->fields.count == 2);
    assert_true(!ruleset->externals[1]->ours && ruleset->externals[1]->needs_user);
    ruleset_close(ruleset);
}

static const struct {
    const char *why, *conf, *want;
} refusals[] = {
    {"an acl that is not defined above", "http_access allow x\nacl x src all\n",
     ":1: no line above defines the acl 'x'"},
    {"an unknown type of acl", "\nacl x sorc all\n", ":2: Squid knows no acl of type 'sorc'"},
    {"an external type that is not defined", "acl x external m36\n", "the external_acl_type 'm36'"},
    {"another type for the same name", "acl x src all\nacl X dst all\n", ":2: the acl 'X' has another type above"},
    {"a second line of an external acl", "external_acl_type m %>rd /x\nacl x external m\nacl x external m\n",
     ":3: the acl 'x' of type external"},
    {"an option that the type does not have", "acl x src -n all\n", "has no option '-n'"},
    {"an action of ssl_bump", "ssl_bump stop all\n", "ssl_bump knows no action 'stop'"},
    {"an error that Squid does not know", "acl x squid_error ERR_ACCESS_DENIED err_dns_fail\n",
     "knows no 'err_dns_fail'"},
    {"a password without a scheme", "acl x proxy_auth REQUIRED\n", "no auth_param"},
    {"a step", "acl x at_step SslBump4\n", "at_step knows no step 'SslBump4'"},
    {"a port", "acl x port 80-70\n", "'80-70' is not a port"},
    {"an address", "acl x src 10.0.0.0/33\n", "'10.0.0.0/33' is not an address"},
    {"a listener", "http_port port\n", "'port' is not a port"},
    {"interception of TLS without ssl-bump", "https_port 3130 intercept tls-cert=/x\n", "https_port needs both"},
    {"FORMAT without codes", "external_acl_type m /x\n", "needs a name, a FORMAT"},
    {"a regex under quoted values", "configuration_includes_quoted_values on\nacl x url_regex a\n",
     ":2: Squid refuses"},
    {"a size", "cache_mem 256MB\n", "'256MB' is not a number"},
    {"a time without a unit", "read_timeout 5\n", ":1: read_timeout needs a unit of time"},
    {"a % code", "logformat x %>a %foo\n", "'%foo' is no % code of Squid"},
    {"headers that do not fit into the buffer", "request_header_max_size 1 MB\nhttp_port 3128\n",
     ":1: request_header_max_size must be less"},
    {"a switch", "host_verify_strict maybe\n", "must be on or off"},
    {"a function", "configuration_includes_quoted_values on\nacl x src file(\"a\")\n", "no function of this name"},
    {"-F that the helper refuses", "external_acl_type m %>rd /x/ext_m365_acl -F sni\n", "the helper exits because of"},
    {"an annotation without value", "acl x annotate_client a\n", "is not NAME=VALUE"},
    {"a name with a dot after one below it", "acl d dstdomain a.example .example\n",
     "'.example' comes after 'a.example'"},
    {"an acl that is unknown in one worker only", "workers 2\nif ${process_number} = 2\nhttp_access deny x\nendif\n",
     ":3: no line above defines the acl 'x', so Squid does not start (worker 2)"},
    {"or in the master, which reads the file too", "if ${process_number} = 1\nelse\nhttp_access deny x\nendif\n",
     ":3: no line above defines the acl 'x'"},
    {"or in the coordinator", "workers 2\nif ${process_number} = 3\nhttp_access deny x\nendif\n",
     ":3: no line above defines the acl 'x'"},
    {"an acl that another list names", "always_direct allow x\n", ":1: no line above defines the acl 'x'"},
    {"or a log", "access_log stdio:/x squid x\n", ":1: no line above defines the acl 'x'"},
    {"a format of a log", "access_log stdio:/x logformat=mine\n", "defines the logformat 'mine'"},
    {"two kinds of ssl_bump", "ssl_bump allow all\nssl_bump bump all\n", ":2: ssl_bump has allow or deny"},
    {"a time past midnight", "acl x time 22:00-06:00\n", "'22:00-06:00' is not HH:MM-HH:MM of one day"},
    {"an address with a number too large", "acl x src 10.0.0.300\n", "'10.0.0.300' is not an address"},
    {"too many numbers", "acl x src 1.2.3.4.5\n", "'1.2.3.4.5' is not an address"},
    {"two addresses in a word", "acl x src 10.0.0.1,10.0.0.2\n", "'10.0.0.1,10.0.0.2' is not an address"},
    {"no address", "acl x dst none\n", "'none' is not an address"},
    {"the helpers of a scheme", "auth_param basic children x\n", "'x' is not a whole number"},
    {"a scheme", "auth_param kerberos program /x\n", "auth_param needs basic, digest"},
    {"an option of a port", "http_port 3128 sslbump\n", "a port has no option 'sslbump'"},
    {"a certificate", "https_port 3130 intercept ssl-bump\n", "https_port needs tls-cert="},
    {"two ways to get at connections", "http_port 3129 intercept tproxy\n", "two of intercept, tproxy and accel"},
    {"include without a file", "include\n", ":1: include names no file"},
    {"what the reader refuses", "if maybe\nendif\n", ":1: Squid refuses the condition 'maybe'"},
};

static void
refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(refusals); i++) {
        struct err err = {0};
        CHECK(refusals[i].why, read_conf(refusals[i].conf, &err) == NULL);
        check_says(refusals[i].why, err.text, refusals[i].want);
        check_says(refusals[i].why, err.text, "squid.conf:");
    }
}

/* Types and ACLs that not every Squid knows. */
static void
versions(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        unsigned first, last;
    } rows[] = {
        {"acl x annotate_transaction seen=a\n", 5, 7},
        {"acl x annotate_client met=a\n", 5, 7},
        {"acl x note seen a\n", 4, 7},
        {"acl x ident alice\n", 4, 6},
        {"acl x ident_regex a\n", 4, 6},
        {"http_access deny CONNECT\n", 5, 7},
        {"http_access deny to_linklocal\n", 6, 7},
        {"acl x browser (\n", 4, 5},
        {"announce_port x\n", 6, 7},
        {"request_entities x\n", 6, 7},
        {"logformat x %byte{10}\n", 7, 7},
        {"logformat x %busy_time\n", 6, 7},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        for (unsigned version = 4; version <= 7; version++) {
            struct err err = {0};
            bool known = version >= rows[i].first && version <= rows[i].last;
            struct ruleset *ruleset = read_as(version, rows[i].line, &err);
            CHECK(rows[i].line, (ruleset != NULL) == known);
            ruleset_close(ruleset);
            if (!known)
                check_says(rows[i].line, err.text, "does not start");
        }
    }
}

#define IF(number) "if ${process_number} = " number "\nendif\n"

/* Which workers have rules of their own. */
static void
workers(void **state)
{
    (void)state;
    static const struct {
        const char *why, *conf;
        const char *want; /* their numbers, `+` after one that others are like */
        bool cut;
    } rows[] = {
        {"no macro", "workers 4\nhttp_access allow all\n", "0", false},
        {"a macro in a line that decides nothing",
         "workers 4\naccess_log stdio:/x/${process_number}.log\nlogformat x ${process_number}\ncache_dir ufs "
         "/x/${process_number} 1 1 1\n",
         "0", false},
        {"a number that a condition names", "workers 4\nif ${process_number} = 3\nhttp_access allow all\nendif\n",
         "1+ 3", false},
        {"a number that no worker has", "workers 2\nif ${process_number} = 9\nhttp_access allow all\nendif\n", "0",
         false},
        {"one worker", "if ${process_number} = 2\nhttp_access allow all\nendif\n", "0", false},
        {"what is not in the first one",
         "workers 50\nif ${process_number} = 1\nhttp_access deny all\nelse\nhttp_access allow all\nendif\n", "1 2+",
         false},
        {"a large number", "workers 50\nif 50 = ${process_number}\nhttp_access allow all\nendif\n", "1+ 50", false},
        {"the name of a process", "workers 2\nacl x browser ${process_name}$\n", "1 2", false},
        {"a macro in a rule", "workers 3\nacl x port ${process_number}\n", "1 2 3", false},
        {"more numbers than are kept",
         "workers 40\n" IF("11") IF("12") IF("13") IF("14") IF("15") IF("16") IF("17") IF("18") IF("19") IF("20")
             IF("21") IF("22") IF("23") IF("24") IF("25") IF("26") IF("27"),
         "0", true},
        {"too many", "workers 12\nacl x port ${process_number}\n", "1 2 3 4 5 6 7 8", true},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct buf got;
        struct ruleset *first = read_good(rows[i].conf);
        buf_init(&got, 1000);
        for (size_t w = 0; w <= first->other_worker_count; w++) {
            const struct ruleset *one = w == 0 ? first : first->other_workers[w - 1];
            buf_add_fmt(&got, "%s%u%s", w == 0 ? "" : " ", one->worker, one->worker > 0 && one->more_alike ? "+" : "");
        }
        check_text(rows[i].why, got.data, got.len, rows[i].want);
        CHECK(rows[i].why, first->workers_cut == rows[i].cut);
        buf_clear(&got);
        ruleset_close(first);
    }
}

static bool
reads(const char *path)
{
    struct arena *own = arena_new(ARENA_MAX);
    const struct ruleset_about about = {.version = 5, .arena = own};
    struct ruleset *ruleset = NULL;
    struct err err = {0};
    bool good = own != NULL && ruleset_open(&ruleset, path, &about, &err) == 0;
    assert_true(good || own == NULL || err.text[0] != '\0');
    ruleset_close(ruleset);
    arena_free(own);
    return good;
}

/* What each rule of http_access is for, in the order of the file: `f` firm, `e` takes everything, `p` asks for a
 * password somewhere, `+` and without `!`, `b` has the bypass. */
static void
roles(void **state)
{
    static const char *const want[] = {"f", "f", "e", "e", "p+", "p", "p+", "b", "f", "", "p"};
    (void)state;
    struct ruleset *conf = read_good("http_port 3128\n"
                                     "auth_param basic program /bin/true\n"
                                     "external_acl_type m %>rd /x/ext_m365_acl -t /t\n"
                                     "acl m external m\n"
                                     "acl lan src 10.0.0.0/8\n"
                                     "acl world src all\n"
                                     "acl users proxy_auth REQUIRED\n"
                                     "acl either any-of lan users\n"
                                     "acl nobody any-of !users\n"
                                     "acl noted note m365_rule\n"
                                     "http_access deny lan\n"
                                     "http_access deny !all\n"
                                     "http_access deny all\n"
                                     "http_access deny world\n"
                                     "http_access deny users\n"
                                     "http_access deny !users\n"
                                     "http_access allow either\n"
                                     "http_access allow m\n"
                                     "http_access deny noted\n"
                                     "http_access allow lan\n"
                                     "http_access allow nobody\n");
    assert_int_equal(conf->access.count, ROWS(want));
    for (size_t i = 0; i < ROWS(want); i++) {
        const struct rule *rule = &conf->access.rule[i];
        char got[8];
        snprintf(got, sizeof got, "%s%s%s%s%s", role_is_firm(rule) ? "f" : "", role_takes_all(rule) ? "e" : "",
                 role_uses(rule, role_is_password, false) ? "p" : "",
                 role_uses(rule, role_is_password, true) ? "+" : "", role_uses(rule, role_is_bypass, false) ? "b" : "");
        CHECK(rule->text, strcmp(got, want[i]) == 0);
    }
    assert_true(role_is_ours(conf->access.rule[8].uses.use[0].acl));
    assert_true(role_holds(conf->access.rule[6].uses.use[0].acl, role_is_group));
    assert_false(role_holds(conf->access.rule[10].uses.use[0].acl, role_is_group));
    ruleset_close(conf);
}

static bool
is_port(const void *arg, const struct acl_use *use)
{
    (void)arg;
    return use->acl->kind == ACL_PORT;
}

/* For each rule the first one before it that takes all of it, by its number; 0: none. */
static void
takers(void **state)
{
    static const unsigned want[] = {0, 1, 0, 1, 0, 5, 3, 3}, with_ports[] = {0, 1, 0, 1, 0, 0, 3, 3};
    (void)state;
    struct ruleset *conf = read_good("http_port 3128\n"
                                     "acl lan src 10.0.0.0/8\n"
                                     "acl web port 80\n"
                                     "http_access deny lan\n"
                                     "http_access allow web lan\n"
                                     "http_access deny !lan web\n"
                                     "http_access deny lan !lan\n"
                                     "http_access deny all web\n"
                                     "http_access deny web !all\n"
                                     "http_access allow !lan web\n"
                                     "http_access allow web !lan all\n");
    assert_int_equal(conf->access.count, ROWS(want));
    for (size_t i = 0; i < ROWS(want); i++) {
        const struct rule *late = &conf->access.rule[i];
        unsigned first = 0, first_port = 0;
        for (size_t n = i; n-- > 0;) {
            first = role_takes(&conf->access.rule[n], late, NULL, NULL) ? (unsigned)n + 1 : first;
            first_port = role_takes(&conf->access.rule[n], late, is_port, NULL) ? (unsigned)n + 1 : first_port;
        }
        CHECK(late->text, first == want[i]);
        CHECK(late->text, first_port == with_ports[i]);
    }
    ruleset_close(conf);
}

static void
memory(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, 1 << 20);
    buf_add_text(&text, "http_port 3128\nexternal_acl_type m %>rd /x/ext_m365_acl -t /t\nacl m external m Optimize\n");
    for (int i = 0; i < 3000; i++)
        buf_add_fmt(&text, "acl a%d src 10.%d.%d.0/24\nhttp_access allow a%d\n", i, i / 250, i % 250, i);
    folder_write("squid.conf", text.data, text.len);
    buf_clear(&text);
    alloc_each_fails(reads, folder_path("squid.conf"), 5);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts),   cmocka_unit_test(regexes),  cmocka_unit_test(things),
        cmocka_unit_test(refused), cmocka_unit_test(versions), cmocka_unit_test(workers),
        cmocka_unit_test(memory),  cmocka_unit_test(roles),    cmocka_unit_test(takers),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

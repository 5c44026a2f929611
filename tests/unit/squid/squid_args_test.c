// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * squid_args_test.c - squid.h: the arguments of an acl line narrow a bypass, and Default asks every identifier.
 *
 * How lines are cut into fields and arguments is squid_test.c's business.
 */
#include "squid/squid.h"

#include <string.h>

#include "base/err.h"
#include "image/image.h"
#include "tables.h"
#include "verdict/request.h"
#include "verdict/verdict.h"

static const char table_text[] = "optimize a.example id=1 area=Mail required expressroute\n"
                                 "allow    b.example id=2 area=Files required\n"
                                 "default  c.example id=3 area=Mail required\n"
                                 "inspect  d.example id=4 area=Files\n"
                                 "allow    e.example\n"
                                 "inspect  f.example\n"
                                 "default  h.example id=6 area=Files\n"
                                 "default  198.51.100.0/25 id=6 area=Files\n"
                                 "inspect  198.51.100.200\n"
                                 "default  j.example id=7\n"
                                 "default  203.0.113.0/24 id=7\n"
                                 "inspect  j.example\n"
                                 "allow    k.example id=11 area=Skype required\n"
                                 "allow    l.example id=12 area=Teams\n";

static struct image *image;

static int
set_up(void **state)
{
    (void)state;
    image = image_of(table_text, NULL);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    image_close(image);
    return 0;
}

/* `asked` is a destination, then perhaps SNI and original address. */
static void
decide(const char *asked, struct request *ret_request, struct verdict *ret)
{
    struct squid_fields order;
    struct squid_word args;
    struct err err;
    const char *sent = strchr(asked, ' ') == NULL ? "dst" : "dst,sni,la";
    assert_int_equal(squid_fields_parse(&order, sent, &err), 0);
    squid_parse_line(&order, asked, strlen(asked), ret_request, &args);
    verdict_decide(image, ret_request, 20000, ret);
}

static const struct {
    const char *host;
    const char *args;
    bool allow;
    const char *unknown;
} allowed[] = {
    {"a.example", "", .allow = true},
    {"a.example", "   ", .allow = true},
    {"a.example", " -", .allow = true},
    {"a.example", " - ", .allow = true},
    {"a.example", "- Optimize", .allow = false, .unknown = "-"},
    {"a.example", "Optimize -", .allow = false, .unknown = "-"},
    {"a.example", "Optimize", .allow = true},
    {"a.example", "Allow", .allow = false},
    {"a.example", "Allow Default", .allow = false},
    {"a.example", "Default Optimize", .allow = true},
    {"a.example", "optimize", .allow = false, .unknown = "optimize"},
    {"a.example", "Optimizer", .allow = false, .unknown = "Optimizer"},
    {"a.example", "Mail", .allow = true},
    {"a.example", "Files", .allow = false},
    {"a.example", "Files Mail", .allow = true},
    {"a.example", "mail", .allow = false, .unknown = "mail"},
    {"a.example", "Mail Nothing", .allow = false, .unknown = "Nothing"},
    {"a.example", "Teams", .allow = false},
    {"a.example", "Teams Mail", .allow = true},
    {"k.example", "Skype", .allow = true},
    {"k.example", "Teams", .allow = true},
    {"k.example", "Teams required Allow", .allow = true},
    {"k.example", "Mail Teams", .allow = true},
    {"k.example", "Teams Optimize", .allow = false},
    {"k.example", "teams", .allow = false, .unknown = "teams"},
    {"k.example", "Team", .allow = false, .unknown = "Team"},
    {"l.example", "Teams", .allow = true},
    {"l.example", "Skype", .allow = false},
    {"a.example", "required", .allow = true},
    {"a.example", "required expressroute Mail Optimize", .allow = true},
    {"a.example", "required expressroute Files Optimize", .allow = false},
    {"b.example", "required", .allow = true},
    {"b.example", "expressroute", .allow = false},
    {"b.example", "required expressroute", .allow = false},
    {"c.example", "", .allow = false},
    {"c.example", "Default", .allow = true},
    {"c.example", "Optimize", .allow = false},
    {"c.example", "Optimize Default", .allow = true},
    {"c.example", "Default Mail required", .allow = true},
    {"c.example", "Default Files", .allow = false},
    {"c.example", "Default expressroute", .allow = false},
    {"c.example", "Mail", .allow = false},
    {"c.example c.example -", "Default", .allow = true},
    {"c.example a.example -", "Default", .allow = true},
    {"c.example z.example -", "Default", .allow = false},
    {"c.example f.example -", "Default", .allow = false},
    {"c.example 192.0.2.1 -", "Default", .allow = false},
    {"c.example - 192.0.2.1", "Default", .allow = false},
    {"c.example c.example 192.0.2.1", "Default", .allow = true},
    {"h.example - 192.0.2.1", "Default", .allow = false},
    {"h.example - 198.51.100.1", "Default", .allow = true},
    {"h.example - 198.51.100.200", "Default", .allow = false},
    {"h.example h.example 192.0.2.1", "Default", .allow = false},
    {"h.example h.example h.example", "Default", .allow = false},
    {"h.example h.example 192.0.2.1", "Optimize Default Files", .allow = false},
    {"198.51.100.1 h.example -", "Default", .allow = true},
    {"192.0.2.1 h.example -", "Default", .allow = false},
    {"192.0.2.1 c.example -", "Default", .allow = true},
    {"198.51.100.1 z.example -", "Default", .allow = false},
    {"198.51.100.1 - -", "Default", .allow = true},
    {"198.51.100.1 - 198.51.100.1", "Default", .allow = true},
    {"198.51.100.1 - 198.51.100.200", "Default", .allow = false},
    {"203.0.113.1 - -", "Default", .allow = false},
    {"a.example c.example -", "Default", .allow = false},
    {"a.example c.example -", "Optimize Default", .allow = false},
    {"d.example", "Default", .allow = false},
    {"d.example", "Files", .allow = false},
    {"e.example", "Allow", .allow = true},
    {"e.example", "Mail", .allow = false},
    {"z.example", "", .allow = false},
    {"z.example", "Default", .allow = false},
    {"z.example", "Nothing", .allow = false, .unknown = "Nothing"},
};

static void
test_args(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++) {
        struct verdict verdict;
        struct squid_word unknown;
        struct request request;
        decide(allowed[i].host, &request, &verdict);
        bool allow = squid_args_allow(image, &request, 20000, &verdict,
                                      ((struct squid_word){allowed[i].args, strlen(allowed[i].args)}), &unknown);
        size_t want = allowed[i].unknown == NULL ? 0 : strlen(allowed[i].unknown);
        if (allow != allowed[i].allow || unknown.len != want ||
            (want > 0 && memcmp(unknown.text, allowed[i].unknown, want) != 0))
            fail_msg("%s '%s': %d, unknown '%.*s'", allowed[i].host, allowed[i].args, allow, (int)unknown.len,
                     unknown.text);
    }
    struct squid_word unknown;
    struct verdict verdict = {.bypass = true, .why = WHY_RULE};
    struct request request;
    request_init(&request);
    assert_false(squid_args_allow(NULL, &request, 20000, &verdict, ((struct squid_word){"Nothing", 7}), &unknown));
    assert_int_equal(unknown.len, 0);
}

/* A typing error in a table without Teams would never be noticed. */
static void
test_no_teams(void **state)
{
    (void)state;
    struct image *other = image_of("allow a.example id=1 area=Mail\n", NULL);
    struct squid_word unknown;
    struct verdict verdict = {.bypass = true, .why = WHY_RULE};
    struct request request;
    request_init(&request);
    assert_false(squid_args_allow(other, &request, 20000, &verdict, ((struct squid_word){"Teams", 5}), &unknown));
    assert_int_equal(unknown.len, 5);
    image_close(other);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_args), cmocka_unit_test(test_no_teams)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

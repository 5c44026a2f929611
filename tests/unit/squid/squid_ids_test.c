// SPDX-License-Identifier: GPL-2.0-or-later
/* squid_ids_test.c - squid.h: what a first line says about channel-IDs. */
#include "squid/squid.h"

#include <string.h>

#include "base/err.h"
#include "unit.h"

static const struct {
    const char *fields; /* NULL: a URL */
    const char *in;
    size_t need; /* 0: as many as there are fields */
    enum squid_ids want;
} first_lines[] = {
    {"dst,sni", "", .want = SQUID_IDS_DETECT},
    {"dst,sni", "   ", .want = SQUID_IDS_DETECT},
    {"dst,sni", "1", .want = SQUID_IDS_DETECT},
    {"dst,sni", "1 a", .want = SQUID_IDS_DETECT},
    {"dst,sni", "1 a b", .want = SQUID_IDS_ON},
    {"dst,sni", "1 1", .want = SQUID_IDS_OFF},
    {"dst,sni", "1 -", .want = SQUID_IDS_OFF},
    {"dst,sni", "1 443", .want = SQUID_IDS_OFF},
    {"dst,sni", "1 443x", .want = SQUID_IDS_DETECT},
    {"dst,sni", "a b", .want = SQUID_IDS_OFF},
    {"dst,sni", "1234567890", .want = SQUID_IDS_OFF},
    {"dst,sni", "1 a", .need = 1, .want = SQUID_IDS_ON},
    {NULL, "1", .need = 1, .want = SQUID_IDS_DETECT},
    {NULL, "1 http://a/", .need = 1, .want = SQUID_IDS_ON},
    /* the first field may be a number */
    {"ignore,dst", "1 a.example", .want = SQUID_IDS_OFF},
    {"ignore,dst", "1 x a.example", .want = SQUID_IDS_ON},
    {"ignore,dst", "3128 a.example Optimize", .want = SQUID_IDS_OFF},
    {"ignore,dst", "3128 a.example required Default", .want = SQUID_IDS_OFF},
    {"ignore,dst", "3128 a.example -", .want = SQUID_IDS_OFF},
    {"ignore,dst", "1 x intranet", .want = SQUID_IDS_DETECT},
    {"ignore,dst", "1 a.example", .need = 1, .want = SQUID_IDS_DETECT},
    {"ignore,dst,sni,port", "3128 a.example - 443", .want = SQUID_IDS_OFF},
    {"ignore,dst,sni,port", "3128 a.example - 443 Optimize", .want = SQUID_IDS_OFF},
    {"ignore,dst,sni,port", "3128 a.example a.example 443 Optimize", .want = SQUID_IDS_OFF},
    {"ignore,dst,sni,port", "3128 192.0.2.1 a.example 443 -", .want = SQUID_IDS_OFF},
    {"ignore,dst,sni,port", "3128 a.example - 443 Optimize required", .want = SQUID_IDS_OFF},
    {"ignore,dst,sni,port", "1 x a.example - 443", .want = SQUID_IDS_ON},
    {"ignore,dst,sni,port", "1 3128 a.example a.example 443 Optimize", .want = SQUID_IDS_ON},
    {"ignore,dst,sni,port", "1 a.example a.example - 443", .want = SQUID_IDS_ON},
    {"ignore,dst,sni,port", "1 x 192.0.2.1 a.example 443 Optimize -", .want = SQUID_IDS_ON},
    {"ignore,dst,sni,port", "1 x 192.0.2.1 443 443 -", .want = SQUID_IDS_DETECT},
    {"ignore,dst,sni,port", "3128 192.0.2.1 %ff 443 -", .want = SQUID_IDS_OFF},
    {"ignore,dst,sni,port", "3128 192.0.2.1 7 443 -", .want = SQUID_IDS_OFF},
    {"ignore,dst,sni,port", "1 - - - -", .want = SQUID_IDS_DETECT},
    {"ignore,dst,sni,port", "x a.example - 443 Optimize", .want = SQUID_IDS_OFF},
    {"ignore,dst,port,sni", "3128 a.example 443 - Optimize", .want = SQUID_IDS_OFF},
    {"ignore,port,dst", "1 443 a.example Optimize", .want = SQUID_IDS_OFF},
    {"ignore,port,dst", "1 x 443 a.example", .want = SQUID_IDS_ON},
    {"ignore,ignore,dst,la", "1 2 a.example 192.0.2.1 Mail", .want = SQUID_IDS_OFF},
    {"sni,dst,port", "7 192.0.2.1 443 Optimize", .want = SQUID_IDS_OFF},
    {"sni,dst,port", "1 7 192.0.2.1 443 Optimize", .want = SQUID_IDS_DETECT},
    {"sni,dst,port", "1 - 192.0.2.1 443", .want = SQUID_IDS_ON},
};

static void
detect_ids(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(first_lines); i++) {
        const char *in = first_lines[i].in;
        struct squid_fields fields = {.count = 1};
        struct err err;
        if (first_lines[i].fields != NULL)
            assert_int_equal(squid_fields_parse(&fields, first_lines[i].fields, &err), 0);
        size_t need = first_lines[i].need != 0 ? first_lines[i].need : fields.count;
        enum squid_ids got = squid_detect_ids(in, strlen(in), need, first_lines[i].fields == NULL ? NULL : &fields);
        if (got != first_lines[i].want)
            fail_msg("'%s' as %s: %d", in, first_lines[i].fields, (int)got);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(detect_ids)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

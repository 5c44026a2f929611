// SPDX-License-Identifier: GPL-2.0-or-later
/* squid_gen_test.c - squid.h, image_name.h: m365_gen_ tells the generations of one label apart. */
#include "squid/squid.h"

#include <stdio.h>
#include <string.h>

#include "image/image_name.h"
#include "table/policy.h"
#include "tables.h"
#include "verdict/verdict.h"

#define AREA_32 "Abcdefghijklmnopqrstuvwxyz_12345"
#define LABEL_32 "12345678.0-abcdefghijklmnopqrstu"
#define ID "12345678901234567890"

/* The number of a published generation follows the label, and alone it names a table without one. */
static void
generations(void **state)
{
    (void)state;
    static const struct {
        const char *label;
        uint32_t generation;
        const char *want;
    } rows[] = {
        {"2026102900", 0, "2026102900"},
        {"2026102900", 4, "2026102900.4"},
        {"2026102900", 1000000, "2026102900.1000000"},
        {LABEL_32, UINT32_MAX, LABEL_32 ".4294967295"},
        {NULL, 4, "4"},
    };
    static struct squid_tails kept;
    for (size_t i = 0; i < ROWS(rows); i++) {
        char got[SQUID_REPLY_MAX + 1], want[SQUID_REPLY_MAX];
        struct policy options = {.label = rows[i].label};
        struct image *other = image_of("optimize a.example id=4294967295 area=" AREA_32 "\n", &options);
        struct verdict verdict = {.why = WHY_CATEGORY, .has_rule = true};
        image_set_generation(other, rows[i].generation);
        size_t len =
            squid_reply(&kept, got, (struct squid_word){.text = ID, .len = sizeof ID - 1}, false, other, &verdict);
        assert_in_range(len, 1, SQUID_REPLY_MAX - 1);
        got[len] = '\0';
        snprintf(want, sizeof want,
                 ID " ERR m365_cat_=Optimize m365_area_=" AREA_32
                    " m365_id_=4294967295 m365_why_=category m365_gen_=%s\n",
                 rows[i].want);
        assert_string_equal(got, want);
        image_close(other);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(generations)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

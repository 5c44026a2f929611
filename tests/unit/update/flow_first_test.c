// SPDX-License-Identifier: GPL-2.0-or-later
/* flow_first_test.c - flow.h, candidate_shipped.h: what the first table is compared with. */
#include "update/flow.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/place.h"
#include "flow_stage.h"
#include "store/generation_named.h"
#include "store/record.h"
#include "tables.h"

#define OLD "2026010100"
#define BASE STAGE_SET("2", "Allow", "*.files.example")

#define SHIPPED                                                                                                        \
    "# version: 2025-12\n"                                                                                             \
    "optimize mail.example id=1 area=Exchange source=worldwide tcp=80,443 required expressroute\n"                     \
    "allow *.files.example id=2 area=Exchange source=worldwide tcp=443 required\n"                                     \
    "allow *.manage.example id=163 area=MEM source=worldwide tcp=443\n"

static const struct {
    const char *why, *conf;
    const char *file;              /* that is there as well */
    bool elsewhere, without_image; /* the state folder is not the helpers'; only the text was shipped */
    enum flow_what want;
    bool compared;
    const char *heard;
} first_rows[] = {
    {"what closes is named", .conf = "shrink_limit 50%\n", .want = FLOW_PUBLISHED, .compared = true,
     .heard = "Inspected now, bypassed before: *.manage.example port 443."},
    {"and what opens", .conf = "shrink_limit 50%\n", .want = FLOW_PUBLISHED, .compared = true,
     .heard = "Bypassed now, inspected before: new.example port 443."},
    {"in place of what", .conf = "shrink_limit 50%\n", .want = FLOW_PUBLISHED, .compared = true,
     .heard = "generation 1 is published in place of the shipped table: Worldwide " OLD "; 3 rules -> 3: "},
    {"a gate holds it", .conf = "must_not_bypass new.example\n", .want = FLOW_PENDING, .compared = true,
     .heard = "generation 1 waits for approval while the shipped table is used: Worldwide " OLD},
    {"with settings helpers answer no-table", .conf = "", .file = "m365.conf", .want = FLOW_PUBLISHED,
     .heard = "generation 1 is published: Worldwide " OLD "; 0 rules -> 3"},
    {"and so they do with local rules", .conf = "", .file = "local.d/a.rules", .want = FLOW_PUBLISHED,
     .heard = "0 rules -> 4"},
    {"helpers look into another folder", .conf = "", .elsewhere = true, .want = FLOW_PUBLISHED,
     .heard = "0 rules -> 3"},
    {"helpers have no image", .conf = "", .without_image = true, .want = FLOW_PUBLISHED, .heard = "0 rules -> 3"},
};

/* Nothing is in use but the shipped table: what replaces it is compared with it, and published all the same. */
static void
first_table(void **unused)
{
    for (size_t i = 0; i < ROWS(first_rows); i++) {
        struct flow_stage stage;
        struct buf image, review;
        struct err err = {0};
        char config[4200], data[4200], base[32];
        flow_stage_open(&stage, first_rows[i].conf);
        snprintf(config, sizeof config, "%s", folder_path("f"));
        snprintf(data, sizeof data, "%s", folder_path("f/data"));
        assert_int_equal(mkdir(data, 0755), 0);
        flow_stage_write("data/worldwide.rules", SHIPPED);
        image_bytes(&image, SHIPPED, NULL);
        if (!first_rows[i].without_image)
            folder_write("f/data/worldwide.image", image.data, image.len);
        buf_clear(&image);
        if (first_rows[i].file != NULL)
            flow_stage_write(first_rows[i].file, "allow x.example\n");
        const struct places places = {first_rows[i].elsewhere ? config : stage.conf->state, config, data};
        const struct flow how = {.places = &places};
        struct flow_result result = flow_stage_run(&stage, &how, OLD, BASE STAGE_SET("3", "Allow", "new.example"));
        CHECK(first_rows[i].why, result.what == first_rows[i].want && result.generation == 1);
        flow_stage_heard(&stage, first_rows[i].why, first_rows[i].heard);
        assert_int_equal(generation_read_review(&review, stage.state, 1, &err), 0);
        record_get(&review, "instead-of", base, sizeof base);
        CHECK(first_rows[i].why, strcmp(base, first_rows[i].compared ? "the shipped table" : "") == 0);
        buf_clear(&review);
        flow_stage_close(&stage);
        assert_int_equal(flow_stage_tear_down(unused), 0);
        assert_int_equal(flow_stage_set_up(unused), 0);
    }
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, flow_stage_set_up, flow_stage_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {TEST(first_table)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

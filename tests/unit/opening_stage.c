// SPDX-License-Identifier: GPL-2.0-or-later
/* opening_stage.c - see opening_stage.h. */
#include "opening_stage.h"

#include <string.h>

#include "base/buf.h"
#include "change/diff.h"
#include "change/opening.h"
#include "diff_stage.h"
#include "opening_oracle.h"
#include "unit.h"
#include "verdict/verdict.h"

static bool
bypassed(const struct image *image, const char *text)
{
    struct request request;
    struct verdict verdict;
    oracle_read(&request, text);
    verdict_decide(image, &request, STAGE_TODAY, &verdict);
    return verdict.bypass;
}

/* The requests of all openings, a line each. */
static void
list(struct buf *buf, const struct diff *diff)
{
    buf_add_char(buf, '\n');
    for (size_t i = 0; i < diff->opening_count; i++) {
        opening_print_request(buf, &diff->openings[i]);
        buf_add_char(buf, '\n');
    }
    buf_add_char(buf, '\0');
}

static void
check_told(const struct opening_case *of, const struct stage *stage)
{
    struct buf told, want;
    buf_init(&told, 100000);
    buf_init(&want, 1000);
    list(&told, stage->diff);
    buf_add_fmt(&want, "\n%s\n", of->told != NULL ? of->told : of->request);
    buf_add_char(&want, '\0');
    if (strstr(told.data, want.data) == NULL)
        fail_msg("%s: not told:%sbut:%s", of->why, want.data, told.data);
    buf_clear(&told);
    buf_clear(&want);
}

void
opening_check(const struct opening_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct stage stage;
        stage_diff_with(&stage, &(struct stage_input){.was = cases[i].was,
                                                      .is = cases[i].is,
                                                      .was_policy = cases[i].policy,
                                                      .is_policy = cases[i].policy,
                                                      .hold_joins = cases[i].hold_joins});
        CHECK(cases[i].why, !stage.diff->partial);
        if (cases[i].request == NULL) {
            CHECK(cases[i].why, stage.diff->opening_count == 0);
        } else {
            CHECK(cases[i].why, !bypassed(stage.was_image, cases[i].request));
            CHECK(cases[i].why, bypassed(stage.is_image, cases[i].request));
            check_told(&cases[i], &stage);
        }
        stage_clear(&stage);
    }
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* verdict_stage.c - see verdict_stage.h. */
#include "verdict_stage.h"

#include <stdio.h>
#include <string.h>

#include "day.h"
#include "image.h"
#include "request.h"
#include "tables.h"
#include "verb.h"
#include "verdict.h"

static void
print_verdict(char ret[512], const struct image *image, const struct verdict *verdict)
{
    struct image_set set;
    char room[IMAGE_RULE_MAX];
    int n = snprintf(ret, 512, "%s %s", verdict->bypass ? "OK" : "ERR", why_word(verdict->why));
    if (!verdict->has_rule)
        return;
    struct image_text rule = image_rule_text(image, verdict->rule, room);
    image_get_set(image, verdict->set, &set);
    const char *category = verb_category(set.verb);
    n += snprintf(ret + n, 512 - (size_t)n, " %s %.*s", category == NULL ? "-" : category, (int)rule.len, rule.text);
    if (set.has_id)
        snprintf(ret + n, 512 - (size_t)n, " %u", set.id);
}

void
row_request(struct request *request, const struct row *row)
{
    request_init(request);
    if (row->dst != NULL)
        request_set_dst(request, row->dst, strlen(row->dst));
    if (row->sni != NULL)
        request_set_sni(request, row->sni, strlen(row->sni));
    if (row->la != NULL)
        request_set_la(request, row->la, strlen(row->la));
    if (row->port != NULL)
        request_set_port(request, row->port, strlen(row->port));
}

void
count_side(void *arg, const struct explained *explained)
{
    size_t *count = arg;
    assert_non_null(lost_word(explained->lost));
    ++*count;
}

void
ask_rows(const char *text, const struct policy *options, const struct row *rows, size_t count)
{
    struct image *image = image_of(text, options);
    for (size_t i = 0; i < count; i++) {
        struct request request;
        struct verdict verdict;
        char got[512];
        uint32_t today = 0;
        const char *day = rows[i].day == NULL ? "2026-06-01" : rows[i].day;
        size_t explained = 0;
        assert_true(day_parse(&today, day, strlen(day)));
        row_request(&request, &rows[i]);
        verdict_decide(image, &request, today, &verdict);
        print_verdict(got, image, &verdict);
        check_text(rows[i].why, got, strlen(got), rows[i].want);
        CHECK(rows[i].why, !verdict.has_rule || verdict.why == WHY_RULE || verdict.why == WHY_CATEGORY ||
                               verdict.why == WHY_LOCAL_INSPECT);
        verdict_explain(image, &request, today, count_side, &explained);
        CHECK(rows[i].why, explained > 0 || !verdict.has_rule);
    }
    image_close(image);
}

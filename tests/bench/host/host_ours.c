// SPDX-License-Identifier: GPL-2.0-or-later
/* host_ours.c - this project's image: one name at a time, many at once, and the full work of a request. */
#include <string.h>

#include "base/err.h"
#include "host_method.h"
#include "image/image.h"
#include "image/image_find.h"
#include "verdict/request.h"
#include "verdict/verdict.h"

enum { BATCH = 32, TODAY = 20000 };

static void *
open_image(const struct host_task *task)
{
    struct image *image;
    struct image_info info;
    struct err err = {0};
    if (image_open(&image, task->image, &err) != 0)
        return host_cannot("ours", err.text);
    image_get_info(image, &info);
    return info.rules == task->list->count ? image : host_cannot("ours", "the image was not made from this list");
}

static bool
find_one(void *built, const struct host *question)
{
    struct image_cursor cursor;
    struct image_hit hit;
    image_find_name(built, question, &cursor);
    return image_next(&cursor, &hit);
}

static void
find(void *built, const struct host *questions, size_t count, uint8_t *ret)
{
    for (size_t i = 0; i < count; i++)
        ret[i] = find_one(built, &questions[i]);
}

static void
find_batched(void *built, const struct host *questions, size_t count, uint8_t *ret)
{
    static struct image_cursor cursors[BATCH];
    const struct host *batch[BATCH];
    struct image_hit hit;
    for (size_t i = 0; i < count; i += BATCH) {
        size_t n = count - i < BATCH ? count - i : BATCH;
        for (size_t j = 0; j < n; j++)
            batch[j] = &questions[i + j];
        image_find_names(built, batch, n, cursors);
        for (size_t j = 0; j < n; j++)
            ret[i + j] = image_next(&cursors[j], &hit);
    }
}

static bool
decide_one(void *built, const struct host *question)
{
    struct request request;
    struct verdict verdict;
    request_init(&request);
    request_set_dst(&request, question->text, question->len);
    request_set_port(&request, "443", 3);
    verdict_decide(built, &request, TODAY, &verdict);
    return verdict.has_rule;
}

static void
decide(void *built, const struct host *questions, size_t count, uint8_t *ret)
{
    for (size_t i = 0; i < count; i++)
        ret[i] = decide_one(built, &questions[i]);
}

static void
decide_batched(void *built, const struct host *questions, size_t count, uint8_t *ret)
{
    static struct request requests[VERDICT_BATCH_MAX];
    static struct verdict verdicts[VERDICT_BATCH_MAX];
    for (size_t i = 0; i < count; i += VERDICT_BATCH_MAX) {
        size_t n = count - i < VERDICT_BATCH_MAX ? count - i : VERDICT_BATCH_MAX;
        for (size_t j = 0; j < n; j++) {
            request_init(&requests[j]);
            request_set_dst(&requests[j], questions[i + j].text, questions[i + j].len);
            request_set_port(&requests[j], "443", 3);
        }
        verdict_decide_all(built, requests, n, TODAY, verdicts);
        for (size_t j = 0; j < n; j++)
            ret[i + j] = verdicts[j].has_rule;
    }
}

static size_t
size_of(const void *built)
{
    struct image_info info;
    image_get_info(built, &info);
    return info.size;
}

const struct host_method host_ours[] = {
    {"ours", true, true, true, 0, open_image, find, find_one, size_of},
    {"ours-batched", true, true, true, 0, open_image, find_batched, NULL, size_of},
    {"ours-verdict", true, true, true, 0, open_image, decide, decide_one, size_of},
    {"ours-verdict-batched", true, true, true, 0, open_image, decide_batched, NULL, size_of},
    {0},
};

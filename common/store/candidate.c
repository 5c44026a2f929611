// SPDX-License-Identifier: GPL-2.0-or-later
/* candidate.c - sources become a table and an image; a generation is read back. See candidate.h. */
#include "candidate.h"

#include <stdio.h>

#include "base/day.h"
#include "base/err.h"
#include "compile/compile.h"
#include "compile/sealed.h"
#include "conf/conf.h"
#include "document.h"
#include "generation_named.h"
#include "image/image.h"
#include "image/image_layout.h"
#include "record.h"
#include "source.h"
#include "state/state.h"
#include "table/held.h"
#include "table/table.h"

typedef int build_fn(struct candidate *candidate, const struct conf *conf, const struct documents *documents,
                     struct err *err);

static int
read_source(void *arg, const struct source *source, struct err *err)
{
    return source_read(arg, source, err);
}

static int
open_image(struct candidate *candidate, struct err *err)
{
    if (image_from_memory(&candidate->image, candidate->image_bytes.data, candidate->image_bytes.len, err) != 0)
        return -1;
    return image_verify(candidate->image, err);
}

/* What is sealed must be readable later on. */
static int
check_text(const struct candidate *candidate, struct err *err)
{
    struct table *table = table_new();
    if (table == NULL)
        return err_set(err, ERR_MEM, "no memory for a table");
    int result = sealed_read_table(table, "table.txt", &candidate->table_text, err);
    table_free(table);
    return result == 0 ? 0 : err_add(err, "the text of the table cannot be read again");
}

static int
compile_image(struct candidate *candidate, const struct conf *conf, const struct documents *documents, struct err *err)
{
    struct policy policy = conf->policy;
    for (size_t i = 0; policy.label == NULL && i < documents->count; i++) {
        if (documents->of[i].version[0] != '\0')
            policy.label = documents->of[i].version;
    }
    table_sort(candidate->table);
    if (compile_table(&candidate->image_bytes, candidate->table, &policy, err) != 0)
        return -1;
    return open_image(candidate, err) == 0 ? 0 : err_add(err, "the image that was just compiled does not open");
}

static int
compile_candidate(struct candidate *candidate, const struct conf *conf, const struct documents *documents,
                  struct err *err)
{
    if (compile_image(candidate, conf, documents, err) != 0)
        return -1;
    table_print(candidate->table, &candidate->table_text);
    if (!buf_ok(&candidate->table_text))
        return err_set(err, ERR_MEM, "no memory for the text of the table");
    if (check_text(candidate, err) != 0)
        return -1;
    digest_pair(candidate->digest, candidate->table_text.data, candidate->table_text.len, candidate->image_bytes.data,
                candidate->image_bytes.len);
    return 0;
}

static int
start_candidate(struct candidate *candidate, struct err *err)
{
    *candidate = (struct candidate){.table = table_new()};
    buf_init(&candidate->table_text, TABLE_PRINT_MAX);
    buf_init(&candidate->image_bytes, IMAGE_MAX);
    return candidate->table == NULL ? err_set(err, ERR_MEM, "no memory for a table") : 0;
}

static int
hold_rows(struct candidate *candidate, const struct documents *documents, struct err *err)
{
    struct held held;
    if (held_read(&held, documents->held.data, documents->held.len, err) != 0)
        return -1;
    table_sort(candidate->table);
    int result = held_apply(&candidate->table, &held, err);
    held_clear(&held);
    return result;
}

int
candidate_build(struct candidate *ret, const struct conf *conf, const struct documents *documents,
                const struct table *known, const struct listener *listener, struct err *err)
{
    int result = start_candidate(ret, err);
    if (result == 0)
        ret->table->known = known;
    if (result == 0 && conf->policy.bypass != 0)
        ret->table->bypass = conf->policy.bypass;
    if (result == 0)
        ret->table->required_only = conf->policy.required_only;
    if (result == 0)
        result = source_each(conf, documents, read_source, ret->table, err);
    if (ret->table != NULL)
        ret->table->known = NULL;
    if (result == 0 && documents->held.len > 0)
        result = hold_rows(ret, documents, err);
    if (result == 0)
        result = compile_candidate(ret, conf, documents, err);
    if (result == 0)
        table_say_complaints(ret->table, listener);
    else
        candidate_clear(ret);
    return result;
}

static int
from_table(struct candidate *ret, struct table *table, const struct conf *conf, const struct documents *documents,
           build_fn *build, struct err *err)
{
    *ret = (struct candidate){.table = table};
    buf_init(&ret->table_text, TABLE_PRINT_MAX);
    buf_init(&ret->image_bytes, IMAGE_MAX);
    if (build(ret, conf, documents, err) == 0)
        return 0;
    candidate_clear(ret);
    return -1;
}

int
candidate_from_table(struct candidate *ret, struct table *table, const struct conf *conf,
                     const struct documents *documents, struct err *err)
{
    return from_table(ret, table, conf, documents, compile_candidate, err);
}

int
candidate_to_compare(struct candidate *ret, struct table *table, const struct conf *conf,
                     const struct documents *documents, struct err *err)
{
    return from_table(ret, table, conf, documents, compile_image, err);
}

void
candidate_clear(struct candidate *candidate)
{
    image_close(candidate->image);
    table_free(candidate->table);
    buf_clear(&candidate->table_text);
    buf_clear(&candidate->image_bytes);
    *candidate = (struct candidate){0};
}

int
candidate_read_policy(struct sealed_policy *ret, char digest[DIGEST_TEXT_MAX], const struct candidate *candidate,
                      const struct state *state, uint32_t generation, struct err *err)
{
    struct buf review;
    if (generation_read_review(&review, state, generation, err) != 0)
        return -1;
    const struct sealed_files files = {
        .table = &candidate->table_text, .image = &candidate->image_bytes, .review = &review};
    int result = sealed_policy_read(ret, &files, err);
    record_get(&review, "digest", digest, DIGEST_TEXT_MAX);
    buf_clear(&review);
    return result;
}

/* Compiles the table again, in place of an image of another layout. The digest is the one that was sealed. */
static int
compile_again(struct candidate *candidate, const struct state *state, uint32_t generation, struct err *err)
{
    struct sealed_policy policy;
    struct buf image;
    if (candidate_read_policy(&policy, candidate->digest, candidate, state, generation, err) != 0 ||
        compile_table(&image, candidate->table, &policy.policy, err) != 0)
        return -1;
    buf_clear(&candidate->image_bytes);
    candidate->image_bytes = image;
    return open_image(candidate, err);
}

/* What was sealed could be read: whatever is wrong with it now is damage. */
static int
read_table(const struct candidate *candidate, const char *path, struct err *err)
{
    struct err why = {0};
    if (sealed_read_table(candidate->table, path, &candidate->table_text, &why) == 0)
        return 0;
    return err_set(err, why.kind == ERR_MEM ? ERR_MEM : ERR_CORRUPT, "%s", why.text);
}

static int
read_back(struct candidate *candidate, const struct state *state, uint32_t generation, struct err *err)
{
    char path[PATH_MAX];
    if (state_read(state, generation, "table.txt", &candidate->table_text, err) != 0 ||
        state_read(state, generation, "image", &candidate->image_bytes, err) != 0 ||
        state_path(state, generation, "table.txt", path, err) != 0)
        return -1;
    if (read_table(candidate, path, err) != 0)
        return -1;
    if (image_is_foreign(image_layout(candidate->image_bytes.data, candidate->image_bytes.len)))
        return compile_again(candidate, state, generation, err);
    if (open_image(candidate, err) != 0)
        return -1;
    digest_pair(candidate->digest, candidate->table_text.data, candidate->table_text.len, candidate->image_bytes.data,
                candidate->image_bytes.len);
    return 0;
}

int
candidate_load(struct candidate *ret, const struct state *state, uint32_t generation, struct err *err)
{
    int result = start_candidate(ret, err);
    if (result == 0 && generation != 0 && read_back(ret, state, generation, err) != 0)
        result = err_add(err, "generation %u", generation);
    if (result != 0)
        candidate_clear(ret);
    return result;
}

static void
add_rows_digest(struct buf *buf, const char *key, const struct buf *rows)
{
    char digest[DIGEST_TEXT_MAX];
    if (rows->len == 0)
        return;
    digest_pair(digest, rows->data, rows->len, "", 0);
    record_add(buf, key, digest);
}

void
candidate_print_head(struct buf *buf, const struct candidate *candidate, const struct documents *documents,
                     uint32_t generation, const char *by, int64_t now)
{
    struct image_info info;
    struct sealed_policy policy;
    char text[128];
    image_get_info(candidate->image, &info);
    buf_add_fmt(buf, "generation %u\n", generation);
    day_format_time(text, now);
    record_add(buf, "created", text);
    record_add(buf, "by", by);
    snprintf(text, sizeof text, "%.*s", (int)(info.label.len > 64 ? 64 : info.label.len), info.label.text);
    record_add(buf, "label", text[0] == '\0' ? "-" : text);
    buf_add_fmt(buf, "rules %zu\n", candidate->table->rule_count);
    record_add(buf, "digest", candidate->digest);
    sealed_policy_of(&policy, candidate->image);
    sealed_policy_print(buf, &policy, &candidate->table_text);
    for (size_t i = 0; i < documents->count; i++) {
        const struct document *document = &documents->of[i];
        snprintf(text, sizeof text, "%s %s", document->instance,
                 document->bytes.len == 0       ? VERSION_SHIPPED
                 : document->version[0] == '\0' ? "-"
                                                : document->version);
        record_add(buf, "version", text);
    }
    documents_digest(text, documents);
    if (text[0] != '\0')
        record_add(buf, "documents", text);
    add_rows_digest(buf, "held", &documents->held);
    add_rows_digest(buf, "waiting", &documents->waiting);
}

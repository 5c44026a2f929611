// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sealed.c - proves a sealed table and finds its policy. See sealed.h. sealed_open.c opens the image.
 *
 * The lines in the head of review.txt:
 *
 *     label      2025120100; `-`: none
 *     precedence specific or highest
 *     bypass     Optimize,Allow
 *     tenant     contoso, a line each
 *     table      SHA-256 of table.txt
 *     policy     SHA-256 of the lines above, as print_lines() writes them
 *
 * What was read is printed again for that digest, so a line that is missing, damaged or unknown here is noticed.
 */
#include "sealed.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/head.h"
#include "image/image_layout.h"
#include "name/verb.h"
#include "sealed_header.h"
#include "table/table.h"

void
sealed_image_name(char ret[SEALED_NAME_MAX])
{
    snprintf(ret, SEALED_NAME_MAX, "image.%d", IMAGE_LAYOUT);
}

static void
copy_text(char *ret, size_t room, struct image_text text)
{
    size_t len = text.len < room ? text.len : room - 1;
    memcpy(ret, text.text, len);
    ret[len] = '\0';
}

void
sealed_policy_of(struct sealed_policy *ret, const struct image *image)
{
    const struct image_info *info = image_info(image);
    memset(ret, 0, sizeof *ret);
    copy_text(ret->label, sizeof ret->label, info->label);
    ret->policy =
        (struct policy){.label = ret->label, .bypass = info->bypass, .highest = info->highest, .tenants = ret->list};
    for (uint32_t i = 0; i < info->tenants && i < IMAGE_TENANTS_MAX; i++) {
        copy_text(ret->tenants[i], sizeof ret->tenants[i], image_tenant(image, i));
        ret->list[i] = ret->tenants[i];
        ret->policy.tenant_count = i + 1;
    }
}

/* Prints the policy without its label, and the digest of a table. */
static void
print_lines(struct buf *buf, const struct policy *policy, const char *table)
{
    buf_add_fmt(buf, "precedence %s\nbypass ", policy->highest ? "highest" : "specific");
    const char *comma = "";
    for (size_t i = 0; i < VERB_CATEGORIES; i++) {
        if ((policy->bypass & 1u << verb_categories[i]) == 0)
            continue;
        buf_add_fmt(buf, "%s%s", comma, verb_category(verb_categories[i]));
        comma = ",";
    }
    for (size_t i = 0; i < policy->tenant_count; i++)
        buf_add_fmt(buf, "\ntenant %s", policy->tenants[i]);
    buf_add_fmt(buf, "\ntable %s\n", table);
}

/* -1 without memory. */
static int
digest_policy(char ret[DIGEST_TEXT_MAX], const struct sealed_policy *policy, const char *table, struct err *err)
{
    struct buf text;
    buf_init(&text, SEALED_POLICY_MAX);
    buf_add_fmt(&text, "label %s\n", policy->label[0] == '\0' ? "-" : policy->label);
    print_lines(&text, &policy->policy, table);
    bool good = buf_ok(&text);
    digest_pair(ret, text.data, good ? text.len : 0, NULL, 0);
    buf_clear(&text);
    return good ? 0 : err_set(err, ERR_MEM, "no memory for a policy");
}

int
sealed_policy_digest(char ret[DIGEST_TEXT_MAX], const struct sealed_policy *policy, const struct buf *table,
                     struct err *err)
{
    char digest[DIGEST_TEXT_MAX];
    digest_pair(digest, table->data, table->len, NULL, 0);
    return digest_policy(ret, policy, digest, err);
}

void
sealed_policy_print(struct buf *buf, const struct sealed_policy *policy, const struct buf *table)
{
    char digest[DIGEST_TEXT_MAX];
    digest_pair(digest, table->data, table->len, NULL, 0);
    print_lines(buf, &policy->policy, digest);
    if (digest_policy(digest, policy, digest, NULL) == 0)
        buf_add_fmt(buf, "policy %s\n", digest);
    else
        buf->failed = true;
}

static bool
get(const struct buf *text, const char *key, char *ret, size_t room)
{
    size_t at = 0;
    return head_next(text->data, text->len, key, &at, ret, room);
}

static bool
parse_tenants(struct sealed_policy *ret, const struct buf *text)
{
    char value[TENANT_MAX + 2];
    size_t at = 0, count = 0;
    struct err ignored;
    for (; head_next(text->data, text->len, "tenant", &at, value, sizeof value); count++) {
        if (count == IMAGE_TENANTS_MAX || policy_parse_tenant(ret->tenants[count], value, &ignored) != 0)
            return false;
        ret->list[count] = ret->tenants[count];
    }
    ret->policy.tenants = ret->list;
    ret->policy.tenant_count = count;
    return true;
}

static bool
parse(struct sealed_policy *ret, char table[DIGEST_TEXT_MAX], const struct buf *text)
{
    char word[64];
    struct err ignored;
    memset(ret, 0, sizeof *ret);
    ret->policy.label = ret->label;
    if (!get(text, "label", word, sizeof word) || (strcmp(word, "-") != 0 && policy_parse_label(word, &ignored) != 0))
        return false;
    snprintf(ret->label, sizeof ret->label, "%.*s", WORD_MAX, strcmp(word, "-") == 0 ? "" : word);
    return get(text, "precedence", word, sizeof word) &&
           policy_parse_precedence(&ret->policy.highest, word, &ignored) == 0 &&
           get(text, "bypass", word, sizeof word) && policy_parse_bypass(&ret->policy.bypass, word, &ignored) == 0 &&
           parse_tenants(ret, text) && get(text, "table", table, DIGEST_TEXT_MAX);
}

/* Whether table and image are what review.txt says. */
static bool
is_reviewed(const struct sealed_files *files)
{
    char want[DIGEST_TEXT_MAX], have[DIGEST_TEXT_MAX];
    digest_pair(have, files->table->data, files->table->len, files->image->data, files->image->len);
    return get(files->review, "digest", want, sizeof want) && strcmp(want, have) == 0;
}

int
sealed_policy_read(struct sealed_policy *ret, const struct sealed_files *files, struct err *err)
{
    char table[DIGEST_TEXT_MAX], want[DIGEST_TEXT_MAX], have[DIGEST_TEXT_MAX];
    bool has_policy = get(files->review, "policy", want, sizeof want);
    if (has_policy) {
        if (!parse(ret, table, files->review))
            return err_set(err, ERR_CORRUPT, "its policy in 'review.txt' is damaged");
        if (digest_policy(have, ret, table, err) != 0)
            return -1;
        if (strcmp(want, have) != 0)
            return err_set(err, ERR_CORRUPT, "its policy in 'review.txt' is damaged, or of a newer version");
        digest_pair(have, files->table->data, files->table->len, NULL, 0);
        if (strcmp(table, have) == 0)
            return 0;
    }
    if (!is_reviewed(files))
        return err_set(err, ERR_CORRUPT, "its table %s not what was sealed", has_policy ? "is" : "and image are");
    return has_policy ? 0 : sealed_header_read(ret, files->image, err);
}

int
sealed_read_table(struct table *table, const char *path, const struct buf *text, struct err *err)
{
    table->sealed = true;
    int result = table_read_bytes(table, path, text->len == 0 ? "" : text->data, text->len, err);
    table->sealed = false;
    if (result == 0)
        table_sort(table);
    return result;
}

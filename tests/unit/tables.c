// SPDX-License-Identifier: GPL-2.0-or-later
/* tables.c - see tables.h. */
#include "tables.h"

#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "compile/compile.h"
#include "image/image.h"
#include "table/table.h"

struct table *
table_of(const char *spec, const char *text)
{
    struct err err = {0};
    struct table *table = table_new();
    assert_non_null(table);
    if (table_read_bytes(table, spec, text, strlen(text), &err) != 0)
        fail_msg("'%s' cannot be read: %s", text, err.text);
    return table;
}

const char *
table_refusal(const char *spec, const char *text, size_t len)
{
    static struct err err;
    err = (struct err){0};
    struct table *table = table_new();
    assert_non_null(table);
    char *guarded = guard_new(text, len);
    int result = table_read_bytes(table, spec, guarded, len, &err);
    guard_free(guarded, len);
    table_free(table);
    assert_true(result == 0 ? err.kind == ERR_NONE : err.kind != ERR_NONE && err.text[0] != '\0');
    return result == 0 ? NULL : err.text;
}

void
table_to_text(struct buf *ret, struct table *table)
{
    buf_init(ret, (size_t)1 << 24);
    table_sort(table);
    table_print(table, ret);
    buf_add_char(ret, '\0');
    assert_true(buf_ok(ret));
    ret->len--;
}

static char *
squeeze(struct buf *buf, const char *text)
{
    buf_init(buf, (size_t)1 << 24);
    for (; *text != '\0'; text++) {
        if (*text != ' ' || text[1] != ' ')
            buf_add_char(buf, *text);
    }
    buf_add_char(buf, '\0');
    return buf->data;
}

void
check_table(const char *why, struct table *table, const char *want)
{
    struct buf text, got_text, want_text;
    table_to_text(&text, table);
    const char *got = squeeze(&got_text, text.data);
    check_text(why, got, strlen(got), squeeze(&want_text, want));
    buf_clear(&text);
    buf_clear(&got_text);
    buf_clear(&want_text);
}

void
image_bytes(struct buf *ret, const char *text, const struct policy *options)
{
    const struct policy plain = {0};
    struct err err = {0};
    struct table *table = table_of("t.rules", text);
    if (compile_table(ret, table, options == NULL ? &plain : options, &err) != 0)
        fail_msg("'%s' cannot be compiled: %s", text, err.text);
    table_free(table);
}

struct image *
image_of(const char *text, const struct policy *options)
{
    struct buf bytes;
    struct image *image;
    struct err err = {0};
    image_bytes(&bytes, text, options);
    if (image_from_buf(&image, &bytes, &err) != 0)
        fail_msg("'%s' cannot be opened: %s", text, err.text);
    buf_clear(&bytes);
    return image;
}

static bool
match_from(const char *pattern, const char *name, bool first)
{
    if (*pattern == '\0')
        return *name == '\0';
    if (*pattern != '*')
        return *name == *pattern && match_from(pattern + 1, name + 1, false);
    if (first) {
        for (;; name++) {
            if (match_from(pattern + 1, name, false))
                return true;
            if (*name == '\0')
                return false;
        }
    }
    for (; *name != '\0' && *name != '.'; name++) {
        if (match_from(pattern + 1, name + 1, false))
            return true;
    }
    return false;
}

bool
naive_match(const char *pattern, const char *name)
{
    if (pattern[0] != '.')
        return match_from(pattern, name, true);
    size_t len = strlen(name), tail = strlen(pattern);
    return strcmp(pattern + 1, name) == 0 || (len > tail && strcmp(name + len - tail, pattern) == 0);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* source.c - what must be true for every source of a table, whatever its form. See fuzz.h. */
#include <string.h>

#include "buf.h"
#include "compile.h"
#include "err.h"
#include "fuzz.h"
#include "image.h"
#include "table.h"
#include "walk.h"

#define PRINT_MAX ((size_t)64 << 20)

/* The normal form, NUL-terminated. */
static void
print_sorted(struct buf *ret, struct table *table)
{
    buf_init(ret, PRINT_MAX);
    table_sort(table);
    table_print(table, ret);
    buf_add_char(ret, '\0');
    MUST(buf_ok(ret));
    ret->len--;
}

/* Only documents and texts read back: a line of a published set may be too wide for a local one. */
static void
read_back(struct table *table)
{
    struct buf first, second;
    struct err err = {0};
    struct table *again = table_new();
    MUST(again != NULL);
    print_sorted(&first, table);
    if (table_read_bytes(again, "again.rules", first.data, first.len, &err) != 0) {
        fprintf(stderr, "%s\n", err.text);
        abort();
    }
    MUST(again->complaint_count == 0);
    print_sorted(&second, again);
    MUST(first.len == second.len && memcmp(first.data, second.data, first.len) == 0);
    table_free(again);
    buf_clear(&first);
    buf_clear(&second);
}

static void
compile_and_ask(struct table *table)
{
    static const char *tenants[] = {"contoso"};
    const struct policy options = {.tenants = tenants, .tenant_count = 1};
    struct err err = {0};
    struct buf bytes;
    struct image *image;
    if (compile_table(&bytes, table, &options, &err) != 0) {
        MUST(err.kind == ERR_LIMIT);
        return;
    }
    MUST(image_from_buf(&image, &bytes, &err) == 0);
    MUST(image_verify(image, &err) == 0);
    walk_image(image);
    image_close(image);
}

void
fuzz_source(const char *spec, const uint8_t *data, size_t size)
{
    struct err err = {0};
    struct table *table = table_new();
    MUST(table != NULL);
    if (table_read_bytes(table, spec, (const char *)data, size, &err) != 0) {
        MUST(err.kind != ERR_NONE && err.text[0] != '\0');
    } else {
        MUST(err.kind == ERR_NONE);
        read_back(table);
        compile_and_ask(table);
    }
    table_free(table);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sealed_open.c - opens what takes the place of an image of another layout. Part of sealed.h.
 *
 * `current` may be pointed elsewhere while the files are read. So the folder is resolved first, and all files come from
 * that one generation.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/place.h"
#include "base/say.h"
#include "compile.h"
#include "image/image_layout.h"
#include "sealed.h"
#include "table/table.h"

static int
join(char ret[PATH_MAX], const char *folder, const char *name, struct err *err)
{
    int len = snprintf(ret, PATH_MAX, "%s/%s", folder, name);
    return len > 0 && len < PATH_MAX ? 0 : err_set(err, ERR_LIMIT, "the path '%s/%s' is too long", folder, name);
}

/* The folder of the generation that the path of an image is in, without links. False if it is in none. */
static bool
find_folder(char ret[PATH_MAX], const char *path)
{
    char copy[PATH_MAX], record[PATH_MAX];
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    int len = slash == NULL ? snprintf(copy, sizeof copy, ".")
                            : snprintf(copy, sizeof copy, "%.*s/", (int)(slash - path), path);
    if (strcmp(name, "image") != 0 || len < 0 || (size_t)len >= sizeof copy || realpath(copy, ret) == NULL)
        return false;
    return join(record, ret, "review.txt", NULL) == 0 && !file_is_absent(record);
}

static int
read_file(struct buf *ret, const char *folder, const char *name, size_t most, struct err *err)
{
    char path[PATH_MAX];
    if (join(path, folder, name, err) != 0)
        return -1;
    buf_init(ret, most + 1);
    return file_read(ret, path, most, err);
}

struct sealed_bytes {
    struct buf table, image, review;
};

static int
read_files(struct sealed_bytes *ret, const char *folder, struct err *err)
{
    if (read_file(&ret->table, folder, "table.txt", TABLE_PRINT_MAX, err) != 0 ||
        read_file(&ret->image, folder, "image", IMAGE_MAX, err) != 0)
        return -1;
    return read_file(&ret->review, folder, "review.txt", SEALED_RECORD_MAX, err);
}

static int
compile_table_of(struct image **ret, const struct sealed_bytes *bytes, const char *folder, struct err *err)
{
    struct sealed_policy policy;
    struct buf image;
    char path[PATH_MAX];
    const struct sealed_files files = {.table = &bytes->table, .image = &bytes->image, .review = &bytes->review};
    if (join(path, folder, "table.txt", err) != 0 || sealed_policy_read(&policy, &files, err) != 0)
        return -1;
    struct table *table = table_new();
    if (table == NULL)
        return err_set(err, ERR_MEM, "no memory for a table");
    int result = sealed_read_table(table, path, &bytes->table, err);
    if (result == 0)
        result = compile_table(&image, table, &policy.policy, err);
    table_free(table);
    if (result != 0)
        return -1;
    result = image_from_buf(ret, &image, err);
    buf_clear(&image);
    return result;
}

static int
compile_folder(struct image **ret, const char *folder, struct err *err)
{
    struct sealed_bytes bytes = {0};
    int result = read_files(&bytes, folder, err);
    if (result == 0)
        result = compile_table_of(ret, &bytes, folder, err);
    buf_clear(&bytes.table);
    buf_clear(&bytes.image);
    buf_clear(&bytes.review);
    return result;
}

static bool
open_beside(struct image **ret, const char *folder)
{
    char path[PATH_MAX], name[SEALED_NAME_MAX];
    sealed_image_name(name);
    return join(path, folder, name, NULL) == 0 && image_open(ret, path, NULL) == 0;
}

int
sealed_open(struct image **ret, const char *path, const struct listener *listener, struct err *err)
{
    char folder[PATH_MAX];
    int layout = image_layout_at(path);
    if (!image_is_foreign(layout) || !find_folder(folder, path))
        return image_open(ret, path, err);
    if (open_beside(ret, folder))
        return 0;
    if (compile_folder(ret, folder, err) != 0)
        return err_add(err, "cannot use image '%s', which has layout version %d instead of %d, and its sealed table",
                       path, layout, IMAGE_LAYOUT);
    if (listener != NULL)
        say(listener,
            "the image '%s' has layout version %d, and this program reads %d: its sealed table was compiled in memory; "
            "'m365ctl publish%s', as any command that writes, adds an image of this layout",
            path, layout, IMAGE_LAYOUT, place_option());
    return 0;
}

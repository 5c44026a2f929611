// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * host_berkeley.c - a B-tree of Berkeley DB whose keys are compared from their ends, as squidGuard stores its domains.
 *
 * A name is looked up once: the last key that does not sort after it is the name itself, a name above it, or a
 * neighbour. squidGuard stops there. Here the names above that both share are looked up too, so that the answer is
 * always right.
 */
#include "host_method.h"

#ifdef HAVE_BERKELEY
#include <db.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { CACHE_BYTES = 64 << 20 };

struct tree {
    DB *db;
    DBC *cursor;
    size_t bytes;
};

static int
order(unsigned char c)
{
    return c == '.' ? 1 : c;
}

static int
from_the_end(DB *db, const DBT *a, const DBT *b)
{
    const unsigned char *x = a->data, *y = b->data;
    size_t i = a->size, j = b->size;
    (void)db;
    while (i > 0 && j > 0) {
        int difference = order(x[--i]) - order(y[--j]);
        if (difference != 0)
            return difference;
    }
    return (i > j) - (i < j);
}

static bool
fill(DB *db, const struct data_list *list)
{
    for (size_t i = 0, len; i < list->count; i++) {
        const char *name = data_name(list, i, &len);
        char dotted[HOST_MAX + 2];
        dotted[0] = '.';
        memcpy(dotted + 1, name, len);
        DBT key = {.data = dotted, .size = (u_int32_t)len + 1}, data = {.data = "", .size = 0};
        if (db->put(db, NULL, &key, &data, 0) != 0)
            return false;
    }
    return true;
}

static void *
build(const struct host_task *task)
{
    struct tree *tree = data_memory(1, sizeof *tree);
    char path[4096];
    snprintf(path, sizeof path, "%s/list.db", task->folder);
    unlink(path);
    if (db_create(&tree->db, NULL, 0) != 0 || tree->db->set_bt_compare(tree->db, from_the_end) != 0 ||
        tree->db->set_cachesize(tree->db, 0, CACHE_BYTES, 1) != 0 ||
        tree->db->open(tree->db, NULL, path, NULL, DB_BTREE, DB_CREATE, 0600) != 0)
        return host_cannot("berkeley-db", "cannot open its file");
    if (!fill(tree->db, task->list) || tree->db->sync(tree->db, 0) != 0 ||
        tree->db->cursor(tree->db, NULL, &tree->cursor, 0) != 0)
        return host_cannot("berkeley-db", "cannot fill its file");
    tree->bytes = host_file_size(path);
    unlink(path);
    return tree;
}

/* The number of equal bytes at the ends of both, in whole labels including the dot before them. */
static size_t
shared(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t same = 0, labels = 0;
    while (same < a_len && same < b_len && a[a_len - same - 1] == b[b_len - same - 1]) {
        same++;
        if (a[a_len - same] == '.')
            labels = same;
    }
    return labels;
}

static bool
ask_one(void *built, const struct host *question)
{
    const struct tree *tree = built;
    char dotted[HOST_MAX + 2];
    size_t len = question->len + 1u;
    dotted[0] = '.';
    memcpy(dotted + 1, question->text, question->len);
    for (char *sought = dotted; len > 0;) {
        DBT key = {.data = sought, .size = (u_int32_t)len}, data = {0};
        int result = tree->cursor->c_get(tree->cursor, &key, &data, DB_SET_RANGE);
        if (result == 0 && key.size == len && memcmp(key.data, sought, len) == 0)
            return true;
        if (tree->cursor->c_get(tree->cursor, &key, &data, result == 0 ? DB_PREV : DB_LAST) != 0)
            return false;
        size_t same = shared(sought, len, key.data, key.size);
        if (same == key.size)
            return true;
        sought += len - same;
        len = same;
    }
    return false;
}

static void
ask(void *built, const struct host *questions, size_t count, uint8_t *ret)
{
    for (size_t i = 0; i < count; i++)
        ret[i] = ask_one(built, &questions[i]);
}

static size_t
bytes(const void *built)
{
    const struct tree *tree = built;
    return tree->bytes;
}

const struct host_method host_berkeley[] = {
    {"berkeley-db", false, true, false, 1000000, build, ask, NULL, bytes},
    {0},
};
#else
const struct host_method host_berkeley[] = {{0}};
#endif

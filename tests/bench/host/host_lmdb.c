// SPDX-License-Identifier: GPL-2.0-or-later
/* host_lmdb.c - LMDB in one long read transaction: one lookup for each suffix of a name. */
#include "host_method.h"

#ifdef HAVE_LMDB
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BYTES_PER_NAME = 256 };

struct database {
    MDB_txn *read;
    MDB_dbi dbi;
    size_t bytes;
};

static int
by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Filling in key order gives the smallest file in the shortest time. */
static bool
fill(MDB_env *env, const struct data_list *list)
{
    char **names = data_memory(list->count, sizeof *names);
    MDB_txn *txn;
    MDB_dbi dbi;
    for (size_t i = 0; i < list->count; i++)
        names[i] = list->text + list->starts[i];
    qsort(names, list->count, sizeof *names, by_name);
    if (mdb_txn_begin(env, NULL, 0, &txn) != 0 || mdb_dbi_open(txn, NULL, MDB_CREATE, &dbi) != 0)
        return false;
    for (size_t i = 0; i < list->count; i++) {
        MDB_val key = {strlen(names[i]), names[i]}, data = {0, NULL};
        if (mdb_put(txn, dbi, &key, &data, MDB_APPEND) != 0)
            return false;
    }
    free(names);
    return mdb_txn_commit(txn) == 0;
}

static void *
build(const struct host_task *task)
{
    struct database *database = data_memory(1, sizeof *database);
    MDB_env *env;
    char path[4096];
    snprintf(path, sizeof path, "%s/list.mdb", task->folder);
    unlink(path);
    if (mdb_env_create(&env) != 0 || mdb_env_set_mapsize(env, task->list->count * BYTES_PER_NAME + (1 << 20)) != 0 ||
        mdb_env_open(env, path, MDB_NOSUBDIR | MDB_NOSYNC | MDB_NOLOCK, 0600) != 0)
        return host_cannot("lmdb", "cannot open its file");
    if (!fill(env, task->list))
        return host_cannot("lmdb", "cannot fill its file");
    if (mdb_txn_begin(env, NULL, MDB_RDONLY, &database->read) != 0 ||
        mdb_dbi_open(database->read, NULL, 0, &database->dbi) != 0)
        return host_cannot("lmdb", "cannot read its file");
    database->bytes = host_file_size(path);
    unlink(path);
    return database;
}

static bool
ask_one(void *built, const struct host *question)
{
    const struct database *database = built;
    for (size_t at = 0; at < question->len; at = host_next_label(question, at)) {
        MDB_val key = {question->len - at, (void *)(uintptr_t)(question->text + at)}, data;
        if (mdb_get(database->read, database->dbi, &key, &data) == 0)
            return true;
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
    const struct database *database = built;
    return database->bytes;
}

const struct host_method host_lmdb[] = {
    {"lmdb", false, true, false, 1000000, build, ask, NULL, bytes},
    {0},
};
#else
const struct host_method host_lmdb[] = {{0}};
#endif

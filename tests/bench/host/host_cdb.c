// SPDX-License-Identifier: GPL-2.0-or-later
/* host_cdb.c - a constant database (tinycdb), mapped: one lookup for each suffix of a name. */
#include "host_method.h"

#ifdef HAVE_CDB
#include <cdb.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

struct database {
    struct cdb cdb;
    size_t bytes;
};

static bool
write_file(const struct data_list *list, const char *path)
{
    struct cdb_make make;
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || cdb_make_start(&make, fd) != 0)
        return false;
    bool good = true;
    for (size_t i = 0, len; i < list->count && good; i++) {
        const char *name = data_name(list, i, &len);
        good = cdb_make_add(&make, name, (unsigned)len, "", 0) == 0;
    }
    return cdb_make_finish(&make) == 0 && close(fd) == 0 && good;
}

static void *
build(const struct host_task *task)
{
    struct database *database = data_memory(1, sizeof *database);
    char path[4096];
    snprintf(path, sizeof path, "%s/list.cdb", task->folder);
    if (!write_file(task->list, path))
        return host_cannot("cdb", "cannot write its file");
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || cdb_init(&database->cdb, fd) != 0)
        return host_cannot("cdb", "cannot map its file");
    close(fd);
    database->bytes = host_file_size(path);
    unlink(path);
    return database;
}

static bool
ask_one(void *built, const struct host *question)
{
    struct database *database = built;
    for (size_t at = 0; at < question->len; at = host_next_label(question, at)) {
        if (cdb_find(&database->cdb, question->text + at, question->len - (unsigned)at) > 0)
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

const struct host_method host_cdb[] = {
    {"cdb", false, true, false, 0, build, ask, ask_one, bytes},
    {0},
};
#else
const struct host_method host_cdb[] = {{0}};
#endif

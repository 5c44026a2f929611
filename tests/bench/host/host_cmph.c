// SPDX-License-Identifier: GPL-2.0-or-later
/* host_cmph.c - minimal perfect hashes (cmph); the names themselves are then compared. */
#include "host_method.h"

#ifdef HAVE_CMPH
#include <cmph.h>
#include <stdlib.h>
#include <string.h>

struct perfect {
    cmph_t *hash;
    uint32_t *starts; /* start of the name with this number */
    uint8_t *pool;    /* a length byte before each name */
    size_t count, bytes;
};

static void *
build(const struct host_task *task, CMPH_ALGO algorithm)
{
    const struct data_list *list = task->list;
    struct perfect *perfect = data_memory(1, sizeof *perfect);
    char **names = data_memory(list->count, sizeof *names);
    size_t len, at = 0;
    for (size_t i = 0; i < list->count; i++)
        names[i] = list->text + list->starts[i];
    cmph_io_adapter_t *source = cmph_io_vector_adapter(names, (cmph_uint32)list->count);
    cmph_config_t *config = cmph_config_new(source);
    cmph_config_set_algo(config, algorithm);
    perfect->hash = cmph_new(config);
    cmph_config_destroy(config);
    cmph_io_vector_adapter_destroy(source);
    free(names);
    if (perfect->hash == NULL)
        return host_cannot("cmph", "finds no hash");
    perfect->count = list->count;
    perfect->starts = data_memory(list->count, sizeof *perfect->starts);
    perfect->pool = data_memory(list->starts[list->count], 1);
    for (size_t i = 0; i < list->count; i++) {
        const char *name = data_name(list, i, &len);
        perfect->starts[cmph_search(perfect->hash, name, (cmph_uint32)len)] = (uint32_t)at;
        perfect->pool[at] = (uint8_t)len;
        memcpy(perfect->pool + at + 1, name, len);
        at += len + 1;
    }
    perfect->bytes = cmph_packed_size(perfect->hash) + list->count * sizeof *perfect->starts + at;
    return perfect;
}

static void *
build_bdz(const struct host_task *task)
{
    return build(task, CMPH_BDZ);
}

static void *
build_chd(const struct host_task *task)
{
    return build(task, CMPH_CHD);
}

static bool
ask_one(void *built, const struct host *question)
{
    const struct perfect *perfect = built;
    for (size_t at = 0; at < question->len; at = host_next_label(question, at)) {
        size_t len = question->len - at;
        size_t number = cmph_search(perfect->hash, question->text + at, (cmph_uint32)len);
        if (number >= perfect->count)
            continue;
        const uint8_t *name = perfect->pool + perfect->starts[number];
        if (name[0] == len && memcmp(name + 1, question->text + at, len) == 0)
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
    const struct perfect *perfect = built;
    return perfect->bytes;
}

const struct host_method host_cmph[] = {
    {"cmph-bdz", false, true, false, 1000000, build_bdz, ask, NULL, bytes},
    {"cmph-chd", false, true, false, 1000000, build_chd, ask, NULL, bytes},
    {0},
};
#else
const struct host_method host_cmph[] = {{0}};
#endif

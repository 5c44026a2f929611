// SPDX-License-Identifier: GPL-2.0-or-later
/* host_hyperscan.c - Hyperscan: all patterns in one database, as anchored expressions or as literal ends. */
#include "host_method.h"

#ifdef HAVE_HYPERSCAN
#include <hs/hs.h>
#include <stdio.h>
#include <string.h>

#include "host_regex.h"

struct database {
    hs_database_t *database;
    hs_scratch_t *scratch;
};

static void *
build(const struct host_task *task, bool ends)
{
    const struct data_list *list = task->list;
    struct database *database = data_memory(1, sizeof *database);
    char(*texts)[REGEX_ROOM + 8] = data_memory(list->count, sizeof *texts);
    const char **expressions = data_memory(list->count, sizeof *expressions);
    unsigned *flags = data_memory(list->count, sizeof *flags);
    hs_compile_error_t *error = NULL;
    for (size_t i = 0, ignored; i < list->count; i++) {
        char regex[REGEX_ROOM];
        const char *pattern = data_name(list, i, &ignored);
        /* The left end matches `.*` without a check: no host name is empty or starts with a dot. */
        bool open = ends && pattern[0] == '*';
        regex_of_pattern(regex, open ? pattern + 1 : pattern);
        snprintf(texts[i], sizeof texts[i], "%s%s$", open ? "" : "^", regex);
        expressions[i] = texts[i];
        flags[i] = HS_FLAG_SINGLEMATCH | HS_FLAG_DOTALL;
    }
    if (hs_compile_multi(expressions, flags, NULL, (unsigned)list->count, HS_MODE_BLOCK, NULL, &database->database,
                         &error) != HS_SUCCESS)
        return host_cannot("hyperscan", error->message);
    if (hs_alloc_scratch(database->database, &database->scratch) != HS_SUCCESS)
        return host_cannot("hyperscan", "no scratch space");
    return database;
}

static void *
build_anchored(const struct host_task *task)
{
    return build(task, false);
}

static void *
build_ends(const struct host_task *task)
{
    return build(task, true);
}

static int
on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context)
{
    (void)id, (void)from, (void)to, (void)flags;
    *(uint8_t *)context = 1;
    return 1;
}

static bool
ask_one(void *built, const struct host *question)
{
    const struct database *database = built;
    uint8_t found = 0;
    hs_scan(database->database, question->text, question->len, 0, database->scratch, on_match, &found);
    return found;
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
    size_t size = 0;
    hs_database_size(database->database, &size);
    return size;
}

const struct host_method host_hyperscan[] = {
    {"hyperscan", true, false, false, 0, build_anchored, ask, ask_one, bytes},
    {"hyperscan-ends", true, false, false, 0, build_ends, ask, ask_one, bytes},
    {0},
};
#else
const struct host_method host_hyperscan[] = {{0}};
#endif

// SPDX-License-Identifier: GPL-2.0-or-later
/* also.c - the list of also.h as it grows: memory, texts, prefixes. */
#include "also_build.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/utf8.h"

#define ARENA_MAX ((size_t)256 << 20)

struct also *
also_new(void)
{
    struct arena *arena = arena_new(ARENA_MAX);
    struct also *also = arena == NULL ? NULL : arena_alloc(arena, sizeof *also);
    if (also == NULL) {
        arena_free(arena);
        return NULL;
    }
    also->arena = arena;
    return also;
}

void
also_free(struct also *also)
{
    if (also != NULL)
        arena_free(also->arena);
}

static int
no_memory(struct err *err)
{
    return err_set(err, ERR_MEM, "no memory for its prefixes");
}

const char *
also_text(struct also *also, const char *text, size_t len, struct err *err)
{
    if (len > ALSO_TEXT_MAX) {
        err_set(err, ERR_SYNTAX, "'%.40s...' is longer than %d bytes", text, ALSO_TEXT_MAX);
        return NULL;
    }
    if (utf8_plain(text, len) != len) {
        err_set(err, ERR_SYNTAX, "'%.*s' has a byte that is not printable ASCII", (int)len, text);
        return NULL;
    }
    const char *copy = arena_text(also->arena, text, len);
    if (copy == NULL)
        no_memory(err);
    return copy;
}

const struct also_owner *
also_owner(struct also *also, const struct also_owner *owner, struct err *err)
{
    struct also_owner *copy = arena_alloc(also->arena, sizeof *copy);
    if (copy == NULL)
        no_memory(err);
    else
        *copy = *owner;
    return copy;
}

int
also_add(struct also *also, const struct also_owner *owner, const char *text, size_t len, struct err *err)
{
    struct also_prefix one = {.owner = owner};
    if (len >= PREFIX_TEXT_MAX)
        return err_set(err, ERR_SYNTAX, "'%.40s...' is not an IP prefix", text);
    if (prefix_parse(&one.prefix, text, len, err) != 0)
        return -1;
    if (also->count == ALSO_PREFIXES_MAX)
        return err_set(err, ERR_LIMIT, "there are more than %zu prefixes", ALSO_PREFIXES_MAX);
    struct also_prefix *grown =
        arena_grow(also->arena, also->prefixes, &also->room, also->count + 1, sizeof *also->prefixes);
    if (grown == NULL)
        return no_memory(err);
    also->prefixes = grown;
    also->prefixes[also->count++] = one;
    return 0;
}

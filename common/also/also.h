/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * also.h - Microsoft's other address lists: whose an address is that no endpoint set publishes.
 *
 *     service tags      JSON, "Azure IP Ranges and Service Tags": {"cloud":...,"values":[{"name":...,"properties":
 *                       {"region":...,"platform":...,"systemService":...,"addressPrefixes":[...]}}]}
 *     public prefixes   CSV, "Microsoft Public IP Space": the line `Prefix,Type`, then a prefix and what it is
 *
 * Where it sits: room also, above name. `lookup --also` and the exporters of routes use it. Nothing here is bypassed.
 *
 * Trust. The files come from anywhere. A file is read whole or refused with one sentence: a list that is known in part
 * would say "not Microsoft's" about the rest.
 */
#ifndef COMMON_ALSO_H
#define COMMON_ALSO_H

#include <stddef.h>
#include <stdint.h>

#include "name/addr.h"

struct also;
struct err;

#define ALSO_FILE_MAX ((size_t)32 << 20)    /* bytes of one file; the largest published one has about five million */
#define ALSO_PREFIXES_MAX ((size_t)2 << 20) /* of all files */
#define ALSO_SAME_MAX 1000                  /* owners of one prefix, so that a search has few steps */
#define ALSO_TEXT_MAX 128                   /* bytes of one name; printable ASCII */

/* Bits, for also_read(). */
enum also_kind { ALSO_TAGS = 1, ALSO_PUBLIC = 2 };

/* A service tag, or the rows of a CSV with one type. Absent texts are empty. */
struct also_owner {
    enum also_kind kind;
    const char *file;     /* as it was named */
    const char *name;     /* `AzureFrontDoor.Frontend`, or the type */
    const char *platform; /* `Azure` */
    const char *region;   /* `westeurope` */
    const char *service;  /* `AzureFrontDoor` */
};

struct also_prefix {
    struct prefix prefix;
    uint32_t around; /* private */
    const struct also_owner *owner;
};

/* An empty list, to be freed with also_free(); NULL is allowed there. NULL: no memory. */
struct also *also_new(void);
void also_free(struct also *also);

/*
 * Adds a file, which must be of one of these kinds (enum also_kind). -1 with one sentence, which names the file and the
 * place in it; the list must then be freed: ERR_IO, ERR_SYNTAX (neither of the two formats, or not of these kinds; a
 * text that is no prefix; no prefix at all), ERR_LIMIT, ERR_MEM.
 */
int also_read(struct also *also, const char *path, unsigned kinds, struct err *err);

/* The same for the bytes of a file of this name. */
int also_read_bytes(struct also *also, const char *name, const char *bytes, size_t len, unsigned kinds,
                    struct err *err);

/* Sorts what was read. -1 with ERR_LIMIT if one prefix appears more than ALSO_SAME_MAX times; then the list must be
 * freed. The functions below may only be called after that, and also_read() not any more. */
int also_sort(struct also *also, struct err *err);

/* All prefixes: IPv4 first, by address, a wider one before those inside it. A prefix appears once for each owner. */
const struct also_prefix *also_all(const struct also *also, size_t *ret_count);

/* Those that are inside a prefix or equal to it: neighbours in also_all(). Cost: a binary search. */
const struct also_prefix *also_inside(const struct also *also, const struct prefix *prefix, size_t *ret_count);

/* The narrowest prefix that contains an address, and the next one around a prefix, which may be equal to it. NULL if
 * there is none. Cost: a binary search and a step for each prefix that ends before the address; one step. */
const struct also_prefix *also_around(const struct also *also, const struct addr *addr);
const struct also_prefix *also_wider(const struct also *also, const struct also_prefix *prefix);

#endif

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * prefix_maxmind.c - libmaxminddb on a file written here: a binary tree with 32-bit records, one datum for each prefix
 * length. See prefix_rivals.h.
 */
#include "prefix_rivals.h"

#ifdef HAVE_MAXMINDDB
#include <arpa/inet.h>
#include <maxminddb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "name/addr.h"

#define FILE_MAX ((size_t)1 << 31)
#define DATUM 0x80000000u /* the child is a length plus one, not a node */

struct tree {
    uint32_t (*child)[2];
    uint32_t count, room;
};

struct database {
    MMDB_s mmdb;
    size_t bytes;
};

static uint32_t
new_node(struct tree *tree, uint32_t both)
{
    if (tree->count == tree->room) {
        tree->room = tree->room == 0 ? 1024 : tree->room * 2;
        tree->child = realloc(tree->child, tree->room * sizeof *tree->child);
        if (tree->child == NULL)
            exit(2);
    }
    tree->child[tree->count][0] = tree->child[tree->count][1] = both;
    return tree->count++;
}

/* Routes come in order, shorter ones first: a longer one splits the datum of the prefix around it. */
static void
insert(struct tree *tree, const struct prefix *route)
{
    uint32_t node = 0;
    for (unsigned bit = 0; bit < route->len; bit++) {
        unsigned side = route->addr.bytes[bit / 8] >> (7 - bit % 8) & 1;
        uint32_t next = tree->child[node][side];
        if (bit + 1u == route->len) {
            tree->child[node][side] = DATUM | (route->len + 1u);
        } else if (next == 0 || (next & DATUM) != 0) {
            next = new_node(tree, next);
            tree->child[node][side] = next;
        }
        node = next;
    }
}

static void
put_big(struct buf *buf, uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        buf_add_char(buf, (char)(unsigned char)(value >> shift));
}

/* Types of the format: 2 text, 5 u16, 6 u32, 7 map; above 7 there is a second byte: 9 u64, 11 array. */
static void
put_text(struct buf *buf, const char *text)
{
    buf_add_char(buf, (char)(unsigned char)(2u << 5 | strlen(text)));
    buf_add_text(buf, text);
}

static void
put_u32(struct buf *buf, const char *key, uint32_t value)
{
    put_text(buf, key);
    buf_add_char(buf, (char)(unsigned char)(6u << 5 | 4));
    put_big(buf, value);
}

static void
put_u16(struct buf *buf, const char *key, uint16_t value)
{
    put_text(buf, key);
    buf_add_char(buf, (char)(unsigned char)(5u << 5 | 2));
    buf_add_char(buf, (char)(value >> 8));
    buf_add_char(buf, (char)value);
}

static void
put_metadata(struct buf *buf, uint32_t nodes, bool v6)
{
    buf_add(buf, "\xab\xcd\xefMaxMind.com", 14);
    buf_add_char(buf, (char)(unsigned char)(7u << 5 | 9));
    put_u32(buf, "node_count", nodes);
    put_u16(buf, "record_size", 32);
    put_u16(buf, "ip_version", v6 ? 6 : 4);
    put_text(buf, "database_type");
    put_text(buf, "bench");
    put_text(buf, "languages");
    buf_add(buf, "\x00\x04", 2);
    put_u16(buf, "binary_format_major_version", 2);
    put_u16(buf, "binary_format_minor_version", 0);
    put_text(buf, "build_epoch");
    buf_add(buf, "\x01\x02\x01", 3);
    put_text(buf, "description");
    buf_add_char(buf, (char)(unsigned char)(7u << 5));
}

/* Records: a node; the number of nodes, meaning none; or above that (plus 16) an offset into the data. */
static void
put_tree(struct buf *buf, const struct tree *tree)
{
    for (uint32_t i = 0; i < tree->count; i++) {
        for (unsigned side = 0; side < 2; side++) {
            uint32_t child = tree->child[i][side];
            if ((child & DATUM) != 0)
                child = tree->count + 16 + (child & 0xff) * 2;
            put_big(buf, child == 0 ? tree->count : child);
        }
    }
    buf_add_fill(buf, 0, 16);
    for (unsigned answer = 0; answer <= 129; answer++) {
        buf_add_char(buf, (char)(unsigned char)(5u << 5 | 1));
        buf_add_char(buf, (char)(unsigned char)answer);
    }
}

static void *
maxmind_build(const struct prefix *routes, size_t count)
{
    struct tree tree = {0};
    struct buf buf;
    char path[] = "/tmp/prefix_bench.XXXXXX";
    struct database *database = calloc(1, sizeof *database);
    int fd = mkstemp(path);
    buf_init(&buf, FILE_MAX);
    new_node(&tree, 0);
    for (size_t i = 0; i < count; i++)
        insert(&tree, &routes[i]);
    put_tree(&buf, &tree);
    put_metadata(&buf, tree.count, routes[0].addr.v6);
    free(tree.child);
    bool good = database != NULL && fd >= 0 && buf_ok(&buf) && write(fd, buf.data, buf.len) == (ssize_t)buf.len &&
                MMDB_open(path, MMDB_MODE_MMAP, &database->mmdb) == MMDB_SUCCESS;
    if (good)
        database->bytes = buf.len;
    if (fd >= 0) {
        close(fd);
        unlink(path);
    }
    buf_clear(&buf);
    if (!good)
        free(database);
    return good ? database : NULL;
}

static void *
maxmind_prepare(const struct addr *questions, size_t count)
{
    struct sockaddr_in6 *list = calloc(count, sizeof *list);
    for (size_t i = 0; list != NULL && i < count; i++) {
        if (questions[i].v6) {
            list[i].sin6_family = AF_INET6;
            memcpy(&list[i].sin6_addr, questions[i].bytes, 16);
        } else {
            struct sockaddr_in v4 = {.sin_family = AF_INET};
            memcpy(&v4.sin_addr, questions[i].bytes, 4);
            memcpy(&list[i], &v4, sizeof v4);
        }
    }
    return list;
}

static uint64_t
maxmind_ask(void *built, const void *prepared, size_t count, uint8_t *ret)
{
    struct database *database = built;
    const struct sockaddr_in6 *questions = prepared;
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        int error;
        MMDB_lookup_result_s result =
            MMDB_lookup_sockaddr(&database->mmdb, (const struct sockaddr *)&questions[i], &error);
        uint32_t answer = result.found_entry ? result.entry.offset / 2 : 0;
        sum += answer;
        if (ret != NULL)
            ret[i] = (uint8_t)answer;
    }
    return sum;
}

static size_t
maxmind_bytes(void *built)
{
    const struct database *database = built;
    return database->bytes;
}

static void
maxmind_drop(void *built)
{
    struct database *database = built;
    MMDB_close(&database->mmdb);
    free(database);
}

struct rival rivals_maxmind[] = {
    {"libmaxminddb", true, true, maxmind_build, maxmind_prepare, maxmind_ask, maxmind_bytes, maxmind_drop, 0},
    {.name = NULL},
};
#else
struct rival rivals_maxmind[] = {{.name = NULL}};
#endif

// SPDX-License-Identifier: GPL-2.0-or-later
/* diff_worst.c - see diff_worst.h. */
#include "diff_worst.h"

/* Begins an endpoint set and its list of names; end_set() ends it. */
static void
begin_set(struct buf *buf, unsigned id, const char *category, const char *ports)
{
    buf_add_fmt(buf,
                "%s{\"id\":%u,\"serviceArea\":\"Common\",\"serviceAreaDisplayName\":\"Common\",\"category\":\"%s\","
                "\"required\":true,\"expressRoute\":false,\"tcpPorts\":\"%s\",\"urls\":[",
                buf->len == 0 ? "[" : ",", id, category, ports);
}

static void
begin_value(struct buf *buf)
{
    buf_add_text(buf, buf->data[buf->len - 1] == '[' ? "\"" : ",\"");
}

/* A macro, so that the compiler sees the format. */
#define ADD_VALUE(buf, ...) (begin_value(buf), buf_add_fmt((buf), __VA_ARGS__), buf_add_char((buf), '"'))

static void
begin_addresses(struct buf *buf)
{
    buf_add_text(buf, "],\"ips\":[");
}

static void
end_set(struct buf *buf)
{
    buf_add_text(buf, "]}");
}

static void
end(struct buf *buf)
{
    buf_add_char(buf, ']');
}

/* Wildcards that cross each other; their own name and each crossing match many. */
static void
make_crossing(struct buf *buf, size_t bytes, bool is_new)
{
    begin_set(buf, 1, "Allow", "80,443");
    for (unsigned i = is_new ? 1 : 0; buf->len < bytes; i += 2) {
        ADD_VALUE(buf, "a%u*.e%u.example", i, 0);
        ADD_VALUE(buf, "*b%u.e%u.example", i, 0);
    }
    begin_addresses(buf);
    end_set(buf);
    end(buf);
}

static void
make_few_crossing(struct buf *buf, size_t bytes, bool is_new)
{
    make_crossing(buf, bytes < 50000 ? bytes : 50000, is_new);
}

/* Many sets, each with a name and addresses of its own, that all get other numbers. */
static void
make_sets(struct buf *buf, size_t bytes, bool is_new)
{
    for (unsigned i = 0; buf->len < bytes; i++) {
        begin_set(buf, i + (is_new ? 1 : 0), "Allow", "80,443");
        ADD_VALUE(buf, "h%u.e%u.example", i, 0);
        begin_addresses(buf);
        ADD_VALUE(buf, "%u.%u.%u.%u/30", 20 + i % 64, i / 64 % 256, i / 16384 % 256, i % 64 * 4);
        end_set(buf);
    }
    end(buf);
}

/* Few enough sets with addresses that all are compared; half of them swap categories, so that others decide. */
static void
make_swapped(struct buf *buf, size_t bytes, bool is_new)
{
    for (unsigned i = 0; buf->len < bytes && i < 3000; i++) {
        begin_set(buf, i, (i % 2 == 0) == is_new ? "Allow" : "Optimize", "80,443");
        for (unsigned k = 0; k < 100; k++)
            ADD_VALUE(buf, "h%u.e%u.example", k, i);
        begin_addresses(buf);
        ADD_VALUE(buf, "20.%u.%u.0/24", i / 256, i % 256);
        end_set(buf);
    }
    end(buf);
}

/* The same names in a thousand sets, each at a port of its own. */
static void
make_ports(struct buf *buf, size_t bytes, bool is_new)
{
    unsigned names = (unsigned)(bytes / 1000 / 20);
    for (unsigned i = 0; i < 1000; i++) {
        char ports[8] = "";
        for (unsigned port = 1000 + 2 * i, at = 4; at > 0; port /= 10)
            ports[--at] = (char)('0' + port % 10);
        begin_set(buf, i + (is_new ? 1 : 0), i % 2 == 0 ? "Allow" : "Optimize", ports);
        for (unsigned k = 0; k < names; k++)
            ADD_VALUE(buf, "h%u.e%u.example", k, 0);
        begin_addresses(buf);
        ADD_VALUE(buf, "20.%u.%u.0/24", i / 256, i % 256);
        end_set(buf);
    }
    end(buf);
}

/* As many names as fit, which all move to another set with other addresses. */
static void
make_moved(struct buf *buf, size_t bytes, bool is_new)
{
    begin_set(buf, is_new ? 1 : 2, "Allow", "80,443");
    while (buf->len < bytes)
        ADD_VALUE(buf, "h%u.e%u.example", (unsigned)buf->len, 0);
    begin_addresses(buf);
    ADD_VALUE(buf, is_new ? "20.%u.%u.0/24" : "21.%u.%u.0/24", 0, 0);
    end_set(buf);
    end(buf);
}

/* As many names as fit, and none stays. */
static void
make_renamed(struct buf *buf, size_t bytes, bool is_new)
{
    begin_set(buf, 1, "Allow", "80,443");
    while (buf->len < bytes)
        ADD_VALUE(buf, "h%u.e%u.example", (unsigned)buf->len, is_new);
    begin_addresses(buf);
    end_set(buf);
    end(buf);
}

/* Prefixes inside prefixes, all in many sets. */
static void
make_nested(struct buf *buf, size_t bytes, bool is_new)
{
    for (unsigned set = 1; buf->len < bytes; set++) {
        begin_set(buf, set + (is_new ? 1 : 0), set % 3 == 0 ? "Default" : "Allow", "80,443");
        ADD_VALUE(buf, "h%u.e%u.example", set, 0);
        begin_addresses(buf);
        for (unsigned len = 8; len <= 32; len++)
            ADD_VALUE(buf, "20.0.0.0/%u", len);
        for (unsigned i = 0; i < 200; i++)
            ADD_VALUE(buf, "2620:%x:%x::/48", set & 0xffff, i);
        end_set(buf);
    }
    end(buf);
}

/* Wildcards removed, names below them added: what replaces what? */
static void
make_replaced(struct buf *buf, size_t bytes, bool is_new)
{
    begin_set(buf, 1, "Allow", "80,443");
    for (unsigned i = 0; buf->len < bytes; i++)
        ADD_VALUE(buf,
                  is_new ? "h%u.e%u.a-rather-long-name-of-a-domain.example"
                         : "*.h%u.e%u.a-rather-long-name-of-a-domain.example",
                  i, i % 1000);
    begin_addresses(buf);
    end_set(buf);
    end(buf);
}

/* One name in very many sets. */
static void
make_tied(struct buf *buf, size_t bytes, bool is_new)
{
    for (unsigned i = 0; buf->len < bytes; i++) {
        begin_set(buf, i + (is_new ? 1 : 0), i % 2 == 0 ? "Allow" : "Optimize", "80,443");
        ADD_VALUE(buf, "h%u.e%u.example", 0, 0);
        ADD_VALUE(buf, "*.h%u.e%u.example", 0, 0);
        ADD_VALUE(buf, "b.h%u.e%u.example", 0, 0);
        begin_addresses(buf);
        ADD_VALUE(buf, "20.0.0.0/16");
        end_set(buf);
    }
    end(buf);
}

const struct worst worst_kinds[] = {
    {"few-crossing", make_few_crossing},
    {"crossing", make_crossing},
    {"sets", make_sets},
    {"swapped", make_swapped},
    {"ports", make_ports},
    {"moved", make_moved},
    {"renamed", make_renamed},
    {"nested", make_nested},
    {"replaced", make_replaced},
    {"tied", make_tied},
};
const size_t worst_count = sizeof worst_kinds / sizeof worst_kinds[0];

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmd_explain_addr.c - the prefixes around an address, and what their sets say: ports, category, ExpressRoute. Part of
 * `m365ctl lookup`; see cmd_explain.h.
 *
 * An address can be in several prefixes, and a prefix in several sets. Only one of them decides a request; a firewall
 * or a router needs them all.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/day.h"
#include "base/json_write.h"
#include "base/utf8.h"
#include "cloud/community.h"
#include "cmd_explain.h"
#include "image/image_find.h"
#include "name/addr.h"
#include "name/addr_special.h"
#include "name/verb.h"

#define AROUND_MAX ((size_t)4 << 20) /* bytes of all rules around one address */
#define AROUND_SHOWN 40

/* A rule whose prefix contains the address. */
struct around {
    uint8_t len;
    uint32_t set;
};

/* ---- one set ---- */

static const char *
find_community(const struct image_set *set)
{
    if (!set->expressroute)
        return NULL;
    return community_find(community_cloud(set->source.text, set->source.len), set->area.text, set->area.len);
}

/* `, UDP 3478-3481`; nothing for no port or every port. */
static void
add_ports(struct buf *buf, const struct image *image, const char *protocol, uint32_t ports)
{
    size_t before = buf->len;
    buf_add_fmt(buf, ", %s ", protocol);
    size_t start = buf->len;
    image_ports_print(image, ports, buf);
    if (buf->len == start)
        buf->len = before;
}

void
explain_add_terms(struct buf *buf, const struct image *image, const struct image_set *set, uint32_t today)
{
    const char *community = find_community(set);
    explain_add_set(buf, set);
    if (set->area.len > 0) {
        buf_add_text(buf, ", ");
        utf8_add_printable(buf, set->area.text, set->area.len);
    }
    add_ports(buf, image, "TCP", set->tcp);
    add_ports(buf, image, "UDP", set->udp);
    if (set->has_id)
        buf_add_text(buf, set->required ? ", required" : ", optional");
    if (set->expressroute)
        buf_add_text(buf, ", ExpressRoute");
    if (community != NULL)
        buf_add_fmt(buf, ", BGP community %s", community);
    if (set->expires != 0 && today >= set->expires) {
        char day[DAY_TEXT_MAX];
        day_format(day, set->expires);
        buf_add_fmt(buf, ", expired on %s", day);
    }
    buf_add_text(buf, ", from ");
    utf8_add_printable(buf, set->source.text, set->source.len);
}

static void
write_ports(struct json_writer *json, const char *key, const struct image *image, uint32_t ports)
{
    struct buf text;
    buf_init(&text, 4096);
    image_ports_print(image, ports, &text);
    if (text.len == 0 && image_ports_hold(image, ports, 0))
        buf_add_text(&text, "1-65535");
    json_write_bytes(json, key, text.len == 0 ? NULL : text.data, text.len);
    buf_clear(&text);
}

static void
write_text(struct json_writer *json, const char *key, const struct image_text *text)
{
    json_write_bytes(json, key, text->len == 0 ? NULL : text->text, text->len);
}

void
explain_write_rule(struct json_writer *json, const struct image *image, const struct prefix *prefix, uint32_t number)
{
    struct image_set set;
    char text[PREFIX_TEXT_MAX];
    image_get_set(image, number, &set);
    prefix_format(text, prefix);
    json_write_object(json, NULL);
    json_write_text(json, "rule", text);
    json_write_text(json, "category", verb_category((enum verb)set.verb));
    if (set.has_id)
        json_write_number(json, "id", set.id);
    else
        json_write_null(json, "id");
    write_text(json, "area", &set.area);
    write_text(json, "source", &set.source);
    json_write_bool(json, "required", set.required);
    json_write_bool(json, "expressRoute", set.expressroute);
    json_write_text(json, "community", find_community(&set));
    write_ports(json, "tcp", image, set.tcp);
    write_ports(json, "udp", image, set.udp);
    json_write_end(json);
}

/* ---- all around an address ---- */

static int
compare_around(const void *left, const void *right)
{
    const struct around *a = left, *b = right;
    if (a->len != b->len)
        return a->len < b->len ? -1 : 1;
    return (a->set > b->set) - (a->set < b->set);
}

/* Finds them, the widest first; the caller clears `ret`. */
static size_t
find_around(struct buf *ret, const struct image *image, const struct addr *addr)
{
    struct image_cursor cursor;
    struct image_hit hit;
    buf_init(ret, AROUND_MAX);
    image_find_addr(image, addr, &cursor);
    while (image_next(&cursor, &hit)) {
        const struct around one = {(uint8_t)hit.weight, hit.set};
        buf_add(ret, &one, sizeof one);
    }
    if (ret->len > 0)
        qsort(ret->data, ret->len / sizeof(struct around), sizeof(struct around), compare_around);
    return ret->len / sizeof(struct around);
}

/* `inside 2 prefixes, the widest 52.127.72.0/21, the narrowest 52.127.72.42/32:` */
static void
add_heading(struct buf *buf, const struct addr *addr, const struct around *around, size_t count)
{
    size_t prefixes = 1;
    char text[PREFIX_TEXT_MAX];
    struct prefix prefix;
    for (size_t i = 1; i < count; i++)
        prefixes += around[i].len != around[i - 1].len;
    explain_begin(buf);
    if (prefixes == 1) {
        buf_add_text(buf, "inside one prefix:\n");
        return;
    }
    prefix_around(&prefix, addr, around[0].len);
    prefix_format(text, &prefix);
    buf_add_fmt(buf, "inside %zu prefixes, the widest %s, ", prefixes, text);
    prefix_around(&prefix, addr, around[count - 1].len);
    prefix_format(text, &prefix);
    buf_add_fmt(buf, "the narrowest %s:\n", text);
}

static void
add_around(struct buf *buf, const struct answer *answer, const struct around *around)
{
    struct prefix prefix;
    struct image_set set;
    char text[PREFIX_TEXT_MAX];
    prefix_around(&prefix, &answer->request.dst.addr, around->len);
    prefix_format(text, &prefix);
    image_get_set(answer->image, around->set, &set);
    explain_begin(buf);
    buf_add_fmt(buf, "  %s: ", text);
    explain_add_terms(buf, answer->image, &set, answer->today);
    explain_end(buf);
}

static bool
is_about_address(const struct answer *answer)
{
    return answer->request.line_ok && answer->request.dst.given == GIVEN_ADDR;
}

void
explain_around(struct buf *buf, const struct answer *answer)
{
    struct buf found;
    if (!is_about_address(answer))
        return;
    const struct addr *addr = &answer->request.dst.addr;
    size_t count = find_around(&found, answer->image, addr);
    const struct around *around = (const struct around *)(const void *)found.data;
    if (count > 0)
        add_heading(buf, addr, around, count);
    for (size_t i = 0; i < count && i < AROUND_SHOWN; i++)
        add_around(buf, answer, &around[i]);
    if (count > AROUND_SHOWN) {
        explain_begin(buf);
        buf_add_fmt(buf, "  and %zu more; --json --explain lists them all\n", count - AROUND_SHOWN);
    }
    buf_clear(&found);
}

void
explain_write_around(struct json_writer *json, const struct answer *answer)
{
    struct buf found;
    if (!is_about_address(answer))
        return;
    size_t count = find_around(&found, answer->image, &answer->request.dst.addr);
    const struct around *around = (const struct around *)(const void *)found.data;
    json_write_array(json, "inside");
    for (size_t i = 0; i < count; i++) {
        struct prefix prefix;
        prefix_around(&prefix, &answer->request.dst.addr, around[i].len);
        explain_write_rule(json, answer->image, &prefix, around[i].set);
    }
    json_write_end(json);
    buf_clear(&found);
}

void
explain_outside(struct buf *buf, const struct addr *addr)
{
    char text[ADDR_TEXT_MAX];
    const struct prefix alone = {*addr, addr->v6 ? 128 : 32};
    const char *special = prefix_special_but_documentation(&alone);
    addr_format(text, addr);
    explain_begin(buf);
    buf_add_fmt(buf, "no prefix in force contains %s", text);
    explain_end(buf);
    if (special == NULL) {
        explain_say(buf, "Default sets publish no addresses: a Microsoft address that is not listed most likely serves "
                         "names of Default sets and is meant to be inspected; look up the host name instead");
        return;
    }
    explain_begin(buf);
    buf_add_fmt(buf, "it is not Microsoft's: its range is for %s\n", special);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* addr.c - see addr.h. */
#include "addr.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/digits.h"
#include "base/err.h"

static bool
parse_quad(uint8_t ret[4], const char *text, size_t len)
{
    size_t at = 0;
    for (int part = 0; part < 4; part++) {
        unsigned value = 0;
        size_t digits = 0;
        while (at < len && text[at] >= '0' && text[at] <= '9' && digits < 4) {
            value = value * 10 + (unsigned)(text[at] - '0');
            at++;
            digits++;
        }
        if (digits == 0 || digits > 3 || value > 255 || (digits > 1 && text[at - digits] == '0'))
            return false;
        ret[part] = (uint8_t)value;
        if (part < 3 && (at >= len || text[at++] != '.'))
            return false;
    }
    return at == len;
}

static bool
is_mapped(const uint8_t bytes[16])
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    return memcmp(bytes, mapped, sizeof mapped) == 0;
}

/* *ret_mapped is set if the text was an IPv4-mapped IPv6 address. */
static bool
parse_any(struct addr *ret, bool *ret_mapped, const char *text, size_t len)
{
    struct addr addr = {0};
    char copy[ADDR_TEXT_MAX];
    if (len == 0 || len >= sizeof copy)
        return false;
    *ret_mapped = false;
    if (parse_quad(addr.bytes, text, len)) {
        *ret = addr;
        return true;
    }
    if (memchr(text, ':', len) == NULL || memchr(text, '\0', len) != NULL)
        return false;
    memcpy(copy, text, len);
    copy[len] = '\0';
    if (inet_pton(AF_INET6, copy, addr.bytes) != 1)
        return false;
    addr.v6 = true;
    if (is_mapped(addr.bytes)) {
        *ret_mapped = true;
        struct addr v4 = {0};
        memcpy(v4.bytes, addr.bytes + 12, 4);
        addr = v4;
    }
    *ret = addr;
    return true;
}

bool
addr_parse(struct addr *ret, const char *text, size_t len)
{
    bool mapped;
    return parse_any(ret, &mapped, text, len);
}

/* A quick filter: most tokens are names, and most names do not end like an address. */
static bool
may_end_address(const char *text, size_t len)
{
    char last = len == 0 ? '\0' : text[len - 1];
    return (last >= '0' && last <= '9') || ((last | 0x20) >= 'a' && (last | 0x20) <= 'f') || last == ':' || last == ']';
}

bool
addr_parse_token(struct addr *ret, const char *text, size_t len)
{
    struct addr addr;
    if (!may_end_address(text, len))
        return false;
    if (len > 2 && text[0] == '[' && text[len - 1] == ']') {
        text++;
        len -= 2;
    } else if (len > 6 && text[0] == '%' && text[1] == '5' && (text[2] | 0x20) == 'b' && text[len - 3] == '%' &&
               text[len - 2] == '5' && (text[len - 1] | 0x20) == 'd') {
        text += 3;
        len -= 6;
    } else {
        return addr_parse(ret, text, len);
    }
    if (memchr(text, ':', len) == NULL || !addr_parse(&addr, text, len))
        return false;
    *ret = addr;
    return true;
}

static void
format_quad(char *ret, const uint8_t bytes[4])
{
    for (int part = 0; part < 4; part++) {
        unsigned byte = bytes[part];
        if (byte >= 100)
            *ret++ = (char)('0' + byte / 100);
        if (byte >= 10)
            *ret++ = (char)('0' + byte / 10 % 10);
        *ret++ = (char)('0' + byte % 10);
        *ret++ = part < 3 ? '.' : '\0';
    }
}

void
addr_format(char ret[ADDR_TEXT_MAX], const struct addr *addr)
{
    if (!addr->v6)
        format_quad(ret, addr->bytes);
    else if (inet_ntop(AF_INET6, addr->bytes, ret, ADDR_TEXT_MAX) == NULL)
        ret[0] = '\0';
}

/* Clears the bits beyond the prefix length. True if any was set. */
static bool
clear_host_bits(struct prefix *prefix)
{
    unsigned any = 0, size = prefix->addr.v6 ? 16 : 4, mask = 0xffu >> prefix->len % 8;
    for (unsigned i = prefix->len / 8u; i < size; i++, mask = 0xff) {
        any |= prefix->addr.bytes[i] & mask;
        prefix->addr.bytes[i] &= (uint8_t)~mask;
    }
    return any != 0;
}

static int
parse_length(unsigned *ret, const char *text, size_t len, unsigned bits, struct err *err)
{
    uint64_t value;
    if (len > 3 || (len > 1 && text[0] == '0') || !digits_read(&value, text, len, 999))
        return err_set(err, ERR_SYNTAX, "the prefix length '%.*s' is not a number from 0 to %u", (int)len, text, bits);
    if (value > bits)
        return err_set(err, ERR_SYNTAX, "the prefix length %u is larger than %u", (unsigned)value, bits);
    *ret = (unsigned)value;
    return 0;
}

int
prefix_parse(struct prefix *ret, const char *text, size_t len, struct err *err)
{
    const char *slash = memchr(text, '/', len);
    size_t addr_len = slash == NULL ? len : (size_t)(slash - text);
    struct prefix prefix = {0};
    bool mapped = false;
    if (!parse_any(&prefix.addr, &mapped, text, addr_len))
        return err_set(err, ERR_SYNTAX, "'%.*s' is not an IP prefix", (int)(len > 80 ? 80 : len), text);
    unsigned bits = prefix.addr.v6 || mapped ? 128 : 32;
    unsigned length = bits;
    if (slash != NULL && parse_length(&length, slash + 1, len - addr_len - 1, bits, err) != 0)
        return err_add(err, "'%.*s'", (int)len, text);
    if (mapped && length < 96)
        return err_set(err, ERR_SYNTAX, "'%.*s' is wider than the IPv4-mapped addresses; write the IPv4 prefix",
                       (int)len, text);
    prefix.len = (uint8_t)(mapped ? length - 96 : length);
    if (clear_host_bits(&prefix)) {
        char meant[PREFIX_TEXT_MAX];
        prefix_format(meant, &prefix);
        return err_set(err, ERR_SYNTAX, "'%.*s' has host bits set; write '%s' if that is meant", (int)len, text, meant);
    }
    *ret = prefix;
    return 0;
}

void
prefix_format(char ret[PREFIX_TEXT_MAX], const struct prefix *prefix)
{
    char text[ADDR_TEXT_MAX];
    addr_format(text, &prefix->addr);
    snprintf(ret, PREFIX_TEXT_MAX, "%s/%u", text, prefix->len);
}

void
prefix_around(struct prefix *ret, const struct addr *addr, uint8_t len)
{
    *ret = (struct prefix){*addr, len};
    clear_host_bits(ret);
}

int
addr_compare(const struct addr *a, const struct addr *b)
{
    if (a->v6 != b->v6)
        return a->v6 ? 1 : -1;
    return memcmp(a->bytes, b->bytes, sizeof a->bytes);
}

int
prefix_compare(const struct prefix *a, const struct prefix *b)
{
    int order = addr_compare(&a->addr, &b->addr);
    return order != 0 ? order : (a->len > b->len) - (a->len < b->len);
}

bool
prefix_holds(const struct prefix *prefix, const struct addr *addr)
{
    if (prefix->addr.v6 != addr->v6)
        return false;
    size_t whole = prefix->len / 8;
    if (memcmp(prefix->addr.bytes, addr->bytes, whole) != 0)
        return false;
    unsigned rest = prefix->len % 8;
    if (rest == 0)
        return true;
    unsigned mask = 0xff00u >> rest & 0xffu;
    return ((prefix->addr.bytes[whole] ^ addr->bytes[whole]) & mask) == 0;
}

void
prefix_last(struct addr *ret, const struct prefix *prefix)
{
    unsigned bits = prefix->addr.v6 ? 128 : 32;
    *ret = prefix->addr;
    for (unsigned bit = prefix->len; bit < bits; bit++)
        ret->bytes[bit / 8] |= (uint8_t)(0x80u >> (bit % 8));
}

bool
addr_step(struct addr *addr)
{
    for (unsigned i = addr->v6 ? 16 : 4; i > 0; i--) {
        if (++addr->bytes[i - 1] != 0)
            return true;
    }
    return false;
}

bool
addr_step_back(struct addr *addr)
{
    for (unsigned i = addr->v6 ? 16 : 4; i > 0; i--) {
        if (addr->bytes[i - 1]-- != 0)
            return true;
    }
    return false;
}

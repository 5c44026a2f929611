// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_paste.c - see cmd_paste.h. */
#include "cmd_paste.h"

#include <string.h>

#include "base/buf.h"
#include "base/digits.h"
#include "base/err.h"
#include "base/utf8.h"
#include "cmd/cmd.h"
#include "cmd_explain.h"
#include "cmd_lookup.h"
#include "name/addr.h"
#include "name/ports.h"
#include "name/url.h"

#define ASCII_MAX 1024
#define PREFIXES_SAID 4

/* How reports write hosts, so that no program makes a link of them. */
static const struct {
    const char *written, *meant;
} disguises[] = {{"[.]", "."},   {"(.)", "."}, {"{.}", "."},    {"[dot]", "."},
                 {"(dot)", "."}, {"[:]", ":"}, {"[://]", "://"}};

/* Adds what is meant by the start of the text, and returns how much of it that was. */
static size_t
add_meant(struct buf *room, const char *text, size_t len)
{
    for (size_t i = 0; i < sizeof disguises / sizeof disguises[0]; i++) {
        size_t size = strlen(disguises[i].written);
        if (len < size || memcmp(text, disguises[i].written, size) != 0)
            continue;
        buf_add_text(room, disguises[i].meant);
        return size;
    }
    buf_add_char(room, text[0]);
    return 1;
}

const char *
paste_clean(struct buf *room, const char *text, size_t *len)
{
    text = url_unwrap(text, len);
    if (memchr(text, '[', *len) == NULL && memchr(text, '(', *len) == NULL && memchr(text, '{', *len) == NULL)
        return text;
    buf_reset(room);
    for (size_t at = 0; at < *len;)
        at += add_meant(room, text + at, *len - at);
    if (!buf_ok(room))
        return text;
    *len = room->len;
    return room->data;
}

/* ---- prefixes ---- */

/* True for an address, a slash and digits, even if that is not a length: it is no URL. */
static bool
prefix_is_meant(const char *text, size_t len)
{
    struct addr addr;
    const char *slash = memchr(text, '/', len);
    size_t head = slash == NULL ? len : (size_t)(slash - text);
    bool digits = head + 1 < len;
    for (size_t i = head + 1; digits && i < len; i++)
        digits = text[i] >= '0' && text[i] <= '9';
    return digits && addr_parse(&addr, text, head);
}

/* Reads `address/length`; bits beyond the length are dropped. False if the text is anything else. */
static bool
prefix_is_query(struct prefix *ret, const char *text, size_t len)
{
    struct err ignored;
    struct addr addr;
    if (!prefix_is_meant(text, len))
        return false;
    if (prefix_parse(ret, text, len, &ignored) == 0)
        return true;
    size_t head = (size_t)((const char *)memchr(text, '/', len) - text);
    uint64_t length;
    addr_parse(&addr, text, head);
    if (!digits_read(&length, text + head + 1, len - head - 1, addr.v6 ? 128 : 32))
        return false;
    prefix_around(ret, &addr, (uint8_t)length);
    return true;
}

/* Two addresses of one family with a mark between them, and perhaps blanks around it. */
static bool
read_pair(struct addr *first, struct addr *second, const char *text, size_t len, char mark)
{
    const char *at = memchr(text, mark, len);
    if (at == NULL)
        return false;
    size_t head = (size_t)(at - text), tail = len - head - 1;
    const char *rest = url_unwrap(at + 1, &tail);
    text = url_unwrap(text, &head);
    return addr_parse(first, text, head) && addr_parse(second, rest, tail) && first->v6 == second->v6;
}

static bool
read_masked(struct addr *ret, struct addr *ret_mask, const char *text, size_t len)
{
    return (read_pair(ret, ret_mask, text, len, '/') || read_pair(ret, ret_mask, text, len, ' ')) && !ret->v6;
}

/* The length that a netmask says: ones, then zeros. False if it says none. */
static bool
mask_length(uint8_t *ret, const struct addr *mask, uint8_t flip)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < 4; i++)
        bits = bits << 8 | (uint8_t)(mask->bytes[i] ^ flip);
    *ret = (uint8_t)(bits == 0 ? 0 : 32 - __builtin_ctz(bits));
    return (~bits & (~bits + 1)) == 0;
}

/* The widest prefix that begins at this address and does not go beyond the last. */
static void
widest_prefix(struct prefix *ret, const struct addr *first, const struct addr *last)
{
    struct addr end;
    for (unsigned len = 0; len <= (first->v6 ? 128U : 32U); len++) {
        prefix_around(ret, first, (uint8_t)len);
        prefix_last(&end, ret);
        if (addr_compare(&ret->addr, first) == 0 && addr_compare(&end, last) <= 0)
            return;
    }
}

/* Cuts `:443` off `address/length:443`. False if there is no port after a prefix. */
static bool
cut_port(uint16_t *ret_port, const char *text, size_t *len)
{
    const char *colon = memrchr(text, ':', *len);
    size_t head = colon == NULL ? 0 : (size_t)(colon - text);
    if (head == 0 || !prefix_is_meant(text, head) || !port_parse(ret_port, colon + 1, *len - head - 1))
        return false;
    *len = head;
    return true;
}

bool
paste_is_prefix(struct prefix *ret, const char *text, size_t len)
{
    struct addr first, second, end;
    uint16_t port;
    uint8_t length;
    if (cut_port(&port, text, &len) && port != 443)
        return false;
    if (prefix_is_query(ret, text, len))
        return true;
    if (read_masked(&first, &second, text, len)) {
        if (!mask_length(&length, &second, 0))
            return false;
        prefix_around(ret, &first, length);
        return true;
    }
    if (!read_pair(&first, &second, text, len, '-') || addr_compare(&first, &second) > 0)
        return false;
    widest_prefix(ret, &first, &second);
    prefix_last(&end, ret);
    return addr_compare(&end, &second) == 0;
}

/* True if more than one address is meant, even if no prefix can be made of it. */
static bool
is_addresses(const char *text, size_t len)
{
    struct addr first, second;
    uint16_t port;
    return prefix_is_meant(text, len) || read_masked(&first, &second, text, len) ||
           read_pair(&first, &second, text, len, '-') || cut_port(&port, text, &len);
}

/* ---- destinations ---- */

static bool
has_high_byte(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)text[i] > 0x7f)
            return true;
    }
    return false;
}

/* `2001:db8::1:443` is an address, but may be meant as one with a port. */
static void
warn_of_port(const struct answer *answer)
{
    const char *text = answer->host, *colon = memrchr(text, ':', answer->host_len);
    struct addr addr;
    size_t head = colon == NULL ? 0 : (size_t)(colon - text), tail = answer->host_len - head;
    if (answer->request.dst.given != GIVEN_ADDR || colon == NULL || text[0] == '[' || !addr_parse(&addr, text, head))
        return;
    if ((tail == 4 && memcmp(colon, ":443", 4) == 0) || (tail == 3 && memcmp(colon, ":80", 3) == 0))
        cmd_say("'%.*s' is read as an address without a port; with one, write '[%.*s]%.*s'", (int)answer->host_len,
                text, (int)head, text, (int)tail, colon);
}

void
paste_destination(struct answer *answer)
{
    struct authority authority;
    struct request *request = &answer->request;
    if (is_addresses(answer->text, answer->text_len)) {
        request->dst.given = GIVEN_BAD;
        return;
    }
    request_set_pasted(request, answer->text, answer->text_len);
    url_split_pasted(&authority, answer->text, answer->text_len);
    answer->host = authority.host;
    answer->host_len = authority.host_len;
    char ascii[ASCII_MAX];
    size_t ascii_len;
    struct err err;
    if (has_high_byte(authority.host, authority.host_len) &&
        host_to_ascii(ascii, sizeof ascii, &ascii_len, authority.host, authority.host_len, &err) == 0)
        request_set_dst(request, ascii, ascii_len);
    if (request->dst.given == GIVEN_NAME && url_is_number(request->dst.name.text, request->dst.name.len))
        request->dst.given = GIVEN_BAD;
    warn_of_port(answer);
}

/* ---- what to ask instead ---- */

bool
paste_is_pattern(struct pattern *ret, const struct answer *answer)
{
    struct err ignored;
    const char *text = answer->host;
    size_t len = answer->host_len;
    if (answer->text_len > 1 && answer->text[0] == '~') {
        text = answer->text;
        len = answer->text_len;
    }
    if (text == NULL ||
        (pattern_parse(ret, text, len, false, &ignored) != 0 && pattern_parse(ret, text, len, true, &ignored) != 0))
        return false;
    return ret->kind != PATTERN_EXACT || strstr(ret->text, PATTERN_TENANT) != NULL;
}

/* Adds a host that the pattern matches: `x` for a star, a tenant for `<tenant>`. */
static void
add_sample(struct buf *buf, const struct answer *answer, const struct pattern *pattern)
{
    struct image_info info = {0};
    struct image_text tenant = {"contoso", 7};
    const size_t hole = strlen(PATTERN_TENANT);
    if (answer->image != NULL)
        image_get_info(answer->image, &info);
    if (info.tenants > 0)
        tenant = image_tenant(answer->image, 0);
    if (pattern->kind == PATTERN_DOT)
        buf_add_char(buf, 'x');
    for (size_t i = 0; i < pattern->len; i++) {
        if (pattern->len - i >= hole && memcmp(pattern->text + i, PATTERN_TENANT, hole) == 0) {
            utf8_add_printable(buf, tenant.text, tenant.len);
            i += hole - 1;
        } else {
            buf_add_char(buf, pattern->text[i] == '*' ? 'x' : pattern->text[i]);
        }
    }
}

static void
explain_pattern(struct buf *buf, const struct answer *answer, const struct pattern *pattern)
{
    explain_begin(buf);
    buf_add_char(buf, '\'');
    utf8_add_printable(buf, pattern->text, pattern->len);
    if (pattern->kind == PATTERN_REGEX) {
        buf_add_text(buf, "' is a regex, not a host name; ask about a host that it matches");
    } else {
        buf_add_text(buf, "' is a pattern, not a host name; ask about a host that it matches, as 'm365ctl lookup ");
        add_sample(buf, answer, pattern);
        buf_add_char(buf, '\'');
    }
    explain_end(buf);
}

static void
explain_mask(struct buf *buf, const struct addr *addr, const struct addr *mask)
{
    struct prefix prefix;
    uint8_t length;
    char text[PREFIX_TEXT_MAX];
    addr_format(text, mask);
    explain_begin(buf);
    buf_add_fmt(buf, "'%s' is not a netmask", text);
    if (mask_length(&length, mask, 0xff)) {
        prefix_around(&prefix, addr, length);
        prefix_format(text, &prefix);
        buf_add_fmt(buf, " but a wildcard mask; ask about '%s'", text);
    } else {
        buf_add_text(buf, "; write a prefix as 192.0.2.0/24");
    }
    explain_end(buf);
}

static void
explain_range(struct buf *buf, struct addr first, const struct addr *last)
{
    struct prefix prefix;
    struct addr end;
    char text[PREFIX_TEXT_MAX];
    if (addr_compare(&first, last) > 0) {
        explain_say(buf, "the range ends before it begins");
        return;
    }
    explain_begin(buf);
    buf_add_text(buf, "that range is more than one prefix; ask about each:");
    for (size_t i = 0; i <= PREFIXES_SAID; i++) {
        widest_prefix(&prefix, &first, last);
        prefix_last(&end, &prefix);
        prefix_format(text, &prefix);
        buf_add_fmt(buf, " %s", i == PREFIXES_SAID ? "and more" : text);
        first = end;
        if (addr_compare(&end, last) >= 0 || !addr_step(&first))
            break;
    }
    explain_end(buf);
}

/* `52.96.0.0/14:80`. The text ends where the port begins. */
static void
explain_port_of_prefix(struct buf *buf, const char *text, size_t len, unsigned port)
{
    struct addr addr;
    char room[ADDR_TEXT_MAX];
    size_t head = (size_t)((const char *)memchr(text, '/', len) - text);
    addr_parse(&addr, text, head);
    addr_format(room, &addr);
    explain_begin(buf);
    buf_add_fmt(buf, "a prefix is asked about at port 443; at port %u ask about an address in it, as '%s%s%s:%u'", port,
                addr.v6 ? "[" : "", room, addr.v6 ? "]" : "", port);
    explain_end(buf);
}

/* Explains a text that means more than one address. */
static void
explain_addresses(struct buf *buf, const struct answer *answer)
{
    const char *text = answer->text;
    size_t len = answer->text_len;
    struct addr first, second;
    struct prefix prefix;
    struct err err = {0};
    uint16_t port;
    if (read_masked(&first, &second, text, len)) {
        explain_mask(buf, &first, &second);
    } else if (read_pair(&first, &second, text, len, '-')) {
        explain_range(buf, first, &second);
    } else if (cut_port(&port, text, &len) && port != 443) {
        explain_port_of_prefix(buf, text, len, port);
    } else if (prefix_parse(&prefix, text, len, &err) != 0) {
        explain_begin(buf);
        utf8_add_printable(buf, err.text, strlen(err.text));
        explain_end(buf);
    }
}

bool
paste_explain(struct buf *buf, const struct answer *answer)
{
    struct pattern pattern;
    if (answer->text == NULL || answer->request.dst.given != GIVEN_BAD)
        return false;
    if (is_addresses(answer->text, answer->text_len)) {
        explain_addresses(buf, answer);
        return true;
    }
    if (paste_is_pattern(&pattern, answer)) {
        explain_pattern(buf, answer, &pattern);
        return true;
    }
    struct host host;
    if (!host_parse(&host, answer->host, answer->host_len))
        return false;
    explain_begin(buf);
    buf_add_fmt(buf, "'%s' is neither a name nor an address; write addresses as 192.0.2.1 or 192.0.2.0/24", host.text);
    explain_end(buf);
    return true;
}

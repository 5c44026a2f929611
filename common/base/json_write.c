// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * json_write.c - see json_write.h; and the strings of json.h, which it writes. Does not use cJSON.
 *
 * A string may come from a client or a hostile file. The output is always valid UTF-8 and valid JSON, and holds no
 * character that a terminal must not get (utf8.h).
 */
#include "json_write.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "buf.h"
#include "json.h"
#include "utf8.h"

static void
add_ascii(struct buf *buf, char c)
{
    static const char shorts[] = "\"\"\\\\\bb\ff\nn\rr\tt";
    for (size_t i = 0; i < sizeof shorts - 1; i += 2) {
        if (shorts[i] == c) {
            buf_add_char(buf, '\\');
            buf_add_char(buf, shorts[i + 1]);
            return;
        }
    }
    if ((unsigned char)c < 0x20 || c == 0x7f)
        buf_add_fmt(buf, "\\u%04x", (unsigned)c);
    else
        buf_add_char(buf, c);
}

/* RFC 8259, section 7: beyond U+FFFF as a pair of surrogates. */
static void
add_escaped(struct buf *buf, uint32_t code)
{
    if (code <= 0xffff) {
        buf_add_fmt(buf, "\\u%04x", (unsigned)code);
        return;
    }
    code -= 0x10000;
    buf_add_fmt(buf, "\\u%04x\\u%04x", (unsigned)(0xd800 + (code >> 10)), (unsigned)(0xdc00 + (code & 0x3ff)));
}

/* How many bytes can be copied as they are. */
static size_t
plain_length(const char *text, size_t len)
{
    size_t n = utf8_plain(text, len), at = 0;
    while (at < n && text[at] != '"' && text[at] != '\\')
        at++;
    return at;
}

void
json_add_string(struct buf *buf, const char *text, size_t len)
{
    buf_add_char(buf, '"');
    for (size_t at = 0; at < len;) {
        bool whole = true;
        size_t n = plain_length(text + at, len - at);
        if (n > 0) {
            buf_add(buf, text + at, n);
            at += n;
            continue;
        }
        n = utf8_measure(text + at, len - at, &whole);
        if (!whole)
            buf_add_text(buf, "\xef\xbf\xbd");
        else if (n == 1)
            add_ascii(buf, text[at]);
        else if (utf8_printable(text + at, n) == 0)
            add_escaped(buf, utf8_code_point(text + at, n));
        else
            buf_add(buf, text + at, n);
        at += n;
    }
    buf_add_char(buf, '"');
}

void
json_write_key(struct json_writer *json, const char *key)
{
    if (json->more)
        buf_add_char(json->buf, ',');
    json->more = true;
    if (key == NULL)
        return;
    json_add_string(json->buf, key, strlen(key));
    buf_add_char(json->buf, ':');
}

static void
open_one(struct json_writer *json, const char *key, bool is_array)
{
    json_write_key(json, key);
    buf_add_char(json->buf, is_array ? '[' : '{');
    json->arrays = json->arrays << 1 | is_array;
    json->more = false;
}

void
json_write_object(struct json_writer *json, const char *key)
{
    open_one(json, key, false);
}

void
json_write_array(struct json_writer *json, const char *key)
{
    open_one(json, key, true);
}

void
json_write_end(struct json_writer *json)
{
    buf_add_char(json->buf, (json->arrays & 1) != 0 ? ']' : '}');
    json->arrays >>= 1;
    json->more = true;
}

void
json_write_bytes(struct json_writer *json, const char *key, const char *text, size_t len)
{
    json_write_key(json, key);
    if (text == NULL)
        buf_add_text(json->buf, "null");
    else
        json_add_string(json->buf, text, len);
}

void
json_write_text(struct json_writer *json, const char *key, const char *text)
{
    json_write_bytes(json, key, text, text == NULL ? 0 : strlen(text));
}

void
json_write_number(struct json_writer *json, const char *key, uint64_t number)
{
    char digits[20]; /* of UINT64_MAX */
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    json_write_key(json, key);
    buf_add(json->buf, digits + at, sizeof digits - at);
}

void
json_write_bool(struct json_writer *json, const char *key, bool value)
{
    json_write_key(json, key);
    buf_add_text(json->buf, value ? "true" : "false");
}

void
json_write_null(struct json_writer *json, const char *key)
{
    json_write_text(json, key, NULL);
}

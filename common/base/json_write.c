// SPDX-License-Identifier: GPL-2.0-or-later
/* json_write.c - see json_write.h. */
#include "json_write.h"

#include <inttypes.h>
#include <string.h>

#include "buf.h"
#include "json.h"

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
    json_write_key(json, key);
    buf_add_fmt(json->buf, "%" PRIu64, number);
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

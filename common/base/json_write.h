/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json_write.h - JSON out: the commas, quotes and brackets of one document.
 *
 *     struct json_writer json = {.buf = buf};
 *     json_write_object(&json, NULL);
 *     json_write_text(&json, "area", "Exchange");
 *     json_write_array(&json, "ids");
 *     json_write_number(&json, NULL, 1);
 *     json_write_end(&json);
 *     json_write_end(&json);                       {"area":"Exchange","ids":[1]}
 *
 * Where it sits: room base, above json.h, whose strings it writes. It writes no spaces and no line ends. The keys of a
 * document are chosen by its printer. Only the buffer can fail: check buf_ok() at the end.
 */
#ifndef COMMON_JSON_WRITE_H
#define COMMON_JSON_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/* A document while it is written. Starts as {.buf = BUF}. */
struct json_writer {
    struct buf *buf;
    uint64_t arrays; /* what is open, innermost lowest: bit set for an array, clear for an object */
    bool more;       /* a value was written, so the next one needs a comma */
};

/* Every value has a key in an object; in an array, and as the document itself, the key is NULL. A key may be any text:
 * it is escaped. */

/* Opens an object or an array; json_write_end() closes the innermost. At most 64 may be open at once. */
void json_write_object(struct json_writer *json, const char *key);
void json_write_array(struct json_writer *json, const char *key);
void json_write_end(struct json_writer *json);

/* A string; null for NULL. What is not UTF-8 becomes U+FFFD, see json_add_string(). */
void json_write_text(struct json_writer *json, const char *key, const char *text);
void json_write_bytes(struct json_writer *json, const char *key, const char *text, size_t len);

void json_write_number(struct json_writer *json, const char *key, uint64_t number);
void json_write_bool(struct json_writer *json, const char *key, bool value);
void json_write_null(struct json_writer *json, const char *key);

/* Comma and key of a value that the caller then appends to the buffer itself, as valid JSON. */
void json_write_key(struct json_writer *json, const char *key);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json.h - parses JSON through cJSON and writes JSON strings.
 *
 * Where it sits: room base, above buf. What a document means belongs to its reader (table_json.c). cJSON's types stay
 * inside json.c.
 */
#ifndef COMMON_JSON_H
#define COMMON_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;
struct json; /* a value in a document; lives as long as the document */

/*
 * Parses a whole document, skipping a byte order mark at its start. Returns 0 and its root, to be freed with
 * json_free(), or -1 with ERR_SYNTAX and the line: not JSON, text after the end, nested too deeply, or a NUL byte or
 * `\u0000` anywhere (a C string would end there).
 */
int json_parse(struct json **ret, const char *bytes, size_t len, struct err *err);
void json_free(struct json *root); /* NULL is allowed */

/* Types of values. NULL is allowed and has neither type. */
bool json_is_array(const struct json *value);
bool json_is_object(const struct json *value);

/* The first element of an array or member of an object, and the one after a given value. NULL at the end. */
const struct json *json_first(const struct json *value);
const struct json *json_next(const struct json *value);

/* The member with exactly this name, or NULL. *ret_twice, unless NULL, is set if there is more than one. */
const struct json *json_member(const struct json *object, const char *name, bool *ret_twice);

/* Read a value as text, as a boolean, or as a whole number from 0 to 2^53. Return false and leave *ret unchanged for
 * anything else, including NULL. */
bool json_get_text(const struct json *value, const char **ret);
bool json_get_bool(const struct json *value, bool *ret);
bool json_get_number(const struct json *value, uint64_t *ret);

/* Appends the bytes as a quoted JSON string (RFC 8259, section 7). Invalid UTF-8 becomes U+FFFD, one for each maximal
 * prefix of a sequence; characters that a terminal must not get (utf8_printable()) are escaped. Never fails on any
 * bytes; cost: one pass. */
void json_add_string(struct buf *buf, const char *text, size_t len);

#endif

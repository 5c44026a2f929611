/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json.h - JSON in through cJSON, JSON strings out.
 *
 * Where it sits: floor 3. What a document means belongs to its reader (table_json.c). cJSON's types stay inside json.c.
 */
#ifndef COMMON_JSON_H
#define COMMON_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;
struct json; /* a value inside a document; lives as long as the document */

/*
 * Parses a whole document (a byte order mark at the start is skipped). Returns 0 and its root, freed with json_free(),
 * or -1 with ERR_SYNTAX and the line: not JSON, something behind its end, nested too deep, a NUL byte or `\u0000` in it
 * (a C string would end there).
 */
int json_parse(struct json **ret, const char *bytes, size_t len, struct err *err);
void json_free(struct json *root); /* NULL is allowed */

/* What a value is. All take NULL and then say no. */
bool json_is_array(const struct json *value);
bool json_is_object(const struct json *value);

/* First element of an array or first member of an object; the one behind a value. NULL at the end. */
const struct json *json_first(const struct json *value);
const struct json *json_next(const struct json *value);

/* The member with exactly this name; NULL if there is none. *ret_twice tells that there is more than one; may be NULL.
 */
const struct json *json_member(const struct json *object, const char *name, bool *ret_twice);

/* The value as text, truth or whole number (0 to 2^53). False, *ret alone, if it is something else or NULL. */
bool json_get_text(const struct json *value, const char **ret);
bool json_get_bool(const struct json *value, bool *ret);
bool json_get_number(const struct json *value, uint64_t *ret);

/* Appends the bytes as a JSON string with its quotes (RFC 8259, 7); what is not UTF-8 becomes U+FFFD, one for each
 * longest start of a sequence. Total; cost: one pass. */
void json_add_string(struct buf *buf, const char *text, size_t len);

#endif

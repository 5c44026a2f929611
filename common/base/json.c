// SPDX-License-Identifier: GPL-2.0-or-later
/* json.c - see json.h. The only file that includes cJSON; a struct json is a cJSON under another name. */
#include "json.h"

#include <cjson/cJSON.h>
#include <string.h>

#include "err.h"

static const cJSON *
peek(const struct json *value)
{
    return (const cJSON *)(const void *)value;
}

static const struct json *
wrap(const cJSON *value)
{
    return (const struct json *)(const void *)value;
}

static size_t
line_of(const char *bytes, size_t at)
{
    size_t line = 1;
    for (size_t i = 0; i < at; i++)
        line += bytes[i] == '\n';
    return line;
}

/* cJSON returns C strings: a NUL inside one would truncate a host name. */
static int
refuse_nul(const char *bytes, size_t len, struct err *err)
{
    const char *nul = memchr(bytes, '\0', len);
    if (nul == NULL) {
        nul = memmem(bytes, len, "\\u0000", 6);
        if (nul == NULL)
            return 0;
    }
    return err_set(err, ERR_SYNTAX, "line %zu: a NUL in a JSON document", line_of(bytes, (size_t)(nul - bytes)));
}

int
json_parse(struct json **ret, const char *bytes, size_t len, struct err *err)
{
    if (len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
        bytes += 3;
        len -= 3;
    }
    if (refuse_nul(bytes, len, err) != 0)
        return -1;
    const char *end = bytes;
    cJSON *root = cJSON_ParseWithLengthOpts(bytes, len, &end, false);
    size_t at = end >= bytes && end <= bytes + len ? (size_t)(end - bytes) : len;
    if (root == NULL)
        return err_set(err, ERR_SYNTAX, "line %zu: not JSON", line_of(bytes, at));
    for (size_t i = at; i < len; i++) {
        if (strchr(" \t\r\n", bytes[i]) == NULL) {
            cJSON_Delete(root);
            return err_set(err, ERR_SYNTAX, "line %zu: there is text after the end of the JSON document",
                           line_of(bytes, i));
        }
    }
    *ret = (struct json *)(void *)root;
    return 0;
}

void
json_free(struct json *root)
{
    cJSON_Delete((cJSON *)(void *)root);
}

bool
json_is_array(const struct json *value)
{
    return cJSON_IsArray(peek(value));
}

bool
json_is_object(const struct json *value)
{
    return cJSON_IsObject(peek(value));
}

const struct json *
json_first(const struct json *value)
{
    return value == NULL ? NULL : wrap(peek(value)->child);
}

const struct json *
json_next(const struct json *value)
{
    return value == NULL ? NULL : wrap(peek(value)->next);
}

const struct json *
json_member(const struct json *object, const char *name, bool *ret_twice)
{
    const cJSON *found = NULL;
    if (ret_twice != NULL)
        *ret_twice = false;
    if (!json_is_object(object))
        return NULL;
    for (const cJSON *member = peek(object)->child; member != NULL; member = member->next) {
        if (member->string == NULL || strcmp(member->string, name) != 0)
            continue;
        if (found == NULL)
            found = member;
        else if (ret_twice != NULL)
            *ret_twice = true;
    }
    return wrap(found);
}

bool
json_get_text(const struct json *value, const char **ret)
{
    if (!cJSON_IsString(peek(value)) || peek(value)->valuestring == NULL)
        return false;
    *ret = peek(value)->valuestring;
    return true;
}

bool
json_get_bool(const struct json *value, bool *ret)
{
    if (!cJSON_IsBool(peek(value)))
        return false;
    *ret = cJSON_IsTrue(peek(value));
    return true;
}

bool
json_get_number(const struct json *value, uint64_t *ret)
{
    if (!cJSON_IsNumber(peek(value)))
        return false;
    double number = peek(value)->valuedouble;
    if (!(number >= 0) || number > 9007199254740992.0 || (double)(uint64_t)number < number)
        return false;
    *ret = (uint64_t)number;
    return true;
}

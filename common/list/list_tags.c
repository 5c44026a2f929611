// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * list_tags.c - Microsoft's service tags: the addresses of Azure by service, a JSON document. Part of list.h.
 *
 *     {"cloud": "Public", "values": [{"name": "AzureActiveDirectory", "properties": {"addressPrefixes": [...]}}, ...]}
 */
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/json.h"
#include "list_build.h"

const struct list_format list_tags = {.name = "servicetags", .title = "a document of service tags", .has_parts = true};

static const struct json *
prefixes_of(const struct json *value)
{
    return json_member(json_member(value, "properties", NULL), "addressPrefixes", NULL);
}

/* The whole document would have to be parsed to be sure; the member with the prefixes is in no other document. */
bool
list_is_tags(const char *bytes, size_t len)
{
    return memmem(bytes, len, "\"values\"", 8) != NULL && memmem(bytes, len, "\"addressPrefixes\"", 17) != NULL;
}

static const struct json *
find_tag(const struct json *values, const char *name)
{
    for (const struct json *at = json_first(values); at != NULL; at = json_next(at)) {
        const char *text;
        if (json_get_text(json_member(at, "name", NULL), &text) && strcasecmp(text, name) == 0)
            return at;
    }
    return NULL;
}

/* A tag whose name begins as the one that was asked for. */
static const char *
near_tag(const struct json *values, const char *name)
{
    for (size_t len = strlen(name); len >= 3; len--) {
        for (const struct json *at = json_first(values); at != NULL; at = json_next(at)) {
            const char *text;
            if (json_get_text(json_member(at, "name", NULL), &text) && strncasecmp(text, name, len) == 0)
                return text;
        }
    }
    return NULL;
}

static int
refuse_tag(const struct json *values, const char *part, struct err *err)
{
    const char *near = part == NULL ? NULL : near_tag(values, part), *first;
    if (near != NULL)
        return err_set(err, ERR_SYNTAX, "it has no service tag '%.60s'; the nearest is '%.100s'", part, near);
    if (!json_get_text(json_member(json_first(values), "name", NULL), &first))
        return err_set(err, ERR_SYNTAX, "its first service tag has no name");
    if (part != NULL)
        return err_set(err, ERR_SYNTAX, "it has no service tag '%.60s'; the first is '%.100s'", part, first);
    return err_set(err, ERR_SYNTAX,
                   "it is a document of service tags; name one of them, as in VERB:FILE#AzureActiveDirectory");
}

static int
read_prefixes(struct list *list, const struct json *prefixes, struct err *err)
{
    for (const struct json *at = json_first(prefixes); at != NULL; at = json_next(at)) {
        struct piece prefix;
        if (!json_get_text(at, &prefix.text))
            return err_set(err, ERR_SYNTAX, "the service tag '%.100s' has a prefix that is not text", list->part);
        prefix.len = strlen(prefix.text);
        if (!piece_is_address(&prefix))
            return err_set(err, ERR_SYNTAX, "the service tag '%.100s' has '%.60s', which is no prefix", list->part,
                           prefix.text);
        if (list_add(list, &prefix, err) != 0)
            return -1;
    }
    return 0;
}

static int
read_root(struct list *list, const struct json *root, struct err *err)
{
    const struct json *values = json_member(root, "values", NULL);
    if (!json_is_array(values) || json_first(values) == NULL)
        return err_set(err, ERR_SYNTAX, "it has no service tags: 'values' is missing or empty");
    const struct json *tag = list->part == NULL ? NULL : find_tag(values, list->part);
    if (tag == NULL)
        return refuse_tag(values, list->part, err);
    const struct json *prefixes = prefixes_of(tag);
    if (!json_is_array(prefixes) || json_first(prefixes) == NULL)
        return err_set(err, ERR_SYNTAX, "the service tag '%.100s' has no prefixes", list->part);
    return read_prefixes(list, prefixes, err);
}

int
list_read_tags(struct list *list, const char *bytes, size_t len, struct err *err)
{
    struct json *root;
    if (json_parse(&root, bytes, len, err) != 0)
        return -1;
    int result = read_root(list, root, err);
    json_free(root);
    return result;
}

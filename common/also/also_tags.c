// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * also_tags.c - reads the JSON of Azure's service tags. Part of also.h.
 *
 * Only the name of a tag and its prefixes must be there; unknown members are ignored. The file for download and the
 * answer of the service tag API have the same shape.
 */
#include <string.h>

#include "also_build.h"
#include "base/err.h"
#include "base/json.h"

/* A member that is text; empty if it is absent. NULL, with the error, if it is something else. */
static const char *
get_text(struct also *also, const struct json *object, const char *name, struct err *err)
{
    const struct json *member = json_member(object, name, NULL);
    const char *text = "";
    if (member != NULL && !json_get_text(member, &text)) {
        err_set(err, ERR_SYNTAX, "'%s' is not text", name);
        return NULL;
    }
    return also_text(also, text, strlen(text), err);
}

static const struct also_owner *
read_owner(struct also *also, const char *file, const struct json *value, const struct json *properties,
           struct err *err)
{
    struct also_owner owner = {.kind = ALSO_TAGS, .file = file};
    if ((owner.name = get_text(also, value, "name", err)) == NULL ||
        (owner.platform = get_text(also, properties, "platform", err)) == NULL ||
        (owner.region = get_text(also, properties, "region", err)) == NULL ||
        (owner.service = get_text(also, properties, "systemService", err)) == NULL)
        return NULL;
    if (owner.name[0] != '\0')
        return also_owner(also, &owner, err);
    err_set(err, ERR_SYNTAX, "it has no 'name'");
    return NULL;
}

static int
read_tag(struct also *also, const char *file, const struct json *value, struct err *err)
{
    const struct json *properties = json_member(value, "properties", NULL);
    const struct json *rows = json_member(properties, "addressPrefixes", NULL);
    if (!json_is_array(rows))
        return err_set(err, ERR_SYNTAX, "it has no 'addressPrefixes'; is this a list of service tags?");
    const struct also_owner *owner = read_owner(also, file, value, properties, err);
    if (owner == NULL)
        return -1;
    size_t index = 0;
    for (const struct json *row = json_first(rows); row != NULL; row = json_next(row), index++) {
        const char *text;
        if (!json_get_text(row, &text))
            return err_set(err, ERR_SYNTAX, "'%s', addressPrefixes[%zu] is not text", owner->name, index);
        if (also_add(also, owner, text, strlen(text), err) != 0)
            return err_add(err, "'%s', addressPrefixes[%zu]", owner->name, index);
    }
    return 0;
}

int
also_read_tags(struct also *also, const char *file, const char *bytes, size_t len, struct err *err)
{
    struct json *root;
    if (json_parse(&root, bytes, len, err) != 0)
        return -1;
    const struct json *values = json_member(root, "values", NULL);
    int result = json_is_array(values) ? 0
                                       : err_set(err, ERR_SYNTAX,
                                                 "it has no 'values'; a list of service tags is wanted, such as "
                                                 "ServiceTags_Public.json");
    size_t index = 0;
    const struct json *value = result == 0 ? json_first(values) : NULL;
    for (; value != NULL && result == 0; value = json_next(value), index++) {
        result = read_tag(also, file, value, err);
        if (result != 0)
            err_add(err, "values[%zu]", index);
    }
    json_free(root);
    return result;
}

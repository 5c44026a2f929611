// SPDX-License-Identifier: GPL-2.0-or-later
/* policy.c - see policy.h. */
#include "policy.h"

#include <string.h>

#include "base/err.h"
#include "name/host.h"
#include "name/verb.h"
#include "table.h"

int
policy_parse_precedence(bool *ret_highest, const char *text, struct err *err)
{
    bool highest = strcmp(text, "highest") == 0;
    if (!highest && strcmp(text, "specific") != 0)
        return err_set(err, ERR_USAGE, "unknown precedence '%s'; it is 'specific' or 'highest'", text);
    *ret_highest = highest;
    return 0;
}

int
policy_parse_bypass(uint32_t *ret, const char *text, struct err *err)
{
    uint32_t bits = 0;
    for (const char *at = text;;) {
        size_t len = strcspn(at, ",");
        enum verb verb;
        if (!verb_parse_category(&verb, at, len))
            return err_set(err, ERR_USAGE, "unknown category '%.*s'; the list is of " VERB_CATEGORY_WORDS, (int)len,
                           at);
        bits |= 1u << verb;
        if (at[len] == '\0')
            break;
        at += len + 1;
    }
    *ret = bits;
    return 0;
}

int
policy_parse_tenant(char ret[TENANT_MAX + 1], const char *text, struct err *err)
{
    size_t len = strlen(text);
    bool good = len > 0 && len <= TENANT_MAX;
    char lower[TENANT_MAX + 1] = "";
    for (size_t i = 0; good && i < len; i++) {
        unsigned char value = host_byte[(unsigned char)text[i]];
        good = value != 0 && value != '_';
        lower[i] = (char)value;
    }
    if (!good)
        return err_set(err, ERR_USAGE, "'%s' is not a tenant name; write 'contoso' for contoso.sharepoint.com", text);
    memcpy(ret, lower, len + 1);
    return 0;
}

int
policy_parse_label(const char *text, struct err *err)
{
    if (table_is_label(text, strlen(text)))
        return 0;
    return err_set(err, ERR_USAGE, "'%s' is not a label of 1 to %d letters, digits, '.', '-' or '_'", text,
                   TABLE_WORD_MAX);
}

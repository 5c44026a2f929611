// SPDX-License-Identifier: GPL-2.0-or-later
/* export_wish.c - the options of an export. Part of export.h. */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "cloud/area.h"
#include "export_build.h"
#include "name/ports.h"
#include "name/verb.h"
#include "table/policy.h"

static const struct {
    const char *name;
    bool takes_value;
} options[EXPORT_OPTION_COUNT] = {
#define OPTION(id, name, value, help) {name, (const char *)(value) != NULL},
    EXPORT_OPTIONS(OPTION)
#undef OPTION
};

enum export_option
export_option_find(const char *name)
{
    unsigned i = 0;
    while (i < EXPORT_OPTION_COUNT && strcmp(options[i].name, name) != 0)
        i++;
    return (enum export_option)i;
}

bool
export_option_takes_value(enum export_option option)
{
    return option < EXPORT_OPTION_COUNT && options[option].takes_value;
}

void
export_wish_init(struct export_wish *ret, const struct exporter *format)
{
    bool typed = (format->takes & EXPORT_BIT(TYPE)) != 0;
    *ret = (struct export_wish){.format = format, .type = typed ? 1 : 0};
}

static int
parse_port(uint16_t *ret, enum export_option option, const char *value, struct err *err)
{
    if (port_parse(ret, value, strlen(value)))
        return 0;
    return err_set(err, ERR_USAGE, "'--%s %s': not a port; write a number from 1 to 65535", options[option].name,
                   value);
}

static int
parse_areas(struct export_wish *wish, const char *value, struct err *err)
{
    for (const char *at = value; *at != '\0';) {
        size_t len = strcspn(at, ",");
        if (len == 0 || len >= sizeof wish->areas[0] || !table_is_label(at, len))
            return err_set(err, ERR_USAGE, "'--area %s': write service areas separated by commas, as in Exchange,Teams",
                           value);
        if (wish->area_count == EXPORT_AREAS_MAX)
            return err_set(err, ERR_USAGE, "'--area %s': more than %d service areas", value, EXPORT_AREAS_MAX);
        const char *published = area_published(at, len);
        snprintf(wish->areas[wish->area_count++], sizeof wish->areas[0], "%.*s",
                 published != NULL ? (int)strlen(published) : (int)len, published != NULL ? published : at);
        at += len + (at[len] == ',');
    }
    return 0;
}

/* Texts stand between double quotes in a PAC file and are printed in comments. */
static int
check_text(enum export_option option, const char *value, struct err *err)
{
    size_t len = strlen(value);
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)value[i] < ' ' || (unsigned char)value[i] >= 0x7f || strchr("\"\\<>", value[i]) != NULL)
            return err_set(err, ERR_USAGE, "'--%s %s': write plain ASCII without quotes, '\\', '<' and '>'",
                           options[option].name, value);
    }
    if (len == 0 || len >= EXPORT_WORD_MAX)
        return err_set(err, ERR_USAGE, "'--%s' needs 1 to %d characters", options[option].name, EXPORT_WORD_MAX - 1);
    return 0;
}

/* One answer of a PAC file, as browsers know them: `DIRECT`, or a kind of proxy with HOST:PORT. */
static bool
is_answer(const char *text, size_t len)
{
    static const char *const kinds[] = {"PROXY ", "HTTP ", "HTTPS ", "SOCKS ", "SOCKS4 ", "SOCKS5 "};
    while (len > 0 && text[len - 1] == ' ')
        len--;
    for (; len > 0 && text[0] == ' '; len--)
        text++;
    if (len == 6 && memcmp(text, "DIRECT", 6) == 0)
        return true;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        size_t kind = strlen(kinds[i]);
        const char *colon = len > kind && memcmp(text, kinds[i], kind) == 0 ? memrchr(text, ':', len) : NULL;
        uint16_t port;
        if (colon != NULL && colon > text + kind && port_parse(&port, colon + 1, (size_t)(text + len - colon - 1)))
            return memchr(text + kind, ' ', len - kind) == NULL;
    }
    return false;
}

static int
check_answers(enum export_option option, const char *value, struct err *err)
{
    for (const char *at = value;;) {
        size_t len = strcspn(at, ";");
        if (!is_answer(at, len))
            return err_set(
                err, ERR_USAGE,
                "'--%s %s': no browser understands that; write DIRECT, or PROXY, HTTPS, SOCKS or SOCKS5 with "
                "HOST:PORT, and ';' between several",
                options[option].name, value);
        if (at[len] == '\0')
            return 0;
        at += len + 1;
    }
}

/* What sets, lists and tables can be called in every format: ipset allows 31 bytes in all. */
static int
check_name(const char *value, struct err *err)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    size_t len = strlen(value);
    if (len == 0 || len > 12 || strspn(value, allowed) != len || strchr("0123456789_", value[0]) != NULL)
        return err_set(err, ERR_USAGE, "'--name %s': write 1 to 12 letters, digits and '_', a letter first", value);
    return 0;
}

static int
set_text(const char **ret, enum export_option option, const char *value, struct err *err)
{
    *ret = value;
    if (option == EXPORT_NAME)
        return check_name(value, err);
    if (check_text(option, value, err) != 0)
        return -1;
    return option == EXPORT_SUPERNETS ? 0 : check_answers(option, value, err);
}

static int
parse_type(struct export_wish *wish, const char *value, struct err *err)
{
    if (strlen(value) != 1 || strchr("123", value[0]) == NULL)
        return err_set(err, ERR_USAGE, "'--type %s': write 1, 2 or 3", value);
    wish->type = (unsigned)(value[0] - '0');
    return 0;
}

static int
set_value(struct export_wish *wish, enum export_option option, const char *value, struct err *err)
{
    switch (option) {
    case EXPORT_CATEGORY: return policy_parse_bypass(&wish->categories, value, err);
    case EXPORT_AREA: return parse_areas(wish, value, err);
    case EXPORT_TCP: return parse_port(&wish->tcp, option, value, err);
    case EXPORT_UDP: return parse_port(&wish->udp, option, value, err);
    case EXPORT_TYPE: return parse_type(wish, value, err);
    case EXPORT_NAME: return set_text(&wish->name, option, value, err);
    case EXPORT_DIRECT: return set_text(&wish->direct, option, value, err);
    case EXPORT_PROXY: return set_text(&wish->proxy, option, value, err);
    case EXPORT_SUPERNETS: return set_text(&wish->supernets, option, value, err);
    default: return 0;
    }
}

int
export_wish_set(struct export_wish *wish, enum export_option option, const char *value, struct err *err)
{
    if ((wish->format->takes & UINT64_C(1) << option) == 0)
        return err_set(err, ERR_USAGE, "'--%s' means nothing in the format %s; leave it out", options[option].name,
                       wish->format->name);
    if ((wish->given & 1u << option) != 0)
        return err_set(err, ERR_USAGE, "'--%s' is given twice", options[option].name);
    if (options[option].takes_value && value == NULL)
        return err_set(err, ERR_USAGE, "'--%s' needs a value", options[option].name);
    if (set_value(wish, option, value, err) != 0)
        return -1;
    wish->given |= 1u << option;
    return 0;
}

int
export_wish_check(const struct export_wish *wish, struct err *err)
{
    bool has_proxy = (wish->given & 1u << EXPORT_PROXY) != 0;
    if ((wish->given & 1u << EXPORT_REQUIRED) != 0 && (wish->given & 1u << EXPORT_OPTIONAL) != 0)
        return err_set(err, ERR_USAGE, "'--required' and '--optional' leave nothing; choose one, or neither");
    if ((wish->format->takes & EXPORT_BIT(PROXY)) != 0 && !has_proxy)
        return err_set(err, ERR_USAGE, "the format %s needs your proxy: add --proxy 'PROXY proxy.example:3128'",
                       wish->format->name);
    return 0;
}

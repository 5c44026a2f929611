// SPDX-License-Identifier: GPL-2.0-or-later
/* squidconf_fix.c - what FORMAT and -F should be, and the corrected line of an external_acl_type. */
#include <string.h>

#include "buf.h"
#include "squidconf_model.h"

#define TTL_GOOD_MAX 300 /* seconds; an updated table is seen at the latest after so long */

bool
squidconf_is_token(const char *word, enum squid_field field, enum squidconf_version version)
{
    static const char *const dst[] = {"%>rd", "%#>rd", "%DST", "%#DST", NULL};
    static const char *const sni[] = {"%#ssl::>sni", "%#tls::>sni", "%ssl::>sni", "%tls::>sni", NULL};
    static const char *const la[] = {"%>la", "%#>la", NULL}, *const old_la[] = {"%la", "%MYADDR", NULL};
    static const char *const port[] = {"%>rP", "%#>rP", "%PORT", "%#PORT", NULL};
    switch (field) {
    case SQUID_DST: return squidconf_one_of(word, dst);
    case SQUID_SNI: return squidconf_one_of(word, sni);
    case SQUID_LA: return squidconf_one_of(word, version == SQUIDCONF_3_5 ? old_la : la);
    case SQUID_PORT: return squidconf_one_of(word, port);
    case SQUID_IGNORE: break;
    }
    return false;
}

bool
squidconf_is_raw_sni(const char *word)
{
    const char *sni = strstr(word, "ssl::>sni");
    if (sni == NULL)
        sni = strstr(word, "tls::>sni");
    const char *percent = sni;
    while (percent != NULL && percent > word && *percent != '%')
        percent--;
    return sni != NULL && *percent == '%' && memchr(percent, '#', (size_t)(sni - percent)) == NULL;
}

size_t
squidconf_token(const struct squidconf *conf, const struct squidconf_type *type, enum squid_field field)
{
    for (size_t i = type->format; i < type->command; i++) {
        if (squidconf_is_token(type->line->words[i], field, conf->about->version))
            return i;
    }
    return 0;
}

bool
squidconf_is_later(const char *word)
{
    static const char *const later[] = {"%>la", "%>rP", "%>lp", NULL};
    return squidconf_one_of(word, later) || strncmp(word, "%#", 2) == 0 || strncmp(word, "queue-size=", 11) == 0;
}

static bool
has_field(const struct squidconf_type *type, enum squid_field field)
{
    for (size_t i = 0; i < type->fields.count; i++) {
        if (type->fields.field[i] == field)
            return true;
    }
    return false;
}

bool
squidconf_wants_la(const struct squidconf *conf, const struct squidconf_type *type)
{
    if (conf->intercepting != conf->forwarding)
        return conf->intercepting;
    return squidconf_token(conf, type, SQUID_LA) != 0 || has_field(type, SQUID_LA);
}

bool
squidconf_format_ok(const struct squidconf *conf, const struct squidconf_type *type)
{
    size_t tokens = type->command - type->format;
    if (!type->fields_ok || type->fields.count > tokens)
        return false;
    for (size_t i = 0; i < tokens; i++) {
        const char *word = type->line->words[type->format + i];
        if (conf->about->version == SQUIDCONF_3_5 && squidconf_is_later(word))
            return false;
        if (squidconf_is_raw_sni(word) || strcmp(word, "%LOGIN") == 0 || strcmp(word, "%ul") == 0)
            return false;
        bool named = i < type->fields.count && type->fields.field[i] != SQUID_IGNORE;
        if (named && !squidconf_is_token(word, (enum squid_field)type->fields.field[i], conf->about->version))
            return false;
    }
    return squidconf_wants_la(conf, type) == has_field(type, SQUID_LA);
}

static void
add_word(struct buf *ret, const char *word)
{
    bool quoted = word[0] == '\0' || strpbrk(word, " \t#") != NULL;
    if (ret->len > 0 && ret->data[ret->len - 1] != ' ' && ret->data[ret->len - 1] != '\n')
        buf_add_char(ret, ' ');
    if (quoted && word[0] != '%')
        buf_add_char(ret, '"');
    buf_add_text(ret, word);
    if (quoted && word[0] != '%')
        buf_add_char(ret, '"');
}

void
squidconf_add_line(struct buf *ret, const struct squidconf_line *line, size_t index, const char *word)
{
    buf_add_text(ret, "    ");
    for (size_t i = 0; i < line->count; i++)
        add_word(ret, i == index ? word : line->words[i]);
    buf_add_char(ret, '\n');
}

static bool
starts(const char *word, const char *with)
{
    return strncmp(word, with, strlen(with)) == 0;
}

static void
add_options(struct buf *ret, const struct squidconf *conf, const struct squidconf_type *type)
{
    unsigned most = squidconf_concurrency_max(conf->about->version);
    bool good = type->concurrency > 0 && type->concurrency <= (long)most;
    bool children = false;
    buf_add_fmt(ret, " ttl=%ld", type->ttl >= 0 && type->ttl <= TTL_GOOD_MAX ? type->ttl : 60);
    buf_add_fmt(ret, " negative_ttl=%ld",
                type->negative_ttl >= 0 && type->negative_ttl <= TTL_GOOD_MAX ? type->negative_ttl : 60);
    for (size_t i = 2; i < type->format; i++) {
        const char *word = type->line->words[i];
        children = children || starts(word, "children");
        if (!starts(word, "ttl=") && !starts(word, "negative_ttl=") && !starts(word, "concurrency=") &&
            !starts(word, "queue-size="))
            add_word(ret, word);
    }
    if (!children)
        buf_add_text(ret, " children-max=2 children-startup=1");
    buf_add_fmt(ret, " concurrency=%ld", good ? type->concurrency : 100);
    if (conf->about->version != SQUIDCONF_3_5)
        buf_add_fmt(ret, " queue-size=%ld", type->queue_size >= 100 ? type->queue_size : 4096);
}

static void
add_format(struct buf *ret, const struct squidconf *conf, const struct squidconf_type *type)
{
    bool la = squidconf_wants_la(conf, type);
    if (conf->about->version == SQUIDCONF_3_5)
        buf_add_text(ret, la ? " %DST %MYADDR %PORT" : " %DST %PORT");
    else
        buf_add_text(ret, la ? " %>rd %#ssl::>sni %>la %>rP" : " %>rd %#ssl::>sni %>rP");
}

/* The words of the command without -F, -c and -C, and with the -F that the standard FORMAT needs. */
static void
add_command(struct buf *ret, const struct squidconf *conf, const struct squidconf_type *type, bool standard)
{
    for (size_t i = type->command; i < type->line->count; i++) {
        const char *word = type->line->words[i];
        bool fields = i > type->helper && starts(word, "-F");
        if (i > type->helper && strcmp(word, "-C") == 0)
            continue;
        if (standard && fields) {
            i += word[2] == '\0';
            continue;
        }
        add_word(ret, word);
    }
    bool la = squidconf_wants_la(conf, type);
    if (standard && conf->about->version == SQUIDCONF_3_5)
        buf_add_text(ret, la ? " -F dst,la,port" : " -F dst,port");
    else if (standard && la)
        buf_add_text(ret, " -F dst,sni,la,port");
}

void
squidconf_fix_type(struct buf *ret, const struct squidconf *conf, const struct squidconf_type *type)
{
    bool standard = !squidconf_format_ok(conf, type);
    buf_add_fmt(ret, "    external_acl_type %.200s", type->name);
    add_options(ret, conf, type);
    if (standard)
        add_format(ret, conf, type);
    for (size_t i = type->format; !standard && i < type->command; i++)
        add_word(ret, type->line->words[i]);
    add_command(ret, conf, type, standard);
    buf_add_char(ret, '\n');
}

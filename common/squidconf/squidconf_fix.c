// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * squidconf_fix.c - what FORMAT and -F of an external_acl_type should be, and its corrected line. Part of
 * squidconf_model.h. Whether a line needs a correction is decided by squidconf_check_type.c.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "squidconf_check.h"
#include "squidconf_model.h"
#include "squidconf_wish.h"
#include "squidconf_words.h"

/* What a corrected line gets where the line has no good value of its own. */
#define TTL_GOOD 60
#define TYPE_BYTES_MAX 65536
#define CONCURRENCY_GOOD 100
#define QUEUE_GOOD 4096

static bool
has_field(const struct squidconf_type *type, enum squid_field field)
{
    for (size_t i = 0; i < type->fields.count; i++) {
        if (type->fields.field[i] == field)
            return true;
    }
    return false;
}

/* Whether the type should send the original destination. */
static bool
wants_la(const struct squidconf *conf, const struct squidconf_type *type)
{
    if (conf->intercepting != conf->forwarding)
        return conf->intercepting;
    return squidconf_token(conf, type, SQUID_LA) != 0 || has_field(type, SQUID_LA);
}

size_t
squidconf_surplus(const struct squidconf_type *type)
{
    for (size_t i = type->format + type->fields.count; type->fields_ok && i < type->command; i++) {
        if (strcmp(type->line->words[i], "%DATA") != 0)
            return i;
    }
    return 0;
}

/* True if execvp(), with which Squid starts helpers, finds the program in one of the usual folders. */
static bool
is_found(const char *program)
{
    static const char *const folders[] = {"/usr/local/sbin", "/usr/local/bin", "/usr/sbin",
                                          "/usr/bin",        "/sbin",          "/bin"};
    char path[PATH_MAX];
    for (size_t i = 0; i < sizeof folders / sizeof *folders && strchr(program, '/') == NULL; i++) {
        int len = snprintf(path, sizeof path, "%s/%s", folders[i], program);
        if (len > 0 && len < PATH_MAX && access(path, X_OK) == 0)
            return true;
    }
    return false;
}

bool
squidconf_is_hidden(const struct squidconf_type *type)
{
    const char *program = type->line->words[type->helper > type->command ? type->command : 0];
    return type->helper > type->command && program[0] != '/' && !is_found(program);
}

/* True if FORMAT and -F of the type are right. */
static bool
is_format_right(const struct squidconf *conf, const struct squidconf_type *type)
{
    size_t tokens = type->command - type->format;
    if (!type->fields_ok || type->fields.count > tokens || squidconf_surplus(type) != 0)
        return false;
    for (size_t i = 0; i < tokens; i++) {
        const char *word = type->line->words[type->format + i];
        if (conf->about->version == SQUIDCONF_3_5 && squidconf_is_later(word))
            return false;
        if (squidconf_raw_sni(word) != NULL || squidconf_is_login(word))
            return false;
        bool named = i < type->fields.count && type->fields.field[i] != SQUID_IGNORE;
        if (named && !squidconf_is_token(word, (enum squid_field)type->fields.field[i], conf->about->version))
            return false;
    }
    return wants_la(conf, type) == has_field(type, SQUID_LA);
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

void
squidconf_add_line_with(struct buf *ret, const struct squidconf_line *line, squidconf_instead *fn, void *arg)
{
    buf_add_text(ret, "    ");
    for (size_t i = 0; i < line->count; i++) {
        const char *word = fn(arg, line, i);
        add_word(ret, word == NULL ? line->words[i] : word);
    }
    buf_add_char(ret, '\n');
}

static bool
starts(const char *word, const char *with)
{
    return strncmp(word, with, strlen(with)) == 0;
}

static long
good_ttl(long ttl)
{
    return ttl >= 0 && ttl <= SQUIDCONF_TTL_MAX ? ttl : TTL_GOOD;
}

static void
add_options(struct buf *ret, const struct squidconf *conf, const struct squidconf_type *type)
{
    unsigned most = squidconf_concurrency_max(conf->about->version);
    bool good = type->concurrency > 0 && type->concurrency <= (long)most;
    bool children = false;
    buf_add_fmt(ret, " ttl=%ld", good_ttl(type->ttl));
    buf_add_fmt(ret, " negative_ttl=%ld", good_ttl(type->negative_ttl));
    for (size_t i = 2; i < type->format; i++) {
        const char *word = type->line->words[i];
        bool limit = starts(word, "children=") || starts(word, "children-max=");
        if (!squidconf_is_option(word) || (limit && type->children == 0))
            continue; /* Squid takes what is no option for the program */
        children = children || starts(word, "children");
        if (!starts(word, "ttl=") && !starts(word, "negative_ttl=") && !starts(word, "concurrency=") &&
            !starts(word, "queue-size="))
            add_word(ret, word);
    }
    if (type->children == 0)
        buf_add_text(ret, " children-max=2");
    else if (!children)
        buf_add_text(ret, " children-max=2 children-startup=1");
    buf_add_fmt(ret, " concurrency=%ld", good ? type->concurrency : CONCURRENCY_GOOD);
    if (conf->about->version != SQUIDCONF_3_5)
        buf_add_fmt(ret, " queue-size=%ld", type->queue_size >= SQUIDCONF_QUEUE_MIN ? type->queue_size : QUEUE_GOOD);
}

/* Appends the words of the command without -C, and without those that hide it. With the standard FORMAT, its -F
 * replaces the one of the line. */
static void
add_command(struct buf *ret, const struct squidconf *conf, const struct squidconf_type *type, bool standard)
{
    for (size_t i = squidconf_is_hidden(type) ? type->helper : type->command; i < type->line->count; i++) {
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
    if (standard)
        buf_add_text(ret, squidconf_fields(conf->about->version, wants_la(conf, type)));
}

void
squidconf_fix_type(struct buf *ret, const struct squidconf *conf, const struct squidconf_type *type)
{
    bool standard = !is_format_right(conf, type);
    buf_add_fmt(ret, "    external_acl_type %.200s", type->name);
    add_options(ret, conf, type);
    if (standard)
        buf_add_fmt(ret, " %s", squidconf_format(conf->about->version, wants_la(conf, type)));
    for (size_t i = type->format; !standard && i < type->command; i++)
        add_word(ret, type->line->words[i]);
    add_command(ret, conf, type, standard);
    buf_add_char(ret, '\n');
}

bool
squidconf_correct_type(struct buf *ret, const struct squidconf *conf, const char *file, unsigned number)
{
    static const char indent[] = "    ";
    for (size_t i = 0; i < conf->type_count; i++) {
        const struct squidconf_type *type = &conf->types[i];
        if (type->helper == 0 || type->line->number != number || strcmp(type->line->file, file) != 0)
            continue;
        struct buf line;
        buf_init(&line, TYPE_BYTES_MAX);
        squidconf_fix_type(&line, conf, type);
        size_t skip = sizeof indent - 1;
        if (buf_ok(&line) && line.len > skip)
            buf_add(ret, line.data + skip, line.len - skip - 1);
        ret->failed = ret->failed || !buf_ok(&line);
        buf_clear(&line);
        return true;
    }
    return false;
}

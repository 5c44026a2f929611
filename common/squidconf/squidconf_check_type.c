// SPDX-License-Identifier: GPL-2.0-or-later
/* squidconf_check_type.c - findings about external_acl_type, FORMAT and logs; see squidconf_check.c. */
#include <string.h>

#include "buf.h"
#include "squidconf_model.h"

#define TTL_MAX 300 /* seconds */
#define TTL_DEFAULT 3600
#define QUEUE_MIN 100

/* Ends the sentence, adds the corrected line. */
static void
found_type(struct squidconf *conf, const struct squidconf_type *type)
{
    buf_add_char(conf->scratch, '\n');
    squidconf_fix_type(conf->scratch, conf, type);
    squidconf_found(conf, type->line);
}

static bool
names_la(const struct squidconf_type *type)
{
    for (size_t i = 0; i < type->fields.count; i++) {
        if (type->fields.field[i] == SQUID_LA)
            return true;
    }
    return false;
}

static bool
has_la(const struct squidconf *conf, const struct squidconf_type *type)
{
    return squidconf_token(conf, type, SQUID_LA) != 0 || names_la(type);
}

void
squidconf_check_no_la(struct squidconf *conf)
{
    const struct squidconf_type *without = NULL;
    bool any = false;
    for (size_t i = 0; i < conf->type_count; i++) {
        const struct squidconf_type *type = &conf->types[i];
        if (type->helper == 0)
            continue;
        any = any || has_la(conf, type);
        without = without == NULL && !has_la(conf, type) ? type : without;
    }
    if (!conf->intercepting || without == NULL || (conf->forwarding && any))
        return;
    struct buf *say = squidconf_say(conf);
    buf_add_text(say, "a port intercepts, and the original destination (%>la) is not asked about: a client may put "
                      "Microsoft's name in front of any address");
    if (!conf->forwarding) {
        found_type(conf, without);
        return;
    }
    struct squidconf_type own = *without;
    struct squidconf only = {.about = conf->about, .intercepting = true};
    own.name = "m365i";
    buf_add_text(say, "; intercepting ports need a type of their own\n");
    squidconf_fix_type(say, &only, &own);
    buf_add_text(say, "    acl m365i external m365i\n");
    squidconf_found(conf, without->line);
}

static bool
has_needless_la(const struct squidconf *conf, const struct squidconf_type *type)
{
    return has_la(conf, type) && !conf->intercepting && conf->forwarding;
}

void
squidconf_check_la(struct squidconf *conf)
{
    for (size_t i = 0; i < conf->type_count; i++) {
        const struct squidconf_type *type = &conf->types[i];
        if (type->helper == 0 || !has_needless_la(conf, type))
            continue;
        buf_add_text(squidconf_say(conf),
                     "no port intercepts: %>la is then Squid's own address, which is in no list of "
                     "Microsoft's, and nothing is bypassed");
        found_type(conf, type);
    }
}

/* ---- the SNI ----------------------------------------------------------------------------------------------------- */

/* The same word with `#` behind its percent sign. */
static void
escape(char *ret, size_t room, const char *word)
{
    const char *sni = strstr(word, "ssl::>sni");
    if (sni == NULL)
        sni = strstr(word, "tls::>sni");
    const char *percent = sni;
    while (percent > word && *percent != '%')
        percent--;
    size_t len = (size_t)(percent - word) + 1, tail = strlen(percent + 1);
    const char *rest = percent + 1 + (strchr("\"'[/", percent[1]) != NULL && percent[1] != '\0');
    if (len + tail + 2 > room)
        len = 0;
    memcpy(ret, word, len);
    ret[len] = '#';
    memcpy(ret + len + 1, len == 0 ? "" : rest, len == 0 ? 1 : strlen(rest) + 1);
}

static size_t
find_raw(const struct squidconf_line *line, size_t from, size_t to, bool log)
{
    for (size_t i = from; i < to; i++) {
        const char *word = line->words[i];
        bool quoted = log && (strstr(word, "%\"ssl::>sni") != NULL || strstr(word, "%\"tls::>sni") != NULL);
        if (squidconf_is_raw_sni(word) && !quoted)
            return i;
    }
    return 0;
}

static void
check_raw_line(struct squidconf *conf, const struct squidconf_line *line)
{
    static const char *const others[] = {"url_rewrite_extras", "store_id_extras", NULL};
    bool log = squidconf_is(line, "logformat");
    if (!log && !squidconf_one_of(line->words[0], others))
        return;
    size_t word = find_raw(line, 1, line->count, log);
    if (word == 0)
        return;
    char fixed[1024];
    struct buf *say = squidconf_say(conf);
    escape(fixed, sizeof fixed, line->words[word]);
    buf_add_fmt(say,
                "%%ssl::>sni without # writes what the client sent as it is: a line end in it is a line of its own "
                "making %s\n",
                log ? "in the log" : "for the helper");
    squidconf_add_line(say, line, word, fixed);
    squidconf_found(conf, line);
}

void
squidconf_check_raw_sni(struct squidconf *conf)
{
    for (size_t i = 0; i < conf->type_count; i++) {
        const struct squidconf_type *type = &conf->types[i];
        size_t word = find_raw(type->line, type->format, type->command, false);
        if (word == 0)
            continue;
        char fixed[1024];
        struct buf *say = squidconf_say(conf);
        buf_add_text(say, "%ssl::>sni without # hands the helper what the client sent as it is: a line end in it is a "
                          "request of its own making, and with it a bypass for another connection");
        if (conf->about->version == SQUIDCONF_3_5)
            buf_add_text(say, "; Squid 3.5 escapes it, but knows no #, and the line outlives an upgrade: leave it out");
        if (type->helper != 0) {
            found_type(conf, type);
            continue;
        }
        escape(fixed, sizeof fixed, type->line->words[word]);
        buf_add_char(say, '\n');
        squidconf_add_line(say, type->line, word, fixed);
        squidconf_found(conf, type->line);
    }
    for (size_t i = 0; i < conf->line_count && conf->about->version != SQUIDCONF_3_5; i++)
        check_raw_line(conf, &conf->lines[i]);
}

/* ---- FORMAT ------------------------------------------------------------------------------------------------------ */

void
squidconf_check_sni_only(struct squidconf *conf)
{
    for (size_t i = 0; i < conf->type_count; i++) {
        const struct squidconf_type *type = &conf->types[i];
        if (type->helper == 0 || squidconf_token(conf, type, SQUID_DST) != 0)
            continue;
        buf_add_text(squidconf_say(conf),
                     "FORMAT does not send the destination (%>rd): what is left is the client's word, "
                     "and a client that writes Microsoft's name is bypassed to any host");
        found_type(conf, type);
    }
}

static const char *
field_name(enum squid_field field)
{
    static const char *const names[] = {"dst", "sni", "la", "port", "ignore"};
    return names[field];
}

/* The first token that is not what -F calls it; the number of tokens if there are too few; SIZE_MAX if all are. */
static size_t
wrong_token(const struct squidconf *conf, const struct squidconf_type *type)
{
    for (size_t i = 0; i < type->fields.count; i++) {
        enum squid_field field = (enum squid_field)type->fields.field[i];
        if (type->format + i >= type->command)
            return i;
        const char *word = type->line->words[type->format + i];
        if (field != SQUID_IGNORE && !squidconf_is_token(word, field, conf->about->version) &&
            !(field == SQUID_SNI && squidconf_is_raw_sni(word)))
            return i;
    }
    return SIZE_MAX;
}

void
squidconf_check_fields(struct squidconf *conf)
{
    for (size_t i = 0; i < conf->type_count; i++) {
        const struct squidconf_type *type = &conf->types[i];
        size_t wrong = type->fields_ok ? wrong_token(conf, type) : SIZE_MAX;
        bool said = squidconf_token(conf, type, SQUID_DST) == 0 || has_needless_la(conf, type);
        if (type->helper == 0 || (type->fields_ok && wrong == SIZE_MAX) || said)
            continue;
        struct buf *say = squidconf_say(conf);
        if (!type->fields_ok)
            buf_add_text(say, "the helper does not know these words of -F and ends at once");
        else if (type->format + wrong >= type->command)
            buf_add_fmt(say, "FORMAT sends %zu tokens and the helper expects %u: every answer is bad-line",
                        type->command - type->format, type->fields.count);
        else
            buf_add_fmt(say, "the helper takes '%.100s' for %s: FORMAT and -F differ",
                        type->line->words[type->format + wrong],
                        field_name((enum squid_field)type->fields.field[wrong]));
        found_type(conf, type);
    }
}

void
squidconf_check_login(struct squidconf *conf)
{
    static const char *const tokens[] = {"%LOGIN", "%ul", "%#ul", "%#LOGIN", NULL};
    for (size_t i = 0; i < conf->type_count; i++) {
        const struct squidconf_type *type = &conf->types[i];
        for (size_t w = type->format; w < type->command && type->helper != 0; w++) {
            if (!squidconf_one_of(type->line->words[w], tokens))
                continue;
            buf_add_fmt(squidconf_say(conf),
                        "%s in FORMAT asks for a password before the helper is asked; %%un would not, but "
                        "makes every user a question of his own",
                        type->line->words[w]);
            found_type(conf, type);
            break;
        }
    }
}

/* ---- options ----------------------------------------------------------------------------------------------------- */

void
squidconf_check_ttl(struct squidconf *conf)
{
    for (size_t i = 0; i < conf->type_count; i++) {
        const struct squidconf_type *type = &conf->types[i];
        long ttl = type->ttl < 0 ? TTL_DEFAULT : type->ttl;
        long negative = type->negative_ttl < 0 ? ttl : type->negative_ttl;
        if (type->helper == 0 || (ttl <= TTL_MAX && negative <= TTL_MAX))
            continue;
        bool first = ttl > TTL_MAX;
        buf_add_fmt(squidconf_say(conf), "%s %s %ld seconds: so long Squid keeps old answers when the table is updated",
                    first ? "ttl" : "negative_ttl",
                    (first ? type->ttl : type->negative_ttl) < 0 ? "is by default" : "is", first ? ttl : negative);
        found_type(conf, type);
    }
}

void
squidconf_check_queue(struct squidconf *conf)
{
    for (size_t i = 0; i < conf->type_count && conf->about->version != SQUIDCONF_3_5; i++) {
        const struct squidconf_type *type = &conf->types[i];
        if (type->helper == 0 || type->queue_size >= QUEUE_MIN)
            continue;
        struct buf *say = squidconf_say(conf);
        buf_add_text(say, type->queue_size < 0 ? "queue-size is by default 2 x children-max" : "queue-size is small");
        buf_add_text(say, ": when it is full, http_access denies and ssl_bump splices everything");
        found_type(conf, type);
    }
}

void
squidconf_check_concurrency(struct squidconf *conf)
{
    unsigned most = squidconf_concurrency_max(conf->about->version);
    for (size_t i = 0; i < conf->type_count; i++) {
        const struct squidconf_type *type = &conf->types[i];
        if (type->helper == 0 || (type->concurrency > 0 && type->concurrency <= (long)most))
            continue;
        struct buf *say = squidconf_say(conf);
        if (type->concurrency <= 0)
            buf_add_text(say, "without concurrency= each helper process takes one question at a time");
        else
            buf_add_fmt(
                say,
                "concurrency=%ld x %d bytes of reply is more than the %u KB that Squid reads at once, and a reply "
                "cut there is lost: its client hangs; at most %u",
                type->concurrency, SQUID_REPLY_MAX, most * SQUID_REPLY_MAX > 65536 ? 128U : 32U, most);
        found_type(conf, type);
    }
}

void
squidconf_check_channel(struct squidconf *conf)
{
    for (size_t i = 0; i < conf->type_count; i++) {
        const struct squidconf_type *type = &conf->types[i];
        if (type->helper == 0)
            continue;
        bool with = squidconf_argument(type->line, type->helper, 'c', 0) != NULL;
        bool without = squidconf_argument(type->line, type->helper, 'C', 0) != NULL;
        if (!(without && type->concurrency > 0) && !(with && type->concurrency <= 0))
            continue;
        buf_add_text(squidconf_say(conf), without
                                              ? "-C says that no channel-ID comes, and concurrency sends one: a reply "
                                                "without it ends Squid's worker"
                                              : "-c says that a channel-ID comes, and without concurrency none does");
        found_type(conf, type);
    }
}

void
squidconf_check_extras(struct squidconf *conf)
{
    const struct squidconf_line *program = NULL, *extras = NULL;
    for (size_t i = 0; i < conf->line_count; i++) {
        const struct squidconf_line *line = &conf->lines[i];
        if (squidconf_is(line, "url_rewrite_program") && line->count > 1 &&
            strstr(line->words[1], "url_m365_rewrite") != NULL)
            program = line;
        if (squidconf_is(line, "url_rewrite_extras"))
            extras = line;
    }
    if (program == NULL || (extras != NULL && extras->count > 1 && strstr(extras->words[1], "%>A") == NULL))
        return;
    buf_add_text(squidconf_say(conf),
                 extras == NULL ? "url_rewrite_extras has %>A by default" : "url_rewrite_extras has %>A");
    buf_add_text(conf->scratch,
                 ": Squid looks up the name of every client in DNS first\n    url_rewrite_extras \"%>rm");
    buf_add_text(conf->scratch, conf->about->version == SQUIDCONF_3_5 ? "\"\n" : " sni=%#ssl::>sni\"\n");
    squidconf_found(conf, extras != NULL ? extras : program);
}

void
squidconf_check_version(struct squidconf *conf)
{
    for (size_t i = 0; i < conf->type_count && conf->about->version == SQUIDCONF_3_5; i++) {
        const struct squidconf_type *type = &conf->types[i];
        for (size_t w = 2; w < type->command && type->helper != 0; w++) {
            if (!squidconf_is_later(type->line->words[w]))
                continue;
            buf_add_fmt(squidconf_say(conf), "Squid 3.5 does not know '%.100s' and does not start",
                        type->line->words[w]);
            found_type(conf, type);
            break;
        }
    }
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * squidconf_check_type.c - findings about external_acl_type, its FORMAT, and an unescaped SNI in logs. Part of
 * squidconf_model.h; squidconf_check.c calls the checks.
 *
 * The corrected line is written by squidconf_fix.c. Where ACLs are used is checked by squidconf_check_rules.c.
 */
#include <string.h>

#include "base/buf.h"
#include "squidconf_check.h"
#include "squidconf_model.h"
#include "squidconf_words.h"

#define TTL_DEFAULT 3600 /* seconds; Squid's */

/* Ends a finding: ends its sentence and adds the corrected line. */
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
    buf_add_text(say, "a port intercepts, but FORMAT lacks the original destination (%>la): a client that sends "
                      "Microsoft's name can reach any address");
    if (!conf->forwarding) {
        found_type(conf, without);
        return;
    }
    struct squidconf_type own = *without;
    struct squidconf only = {.about = conf->about, .intercepting = true};
    own.name = "m365i";
    buf_add_text(say, "; intercepting ports need an external_acl_type of their own\n");
    squidconf_fix_type(say, &only, &own);
    buf_add_text(say, "    acl m365i external m365i\n");
    squidconf_found(conf, without->line);
}

static bool
has_needless_la(const struct squidconf *conf, const struct squidconf_type *type)
{
    return squidconf_token(conf, type, SQUID_LA) != 0 && !conf->intercepting && conf->forwarding;
}

void
squidconf_check_la(struct squidconf *conf)
{
    for (size_t i = 0; i < conf->type_count; i++) {
        const struct squidconf_type *type = &conf->types[i];
        if (type->helper == 0 || !has_needless_la(conf, type))
            continue;
        buf_add_text(squidconf_say(conf), "no port intercepts, so %>la is Squid's own address: it is not Microsoft's, "
                                          "and nothing is bypassed; leave %>la out");
        found_type(conf, type);
    }
}

/* ---- the SNI ----------------------------------------------------------------------------------------------------- */

/* Copies a word with a raw SNI, with `#` after its percent sign. */
static void
escape(char *ret, size_t room, const char *word)
{
    const char *percent = squidconf_raw_sni(word);
    size_t len = (size_t)(percent - word) + 1, tail = strlen(percent + 1);
    const char *rest = percent + 1 + (strchr("\"'[/", percent[1]) != NULL && percent[1] != '\0');
    if (len + tail + 2 > room)
        len = 0;
    memcpy(ret, word, len);
    ret[len] = '#';
    memcpy(ret + len + 1, len == 0 ? "" : rest, len == 0 ? 1 : strlen(rest) + 1);
}

/* The index of the first word with a raw SNI, or 0. In a log, quoting it is as good as escaping. */
static size_t
find_raw(const struct squidconf_line *line, size_t from, size_t to, bool log)
{
    for (size_t i = from; i < to; i++) {
        const char *word = line->words[i];
        bool quoted = log && (strstr(word, "%\"ssl::>sni") != NULL || strstr(word, "%\"tls::>sni") != NULL);
        if (squidconf_raw_sni(word) != NULL && !quoted)
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
                "%%ssl::>sni without # is not escaped: a client that sends a line end in it forges %s; add the #\n",
                log ? "a log line" : "a query to the helper");
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
        buf_add_text(say, "%ssl::>sni without # is not escaped: a client that sends a line end in it forges a query, "
                          "and with it a bypass for another connection");
        buf_add_text(say, conf->about->version == SQUIDCONF_3_5
                              ? "; Squid 3.5 does escape it, but the line would survive an upgrade: leave it out"
                              : "; add the #");
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
                     "FORMAT lacks the destination (%>rd): a client that sends Microsoft's name as "
                     "SNI is bypassed to any host");
        found_type(conf, type);
    }
}

/* The index of the first token that is not what -F calls it, or that is missing. SIZE_MAX: all are right. */
static size_t
wrong_token(const struct squidconf *conf, const struct squidconf_type *type)
{
    for (size_t i = 0; i < type->fields.count; i++) {
        enum squid_field field = (enum squid_field)type->fields.field[i];
        if (type->format + i >= type->command)
            return i;
        const char *word = type->line->words[type->format + i];
        if (field != SQUID_IGNORE && !squidconf_is_token(word, field, conf->about->version) &&
            !(field == SQUID_SNI && squidconf_raw_sni(word) != NULL))
            return i;
    }
    return SIZE_MAX;
}

/* True if -F has a name for what Squid appends to FORMAT: the ACL's arguments, or `-` (since Squid 4). */
static bool
is_data(const struct squidconf *conf, const struct squidconf_type *type)
{
    size_t tokens = type->command - type->format;
    for (size_t i = type->format; i < type->command; i++) {
        if (strcmp(type->line->words[i], "%DATA") == 0)
            return false;
    }
    return conf->about->version != SQUIDCONF_3_5 && wrong_token(conf, type) == tokens &&
           type->fields.count == tokens + 1;
}

void
squidconf_check_fields(struct squidconf *conf)
{
    for (size_t i = 0; i < conf->type_count; i++) {
        const struct squidconf_type *type = &conf->types[i];
        size_t wrong = type->fields_ok ? wrong_token(conf, type) : SIZE_MAX;
        bool reported =
            squidconf_token(conf, type, SQUID_DST) == 0 || has_needless_la(conf, type) || squidconf_is_hidden(type);
        if (type->helper == 0 || (type->fields_ok && wrong == SIZE_MAX) || reported)
            continue;
        struct buf *say = squidconf_say(conf);
        size_t tokens = type->command - type->format;
        if (!type->fields_ok)
            buf_add_text(say, "the helper does not accept this -F and exits at once");
        else if (is_data(conf, type))
            buf_add_fmt(
                say,
                "FORMAT has %zu tokens and -F names %u: the helper takes the ACL's argument, which Squid appends, "
                "for %s",
                tokens, type->fields.count, squid_field_word(type->fields.field[tokens]));
        else if (wrong >= tokens)
            buf_add_fmt(say, "FORMAT has %zu token%s but the helper expects %u, so every answer is bad-line", tokens,
                        tokens == 1 ? "" : "s", type->fields.count);
        else
            buf_add_fmt(say, "the helper takes '%.100s' for %s: FORMAT and -F do not match",
                        type->line->words[type->format + wrong], squid_field_word(type->fields.field[wrong]));
        found_type(conf, type);
    }
}

void
squidconf_check_login(struct squidconf *conf)
{
    for (size_t i = 0; i < conf->type_count; i++) {
        const struct squidconf_type *type = &conf->types[i];
        for (size_t w = type->format; w < type->command && type->helper != 0; w++) {
            if (!squidconf_is_login(type->line->words[w]))
                continue;
            buf_add_fmt(
                squidconf_say(conf),
                "%s in FORMAT makes Squid ask for a password before it asks the helper; leave it out (%%un would "
                "not ask, but costs a query per user)",
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
        if (type->helper == 0 || (ttl <= SQUIDCONF_TTL_MAX && negative <= SQUIDCONF_TTL_MAX))
            continue;
        bool first = ttl > SQUIDCONF_TTL_MAX;
        buf_add_fmt(squidconf_say(conf), "%s is %ld seconds%s: Squid keeps old answers for as long after an update",
                    first ? "ttl" : "negative_ttl", first ? ttl : negative,
                    (first ? type->ttl : type->negative_ttl) < 0 ? " by default" : "");
        found_type(conf, type);
    }
}

void
squidconf_check_queue(struct squidconf *conf)
{
    for (size_t i = 0; i < conf->type_count && conf->about->version != SQUIDCONF_3_5; i++) {
        const struct squidconf_type *type = &conf->types[i];
        if (type->helper == 0 || type->queue_size >= SQUIDCONF_QUEUE_MIN)
            continue;
        struct buf *say = squidconf_say(conf);
        if (type->queue_size < 0)
            buf_add_text(say, "queue-size is 2 x children-max by default");
        else
            buf_add_fmt(say, "queue-size is only %ld", type->queue_size);
        buf_add_text(say, ": while the queue is full, http_access denies and ssl_bump splices everything");
        found_type(conf, type);
    }
}

/* Squid starts no helper, and every request that needs one waits for ever; seen on Squid 5.7. */
void
squidconf_check_children(struct squidconf *conf)
{
    for (size_t i = 0; i < conf->type_count; i++) {
        const struct squidconf_type *type = &conf->types[i];
        if (type->helper == 0 || type->children != 0)
            continue;
        buf_add_text(squidconf_say(conf), "with children-max=0 no helper runs: requests that ask it hang");
        found_type(conf, type);
    }
}

/* The index of the word that Squid takes for the program, though it is neither an option, a code nor a program; or 0.
 */
static size_t
stray_word(const struct squidconf_type *type)
{
    for (size_t i = 2; i < type->format; i++) {
        if (!squidconf_is_option(type->line->words[i]))
            return i;
    }
    return squidconf_is_hidden(type) ? type->command : 0;
}

void
squidconf_check_command(struct squidconf *conf)
{
    for (size_t i = 0; i < conf->type_count; i++) {
        const struct squidconf_type *type = &conf->types[i];
        size_t word = type->helper == 0 ? 0 : stray_word(type);
        if (word == 0)
            continue;
        buf_add_fmt(squidconf_say(conf),
                    "'%.100s' is no option and no %% code, so Squid takes it for the program in place of the helper, "
                    "and %s; leave it out",
                    type->line->words[word], word < type->format ? "does not start" : "ends soon");
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
            buf_add_text(say, "without concurrency= each helper process answers one query at a time");
        else
            buf_add_fmt(say,
                        "with concurrency=%ld, replies of %d bytes can exceed the %u KB that Squid reads at once: one "
                        "that is cut is lost, and its client hangs; use at most %u",
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
        buf_add_text(squidconf_say(conf),
                     without
                         ? "-C says that lines have no channel-ID, but with concurrency= they do: a reply without it "
                           "crashes Squid's worker; leave -C out"
                         : "-c says that lines have a channel-ID, but without concurrency= they do not");
        found_type(conf, type);
    }
}

void
squidconf_check_extras(struct squidconf *conf)
{
    const struct squidconf_line *program = NULL, *extras = NULL;
    for (size_t i = 0; i < conf->line_count; i++) {
        const struct squidconf_line *line = &conf->lines[i];
        if (squidconf_is_rewriter(line))
            program = line;
        if (squidconf_is(line, "url_rewrite_extras"))
            extras = line;
    }
    if (program == NULL || (extras != NULL && extras->count > 1 && strstr(extras->words[1], "%>A") == NULL))
        return;
    buf_add_text(squidconf_say(conf),
                 extras == NULL ? "url_rewrite_extras has %>A by default" : "url_rewrite_extras has %>A");
    buf_add_text(conf->scratch,
                 ": Squid first looks up the name of every client in DNS\n    url_rewrite_extras \"%>rm");
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
            buf_add_fmt(squidconf_say(conf), "Squid 3.5 does not know '%.100s', so it does not start",
                        type->line->words[w]);
            found_type(conf, type);
            break;
        }
    }
}

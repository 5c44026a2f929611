// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * table_rule.c - which patterns and prefixes a table accepts, and how they are stored. Part of table.h.
 *
 * All checks together are slow: is it a URL, a prefix, an address, Unicode, a regex? A list of a million lines contains
 * little but plain names. So one pass over a line finds out whether it is a name that all checks would accept
 * unchanged; anything else goes through all of them.
 */
#include <assert.h>
#include <stdalign.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "name/addr.h"
#include "name/host.h"
#include "name/pattern.h"
#include "name/ports.h"
#include "name/url.h"
#include "name/verb.h"
#include "table_build.h"

#define REGEX_TRY_MAX ((size_t)16 << 20)

static_assert(alignof(struct prefix) == 1, "prefixes are stored among texts");

/* True if the width of such a rule is judged. */
static bool
is_judged(const struct rule *rule, const struct terms *terms)
{
    return !rule->sealed && !terms->set.has_id && (VERB_BYPASS_USUAL & 1u << terms->verb) != 0;
}

int
table_append(struct table *table, const struct rule *rule, struct err *err)
{
    if (table->rule_count >= UINT32_MAX / 4)
        return err_set(err, ERR_LIMIT, "too many rules");
    buf_add(&table->rule_room, rule, sizeof *rule);
    if (!buf_ok(&table->rule_room))
        return err_set(err, ERR_MEM, "no memory for another rule");
    table->rules = (struct rule *)(void *)table->rule_room.data;
    table->rule_count++;
    return 0;
}

void
table_shorten(struct table *table, size_t count)
{
    table->rule_count = count;
    table->rule_room.len = count * sizeof *table->rules;
}

/* True if strangers choose names directly below this one. For a name after `.` or `*.` this is what pattern_is_open()
 * tests, without parsing the pattern again. */
static bool
is_open(const char *name)
{
    return host_is_public_suffix(name) || host_shared_cloud(name) != NULL;
}

static int
check_regex_width(const struct rule *rule, struct err *err)
{
    static const char advice[] = "name the domains, or let it end with a dot and one, as in '~cdn[0-9]+\\.b\\.example'";
    switch (pattern_regex_width(rule->text + 1, (size_t)rule->len - 1)) {
    case REGEX_OPEN:
        return err_set(err, ERR_SYNTAX, "'%.80s' matches names of strangers, too wide for a bypass; %s", rule->text,
                       advice);
    case REGEX_UNTOLD:
        return err_set(err, ERR_SYNTAX,
                       "'%.80s' is a regex whose end cannot be told, perhaps too wide for a bypass; %s", rule->text,
                       advice);
    case REGEX_CLOSED:
    default: return 0;
    }
}

int
table_check_width(const struct rule *rule, struct err *err)
{
    char room[64];
    if (rule->kind == PATTERN_PREFIX) {
        unsigned widest = rule->prefix->addr.v6 ? TABLE_IPV6_WIDEST : TABLE_IPV4_WIDEST;
        if (rule->prefix->len < widest)
            return err_set(err, ERR_SYNTAX, "'%s' is wider than /%u, too wide for a bypass; name smaller prefixes",
                           table_rule_text(rule, room), widest);
    } else if (rule->kind == PATTERN_REGEX) {
        return check_regex_width(rule, err);
    } else if (pattern_is_open(rule->text, rule->len)) {
        return err_set(err, ERR_SYNTAX,
                       "'%s' lets anybody register a name that matches, too wide for a bypass; name the domains",
                       rule->text);
    }
    return 0;
}

static int
read_prefix(struct table *table, struct rule *rule, const char *text, size_t len, struct err *err)
{
    struct prefix prefix;
    if (prefix_parse(&prefix, text, len, err) != 0)
        return -1;
    struct prefix *kept = arena_bytes(table->texts, sizeof *kept); /* all its members are bytes */
    if (kept == NULL)
        return err_set(err, ERR_MEM, "no memory for another rule");
    *kept = prefix;
    rule->kind = PATTERN_PREFIX;
    rule->prefix = kept;
    return 0;
}

/* Digits and dots are meant to be one or more addresses, in a form that is not supported. As a name the text would
 * match nothing, and nobody would notice. No top-level domain is a number (RFC 3696, section 2). */
static bool
is_numeric(const char *text, size_t len)
{
    bool digit = false, dot = false;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        digit = digit || (c >= '0' && c <= '9');
        dot = dot || c == '.';
        if ((c >= 'a' && c <= 'z') || c == '_')
            return false;
    }
    return digit && dot;
}

/* Compiles a regex, so that an error is reported with file and line; compile.c could only report it without. */
static int
try_regex(const char *text, size_t len, struct err *err)
{
    struct arena *arena = arena_new(REGEX_TRY_MAX);
    if (arena == NULL)
        return err_set(err, ERR_MEM, "no memory for a regex");
    struct regex *regex;
    int result = regex_new(&regex, NULL, arena, text, len, err);
    arena_free(arena);
    return result;
}

/* Makes `.b.c` of the name `b.c`. */
static void
put_dot(struct pattern *pattern)
{
    memmove(pattern->text + 1, pattern->text, pattern->len + 1);
    pattern->text[0] = '.';
    pattern->len++;
    pattern->kind = PATTERN_DOT;
}

static int
read_pattern(const struct reader *reader, struct rule *rule, const struct terms *terms, const char *text, size_t len,
             struct err *err)
{
    struct table *table = reader->table;
    struct pattern pattern;
    if (pattern_parse(&pattern, text, len, terms->set.has_id, err) != 0)
        return -1;
    struct addr addr; /* only now are 1.2.3.4. and fullwidth digits an address */
    if (pattern.kind == PATTERN_EXACT && addr_parse(&addr, pattern.text, pattern.len))
        return read_prefix(table, rule, pattern.text, pattern.len, err);
    if (pattern.kind != PATTERN_REGEX && is_numeric(pattern.text, pattern.len))
        return err_set(err, ERR_SYNTAX,
                       "'%s' is neither a name nor an address; write addresses as 192.0.2.1 or 192.0.2.0/24",
                       pattern.text);
    if (pattern.kind == PATTERN_REGEX && try_regex(pattern.text + 1, pattern.len - 1, err) != 0)
        return -1;
    if (reader->domains && pattern.kind == PATTERN_EXACT)
        put_dot(&pattern);
    rule->kind = (uint8_t)pattern.kind;
    rule->len = (uint16_t)pattern.len;
    rule->text = arena_text(table->texts, pattern.text, pattern.len);
    return rule->text == NULL ? err_set(err, ERR_MEM, "no memory for another rule") : 0;
}

/* The width of a rule that is judged. A line that is in use already stays, whatever is called a public suffix by now.
 */
static int
judge_width(const struct reader *reader, struct rule *rule, const struct terms *terms, struct err *err)
{
    struct err why;
    if (table_check_width(rule, &why) == 0)
        return 0;
    rule->sealed = table_is_known(reader->table, rule, terms);
    return rule->sealed ? 0 : err_set(err, why.kind, "%s", why.text);
}

/* Runs all checks on a pattern or prefix; *rule gets the result. */
static int
judge_text(const struct reader *reader, struct rule *rule, const struct terms *terms, const char *text, size_t len,
           struct err *err)
{
    struct addr addr;
    bool is_regex = len > 0 && text[0] == '~';
    bool is_prefix = !is_regex && (memchr(text, '/', len) != NULL || addr_parse(&addr, text, len));
    if ((is_prefix ? read_prefix(reader->table, rule, text, len, err)
                   : read_pattern(reader, rule, terms, text, len, err)) != 0)
        return -1;
    return is_judged(rule, terms) ? judge_width(reader, rule, terms, err) : 0;
}

/* A host with what people paste around it. */
struct pasted {
    const char *what; /* "is a URL" */
    const char *host;
    size_t len;        /* 0: no host was found */
    const char *ports; /* `443` or `80,443,5000-5010`; NULL: none */
    size_t ports_len;
};

/* True for a port or `80-90`. */
static bool
is_range(const char *text, size_t len)
{
    uint16_t low, high;
    const char *dash = memchr(text, '-', len);
    if (dash == NULL)
        return port_parse(&low, text, len);
    size_t head = (size_t)(dash - text);
    return port_parse(&low, text, head) && port_parse(&high, dash + 1, len - head - 1) && low <= high;
}

/* True for ports and ranges with commas between them, as `tcp=` takes them. */
static bool
is_ports(const char *text, size_t len)
{
    for (;;) {
        const char *comma = memchr(text, ',', len);
        size_t head = comma == NULL ? len : (size_t)(comma - text);
        if (!is_range(text, head))
            return false;
        if (comma == NULL)
            return true;
        text += head + 1;
        len -= head + 1;
    }
}

/* Finds the prefix in `10.0.0.0/8:443`; other prefixes are as they should be. */
static bool
is_prefix_with_port(struct pasted *ret, const char *text, size_t len)
{
    const char *colon = memrchr(text, ':', len);
    struct prefix prefix;
    struct err ignored;
    *ret = (struct pasted){"has a port", text, colon == NULL ? 0 : (size_t)(colon - text), NULL, 0};
    if (colon == NULL)
        return false;
    ret->ports = colon + 1;
    ret->ports_len = len - ret->len - 1;
    return memchr(text, '/', ret->len) != NULL && is_ports(ret->ports, ret->ports_len) &&
           prefix_parse(&prefix, text, ret->len, &ignored) == 0;
}

/* True if the text is a host with a scheme, a path, a port or the like. */
static bool
is_pasted(struct pasted *ret, const char *text, size_t len)
{
    struct authority authority;
    struct addr addr;
    const char *slash = memchr(text, '/', len);
    if (is_prefix_with_port(ret, text, len))
        return true;
    if (addr_parse(&addr, text, slash == NULL ? len : (size_t)(slash - text)))
        return false;
    url_split_pasted(&authority, text, len);
    bool port = authority.port != NULL;
    *ret = (struct pasted){slash != NULL ? "is a URL"
                           : port        ? "has a port"
                                         : "has more than a host in it",
                           authority.host, authority.host_len, authority.port, authority.port_len};
    if (port && !is_ports(authority.port, authority.port_len))
        ret->len = 0;
    if (ret->len > 2 && ret->host[0] == '[' && ret->host[ret->len - 1] == ']') {
        ret->host++;
        ret->len -= 2;
    } else if (memchr(ret->host, ':', ret->len) != NULL) {
        ret->len = 0;
    }
    if (slash != NULL)
        return authority.has_scheme || !is_numeric(ret->host, ret->len);
    return ret->len > 0 && ret->len < len;
}

/* Says what to write in place of a pasted text, if that would be accepted. */
static int
refuse_pasted(const struct reader *reader, const struct terms *terms, const struct pasted *pasted, const char *text,
              size_t len, struct err *err)
{
    struct rule rule = {0};
    struct err why = {0};
    char room[64];
    int shown = (int)(len > 80 ? 80 : len), host = (int)pasted->len;
    int ports = (int)pasted->ports_len;
    if (pasted->len == 0)
        return err_set(err, ERR_SYNTAX, "'%.*s' %s; write the host name alone", shown, text, pasted->what);
    if (judge_text(reader, &rule, terms, pasted->host, pasted->len, &why) != 0)
        return err_set(err, why.kind, "'%.*s' %s, and the host alone is refused as well: %s", shown, text, pasted->what,
                       why.text);
    if (pasted->ports == NULL)
        return err_set(err, ERR_SYNTAX, "'%.*s' %s; write '%.*s'", shown, text, pasted->what, host, pasted->host);
    if (!reader->list)
        return err_set(err, ERR_SYNTAX, "'%.*s' %s; write '%.*s tcp=%.*s'", shown, text, pasted->what, host,
                       pasted->host, ports, pasted->ports);
    return err_set(err, ERR_SYNTAX,
                   "'%.*s' %s; write '%.*s' for all ports, or in a rules file the line '%s %s tcp=%.*s'", shown, text,
                   pasted->what, host, pasted->host, verb_word(terms->verb), table_rule_text(&rule, room), ports,
                   pasted->ports);
}

/* Runs all checks on a text; *rule gets the result. */
static int
judge(const struct reader *reader, struct rule *rule, const struct terms *terms, const char *text, size_t len,
      struct err *err)
{
    struct pasted pasted;
    bool line = reader->line > 0; /* a person can change it */
    if (line && len > 0 && text[0] != '~' && is_pasted(&pasted, text, len))
        return refuse_pasted(reader, terms, &pasted, text, len, err);
    return judge_text(reader, rule, terms, text, len, err);
}

/* True for a plain name, optionally after `.` or `*.`, that ends in a letter. judge() would accept it unchanged; only
 * its width is unchecked. No IPv4 address ends in a letter, and every IPv6 address contains a colon. */
static bool
is_usual(struct host *ret, enum pattern_kind *ret_kind, const struct reader *reader, const char *text, size_t len)
{
    const struct terms *terms = &reader->table->terms[reader->terms];
    enum pattern_kind kind = PATTERN_EXACT;
    size_t most = HOST_MAX;
    if (len > 1 && text[0] == '.') {
        kind = PATTERN_DOT;
        text++;
        len--;
    } else if (len > 2 && text[0] == '*' && text[1] == '.') {
        kind = PATTERN_UNDER;
        text += 2;
        len -= 2;
        most -= 2;
    }
    if ((kind == PATTERN_DOT && terms->set.has_id) || !host_parse(ret, text, len) || ret->len > most)
        return false;
    *ret_kind = kind == PATTERN_EXACT && reader->domains ? PATTERN_DOT : kind;
    return ret->text[ret->len - 1] >= 'a';
}

static int
keep_usual(struct table *table, struct rule *rule, const struct host *host, enum pattern_kind kind, struct err *err)
{
    size_t head = kind == PATTERN_EXACT ? 0 : kind == PATTERN_DOT ? 1 : 2;
    char *text = arena_bytes(table->texts, head + host->len + 1);
    if (text == NULL)
        return err_set(err, ERR_MEM, "no memory for another rule");
    memcpy(text, head == 1 ? "." : "*.", head);
    memcpy(text + head, host->text, (size_t)host->len + 1);
    rule->text = text;
    rule->len = (uint16_t)(head + host->len);
    rule->kind = (uint8_t)kind;
    return 0;
}

int
table_add_rule(struct reader *reader, const struct terms *terms, const char *text, size_t len, struct err *err)
{
    struct table *table = reader->table;
    struct rule rule = {.line = (uint32_t)reader->line, .sealed = table->sealed};
    if (judge(reader, &rule, terms, text, len, err) != 0)
        return -1;
    rule.terms = table_terms(table, terms);
    if (rule.terms == UINT32_MAX)
        return err_set(err, ERR_MEM, "no memory for another rule");
    reader->terms = rule.terms;
    return table_append(table, &rule, err);
}

int
table_add_again(struct reader *reader, const char *text, size_t len, struct err *err)
{
    struct table *table = reader->table;
    const struct terms *terms = &table->terms[reader->terms];
    struct rule rule = {.line = (uint32_t)reader->line, .terms = reader->terms, .sealed = table->sealed};
    struct host host;
    enum pattern_kind kind;
    if (!is_usual(&host, &kind, reader, text, len)) {
        if (judge(reader, &rule, terms, text, len, err) != 0)
            return -1;
    } else if (keep_usual(table, &rule, &host, kind, err) != 0 ||
               (kind != PATTERN_EXACT && is_judged(&rule, terms) && is_open(host.text) &&
                judge_width(reader, &rule, terms, err) != 0)) {
        return -1;
    }
    return table_append(table, &rule, err);
}

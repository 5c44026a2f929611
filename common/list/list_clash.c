// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * list_clash.c - rule lists of Clash, Surge, Quantumult and their kin: `DOMAIN-SUFFIX,x`, `DOMAIN,x`, `IP-CIDR,x`, each
 * perhaps with a policy after it. Part of list_build.h.
 *
 * All lines must have the same policy, or none: lines of two policies are exceptions to each other.
 */
#include <string.h>

#include "list_build.h"

enum kind { KIND_NAME, KIND_BELOW, KIND_PREFIX, KIND_KEYWORD, KIND_LOST };

static const struct {
    const char *word;
    enum kind kind;
    const char *plural; /* of what cannot be expressed */
} kinds[] = {
    {"DOMAIN", KIND_NAME, NULL},
    {"HOST", KIND_NAME, NULL},
    {"DOMAIN-SUFFIX", KIND_BELOW, NULL},
    {"HOST-SUFFIX", KIND_BELOW, NULL},
    {"IP-CIDR", KIND_PREFIX, NULL},
    {"IP-CIDR6", KIND_PREFIX, NULL},
    {"IP6-CIDR", KIND_PREFIX, NULL},
    {"DOMAIN-KEYWORD", KIND_KEYWORD, NULL},
    {"HOST-KEYWORD", KIND_KEYWORD, NULL},
    {"DOMAIN-WILDCARD", KIND_LOST, "wildcards (DOMAIN-WILDCARD)"},
    {"HOST-WILDCARD", KIND_LOST, "wildcards (HOST-WILDCARD)"},
    {"DOMAIN-REGEX", KIND_LOST, "regular expressions (DOMAIN-REGEX)"},
    {"DOMAIN-SET", KIND_LOST, "other lists (DOMAIN-SET)"},
    {"RULE-SET", KIND_LOST, "other lists (RULE-SET)"},
    {"GEOSITE", KIND_LOST, "other lists (GEOSITE)"},
    {"GEOIP", KIND_LOST, "countries (GEOIP)"},
    {"IP-ASN", KIND_LOST, "networks by number (IP-ASN)"},
    {"IP-SUFFIX", KIND_LOST, "ends of addresses (IP-SUFFIX)"},
    {"URL-REGEX", KIND_LOST, "URLs (URL-REGEX)"},
    {"USER-AGENT", KIND_LOST, "programs (USER-AGENT)"},
    {"PROCESS-NAME", KIND_LOST, "programs (PROCESS-NAME)"},
    {"PROCESS-PATH", KIND_LOST, "programs (PROCESS-PATH)"},
    {"SRC-IP-CIDR", KIND_LOST, "clients (SRC-IP-CIDR)"},
    {"SRC-IP", KIND_LOST, "clients (SRC-IP)"},
    {"SRC-PORT", KIND_LOST, "ports (SRC-PORT)"},
    {"IN-PORT", KIND_LOST, "ports (IN-PORT)"},
    {"DST-PORT", KIND_LOST, "ports (DST-PORT)"},
    {"DEST-PORT", KIND_LOST, "ports (DEST-PORT)"},
    {"PROTOCOL", KIND_LOST, "protocols (PROTOCOL)"},
    {"NETWORK", KIND_LOST, "protocols (NETWORK)"},
    {"AND", KIND_LOST, "combinations (AND)"},
    {"OR", KIND_LOST, "combinations (OR)"},
    {"NOT", KIND_LOST, "combinations (NOT)"},
    {"MATCH", KIND_LOST, "lines for everything else (MATCH)"},
    {"FINAL", KIND_LOST, "lines for everything else (FINAL)"},
};

#define KINDS (sizeof kinds / sizeof kinds[0])

/* Takes the first field and finds it. KINDS: it is none. */
static size_t
take_kind(struct piece *rest)
{
    struct piece word;
    size_t i = KINDS;
    if (piece_has(rest, ",") && piece_field(rest, ',', &word)) {
        for (i = 0; i < KINDS && !piece_is(&word, kinds[i].word);)
            i++;
    }
    return i;
}

/* Drops what YAML puts around a line: `- 'DOMAIN,x'`. */
static void
cut_yaml(struct piece *line)
{
    piece_trim(line);
    if (piece_begins(line, "- ")) {
        piece_skip(line, 2);
        piece_trim(line);
    }
    if (line->len > 1 && (line->text[0] == '\'' || line->text[0] == '"') &&
        line->text[line->len - 1] == line->text[0]) {
        piece_skip(line, 1);
        piece_drop(line, 1);
    }
}

static bool
is_clash(const char *text, size_t len)
{
    struct piece piece = {text, len};
    cut_yaml(&piece);
    return take_kind(&piece) < KINDS;
}

/* `no-resolve` is an option, anything else a policy. A list without policies remembers `-`. */
static bool
is_same_policy(struct list *list, struct piece rest)
{
    struct piece policy = {"-", 1};
    while (piece_field(&rest, ',', &policy)) {
        if (!piece_is(&policy, "no-resolve") && policy.len > 0)
            return list_remember(list, &policy);
    }
    return list_remember(list, &(struct piece){"-", 1});
}

/* Any name that contains the word: a regular expression. */
static int
add_keyword(struct list *list, const struct piece *word, struct err *err)
{
    char text[2 * LIST_PATTERN_MAX + 8] = "~.*";
    size_t used = 3;
    if (!piece_is_name(word) || word->len > LIST_PATTERN_MAX)
        return list_refuse(word, "is no part of a host name", err);
    for (size_t i = 0; i < word->len; i++) {
        if (word->text[i] == '.')
            text[used++] = '\\';
        text[used++] = word->text[i];
    }
    memcpy(text + used, ".*", 2);
    return list_add(list, &(struct piece){text, used + 2}, err);
}

static int
take_value(struct list *list, enum kind kind, const struct piece *value, struct err *err)
{
    if (value->len == 0)
        return list_refuse(value, "is empty; a line is a kind, a comma and what is meant", err);
    if (kind == KIND_BELOW)
        return list_add_below(list, value, err);
    if (kind == KIND_KEYWORD)
        return add_keyword(list, value, err);
    if (kind == KIND_PREFIX && !piece_is_address(value))
        return list_refuse(value, "is no prefix", err);
    return list_add(list, value, err);
}

static int
take(struct list *list, const char *text, size_t len, struct err *err)
{
    struct piece line = {text, len}, value;
    piece_cut_comment(&line, '#');
    if (piece_begins(&line, "//"))
        line.len = 0;
    cut_yaml(&line);
    if (line.len == 0)
        return 0;
    struct piece rest = line;
    size_t kind = take_kind(&rest);
    if (kind < KINDS && kinds[kind].kind == KIND_LOST)
        return list_leave(list, LIST_LOST, kinds[kind].plural, err);
    if (kind == KINDS && (piece_has(&line, ":") || piece_has(&line, "=") || piece_begins(&line, "[")))
        return list_leave(list, LIST_ASIDE, "settings other than rules", err);
    if (kind == KINDS)
        return list_refuse(&line, "begins with no kind of rule, such as DOMAIN-SUFFIX or IP-CIDR", err);
    piece_field(&rest, ',', &value);
    if (!is_same_policy(list, rest))
        return list_leave(list, LIST_STOP, "rules with a second policy; keep those of one policy", err);
    return take_value(list, kinds[kind].kind, &value, err);
}

const struct list_format list_clash = {
    .name = "clash", .title = "a rule list of Clash or Surge", .is = is_clash, .take = take};

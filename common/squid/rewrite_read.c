// SPDX-License-Identifier: GPL-2.0-or-later
/* rewrite_read.c - reads a rules file, line by line. Part of rewrite.h. What a rule does is in rewrite.c. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/kind.h"
#include "name/addr.h"
#include "name/url.h"
#include "rewrite_rules.h"
#include "squid.h"

#define MEMORY_MAX ((size_t)256 << 20)
#define WORDS_MAX 4
#define STATUS_DEFAULT 302
#define STATUSES "301, 302, 303, 307 or 308"

struct reader {
    struct rewrite *rules;
    const struct regex *share; /* the first regex; all others use its memory for matching */
    uint32_t line;
    size_t refused;
    struct err first; /* why the first line was refused */
};

/* Cuts a line into words, up to one more than a rule can have. A word that begins with `#` ends the line. */
static size_t
cut(struct squid_word ret[WORDS_MAX + 1], const char *text, size_t len)
{
    size_t count = 0, at = 0;
    while (count <= WORDS_MAX) {
        while (at < len && (text[at] == ' ' || text[at] == '\t'))
            at++;
        if (at == len || text[at] == '#')
            break;
        size_t from = at;
        while (at < len && text[at] != ' ' && text[at] != '\t')
            at++;
        ret[count++] = (struct squid_word){text + from, at - from};
    }
    return count;
}

static bool
take_status(unsigned *ret, const struct squid_word *word)
{
    static const unsigned known[] = {301, 302, 303, 307, 308};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        char text[4];
        snprintf(text, sizeof text, "%u", known[i]);
        if (squid_word_is(*word, text)) {
            *ret = known[i];
            return true;
        }
    }
    return false;
}

/* Reads verb and status. Returns how many words they are, or 0 with an error. */
static size_t
take_verb(struct rewrite_rule *rule, const struct squid_word *words, size_t count, struct err *err)
{
    rule->status = STATUS_DEFAULT;
    if (squid_word_is(words[0], "rewrite")) {
        rule->verb = REWRITE_REWRITE;
        return 1;
    }
    if (squid_word_is(words[0], "block")) {
        rule->verb = REWRITE_BLOCK;
        return count > 1 && take_status(&rule->status, &words[1]) ? 2 : 1;
    }
    rule->verb = REWRITE_REDIRECT;
    if (!squid_word_is(words[0], "redirect"))
        err_set(err, ERR_SYNTAX, "unknown verb '%.*s'; a line begins with redirect, rewrite or block",
                (int)(words[0].len > 40 ? 40 : words[0].len), words[0].text);
    else if (count < 2 || !take_status(&rule->status, &words[1]))
        err_set(err, ERR_SYNTAX, "'redirect' needs a status: " STATUSES);
    else
        return 2;
    return 0;
}

static int
take_pattern(struct reader *reader, struct rewrite_rule *rule, const struct squid_word *word, struct err *err)
{
    struct pattern pattern;
    struct addr addr;
    if (pattern_parse(&pattern, word->text, word->len, false, err) != 0)
        return -1;
    if (pattern.kind == PATTERN_EXACT && addr_parse(&addr, pattern.text, pattern.len))
        return err_set(err, ERR_SYNTAX, "'%s' is not a host pattern; write a host name, or ~REGEX for the whole URL",
                       pattern.text);
    struct arena *arena = reader->rules->arena;
    rule->pattern = arena_text(arena, pattern.text, pattern.len);
    rule->pattern_len = pattern.len;
    if (rule->pattern == NULL)
        return err_set(err, ERR_MEM, "no memory for another rule");
    if (pattern.kind != PATTERN_REGEX)
        return 0;
    if (regex_new(&rule->regex, reader->share, arena, pattern.text + 1, pattern.len - 1, err) != 0)
        return -1;
    if (reader->share == NULL)
        reader->share = rule->regex;
    return 0;
}

static bool
is_hex(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/* Checks every byte and every `$` of a target. `probe` gets the target with "1" for each group: a digit is allowed in
 * every part of a URL. */
static int
check_bytes(const struct rewrite_rule *rule, const struct squid_word *word, char *probe, size_t *ret_len,
            struct err *err)
{
    unsigned groups = rule->regex == NULL ? 0 : regex_groups(rule->regex);
    size_t len = 0;
    for (size_t i = 0; i < word->len; i++) {
        char c = word->text[i];
        if (!url_is_byte((unsigned char)c))
            return err_set(err, ERR_SYNTAX, "the target contains a byte that a URL cannot have; write it as %%%02X",
                           (unsigned char)c);
        if (c == '%' && (word->len - i < 3 || !is_hex(word->text[i + 1]) || !is_hex(word->text[i + 2])))
            return err_set(err, ERR_SYNTAX,
                           "a '%%' in the target is not followed by two hexadecimal digits; write %%25");
        if (c == '$') {
            c = ++i < word->len ? word->text[i] : '\0';
            if (c != '$' && (c < '1' || c > '9'))
                return err_set(err, ERR_SYNTAX, "a '$' in the target must be followed by 1 to 9 or another '$'");
            if (c != '$' && (unsigned)(c - '0') > groups)
                return err_set(err, ERR_SYNTAX, "the target uses $%c, but %s", c,
                               rule->regex == NULL ? "only a ~REGEX has groups" : "the regex has fewer groups");
            if (c != '$' && rule->verb == REWRITE_BLOCK)
                return err_set(err, ERR_SYNTAX, "the page of a block cannot have groups; use redirect");
            c = c == '$' ? '$' : '1';
        }
        probe[len++] = c;
    }
    probe[len] = '\0';
    *ret_len = len;
    return 0;
}

/* Refuses a redirect whose pattern matches its own target: it would never end. */
static int
check_circle(const struct rewrite_rule *rule, const char *probe, size_t len, struct err *err)
{
    struct request request;
    if (rule->regex != NULL || rule->verb == REWRITE_REWRITE)
        return 0;
    request_init(&request);
    request_set_url(&request, probe, len);
    if (request.dst.given == GIVEN_NAME &&
        pattern_match(rule->pattern, rule->pattern_len, request.dst.name.text, request.dst.name.len))
        return err_set(err, ERR_SYNTAX,
                       "the pattern '%.80s' matches the target too, so the redirect would never end; use a ~REGEX that "
                       "does not match the target",
                       rule->pattern);
    return 0;
}

static int
take_target(struct reader *reader, struct rewrite_rule *rule, const struct squid_word *word, struct err *err)
{
    char probe[REWRITE_LINE_MAX + 1];
    size_t len = 0;
    if (word->len > REWRITE_URL_MAX)
        return err_set(err, ERR_LIMIT, "the target is longer than %zu bytes", REWRITE_URL_MAX);
    if (check_bytes(rule, word, probe, &len, err) != 0)
        return -1;
    rule->connect = rule->verb == REWRITE_REWRITE && url_is_target(probe, len, true);
    if (!rule->connect && !url_is_target(probe, len, false))
        return err_set(err, ERR_SYNTAX, "'%.*s' is not an absolute http or https URL%s",
                       (int)(word->len > 80 ? 80 : word->len), word->text,
                       rule->verb == REWRITE_REWRITE ? ", or host:port for a CONNECT" : "");
    if (rule->verb == REWRITE_REWRITE && strchr(probe, '#') != NULL)
        return err_set(err, ERR_SYNTAX, "a fragment ('#') is never sent to a server; leave it out");
    if (check_circle(rule, probe, len, err) != 0)
        return -1;
    rule->target = arena_text(reader->rules->arena, word->text, word->len);
    rule->target_len = word->len;
    return rule->target == NULL ? err_set(err, ERR_MEM, "no memory for another rule") : 0;
}

static int
read_line(struct reader *reader, const char *text, size_t len, struct err *err)
{
    struct squid_word words[WORDS_MAX + 1];
    if (len > REWRITE_LINE_MAX)
        return err_set(err, ERR_LIMIT, "the line is longer than %zu bytes", REWRITE_LINE_MAX);
    if (memchr(text, '\0', len) != NULL)
        return err_set(err, ERR_SYNTAX, "the line contains a NUL byte");
    size_t count = cut(words, text, len);
    if (count == 0)
        return 0;
    struct rewrite *rules = reader->rules;
    struct rewrite_rule rule = {.line = reader->line};
    size_t at = take_verb(&rule, words, count, err);
    if (at == 0)
        return -1;
    if (count != at + 2)
        return err_set(err, ERR_SYNTAX, "'%.*s%s' takes a pattern and a %s, and nothing else%s", (int)words[0].len,
                       words[0].text, at == 2 ? " STATUS" : "", rule.verb == REWRITE_BLOCK ? "page" : "target",
                       rule.verb == REWRITE_BLOCK && at == 1 && count == 4 ? "; a status is " STATUSES : "");
    if (take_pattern(reader, &rule, &words[at], err) != 0 || take_target(reader, &rule, &words[at + 1], err) != 0)
        return -1;
    if (rules->count == REWRITE_RULES_MAX)
        return err_set(err, ERR_LIMIT, "more than %d rules", REWRITE_RULES_MAX);
    struct rewrite_rule *grown =
        arena_grow(rules->arena, rules->rules, &rules->room, rules->count + 1, sizeof *rules->rules);
    if (grown == NULL)
        return err_set(err, ERR_MEM, "no memory for another rule");
    rules->rules = grown;
    rules->rules[rules->count++] = rule;
    return 0;
}

static void
read_lines(struct reader *reader, const char *bytes, size_t len)
{
    size_t at = len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    while (at < len) {
        const char *feed = memchr(bytes + at, '\n', len - at);
        size_t end = feed == NULL ? len : (size_t)(feed - bytes);
        size_t n = end - at;
        struct err why = {0};
        if (n > 0 && bytes[end - 1] == '\r')
            n--;
        reader->line++;
        if (read_line(reader, bytes + at, n, &why) != 0 && reader->refused++ == 0) {
            reader->first = why;
            err_add(&reader->first, "line %u", reader->line);
        }
        at = end + 1;
    }
}

int
rewrite_read_bytes(struct rewrite **ret, const char *path, const char *bytes, size_t len, struct err *err)
{
    struct arena *arena = arena_new(MEMORY_MAX);
    struct rewrite *rules = arena == NULL ? NULL : arena_alloc(arena, sizeof *rules);
    if (rules == NULL) {
        arena_free(arena);
        return err_set(err, ERR_MEM, "cannot load '%s': no memory", path);
    }
    rules->arena = arena;
    if (len == 0) {
        arena_free(arena);
        return err_set(err, ERR_SYNTAX, "cannot load '%s': the file is empty; is the disk full?", path);
    }
    const char *kind = kind_not_text(bytes, len);
    if (kind != NULL) {
        arena_free(arena);
        return err_set(err, ERR_SYNTAX, "cannot load '%s': %s", path, kind);
    }
    struct reader reader = {.rules = rules};
    read_lines(&reader, bytes, len);
    if (reader.refused == 0) {
        *ret = rules;
        return 0;
    }
    arena_free(arena);
    char more[64] = "";
    if (reader.refused > 1)
        snprintf(more, sizeof more, " (and %zu more %s refused)", reader.refused - 1,
                 reader.refused == 2 ? "line is" : "lines are");
    return err_set(err, reader.first.kind, "cannot load '%s': %s%s", path, reader.first.text, more);
}

int
rewrite_read(struct rewrite **ret, const char *path, struct err *err)
{
    struct buf bytes;
    buf_init(&bytes, REWRITE_FILE_MAX + ((size_t)1 << 16));
    int result = file_read(&bytes, path, REWRITE_FILE_MAX, err);
    if (result == 0)
        result = rewrite_read_bytes(ret, path, bytes.len == 0 ? "" : bytes.data, bytes.len, err);
    buf_clear(&bytes);
    return result;
}

void
rewrite_free(struct rewrite *rules)
{
    if (rules != NULL)
        arena_free(rules->arena);
}

size_t
rewrite_count(const struct rewrite *rules)
{
    return rules->count;
}

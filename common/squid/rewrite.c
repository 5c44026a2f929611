// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rewrite.c - finds the rule that matches a request, and applies it. Part of rewrite.h. Rules are read by
 * rewrite_read.c.
 *
 *     URL --> first rule whose pattern matches --> [target with groups] --> still a URL? --> OK url="..."
 *
 * Nothing that a client sends can end a quoted value. The reader accepts only URL bytes in a target, and every other
 * byte of a group is percent-encoded here. A `%` is left alone, because it is already part of an encoding.
 */
#include <stdio.h>
#include <string.h>

#include "name/url.h"
#include "rewrite_rules.h"

/* A result under construction. A `len` larger than `room` means that it did not fit. */
struct result {
    char *text;
    size_t room;
    size_t len;
};

static void
add(struct result *result, const char *text, size_t len)
{
    if (result->len <= result->room && len <= result->room - result->len)
        memcpy(result->text + result->len, text, len);
    else
        len = result->room + 1;
    result->len += len;
}

static void
add_encoded(struct result *result, const char *text, size_t len)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)text[i];
        const char code[3] = {'%', digits[byte >> 4], digits[byte & 15]};
        if (url_is_byte(byte))
            add(result, text + i, 1);
        else
            add(result, code, sizeof code);
    }
}

static void
expand(struct result *result, const struct rewrite_rule *rule, const char *url, const struct regex_span *groups)
{
    for (size_t i = 0; i < rule->target_len; i++) {
        char c = rule->target[i];
        if (c != '$') {
            add(result, &c, 1);
            continue;
        }
        c = rule->target[++i];
        if (c == '$')
            add(result, &c, 1);
        else
            add_encoded(result, url + groups[c - '0'].from, groups[c - '0'].len);
    }
}

/* True if the rule matches the request; `groups` gets what a regex captured. */
static bool
fits(const struct rewrite_rule *rule, const struct request *request, const char *url, size_t len,
     struct regex_span groups[REGEX_SPANS])
{
    if (rule->regex == NULL)
        return request->dst.given == GIVEN_NAME &&
               pattern_match(rule->pattern, rule->pattern_len, request->dst.name.text, request->dst.name.len);
    enum regex_answer answer = len > REWRITE_URL_MAX ? REGEX_LIMIT : regex_capture(rule->regex, url, len, groups);
    return answer == REGEX_YES || (answer == REGEX_LIMIT && rule->verb == REWRITE_BLOCK);
}

/* Writes the reply for a matching rule and returns its length; 0 if the target cannot be used. */
static size_t
finish(char ret[REWRITE_RESULT_MAX], const struct rewrite_rule *rule, const char *url, size_t len,
       const struct regex_span *groups)
{
    char target[REWRITE_URL_MAX + 1];
    struct result result = {.text = target, .room = REWRITE_URL_MAX};
    expand(&result, rule, url, groups);
    if (result.len > REWRITE_URL_MAX)
        return 0;
    target[result.len] = '\0';
    bool same = result.len == len && memcmp(target, url, len) == 0;
    if (same || !url_is_target(target, result.len, rule->connect))
        return 0;
    int n = rule->verb == REWRITE_REWRITE
                ? snprintf(ret, REWRITE_RESULT_MAX, "OK rewrite-url=\"%s\" m365_line_=%u", target, rule->line)
                : snprintf(ret, REWRITE_RESULT_MAX, "OK status=%u url=\"%s\" m365_line_=%u", rule->status, target,
                           rule->line);
    return n > 0 && (size_t)n < REWRITE_RESULT_MAX ? (size_t)n : 0;
}

size_t
rewrite_apply(const struct rewrite *rules, const struct request *request, const char *url, size_t len,
              char ret[REWRITE_RESULT_MAX])
{
    struct authority authority;
    struct regex_span groups[REGEX_SPANS];
    url_split(&authority, url, len);
    for (size_t i = 0; request->line_ok && i < rules->count; i++) {
        const struct rewrite_rule *rule = &rules->rules[i];
        if (rule->connect == authority.has_scheme || !fits(rule, request, url, len, groups))
            continue;
        size_t done = finish(ret, rule, url, len, groups);
        if (done > 0)
            return done;
    }
    return 0;
}

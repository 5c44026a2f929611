// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * squid_ids.c - finds out whether Squid puts a channel-ID in front of every line. Part of squid.h.
 *
 *     first line --> an ID and as many tokens as FORMAT has: on
 *              `---> anything that can be a line without an ID: off
 *              `---> empty, or a number with too few tokens: ask the next line
 *
 * Where another field than the destination comes first, a number may be its value, and with an ACL argument at its end
 * such a line has as many tokens as one with an ID. Then it is tried which of the two makes sense.
 *
 * helper/serve/serve.c calls it for each line until one decides. Cutting the ID off a line is in squid.c.
 */
#include "squid.h"

#include <string.h>

#include "verdict/request.h"

static bool
is_empty(const char *line, size_t len)
{
    while (len > 0 && line[len - 1] == ' ')
        len--;
    return len == 0;
}

/* Whether a line without a channel-ID may begin with this number. If the first field is a host, a bare number can be
 * that host only if the next field is absent, repeats it, or is a number: Squid itself writes numeric hosts as
 * addresses. */
static bool
is_plain_number(const char *line, size_t len, size_t need, bool host)
{
    bool enough = squid_has_id(line, len, need - 1);
    if (!enough || !host)
        return enough;
    struct squid_word rest = {.text = line, .len = len};
    struct squid_word first = squid_take_word(&rest), next = squid_take_word(&rest);
    if (next.len == first.len && memcmp(next.text, first.text, first.len) == 0)
        return true;
    struct squid_word number;
    return next.len == 0 || (next.len == 1 && next.text[0] == '-') ||
           (squid_take_id(&number, &next.text, &next.len) && next.len == 0);
}

static bool
is_number(const struct identifier *asked)
{
    return asked->given == GIVEN_NAME && strspn(asked->name.text, "0123456789") == asked->name.len;
}

/* Words that stand behind the fields far more often than for a host. */
static bool
is_argument_name(const struct identifier *asked)
{
    static const char *const words[] = {"optimize", "allow", "default", "required", "expressroute"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (asked->given == GIVEN_NAME && strcmp(asked->name.text, words[i]) == 0)
            return true;
    }
    return false;
}

/* A word that can be an ACL argument: an area, a flag or a category, or the `-` that Squid writes for none. */
static bool
is_argument(struct squid_word word)
{
    bool digits = true;
    for (size_t i = 0; i < word.len; i++) {
        if (word.text[i] != '-' && host_byte[(unsigned char)word.text[i]] == 0)
            return false;
        digits = digits && word.text[i] >= '0' && word.text[i] <= '9';
    }
    return !digits;
}

/* Whether a line without its ID makes sense: a destination that is not just a number, a port, and after the fields only
 * what can be arguments. What a client chooses must not hide that there is no ID, so behind a supposed one its SNI and
 * the original address must make sense as well, and an argument is no destination. */
static bool
makes_sense(const struct squid_fields *fields, const char *line, size_t len, bool after_id)
{
    struct request request;
    struct squid_word args;
    squid_parse_line(fields, line, len, &request, &args);
    bool dst = request.dst.given == GIVEN_ADDR || (request.dst.given == GIVEN_NAME && !is_number(&request.dst));
    bool others = request.sni.given != GIVEN_BAD && request.la.given != GIVEN_BAD && !is_number(&request.sni) &&
                  !is_argument_name(&request.dst);
    if (!request.line_ok || request.port == 0 || !dst || (after_id && !others))
        return false;
    for (struct squid_word word = squid_take_word(&args); word.len > 0; word = squid_take_word(&args)) {
        if (!is_argument(word))
            return false;
    }
    return true;
}

/* Undecided if both or neither make sense. */
static enum squid_ids
weigh(const struct squid_fields *fields, const char *line, size_t len)
{
    struct squid_word id;
    bool off = makes_sense(fields, line, len, false);
    bool on = squid_take_id(&id, &line, &len) && makes_sense(fields, line, len, true);
    return on == off ? SQUID_IDS_DETECT : on ? SQUID_IDS_ON : SQUID_IDS_OFF;
}

/* An empty line says nothing. A leading number stays undecided if the line is malformed either way, or if the rest only
 * makes sense after an ID. It is answered with the number echoed: Squid tolerates a superfluous ID, not a missing one.
 */
enum squid_ids
squid_detect_ids(const char *line, size_t len, size_t need, const struct squid_fields *fields)
{
    if (is_empty(line, len))
        return SQUID_IDS_DETECT;
    bool may_be_number = fields != NULL && fields->field[0] != SQUID_DST;
    if (squid_has_id(line, len, need)) {
        if (!may_be_number)
            return SQUID_IDS_ON;
        return need < fields->count ? SQUID_IDS_DETECT : weigh(fields, line, len);
    }
    struct squid_word id;
    bool host = fields != NULL && fields->field[0] != SQUID_IGNORE;
    bool plain = is_plain_number(line, len, need, host);
    bool number = squid_take_id(&id, &line, &len) && id.len <= SQUID_ID_DETECT_MAX;
    return number && !plain ? SQUID_IDS_DETECT : SQUID_IDS_OFF;
}

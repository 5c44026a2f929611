// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * log_line.c - reads one line by a compiled format. See log.h and log_format.h.
 *
 * A value ends at the first byte of the text after it. Squid writes no such byte into a value: it escapes spaces and
 * quotes, or pads numbers with spaces in front.
 */
#include <stddef.h>
#include <string.h>

#include "base/day.h"
#include "base/digits.h"
#include "log_format.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define SECONDS_LAST INT64_C(253402300799) /* of the year 9999: a day after it cannot be written */

/* The end of a value that may have \" in it. */
static const char *
find_quote(const char *at, const char *end)
{
    while (at < end && *at != '"')
        at += *at == '\\' && at + 1 < end ? 2 : 1;
    return at;
}

/* The first such byte, or the end. Most values are short, so that a call costs more than the search. */
static inline const char *
find_byte(const char *at, const char *end, char byte)
{
#ifdef __SSE2__
    for (; end - at >= 16; at += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
        unsigned found = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte)));
        if (found != 0)
            return at + __builtin_ctz(found);
    }
#endif
    while (at < end && *at != byte)
        at++;
    return at;
}

static inline const char *
find_stop(const struct log_step *step, const char *at, const char *end)
{
    if (step->after == 0)
        return end;
    if (step->quoted)
        return find_quote(at, end);
    return find_byte(at, end, step->stop);
}

/* A value of decimal digits only; `-` is 0. False for anything else: the line is of another format. */
static bool
read_number(uint64_t *ret, struct squid_word word)
{
    *ret = 0;
    return (word.len == 1 && *word.text == '-') || (word.len < 20 && digits_read(ret, word.text, word.len, UINT64_MAX));
}

static unsigned
two(const char *at)
{
    return (unsigned)(at[0] - '0') * 10 + (unsigned)(at[1] - '0');
}

/* `10/Oct/2026:13:55:36 -0700`, in ms; 0 for anything else. */
static int64_t
read_local(struct squid_word word)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    static const char shape[] = "00/aaa/0000:00:00:00 +0000";
    const char *at = word.text;
    if (word.len != sizeof shape - 1)
        return 0;
    for (size_t i = 0; i < word.len; i++) {
        bool digit = (unsigned)(at[i] - '0') < 10;
        bool fits = shape[i] == '0'   ? digit
                    : shape[i] == 'a' ? !digit
                    : shape[i] == '+' ? at[i] == '+' || at[i] == '-'
                                      : at[i] == shape[i];
        if (!fits)
            return 0;
    }
    size_t month = 0;
    while (month < 12 && memcmp(months + 3 * month, at + 3, 3) != 0)
        month++;
    char date[] = {at[7], at[8], at[9], at[10], '-', (char)('0' + (month + 1) / 10), (char)('0' + (month + 1) % 10),
                   '-',   at[0], at[1]};
    uint32_t day;
    if (!day_parse(&day, date, sizeof date))
        return 0;
    int64_t seconds = (int64_t)day * 86400 + (int64_t)two(at + 12) * 3600 + (int64_t)two(at + 15) * 60 + two(at + 18);
    int64_t zone = (int64_t)two(at + 22) * 3600 + (int64_t)two(at + 24) * 60;
    return (seconds + (at[21] == '-' ? zone : -zone)) * 1000;
}

/* The seconds and their first three decimals, in ms; the time of no day is 0. False for anything else. */
static bool
read_start(int64_t *ret, struct squid_word word)
{
    uint64_t seconds, rest = 0;
    const char *point = memchr(word.text, '.', word.len);
    size_t whole = point == NULL ? word.len : (size_t)(point - word.text);
    size_t decimals = point == NULL ? 0 : word.len - whole - 1;
    *ret = 0;
    if (word.len == 1 && *word.text == '-')
        return true;
    if (!digits_read(&seconds, word.text, whole, UINT64_MAX) ||
        (point != NULL && !digits_read(&rest, point + 1, decimals < 3 ? decimals : 3, 999)))
        return false;
    for (; decimals < 3; decimals++)
        rest *= 10;
    *ret = seconds > (uint64_t)SECONDS_LAST ? 0 : (int64_t)(seconds * 1000 + rest);
    return true;
}

/* Where the word of a field is in a line; 0: the field is a number. */
static const uint8_t places[LOG_FIELDS] = {
    [LOG_CLIENT] = offsetof(struct log_line, client), [LOG_USER] = offsetof(struct log_line, user),
    [LOG_METHOD] = offsetof(struct log_line, method), [LOG_URL] = offsetof(struct log_line, url),
    [LOG_HOST] = offsetof(struct log_line, host),     [LOG_PORT] = offsetof(struct log_line, port),
    [LOG_RESULT] = offsetof(struct log_line, result), [LOG_SNI] = offsetof(struct log_line, sni),
    [LOG_BUMP] = offsetof(struct log_line, bump),     [LOG_ADDRESS] = offsetof(struct log_line, address),
};

/* False: not such a value. */
static bool
set_number(struct log_line *line, enum log_field field, struct squid_word word)
{
    uint64_t number;
    if (field == LOG_START)
        return read_start(&line->when, word);
    if (field == LOG_LOCAL) {
        int64_t when = read_local(word);
        line->when += when;
        return when != 0;
    }
    if (!read_number(&number, word))
        return false;
    if (field == LOG_SECONDS)
        line->when += number > (uint64_t)SECONDS_LAST ? 0 : (int64_t)number * 1000;
    else if (field == LOG_MILLIS)
        line->when += (int64_t)(number % 1000);
    else if (field == LOG_TOOK)
        line->took = number;
    else if (field == LOG_STATUS)
        line->status = (unsigned)(number % 1000);
    else
        line->bytes = number;
    return true;
}

static inline bool
set_field(struct log_line *line, enum log_field field, const char *at, size_t len)
{
    if (places[field] == 0)
        return set_number(line, field, (struct squid_word){at, len});
    struct squid_word *word = (struct squid_word *)(void *)((char *)line + places[field]);
    word->text = at;
    word->len = len == 1 && *at == '-' ? 0 : len;
    return true;
}

/* Past the spaces that fill a width, all but the one that belongs to the text after the value. */
static const char *
skip_padding(const struct log_step *step, const char *stop, const char *end)
{
    while (step->after > 0 && step->stop == ' ' && end - stop > 1 && stop[1] == ' ')
        stop++;
    return stop;
}

static size_t
trim(const char *at, size_t len)
{
    while (len > 0 && at[len - 1] == ' ')
        len--;
    return len;
}

/* One assignment for each: a memset(3) of this size is a slow instruction on many processors. */
static inline void
clear(struct log_line *line)
{
    const struct squid_word none = {NULL, 0};
    line->when = 0;
    line->took = 0;
    line->bytes = 0;
    line->status = 0;
    line->client = none;
    line->user = none;
    line->method = none;
    line->url = none;
    line->host = none;
    line->port = none;
    line->result = none;
    line->sni = none;
    line->bump = none;
    line->address = none;
}

bool
log_read(const struct log_format *format, const char *line, size_t len, struct log_line *ret)
{
    const char *at = line, *end = line + len;
    clear(ret);
    if (len < format->before || memcmp(at, format->texts, format->before) != 0)
        return false;
    at += format->before;
    for (unsigned i = 0; i < format->count; i++) {
        const struct log_step *step = &format->steps[i];
        while (step->spaces && at < end && *at == ' ')
            at++;
        const char *stop = find_stop(step, at, end);
        size_t value = (size_t)(stop - at);
        if (step->trails) {
            stop = skip_padding(step, stop, end);
            value = trim(at, value);
        }
        if ((size_t)(end - stop) < step->after ||
            (step->after > 1 && memcmp(stop, format->texts + step->text, step->after) != 0))
            return false;
        if (step->field != LOG_NOTHING && !set_field(ret, step->field, at, value))
            return false;
        at = stop + step->after;
    }
    if (ret->when < 1000 || ret->when >= (SECONDS_LAST + 1) * 1000)
        ret->when = 0;
    return at == end;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ruleset_number.c - numbers, sizes and times in squid.conf (src/Parsing.cc; src/cache_cf.cc, parseBytesLine and
 * parseTimeLine). Part of ruleset_parse.h.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ruleset_parse.h"

#define HUGE_SIZE 0x1p64
#define NANOSECONDS_MAX 9223372036.854775807 /* in seconds */

struct unit {
    const char *name; /* what the unit begins with, in any case */
    double value;
};

static int
refuse(struct reading *reading, const char *word, const char *why)
{
    return reading_refuse(reading, "'%.60s' %s, so Squid does not start", word, why);
}

static int
refuse_missing(struct reading *reading, const char *what)
{
    return reading_refuse(reading, "%.60s needs %s, otherwise Squid does not start", reading->line->words[0], what);
}

/* xatoll() */
static int
read_whole(struct reading *reading, long long *ret, const char *word, int base)
{
    char *end;
    if (word == NULL)
        return refuse_missing(reading, "a number");
    *ret = strtoll(word, &end, base);
    return end != word && *end == '\0' ? 0 : refuse(reading, word, "is not a whole number");
}

static int
check_between(struct reading *reading, const char *word, int base, long long least, long long most)
{
    long long n = 0;
    if (read_whole(reading, &n, word, base) != 0)
        return -1;
    return n < least ? refuse(reading, word, "is too small") : n > most ? refuse(reading, word, "is too large") : 0;
}

/* xatoi() */
int
check_int(struct reading *reading, const char *word)
{
    return check_between(reading, word, 10, INT_MIN, INT_MAX);
}

/* xatoui() */
int
check_unsigned(struct reading *reading, const char *word)
{
    return check_between(reading, word, 10, 0, UINT_MAX);
}

/* xatos() */
int
check_short(struct reading *reading, const char *word)
{
    return check_between(reading, word, 10, 0, USHRT_MAX);
}

int
check_percentage(struct reading *reading, const char *word)
{
    char digits[24];
    size_t n = word == NULL ? 0 : strlen(word);
    if (n < 2 || n >= sizeof digits || word[n - 1] != '%')
        return check_between(reading, word, 10, 0, INT_MAX);
    memcpy(digits, word, n);
    digits[n - 1] = '\0';
    return check_between(reading, digits, 10, 0, INT_MAX);
}

int
parse_get_integer(struct reading *reading, int *ret)
{
    const char *word = words_next(&reading->words);
    if (check_between(reading, word, 0, INT_MIN, INT_MAX) != 0)
        return -1;
    *ret = (int)strtoll(word, NULL, 0);
    return 0;
}

int
parse_int(struct reading *reading)
{
    int n;
    return parse_get_integer(reading, &n);
}

int
parse_int64_t(struct reading *reading)
{
    return check_between(reading, words_next(&reading->words), 10, LLONG_MIN, LLONG_MAX);
}

/* GetShort() */
int
parse_u_short(struct reading *reading)
{
    return check_short(reading, words_next(&reading->words));
}

/* xatof(); what strtod() calls a number, also `inf`. */
static int
read_number(struct reading *reading, double *ret, const char *word)
{
    char *end;
    *ret = strtod(word, &end);
    return end != word && *end == '\0' ? 0 : refuse(reading, word, "is not a number");
}

static const struct unit *
find_unit(const struct unit *units, const char *word)
{
    while (units->name != NULL && strncasecmp(word, units->name, strlen(units->name)) != 0)
        units++;
    return units->name == NULL ? NULL : units;
}

/* ---- sizes ------------------------------------------------------------------------------------------------------- */

/* parseBytesUnits() */
static const struct unit byte_units[] = {
    {"bytes", 1}, {"KB", 1024}, {"MB", 1024.0 * 1024}, {"GB", 1024.0 * 1024 * 1024}, {NULL, 0}};

/* parseBytesLine(): the size, in units of `unit` bytes, must be a whole number of the type from `least` to below
 * `most`. */
static int
read_bytes(struct reading *reading, double *ret, double unit, double least, double most)
{
    *ret = HUGE_SIZE;
    const char *word = words_next(&reading->words);
    double number, factor = unit;
    if (word == NULL)
        return refuse_missing(reading, "a size");
    if (strcmp(word, "none") == 0 || strcmp(word, "-1") == 0)
        return 0;
    if (read_number(reading, &number, word) != 0)
        return -1;
    const char *name = number == 0 ? NULL : words_next(&reading->words);
    if (name != NULL) {
        const struct unit *found = find_unit(byte_units, name);
        if (found == NULL)
            return refuse(reading, name, "is none of bytes, KB, MB and GB");
        factor = found->value;
    }
    double size = *ret = number * factor / unit;
    bool whole = size >= least && size < most &&
                 (size < 0 ? (double)(long long)size == size : (double)(unsigned long long)size == size);
    return whole ? 0
                 : reading_refuse(reading,
                                  "'%.40s %.20s' is not a whole number of %s within Squid's limits, so Squid "
                                  "does not start",
                                  word, name == NULL ? "" : name, unit > 1 ? "KB" : "bytes");
}

static int
check_bytes(struct reading *reading, double unit, double least, double most)
{
    double size;
    return read_bytes(reading, &size, unit, least, most);
}

int
parse_b_size_t(struct reading *reading)
{
    return check_bytes(reading, 1, 0, HUGE_SIZE);
}

/* parseBytesLineSigned(): any word that begins with - is no limit. */
int
parse_b_ssize_t(struct reading *reading)
{
    struct words words = reading->words;
    const char *word = words_next(&words);
    return word != NULL && *word == '-' ? 0 : check_bytes(reading, 1, 0, 0x1p63);
}

int
parse_b_int64_t(struct reading *reading)
{
    return check_bytes(reading, 1, -0x1p63, 0x1p63);
}

int
parse_kb_int64_t(struct reading *reading)
{
    return check_bytes(reading, 1024, -0x1p63, 0x1p63);
}

static int
read_size(struct reading *reading, double *ret)
{
    reading->conf->limit = reading->line;
    return read_bytes(reading, ret, 1, 0, HUGE_SIZE);
}

/* ruleset_open.c compares the two after the last line. */
int
parse_request_header_max_size(struct reading *reading)
{
    return read_size(reading, &reading->conf->header_max);
}

int
parse_client_request_buffer_max_size(struct reading *reading)
{
    return read_size(reading, &reading->conf->buffer_max);
}

/* parseBytesOptionValue(): `4MB`. */
int
check_bytes_option(struct reading *reading, const char *word)
{
    size_t digits = strspn(word, "0123456789");
    if (digits == 0 || strtoull(word, NULL, 10) > INT_MAX || find_unit(byte_units, word + digits) == NULL)
        return refuse(reading, word, "is not a size such as 4MB");
    return 0;
}

/* ---- times ------------------------------------------------------------------------------------------------------- */

static const struct unit time_units[] = {{"nanosecond", 1e-9},
                                         {"microsecond", 1e-6},
                                         {"millisecond", 1e-3},
                                         {"second", 1},
                                         {"minute", 60},
                                         {"hour", 3600},
                                         {"day", 86400},
                                         {"week", 7 * 86400.0},
                                         {"fortnight", 14 * 86400.0},
                                         {"month", 30 * 86400.0},
                                         {"year", 8766 * 3600.0},
                                         {"decade", 87660 * 3600.0},
                                         {NULL, 0}};

/* What Squid says against a time since version 5; before, it counted in whole milliseconds and was not as strict. */
static int
check_seconds(struct reading *reading, double number, const struct unit *unit, double least)
{
    if (unit->value < least)
        return refuse(reading, unit->name, "is too small a unit here");
    if (number < 0)
        return reading_refuse(reading, "a time must not be negative, so Squid does not start");
    if (number > NANOSECONDS_MAX / unit->value)
        return reading_refuse(reading, "a time must not exceed 292 years, so Squid does not start");
    if (number * unit->value < least)
        return reading_refuse(reading, "the time is shorter than the least that can be set here, so Squid does not "
                                       "start");
    return 0;
}

/* parseTimeLine(): a number and a unit not below `least` seconds. `more`: other words may follow a number without a
 * unit, in seconds. */
static int
check_time(struct reading *reading, double least, bool more)
{
    const char *word = words_next(&reading->words);
    double number;
    if (word == NULL)
        return refuse_missing(reading, "a time");
    if (read_number(reading, &number, word) != 0)
        return -1;
    if (number == 0)
        return 0;
    struct words before = reading->words;
    const char *name = words_next(&reading->words);
    if (name == NULL)
        return reading->conf->version < 5 ? 0 : refuse_missing(reading, "a unit of time after the number");
    const struct unit *unit = find_unit(time_units, name);
    if (unit == NULL && !more)
        return refuse(reading, name, "is no unit of time");
    if (unit == NULL)
        reading->words = before;
    return unit == NULL || reading->conf->version < 5 ? 0 : check_seconds(reading, number, unit, least);
}

int
parse_time_t(struct reading *reading)
{
    return check_time(reading, 1, false);
}

int
parse_time_msec(struct reading *reading)
{
    return check_time(reading, 1e-3, false);
}

int
parse_time_nanoseconds(struct reading *reading)
{
    return check_time(reading, 1e-9, false);
}

static int
check_on_timeout(struct reading *reading, const char *value)
{
    static const char *const known[] = {"bypass", "fail", "retry", "use_configured_response"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(value, known[i]) == 0)
            return 0;
    }
    return refuse(reading, value, "is none of bypass, fail, retry and use_configured_response");
}

/* A time, then on_timeout= and response=, of which either needs the other. */
int
parse_url_rewrite_timeout(struct reading *reading)
{
    bool configured = false, response = false;
    const char *word;
    if (check_time(reading, 1, true) != 0)
        return -1;
    while ((word = words_next(&reading->words)) != NULL) {
        if (strncmp(word, "on_timeout=", 11) == 0 && check_on_timeout(reading, word + 11) != 0)
            return -1;
        configured = configured || strcmp(word, "on_timeout=use_configured_response") == 0;
        response = response || strncmp(word, "response=", 9) == 0;
    }
    return configured == response ? 0
                                  : reading_refuse(reading, "on_timeout=use_configured_response and response= need "
                                                            "each other, otherwise Squid does not start");
}

int
parse_icap_service_failure_limit(struct reading *reading)
{
    if (parse_int(reading) != 0)
        return -1;
    const char *word = words_next(&reading->words);
    if (word == NULL)
        return 0;
    return strcmp(word, "in") == 0 ? parse_time_t(reading) : refuse(reading, word, "is not 'in'");
}

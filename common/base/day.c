// SPDX-License-Identifier: GPL-2.0-or-later
/* day.c - see day.h. Proleptic Gregorian calendar; years start in March, so that the leap day comes last. */
#include "day.h"
#include "buf.h"
#include "digits.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static bool
parse_number(unsigned *ret, const char *text, size_t len)
{
    uint64_t value;
    if (!digits_read(&value, text, len, 9999))
        return false;
    *ret = (unsigned)value;
    return true;
}

static unsigned
month_days(unsigned year, unsigned month)
{
    static const unsigned char days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap ? 1u : 0u);
}

bool
day_parse(uint32_t *ret, const char *text, size_t len)
{
    unsigned year, month, day;
    if (len != 10 || text[4] != '-' || text[7] != '-')
        return false;
    if (!parse_number(&year, text, 4) || !parse_number(&month, text + 5, 2) || !parse_number(&day, text + 8, 2))
        return false;
    if (year < 1970 || month < 1 || month > 12 || day < 1 || day > month_days(year, month))
        return false;
    unsigned y = month > 2 ? year : year - 1;
    unsigned m = month > 2 ? month - 3 : month + 9;
    *ret = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
    return true;
}

void
day_format(char ret[DAY_TEXT_MAX], uint32_t day)
{
    uint32_t z = day + 719468;
    uint32_t era = z / 146097;
    uint32_t in_era = z % 146097;
    uint32_t year_of_era = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    uint32_t in_year = in_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    uint32_t m = (5 * in_year + 2) / 153;
    uint32_t month = m < 10 ? m + 3 : m - 9;
    uint32_t year = era * 400 + year_of_era + (month <= 2 ? 1 : 0);
    char text[40];
    snprintf(text, sizeof text, "%04u-%02u-%02u", year % 10000, month, in_year - (153 * m + 2) / 5 + 1);
    snprintf(ret, DAY_TEXT_MAX, "%.10s", text);
}

void
day_format_time(char ret[DAY_TIME_MAX], int64_t when)
{
    struct tm tm;
    time_t seconds = (time_t)when;
    if (when <= 0 || gmtime_r(&seconds, &tm) == NULL || tm.tm_year > 8099 ||
        strftime(ret, DAY_TIME_MAX, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
        snprintf(ret, DAY_TIME_MAX, "-");
}

uint32_t
day_of(int64_t when)
{
    return when > 0 ? (uint32_t)(when / 86400) : 0;
}

int64_t
day_parse_time(const char *text)
{
    uint32_t day;
    unsigned part[3];
    size_t len = strnlen(text, DAY_TIME_MAX);
    if (len != 20 || text[10] != 'T' || text[13] != ':' || text[16] != ':' || text[19] != 'Z' ||
        !day_parse(&day, text, 10))
        return 0;
    for (size_t i = 0; i < 3; i++) {
        if (!parse_number(&part[i], text + 11 + 3 * i, 2))
            return 0;
    }
    return (int64_t)day * 86400 + (int64_t)part[0] * 3600 + (int64_t)part[1] * 60 + part[2];
}

void
day_add_span(struct buf *buf, int64_t seconds)
{
    static const struct {
        int64_t seconds;
        const char *word;
    } units[] = {{86400, "day"}, {3600, "hour"}, {60, "minute"}, {1, "second"}};
    size_t i = 0;
    while (i < 3 && seconds < 2 * units[i].seconds)
        i++;
    int64_t count = seconds < 0 ? 0 : seconds / units[i].seconds;
    buf_add_fmt(buf, "%lld %s%s", (long long)count, units[i].word, count == 1 ? "" : "s");
}

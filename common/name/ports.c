// SPDX-License-Identifier: GPL-2.0-or-later
/* ports.c - see ports.h. */
#include "ports.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/digits.h"
#include "base/err.h"

bool
port_parse(uint16_t *ret, const char *text, size_t len)
{
    uint64_t value;
    if (len > 5 || !digits_read(&value, text, len, UINT16_MAX) || value == 0)
        return false;
    *ret = (uint16_t)value;
    return true;
}

static bool
parse_range(struct port_range *ret, const char *text, size_t len)
{
    const char *dash = memchr(text, '-', len);
    if (dash == NULL) {
        if (!port_parse(&ret->low, text, len))
            return false;
        ret->high = ret->low;
        return true;
    }
    size_t low_len = (size_t)(dash - text);
    return port_parse(&ret->low, text, low_len) && port_parse(&ret->high, dash + 1, len - low_len - 1) &&
           ret->low <= ret->high;
}

static int
compare(const void *a, const void *b)
{
    const struct port_range *x = a;
    const struct port_range *y = b;
    return x->low != y->low ? (x->low < y->low ? -1 : 1) : (x->high > y->high) - (x->high < y->high);
}

int
ports_compare(const struct ports *a, const struct ports *b)
{
    for (uint32_t i = 0; i < a->count && i < b->count; i++) {
        int order = compare(&a->range[i], &b->range[i]);
        if (order != 0)
            return order;
    }
    return (a->count > b->count) - (a->count < b->count);
}

static uint32_t
merge(struct port_range *range, uint32_t count)
{
    qsort(range, count, sizeof *range, compare);
    uint32_t last = 0;
    for (uint32_t i = 1; i < count; i++) {
        if (range[i].low <= (uint32_t)range[last].high + 1) {
            if (range[i].high > range[last].high)
                range[last].high = range[i].high;
        } else {
            range[++last] = range[i];
        }
    }
    return count == 0 ? 0 : last + 1;
}

/* Puts ranges in order and copies them into the arena. */
static int
keep(struct ports *ret, struct arena *arena, struct port_range *range, uint32_t count, struct err *err)
{
    count = merge(range, count);
    struct port_range *kept = arena_array(arena, count, sizeof *kept);
    if (kept == NULL)
        return err_set(err, ERR_MEM, "no memory for ports");
    if (count > 0)
        memcpy(kept, range, count * sizeof *kept);
    *ret = (struct ports){.range = kept, .count = count};
    return 0;
}

static int
refuse_more(struct err *err)
{
    return err_set(err, ERR_LIMIT, "more than %d ports or ranges", PORTS_MAX);
}

static bool
is_space(char c)
{
    return c == ' ' || c == '\t';
}

int
ports_parse(struct ports *ret, struct arena *arena, const char *text, size_t len, struct err *err)
{
    struct port_range range[PORTS_MAX] = {0};
    uint32_t count = 0;
    while (len > 0 && is_space(text[len - 1]))
        len--;
    for (size_t at = 0; at < len;) {
        const char *comma = memchr(text + at, ',', len - at);
        size_t end = comma == NULL ? len : (size_t)(comma - text);
        size_t from = at;
        size_t to = end;
        while (from < to && is_space(text[from]))
            from++;
        while (to > from && is_space(text[to - 1]))
            to--;
        if (count == PORTS_MAX)
            return refuse_more(err);
        if (!parse_range(&range[count], text + from, to - from) || (comma != NULL && end + 1 == len))
            return err_set(err, ERR_SYNTAX, "'%.*s' is not a list of ports like '80,443,50000-59999'",
                           (int)(len > 80 ? 80 : len), text);
        count++;
        at = end + 1;
    }
    return keep(ret, arena, range, count, err);
}

int
ports_union(struct ports *ret, struct arena *arena, const struct ports *a, const struct ports *b, struct err *err)
{
    struct port_range range[PORTS_MAX];
    if (a->count > PORTS_MAX || b->count > PORTS_MAX - a->count)
        return refuse_more(err);
    if (a->count > 0)
        memcpy(range, a->range, a->count * sizeof *range);
    if (b->count > 0)
        memcpy(range + a->count, b->range, b->count * sizeof *range);
    return keep(ret, arena, range, a->count + b->count, err);
}

bool
ports_hold(const struct ports *ports, uint16_t port)
{
    for (uint32_t i = 0; i < ports->count; i++) {
        if (port >= ports->range[i].low && port <= ports->range[i].high)
            return true;
    }
    return false;
}

bool
ports_cover(const struct ports *a, const struct ports *b)
{
    uint32_t at = 0;
    for (uint32_t i = 0; i < b->count; i++) {
        while (at < a->count && a->range[at].high < b->range[i].low)
            at++;
        if (at == a->count || a->range[at].low > b->range[i].low || a->range[at].high < b->range[i].high)
            return false;
    }
    return true;
}

bool
ports_equal(const struct ports *a, const struct ports *b)
{
    return a->count == b->count && (a->count == 0 || memcmp(a->range, b->range, a->count * sizeof *a->range) == 0);
}

void
ports_print(struct buf *buf, const struct ports *ports)
{
    for (uint32_t i = 0; i < ports->count; i++) {
        const struct port_range *range = &ports->range[i];
        if (i > 0)
            buf_add_char(buf, ',');
        if (range->low == range->high)
            buf_add_fmt(buf, "%u", range->low);
        else
            buf_add_fmt(buf, "%u-%u", range->low, range->high);
    }
}

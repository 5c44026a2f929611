// SPDX-License-Identifier: GPL-2.0-or-later
/* course_hosts.c - see course_hosts.h. Reads lines as Squid does (src/tools.cc, parseEtcHosts). Room course. */
#include "course_hosts.h"

#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "situation.h"

#define HOSTS_BYTES_MAX ((size_t)16 << 20)
#define BLANKS " \t\r\v\f"

struct entry {
    const char *name; /* in lower case */
    struct addr addr;
    bool first; /* the first name of its line */
};

struct hosts {
    struct arena *arena;
    bool whole;
    struct entry *entries;
    size_t count, room;
};

static void
add_entry(struct hosts *hosts, const char *name, size_t len, const struct addr *addr, bool first)
{
    struct entry *entries = arena_grow(hosts->arena, hosts->entries, &hosts->room, hosts->count + 1, sizeof *entries);
    char *copy = arena_text(hosts->arena, name, len);
    if (entries == NULL || copy == NULL)
        return;
    for (char *at = copy; *at != '\0'; at++) {
        if (*at >= 'A' && *at <= 'Z')
            *at = (char)(*at + 32);
    }
    hosts->entries = entries;
    entries[hosts->count++] = (struct entry){copy, *addr, first};
}

static void
read_line(struct hosts *hosts, const char *line, size_t len)
{
    const char *comment = memchr(line, '#', len);
    if (comment != NULL)
        len = (size_t)(comment - line);
    struct addr addr;
    bool have = false, first = true;
    for (size_t at = 0; at < len;) {
        size_t n = 0;
        while (at < len && strchr(BLANKS, line[at]) != NULL)
            at++;
        while (at + n < len && strchr(BLANKS, line[at + n]) == NULL)
            n++;
        if (n > 0 && have) {
            add_entry(hosts, line + at, n, &addr, first);
            first = false;
        } else if (n > 0 && !addr_parse(&addr, line + at, n)) {
            return;
        }
        have = true;
        at += n;
    }
}

static int
make(struct hosts **ret, const char *text, size_t len, bool whole, struct arena *arena, struct err *err)
{
    struct hosts *hosts = arena_alloc(arena, sizeof *hosts);
    if (hosts == NULL)
        return err_set(err, ERR_MEM, "no memory for the names");
    *hosts = (struct hosts){.arena = arena, .whole = whole};
    for (size_t at = 0; at < len;) {
        const char *end = memchr(text + at, '\n', len - at);
        size_t n = end == NULL ? len - at : (size_t)(end - text) - at;
        read_line(hosts, text + at, n);
        at += n + 1;
    }
    if (!arena_ok(arena))
        return err_set(err, ERR_MEM, "no memory for the names");
    *ret = hosts;
    return 0;
}

int
hosts_make(struct hosts **ret, const char *text, bool whole, struct arena *arena, struct err *err)
{
    return make(ret, text, strlen(text), whole, arena, err);
}

int
hosts_read(struct hosts **ret, const char *path, bool whole, struct arena *arena, struct err *err)
{
    struct buf text;
    buf_init(&text, HOSTS_BYTES_MAX + 1);
    int result = path == NULL ? 0 : file_read(&text, path, HOSTS_BYTES_MAX, err);
    if (result == 0)
        result = make(ret, text.data, text.len, whole, arena, err);
    buf_clear(&text);
    return result;
}

bool
hosts_address(const struct hosts *hosts, const char *name, struct addr *ret)
{
    for (size_t i = hosts->count; i-- > 0;) {
        if (strcasecmp(hosts->entries[i].name, name) == 0) {
            *ret = hosts->entries[i].addr;
            return true;
        }
    }
    return false;
}

enum known
hosts_have(const struct hosts *hosts, const char *name, const struct addr *addr)
{
    enum known found = KNOWN_NOT;
    for (size_t i = 0; i < hosts->count && found != KNOWN_YES; i++) {
        if (strcasecmp(hosts->entries[i].name, name) == 0)
            found = addr_compare(&hosts->entries[i].addr, addr) == 0 ? KNOWN_YES : KNOWN_NO;
    }
    return found;
}

enum reverse
hosts_name(const struct hosts *hosts, const struct addr *addr, const char **ret)
{
    for (size_t i = hosts->count; i-- > 0;) {
        if (hosts->entries[i].first && addr_compare(&hosts->entries[i].addr, addr) == 0) {
            *ret = hosts->entries[i].name;
            return REVERSE_NAME;
        }
    }
    return hosts->whole ? REVERSE_NONE : REVERSE_UNKNOWN;
}

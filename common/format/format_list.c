// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * format_list.c - the formats that write one line for each name or prefix: `edl`, `haproxy`, `haproxy-acl` and `rpz`.
 *
 * An external dynamic list and a response policy zone have no exceptions: neither can leave a name to what comes after
 * it. A map of HAProxy is read from its start, so it has.
 */
#include <string.h>

#include "base/digest.h"
#include "base/err.h"
#include "export/export_addrs.h"
#include "export/export_build.h"
#include "export/export_names.h"
#include "format_write.h"

/* ---- edl ---- */

int
format_write_edl(struct export_job *job, struct buf *out, struct err *err)
{
    struct export_names names;
    if (export_names_for(&names, job, 0, err) != 0)
        return -1;
    for (size_t i = 0; i < names.count; i++)
        buf_add_fmt(out, "%s%s\n", names.item[i].text, export_given(job, EXPORT_SLASH) ? "/" : "");
    return 0;
}

/* ---- haproxy ---- */

/* Maps are searched with regard to case, for a host in lower case. */
static void
make_lower(struct buf *out, size_t from)
{
    for (size_t i = from; i < out->len; i++) {
        if (out->data[i] >= 'A' && out->data[i] <= 'Z')
            out->data[i] = (char)(out->data[i] + ('a' - 'A'));
    }
}

int
format_write_haproxy(struct export_job *job, struct buf *out, struct err *err)
{
    struct export_names names;
    if (export_names_for(&names, job, EXPORT_CAN_GLOB | EXPORT_CAN_REGEX | EXPORT_CAN_EXCEPT, err) != 0)
        return -1;
    for (size_t i = 0; i < names.count; i++) {
        size_t from = out->len;
        export_name_expression(out, &names.item[i]);
        make_lower(out, from);
        buf_add_text(out, names.item[i].selected ? " bypass\n" : " inspect\n");
    }
    return 0;
}

static void
add_prefix(void *arg, const struct prefix *prefix)
{
    char text[PREFIX_TEXT_MAX];
    prefix_format(text, prefix);
    buf_add_fmt(arg, "%s\n", text);
}

int
format_write_haproxy_acl(struct export_job *job, struct buf *out, struct err *err)
{
    struct export_ranges ranges;
    if (export_addrs_at(&ranges, job, export_port(job), err) != 0)
        return -1;
    export_note(job, "addresses as decided for TCP port %u", export_port(job));
    for (size_t i = 0; i < ranges.count; i++)
        export_each_prefix(&ranges.item[i], add_prefix, out);
    return 0;
}

/* ---- rpz ---- */

#define RPZ_NAME_MAX 220 /* the name of the zone comes after it; both together have at most 255 bytes */

/* Names that end in a label such as `rpz-ip` are no names in such a zone. */
static bool
fits_zone(const struct export_name *entry)
{
    const char *dot = strrchr(entry->text, '.');
    return entry->len <= RPZ_NAME_MAX && strncmp(dot == NULL ? entry->text : dot + 1, "rpz-", 4) != 0;
}

/* A number that changes with the names, and with nothing else. */
static unsigned
serial_of(const struct buf *names)
{
    char digest[DIGEST_TEXT_MAX];
    unsigned serial = 0;
    digest_pair(digest, names->data, names->len, NULL, 0);
    for (size_t i = 0; i < 7; i++)
        serial = serial << 4 | (unsigned)(strchr("0123456789abcdef", digest[i]) - "0123456789abcdef");
    return serial + 1;
}

int
format_write_rpz(struct export_job *job, struct buf *out, struct err *err)
{
    struct export_listing left = {.job = job, .what = "not expressible, left out"};
    struct export_names names;
    struct buf lines;
    if (export_names_for(&names, job, 0, err) != 0)
        return -1;
    buf_init(&lines, EXPORT_TEXT_MAX);
    for (size_t i = 0; i < names.count; i++) {
        if (fits_zone(&names.item[i]))
            buf_add_fmt(&lines, "%s CNAME rpz-passthru.\n", names.item[i].text);
        else
            export_listing_add(&left, "", names.item[i].text);
    }
    export_listing_end(&left);
    buf_add_fmt(out,
                "$TTL 3600\n"
                "@ SOA localhost. hostmaster.localhost. %u 3600 900 604800 3600\n"
                "@ NS localhost.\n",
                serial_of(&lines));
    buf_add(out, lines.data, lines.len);
    int result = buf_ok(&lines) ? 0 : err_set(err, ERR_LIMIT, "the export is too large for the memory");
    buf_clear(&lines);
    return result;
}

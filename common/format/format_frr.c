// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * format_frr.c - the formats `frr` and `cisco`: prefix lists, community lists and a route map. Both devices share the
 * language but for a few words.
 *
 * Lines are added to what a device has, so the file first removes what an older one may have left. The route map goes
 * first: until its lines are there again, nothing passes. A list that has nothing denies everything, because IOS lets
 * everything through where a map names a list that does not exist.
 */
#include "base/buf.h"
#include "export/export_build.h"
#include "format_routes.h"
#include "format_write.h"

/* Where the two differ. */
struct dialect {
    const char *no_community; /* what removes a community list; NULL: a line with the same number replaces it */
    const char *community;    /* what a line of one says before its value, after the name */
    const char *community_list;
    const char *end; /* what ends an entry of a route map */
};

static void
add_prefixes(struct buf *out, const struct route_list *list, bool v6)
{
    unsigned number = 0, most = v6 ? 128 : 32;
    char text[PREFIX_TEXT_MAX];
    const char *ip = v6 ? "ipv6" : "ip", *version = v6 ? "v6" : "v4";
    buf_add_fmt(out, "no %s prefix-list %s_%s\n", ip, list->name, version);
    for (size_t i = 0; i < list->count; i++) {
        const struct prefix *prefix = &list->prefixes[i];
        if (prefix->addr.v6 != v6)
            continue;
        prefix_format(text, prefix);
        buf_add_fmt(out, "%s prefix-list %s_%s seq %u permit %s", ip, list->name, version, number += 5, text);
        if (prefix->len < most)
            buf_add_fmt(out, " le %u", most);
        buf_add_char(out, '\n');
    }
    if (number == 0)
        buf_add_fmt(out, "%s prefix-list %s_%s seq 5 deny %s le %u\n", ip, list->name, version,
                    v6 ? "::/0" : "0.0.0.0/0", most);
}

static void
add_list(struct buf *out, const struct dialect *dialect, const struct export_job *job, const struct route_list *list)
{
    bool v4 = export_given(job, EXPORT_IPV4), v6 = export_given(job, EXPORT_IPV6);
    buf_add_fmt(out, "!\n! %s\n", list->title);
    if (v4 || !v6)
        add_prefixes(out, list, false);
    if (v6 || !v4)
        add_prefixes(out, list, true);
    if (list->community == NULL || list->count == 0)
        return;
    if (dialect->no_community != NULL)
        buf_add_fmt(out, "%s %s\n", dialect->no_community, list->name);
    buf_add_fmt(out, "%s %s %s %s\n", dialect->community_list, list->name, dialect->community, list->community);
}

static void
add_map(struct buf *out, const struct dialect *dialect, const struct export_job *job, const struct route_lists *lists)
{
    unsigned number = 0;
    buf_add_text(out, "!\n");
    for (size_t i = 0; i < lists->count; i++) {
        const struct route_list *list = &lists->item[i];
        for (int v6 = 0; v6 < 2; v6++) {
            if (!format_has_routes(list, v6))
                continue;
            buf_add_fmt(out, "route-map %s_import permit %u\n match %s address prefix-list %s_%s\n",
                        export_name_of(job), number += 10, v6 ? "ipv6" : "ip", list->name, v6 ? "v6" : "v4");
            if (list->community != NULL)
                buf_add_fmt(out, " match community %s\n", list->name);
            buf_add_text(out, dialect->end);
        }
    }
    buf_add_fmt(out, "route-map %s_import deny 65535\n%s", export_name_of(job), dialect->end);
}

static int
write(struct export_job *job, struct buf *out, const struct dialect *dialect, struct err *err)
{
    struct route_lists lists;
    if (format_routes(&lists, job, err) != 0)
        return -1;
    buf_add_fmt(out, "no route-map %s_import\n", export_name_of(job));
    for (size_t i = 0; i < lists.count; i++)
        add_list(out, dialect, job, &lists.item[i]);
    add_map(out, dialect, job, &lists);
    return 0;
}

int
format_write_frr(struct export_job *job, struct buf *out, struct err *err)
{
    static const struct dialect dialect = {
        .community_list = "bgp community-list standard", .community = "seq 5 permit", .end = "exit\n!\n"};
    return write(job, out, &dialect, err);
}

int
format_write_cisco(struct export_job *job, struct buf *out, struct err *err)
{
    static const struct dialect dialect = {.no_community = "no ip community-list standard",
                                           .community_list = "ip community-list standard",
                                           .community = "permit",
                                           .end = "!\n"};
    buf_add_text(out, "ip bgp-community new-format\n");
    return write(job, out, &dialect, err);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * format_resolver.c - the formats `dnsmasq` and `unbound`: a resolver that answers the selected names and no others,
 * for clients that go past the proxy to these names and have no other way out.
 *
 * A resolver takes the closest rule. After a fit with exceptions alone that is the first match of the list. The list
 * becomes nodes: a name, whether it is selected itself, and whether the names below it are.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "export/export_build.h"
#include "export/export_names.h"
#include "format_write.h"

struct node {
    const char *name;
    bool self;    /* selected */
    bool below;   /* what is below is selected, unless a node there says otherwise */
    bool outside; /* what `below` of the closest node above says */
};

/* ---- nodes ---- */

static const char *
base_of(const struct export_name *entry)
{
    return entry->text + (entry->kind == PATTERN_UNDER ? 2 : 0);
}

/* By name; of a.b and *.a.b the name itself first. */
static int
compare_bases(const void *a, const void *b)
{
    const struct export_name *x = a, *y = b;
    int base = strcmp(base_of(x), base_of(y));
    return base != 0 ? base : (int)x->kind - (int)y->kind;
}

static bool
is_below_selected(const struct export_names *names, const char *name)
{
    for (const char *dot = strchr(name, '.'); dot != NULL; dot = strchr(dot + 1, '.')) {
        char text[PATTERN_MAX + 2] = "*";
        struct export_name key = {.text = text, .kind = PATTERN_UNDER};
        memcpy(text + 1, dot, strlen(dot) + 1);
        const struct export_name *found = bsearch(&key, names->item, names->count, sizeof *names->item, compare_bases);
        if (found != NULL)
            return found->selected;
    }
    return false;
}

/* The node that begins at *at, which becomes that of the next one. */
static void
read_node(struct node *ret, size_t *at, const struct export_names *names)
{
    const struct export_name *entry = &names->item[*at];
    const char *name = base_of(entry);
    bool outside = is_below_selected(names, name);
    *ret = (struct node){name, outside, outside, outside};
    for (; *at < names->count && strcmp(base_of(&names->item[*at]), name) == 0; ++*at) {
        if (names->item[*at].kind == PATTERN_UNDER)
            ret->below = names->item[*at].selected;
        else
            ret->self = names->item[*at].selected;
    }
}

static int
find_names(struct export_names *ret, struct export_job *job, struct err *err)
{
    if (export_names_for(ret, job, EXPORT_CAN_EXCEPT, err) != 0)
        return -1;
    if (ret->count > 1)
        qsort(ret->item, ret->count, sizeof *ret->item, compare_bases);
    return 0;
}

/* ---- dnsmasq ---- */

static void
add_dnsmasq(struct buf *out, const char *star, const char *name, bool selected)
{
    buf_add_fmt(out, "%s=/%s%s/#\n", selected ? "server" : "address", star, name);
}

int
format_write_dnsmasq(struct export_job *job, struct buf *out, struct err *err)
{
    struct export_names names;
    struct node node;
    if (find_names(&names, job, err) != 0)
        return -1;
    export_note(job, "all other names get the addresses 0.0.0.0 and ::");
    buf_add_text(out, "address=/#/#\n");
    for (size_t i = 0; i < names.count;) {
        read_node(&node, &i, &names);
        if (node.self != node.outside)
            add_dnsmasq(out, "", node.name, node.self);
        if (node.below != node.self)
            add_dnsmasq(out, "*.", node.name, node.below);
    }
    return 0;
}

/* ---- unbound ---- */

/* A zone counts for its name and all names below. A record of another type leaves a name without addresses. */
static void
add_zone(struct buf *out, const struct node *node, struct export_listing *more, struct export_listing *less)
{
    bool open = node->self == node->below ? node->self : !node->outside || node->below;
    if (open != node->outside)
        buf_add_fmt(out, "    local-zone: \"%s.\" %s\n", node->name, open ? "transparent" : "refuse");
    if (!node->self && node->below)
        buf_add_fmt(out, "    local-data: '%s. TXT \"not exported\"'\n", node->name);
    if (node->self && !node->below)
        export_listing_add(open ? more : less, open ? "*." : "", node->name);
}

int
format_write_unbound(struct export_job *job, struct buf *out, struct err *err)
{
    struct export_listing more = {.job = job, .what = "a zone holds the names below it, so these are included as well"};
    struct export_listing less = {.job = job, .what = "a zone holds the names below it, so these are left out as well"};
    struct export_names names;
    struct node node;
    if (find_names(&names, job, err) != 0)
        return -1;
    export_note(job, "all other names are refused");
    buf_add_text(out, "server:\n    local-zone: \".\" refuse\n");
    for (size_t i = 0; i < names.count;) {
        read_node(&node, &i, &names);
        add_zone(out, &node, &more, &less);
    }
    export_listing_end(&more);
    export_listing_end(&less);
    return 0;
}

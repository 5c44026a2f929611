// SPDX-License-Identifier: GPL-2.0-or-later
/* format_routes.c - see format_routes.h. */
#include "format_routes.h"

#include <stdio.h>
#include <string.h>

#include "also/also.h"
#include "base/arena.h"
#include "base/err.h"
#include "cloud/community.h"
#include "export/export_addrs.h"
#include "export/export_build.h"
#include "name/pattern.h"
#include "table/table.h"

#define AREA_MAX 33

bool
format_has_routes(const struct route_list *list, bool v6)
{
    return list->count > 0 && list->prefixes[v6 ? list->count - 1 : 0].addr.v6 == v6;
}

static void
name_list(struct route_list *list, const struct export_job *job, const char *area)
{
    snprintf(list->name, sizeof list->name, "%s_%s", export_name_of(job), area[0] == '\0' ? "local" : area);
    for (char *at = list->name; *at != '\0'; at++) {
        if (*at >= 'A' && *at <= 'Z')
            *at = (char)(*at - 'A' + 'a');
        else if (*at == '-')
            *at = '_';
    }
}

struct collecting {
    struct route_list *list;
    struct arena *arena;
    bool failed;
};

static void
collect(void *arg, const struct prefix *prefix)
{
    struct collecting *to = arg;
    struct route_list *list = to->list;
    struct prefix *prefixes =
        arena_grow(to->arena, list->prefixes, &list->room, list->count + 1, sizeof *list->prefixes);
    to->failed = to->failed || prefixes == NULL;
    if (to->failed)
        return;
    list->prefixes = prefixes;
    prefixes[list->count++] = *prefix;
}

static int
keep_list(struct route_lists *lists, const struct route_list *list, struct arena *arena, struct err *err)
{
    struct route_list *item = arena_grow(arena, lists->item, &lists->room, lists->count + 1, sizeof *item);
    if (item == NULL)
        return err_set(err, ERR_MEM, "no memory for the routes of an export");
    lists->item = item;
    item[lists->count++] = *list;
    return 0;
}

/* The prefixes of one area: an export that is limited to it. */
static int
add_area(struct route_lists *lists, const struct export_job *job, const char *area, const char *source, struct err *err)
{
    struct export_wish wish = *job->wish;
    struct export_job part = *job;
    struct export_services services;
    struct export_ranges ranges;
    struct route_list list = {.title = area[0] == '\0' ? "local lines" : export_area_title(area)};
    struct collecting to = {&list, job->arena, false};
    snprintf(wish.areas[0], sizeof wish.areas[0], "%s", area);
    wish.area_count = 1;
    part.wish = &wish;
    if (export_services(&services, &part, err) != 0 || export_union(&ranges, &services, job->arena, err) != 0)
        return -1;
    for (size_t i = 0; i < ranges.count; i++)
        export_each_prefix(&ranges.item[i], collect, &to);
    if (to.failed)
        return err_set(err, ERR_MEM, "no memory for the routes of an export");
    name_list(&list, job, area);
    list.community = community_find(community_cloud(source, strlen(source)), area, strlen(area));
    return keep_list(lists, &list, job->arena, err);
}

static bool
is_done(const char **areas, size_t count, const char *area)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(areas[i], area) == 0)
            return true;
    }
    return false;
}

/* What an older export may have had: an empty list for each published area, and for local lines, that has none yet. */
static int
add_empty(struct route_lists *lists, const struct export_job *job, const char **areas, size_t count, struct err *err)
{
    static const char *const known[] = {"Common", "Exchange", "MEM", "SharePoint", "Skype", ""};
    int result = 0;
    for (size_t i = 0; i < sizeof known / sizeof known[0] && result == 0; i++) {
        struct route_list list = {.title = known[i][0] == '\0' ? "local lines" : export_area_title(known[i])};
        if (is_done(areas, count, known[i]) || !export_passes_area(job, known[i], strlen(known[i])))
            continue;
        name_list(&list, job, known[i]);
        result = keep_list(lists, &list, job->arena, err);
    }
    return result;
}

/* Areas in the order of the table, which is that of its endpoint sets. */
static int
add_areas(struct route_lists *lists, const struct export_job *job, struct err *err)
{
    const struct table *table = job->source->table;
    const char **areas = arena_array(job->arena, table->terms_count + 1, sizeof *areas);
    size_t count = 0;
    if (areas == NULL)
        return err_set(err, ERR_MEM, "no memory for the routes of an export");
    for (size_t i = 0; i < table->rule_count; i++) {
        const struct terms *terms = &table->terms[table->rules[i].terms];
        const char *area = terms->area == NULL ? "" : terms->area;
        if (table->rules[i].kind != PATTERN_PREFIX || strlen(area) >= AREA_MAX || !export_passes(job, terms) ||
            is_done(areas, count, area))
            continue;
        areas[count++] = area;
        if (add_area(lists, job, area, table->sources[terms->set.source], err) != 0)
            return -1;
    }
    return add_empty(lists, job, areas, count, err);
}

/* The CSV may list a prefix and others inside it; inside ones are left out. */
static int
add_supernets(struct route_lists *lists, const struct export_job *job, const struct also *also, struct err *err)
{
    bool v4 = export_given(job, EXPORT_IPV4), v6 = export_given(job, EXPORT_IPV6);
    struct route_list list = {.title = "Microsoft's public prefixes"};
    struct collecting to = {&list, job->arena, false};
    size_t count;
    const struct also_prefix *all = also_all(also, &count);
    for (size_t i = 0; i < count; i++) {
        const struct prefix *prefix = &all[i].prefix;
        const struct prefix *last = list.count == 0 ? NULL : &list.prefixes[list.count - 1];
        bool wanted = (!v4 && !v6) || (prefix->addr.v6 ? v6 : v4);
        if (wanted && (last == NULL || !prefix_holds(last, &prefix->addr)))
            collect(&to, prefix);
    }
    if (to.failed)
        return err_set(err, ERR_MEM, "no memory for the routes of an export");
    name_list(&list, job, "supernets");
    return keep_list(lists, &list, job->arena, err);
}

static int
read_supernets(struct route_lists *lists, const struct export_job *job, struct err *err)
{
    struct also *also = also_new();
    if (also == NULL)
        return err_set(err, ERR_MEM, "no memory for '%s'", job->wish->supernets);
    int result = also_read(also, job->wish->supernets, ALSO_PUBLIC, err);
    if (result == 0)
        result = also_sort(also, err);
    if (result == 0)
        result = add_supernets(lists, job, also, err);
    also_free(also);
    return result;
}

/* https://learn.microsoft.com/microsoft-365/enterprise/routing-with-expressroute, "Prefix filtering". */
static const char *const caution[] = {
    "Caution: Microsoft advises against route filters made of these prefixes. They change every month, and a change",
    "that is late is an outage; they were published for firewalls and proxies; and they leave out other services on",
    "the same circuit. Accept all routes, choose services by BGP community, or filter by --supernets instead.",
};

int
format_routes(struct route_lists *ret, struct export_job *job, struct err *err)
{
    *ret = (struct route_lists){0};
    if (job->wish->supernets != NULL) {
        export_note(job, "Microsoft's public address space: all its services, not Microsoft 365 alone");
        return read_supernets(ret, job, err);
    }
    for (size_t i = 0; i < sizeof caution / sizeof caution[0]; i++)
        export_note(job, "%s", caution[i]);
    return add_areas(ret, job, err);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * format_squid.c - the format `squid-acl`: Squid's own ACLs, for those who cannot run the helper.
 *
 * For each category the levels of the list (export_names_layer()) become groups of `dstdomain` and `dstdom_regex`, and
 * a chain of `any-of` and `all-of` in which the first group that matches decides:
 *
 *     level 0, except     acl m365_allow         all-of !m365_allow_except m365_allow_level1
 *     level 1, names      acl m365_allow_level1  any-of m365_allow_names m365_allow_level2
 *     level 2, except2    acl m365_allow_level2  all-of !m365_allow_except2 m365_allow_names2
 *     level 3, names2
 *
 * dstdomain's `.b.c` matches b.c too. It is written where both are in one level; `*.b.c` alone is an expression.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "export/export_addrs.h"
#include "export/export_build.h"
#include "export/export_names.h"
#include "format_write.h"
#include "name/verb.h"

#define ACL_NAME_MAX 64 /* bytes with the NUL, as in Squid */

/* What is looked at. */
struct view {
    const char *title, *suffix, *domains, *regexes;
};

static const struct view views[] = {
    {"host", "", "dstdomain -n", "dstdom_regex -n -i"},
    {"SNI", "_sni", "ssl::server_name --client-requested", "ssl::server_name_regex -i"},
};

#define VIEWS (sizeof views / sizeof views[0])

/* One list, from one view. */
struct acls {
    struct buf *out;
    const struct view *view;
    char prefix[32]; /* m365_allow */
};

/* The entries of one level. */
struct group {
    const struct export_name *item;
    size_t count;
    size_t plain;            /* of them EXACT and UNDER entries, which come first, by text */
    char name[ACL_NAME_MAX]; /* without the suffix */
};

static void
name_prefix(char ret[32], const struct export_job *job, enum verb verb)
{
    int len = snprintf(ret, 32, "%s_%s", export_name_of(job), verb_category(verb));
    for (int i = 0; i < len; i++)
        ret[i] = (char)tolower((unsigned char)ret[i]);
}

/* ---- one group ---- */

static int
compare_text(const void *key, const void *item)
{
    return strcmp(key, ((const struct export_name *)item)->text);
}

static bool
has(const struct group *group, const char *text)
{
    return bsearch(text, group->item, group->plain, sizeof *group->item, compare_text) != NULL;
}

/* `none` means something else in these ACLs. */
static bool
is_domain(const struct group *group, const struct export_name *entry)
{
    if (entry->kind == PATTERN_EXACT)
        return strcmp(entry->text, "none") != 0;
    return entry->kind == PATTERN_UNDER && strcmp(entry->text + 2, "none") != 0 && has(group, entry->text + 2);
}

/* Returns how many lines were written: a name and what is below it are one line. */
static size_t
add_domains(const struct acls *acls, const struct group *group)
{
    size_t count = 0;
    for (size_t i = 0; i < group->count; i++) {
        const struct export_name *entry = &group->item[i];
        char under[PATTERN_MAX + 3];
        if (entry->kind != PATTERN_EXACT || !is_domain(group, entry))
            continue;
        snprintf(under, sizeof under, "*.%s", entry->text);
        buf_add_fmt(acls->out, "acl %s_domains%s %s %s%s\n", group->name, acls->view->suffix, acls->view->domains,
                    has(group, under) ? "." : "", entry->text);
        count++;
    }
    return count;
}

static size_t
add_regexes(const struct acls *acls, const struct group *group)
{
    size_t count = 0;
    for (size_t i = 0; i < group->count; i++) {
        if (is_domain(group, &group->item[i]))
            continue;
        buf_add_fmt(acls->out, "acl %s_regex%s %s ", group->name, acls->view->suffix, acls->view->regexes);
        export_name_expression(acls->out, &group->item[i]);
        buf_add_char(acls->out, '\n');
        count++;
    }
    return count;
}

static void
add_group(const struct acls *acls, const struct group *group)
{
    const char *suffix = acls->view->suffix;
    bool domains = add_domains(acls, group) > 0, regexes = add_regexes(acls, group) > 0;
    buf_add_fmt(acls->out, "acl %s%s any-of", group->name, suffix);
    if (domains)
        buf_add_fmt(acls->out, " %s_domains%s", group->name, suffix);
    if (regexes)
        buf_add_fmt(acls->out, " %s_regex%s", group->name, suffix);
    buf_add_char(acls->out, '\n');
}

/* ---- the chain ---- */

/* The group that ends before entry `end`. */
static struct group
last_group(const struct acls *acls, const struct export_names *names, size_t end)
{
    uint32_t level = names->item[end - 1].level;
    size_t first = end;
    struct group group = {0};
    while (first > 0 && names->item[first - 1].level == level)
        first--;
    group.item = &names->item[first];
    group.count = end - first;
    while (group.plain < group.count && group.item[group.plain].kind <= PATTERN_UNDER)
        group.plain++;
    snprintf(group.name, sizeof group.name, "%s_%s", acls->prefix, level % 2 == 1 ? "names" : "except");
    if (level > 1)
        snprintf(group.name + strlen(group.name), 12, "%u", level / 2 + 1);
    return group;
}

/* One link: a group and what comes after it. The last one is the group itself, unless it is also the first. */
static void
add_link(const struct acls *acls, const struct group *group, char rest[ACL_NAME_MAX], bool first)
{
    const char *suffix = acls->view->suffix;
    bool names = group->item->level % 2 == 1, last = rest[0] == '\0';
    char whole[ACL_NAME_MAX];
    int len = snprintf(whole, sizeof whole, "%s", acls->prefix);
    if (last && !first) {
        memcpy(rest, group->name, sizeof group->name);
        return;
    }
    if (!first)
        snprintf(whole + len, 17, "_level%u", group->item->level);
    buf_add_fmt(acls->out, "acl %s%s %s%s%s", whole, suffix, names ? "any-of " : "all-of !", group->name, suffix);
    if (!last)
        buf_add_fmt(acls->out, " %s%s", rest, suffix);
    buf_add_char(acls->out, '\n');
    memcpy(rest, whole, sizeof whole);
}

/* From the last level to the first: an ACL must be known before it is used. */
static void
add_names(const struct acls *acls, const struct export_names *names)
{
    char rest[ACL_NAME_MAX] = "";
    for (size_t end = names->count; end > 0;) {
        struct group group = last_group(acls, names, end);
        add_group(acls, &group);
        end -= group.count;
        add_link(acls, &group, rest, end == 0);
    }
    if (names->count == 0)
        buf_add_fmt(acls->out, "acl %s%s all-of !all\n", acls->prefix, acls->view->suffix);
}

/* ---- addresses, and all categories ---- */

static void
add_prefix(void *arg, const struct prefix *prefix)
{
    const struct acls *acls = arg;
    char text[PREFIX_TEXT_MAX];
    prefix_format(text, prefix);
    buf_add_fmt(acls->out, "acl %s_dst dst -n %s\n", acls->prefix, text);
}

static int
add_category(struct acls *acls, struct export_job *job, enum verb verb, struct err *err)
{
    struct export_names names;
    struct export_ranges ranges;
    name_prefix(acls->prefix, job, verb);
    if (export_names_for(&names, job, EXPORT_CAN_GLOB | EXPORT_CAN_REGEX | EXPORT_CAN_EXCEPT, err) != 0 ||
        export_addrs_at(&ranges, job, export_port(job), err) != 0)
        return -1;
    for (size_t i = 0; i < VIEWS; i++) {
        acls->view = &views[i];
        buf_add_fmt(acls->out, "\n# %s, by %s\n", verb_category(verb), views[i].title);
        add_names(acls, &names);
    }
    buf_add_fmt(acls->out, "\n# %s, by address\n", verb_category(verb));
    for (size_t i = 0; i < ranges.count; i++)
        export_each_prefix(&ranges.item[i], add_prefix, acls);
    if (ranges.count == 0)
        buf_add_fmt(acls->out, "acl %s_dst all-of !all\n", acls->prefix);
    return 0;
}

/* squid.conf may name the ACLs of any category. */
static void
add_nothing(struct acls *acls, const struct export_job *job, enum verb verb)
{
    name_prefix(acls->prefix, job, verb);
    buf_add_fmt(acls->out, "\n# %s: not exported\n", verb_category(verb));
    buf_add_fmt(acls->out, "acl %s all-of !all\nacl %s_sni all-of !all\nacl %s_dst all-of !all\n", acls->prefix,
                acls->prefix, acls->prefix);
}

static void
add_union(struct buf *out, const struct export_job *job, const char *suffix)
{
    char prefix[32];
    buf_add_fmt(out, "acl %s%s any-of", export_name_of(job), suffix);
    for (size_t i = 0; i < VERB_CATEGORIES; i++) {
        if ((job->selected & 1u << verb_categories[i]) != 0) {
            name_prefix(prefix, job, verb_categories[i]);
            buf_add_fmt(out, " %s%s", prefix, suffix);
        }
    }
    buf_add_char(out, '\n');
}

int
format_write_squid(struct export_job *job, struct buf *out, struct err *err)
{
    struct acls acls = {.out = out};
    uint32_t selected = job->selected;
    int result = 0;
    for (size_t i = 0; i < VERB_CATEGORIES && result == 0; i++) {
        job->selected = selected & 1u << verb_categories[i];
        if (job->selected == 0)
            add_nothing(&acls, job, verb_categories[i]);
        else
            result = add_category(&acls, job, verb_categories[i], err);
    }
    job->selected = selected;
    buf_add_text(out, "\n# Any of these\n");
    add_union(out, job, "");
    add_union(out, job, "_sni");
    add_union(out, job, "_dst");
    return result;
}

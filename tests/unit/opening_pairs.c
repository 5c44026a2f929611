// SPDX-License-Identifier: GPL-2.0-or-later
/* opening_pairs.c - see opening_pairs.h. A table is a list of rows in sets; an edit changes some of them. */
#include "opening_pairs.h"

#include <string.h>

#include "name/verb.h"
#include "unit.h"

#define SETS 7 /* the first is for local lines */
#define LINES_MAX 60

static uint64_t seed;

static unsigned
below(unsigned most)
{
    return next_random(&seed) % most;
}

static const char *const names[] = {
    "a.ex.net",   "b.ex.net",   "ab.ex.net",    "a.b.ex.net",   "b.a.ex.net",  "x.a.b.ex.net", "ex.net",
    "*.ex.net",   "*.ex.net",   "*.b.ex.net",   "*.a.b.ex.net", "a.*.ex.net",  "a*.ex.net",    "*b.ex.net",
    "b.*.ex.net", "*-a.ex.net", "x.*.b.ex.net", "h.other.org",  "*.other.org", "*.ex.net",     "a.*.ex.net",
};

static const char *const shared_names[] = {
    "<tenant>.sharepoint.com",    "<tenant>-my.sharepoint.com",  "*.sharepoint.com",
    "*-my.sharepoint.com",        "contoso-my.sharepoint.com",   "contoso.sharepoint.com",
    "*-files.sharepoint.com",     "x.contoso.sharepoint.com",    "contoso-files.sharepoint.com",
    "*.contoso.sharepoint.com",   "fabrikam.sharepoint.com",     "contoso-*.sharepoint.com",
    "contoso*.sharepoint.com",    "cont*.sharepoint.com",        "*so.sharepoint.com",
    "*contoso-my.sharepoint.com", "*toso-my.sharepoint.com",     "*o-admin.sharepoint.com",
    "x.*.sharepoint.com",         "*.contoso-my.sharepoint.com",
};

/* The tenant elsewhere. */
static const char *const tenant_names[] = {
    "*.<tenant>.ex.net", "a.<tenant>.ex.net",   "<tenant>.ex.net",    "*-b.<tenant>.ex.net", "a*.contoso.ex.net",
    "*o.ex.net",         "<tenant>-*.ex.net",   "*.ex.net",           "a.*.ex.net",          "a.contoso.ex.net",
    "cont*.ex.net",      "*.<tenant>-b.ex.net", "*<tenant>-b.ex.net", "*.contoso.ex.net",    "*-b.contoso.ex.net",
};

/* Only in local lines. */
static const char *const local_names[] = {
    ".ex.net",    ".b.ex.net",   "a.*.*.ex.net", "a*.*.ex.net",     "*a*.ex.net",  "*.*.ex.net",
    "a*b.ex.net", "*b.*.ex.net", ".a.ex.net",    ".sharepoint.com", "*.a*.ex.net", "*-b.*.ex.net",
};

/* Most of them match some of the names of opening_oracle.c and no label that only letters make. */
static const char *const regexes[] = {
    "~c[0-9]\\.ex\\.net",
    "~(c|d)[0-9]\\.ex\\.net",
    "~[a-z]+\\.ex\\.net",
    "~[a-c]\\.b\\.ex\\.net",
    "~.*[0-9].*\\.ex\\.net",
    "~[a-z-]+\\.contoso\\.ex\\.net",
    "~contoso-[a-m]+\\..*",
    "~x\\..*",
    "~[a-z]+-my\\.sharepoint\\.com",
    "~[a-z.]+\\.other\\.org",
    "~c[0-9]\\.b\\.ex\\.net",
    "~.*\\.sharepoint\\.com",
};

/* What a pattern is narrowed to. */
static const struct {
    const char *from, *to;
} narrower[] = {
    {"*.ex.net", "*.b.ex.net"},
    {"*.ex.net", "a.ex.net"},
    {"*.ex.net", "*b.ex.net"},
    {"*.b.ex.net", "a.b.ex.net"},
    {"a*.ex.net", "ab.ex.net"},
    {"*.other.org", "h.other.org"},
    {"*.sharepoint.com", "<tenant>.sharepoint.com"},
    {"*.sharepoint.com", "*-my.sharepoint.com"},
    {"contoso-*.sharepoint.com", "contoso-my.sharepoint.com"},
    {"*.<tenant>.ex.net", "a.<tenant>.ex.net"},
    {"52.96.0.0/14", "52.98.7.0/24"},
};

static const char *const prefixes[] = {
    "52.96.0.0/14",    "52.98.0.0/16",    "52.98.7.0/24",    "52.98.7.0/30",    "52.98.7.7/32", "13.107.6.0/24",
    "13.107.6.152/31", "13.107.6.152/32", "40.96.0.0/13",    "2620:1ec:8::/48", "52.98.7.0/25", "2620:1ec:8:a::/64",
    "40.97.0.0/16",    "13.107.6.0/25",   "13.107.6.128/25", "52.96.0.0/15",
};

static const char *const ports[] = {
    "", "", " tcp=443", " tcp=80,443", " tcp=80-443", " tcp=143,443", " udp=3478", " tcp=25", " tcp=443 udp=3478",
};

struct line {
    const char *pattern;
    unsigned set;  /* 0: local */
    bool inspect;  /* else the verb of its set */
    unsigned verb; /* of a local line: 0 to 2, from default to optimize */
    bool expired;
    const char *ports; /* of a local line */
};

struct draft {
    struct line lines[LINES_MAX];
    unsigned count;
    struct {
        unsigned verb;
        const char *ports;
    } sets[SETS];
};

/* Which ports the tables of this pair speak for: few, so that they meet. */
static const char *pair_ports[2];
static unsigned share_of_shared, share_of_prefixes, share_of_tenant, share_of_regexes; /* percent */

static const char *
pick_pattern(bool local)
{
    if (below(100) < share_of_prefixes)
        return prefixes[below(ROWS(prefixes))];
    if (local && below(100) < share_of_regexes)
        return regexes[below(ROWS(regexes))];
    if (below(100) < share_of_tenant)
        return tenant_names[below(ROWS(tenant_names))];
    if (local && below(3) == 0)
        return local_names[below(ROWS(local_names))];
    if (below(100) < share_of_shared)
        return shared_names[below(ROWS(shared_names))];
    return names[below(ROWS(names))];
}

static void
add(struct draft *draft, struct line line)
{
    if (draft->count < LINES_MAX)
        draft->lines[draft->count++] = line;
}

static void
add_published(struct draft *draft, unsigned set)
{
    add(draft, (struct line){.pattern = pick_pattern(false), .set = set});
}

static void
add_local(struct draft *draft)
{
    struct line line = {.pattern = pick_pattern(true), .ports = below(3) == 0 ? pair_ports[below(2)] : ""};
    unsigned kind = below(6);
    line.inspect = kind < 3;
    line.verb = kind % 3;
    line.expired = below(12) == 0;
    if (line.inspect && strstr(line.pattern, "<tenant>") != NULL)
        line.pattern = "*.sharepoint.com";
    if (strstr(line.pattern, "<tenant>") != NULL)
        line.pattern = below(2) == 0 ? "contoso.sharepoint.com" : "*.contoso.ex.net";
    add(draft, line);
}

static void
make_set(struct draft *draft, unsigned set)
{
    draft->sets[set].verb = below(5) == 0 ? 0 : 1 + below(2);
    draft->sets[set].ports = pair_ports[below(2)];
}

static void
make_old(struct draft *draft)
{
    unsigned sets = 2 + below(SETS - 2), rows = 3 + below(9);
    *draft = (struct draft){.count = 0};
    for (unsigned i = 1; i < SETS; i++)
        make_set(draft, i);
    for (unsigned i = 0; i < rows; i++)
        add_published(draft, 1 + below(sets));
    for (unsigned i = below(3) + share_of_regexes / 30; i > 0; i--)
        add_local(draft);
}

static void
drop(struct draft *draft, unsigned at)
{
    draft->lines[at] = draft->lines[--draft->count];
}

static bool
is_prefix(const struct line *line)
{
    return strchr(line->pattern, '/') != NULL;
}

static void
narrow(struct line *line)
{
    unsigned first = below(ROWS(narrower));
    for (unsigned i = 0; i < ROWS(narrower); i++) {
        const char *to = narrower[(first + i) % ROWS(narrower)].to;
        bool fits = strcmp(narrower[(first + i) % ROWS(narrower)].from, line->pattern) == 0;
        if (fits && (line->set != 0 || strchr(to, '<') == NULL)) {
            line->pattern = to;
            return;
        }
    }
}

/* One line: moved, copied, dropped, replaced, narrowed. */
static void
edit_line(struct draft *draft)
{
    unsigned at = below(draft->count);
    struct line *line = &draft->lines[at], copy = *line;
    switch (below(9)) {
    case 0:
    case 1:
    case 2: line->set = line->set == 0 ? 0 : 1 + below(SETS - 1); break;
    case 3:
        copy.set = copy.set == 0 ? 0 : 1 + below(SETS - 1);
        add(draft, copy);
        break;
    case 4: drop(draft, at); break;
    case 8: narrow(line); break;
    case 5:
        line->pattern = pick_pattern(false);
        if (line->set == 0 && strchr(line->pattern, '<') != NULL)
            line->pattern = "contoso-my.sharepoint.com";
        break;
    case 6: line->inspect = line->set == 0 && !line->inspect && strchr(line->pattern, '<') == NULL; break;
    default: line->expired = line->set == 0 && !line->expired; break;
    }
}

/* A set: dropped, renumbered, split, without its addresses, of another category or other ports. */
static void
edit_set(struct draft *draft)
{
    unsigned set = 1 + below(SETS - 1), other = 1 + below(SETS - 1), kind = below(7);
    if (kind == 5)
        draft->sets[set].verb = below(3);
    if (kind == 6)
        draft->sets[set].ports = pair_ports[below(2)];
    if (kind == 1)
        draft->sets[other] = draft->sets[set];
    for (unsigned i = draft->count; i > 0; i--) {
        struct line *line = &draft->lines[i - 1];
        if (line->set != set)
            continue;
        if (kind == 0 || (kind == 3 && is_prefix(line)) || (kind == 4 && !is_prefix(line)))
            drop(draft, i - 1);
        else if (kind == 1 || (kind == 2 && below(2) == 0))
            line->set = other;
    }
}

static void
edit(struct draft *draft)
{
    unsigned kind = below(10);
    if (kind < 2)
        add_published(draft, 1 + below(SETS - 1));
    else if (kind == 2)
        add_local(draft);
    else if (kind < 7 && draft->count > 0)
        edit_line(draft);
    else
        edit_set(draft);
}

static void
print(struct buf *buf, const struct draft *draft)
{
    static const char *const verbs[] = {"default", "allow", "optimize"};
    buf_reset(buf);
    for (unsigned i = 0; i < draft->count; i++) {
        const struct line *line = &draft->lines[i];
        const char *verb = verbs[line->set != 0 ? draft->sets[line->set].verb : line->verb];
        buf_add_fmt(buf, "%s %s", line->inspect ? "inspect" : verb, line->pattern);
        if (line->set != 0)
            buf_add_fmt(buf, " id=%u", line->set);
        buf_add_text(buf, line->set != 0 ? draft->sets[line->set].ports : line->ports);
        buf_add_text(buf, line->expired ? " expires=2026-01-01\n" : "\n");
    }
    buf_add_char(buf, '\0');
}

static void
make_policy(struct policy *policy)
{
    static const char *tenants[] = {"contoso"};
    *policy = (struct policy){.highest = below(4) == 0};
    if (below(3) == 0)
        policy->bypass = 1 + below(7); /* any of the three categories */
    if (below(2) == 0) {
        policy->tenants = tenants;
        policy->tenant_count = 1;
    }
}

void
pair_make(struct pair *ret, unsigned number)
{
    struct draft draft;
    seed = (uint64_t)(number + 1) * 0x9e3779b97f4a7c15u;
    for (unsigned i = 0; i < 4; i++)
        below(2);
    share_of_shared = below(4) == 0 ? 70 : 3;
    share_of_prefixes = below(4) == 0 ? 60 : 30;
    share_of_tenant = below(5) == 0 ? 60 : 0;
    share_of_regexes = below(4) == 0 ? 60 : 0;
    pair_ports[0] = ports[below(ROWS(ports))];
    pair_ports[1] = ports[below(ROWS(ports))];
    make_policy(&ret->was_policy);
    ret->is_policy = ret->was_policy;
    if (below(20) == 0)
        make_policy(&ret->is_policy);
    ret->hold_joins = below(4) == 0;
    ret->has_tenants = share_of_tenant > 0;
    make_old(&draft);
    print(&ret->was, &draft);
    for (unsigned i = below(2) == 0 ? 1 : 1 + below(5); i > 0; i--)
        edit(&draft);
    print(&ret->is, &draft);
}

void
pair_init(struct pair *pair)
{
    buf_init(&pair->was, 100000);
    buf_init(&pair->is, 100000);
}

void
pair_clear(struct pair *pair)
{
    buf_clear(&pair->was);
    buf_clear(&pair->is);
}

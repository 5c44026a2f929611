// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lead_probe.c - asks both tables about names of a pattern: of each kind of names that rules tell apart, one. Part of
 * lead.h.
 */
#include <stdio.h>
#include <string.h>

#include "image/image.h"
#include "lead_probe.h"
#include "name/pattern.h"
#include "name/tenant.h"
#include "verdict/request.h"

#define LABEL "m365-any" /* in a star */

/* Patterns with a letter between two stars, and regexes, match some of these only. */
static const char *const labels[] = {LABEL, "0", "zq"};

/* ---- asking ---- */

static bool
is_port(const struct closing *closing, uint16_t port)
{
    return closing->ports == NULL || ports_hold(closing->ports, port) != closing->others;
}

void
lead_hurry(struct lead *lead)
{
    if (patience_ends(&lead->patience, lead->turns++))
        lead->asks = lead->covers = 0;
}

/* Whether a request opens at a port of the line, and whether both tables bypass it there. */
void
lead_ask(bool *ret_opens, bool *ret_kept, struct lead *lead, const struct closing *closing, struct request *request)
{
    const struct diff *diff = lead->diff;
    *ret_opens = *ret_kept = false;
    lead_hurry(lead);
    lead->asks -= lead->asks < 2 * diff->port_count ? lead->asks : 2 * diff->port_count;
    for (size_t i = 0; i < diff->port_count && lead->asks > 0; i++) {
        struct verdict was, is;
        request->port = diff->ports[i];
        if (!is_port(closing, request->port))
            continue;
        verdict_decide(diff->old_image, request, diff->today, &was);
        verdict_decide(diff->new_image, request, diff->today, &is);
        *ret_opens = *ret_opens || (!was.bypass && is.bypass);
        *ret_kept = *ret_kept || (was.bypass && is.bypass);
    }
}

void
lead_ask_name(bool *ret_opens, bool *ret_kept, struct lead *lead, const struct closing *closing, const char *name,
              size_t len)
{
    struct request request;
    request_init(&request);
    request_set_dst(&request, name, len);
    lead_ask(ret_opens, ret_kept, lead, closing, &request);
}

/* ---- names of two patterns ---- */

static void
try_name(struct lead_search *search, const char *name, size_t len)
{
    struct host host;
    if (search->ended || len == 0 || !host_parse(&host, name, len) ||
        !pattern_match(search->outer, search->outer_len, host.text, host.len) ||
        !pattern_match(search->inner, search->inner_len, host.text, host.len))
        return;
    search->ended = !search->found(search->arg, host.text, host.len);
}

/* The pattern with `word` in star number `which` and the label in the others. */
static void
try_label(struct lead_search *search, const char *text, size_t len, size_t which, const char *word, const char *label)
{
    char name[HOST_MAX + 1];
    size_t out = 0, star = 0;
    for (size_t i = 0; i < len; i++) {
        const char *from = text[i] != '*' ? text + i : star++ == which ? word : label;
        size_t n = text[i] != '*' ? 1 : strlen(from);
        if (out + n > HOST_MAX)
            return;
        memcpy(name + out, from, n);
        out += n;
    }
    try_name(search, name, out);
}

static void
try_filled(struct lead_search *search, const char *text, size_t len, size_t which, const char *word)
{
    bool wild = memchr(text, '*', len) != NULL;
    for (size_t i = 0; i < (wild ? sizeof labels / sizeof labels[0] : 1); i++)
        try_label(search, text, len, which, word, labels[i]);
}

static bool
has_tenants(const char *text, size_t len)
{
    const char *label;
    size_t label_len;
    return tenant_label(text, len, &label, &label_len);
}

/* The names that a tenant has below one suffix. A star may stand for a part of its label, as in `*o-my.sharepoint.com`.
 */
static void
try_owned(struct lead_search *search, const char *tenant, const char *suffix)
{
    char name[sizeof LABEL + HOST_LABEL_MAX + TENANT_MAX + HOST_MAX];
    const char *ending;
    for (size_t k = 0; (ending = tenant_ending(k)) != NULL; k++) {
        int len = snprintf(name, sizeof name, LABEL ".%s%s%s", tenant, ending, suffix);
        try_name(search, name, (size_t)len);
        try_name(search, name + sizeof LABEL, (size_t)len - sizeof LABEL);
    }
}

/* Names of a wildcard. */
static void
try_wild(struct lead_search *search, const char *text, size_t len)
{
    char word[HOST_LABEL_MAX + TENANT_MAX + 16];
    const char *ending;
    size_t stars = 0;
    try_filled(search, text, len, SIZE_MAX, "");
    for (size_t i = 0; i < len; i++)
        stars += text[i] == '*';
    for (size_t i = 0; i < stars * search->lead->tenant_count && has_tenants(text, len); i++) {
        const char *tenant = search->lead->tenants[i / stars];
        for (size_t k = 0; (ending = tenant_ending(k)) != NULL; k++) {
            snprintf(word, sizeof word, "%s%s", tenant, ending);
            try_filled(search, text, len, i % stars, word);
            snprintf(word, sizeof word, "%s.%s%s", LABEL, tenant, ending);
            try_filled(search, text, len, i % stars, word);
        }
    }
    const char *suffix;
    for (size_t s = 0; stars > 0 && has_tenants(text, len) && (suffix = tenant_suffix(s)) != NULL; s++) {
        for (size_t i = 0; i < search->lead->tenant_count; i++)
            try_owned(search, search->lead->tenants[i], suffix);
    }
}

static bool
try_shape(void *arg, const char *text, size_t len)
{
    struct lead_search *search = arg;
    try_wild(search, text, len);
    if (text[0] == '*')
        try_filled(search, text + 1, len - 1, SIZE_MAX, "");
    return !search->ended;
}

/* A pattern without the form `.b.c`: that is `*.b.c` and b.c. */
static size_t
write_wild(char ret[PATTERN_MAX + 2], const char *text, size_t len)
{
    bool dot = len > 0 && text[0] == '.';
    ret[0] = '*';
    memcpy(ret + dot, text, len);
    ret[len + dot] = '\0';
    return len + dot;
}

/* Names that both patterns match: of each kind one. */
static void
search_names(struct lead_search *search)
{
    char a[PATTERN_MAX + 2], b[PATTERN_MAX + 2];
    if (!pattern_meets(search->outer, search->outer_len, search->inner, search->inner_len))
        return;
    size_t a_len = write_wild(a, search->outer, search->outer_len);
    size_t b_len = write_wild(b, search->inner, search->inner_len);
    if (search->inner[0] == '.')
        try_name(search, search->inner + 1, search->inner_len - 1);
    if (search->outer[0] == '.')
        try_name(search, search->outer + 1, search->outer_len - 1);
    try_wild(search, b, b_len);
    if (memchr(b, '*', b_len) != NULL && memchr(a, '*', a_len) != NULL) {
        try_wild(search, a, a_len);
        pattern_cross(a, a_len, b, b_len, try_shape, search);
    }
}

void
lead_search_rule(struct lead_search *search, const struct rule *rule)
{
    const struct lead *lead = search->lead;
    size_t tenants = strstr(rule->text, PATTERN_TENANT) != NULL ? lead->tenant_count : 0;
    bool others = tenants == 0 || !lead->all_have_tenants;
    char filled[PATTERN_MAX + 1];
    search->inner = filled;
    for (size_t i = 0; i < tenants + others && !search->ended; i++) {
        search->inner_len = pattern_fill_tenant(filled, rule->text, rule->len, i < tenants ? lead->tenants[i] : NULL);
        if (search->inner_len > 0)
            search_names(search);
    }
    search->inner = NULL;
}

/* ---- the whole opening ---- */

struct cover {
    struct lead *lead;
    const struct closing *opened, *lines;
    size_t count;
    bool open; /* a name stays open */
};

static bool
find_open(void *arg, const char *name, size_t len)
{
    struct cover *cover = arg;
    bool opens, kept, closed = false;
    lead_ask_name(&opens, &kept, cover->lead, cover->opened, name, len);
    for (size_t i = 0; opens && !closed && i < cover->count; i++)
        closed = pattern_match(cover->lines[i].text, cover->lines[i].len, name, len);
    cover->open = opens && !closed;
    return !cover->open;
}

bool
lead_closes_all(struct lead *lead, const struct closing *opened, const struct closing *lines, size_t count)
{
    struct cover cover = {.lead = lead, .opened = opened, .lines = lines, .count = count};
    for (int side = 0; side < 2; side++) {
        const struct table *table = side == 0 ? lead->diff->new_table : lead->diff->old_table;
        for (size_t i = 0; i < table->rule_count && !cover.open; i++) {
            struct lead_search search = {
                .lead = lead, .outer = opened->text, .outer_len = opened->len, .found = find_open, .arg = &cover};
            lead_hurry(lead);
            if (lead->covers == 0 || lead->asks == 0)
                return false;
            lead->covers--;
            if (table->rules[i].kind < PATTERN_REGEX)
                lead_search_rule(&search, &table->rules[i]);
        }
    }
    return !cover.open;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * diff_ask.c - asks both images the same question. Part of diff.h.
 *
 * The port space is cut at every edge of a port range of either table. All ports of such a piece have the same answer,
 * so only one of them is asked. Names get a label that no rule mentions, so only wildcards that allow any label match.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "diff_build.h"
#include "diff_name.h"
#include "name/verb.h"
#include "opening_build.h"

#define PORT_LAST 65535u
#define OPTIONS_MAX ((size_t)64 << 10)

static void
mark(bool *edges, unsigned low, unsigned high)
{
    edges[low] = true;
    edges[high + 1] = true;
}

static void
mark_terms(bool *edges, const struct table *table)
{
    for (size_t i = 0; i < table->terms_count; i++) {
        struct ports ports;
        bool all = table_tcp_ports(&table->terms[i], &ports);
        for (uint32_t k = 0; !all && k < ports.count; k++)
            mark(edges, ports.range[k].low, ports.range[k].high);
    }
}

static bool
cut_ports(struct differ *differ)
{
    bool *edges = arena_array(differ->scratch, PORT_LAST + 2, sizeof *edges);
    uint16_t *ports = arena_array(differ->arena, DIFF_PIECES_MAX, sizeof *ports);
    differ->pieces = arena_array(differ->scratch, DIFF_PIECES_MAX, sizeof *differ->pieces);
    if (edges == NULL || ports == NULL || differ->pieces == NULL)
        return false;
    mark(edges, 1, PORT_LAST);
    mark_terms(edges, differ->diff->old_table);
    mark_terms(edges, differ->diff->new_table);
    for (unsigned low = 1; low <= PORT_LAST;) {
        unsigned high = low;
        while (high < PORT_LAST && !edges[high + 1])
            high++;
        if (differ->piece_count == DIFF_PIECES_MAX) {
            differ->diff->partial = true;
            break;
        }
        ports[differ->piece_count] = (uint16_t)low;
        differ->pieces[differ->piece_count++] = (struct port_piece){(uint16_t)low, (uint16_t)high, (uint16_t)low};
        low = high + 1;
    }
    differ->diff->ports = ports;
    differ->diff->port_count = differ->piece_count;
    differ->changes = arena_array(differ->scratch, differ->piece_count, sizeof *differ->changes);
    return differ->changes != NULL;
}

/* Where a byte stands in the patterns. */
struct letter {
    size_t longest; /* run */
    bool at_star;   /* next to a star of a wildcard */
};

static void
measure(const struct half *half, struct letter letters[256])
{
    for (size_t i = 0; i < half->count; i++) {
        const struct rule *rule = half->refs[i].rule;
        size_t run = 0;
        for (size_t k = 0; !half->refs[i].is_prefix && k < rule->len; k++) {
            struct letter *letter = &letters[(unsigned char)rule->text[k]];
            run = k > 0 && rule->text[k] == rule->text[k - 1] ? run + 1 : 1;
            if (run > letter->longest)
                letter->longest = run;
            if ((k > 0 && rule->text[k - 1] == '*') || rule->text[k + 1] == '*')
                letter->at_star = true;
        }
    }
}

/* A run of one of these letters, longer than any in the tables. No text next to a star can match a part of it. */
static void
choose_label(char ret[HOST_LABEL_MAX + 1], const struct letter letters[256], const char *from)
{
    size_t len = 20;
    char best = from[0];
    for (const char *c = from; *c != '\0'; c++) {
        const struct letter *letter = &letters[(unsigned char)*c];
        if (!letter->at_star && letter->longest < HOST_LABEL_MAX / 2) {
            best = *c;
            len = letter->longest + 1;
            break;
        }
    }
    memset(ret, best, len);
    ret[len] = '\0';
}

static void
choose_labels(struct differ *differ)
{
    struct letter letters[256] = {0};
    measure(&differ->old_half, letters);
    measure(&differ->new_half, letters);
    choose_label(differ->labels[0], letters, "xqzjkvwyfghbpdlumtcnorseai0123456789");
    choose_label(differ->labels[1], letters, "0987654321");
    snprintf(differ->labels[2], sizeof differ->labels[2], "%.30s-%.30s", differ->labels[0], differ->labels[1]);
}

/* The first terms of an endpoint set. The terms of a sorted table are in the order of their sets. */
static size_t
find_set(const struct table *table, const struct endpoint_set *set)
{
    size_t low = 0, high = table->terms_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (endpoint_set_compare(&table->terms[middle].set, set) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Terms of this endpoint set with one of these verbs (bits 1 << verb), or NULL. */
static const struct terms *
find_terms(const struct table *table, const struct endpoint_set *set, uint32_t verbs)
{
    for (size_t i = find_set(table, set); i < table->terms_count; i++) {
        const struct terms *terms = &table->terms[i];
        if (!endpoint_set_same(&terms->set, set))
            break;
        if ((verbs & 1u << terms->verb) != 0)
            return terms;
    }
    return NULL;
}

/* The same, with the source by its name. */
static const struct terms *
find_named(const struct table *table, const char *source, size_t len, struct endpoint_set set, uint32_t verbs)
{
    const struct terms *found = NULL;
    for (size_t i = 0; found == NULL && i < table->source_count; i++) {
        set.source = (uint32_t)i;
        if (strlen(table->sources[i]) == len && memcmp(table->sources[i], source, len) == 0)
            found = find_terms(table, &set, verbs);
    }
    return found;
}

const struct terms *
diff_deciding_terms(const struct half *half, const struct verdict *verdict)
{
    struct image_set set;
    if (!verdict->has_rule)
        return NULL;
    image_get_set(half->image, verdict->set, &set);
    const struct endpoint_set of = {.id = set.id, .has_id = set.has_id};
    return find_named(half->table, set.source.text, set.source.len, of, 1u << set.verb);
}

bool
diff_same_answer(const struct diff_answer *a, const struct diff_answer *b)
{
    return a->opened == b->opened && a->old_why == b->old_why && a->new_why == b->new_why && a->terms == b->terms &&
           a->joins == b->joins;
}

/* The change with this answer; a new one if there is none yet. NULL without memory. */
static struct change *
find_change(struct differ *differ, const struct diff_answer *found)
{
    for (size_t i = 0; i < differ->change_count; i++) {
        struct change *change = &differ->changes[i];
        if (diff_same_answer(&change->answer, found))
            return change;
    }
    struct change *change = &differ->changes[differ->change_count];
    struct port_range *ranges = change->ranges;
    if (ranges == NULL)
        ranges = arena_array(differ->scratch, differ->piece_count, sizeof *ranges);
    if (ranges == NULL)
        return NULL;
    *change = (struct change){.answer = *found, .ranges = ranges};
    differ->change_count++;
    return change;
}

static void
add_change(struct differ *differ, const struct port_piece *piece, const struct assumed *assumed,
           const struct verdict *was, const struct verdict *is, bool joins)
{
    struct diff_answer found = {.opened = is->bypass, .old_why = was->why, .new_why = is->why, .joins = joins};
    const struct half *half = found.opened ? &differ->new_half : &differ->old_half;
    const struct verdict *decided = found.opened ? is : was;
    bool by_regex = assumed != NULL && assumed->regex != NULL && !decided->has_rule;
    found.terms = by_regex ? assumed->terms : diff_deciding_terms(half, decided);
    struct change *change = find_change(differ, &found);
    if (change == NULL)
        return;
    uint32_t count = change->range_count;
    if (count > 0 && change->ranges[count - 1].high + 1u == piece->low)
        change->ranges[count - 1].high = piece->high;
    else
        change->ranges[change->range_count++] = (struct port_range){piece->low, piece->high};
}

static void
find_standing(const struct differ *differ, const struct half *half, const struct request *request,
              const struct assumed *assumed, struct standing *ret)
{
    if (assumed == NULL)
        verdict_standing(half->image, request, differ->today, ret);
    else
        diff_assume(differ, half, request, assumed, ret);
}

void
diff_ask(struct differ *differ, struct request *request, const struct assumed *assumed)
{
    differ->change_count = 0;
    for (size_t i = 0; i < differ->piece_count; i++) {
        struct standing was, is;
        bool joins;
        request->port = differ->pieces[i].ask;
        find_standing(differ, &differ->old_half, request, assumed, &was);
        find_standing(differ, &differ->new_half, request, assumed, &is);
        opening_note(differ->opener, i, &was, &is, request->dst.given == GIVEN_ADDR, &joins);
        if (was.verdict.bypass != is.verdict.bypass)
            add_change(differ, &differ->pieces[i], assumed, &was.verdict, &is.verdict, joins);
        differ->differs = differ->differs || diff_decides_otherwise(differ, &was, &is) ||
                          differ->opener->asking[2 * i] != differ->opener->asking[2 * i + 1];
    }
}

uint16_t
diff_choose_port(const struct ports *ports)
{
    return ports_hold(ports, 443) ? 443 : ports_hold(ports, 80) ? 80 : ports->range[0].low;
}

bool
diff_same_ports(const struct diff_answer *answer, const struct change *change)
{
    return answer->ports.count == change->range_count &&
           memcmp(answer->ports.range, change->ranges, change->range_count * sizeof *change->ranges) == 0;
}

struct diff_answer
diff_keep_answer(struct differ *differ, const struct change *change)
{
    struct diff_answer answer = change->answer;
    struct port_range *ranges = arena_array(differ->arena, change->range_count, sizeof *ranges);
    if (ranges == NULL)
        return answer;
    memcpy(ranges, change->ranges, change->range_count * sizeof *ranges);
    answer.ports = (struct ports){ranges, change->range_count};
    return answer;
}

static bool
add_tenants(struct differ *differ, const struct image *image)
{
    struct image_info info = {0};
    if (image != NULL)
        image_get_info(image, &info);
    differ->no_tenants = differ->no_tenants || (image != NULL && info.tenants == 0);
    for (uint32_t i = 0; i < info.tenants && differ->tenant_count < (size_t)2 * IMAGE_TENANTS_MAX; i++) {
        struct image_text text = image_tenant(image, i);
        const char *tenant = arena_text(differ->scratch, text.text, text.len);
        if (tenant == NULL)
            return false;
        bool known = false;
        for (size_t k = 0; k < differ->tenant_count; k++)
            known = known || strcmp(differ->tenants[k], tenant) == 0;
        if (!known)
            differ->tenants[differ->tenant_count++] = tenant;
    }
    return true;
}

static void
add_categories(struct buf *buf, uint32_t bypass)
{
    const char *comma = "";
    for (size_t i = 0; i < VERB_CATEGORIES; i++) {
        enum verb verb = verb_categories[i];
        if ((bypass & 1u << verb) == 0)
            continue;
        buf_add_fmt(buf, "%s%s", comma, verb_category(verb));
        comma = ",";
    }
}

static void
add_tenant_names(struct buf *buf, const struct image *image, uint32_t count)
{
    if (count == 0)
        buf_add_text(buf, "none");
    for (uint32_t i = 0; i < count; i++) {
        struct image_text tenant = image_tenant(image, i);
        buf_add_text(buf, i > 0 ? "," : "");
        buf_add(buf, tenant.text, tenant.len);
    }
}

static bool
same_tenants(const struct image *a, const struct image_info *a_info, const struct image *b,
             const struct image_info *b_info)
{
    bool same = a_info->tenants == b_info->tenants;
    for (uint32_t i = 0; same && i < a_info->tenants; i++) {
        struct image_text x = image_tenant(a, i), y = image_tenant(b, i);
        same = x.len == y.len && memcmp(x.text, y.text, x.len) == 0;
    }
    return same;
}

static void
print_options(struct buf *buf, const struct image *old_image, const struct image *new_image)
{
    struct image_info was, is;
    image_get_info(old_image, &was);
    image_get_info(new_image, &is);
    if (was.bypass != is.bypass) {
        buf_add_text(buf, "bypassed categories ");
        add_categories(buf, was.bypass);
        buf_add_text(buf, " -> ");
        add_categories(buf, is.bypass);
    }
    if (was.highest != is.highest)
        buf_add_fmt(buf, "%sprecedence %s", buf->len > 0 ? "; " : "",
                    is.highest ? "specific -> highest" : "highest -> specific");
    if (!same_tenants(old_image, &was, new_image, &is)) {
        buf_add_fmt(buf, "%stenants ", buf->len > 0 ? "; " : "");
        add_tenant_names(buf, old_image, was.tenants);
        buf_add_text(buf, " -> ");
        add_tenant_names(buf, new_image, is.tenants);
    }
}

static bool
compare_options(struct differ *differ)
{
    if (differ->old_half.image == NULL || differ->new_half.image == NULL)
        return true;
    struct buf buf;
    buf_init(&buf, OPTIONS_MAX);
    print_options(&buf, differ->old_half.image, differ->new_half.image);
    bool good = buf_ok(&buf);
    if (good && buf.len > 0)
        differ->diff->options = arena_text(differ->arena, buf.data, buf.len);
    buf_clear(&buf);
    return good;
}

int
diff_prepare_asking(struct differ *differ)
{
    differ->tenants = arena_array(differ->scratch, (size_t)2 * IMAGE_TENANTS_MAX, sizeof *differ->tenants);
    if (differ->tenants == NULL || !cut_ports(differ) || !add_tenants(differ, differ->old_half.image) ||
        !add_tenants(differ, differ->new_half.image) || !compare_options(differ))
        return -1;
    choose_labels(differ);
    return 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* opening_oracle.c - see opening_oracle.h. */
#include "opening_oracle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "diff_stage.h"
#include "image/image.h"
#include "name/pattern.h"
#include "unit.h"
#include "verdict/verdict.h"

/* Names that patterns mention, names that only a wildcard or two of them match, names that nothing matches. */
static const char *const names[] = {
    "a.ex.net",    "b.ex.net",      "ab.ex.net",    "a.b.ex.net",   "b.a.ex.net",      "x.a.b.ex.net",
    "ex.net",      "q.ex.net",      "q.b.ex.net",   "a.q.ex.net",   "aq.ex.net",       "aqb.ex.net",
    "a.qb.ex.net", "q.q.ex.net",    "a.b.q.ex.net", "h.other.org",  "q.other.org",     "x.q.b.ex.net",
    "q-a.ex.net",  "x.a.qb.ex.net", "b.q.ex.net",   "ab.qb.ex.net", "q.elsewhere.org",
};

static const char *const shared_names[] = {
    "contoso.sharepoint.com",
    "contoso-my.sharepoint.com",
    "contoso-admin.sharepoint.com",
    "contoso-files.sharepoint.com",
    "q.contoso.sharepoint.com",
    "x.contoso.sharepoint.com",
    "q.sharepoint.com",
    "q-my.sharepoint.com",
    "fabrikam.sharepoint.com",
    "q.contoso-my.sharepoint.com",
    "contoso-myfiles.sharepoint.com",
    "x.contoso-my.sharepoint.com",
    "x.fabrikam.sharepoint.com",
};

static const char *const tenant_names[] = {
    "contoso.ex.net",   "a.contoso.ex.net", "q.contoso.ex.net",   "ax-b.contoso.ex.net",
    "contoso-q.ex.net", "contoso-b.ex.net", "q-b.q.ex.net",       "a.contoso-b.ex.net",
    "qo.ex.net",        "contq.ex.net",     "q.contoso-b.ex.net",
};

/* Names that regexes tell apart. */
static const char *const regex_names[] = {
    "c1.ex.net", "d2.ex.net", "c1.b.ex.net", "q1.ex.net", "a1b.ex.net", "x.other.org", "a.c1.ex.net", "1.other.org",
};

static const char *const addresses[] = {
    "52.96.0.1",    "52.98.0.1", "52.98.7.2",     "52.98.7.7",       "13.107.6.1",  "13.107.6.152",
    "13.107.6.153", "40.97.0.1", "2620:1ec:8::1", "2620:1ec:8:a::1", "20.20.20.20",
};

static void
add_port(struct oracle *oracle, unsigned port)
{
    for (unsigned i = 0; i < oracle->port_count; i++) {
        if (oracle->ports[i] == port)
            return;
    }
    assert_true(oracle->port_count < ORACLE_PORTS_MAX);
    if (port > 0 && port <= 65535)
        oracle->ports[oracle->port_count++] = (uint16_t)port;
}

static void
add_ports(struct oracle *oracle, const char *text)
{
    for (const char *at = strstr(text, "tcp="); at != NULL; at = strstr(at, "tcp=")) {
        char *end = NULL;
        do {
            unsigned low = (unsigned)strtoul(end == NULL ? at + 4 : end + 1, &end, 10), high = low;
            if (*end == '-')
                high = (unsigned)strtoul(end + 1, &end, 10);
            add_port(oracle, low - 1);
            add_port(oracle, high);
        } while (*end == ',');
        at = end;
    }
}

void
oracle_init(struct oracle *ret, const struct pair *pair, const struct image *was, const struct image *is)
{
    *ret = (struct oracle){.pair = pair, .was = was, .is = is};
    add_ports(ret, "tcp=80,443,1-65535");
    add_ports(ret, pair->was.data);
    add_ports(ret, pair->is.data);
}

static void
forget_plus(struct oracle *oracle)
{
    image_close(oracle->plus);
    table_free(oracle->plus_table);
    oracle->plus = NULL;
    oracle->plus_table = NULL;
    oracle->has_plus = false;
}

void
oracle_clear(struct oracle *oracle)
{
    forget_plus(oracle);
}

static bool
bypassed(const struct image *image, const struct request *request)
{
    struct verdict verdict;
    verdict_decide(image, request, STAGE_TODAY, &verdict);
    return verdict.bypass;
}

/* One line of table text. */
struct parsed {
    char verb[16], pattern[80], rest[80];
    int id; /* -1: none */
    bool expired;
};

/* Reads the line at `text`; the start of the next one, or NULL at the end. */
static const char *
parse(struct parsed *ret, const char *text)
{
    const char *end = strchr(text, '\n');
    if (end == NULL)
        return NULL;
    ret->rest[0] = '\0';
    sscanf(text, "%15s %79s%79[^\n]", ret->verb, ret->pattern, ret->rest);
    const char *id = strstr(ret->rest, "id=");
    ret->id = id == NULL ? -1 : atoi(id + 3);
    ret->expired = strstr(ret->rest, "expires=") != NULL;
    return end + 1;
}

/* Whether a line bypasses something for the set with this id. */
static bool
speaks(const struct parsed *line, const struct policy *policy, int id)
{
    unsigned bypass = policy->bypass != 0 ? policy->bypass : VERB_BYPASS_USUAL;
    enum verb verb = line->verb[0] == 'o' ? VERB_OPTIMIZE : line->verb[0] == 'a' ? VERB_ALLOW : VERB_DEFAULT;
    return line->id == id && line->verb[0] != 'i' && !line->expired && (bypass & 1u << verb) != 0;
}

/* Whether the new table has a row of the old set. */
static bool
keeps(const struct oracle *oracle, const struct parsed *old, int id)
{
    struct parsed line;
    for (const char *at = oracle->pair->is.data; (at = parse(&line, at)) != NULL;) {
        if (speaks(&line, &oracle->pair->is_policy, id) && strcmp(line.pattern, old->pattern) == 0)
            return true;
    }
    return false;
}

/* Whether the set is still the one that it was: it kept a name, or if it had none, a prefix. */
static bool
is_same_set(const struct oracle *oracle, int id)
{
    struct parsed line;
    bool kept[2] = {false}, had_names = false;
    for (const char *at = oracle->pair->was.data; (at = parse(&line, at)) != NULL;) {
        if (!speaks(&line, &oracle->pair->was_policy, id))
            continue;
        bool is_prefix = strchr(line.pattern, '/') != NULL;
        had_names = had_names || !is_prefix;
        kept[is_prefix] = kept[is_prefix] || keeps(oracle, &line, id);
    }
    return kept[!had_names];
}

/* Adds the lines that put an address into the old form of one set. */
static void
add_joined(const struct oracle *oracle, int id, const char *addr, struct buf *buf)
{
    struct parsed line;
    for (const char *at = oracle->pair->was.data; (at = parse(&line, at)) != NULL;) {
        if (line.id == id && strcmp(line.verb, "inspect") != 0)
            buf_add_fmt(buf, "%s %s%s\n", line.verb, addr, line.rest);
    }
}

/* The sets that hold this address in the new table; only the one with this id, unless it is -1. */
static void
join(const struct oracle *oracle, const struct addr *addr, int id, struct buf *buf)
{
    struct parsed line;
    char text[ADDR_TEXT_MAX], own[ADDR_TEXT_MAX + 8];
    addr_format(text, addr);
    snprintf(own, sizeof own, "%s/%d", text, addr->v6 ? 128 : 32);
    for (const char *at = oracle->pair->is.data; (at = parse(&line, at)) != NULL;) {
        struct prefix prefix;
        if (line.id >= 0 && (id == -1 || line.id == id) && !line.expired && strchr(line.pattern, '/') != NULL &&
            prefix_parse(&prefix, line.pattern, strlen(line.pattern), NULL) == 0 && prefix_holds(&prefix, addr) &&
            is_same_set(oracle, line.id))
            add_joined(oracle, line.id, own, buf);
    }
}

/* Whether nothing decided about the address alone. */
static bool
may_join(const struct oracle *oracle, const struct addr *addr, uint16_t port)
{
    struct request request;
    struct verdict verdict;
    request_init(&request);
    request.dst.given = GIVEN_ADDR;
    request.dst.addr = *addr;
    request.port = port;
    verdict_decide(oracle->was, &request, STAGE_TODAY, &verdict);
    return verdict.why == WHY_NO_RULE || verdict.why == WHY_PORT;
}

static void
make_plus(struct oracle *oracle)
{
    struct buf buf;
    buf_init(&buf, 200000);
    buf_add_text(&buf, oracle->pair->was.data);
    for (unsigned i = 0; i < oracle->joined_count; i++)
        join(oracle, &oracle->joined[i], oracle->joined_set, &buf);
    buf_add_char(&buf, '\0');
    oracle->plus_table = stage_table(buf.data);
    oracle->plus = stage_image(oracle->plus_table, &oracle->pair->was_policy);
    oracle->has_plus = true;
    buf_clear(&buf);
}

static bool
is_exempt(struct oracle *oracle, const struct request *request, int set)
{
    const struct identifier *given[] = {&request->dst, &request->la};
    struct addr joined[2];
    unsigned count = 0;
    memset(joined, 0, sizeof joined);
    if (oracle->pair->hold_joins)
        return false;
    for (unsigned i = 0; i < 2; i++) {
        if (given[i]->given == GIVEN_ADDR && may_join(oracle, &given[i]->addr, request->port))
            joined[count++] = given[i]->addr;
    }
    if (count == 0)
        return false;
    if (!oracle->has_plus || oracle->joined_set != set || oracle->joined_port != request->port ||
        oracle->joined_count != count || memcmp(oracle->joined, joined, sizeof joined) != 0) {
        forget_plus(oracle);
        memcpy(oracle->joined, joined, sizeof joined);
        oracle->joined_count = count;
        oracle->joined_port = request->port;
        oracle->joined_set = set;
        make_plus(oracle);
    }
    return bypassed(oracle->plus, request);
}

bool
oracle_may_be_told(struct oracle *oracle, const struct request *request)
{
    struct verdict verdict;
    struct image_set set;
    verdict_decide(oracle->is, request, STAGE_TODAY, &verdict);
    if (!verdict.bypass || bypassed(oracle->was, request))
        return false;
    image_get_set(oracle->is, verdict.set, &set);
    return !set.has_id || !is_exempt(oracle, request, (int)set.id);
}

bool
oracle_opens(struct oracle *oracle, const struct request *request)
{
    return bypassed(oracle->is, request) && oracle_may_be_told(oracle, request) && !is_exempt(oracle, request, -1);
}

/* Every identifier of the universe once. */
struct universe {
    struct identifier dst[80], sni[80], la[16];
    unsigned dst_count, sni_count, la_count;
};

static void
add_name(struct universe *universe, const char *name)
{
    struct request request;
    request_init(&request);
    request_set_dst(&request, name, strlen(name));
    request_set_sni(&request, name, strlen(name));
    universe->dst[universe->dst_count++] = request.dst;
    universe->sni[universe->sni_count++] = request.sni;
}

/* Adds names if one of the tables mentions this. */
static void
add_names(struct universe *universe, const struct pair *pair, const char *mentioned, const char *const *of,
          size_t count)
{
    if (strstr(pair->was.data, mentioned) == NULL && strstr(pair->is.data, mentioned) == NULL)
        return;
    for (size_t i = 0; i < count; i++)
        add_name(universe, of[i]);
}

static void
make_universe(struct universe *ret, const struct pair *pair)
{
    struct request request;
    memset(ret, 0, sizeof *ret);
    request_init(&request);
    ret->sni[ret->sni_count++] = request.sni;
    ret->la[ret->la_count++] = request.la;
    add_names(ret, pair, "", names, ROWS(names));
    add_names(ret, pair, "sharepoint", shared_names, ROWS(shared_names));
    add_names(ret, pair, pair->has_tenants ? "" : "<tenant>", tenant_names, ROWS(tenant_names));
    add_names(ret, pair, "~", regex_names, ROWS(regex_names));
    for (unsigned i = 0; i < ROWS(addresses); i++) {
        request_set_dst(&request, addresses[i], strlen(addresses[i]));
        request_set_la(&request, addresses[i], strlen(addresses[i]));
        ret->dst[ret->dst_count++] = request.dst;
        ret->la[ret->la_count++] = request.la;
    }
}

/* A name that is inspected by itself is inspected whatever comes with it: it is enough to ask once. */
static bool
may_pass(const struct oracle *oracle, const struct identifier *dst, uint16_t port)
{
    struct request alone;
    request_init(&alone);
    alone.dst = *dst;
    alone.port = port;
    return dst->given != GIVEN_NAME || bypassed(oracle->is, &alone);
}

/* The universe without the names that are inspected by themselves at this port. */
static void
make_smaller(struct universe *ret, const struct universe *all, const struct oracle *oracle, uint16_t port)
{
    *ret = *all;
    ret->dst_count = ret->sni_count = 0;
    for (unsigned i = 0; i < all->dst_count; i++) {
        if (may_pass(oracle, &all->dst[i], port))
            ret->dst[ret->dst_count++] = all->dst[i];
    }
    for (unsigned i = 0; i < all->sni_count; i++) {
        if (may_pass(oracle, &all->sni[i], port))
            ret->sni[ret->sni_count++] = all->sni[i];
    }
}

/* What is asked of the universe. */
struct asking {
    struct oracle *oracle;
    bool (*wants)(struct oracle *oracle, const struct request *request);
    bool (*fn)(void *arg, const struct request *request);
    void *arg;
};

static bool
ask_rest(const struct asking *asking, const struct universe *all, struct request *request)
{
    for (unsigned i = 0; i < all->la_count; i++) {
        request->la = all->la[i];
        for (unsigned k = 0; k < all->sni_count; k++) {
            request->sni = all->sni[k];
            if (asking->wants(asking->oracle, request) && !asking->fn(asking->arg, request))
                return false;
        }
    }
    return true;
}

static void
ask_universe(const struct asking *asking)
{
    static struct universe all, some;
    struct request request;
    const struct oracle *oracle = asking->oracle;
    make_universe(&all, oracle->pair);
    request_init(&request);
    for (unsigned i = 0; i < oracle->port_count; i++) {
        request.port = oracle->ports[i];
        make_smaller(&some, &all, oracle, request.port);
        for (unsigned k = 0; k < some.dst_count; k++) {
            request.dst = some.dst[k];
            if (!ask_rest(asking, &some, &request))
                return;
        }
    }
}

static bool
stays_bypassed(struct oracle *oracle, const struct request *request)
{
    return bypassed(oracle->is, request) && bypassed(oracle->was, request);
}

void
oracle_ask_kept(struct oracle *oracle, bool (*fn)(void *arg, const struct request *request), void *arg)
{
    ask_universe(&(struct asking){oracle, stays_bypassed, fn, arg});
}

void
oracle_ask_all(struct oracle *oracle, bool (*fn)(void *arg, const struct request *request), void *arg)
{
    ask_universe(&(struct asking){oracle, oracle_opens, fn, arg});
}

static void
print_identifier(struct buf *buf, const struct identifier *of)
{
    char text[ADDR_TEXT_MAX] = "-";
    if (of->given == GIVEN_ADDR)
        addr_format(text, &of->addr);
    if (of->given == GIVEN_NAME)
        buf_add(buf, of->name.text, of->name.len);
    else
        buf_add_text(buf, text);
    buf_add_char(buf, ' ');
}

void
oracle_print(struct buf *buf, const struct request *request)
{
    print_identifier(buf, &request->dst);
    print_identifier(buf, &request->sni);
    print_identifier(buf, &request->la);
    buf_add_fmt(buf, "%u", request->port);
}

void
oracle_read(struct request *ret, const char *text)
{
    char dst[256], sni[256], la[64], port[8];
    assert_int_equal(sscanf(text, "%255s %255s %63s %7s", dst, sni, la, port), 4);
    request_init(ret);
    request_set_dst(ret, dst, strlen(dst));
    request_set_sni(ret, sni, strlen(sni));
    request_set_la(ret, la, strlen(la));
    request_set_port(ret, port, strlen(port));
}

static bool
regex_matches(const char *text, size_t len, const struct host *name)
{
    struct err err = {0};
    struct regex *regex;
    struct arena *arena = arena_new(1000000);
    if (regex_new(&regex, NULL, arena, text, len, &err) != 0)
        fail_msg("%s", err.text);
    bool found = regex_match(regex, name->text, name->len) == REGEX_YES;
    arena_free(arena);
    return found;
}

bool
oracle_matches(const char *text, size_t len, const struct identifier *of)
{
    char filled[PATTERN_MAX + 1];
    if (of->given != GIVEN_NAME || len == 0 || len > PATTERN_MAX)
        return false;
    if (text[0] == '~')
        return regex_matches(text + 1, len - 1, &of->name);
    size_t filled_len = pattern_fill_tenant(filled, text, len, NULL);
    return pattern_match(filled, filled_len, of->name.text, of->name.len);
}
